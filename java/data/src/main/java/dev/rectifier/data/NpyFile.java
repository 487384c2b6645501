package dev.rectifier.data;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Reads and writes NumPy's .npy files.
 *
 * <p>Reading takes format versions 1.0, 2.0 and 3.0, either byte order, C or Fortran order, files
 * and pipes, gzipped or not; {@code -} is standard input. float16, bool and integers are widened:
 * those of 32 and 64 bits to float64, others to float32. Writing makes version 1.0, little-endian,
 * C order. Stateless, so safe for use by many threads.
 */
public final class NpyFile {
    static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

    private static final int ALIGNMENT = 64;
    static final int BUFFER_BYTES = 1 << 17;

    private NpyFile() {}

    /**
     * Reads an array, in native byte order and C order whatever the file has.
     *
     * @param path the file, or {@code -} for standard input
     * @param notes gets a sentence if the elements are widened
     * @throws DataException if the file can't be read, is malformed, has elements that are no real
     *     numbers, or more of them than a Java array can hold
     */
    public static NpyArray read(Path path, Consumer<String> notes) {
        try (Input in = Input.open(path)) {
            return new NpyReader(in, notes).array();
        }
    }

    /**
     * Reads an array, and doesn't say whether it is widened.
     *
     * @see #read(Path, Consumer)
     */
    public static NpyArray read(Path path) {
        return read(path, note -> {});
    }

    /**
     * Writes an array as {@link OutputFile} does, so it may replace the file it came from.
     *
     * @throws DataException if the file can't be written
     */
    public static void write(Path path, NpyArray array) {
        write(OutputFile.claim(path), array);
    }

    /**
     * Writes an array to a file that has been claimed.
     *
     * @throws DataException if the file can't be written
     */
    public static void write(OutputFile file, NpyArray array) {
        file.write(out -> write(out, array));
    }

    private static void write(OutputStream out, NpyArray array) throws IOException {
        out.write(preamble(array));
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int width = array.isFloat64() ? Double.BYTES : Float.BYTES;
        int length = array.length();
        for (int done = 0, count; done < length; done += count) {
            count = Math.min(length - done, BUFFER_BYTES / width);
            if (array.isFloat64()) {
                buffer.asDoubleBuffer().put(array.doubles(), done, count);
            } else {
                buffer.asFloatBuffer().put(array.floats(), done, count);
            }
            out.write(buffer.array(), 0, count * width);
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
