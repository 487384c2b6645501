package dev.rectifier;

import java.util.Arrays;

/**
 * One axis of a row-major array, seen as the middle one of {@code [outer, size, inner]}.
 *
 * @param outer the product of the sizes before the axis
 * @param size the size of the axis
 * @param inner the product of the sizes after it, which is the distance between neighbours along
 *     the axis
 */
public record Axis(long outer, long size, long inner) {
    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if a size is negative or the product of those that aren't 0
     *     overflows
     */
    public Axis {
        Checks.elements("[outer, size, inner]", Long.MAX_VALUE, outer, size, inner);
    }

    /**
     * Axis number {@code axis} of an array of shape {@code shape}; negative numbers count from the
     * end, as in NumPy.
     *
     * @param axis which axis of the shape, from 0; negative numbers count from the end
     * @param shape the sizes of the axes
     * @return the axis
     * @throws IllegalArgumentException if there is no such axis, a size is negative or the product
     *     of those that aren't 0 overflows
     */
    public static Axis of(int axis, long... shape) {
        if (axis < -shape.length || axis >= shape.length) {
            String range =
                    shape.length == 0 ? "a scalar" : -shape.length + ".." + (shape.length - 1);
            throw new IllegalArgumentException(
                    "axis " + axis + " is not in " + range + ", shape " + Arrays.toString(shape));
        }
        return block(axis < 0 ? axis + shape.length : axis, 1, shape);
    }

    /**
     * {@return the last axis of a matrix}
     *
     * @param rows the number of rows
     * @param columns the number of columns
     * @throws IllegalArgumentException if a size is negative or the product overflows
     */
    public static Axis ofRows(long rows, long columns) {
        Checks.elements("[rows, columns]", Long.MAX_VALUE, rows, columns);
        return new Axis(rows, columns, 1);
    }

    /**
     * {@return one value shared by all of {@code n} elements: an axis of size 1}
     *
     * @param n the number of elements
     * @throws IllegalArgumentException if {@code n < 0}
     */
    public static Axis shared(long n) {
        Checks.elements("[n]", Long.MAX_VALUE, n);
        return new Axis(1, 1, n);
    }

    /**
     * {@return the neighbouring axes {@code from} to {@code from + count} of an array of shape
     * {@code shape} as one axis} {@code block(1, 3, batch, h, w, c)} is PReLU's α per element of
     * Keras, without shared axes.
     *
     * @param from the index of the first element
     * @param count how many
     * @param shape the sizes of the axes
     * @throws IllegalArgumentException if there are no such axes, a size is negative or the product
     *     of those that aren't 0 overflows
     */
    public static Axis block(int from, int count, long... shape) {
        if (from < 0 || count < 0 || count > shape.length - from) {
            throw new IllegalArgumentException(
                    "axes "
                            + from
                            + ".."
                            + (from + count - 1)
                            + " are not in shape "
                            + Arrays.toString(shape));
        }
        Checks.elements("shape", Long.MAX_VALUE, shape);
        return new Axis(
                product(shape, 0, from),
                product(shape, from, from + count),
                product(shape, from + count, shape.length));
    }

    private static long product(long[] shape, int from, int to) {
        long product = 1;
        for (int i = from; i < to; i++) {
            product *= shape[i];
        }
        return product;
    }

    /** {@return the number of elements of the whole array} */
    public long elements() {
        return outer * size * inner;
    }
}
