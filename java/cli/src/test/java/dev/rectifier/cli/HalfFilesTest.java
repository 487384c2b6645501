package dev.rectifier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rectifier.DType;
import dev.rectifier.Span;
import dev.rectifier.data.NpyFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HalfFilesTest {
    private static final int HEADER = 118;

    @TempDir private Path folder;

    @Test
    void everyFloat16IsWidenedAsTheLibraryDoes() throws IOException {
        String header = "{'descr': '<f2', 'fortran_order': False, 'shape': (65536,), }";
        short[] halves = new short[1 << 16];
        ByteBuffer bytes =
                ByteBuffer.allocate(10 + HEADER + (1 << 17)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
        bytes.put((byte) 1).put((byte) 0).putShort((short) HEADER);
        bytes.put(
                (header + " ".repeat(HEADER - 1 - header.length()) + "\n")
                        .getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < halves.length; i++) {
            halves[i] = (short) i;
            bytes.putShort(halves[i]);
        }
        Path file = Files.write(folder.resolve("halves.npy"), bytes.array());
        float[] floats = NpyFile.read(file).floats();
        Span span = Span.of(DType.FLOAT16, halves);
        for (int i = 0; i < halves.length; i++) {
            assertEquals(span.get(i), floats[i]);
        }
    }
}
