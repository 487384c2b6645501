package dev.rectifier.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rectifier.DType;
import dev.rectifier.Span;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.ShortPointer;

/** Elements in the middle of something larger, so that a write beyond either end is noticed. */
final class Memory {
    private static final int GUARD = 5;
    private static final double GUARD_VALUE = -77;

    private final Span whole;
    private final Span span;

    /** Everything that a span can stand for. */
    enum Place {
        ARRAY,
        HEAP_BUFFER,
        VIEW_OF_HEAP_BYTES,
        DIRECT_BUFFER,
        UNALIGNED_BUFFER,
        POINTER;

        private Span allocate(DType dtype, int length) {
            return switch (this) {
                case ARRAY -> array(dtype, length);
                case HEAP_BUFFER -> heapBuffer(dtype, length);
                case VIEW_OF_HEAP_BYTES -> view(dtype, ByteBuffer.allocate(length * dtype.bytes()));
                case DIRECT_BUFFER -> Span.allocate(dtype, length);
                case UNALIGNED_BUFFER ->
                        view(
                                dtype,
                                ByteBuffer.allocateDirect(length * dtype.bytes() + 1)
                                        .position(1)
                                        .slice());
                case POINTER -> pointer(dtype, length);
            };
        }

        private static Span array(DType dtype, int length) {
            return switch (dtype) {
                case BFLOAT16, FLOAT16 -> Span.of(dtype, new short[length]);
                case FLOAT32 -> Span.of(new float[length]);
                case FLOAT64 -> Span.of(new double[length]);
            };
        }

        private static Span heapBuffer(DType dtype, int length) {
            int n = length + 3;
            return switch (dtype) {
                case BFLOAT16, FLOAT16 ->
                        Span.of(dtype, ShortBuffer.allocate(n).position(1).slice().position(2));
                case FLOAT32 -> Span.of(FloatBuffer.allocate(n).position(1).slice().position(2));
                case FLOAT64 -> Span.of(DoubleBuffer.allocate(n).position(1).slice().position(2));
            };
        }

        private static Span view(DType dtype, ByteBuffer bytes) {
            bytes.order(ByteOrder.nativeOrder());
            return switch (dtype) {
                case BFLOAT16, FLOAT16 -> Span.of(dtype, bytes.asShortBuffer());
                case FLOAT32 -> Span.of(bytes.asFloatBuffer());
                case FLOAT64 -> Span.of(bytes.asDoubleBuffer());
            };
        }

        private static Span pointer(DType dtype, int length) {
            return switch (dtype) {
                case BFLOAT16, FLOAT16 -> Span.of(dtype, new ShortPointer(length));
                case FLOAT32 -> Span.of(new FloatPointer(length));
                case FLOAT64 -> Span.of(new DoublePointer(length));
            };
        }
    }

    private Memory(Span whole, Span span) {
        this.whole = whole;
        this.span = span;
    }

    /** Memory for n elements; {@code shift} moves them against any alignment. */
    static Memory of(Place place, DType dtype, int shift, int n) {
        Span whole = place.allocate(dtype, n + shift + 2 * GUARD);
        for (long i = 0; i < whole.length(); i++) {
            whole.set(i, GUARD_VALUE);
        }
        return new Memory(whole, whole.slice(GUARD + shift, n));
    }

    /** Memory that holds elements {@code from} to {@code from + n} of {@code values}. */
    static Memory of(Place place, DType dtype, int shift, double[] values, int from, int n) {
        Memory memory = of(place, dtype, shift, n);
        for (int i = 0; i < n; i++) {
            memory.span.set(i, values[from + i]);
        }
        return memory;
    }

    /** A direct buffer that holds the values. */
    static Span direct(DType dtype, double... values) {
        Span span = Span.allocate(dtype, values.length);
        for (int i = 0; i < values.length; i++) {
            span.set(i, values[i]);
        }
        return span;
    }

    static double[] values(Span span) {
        double[] values = new double[(int) span.length()];
        for (int i = 0; i < values.length; i++) {
            values[i] = span.get(i);
        }
        return values;
    }

    Span span() {
        return span;
    }

    void assertGuardsAreUntouched() {
        long before = span.offset() - whole.offset();
        assertGuards(0, before);
        assertGuards(before + span.length(), whole.length());
    }

    private void assertGuards(long from, long to) {
        for (long i = from; i < to; i++) {
            assertEquals(
                    GUARD_VALUE, whole.get(i), "guard " + i + " of " + whole + " around " + span);
        }
    }
}
