package dev.rectifier;

import java.util.Arrays;
import java.util.Objects;

/**
 * What {@link MaskedSoftmax} adds to its logits: numbers, of which −∞ takes an element out. Its
 * shape is that of the logits from its end on, with 1 for axes but the last that share a row, as
 * NumPy broadcasts. Immutable; its values are read at each call.
 */
public final class Mask {
    private final Span values;
    private final long[] shape;

    private Mask(Span values, long[] shape) {
        this.values = values;
        this.shape = shape;
    }

    /**
     * Numbers that are added.
     *
     * @param values in row-major order, of the type of the logits
     * @param shape the sizes of the axes
     * @return the mask
     * @throws IllegalArgumentException if there aren't as many of them as in {@code shape}, that
     *     has no axis or a negative size, or they are of 16 bits
     */
    public static Mask of(Span values, long... shape) {
        long[] own = shape.clone();
        if (own.length == 0) {
            throw new IllegalArgumentException("shape must have an axis: []");
        }
        Checks.source("values", values, values.dtype(), Checks.elements("shape", 1L << 60, own));
        return new Mask(values, own);
    }

    /**
     * {@return whether an element counts: those that don't are taken out, whatever they are}
     *
     * @param dtype of the logits
     * @param keep in row-major order
     * @param shape the sizes of the axes
     * @throws IllegalArgumentException as {@link #of(Span, long...)}
     */
    public static Mask of(DType dtype, boolean[] keep, long... shape) {
        Objects.requireNonNull(dtype, "dtype");
        float[] floats = new float[dtype == DType.FLOAT32 ? keep.length : 0];
        double[] doubles = new double[dtype == DType.FLOAT64 ? keep.length : 0];
        for (int i = 0; i < keep.length; i++) {
            double value = keep[i] ? 0 : Double.NEGATIVE_INFINITY;
            if (dtype == DType.FLOAT32) {
                floats[i] = (float) value;
            } else if (dtype == DType.FLOAT64) {
                doubles[i] = value;
            }
        }
        if (dtype.isHalf()) {
            throw new IllegalArgumentException("dtype must be FLOAT32 or FLOAT64, not " + dtype);
        }
        return of(dtype == DType.FLOAT32 ? Span.of(floats) : Span.of(doubles), shape);
    }

    Span values() {
        return values;
    }

    /**
     * How many rows of the mask lie between neighbours along the axes of logits of this shape but
     * the last, 0 where they share a row.
     *
     * @throws IllegalArgumentException if the mask can't be broadcast to that shape
     */
    long[] strides(long... logits) {
        int more = logits.length - shape.length;
        long[] strides = new long[logits.length - 1];
        boolean fits = more >= 0 && shape[shape.length - 1] == logits[logits.length - 1];
        long stride = 1;
        for (int i = shape.length - 2; fits && i >= 0; i--) {
            fits = shape[i] == 1 || shape[i] == logits[more + i];
            strides[more + i] = shape[i] == 1 ? 0 : stride;
            stride *= shape[i];
        }
        if (!fits) {
            throw new IllegalArgumentException(
                    "a mask of shape "
                            + Arrays.toString(shape)
                            + " can't be broadcast to shape "
                            + Arrays.toString(logits));
        }
        return strides;
    }

    /** The shape. */
    @Override
    public String toString() {
        return "Mask" + Arrays.toString(shape);
    }
}
