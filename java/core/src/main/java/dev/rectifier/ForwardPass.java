package dev.rectifier;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

/** y = f(x) of as many elements as x has, with a door for every kind of memory. */
public interface ForwardPass {
    /**
     * y = f(x).
     *
     * @param x the source
     * @param y may be the same memory as {@code x}
     * @throws IllegalArgumentException if types or lengths differ, {@code y} is read-only, the two
     *     overlap without being identical, or a parameter of f is out of the range of the type
     */
    void forward(Span x, Span y);

    /**
     * {@link #forward(Span, Span)} on whole arrays.
     *
     * @param x the source
     * @param y the destination
     */
    default void forward(float[] x, float[] y) {
        forward(Span.of(x), Span.of(y));
    }

    /**
     * {@link #forward(Span, Span)} on {@code n} elements of each array.
     *
     * @param x the source
     * @param xOffset where in x to begin
     * @param y the destination
     * @param yOffset where in y to begin
     * @param n the number of elements
     */
    default void forward(float[] x, int xOffset, float[] y, int yOffset, int n) {
        forward(Span.of("x", x, xOffset, n), Span.of("y", y, yOffset, n));
    }

    /**
     * {@link #forward(Span, Span)} on whole arrays.
     *
     * @param x the source
     * @param y the destination
     */
    default void forward(double[] x, double[] y) {
        forward(Span.of(x), Span.of(y));
    }

    /**
     * {@link #forward(Span, Span)} on {@code n} elements of each array.
     *
     * @param x the source
     * @param xOffset where in x to begin
     * @param y the destination
     * @param yOffset where in y to begin
     * @param n the number of elements
     */
    default void forward(double[] x, int xOffset, double[] y, int yOffset, int n) {
        forward(Span.of("x", x, xOffset, n), Span.of("y", y, yOffset, n));
    }

    /**
     * {@link #forward(Span, Span)} from position to limit of each buffer; neither is moved.
     *
     * @param x the source
     * @param y the destination
     */
    default void forward(FloatBuffer x, FloatBuffer y) {
        forward(Span.of(x), Span.of(y));
    }

    /**
     * {@link #forward(Span, Span)} from position to limit of each buffer; neither is moved.
     *
     * @param x the source
     * @param y the destination
     */
    default void forward(DoubleBuffer x, DoubleBuffer y) {
        forward(Span.of(x), Span.of(y));
    }

    /**
     * {@link #forward(Span, Span)} from position to limit of each pointer; more than 2³¹ elements
     * are fine.
     *
     * @param x the source
     * @param y the destination
     */
    default void forward(FloatPointer x, FloatPointer y) {
        forward(Span.of(x), Span.of(y));
    }

    /**
     * {@link #forward(Span, Span)} from position to limit of each pointer; more than 2³¹ elements
     * are fine.
     *
     * @param x the source
     * @param y the destination
     */
    default void forward(DoublePointer x, DoublePointer y) {
        forward(Span.of(x), Span.of(y));
    }
}
