package dev.rectifier.data;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * An array of float32 or float64 of any shape, its elements in C order (last axis fastest).
 *
 * <p>The elements are handed over, not copied: whoever changes them afterwards changes this array.
 */
public final class NpyArray {
    /** NumPy's own limit. */
    static final int MAX_RANK = 64;

    /** The longest array that every JVM can allocate. */
    static final int MAX_ELEMENTS = Integer.MAX_VALUE - 8;

    private final long[] shape;
    private final Object data;

    private NpyArray(Object data, int length, long[] shape) {
        this.shape = shape.clone();
        this.data = data;
        if (shape.length > MAX_RANK) {
            throw new IllegalArgumentException(
                    "shape: rank " + shape.length + " is above " + MAX_RANK);
        }
        if (elements(this.shape) != length) {
            throw new IllegalArgumentException(
                    "shape " + describe(shape) + " doesn't hold data.length = " + length);
        }
    }

    /**
     * A float32 array of the given shape; an empty shape makes a scalar.
     *
     * @throws IllegalArgumentException if the shape doesn't hold exactly the given elements
     */
    public static NpyArray of(float[] data, long... shape) {
        return new NpyArray(data, data.length, shape);
    }

    /**
     * A float64 array of the given shape; an empty shape makes a scalar.
     *
     * @throws IllegalArgumentException if the shape doesn't hold exactly the given elements
     */
    public static NpyArray of(double[] data, long... shape) {
        return new NpyArray(data, data.length, shape);
    }

    /**
     * A new array of the given shape, all its elements 0.
     *
     * @throws IllegalArgumentException if an axis is negative
     * @throws ArithmeticException if there are more elements than an array can have
     */
    public static NpyArray zeros(boolean float64, long... shape) {
        int n = Math.toIntExact(elements(shape));
        return float64 ? of(new double[n], shape) : of(new float[n], shape);
    }

    /** The length of each axis, in a new array. */
    public long[] shape() {
        return shape.clone();
    }

    /** Whether the elements are float64; if not, they are float32. */
    public boolean isFloat64() {
        return data instanceof double[];
    }

    /** The number of elements. */
    int length() {
        return data instanceof double[] doubles ? doubles.length : ((float[]) data).length;
    }

    /** An element, counted in C order. */
    double get(int at) {
        return data instanceof double[] doubles ? doubles[at] : ((float[]) data)[at];
    }

    /**
     * The elements of a float32 array, not copied.
     *
     * @throws IllegalStateException if this is a float64 array
     */
    public float[] floats() {
        if (data instanceof float[] floats) {
            return floats;
        }
        throw new IllegalStateException("the elements of this array are float64, not float32");
    }

    /**
     * The elements of a float64 array, not copied.
     *
     * @throws IllegalStateException if this is a float32 array
     */
    public double[] doubles() {
        if (data instanceof double[] doubles) {
            return doubles;
        }
        throw new IllegalStateException("the elements of this array are float32, not float64");
    }

    /** The name of the data type: {@code float32} or {@code float64}. */
    String type() {
        return isFloat64() ? "float64" : "float32";
    }

    /** The data type and shape, such as {@code float32 (3, 4)}. */
    @Override
    public String toString() {
        return type() + " " + describe(shape);
    }

    /** The product of the axes; {@code Long.MAX_VALUE} if it is more than that. */
    static long elements(long[] shape) {
        long product = 1;
        boolean overflow = false;
        for (long axis : shape) {
            if (axis < 0) {
                throw new IllegalArgumentException(
                        "shape " + describe(shape) + " has the negative axis " + axis);
            }
            if (axis == 0) {
                product = 0;
            } else if (product > Long.MAX_VALUE / axis) {
                overflow = true;
                product = 1;
            } else {
                product *= axis;
            }
        }
        return product != 0 && overflow ? Long.MAX_VALUE : product;
    }

    /** The shape as Python writes it. */
    static String describe(long[] shape) {
        return shape.length == 1
                ? "(" + shape[0] + ",)"
                : Arrays.stream(shape)
                        .mapToObj(Long::toString)
                        .collect(Collectors.joining(", ", "(", ")"));
    }
}
