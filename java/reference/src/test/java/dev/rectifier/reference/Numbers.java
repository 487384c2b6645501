package dev.rectifier.reference;

import dev.rectifier.DType;
import dev.rectifier.Span;
import java.lang.reflect.Array;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.ShortPointer;

/**
 * Numbers in an array of their type, to move and compare in bulk: one at a time takes most of the
 * time of a test that has millions of short arrays.
 */
record Numbers(DType dtype, Object array) {
    static Numbers of(DType dtype, double... values) {
        Numbers numbers = zeros(dtype, values.length);
        Span span = numbers.span();
        for (int i = 0; i < values.length; i++) {
            span.set(i, values[i]);
        }
        return numbers;
    }

    static Numbers zeros(DType dtype, int n) {
        return new Numbers(
                dtype,
                switch (dtype) {
                    case BFLOAT16, FLOAT16 -> new short[n];
                    case FLOAT32 -> new float[n];
                    case FLOAT64 -> new double[n];
                });
    }

    /** A copy of what a span has. */
    static Numbers of(Span from) {
        Numbers copy = zeros(from.dtype(), (int) from.length());
        int n = (int) from.length();
        int at = (int) from.offset();
        Object owner = from.owner();
        if (copy.array instanceof float[] to) {
            if (owner instanceof FloatBuffer buffer) {
                buffer.get(at, to);
            } else if (owner instanceof FloatPointer pointer) {
                new FloatPointer(pointer).position(at).get(to);
            }
        } else if (copy.array instanceof double[] to) {
            if (owner instanceof DoubleBuffer buffer) {
                buffer.get(at, to);
            } else if (owner instanceof DoublePointer pointer) {
                new DoublePointer(pointer).position(at).get(to);
            }
        } else if (copy.array instanceof short[] to) {
            if (owner instanceof ShortBuffer buffer) {
                buffer.get(at, to);
            } else if (owner instanceof ShortPointer pointer) {
                new ShortPointer(pointer).position(at).get(to);
            }
        }
        if (owner.getClass().isArray()) {
            System.arraycopy(owner, at, copy.array, 0, n);
        }
        return copy;
    }

    /** Fills a span with those from an index on. */
    void copyTo(Span to, int from) {
        int n = (int) to.length();
        int at = (int) to.offset();
        Object owner = to.owner();
        if (owner instanceof FloatBuffer buffer) {
            buffer.put(at, (float[]) array, from, n);
        } else if (owner instanceof FloatPointer pointer) {
            new FloatPointer(pointer).position(at).put((float[]) array, from, n);
        } else if (owner instanceof DoubleBuffer buffer) {
            buffer.put(at, (double[]) array, from, n);
        } else if (owner instanceof DoublePointer pointer) {
            new DoublePointer(pointer).position(at).put((double[]) array, from, n);
        } else if (owner instanceof ShortBuffer buffer) {
            buffer.put(at, (short[]) array, from, n);
        } else if (owner instanceof ShortPointer pointer) {
            new ShortPointer(pointer).position(at).put((short[]) array, from, n);
        } else {
            System.arraycopy(array, from, owner, at, n);
        }
    }

    /** Whether a span has the same bits as those from an index on, but for what kind of NaN. */
    boolean haveBitsOf(Span span, int from) {
        int n = (int) span.length();
        Object other = of(span).array;
        boolean same;
        if (array instanceof float[] floats) {
            same = Arrays.equals(floats, from, from + n, (float[]) other, 0, n);
        } else if (array instanceof double[] doubles) {
            same = Arrays.equals(doubles, from, from + n, (double[]) other, 0, n);
        } else {
            same = Arrays.equals((short[]) array, from, from + n, (short[]) other, 0, n);
        }
        for (int i = 0; i < n && !same && dtype.isHalf(); i++) {
            // Among shorts, a NaN isn't equal to all others.
            if (!sameAt(from + i, span.get(i))) {
                return false;
            }
        }
        return same || dtype.isHalf();
    }

    private boolean sameAt(int i, double value) {
        return Double.doubleToLongBits(span().get(i)) == Double.doubleToLongBits(value);
    }

    int length() {
        return Array.getLength(array);
    }

    /** All of them. */
    Span span() {
        return switch (dtype) {
            case BFLOAT16, FLOAT16 -> Span.of(dtype, (short[]) array);
            case FLOAT32 -> Span.of((float[]) array);
            case FLOAT64 -> Span.of((double[]) array);
        };
    }

    double get(int i) {
        return span().get(i);
    }
}
