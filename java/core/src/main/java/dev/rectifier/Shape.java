package dev.rectifier;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.LongUnaryOperator;
import java.util.stream.Collectors;

/**
 * The shape of a weight tensor, with the layout that says which axes are fan-in and fan-out.
 *
 * <p>Keras: {@code [..., in, out]}; PyTorch: {@code [out, in, ...]}. The axes in between are the
 * receptive field, which multiplies both fans. As in Keras, a vector of n has fan-in and fan-out n,
 * a scalar 1 (PyTorch refuses both). Immutable and thread-safe.
 */
public final class Shape {
    /** Which axes are fan-in and fan-out. */
    public enum Layout {
        /** {@code [..., in, out]}. */
        KERAS,
        /** {@code [out, in, ...]}. */
        TORCH
    }

    private final Layout layout;
    private final long[] dimensions;
    private final long size;

    private Shape(Layout layout, long[] dimensions) {
        this.layout = Objects.requireNonNull(layout, "layout");
        this.dimensions = Objects.requireNonNull(dimensions, "dimensions").clone();
        this.size = Checks.elements("shape", RandomKey.MAX_DRAWS, dimensions);
    }

    /**
     * A shape in the layout of Keras and TensorFlow, {@code [..., in, out]}.
     *
     * @throws IllegalArgumentException if a dimension is negative or there are more than 2⁶⁰
     *     elements
     */
    public static Shape keras(long... dimensions) {
        return new Shape(Layout.KERAS, dimensions);
    }

    /**
     * A shape in the layout of PyTorch, {@code [out, in, ...]}.
     *
     * @throws IllegalArgumentException if a dimension is negative or there are more than 2⁶⁰
     *     elements
     */
    public static Shape torch(long... dimensions) {
        return new Shape(Layout.TORCH, dimensions);
    }

    /**
     * A shape in the given layout.
     *
     * @throws IllegalArgumentException if a dimension is negative or there are more than 2⁶⁰
     *     elements
     */
    public static Shape of(Layout layout, long... dimensions) {
        return new Shape(layout, dimensions);
    }

    /** The layout. */
    public Layout layout() {
        return layout;
    }

    /** The dimensions, in a new array. */
    public long[] dimensions() {
        return dimensions.clone();
    }

    /** The number of elements. */
    public long size() {
        return size;
    }

    /** The number of inputs that feed one output; at least 1, as in Keras. */
    public long fanIn() {
        return fan(layout == Layout.KERAS ? dimensions.length - 2 : 1);
    }

    /** The number of outputs that one input feeds; at least 1, as in Keras. */
    public long fanOut() {
        return fan(layout == Layout.KERAS ? dimensions.length - 1 : 0);
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
                && Arrays.equals(dimensions, that.dimensions);
    }

    @Override
    public int hashCode() {
        return 31 * layout.hashCode() + Arrays.hashCode(dimensions);
    }

    /** Java code that makes this value. */
    @Override
    public String toString() {
        return Arrays.stream(dimensions)
                .mapToObj(JavaCode::of)
                .collect(
                        Collectors.joining(
                                ", ",
                                layout == Layout.KERAS ? "Shape.keras(" : "Shape.torch(",
                                ")"));
    }
}
