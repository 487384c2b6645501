package dev.rectifier.cli.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Reads and writes NumPy's .npy files of float32 and float64.
 *
 * <p>Reading takes format versions 1.0, 2.0 and 3.0, either byte order, and C or Fortran order.
 * Writing makes version 1.0, little-endian, C order. Stateless, so safe for use by many threads.
 */
public final class NpyFile {
    static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

    private static final int ALIGNMENT = 64;
    static final int BUFFER_BYTES = 1 << 17;

    private NpyFile() {}

    /**
     * Reads an array, in native byte order and C order whatever the file has.
     *
     * @throws DataException if the file can't be read, is malformed, has an element type other than
     *     float32 and float64, or more elements than a Java array can hold
     */
    public static NpyArray read(Path path) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return new NpyReader(path, channel).array();
        } catch (IOException e) {
            throw DataException.unreadable(path, e);
        }
    }

    /**
     * Writes an array as {@link OutputFile} does, so it may replace the file it came from.
     *
     * @throws DataException if the file can't be written
     */
    public static void write(Path path, NpyArray array) {
        OutputFile.claim(path).write(part -> writeNew(part, array));
    }

    private static void writeNew(Path path, NpyArray array) throws IOException {
        try (FileChannel channel =
                FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            writeFully(channel, ByteBuffer.wrap(preamble(array)));
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            int width = array.isFloat64() ? Double.BYTES : Float.BYTES;
            int length = array.isFloat64() ? array.doubles().length : array.floats().length;
            for (int done = 0, count; done < length; done += count) {
                count = Math.min(length - done, BUFFER_BYTES / width);
                buffer.clear().limit(count * width);
                if (array.isFloat64()) {
                    buffer.asDoubleBuffer().put(array.doubles(), done, count);
                } else {
                    buffer.asFloatBuffer().put(array.floats(), done, count);
                }
                writeFully(channel, buffer);
            }
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Everything before the data, padded as the format asks so that the data starts aligned. */
    private static byte[] preamble(NpyArray array) {
        byte[] header = NpyHeader.text(array).getBytes(StandardCharsets.US_ASCII);
        int fixed = MAGIC.length + 2 + Short.BYTES;
        int total = (fixed + header.length + 1 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        byte[] bytes = new byte[total];
        Arrays.fill(bytes, (byte) ' ');
        ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(MAGIC)
                .put((byte) 1)
                .put((byte) 0)
                .putShort((short) (total - fixed))
                .put(header);
        bytes[total - 1] = '\n';
        return bytes;
    }
}
