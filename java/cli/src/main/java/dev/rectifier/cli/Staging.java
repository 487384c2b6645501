package dev.rectifier.cli;

import dev.rectifier.DType;
import dev.rectifier.Span;
import dev.rectifier.cli.data.NpyArray;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;

/** Moves arrays to off-heap memory, the only place where kernels use several threads, and back. */
final class Staging {
    private Staging() {}

    /** The elements of an array in off-heap memory, or in place if they are too many for that. */
    static Span load(NpyArray array) {
        return array.isFloat64() ? load(array.doubles()) : load(array.floats());
    }

    private static Span load(float[] elements) {
        if (elements.length > Integer.MAX_VALUE / Float.BYTES) {
            return Span.of(elements);
        }
        FloatBuffer buffer = allocate(elements.length * Float.BYTES).asFloatBuffer();
        return Span.of(buffer.put(0, elements));
    }

    private static Span load(double[] elements) {
        if (elements.length > Integer.MAX_VALUE / Double.BYTES) {
            return Span.of(elements);
        }
        DoubleBuffer buffer = allocate(elements.length * Double.BYTES).asDoubleBuffer();
        return Span.of(buffer.put(0, elements));
    }

    private static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    /** The elements in an array of this shape. */
    static NpyArray array(Span span, long[] shape) {
        int n = Math.toIntExact(span.length());
        if (span.dtype() == DType.FLOAT64) {
            double[] elements = new double[n];
            for (int i = 0; i < n; i++) {
                elements[i] = span.get(i);
            }
            return NpyArray.of(elements, shape);
        }
        float[] elements = new float[n];
        for (int i = 0; i < n; i++) {
            elements[i] = (float) span.get(i);
        }
        return NpyArray.of(elements, shape);
    }

    /** Copies back what {@link #load} copied from this array. */
    static void store(Span span, NpyArray array) {
        if (span.owner() instanceof FloatBuffer buffer) {
            buffer.get(0, array.floats());
        } else if (span.owner() instanceof DoubleBuffer buffer) {
            buffer.get(0, array.doubles());
        }
    }
}
