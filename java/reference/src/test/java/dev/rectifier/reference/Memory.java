package dev.rectifier.reference;

import static org.junit.jupiter.api.Assertions.fail;

import dev.rectifier.DType;
import dev.rectifier.Span;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.ShortPointer;

/** Elements in the middle of something larger, so that a write beyond either end is noticed. */
final class Memory {
    private static final int GUARD = 5;
    private static final double GUARD_VALUE = -77;
    private static final Map<DType, Numbers> GUARDS = new ConcurrentHashMap<>();

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
        guards(dtype, n + shift + 2 * GUARD).copyTo(whole, 0);
        return new Memory(whole, whole.slice(GUARD + shift, n));
    }

    private static Numbers guards(DType dtype, int n) {
        Numbers guards = GUARDS.get(dtype);
        if (guards == null || guards.length() < n) {
            guards = filled(dtype, Math.max(n, 1 << 10));
            GUARDS.put(dtype, guards);
        }
        return guards;
    }

    private static Numbers filled(DType dtype, int n) {
        double[] values = new double[n];
        Arrays.fill(values, GUARD_VALUE);
        return Numbers.of(dtype, values);
    }

    /** Memory that holds elements {@code from} to {@code from + n} of {@code values}. */
    static Memory of(Place place, DType dtype, int shift, double[] values, int from, int n) {
        double[] part = Arrays.copyOfRange(values, from, from + n);
        return of(place, shift, Numbers.of(dtype, part), 0, n);
    }

    static Memory of(Place place, int shift, Numbers numbers, int from, int n) {
        Memory memory = of(place, numbers.dtype(), shift, n);
        numbers.copyTo(memory.span, from);
        return memory;
    }

    /** A direct buffer that holds the values. */
    static Span direct(DType dtype, double... values) {
        return direct(Numbers.of(dtype, values));
    }

    static Span direct(Numbers numbers) {
        Span span = Span.allocate(numbers.dtype(), numbers.length());
        numbers.copyTo(span, 0);
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
            if (whole.get(i) != GUARD_VALUE) {
                fail("guard " + i + " of " + whole + " around " + span + " is " + whole.get(i));
            }
        }
    }
}
