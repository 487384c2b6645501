package dev.rectifier.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;

/**
 * What is read: a file, a pipe or standard input, gunzipped where need be. It is opened once and
 * read once, forwards, so that it needs no seeking, unless {@link #seekable} is asked for; {@link
 * #peek} looks ahead. What goes wrong is thrown as a {@link DataException} with the place.
 */
final class Input extends InputStream {
    /** The most that {@link #peek} shows. */
    static final int BUFFER_BYTES = 1 << 16;

    private static final Path STANDARD_INPUT = Path.of("-");
    private static final String CANT_BE_READ = "can't be read: %s";
    private static final byte[] GZIP = {0x1f, (byte) 0x8b};

    private final String name;
    private final PushbackInputStream in;
    private final Optional<FileChannel> file;
    private final long size;
    private long offset;

    private Input(String name, InputStream in, int ahead) {
        this(name, in, ahead, Optional.empty(), 0);
    }

    private Input(String name, InputStream in, int ahead, Optional<FileChannel> file, long size) {
        this.name = name;
        this.in = new PushbackInputStream(in, ahead);
        this.file = file;
        this.size = size;
    }

    /**
     * Opens what a path names, where {@code -} is standard input.
     *
     * @throws DataException if that fails
     */
    static Input open(Path path) {
        if (path.equals(STANDARD_INPUT)) {
            return of(nameOf(path), System.in);
        }
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            // A pipe has no size, and what the system makes up while it is read says none.
            long size = Files.isRegularFile(path) ? channel.size() : 0;
            return gunzipped(
                    new Input(
                            nameOf(path),
                            buffered(new ChannelStream(channel)),
                            BUFFER_BYTES,
                            size > 0 ? Optional.of(channel) : Optional.empty(),
                            size));
        } catch (IOException e) {
            throw DataException.unreadable(nameOf(path), e);
        }
    }

    /** Reads a stream, gunzipped where need be. */
    static Input of(String name, InputStream in) {
        return gunzipped(new Input(name, buffered(in), BUFFER_BYTES));
    }

    /**
     * Java's {@code GZIPInputStream} ends in silence where a further member hasn't arrived yet, as
     * in a pipe, or is damaged.
     */
    private static Input gunzipped(Input raw) {
        try {
            if (!Arrays.equals(raw.peek(GZIP.length), GZIP)) {
                return raw;
            }
            InputStream content =
                    GzipCompressorInputStream.builder()
                            .setInputStream(raw)
                            .setDecompressConcatenated(true)
                            .get();
            return new Input(raw.name, buffered(content), BUFFER_BYTES);
        } catch (IOException e) {
            raw.close();
            throw DataException.atByte(raw.name, 0, CANT_BE_READ, DataException.reason(e));
        } catch (DataException e) {
            raw.close();
            throw e;
        }
    }

    private static InputStream buffered(InputStream in) {
        return new BufferedInputStream(in, BUFFER_BYTES);
    }

    /** A part of an input, as it is, in which one can look ahead as far as messages need. */
    static Input part(String name, InputStream in) {
        return new Input(name, in, FileKind.BYTES);
    }

    /** What messages call a path. */
    static String nameOf(Path path) {
        return path.equals(STANDARD_INPUT) ? "standard input" : SystemText.show(path);
    }

    /** What messages call this. */
    String name() {
        return name;
    }

    /** How many bytes have been read, after unzipping. */
    long offset() {
        return offset;
    }

    /** At least how many bytes are left, as far as that is known. */
    long known() {
        return Math.max(0, size - offset);
    }

    /** The next bytes, which stay unread: as many as asked for, or all that are left. */
    byte[] peek(int count) {
        byte[] next = readNBytes(count);
        try {
            in.unread(next);
            offset -= next.length;
            return next;
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /**
     * All the content, none of which has been read or will be read in another way: the file itself,
     * or a copy in memory of what comes through a pipe or gzipped.
     *
     * @param most how many bytes are copied at most
     */
    SeekableByteChannel seekable(int most) {
        if (file.isPresent()) {
            return file.get();
        }
        try {
            byte[] all = readNBytes(most);
            if (read() >= 0) {
                throw DataException.of(
                        name,
                        "more than %d bytes of a zip archive can't be read from a pipe or gzipped, but"
                                + " from a file as it is",
                        most);
            }
            return new SeekableInMemoryByteChannel(all);
        } catch (OutOfMemoryError e) {
            throw DataException.outOfMemory(name, "what comes through a pipe or gzipped");
        }
    }

    /** Exactly these many bytes, for which no more is allocated than there is to read. */
    byte[] bytes(int count, String what) {
        byte[] bytes = readNBytes(count);
        if (bytes.length < count) {
            throw error(
                    offset,
                    "the file ends inside its %s, after %d of %d bytes",
                    what,
                    bytes.length,
                    count);
        }
        return bytes;
    }

    /** That the bytes at an offset, after unzipping, are wrong. */
    DataException error(long at, String format, Object... arguments) {
        return DataException.atByte(name, at, format, arguments);
    }

    /** That this is something else than was expected, judged by what comes next. */
    DataException unexpected(String expected) {
        return error(
                offset,
                "this looks like %s, but %s was expected",
                FileKind.describe(peek(FileKind.BYTES)),
                expected);
    }

    private DataException unreadable(IOException cause) {
        return error(offset, CANT_BE_READ, DataException.reason(cause));
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] to, int from, int count) {
        try {
            int read = in.read(to, from, count);
            offset += Math.max(read, 0);
            return read;
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    @Override
    public byte[] readNBytes(int count) {
        try {
            return super.readNBytes(count);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    @Override
    public int readNBytes(byte[] to, int from, int count) {
        try {
            return super.readNBytes(to, from, count);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** Reads and nothing else: Java's own stream of a channel also asks where it is in a pipe. */
    private static final class ChannelStream extends InputStream {
        private final FileChannel channel;

        ChannelStream(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
        }

        @Override
        public int read(byte[] to, int from, int count) throws IOException {
            // The channel keeps off-heap memory of the largest size that it was asked for.
            return channel.read(ByteBuffer.wrap(to, from, Math.min(count, BUFFER_BYTES)));
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
