package dev.rectifier.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ExamplesTest {
    @Test
    void aSampleIsSpreadEvenlyOverTheRows() {
        float[] features = {0, 0, 1, 10, 2, 20, 3, 30, 4, 40, 5, 50, 6, 60};
        Examples all = new Examples(features, 2, new int[] {0, 1, 2, 3, 4, 5, 6}, 7);
        Examples sample = all.sample(3);
        assertArrayEquals(new int[] {0, 2, 4}, sample.labels());
        assertArrayEquals(new float[] {0, 0, 2, 20, 4, 40}, sample.features());
        assertArrayEquals(features, all.sample(100).features());
    }

    @Test
    void illegalExamplesAreRejectedWithThePlace() {
        float[] features = {0, 1, 2, 3};
        assertRejected("not 0, 2 and 3", () -> new Examples(new float[0], 2, new int[0], 3));
        assertRejected("not 2, 0 and 3", () -> new Examples(features, 0, new int[2], 3));
        assertRejected("not 2, 2 and 0", () -> new Examples(features, 2, new int[2], 0));
        assertRejected(
                "length 4, not that of 3 rows of 2 columns",
                () -> new Examples(features, 2, new int[3], 3));
        assertRejected(
                "0..2, not 3 in row 1", () -> new Examples(features, 2, new int[] {0, 3}, 3));
        assertRejected(
                "0..2, not -1 in row 0", () -> new Examples(features, 2, new int[] {-1, 0}, 3));
        float[] damaged = {0, 1, 2, Float.NaN};
        assertRejected("NaN in row 1, column 1", () -> new Examples(damaged, 2, new int[2], 3));
        Examples legal = new Examples(features, 2, new int[2], 3);
        assertRejected("not 0", () -> legal.sample(0));
        assertEquals("2 examples of 2 features in 3 classes", legal.toString());
    }

    private static void assertRejected(String part, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.contains(part), message);
    }
}
