package dev.rectifier;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.spi.Region;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Memory of somebody else's: some that stays, and some that can't be held open and is copied. */
class RegionTest {
    private static final int N = 10_000;

    /** Of a direct buffer, from one byte after its start on, so that nothing is aligned. */
    private static final class Borrowed implements Region {
        private final ByteBuffer bytes;
        private final Optional<Object> scope;
        private final boolean isReadOnly;
        private boolean isClosed;

        Borrowed(int size, boolean isSteady, boolean isReadOnly) {
            bytes = ByteBuffer.allocateDirect(size + 1);
            scope = isSteady ? Optional.empty() : Optional.of("no scope that Java knows");
            this.isReadOnly = isReadOnly;
        }

        @Override
        public long address() {
            return Rectifier.backend().address(bytes) + 1;
        }

        @Override
        public boolean isReadOnly() {
            return isReadOnly;
        }

        @Override
        public void requireOpen(String name) {
            if (isClosed) {
                throw new IllegalStateException(name + " has been closed");
            }
        }

        @Override
        public Optional<Object> scope() {
            return scope;
        }

        @Override
        public ByteBuffer bytes(long from, int count) {
            ByteBuffer part = bytes.slice((int) from + 1, count);
            return (isReadOnly ? part.asReadOnlyBuffer() : part).order(ByteOrder.nativeOrder());
        }
    }

    private static Span span(DType dtype, int length, boolean isSteady) {
        Region region = new Borrowed(length * dtype.bytes(), isSteady, false);
        return Span.of(dtype, region, length);
    }

    private static void fill(Span span) {
        for (int i = 0; i < span.length(); i++) {
            span.set(i, (i * 37 % 1001 - 500) / 64.0);
        }
    }

    private static double[] values(Span span) {
        double[] values = new double[(int) span.length()];
        for (int i = 0; i < values.length; i++) {
            values[i] = span.get(i);
        }
        return values;
    }

    @ParameterizedTest
    @EnumSource
    void elementwiseFunctionsHaveTheBitsOfOffHeapMemory(DType dtype) {
        Span x = Span.allocate(dtype, N);
        fill(x);
        Span y = Span.allocate(dtype, N);
        Span dx = Span.allocate(dtype, N);
        Elementwise.gelu().forward(x, y);
        Elementwise.gelu().backward(x, x, dx);
        for (boolean isSteady : new boolean[] {true, false}) {
            Span a = span(dtype, N, isSteady);
            Span b = span(dtype, N, isSteady);
            a.copyFrom(x);
            Elementwise.gelu().forward(a, b);
            assertArrayEquals(values(y), values(b), "steady: " + isSteady);
            Elementwise.gelu().backward(a, x, b);
            assertArrayEquals(values(dx), values(b));
            Elementwise.gelu().forward(a, a);
            assertArrayEquals(values(y), values(a));
            Elementwise.gelu().forward(x.slice(3, 5), b.slice(7, 5));
            assertArrayEquals(values(y.slice(3, 5)), values(b.slice(7, 5)));
        }
    }

    @ParameterizedTest
    @MethodSource
    void functionsOfOtherShapesHaveTheBitsOfArrays(boolean isSteady) {
        Span x = span(DType.FLOAT32, N, isSteady);
        fill(x);
        float[] array = new float[N];
        Span.of(array).copyFrom(x);
        float[] expected = new float[N];
        AxisFunction.softmax().forward(array, expected, 100, 100);
        Span y = span(DType.FLOAT32, N, isSteady);
        AxisFunction.softmax().forward(x, y, Axis.of(-1, 100, 100));
        assertEquals(0, differences(expected, y));

        Initializer.randomNormal(0, 1, 42).initialize(Shape.keras(100, 100), y);
        assertEquals(
                0,
                differences(Initializer.randomNormal(0, 1, 42).floats(Shape.keras(100, 100)), y));

        Span slopes = span(DType.FLOAT32, 100, isSteady);
        fill(slopes);
        float[] slopesArray = new float[100];
        Span.of(slopesArray).copyFrom(slopes);
        Axis columns = Axis.of(-1, 100, 100);
        new PRelu().forward(Span.of(array), Span.of(slopesArray), Span.of(expected), columns);
        new PRelu().forward(x, slopes, y, columns);
        assertEquals(0, differences(expected, y));
    }

    static Stream<Boolean> functionsOfOtherShapesHaveTheBitsOfArrays() {
        return Stream.of(true, false);
    }

    private static long differences(float[] expected, Span y) {
        long differences = 0;
        for (int i = 0; i < expected.length; i++) {
            differences += Float.compare(expected[i], (float) y.get(i)) == 0 ? 0 : 1;
        }
        return differences;
    }

    @Test
    void whatHasBeenClosedIsNotTouched() {
        Borrowed region = new Borrowed(8, true, false);
        Span x = Span.of(DType.FLOAT32, region, 2);
        region.isClosed = true;
        float[] y = {1, 1};
        var e =
                assertThrows(
                        IllegalStateException.class,
                        () -> Elementwise.gelu().forward(x, Span.of(y)));
        assertEquals("x has been closed", e.getMessage());
        assertArrayEquals(new float[] {1, 1}, y);
    }

    @Test
    void whatIsReadOnlyIsASourceAlone() {
        Span x = Span.of(DType.FLOAT32, new Borrowed(8, true, true), 2);
        assertTrue(x.isReadOnly());
        Elementwise.gelu().forward(x, Span.of(new float[2]));
        var e =
                assertThrows(
                        IllegalArgumentException.class, () -> Elementwise.gelu().forward(x, x));
        assertEquals("y is read-only: Borrowed[0, 2)", e.getMessage());
    }

    @Test
    void twoSpansThatOverlapAreSeenByTheirAddresses() {
        Borrowed region = new Borrowed(16, false, false);
        Span x = Span.of(DType.FLOAT32, region, 3);
        Span y = Span.of(DType.FLOAT32, region, 4).slice(1, 3);
        assertThrows(IllegalArgumentException.class, () -> Elementwise.gelu().forward(x, y));
    }

    @Test
    void aNegativeLengthIsRefused() {
        Region region = new Borrowed(8, true, false);
        var e =
                assertThrows(
                        IllegalArgumentException.class, () -> Span.of(DType.FLOAT32, region, -1));
        assertEquals("length must be at least 0, not -1", e.getMessage());
    }
}
