package dev.rectifier;

import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * Which elements of a row-major array share a learned parameter ({@link Learned}): the parameters
 * vary along some axes of the array and are shared along the others. They are themselves in
 * row-major order, in a shape that has 1 in the place of each axis that they are shared along. An
 * immutable value.
 *
 * <ul>
 *   <li>PyTorch's {@code PReLU(num_parameters)} has one for each place along axis 1: {@code
 *       Channels.of(Axis.of(1, shape))}.
 *   <li>Keras' {@code PReLU} has one per element of a sample; its {@code shared_axes} have 1 in the
 *       shape of its {@code alpha}: {@code Channels.broadcast(alphaShape, shape)}.
 *   <li>ONNX's {@code PRelu} broadcasts {@code slope} to the array, as NumPy would: {@code
 *       Channels.broadcast(slopeShape, shape)}.
 * </ul>
 */
public final class Channels {
    /** How many groups of neighbouring axes the parameters can vary along. */
    private static final int GROUPS = 3;

    /** Those at odd places are sizes of groups that parameters vary along. */
    private final long[] sizes = LongStream.generate(() -> 1).limit(2 * GROUPS + 1).toArray();

    private Channels(boolean[] varies, long... shape) {
        Checks.elements("shape", Long.MAX_VALUE, shape);
        int at = sizes.length - 1;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            if (shape[axis] == 1) {
                continue;
            }
            if (varies[axis] != (at % 2 == 1) && --at < 0) {
                throw new IllegalArgumentException(
                        "parameters that vary along more than "
                                + GROUPS
                                + " groups of neighbouring axes, with shared ones between: axes "
                                + numbers(varies)
                                + " of "
                                + Arrays.toString(shape));
            }
            sizes[at] *= shape[axis];
        }
    }

    private static String numbers(boolean[] varies) {
        return LongStream.range(0, varies.length)
                .filter(axis -> varies[(int) axis])
                .mapToObj(Long::toString)
                .collect(Collectors.joining(", "));
    }

    /**
     * {@return a parameter for each place along one axis} One for all is {@code
     * Channels.of(Axis.shared(n))}.
     *
     * @param axis which axis of the shape, from 0; negative numbers count from the end
     */
    public static Channels of(Axis axis) {
        return new Channels(
                new boolean[] {false, true, false}, axis.outer(), axis.size(), axis.inner());
    }

    /**
     * {@return a parameter for each place along several axes of an array of shape {@code shape}}
     *
     * @param axes none, where all elements share one parameter, or some in any order; negative
     *     numbers count from the end
     * @param shape the sizes of the axes
     * @throws IllegalArgumentException if there is no such axis or it is there twice, if a size is
     *     negative or the product overflows, or if the axes are in more than three groups with
     *     others, of a size other than 1, between them
     */
    public static Channels along(int[] axes, long... shape) {
        boolean[] varies = new boolean[shape.length];
        for (int axis : axes) {
            Axis.of(axis, shape);
            int from0 = axis < 0 ? axis + shape.length : axis;
            if (varies[from0]) {
                throw new IllegalArgumentException(
                        "axis " + axis + " is twice in axes " + Arrays.toString(axes));
            }
            varies[from0] = true;
        }
        return new Channels(varies, shape);
    }

    /**
     * Parameters in an array of shape {@code parameters} that is broadcast to one of shape {@code
     * shape}, as by NumPy, JAX and ONNX: last axes are matched first, and each axis of the
     * parameters has the size of its partner or 1.
     *
     * @param parameters the parameters' shape
     * @param shape the sizes of the axes
     * @return the channels
     * @throws IllegalArgumentException if the one can't be broadcast to the other, if a size is
     *     negative or the product overflows, or if the parameters vary along more than three groups
     *     of axes with others, of a size other than 1, between them
     */
    public static Channels broadcast(long[] parameters, long... shape) {
        Objects.requireNonNull(parameters, "parameters");
        boolean[] varies = new boolean[shape.length];
        int missing = shape.length - parameters.length;
        boolean fits = missing >= 0;
        for (int axis = Math.max(0, missing); fits && axis < shape.length; axis++) {
            varies[axis] = parameters[axis - missing] != 1;
            fits = !varies[axis] || parameters[axis - missing] == shape[axis];
        }
        if (!fits) {
            throw new IllegalArgumentException(
                    "parameters of shape "
                            + Arrays.toString(parameters)
                            + " can't be broadcast to shape "
                            + Arrays.toString(shape));
        }
        return new Channels(varies, shape);
    }

    /** {@return the number of elements of the whole array} */
    public long elements() {
        return LongStream.of(sizes).reduce(1, (a, b) -> a * b);
    }

    /** {@return the number of parameters} */
    public long size() {
        return sizes[1] * sizes[3] * sizes[5];
    }

    /**
     * {@return the array's shape when neighbouring axes of one kind are merged: always seven sizes,
     * of which those at odd indices are of axes that the parameters vary along} Those that aren't
     * needed are 1, at the beginning rather than at the end.
     */
    public long[] sizes() {
        return sizes.clone();
    }

    /**
     * {@return one of {@link #sizes()}, without a copy}
     *
     * @param index which size, from 0
     */
    public long sizeOf(int index) {
        return sizes[index];
    }

    /**
     * {@return which of the parameters element {@code index} of the array has}
     *
     * @param index which element of the array, from 0
     */
    public long parameterOf(long index) {
        long parameter = 0;
        long step = 1;
        long rest = index;
        for (int axis = sizes.length - 1; axis >= 0; axis--) {
            if (axis % 2 == 1) {
                parameter += rest % sizes[axis] * step;
                step *= sizes[axis];
            }
            rest /= sizes[axis];
        }
        return parameter;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Channels that && Arrays.equals(sizes, that.sizes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(sizes);
    }

    /** Java code that makes this value. */
    @Override
    public String toString() {
        String shape =
                LongStream.of(sizes)
                        .mapToObj(size -> JavaCode.of(size))
                        .collect(Collectors.joining(", "));
        return "Channels.along(new int[] {1, 3, 5}, " + shape + ")";
    }
}
