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

    private static Shape axes(int[] in, int[] out, int[] batch, long... dimensions) {
        return Shape.withAxes(in, out, batch, dimensions);
    }

    private static int[] of(int... axes) {
        return axes;
    }

    /** jax.nn.initializers: fan = the size of the axes times that of the receptive field. */
    @Test
    void fansAreThoseOfJaxForNamedAxes() {
        assertFans(144, 288, axes(of(-2), of(-1), of(), 3, 3, 16, 32));
        assertFans(144, 288, axes(of(1), of(0), of(), 32, 16, 3, 3));
        assertFans(512, 8 * 64, axes(of(0), of(1, 2), of(), 512, 8, 64));
        assertFans(8 * 64, 512, axes(of(-3, -2), of(-1), of(), 8, 64, 512));
        assertFans(20, 30, axes(of(1), of(2), of(0), 5, 20, 30));
        assertFans(9, 18, axes(of(), of(3), of(2), 3, 3, 16, 2));
        // flax.linen.Embed: both are axis 0.
        assertFans(64, 64, axes(of(-2), of(0), of(), 1000, 64));
        assertFans(1, 4, axes(of(0), of(1), of(), 0, 4));
    }

    @Test
    void namedFormsHaveTheFansOfTheLayer() {
        Shape.Layout keras = Shape.Layout.KERAS;
        Shape.Layout torch = Shape.Layout.TORCH;
        Shape transposed = Shape.transposed(keras, 16, 32, 3, 5);
        assertArrayEquals(new long[] {3, 5, 32, 16}, transposed.dimensions());
        assertFans(15 * 16, 15 * 32, transposed);
        Shape ofTorch = Shape.transposed(torch, 16, 32, 3, 5);
        assertArrayEquals(new long[] {16, 32, 3, 5}, ofTorch.dimensions());
        assertFans(15 * 16, 15 * 32, ofTorch);
        assertArrayEquals(
                new long[] {3, 3, 4, 32}, Shape.grouped(keras, 16, 32, 4, 3, 3).dimensions());
        assertFans(36, 72, Shape.grouped(keras, 16, 32, 4, 3, 3));
        assertArrayEquals(new long[] {32, 4, 3}, Shape.grouped(torch, 16, 32, 4, 3).dimensions());
        assertFans(12, 24, Shape.grouped(torch, 16, 32, 4, 3));
        assertArrayEquals(
                new long[] {3, 3, 16, 2}, Shape.depthwise(keras, 16, 2, 3, 3).dimensions());
        assertArrayEquals(
                new long[] {32, 1, 3, 3}, Shape.depthwise(torch, 16, 2, 3, 3).dimensions());
        assertFans(9, 18, Shape.depthwise(keras, 16, 2, 3, 3));
        assertFans(9, 18, Shape.depthwise(torch, 16, 2, 3, 3));
        assertFans(64, 64, Shape.embedding(1000, 64));
        assertFans(512, 8 * 64, Shape.attention(512, 8, 64));
        assertFans(8 * 64, 512, Shape.attentionOutput(8, 64, 512));
    }

    private static void assertRejected(String message, Runnable call) {
        var e = assertThrows(IllegalArgumentException.class, call::run);
        assertEquals(message, e.getMessage());
    }

    @Test
    void whatIsNoSuchShapeIsRefused() {
        assertRejected(
                "axis 2 is not in -2..1, shape [3, 4]", () -> axes(of(2), of(0), of(), 3, 4));
        assertRejected(
                "axis 1 is given twice in in [1, -1]", () -> axes(of(1, -1), of(0), of(), 3, 4));
        assertRejected(
                "axis 0 is a batch axis and one of outputs, shape [3, 4]",
                () -> axes(of(1), of(0), of(0), 3, 4));
        assertRejected(
                "fanIn must be from 1 to 1152921504606846976, not 0",
                () -> Shape.withFans(0, 1, 3));
        assertRejected(
                "3 groups can't share 16 inputs and 32 outputs",
                () -> Shape.grouped(Shape.Layout.KERAS, 16, 32, 3, 3));
        assertRejected(
                "sizes must be at least 1 in [vocabulary, size]: [0, 4]",
                () -> Shape.embedding(0, 4));
        assertRejected(
                "Initializer.orthogonal(1.0, 7) needs the layout of Keras or PyTorch, not"
                        + " Shape.withFans(3, 4, 3, 4)",
                () -> Initializer.orthogonal(1, 7).floats(Shape.withFans(3, 4, 3, 4)));
    }

    @Test
    void initializersTakeGivenFans() {
        Initializer he = Initializer.heNormal(3);
        assertArrayEquals(
                he.floats(Shape.keras(512, 16)), he.floats(axes(of(0), of(1, 2), of(), 512, 4, 4)));
        assertEquals("Shape.withFans(512, 16, 512, 4, 4)", Shape.attention(512, 4, 4).toString());
        assertEquals(Shape.attention(512, 4, 4), axes(of(0), of(1, 2), of(), 512, 4, 4));
        assertNotEquals(Shape.keras(512, 4, 4), Shape.attention(512, 4, 4));
        var e = assertThrows(IllegalStateException.class, Shape.attention(2, 3, 4)::layout);
        assertEquals("Shape.withFans(2, 12, 2, 3, 4) has no layout, but fans", e.getMessage());
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
