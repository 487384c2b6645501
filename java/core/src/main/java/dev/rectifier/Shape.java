package dev.rectifier;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.LongUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * The shape of a weight tensor, with the layout that says which axes are fan-in and fan-out.
 *
 * <p>Keras: {@code [..., in, out]}; PyTorch: {@code [out, in, ...]}. The axes in between are the
 * receptive field, which multiplies both fans. As in Keras, a vector of n has fan-in and fan-out n,
 * a scalar 1 (PyTorch refuses both). Immutable and thread-safe.
 *
 * <p>That is what Keras and PyTorch make of any shape, also of kernels that have their axes
 * elsewhere. The named forms, such as {@link #transposed}, have the fans that the layer really has;
 * {@link #withAxes} and {@link #withFans} have those that one says.
 */
public final class Shape {
    /** Which axes are fan-in and fan-out. */
    public enum Layout {
        /** {@code [..., in, out]}. */
        KERAS,
        /** {@code [out, in, ...]}. */
        TORCH
    }

    /** Or null, where the fans are given instead. */
    private final Layout layout;

    private final long[] dimensions;
    private final long size;
    private final long fanIn;
    private final long fanOut;

    private Shape(Layout layout, long[] dimensions) {
        this.layout = Objects.requireNonNull(layout, "layout");
        this.dimensions = Objects.requireNonNull(dimensions, "dimensions").clone();
        this.size = Checks.elements("shape", RandomKey.MAX_DRAWS, dimensions);
        this.fanIn = fan(layout == Layout.KERAS ? dimensions.length - 2 : 1);
        this.fanOut = fan(layout == Layout.KERAS ? dimensions.length - 1 : 0);
    }

    private Shape(long fanIn, long fanOut, long[] dimensions) {
        this.layout = null;
        this.dimensions = Objects.requireNonNull(dimensions, "dimensions").clone();
        this.size = Checks.elements("shape", RandomKey.MAX_DRAWS, dimensions);
        this.fanIn = requireFan("fanIn", fanIn);
        this.fanOut = requireFan("fanOut", fanOut);
    }

    private static long requireFan(String name, long fan) {
        if (fan < 1 || fan > RandomKey.MAX_DRAWS) {
            throw new IllegalArgumentException(
                    name + " must be from 1 to " + RandomKey.MAX_DRAWS + ", not " + fan);
        }
        return fan;
    }

    /**
     * {@return a shape in the layout of Keras and TensorFlow, {@code [..., in, out]}}
     *
     * @param dimensions the sizes of the axes
     * @throws IllegalArgumentException if a dimension is negative or there are more than 2⁶⁰
     *     elements
     */
    public static Shape keras(long... dimensions) {
        return new Shape(Layout.KERAS, dimensions);
    }

    /**
     * {@return a shape in the layout of PyTorch, {@code [out, in, ...]}}
     *
     * @param dimensions the sizes of the axes
     * @throws IllegalArgumentException if a dimension is negative or there are more than 2⁶⁰
     *     elements
     */
    public static Shape torch(long... dimensions) {
        return new Shape(Layout.TORCH, dimensions);
    }

    /**
     * {@return a shape in the given layout}
     *
     * @param layout what the axes are
     * @param dimensions the sizes of the axes
     * @throws IllegalArgumentException if a dimension is negative or there are more than 2⁶⁰
     *     elements
     */
    public static Shape of(Layout layout, long... dimensions) {
        return new Shape(layout, dimensions);
    }

    /**
     * {@return a shape with these fans, whatever its axes are} Initializers that need to know the
     * axes, such as {@link Initializer#orthogonal}, refuse it.
     *
     * @param fanIn at least 1
     * @param fanOut at least 1
     * @param dimensions the sizes of the axes
     * @throws IllegalArgumentException if a fan isn't from 1 to 2⁶⁰, a dimension is negative or
     *     there are more than 2⁶⁰ elements
     */
    public static Shape withFans(long fanIn, long fanOut, long... dimensions) {
        return new Shape(fanIn, fanOut, dimensions);
    }

    /**
     * {@return a shape whose axes are named as in {@code jax.nn.initializers} ({@code in_axis},
     * {@code out_axis}, {@code batch_axis}): the fan-in is the product of all axes but those of
     * outputs and batches, the fan-out of all but those of inputs and batches, so that axes of none
     * of the three are the receptive field} An axis may be one of inputs and of outputs.
     *
     * @param in axes of inputs; negative numbers count from the end
     * @param out axes of outputs
     * @param batch axes along which there are separate sets of weights
     * @param dimensions the sizes of the axes
     * @throws IllegalArgumentException if there is no such axis, one is given twice, or is a batch
     *     axis and another, a dimension is negative or there are more than 2⁶⁰ elements
     */
    public static Shape withAxes(int[] in, int[] out, int[] batch, long... dimensions) {
        Checks.elements("shape", RandomKey.MAX_DRAWS, dimensions);
        boolean[] isIn = named("in", in, dimensions);
        boolean[] isOut = named("out", out, dimensions);
        boolean[] isBatch = named("batch", batch, dimensions);
        long fanIn = 1;
        long fanOut = 1;
        for (int i = 0; i < dimensions.length; i++) {
            if (isBatch[i] && (isIn[i] || isOut[i])) {
                throw new IllegalArgumentException(
                        "axis "
                                + i
                                + " is a batch axis and one of "
                                + (isIn[i] ? "inputs" : "outputs")
                                + ", shape "
                                + Arrays.toString(dimensions));
            }
            fanIn *= isOut[i] || isBatch[i] ? 1 : Math.max(1, dimensions[i]);
            fanOut *= isIn[i] || isBatch[i] ? 1 : Math.max(1, dimensions[i]);
        }
        return new Shape(fanIn, fanOut, dimensions);
    }

    private static boolean[] named(String name, int[] axes, long[] dimensions) {
        boolean[] isNamed = new boolean[dimensions.length];
        for (int axis : axes) {
            Axis.of(axis, dimensions);
            int at = axis < 0 ? axis + dimensions.length : axis;
            if (isNamed[at]) {
                throw new IllegalArgumentException(
                        "axis " + at + " is given twice in " + name + " " + Arrays.toString(axes));
            }
            isNamed[at] = true;
        }
        return isNamed;
    }

    /**
     * {@return the kernel of a transposed convolution, Keras' {@code [..., out, in]} or PyTorch's
     * {@code [in, out, ...]}, with the fans in·kernel and out·kernel}
     *
     * @param layout KERAS or TORCH
     * @param inputs the number of columns of x
     * @param outputs the number of output channels
     * @param kernel the size of the kernel along each axis of the picture
     * @throws IllegalArgumentException if a number is less than 1 or there are more than 2⁶⁰
     *     elements
     */
    public static Shape transposed(Layout layout, long inputs, long outputs, long... kernel) {
        long[] shape = kernel(layout, outputs, inputs, kernel);
        long places = places(kernel);
        return new Shape(inputs * places, outputs * places, shape);
    }

    /**
     * {@return the kernel of a convolution in groups, each of which reads its own inputs and makes
     * its own outputs: Keras' {@code [..., inputs / groups, outputs]} or PyTorch's {@code [outputs,
     * inputs / groups, ...]}, with the fans of one group} Keras and PyTorch themselves count the
     * outputs of all groups.
     *
     * @param layout KERAS or TORCH
     * @param inputs the number of columns of x
     * @param outputs the number of output channels
     * @param groups how many groups the channels are in
     * @param kernel the sizes of the window
     * @throws IllegalArgumentException if a number is less than 1, {@code groups} doesn't divide
     *     inputs and outputs, or there are more than 2⁶⁰ elements
     */
    public static Shape grouped(
            Layout layout, long inputs, long outputs, long groups, long... kernel) {
        if (groups < 1 || inputs % groups != 0 || outputs % groups != 0) {
            throw new IllegalArgumentException(
                    groups
                            + " groups can't share "
                            + inputs
                            + " inputs and "
                            + outputs
                            + " outputs");
        }
        long[] shape = kernel(layout, inputs / groups, outputs, kernel);
        long places = places(kernel);
        return new Shape(inputs / groups * places, outputs / groups * places, shape);
    }

    /**
     * {@return the kernel of a depthwise convolution, which makes {@code multiplier} outputs of
     * each channel: Keras' {@code [..., channels, multiplier]} or PyTorch's {@code
     * [channels·multiplier, 1, ...]}, with the fans kernel and multiplier·kernel}
     *
     * @param layout KERAS or TORCH
     * @param channels which element of x has which parameter
     * @param multiplier how many outputs each input channel has
     * @param kernel the sizes of the window
     * @throws IllegalArgumentException if a number is less than 1 or there are more than 2⁶⁰
     *     elements
     */
    public static Shape depthwise(Layout layout, long channels, long multiplier, long... kernel) {
        boolean isKeras = layout == Layout.KERAS;
        Checks.elements("[channels, multiplier]", RandomKey.MAX_DRAWS, channels, multiplier);
        long[] shape =
                kernel(
                        layout,
                        isKeras ? channels : 1,
                        isKeras ? multiplier : channels * multiplier,
                        kernel);
        long places = places(kernel);
        return new Shape(places, multiplier * places, shape);
    }

    /**
     * {@return a table of vectors, {@code [vocabulary, size]}: a vector is one row, which reads one
     * input, so that the variance of what comes out is that of the table} Its fan-in and fan-out
     * are {@code size}, as in Flax.
     *
     * @param vocabulary the number of words
     * @param size the size of each
     * @throws IllegalArgumentException if a number is less than 1 or there are more than 2⁶⁰
     *     elements
     */
    public static Shape embedding(long vocabulary, long size) {
        requirePositive("[vocabulary, size]", vocabulary, size);
        return new Shape(size, size, new long[] {vocabulary, size});
    }

    /**
     * {@return what makes queries, keys or values of several heads in Keras and Flax, {@code
     * [inputs, heads, size]}, with the fans inputs and heads·size of the matrix that it is}
     *
     * @param inputs the number of columns of x
     * @param heads the number of heads
     * @param size the size of each
     * @throws IllegalArgumentException if a number is less than 1 or there are more than 2⁶⁰
     *     elements
     */
    public static Shape attention(long inputs, long heads, long size) {
        requirePositive("[inputs, heads, size]", inputs, heads, size);
        return new Shape(inputs, heads * size, new long[] {inputs, heads, size});
    }

    /**
     * {@return what makes the output of the heads in Keras and Flax, {@code [heads, size,
     * outputs]}, with the fans heads·size and outputs}
     *
     * @param heads the number of heads
     * @param size the size of each
     * @param outputs the number of output channels
     * @throws IllegalArgumentException if a number is less than 1 or there are more than 2⁶⁰
     *     elements
     */
    public static Shape attentionOutput(long heads, long size, long outputs) {
        requirePositive("[heads, size, outputs]", heads, size, outputs);
        return new Shape(heads * size, outputs, new long[] {heads, size, outputs});
    }

    /** {@code [kernel..., second last, last]} or {@code [last, second last, kernel...]}. */
    private static long[] kernel(Layout layout, long secondLast, long last, long[] kernel) {
        Objects.requireNonNull(layout, "layout");
        int n = kernel.length;
        long[] shape = new long[n + 2];
        boolean isKeras = layout == Layout.KERAS;
        System.arraycopy(kernel, 0, shape, isKeras ? 0 : 2, n);
        shape[isKeras ? n : 1] = secondLast;
        shape[isKeras ? n + 1 : 0] = last;
        requirePositive("shape", shape);
        return shape;
    }

    private static void requirePositive(String name, long... sizes) {
        for (long size : sizes) {
            if (size < 1) {
                throw new IllegalArgumentException(
                        "sizes must be at least 1 in " + name + ": " + Arrays.toString(sizes));
            }
        }
        Checks.elements(name, RandomKey.MAX_DRAWS, sizes);
    }

    private static long places(long[] kernel) {
        return Arrays.stream(kernel).reduce(1, (a, b) -> a * b);
    }

    /**
     * {@return the layout}
     *
     * @throws IllegalStateException if the fans were given instead of one
     */
    public Layout layout() {
        if (layout == null) {
            throw new IllegalStateException(this + " has no layout, but fans");
        }
        return layout;
    }

    /** Whether there is a layout. */
    boolean hasLayout() {
        return layout != null;
    }

    /** {@return the dimensions, in a new array} */
    public long[] dimensions() {
        return dimensions.clone();
    }

    /** {@return the number of elements} */
    public long size() {
        return size;
    }

    /** {@return the number of inputs that feed one output; at least 1, as in Keras} */
    public long fanIn() {
        return fanIn;
    }

    /** {@return the number of outputs that one input feeds; at least 1, as in Keras} */
    public long fanOut() {
        return fanOut;
    }

    private long fan(int axis) {
        if (dimensions.length < 2) {
            return Math.max(1, dimensions.length == 0 ? 1 : dimensions[0]);
        }
        long fan = dimensions[axis];
        int from = layout == Layout.KERAS ? 0 : 2;
        for (int i = from; i < from + dimensions.length - 2; i++) {
            fan *= dimensions[i];
        }
        return Math.max(1, fan);
    }

    /** The number of axes. */
    int rank() {
        return dimensions.length;
    }

    /** The length of the axis of inputs, for at least two axes. */
    long inputs() {
        return dimensions[layout == Layout.KERAS ? dimensions.length - 2 : 1];
    }

    /** The length of the axis of outputs, for at least two axes. */
    long outputs() {
        return dimensions[layout == Layout.KERAS ? dimensions.length - 1 : 0];
    }

    /**
     * The number of a place in the receptive field.
     *
     * @param place the coordinate along an axis of this length
     */
    long place(LongUnaryOperator place) {
        int from = layout == Layout.KERAS ? 0 : 2;
        long number = 0;
        for (int i = from; i < from + dimensions.length - 2; i++) {
            number = number * dimensions[i] + place.applyAsLong(dimensions[i]);
        }
        return number;
    }

    /** Which element of the tensor is that of an input, an output and a place. */
    long index(long input, long output, long place) {
        return layout == Layout.KERAS
                ? (place * inputs() + input) * outputs() + output
                : (output * inputs() + input) * (size / (inputs() * outputs())) + place;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape that
                && layout == that.layout
                && fanIn == that.fanIn
                && fanOut == that.fanOut
                && Arrays.equals(dimensions, that.dimensions);
    }

    @Override
    public int hashCode() {
        return 31 * Objects.hashCode(layout) + Arrays.hashCode(dimensions);
    }

    /** Java code that makes this value. */
    @Override
    public String toString() {
        if (layout == null) {
            return code("Shape.withFans(", LongStream.of(fanIn, fanOut));
        }
        return code(layout == Layout.KERAS ? "Shape.keras(" : "Shape.torch(", LongStream.empty());
    }

    private String code(String start, LongStream fans) {
        return LongStream.concat(fans, Arrays.stream(dimensions))
                .mapToObj(JavaCode::of)
                .collect(Collectors.joining(", ", start, ")"));
    }
}
