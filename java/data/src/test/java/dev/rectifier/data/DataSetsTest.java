package dev.rectifier.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DataSetsTest {
    private static final byte[] IMAGES = {0, 0, 8, 2, 0, 0, 0, 5, 0, 0, 0, 1, 1, 2, 3, 4, 5};
    private static final byte[] LABELS = {0, 0, 8, 1, 0, 0, 0, 5, 0, 1, 0, 1, 1};

    @TempDir Path folder;

    @Test
    void theDigitsAreComplete() {
        LabelledData digits = Digits.load();
        assertEquals("digits: 1797 rows, 64 columns, 10 classes", digits.toString());
        int[] count = new int[10];
        for (int label : digits.labels()) {
            count[label]++;
        }
        assertArrayEquals(new int[] {178, 182, 177, 183, 181, 182, 181, 179, 174, 180}, count);
        float[] firstRow = {0, 0, 5 / 16f, 13 / 16f, 9 / 16f, 1 / 16f, 0, 0};
        assertArrayEquals(firstRow, Arrays.copyOf(digits.features(), 8));
    }

    @Test
    void withoutAPathTheDigitsAreSplit() {
        TrainTest digits = load(null);
        assertEquals(359, digits.test().rows());
        assertEquals(1438, digits.train().rows());
    }

    @Test
    void theKindIsToldByContent() throws IOException {
        Files.write(folder.resolve("csv-labels-idx1-ubyte"), LABELS);
        Path idx = Files.write(folder.resolve("csv-images-idx2-ubyte"), Damage.gzip(IMAGES));
        TrainTest images = load(idx);
        assertEquals(4, images.train().rows());
        assertEquals(1, images.test().rows());

        byte[] text = "1,0\n2,1\n3,1\n4,0\n5,1\n".getBytes(StandardCharsets.UTF_8);
        Path csv = folder.resolve("looks-images-idx3-ubyte");
        for (byte[] content : new byte[][] {text, Damage.gzip(text)}) {
            Files.write(csv, content);
            assertEquals(4, load(csv).train().rows());
        }
    }

    @Test
    void aFolderKeepsItsOwnTestPart() throws IOException {
        for (String set : new String[] {"train", "t10k"}) {
            Files.write(folder.resolve(set + "-images-idx2-ubyte"), IMAGES);
            Files.write(folder.resolve(set + "-labels-idx1-ubyte"), LABELS);
        }
        assertEquals(5, load(folder).train().rows());
        assertEquals(5, load(folder).test().rows());
    }

    @Test
    void aMissingFileIsNamed() {
        Path file = folder.resolve("missing");
        DataException e = assertThrows(DataException.class, () -> load(file));
        assertEquals(file + ": can't be read: no such file or folder", e.getMessage());
    }

    @Test
    void filesOfAnotherKindAreRefusedInOneLine() throws IOException {
        Path file = folder.resolve("x");
        for (byte[] content : new byte[][] {{}, {0}, {0, 0}, {31, (byte) 139}, {31, 0, 7, 10, 1}}) {
            Files.write(file, content);
            DataException e = assertThrows(DataException.class, () -> load(file));
            assertTrue(e.getMessage().matches("\\Q" + file + "\\E: \\P{Cntrl}+"), e.getMessage());
        }
    }

    @Test
    @Tag("thorough")
    void damagedFilesAreReadOrRefused() throws IOException {
        Files.write(folder.resolve("a-labels-idx1-ubyte"), LABELS);
        Path images = folder.resolve("a-images-idx2-ubyte");
        for (byte[] content : new byte[][] {IMAGES, Damage.gzip(IMAGES)}) {
            Files.write(images, content);
            Damage.flippedBytesAreReadOrRefused(images, DataSetsTest::load);
            Damage.everyTruncationIsRefused(images, DataSetsTest::load);
        }
    }

    private static TrainTest load(Path file) {
        return DataSets.load(file, DataOptions.DEFAULT, note -> {});
    }
}
