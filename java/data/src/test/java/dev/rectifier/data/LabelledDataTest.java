package dev.rectifier.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelledDataTest {

    @ParameterizedTest
    @CsvSource({"0.2, 21", "0, 1", "1, 102", "0.5, 52", "0.004, 1", "0.33, 34"})
    void everyRowGoesToOnePartWithItsLabelAndClassesStayInProportion(double share, int testRows) {
        LabelledData all = numbered(103);
        TrainTest parts = all.split(share, 5);
        assertEquals(testRows, parts.test().rows());
        assertEquals(103, parts.train().rows() + parts.test().rows());

        boolean[] seen = new boolean[103];
        for (LabelledData part : new LabelledData[] {parts.train(), parts.test()}) {
            double ofAll = part.rows() / 103.0;
            int[] count = new int[4];
            for (int i = 0; i < part.rows(); i++) {
                int row = Math.round(part.features()[2 * i] * 1000);
                assertFalse(seen[row]);
                seen[row] = true;
                assertEquals(0 - part.features()[2 * i], part.features()[2 * i + 1]);
                assertEquals(all.labels()[row], part.labels()[i]);
                count[part.labels()[i]]++;
            }
            for (int c = 0; c < 4; c++) {
                int label = c;
                long total = Arrays.stream(all.labels()).filter(l -> l == label).count();
                assertEquals(total * ofAll, count[c], 1.0);
            }
        }
    }

    @Test
    void theSeedDecidesTheSplit() {
        LabelledData all = numbered(50);
        float[] first = all.split(0.2, 1).train().features();
        assertArrayEquals(first, all.split(0.2, 1).train().features());
        assertFalse(Arrays.equals(first, all.split(0.2, 2).train().features()));
    }

    @Test
    void theSplitIsTheSameForEver() {
        TrainTest parts = numbered(10).split(0.2, 1);
        assertArrayEquals(new int[] {5, 9}, rowsOf(parts.test()));
        assertArrayEquals(new int[] {4, 7, 8, 2, 0, 1, 6, 3}, rowsOf(parts.train()));
    }

    @Test
    void splittingChecksItsArguments() {
        LabelledData all = numbered(10);
        assertEquals(
                "testShare = 1.5 is not within 0..1",
                assertThrows(IllegalArgumentException.class, () -> all.split(1.5, 0)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> all.split(Double.NaN, 0));
        assertEquals(
                "rows = 1 can't be split",
                assertThrows(IllegalArgumentException.class, () -> numbered(1).split(0.2, 0))
                        .getMessage());
    }

    @Test
    void partsThatDoNotAgreeAreRefused() {
        float[] four = {0, 0.5f, 1, -1};
        int[] two = {0, 1};
        refused("rows = 2 and columns = 3 don't make features.length = 4", four, 2, 3, two, 2);
        refused(
                "rows = 0 and columns = 3 don't make features.length = 0",
                new float[0],
                0,
                3,
                new int[0],
                2);
        refused(
                "rows = 65536 and columns = 65536 don't make features.length = 0",
                new float[0],
                65536,
                65536,
                two,
                2);
        refused("labels.length = 2 is not rows = 4", four, 4, 1, two, 2);
        refused("classes = 1 is below 2", four, 2, 2, two, 1);
        refused("labels[1] = 2 is not within 0..1", four, 2, 2, new int[] {0, 2}, 2);
        refused("labels[0] = -1 is not within 0..1", four, 2, 2, new int[] {-1, 1}, 2);
        refused("features[1] = 1.5 is not within -1..1", new float[] {0, 1.5f}, 2, 1, two, 2);
        refused("features[0] = NaN is not within -1..1", new float[] {Float.NaN, 0}, 2, 1, two, 2);
    }

    @Test
    void partsOfDifferentDataSetsAreRefused() {
        LabelledData data = numbered(10);
        LabelledData other = new LabelledData("other", data.features(), 10, 2, data.labels(), 5);
        assertTrue(
                assertThrows(IllegalArgumentException.class, () -> new TrainTest(data, other))
                        .getMessage()
                        .contains("5 classes"));
    }

    private static void refused(
            String message, float[] features, int rows, int columns, int[] labels, int classes) {
        assertEquals(
                message,
                assertThrows(
                                IllegalArgumentException.class,
                                () ->
                                        new LabelledData(
                                                "x", features, rows, columns, labels, classes))
                        .getMessage());
    }

    /** Row i has the features i/1000 and −i/1000; the classes 0 to 3 are of unequal size. */
    private static LabelledData numbered(int rows) {
        float[] features = new float[2 * rows];
        for (int i = 0; i < rows; i++) {
            features[2 * i] = i / 1000f;
            features[2 * i + 1] = -i / 1000f;
        }
        int[] labels = IntStream.range(0, rows).map(i -> i % 10 < 6 ? 0 : i % 10 - 6).toArray();
        return new LabelledData("numbered", features, rows, 2, labels, 4);
    }

    private static int[] rowsOf(LabelledData data) {
        return IntStream.range(0, data.rows())
                .map(i -> Math.round(data.features()[2 * i] * 1000))
                .toArray();
    }
}
