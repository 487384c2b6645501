package dev.rectifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AxisTest {
    @Test
    void anAxisKnowsWhatIsBeforeAndAfterIt() {
        assertEquals(new Axis(1, 2, 12), Axis.of(0, 2, 3, 4));
        assertEquals(new Axis(2, 3, 4), Axis.of(1, 2, 3, 4));
        assertEquals(new Axis(6, 4, 1), Axis.of(2, 2, 3, 4));
        assertEquals(24, Axis.of(1, 2, 3, 4).elements());
    }

    @Test
    void negativeNumbersCountFromTheEnd() {
        assertEquals(Axis.of(2, 2, 3, 4), Axis.of(-1, 2, 3, 4));
        assertEquals(Axis.of(0, 2, 3, 4), Axis.of(-3, 2, 3, 4));
    }

    @Test
    void rowsOfAMatrixAndASharedValueHaveTheirOwnNames() {
        assertEquals(Axis.of(-1, 5, 7), Axis.ofRows(5, 7));
        assertEquals(Axis.of(0, 1, 35), Axis.shared(35));
    }

    @Test
    void neighbouringAxesCanBeTakenAsOne() {
        assertEquals(new Axis(2, 60, 1), Axis.block(1, 3, 2, 3, 4, 5));
        assertEquals(new Axis(2, 12, 5), Axis.block(1, 2, 2, 3, 4, 5));
        assertEquals(new Axis(6, 1, 20), Axis.block(2, 0, 2, 3, 4, 5));
    }

    @Test
    void anAxisMayBeEmpty() {
        assertEquals(new Axis(2, 0, 4), Axis.of(1, 2, 0, 4));
        assertEquals(0, Axis.of(1, 2, 0, 4).elements());
    }

    @ParameterizedTest
    @ValueSource(ints = {3, -4, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void anAxisThatIsNotThereIsRejectedWithItsNumberAndTheShape(int axis) {
        var e = assertThrows(IllegalArgumentException.class, () -> Axis.of(axis, 2, 3, 4));
        assertTrue(e.getMessage().contains("axis " + axis + " "), e.getMessage());
        assertTrue(e.getMessage().contains("[2, 3, 4]"), e.getMessage());
    }

    @Test
    void aScalarHasNoAxis() {
        for (int axis : new int[] {0, -1}) {
            var e = assertThrows(IllegalArgumentException.class, () -> Axis.of(axis));
            assertEquals("axis " + axis + " is not in a scalar, shape []", e.getMessage());
        }
    }

    @Test
    void aBlockThatIsNotThereIsRejectedWithTheShape() {
        for (int[] block : new int[][] {{-1, 1}, {0, -1}, {1, 3}, {1, Integer.MAX_VALUE}}) {
            var e =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> Axis.block(block[0], block[1], 2, 3, 4));
            assertTrue(e.getMessage().contains("[2, 3, 4]"), e.getMessage());
        }
    }

    @Test
    void negativeSizesAndOverflowAreRejectedWithTheSizes() {
        long huge = Long.MAX_VALUE / 2;
        for (long[] sizes :
                new long[][] {{-1, 1, 1}, {1, -1, 1}, {1, 1, -1}, {huge, 3, 1}, {1, huge, 3}}) {
            var e =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> new Axis(sizes[0], sizes[1], sizes[2]));
            assertTrue(
                    e.getMessage()
                            .contains(
                                    "[outer="
                                            + sizes[0]
                                            + ", size="
                                            + sizes[1]
                                            + ", inner="
                                            + sizes[2]
                                            + "]"),
                    e.getMessage());
        }
        assertThrows(IllegalArgumentException.class, () -> Axis.of(2, huge, 3, 1));
        assertThrows(IllegalArgumentException.class, () -> Axis.ofRows(-1, 2));
        assertThrows(IllegalArgumentException.class, () -> Axis.shared(-1));
    }
}
