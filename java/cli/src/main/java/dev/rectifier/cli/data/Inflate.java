package dev.rectifier.cli.data;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/** Raw deflated data in the midst of an input, of which no more is taken than belongs to them. */
final class Inflate extends InputStream {
    private final Input in;
    private final Inflater inflater = new Inflater(true);
    // Small, since what is too much is put back after each of many members.
    private final byte[] buffer = new byte[1 << 13];
    private int buffered;
    private boolean ended;

    Inflate(Input in) {
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
        while (!ended) {
            int inflated = inflate(to, from, count);
            if (inflated > 0) {
                return inflated;
            }
            if (inflater.finished()) {
                int left = inflater.getRemaining();
                in.unread(buffer, buffered - left, left);
                close();
            } else if (inflater.needsDictionary()) {
                throw new ZipException("corrupt deflated data: they ask for a dictionary");
            } else if (inflater.needsInput()) {
                buffered = in.read(buffer, 0, buffer.length);
                if (buffered < 0) {
                    throw new ZipException("unexpected end of the deflated data");
                }
                inflater.setInput(buffer, 0, buffered);
            }
        }
        return -1;
    }

    private int inflate(byte[] to, int from, int count) throws IOException {
        try {
            return inflater.inflate(to, from, count);
        } catch (DataFormatException e) {
            throw new ZipException("corrupt deflated data: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        ended = true;
        inflater.end();
    }
}
