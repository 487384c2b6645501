package dev.rectifier.cli.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipException;

/**
 * Reads a zip archive forwards, so that it may come through a pipe: stored and deflated entries,
 * also those whose sizes stand behind them, and those with 64-bit sizes. The directory at the end
 * must tell the same as the entries.
 *
 * <p>Java's {@code ZipInputStream} doesn't take stored entries whose sizes stand behind them, which
 * NumPy writes into a pipe, and doesn't look at the directory.
 */
final class ZipReader {
    private static final int ENTRY = 0x04034b50;
    private static final int DESCRIPTOR = 0x08074b50;
    private static final int DIRECTORY = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final int END_64 = 0x06064b50;
    private static final int LOCATOR_64 = 0x07064b50;

    private static final int ENCRYPTED = 1;
    private static final int SIZES_BEHIND = 8;
    private static final int STORED = 0;
    private static final int DEFLATED = 8;
    private static final int EXTRA_64 = 1;
    private static final long IN_EXTRA_64 = 0xffffffffL;

    private final Input in;
    private final EntryReader reader;
    private final Map<String, Entry> entries = new HashMap<>();

    private ZipReader(Input in, EntryReader reader) {
        this.in = in;
        this.reader = reader;
    }

    /** Reads entries. */
    interface EntryReader {
        /**
         * Reads an entry.
         *
         * @param name of the entry
         * @param content of the entry
         * @param ends whether the content ends where it does; if not, exactly what belongs to the
         *     entry must be read
         */
        void read(String name, Input content, boolean ends);
    }

    /** What is told twice, before or behind the entry and in the directory. */
    private record Entry(int method, long offset, int crc, long packed, long size) {}

    /** Reads all entries, in the order in which they stand in the archive. */
    static void read(Input in, EntryReader reader) {
        new ZipReader(in, reader).read();
    }

    private void read() {
        while (true) {
            long at = in.offset();
            int signature = in(Integer.BYTES, "signature").getInt();
            switch (signature) {
                case ENTRY -> entry(at);
                case DIRECTORY -> directoryEntry(at);
                case END_64 -> in.bytes(length(in(Long.BYTES, "directory").getLong(), at), "end");
                case LOCATOR_64 -> in.bytes(16, "locator");
                case END -> {
                    end(at);
                    return;
                }
                default -> throw corrupt(at, "no signature starts with %08x", signature);
            }
        }
    }

    private int length(long length, long at) {
        if (length < 0 || length > 1 << 16) {
            throw corrupt(at, "its end has the length %d", length);
        }
        return (int) length;
    }

    private void entry(long at) {
        ByteBuffer header = in(26, "header");
        int flags = header.getShort(2);
        int method = header.getShort(4);
        String name = name(header.getShort(22), at);
        ByteBuffer extra = extra(header.getShort(24));
        if (entries.containsKey(name)) {
            throw corrupt(at, "it has two entries %s", DataException.quote(name));
        }
        if ((flags & ENCRYPTED) != 0) {
            throw corrupt(at, "its entry %s is encrypted", DataException.quote(name));
        }
        if (method != STORED && method != DEFLATED) {
            throw corrupt(
                    at,
                    "its entry %s has compression method %d; %d (stored) and %d (deflated) are"
                            + " read",
                    DataException.quote(name),
                    method,
                    STORED,
                    DEFLATED);
        }
        boolean behind = (flags & SIZES_BEHIND) != 0;
        boolean long64 = extra.hasRemaining();
        long size = size(header.getInt(18), extra, at);
        long packed = size(header.getInt(14), extra, at);
        if (!behind && method == STORED && packed != size) {
            throw corrupt(at, "%s is stored, but in another size", DataException.quote(name));
        }
        long start = in.offset();
        boolean ends = method == DEFLATED || !behind;
        Content content =
                new Content(
                        method == DEFLATED ? new Inflate(in) : in,
                        ends && method == STORED ? size : Long.MAX_VALUE);
        reader.read(name, Input.part(in.name() + ": " + clean(name), content), ends);
        if (ends) {
            content.drain(in.name());
        }
        Entry found =
                new Entry(
                        method,
                        at,
                        (int) content.crc.getValue(),
                        in.offset() - start,
                        content.length);
        Entry claimed = new Entry(method, at, header.getInt(10), packed, size);
        if (behind) {
            long behindAt = in.offset();
            ByteBuffer descriptor = in(long64 ? 24 : 16, "sizes");
            if (descriptor.getInt() != DESCRIPTOR) {
                throw corrupt(behindAt, "no sizes are behind %s", DataException.quote(name));
            }
            int crc = descriptor.getInt();
            claimed =
                    new Entry(method, at, crc, word(descriptor, long64), word(descriptor, long64));
        }
        requireEqual(name, claimed, found, at);
        entries.put(name, found);
    }

    private static long word(ByteBuffer from, boolean long64) {
        return long64 ? from.getLong() : Integer.toUnsignedLong(from.getInt());
    }

    private void requireEqual(String name, Entry claimed, Entry found, long at) {
        if (!claimed.equals(found)) {
            throw corrupt(
                    at, "%s has another checksum or size than is said", DataException.quote(name));
        }
    }

    private void directoryEntry(long at) {
        ByteBuffer header = in(42, "directory");
        String name = name(header.getShort(24), at);
        ByteBuffer extra = extra(header.getShort(26));
        in.bytes(Short.toUnsignedInt(header.getShort(28)), "directory");
        Entry found = entries.remove(name);
        if (found == null) {
            throw corrupt(at, "its directory has %s, which isn't there", DataException.quote(name));
        }
        long size = size(header.getInt(20), extra, at);
        long packed = size(header.getInt(16), extra, at);
        long offset = size(header.getInt(38), extra, at);
        Entry claimed = new Entry(header.getShort(6), offset, header.getInt(12), packed, size);
        requireEqual(name, claimed, found, at);
    }

    private void end(long at) {
        int comment = Short.toUnsignedInt(in(18, "end").getShort(16));
        in.bytes(comment, "comment");
        if (in.read() >= 0) {
            throw corrupt(in.offset() - 1, "more bytes follow it");
        }
        if (!entries.isEmpty()) {
            String missing = entries.keySet().iterator().next();
            throw corrupt(at, "its directory lacks %s", DataException.quote(missing));
        }
    }

    private String name(short length, long at) {
        byte[] bytes = in.bytes(Short.toUnsignedInt(length), "name");
        if (bytes.length == 0) {
            throw corrupt(at, "an entry has no name");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** The 64-bit fields of an entry, of which there may be none. */
    private ByteBuffer extra(short length) {
        ByteBuffer all = in(Short.toUnsignedInt(length), "extra field");
        while (all.remaining() >= 4) {
            int id = all.getShort();
            int size = Math.min(Short.toUnsignedInt(all.getShort()), all.remaining());
            if (id == EXTRA_64) {
                return all.slice(all.position(), size).order(ByteOrder.LITTLE_ENDIAN);
            }
            all.position(all.position() + size);
        }
        return ByteBuffer.allocate(0);
    }

    private long size(int told, ByteBuffer extra, long at) {
        long size = Integer.toUnsignedLong(told);
        if (size == IN_EXTRA_64 && extra.remaining() >= Long.BYTES) {
            size = extra.getLong();
        }
        if (size < 0) {
            throw corrupt(at, "an entry has the size %d", size);
        }
        return size;
    }

    private ByteBuffer in(int count, String what) {
        return ByteBuffer.wrap(in.bytes(count, what + " in the zip archive"))
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    private DataException corrupt(long at, String why, Object... arguments) {
        return in.error(at, "corrupt zip archive: " + why, arguments);
    }

    private static String clean(String name) {
        String quoted = DataException.quote(name);
        return quoted.substring(1, quoted.length() - 1);
    }

    /** The content of one entry, counted and summed up. */
    private static final class Content extends InputStream {
        private final InputStream from;
        private final CRC32 crc = new CRC32();
        private long left;
        private long length;

        Content(InputStream from, long left) {
            this.from = from;
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
        }

        @Override
        public int read(byte[] to, int at, int count) throws IOException {
            if (left == 0) {
                return -1;
            }
            int read = from.read(to, at, (int) Math.min(count, left));
            if (read < 0) {
                if (left < Long.MAX_VALUE - length) {
                    throw new ZipException("unexpected end of the archive");
                }
                return -1;
            }
            crc.update(to, at, read);
            left -= read;
            length += read;
            return read;
        }

        void drain(String name) {
            byte[] unused = new byte[1 << 13];
            Input rest = Input.part(name, this);
            while (rest.read(unused, 0, unused.length) >= 0) {
                // Read for the checksum.
            }
        }
    }
}
