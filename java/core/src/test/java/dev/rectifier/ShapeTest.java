package dev.rectifier;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ShapeTest {
    private static void assertFans(long fanIn, long fanOut, Shape shape) {
        assertEquals(fanIn, shape.fanIn(), () -> "fan-in of " + shape);
        assertEquals(fanOut, shape.fanOut(), () -> "fan-out of " + shape);
    }

    @Test
    void fansAreThoseOfKeras() {
        assertFans(1, 1, Shape.keras());
        assertFans(7, 7, Shape.keras(7));
        assertFans(784, 100, Shape.keras(784, 100));
        assertFans(8, 4, Shape.keras(8, 4));
        assertFans(144, 288, Shape.keras(3, 3, 16, 32));
        assertFans(10, 15, Shape.keras(5, 2, 3));
    }

    @Test
    void fansAreThoseOfPyTorch() {
        assertFans(8, 4, Shape.torch(4, 8));
        assertFans(144, 288, Shape.torch(32, 16, 3, 3));
        assertFans(10, 15, Shape.torch(3, 2, 5));
    }

    @Test
    void vectorsAndScalarsHaveFansInEitherLayout() {
        assertFans(1, 1, Shape.torch());
        assertFans(7, 7, Shape.torch(7));
    }

    @Test
    void aFanOfZeroCountsAsOne() {
        assertFans(1, 1, Shape.keras(0));
        assertFans(1, 4, Shape.keras(0, 4));
        assertFans(4, 1, Shape.torch(0, 4));
        assertFans(1, 1, Shape.keras(0, 3, 4));
    }

    @Test
    void theSizeIsTheProduct() {
        assertEquals(1, Shape.keras().size());
        assertEquals(78_400, Shape.keras(784, 100).size());
        assertEquals(0, Shape.keras(5, 0, 7).size());
        assertEquals(1L << 60, Shape.keras(1L << 30, 1L << 30).size());
    }

    @Test
    void aNegativeDimensionIsRejectedWithTheShape() {
        var e = assertThrows(IllegalArgumentException.class, () -> Shape.keras(2, -3));
        assertTrue(e.getMessage().contains("[2, -3]"), e.getMessage());
    }

    @Test
    void moreElementsThanAStreamHasDrawsAreRejectedWithTheShape() {
        for (long[] dimensions :
                new long[][] {{1L << 30, 1L << 31}, {Long.MAX_VALUE, Long.MAX_VALUE, 4}}) {
            var e = assertThrows(IllegalArgumentException.class, () -> Shape.torch(dimensions));
            assertTrue(e.getMessage().contains(Long.toString(dimensions[0])), e.getMessage());
        }
        // An axis of size 0 leaves no elements, but the fans would still overflow.
        assertThrows(IllegalArgumentException.class, () -> Shape.keras(1L << 40, 0, 1L << 40));
    }

    @Test
    void shapesAreValues() {
        long[] dimensions = {2, 3};
        Shape shape = Shape.keras(dimensions);
        dimensions[0] = 9;
        shape.dimensions()[0] = 9;
        assertArrayEquals(new long[] {2, 3}, shape.dimensions());
        assertEquals(Shape.keras(2, 3), shape);
        assertEquals(Shape.keras(2, 3).hashCode(), shape.hashCode());
        assertEquals(Shape.of(Shape.Layout.KERAS, 2, 3), shape);
        assertNotEquals(Shape.torch(2, 3), shape);
        assertNotEquals(Shape.keras(3, 2), shape);
        assertEquals(Shape.Layout.TORCH, Shape.torch(2, 3).layout());
    }

    @Test
    void theTextIsTheCodeThatMakesTheShape() {
        assertEquals("Shape.keras(784, 100)", Shape.keras(784, 100).toString());
        assertEquals("Shape.torch(32, 16, 3, 3)", Shape.torch(32, 16, 3, 3).toString());
        assertEquals("Shape.keras()", Shape.keras().toString());
        assertEquals("Shape.keras(5000000000L, 1)", Shape.keras(5_000_000_000L, 1).toString());
    }
}
