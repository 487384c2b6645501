package dev.rectifier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.data.NpyArray;
import dev.rectifier.data.NpyFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * More float32 than fit a direct buffer. Takes 4 GiB of heap and 5 GB of disk: {@code mvn -B verify
 * -pl java/cli -am -Dgroups=large -DexcludedGroups=none}.
 */
@Tag("large")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LargeFileTest {
    private static final int ROWS = 54_000_000;
    private static final int COLUMNS = 10;

    @TempDir Path folder;
    private Path in;

    @BeforeAll
    void makeInput() {
        in = folder.resolve("x.npy");
        Outcome.success("init", "randomNormal", "--shape", ROWS + "," + COLUMNS, "--seed", 1, in);
    }

    /** With the last rows as a file of their own as the witness. */
    @ParameterizedTest
    @ValueSource(strings = {"gelu", "prelu", "softmax", "glu"})
    void theLastRowsAreThoseOfASmallFile(String name) throws IOException {
        Path out = folder.resolve("y.npy");
        Outcome.success("apply", name, in, out);
        int columns = name.equals("glu") ? COLUMNS / 2 : COLUMNS;
        assertTrue(Files.size(out) > (long) ROWS * columns * Float.BYTES);
        Path few = folder.resolve("few.npy");
        NpyFile.write(few, NpyArray.of(last(in, 3 * COLUMNS), 3, COLUMNS));
        Path expected = folder.resolve("expected.npy");
        Outcome.success("apply", name, few, expected);
        float[] actual = last(out, 3 * columns);
        float[] wanted = NpyFile.read(expected).floats();
        for (int i = 0; i < wanted.length; i++) {
            assertEquals(wanted[i], actual[i], name + ", element " + i);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"soft", "hard"})
    void everyRowOfGumbelSoftmaxSumsToOne(String form) throws IOException {
        Path out = folder.resolve("y.npy");
        Outcome.success("apply", "gumbelSoftmax", "-p", "form=" + form, "--seed", 1, in, out);
        float[] row = last(out, COLUMNS);
        double sum = 0;
        for (float share : row) {
            sum += share;
        }
        assertEquals(1, sum, 1e-6);
    }

    private static float[] last(Path file, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel = FileChannel.open(file)) {
            channel.position(channel.size() - bytes.capacity());
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
        }
        float[] numbers = new float[count];
        bytes.flip().asFloatBuffer().get(numbers);
        return numbers;
    }
}
