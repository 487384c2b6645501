package dev.rectifier.cli.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.ZipException;

/**
 * Gzipped data, of one member or of several behind each other, which may be padded with zeros.
 *
 * <p>Java's {@code GZIPInputStream} ends in silence where a further member hasn't arrived yet, as
 * in a pipe, or is damaged.
 */
final class Gunzip extends InputStream {
    private static final int DEFLATED = 8;
    private static final int HEADER_CRC = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int RESERVED = 0xe0;

    private final Input in;
    private final CRC32 crc = new CRC32();
    private Inflate member;
    private long length;

    /** Reads an input that starts as gzip does. */
    Gunzip(Input in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] to, int from, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        while (member != null || startMember()) {
            int read = member.read(to, from, count);
            if (read > 0) {
                crc.update(to, from, read);
                length += read;
                return read;
            }
            endMember();
        }
        return -1;
    }

    private boolean startMember() throws IOException {
        boolean first = in.offset() == 0;
        int start = in.read();
        while (!first && start == 0) {
            start = in.read();
        }
        if (start < 0) {
            return false;
        }
        crc.reset();
        crc.update(start);
        if (start != 0x1f || next() != 0x8b) {
            throw corrupt("something else follows it");
        }
        int method = next();
        if (method != DEFLATED) {
            throw corrupt("compression method " + method + " is not supported");
        }
        int flags = next();
        if ((flags & RESERVED) != 0) {
            throw corrupt("reserved flags are set");
        }
        skip(6);
        if ((flags & EXTRA) != 0) {
            skip(next() | next() << 8);
        }
        if ((flags & NAME) != 0) {
            skipText();
        }
        if ((flags & COMMENT) != 0) {
            skipText();
        }
        if ((flags & HEADER_CRC) != 0) {
            int expected = (int) crc.getValue() & 0xffff;
            if ((next() | next() << 8) != expected) {
                throw corrupt("its header has another checksum");
            }
        }
        crc.reset();
        length = 0;
        member = new Inflate(in);
        return true;
    }

    private void skip(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            next();
        }
    }

    private void skipText() throws IOException {
        while (next() != 0) {
            // Any byte but 0 belongs to the text.
        }
    }

    private int next() throws IOException {
        int next = in.read();
        if (next < 0) {
            throw corrupt("unexpected end");
        }
        crc.update(next);
        return next;
    }

    private void endMember() throws IOException {
        byte[] bytes = in.readNBytes(2 * Integer.BYTES);
        if (bytes.length < 2 * Integer.BYTES) {
            throw corrupt("unexpected end");
        }
        ByteBuffer trailer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (trailer.getInt() != (int) crc.getValue() || trailer.getInt() != (int) length) {
            throw corrupt("its content has another checksum or length");
        }
        member = null;
    }

    private static ZipException corrupt(String why) {
        return new ZipException("corrupt gzip: " + why);
    }

    @Override
    public void close() {
        if (member != null) {
            member.close();
        }
        in.close();
    }
}
