package dev.rectifier;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * dx = f'·dy of as many elements as dy has, with a door for every kind of memory. What f' is taken
 * at, {@code v}, is either the source x of the forward pass or its result y; the implementing class
 * says which.
 */
public interface BackwardPass {
    /**
     * dx = f'·dy; exactly +0 where f' is 0, whatever {@code dy} is, and NaN where {@code v} is NaN.
     *
     * @param v what f' is taken at
     * @param dy the gradient of the result
     * @param dx the gradient of the source; may be the same memory as {@code v} or {@code dy}
     * @throws IllegalArgumentException if types or lengths differ, {@code dx} is read-only, it
     *     overlaps another span without being identical to it, or a parameter of f is out of the
     *     range of the type
     */
    void backward(Span v, Span dy, Span dx);

    /**
     * {@link #backward(Span, Span, Span)} on whole arrays.
     *
     * @param v what the forward pass has read, or what it has written where the derivative is taken
     *     of that
     * @param dy the gradient of y that arrives from above
     * @param dx the destination of the gradient of x
     */
    default void backward(float[] v, float[] dy, float[] dx) {
        backward(Span.of(v), Span.of(dy), Span.of(dx));
    }

    /**
     * {@link #backward(Span, Span, Span)} on {@code n} elements of each array.
     *
     * @param v what the forward pass has read, or what it has written where the derivative is taken
     *     of that
     * @param vOffset where in v to begin
     * @param dy the gradient of y that arrives from above
     * @param dyOffset where in dy to begin
     * @param dx the destination of the gradient of x
     * @param dxOffset where in dx to begin
     * @param n the number of elements
     */
    default void backward(
            float[] v, int vOffset, float[] dy, int dyOffset, float[] dx, int dxOffset, int n) {
        backward(
                Span.of("v", v, vOffset, n),
                Span.of("dy", dy, dyOffset, n),
                Span.of("dx", dx, dxOffset, n));
    }

    /**
     * {@link #backward(Span, Span, Span)} on whole arrays.
     *
     * @param v what the forward pass has read, or what it has written where the derivative is taken
     *     of that
     * @param dy the gradient of y that arrives from above
     * @param dx the destination of the gradient of x
     */
    default void backward(double[] v, double[] dy, double[] dx) {
        backward(Span.of(v), Span.of(dy), Span.of(dx));
    }

    /**
     * {@link #backward(Span, Span, Span)} on {@code n} elements of each array.
     *
     * @param v what the forward pass has read, or what it has written where the derivative is taken
     *     of that
     * @param vOffset where in v to begin
     * @param dy the gradient of y that arrives from above
     * @param dyOffset where in dy to begin
     * @param dx the destination of the gradient of x
     * @param dxOffset where in dx to begin
     * @param n the number of elements
     */
    default void backward(
            double[] v, int vOffset, double[] dy, int dyOffset, double[] dx, int dxOffset, int n) {
        backward(
                Span.of("v", v, vOffset, n),
                Span.of("dy", dy, dyOffset, n),
                Span.of("dx", dx, dxOffset, n));
    }

    /**
     * {@link #backward(Span, Span, Span)} from position to limit of each buffer; none is moved.
     *
     * @param v what the forward pass has read, or what it has written where the derivative is taken
     *     of that
     * @param dy the gradient of y that arrives from above
     * @param dx the destination of the gradient of x
     */
    default void backward(FloatBuffer v, FloatBuffer dy, FloatBuffer dx) {
        backward(Span.of(v), Span.of(dy), Span.of(dx));
    }

    /**
     * {@link #backward(Span, Span, Span)} from position to limit of each buffer; none is moved.
     *
     * @param v what the forward pass has read, or what it has written where the derivative is taken
     *     of that
     * @param dy the gradient of y that arrives from above
     * @param dx the destination of the gradient of x
     */
    default void backward(DoubleBuffer v, DoubleBuffer dy, DoubleBuffer dx) {
        backward(Span.of(v), Span.of(dy), Span.of(dx));
    }

    /**
     * {@link #backward(Span, Span, Span)} from position to limit of each pointer.
     *
     * @param v what the forward pass has read, or what it has written where the derivative is taken
     *     of that
     * @param dy the gradient of y that arrives from above
     * @param dx the destination of the gradient of x
     */
    default void backward(FloatPointer v, FloatPointer dy, FloatPointer dx) {
        backward(Span.of(v), Span.of(dy), Span.of(dx));
    }

    /**
     * {@link #backward(Span, Span, Span)} from position to limit of each pointer.
     *
     * @param v what the forward pass has read, or what it has written where the derivative is taken
     *     of that
     * @param dy the gradient of y that arrives from above
     * @param dx the destination of the gradient of x
     */
    default void backward(DoublePointer v, DoublePointer dy, DoublePointer dx) {
        backward(Span.of(v), Span.of(dy), Span.of(dx));
    }
}
