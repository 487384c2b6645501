package dev.rectifier;

import dev.rectifier.spi.Backend;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * An activation of whole slices along one axis: softmax and its relatives. Its gradient is had from
 * its output.
 *
 * <p>The axis counts from the end if it is negative. −1, the last one, is the default here, in
 * Keras, JAX, TF-Java and ONNX since opset 13; before that ONNX took 1 and flattened to a matrix,
 * Smile takes 1, and PyTorch wants it named.
 *
 * <p>A slice that contains NaN gives NaN throughout. So does, except for {@link #hardmax()}, one
 * that contains +∞ or nothing but −∞ (of softmin: −∞, nothing but +∞); −∞ beside finite values
 * gives what is left of it: 0, or −∞ for logSoftmax. A slice has the same result, bit for bit,
 * whether its elements are side by side or apart.
 *
 * <p>Where a result is 0, its element gets a gradient of exactly +0, and its dy no part in that of
 * the others, whatever it is: a masked element (−∞) can do no harm. Where exp(y) is 0, logSoftmax
 * passes dy on as it is.
 *
 * <p>Results are within 2 units in the last place for softmax and softmin, 1.5 for logSoftmax, 0.75
 * for sparsemax (of the greater of the result and 2⁻²⁰ or 2⁻⁴⁹); hardmax is exact. Gradients are
 * differences: they are within 4 rounding errors of the larger of what is subtracted, times the
 * share.
 */
public final class AxisFunction implements Activation {
    /** One function, for any axis. */
    private static final class Rule implements Function<double[], AxisFunction> {
        private final String name;
        private final Definition<Activation> definition;

        Rule(String name, String formula) {
            this.name = name;
            definition =
                    new Definition<>(
                            name,
                            formula + " along axis",
                            List.of(Parameter.integer("axis", -1, -64, 63)),
                            this);
        }

        @Override
        public AxisFunction apply(double[] parameters) {
            return new AxisFunction(this, (int) parameters[0]);
        }
    }

    private static final Rule SOFTMAX =
            new Rule("softmax", "exp(x - max(x)) / sum(exp(x - max(x)))");

    /**
     * {@link #softmax(int)} along the last axis.
     *
     * @return the function
     */
    public static AxisFunction softmax() {
        return softmax(-1);
    }

    /**
     * Softmax exp(x) / Σ exp(x): the results of a slice are positive and sum to 1. Computed
     * relative to the maximum, so that nothing overflows.
     *
     * @param axis which axis of a shape; negative numbers count from the end
     * @return the function
     */
    public static AxisFunction softmax(int axis) {
        return new AxisFunction(SOFTMAX, axis);
    }

    private static final Rule LOG_SOFTMAX =
            new Rule("logSoftmax", "x - max(x) - log(sum(exp(x - max(x))))");

    /**
     * {@link #logSoftmax(int)} along the last axis.
     *
     * @return the function
     */
    public static AxisFunction logSoftmax() {
        return logSoftmax(-1);
    }

    /**
     * {@return the logarithm of softmax, x − log Σ exp(x), without its underflow} The largest
     * element keeps all its digits even where it dominates and the result is next to 0. A slice of
     * one element gives +0.
     *
     * @param axis which axis of a shape; negative numbers count from the end
     */
    public static AxisFunction logSoftmax(int axis) {
        return new AxisFunction(LOG_SOFTMAX, axis);
    }

    private static final Rule SOFTMIN =
            new Rule("softmin", "exp(min(x) - x) / sum(exp(min(x) - x))");

    /**
     * {@link #softmin(int)} along the last axis.
     *
     * @return the function
     */
    public static AxisFunction softmin() {
        return softmin(-1);
    }

    /**
     * softmax(−x), PyTorch's {@code Softmin}: the smallest element gets the largest share.
     *
     * @param axis which axis of a shape; negative numbers count from the end
     * @return the function
     */
    public static AxisFunction softmin(int axis) {
        return new AxisFunction(SOFTMIN, axis);
    }

    private static final Rule SPARSEMAX =
            new Rule("sparsemax", "max(x - tau, 0), tau such that the sum is 1");

    /**
     * {@link #sparsemax(int)} along the last axis.
     *
     * @return the function
     */
    public static AxisFunction sparsemax() {
        return sparsemax(-1);
    }

    /**
     * {@return the nearest point of the probability simplex, max(x − τ, 0) with the τ for which the
     * results sum to 1 (Martins and Astudillo 2016, arXiv 1602.02068): like softmax, but with
     * shares of exactly 0} Its gradient is dy less the mean of dy over the support, and 0 outside
     * of it.
     *
     * @param axis which axis of a shape; negative numbers count from the end
     */
    public static AxisFunction sparsemax(int axis) {
        return new AxisFunction(SPARSEMAX, axis);
    }

    private static final Rule HARDMAX = new Rule("hardmax", "x is the first maximum ? 1 : 0");

    /**
     * {@link #hardmax(int)} along the last axis.
     *
     * @return the function
     */
    public static AxisFunction hardmax() {
        return hardmax(-1);
    }

    /**
     * 1 for the first of the largest elements, 0 for all others; ONNX's {@code Hardmax}. It is
     * constant almost everywhere, so that its gradient is 0.
     *
     * @param axis which axis of a shape; negative numbers count from the end
     * @return the function
     */
    public static AxisFunction hardmax(int axis) {
        return new AxisFunction(HARDMAX, axis);
    }

    static List<Definition<Activation>> definitions() {
        return Stream.of(SOFTMAX, LOG_SOFTMAX, SOFTMIN, SPARSEMAX, HARDMAX)
                .map(rule -> rule.definition)
                .toList();
    }

    private final Rule rule;
    private final int axis;

    private AxisFunction(Rule rule, int axis) {
        this.rule = rule;
        this.axis = (int) rule.definition.parameters().get(0).check(axis);
    }

    @Override
    public String name() {
        return rule.name;
    }

    /**
     * {@return the function of one slice by the plain formula in double precision}
     *
     * @param x the source
     */
    public double[] valueOf(double[] x) {
        return switch (rule.name) {
            case "softmax" -> AxisFormulas.softmax(x);
            case "logSoftmax" -> AxisFormulas.logSoftmax(x);
            case "softmin" -> AxisFormulas.softmin(x);
            case "sparsemax" -> AxisFormulas.sparsemax(x);
            case "hardmax" -> AxisFormulas.hardmax(x);
            default -> throw new IllegalStateException("no formula of " + this);
        };
    }

    /**
     * {@return the gradient of one slice's input from its output {@code y} and that one's gradient
     * {@code dy}, by the plain formula in double precision}
     *
     * @param y the destination
     * @param dy the gradient of y that arrives from above
     */
    public double[] gradientOf(double[] y, double[] dy) {
        return switch (rule.name) {
            case "softmax" -> AxisFormulas.softmaxGradient(y, dy);
            case "logSoftmax" -> AxisFormulas.logSoftmaxGradient(y, dy);
            case "softmin" -> AxisFormulas.softminGradient(y, dy);
            case "sparsemax" -> AxisFormulas.sparsemaxGradient(y, dy);
            case "hardmax" -> AxisFormulas.hardmaxGradient(y, dy);
            default -> throw new IllegalStateException("no gradient of " + this);
        };
    }

    /** {@return which axis of a shape, for callers that know only the shape; may be negative} */
    public int axis() {
        return axis;
    }

    /**
     * y = f(x).
     *
     * @param x the source
     * @param y may be the same memory as {@code x}
     * @param axis the axis of {@code x}, whatever {@link #axis()} says
     * @throws IllegalArgumentException if types or lengths don't fit, {@code y} is read-only, or it
     *     overlaps {@code x} without being identical
     */
    public void forward(Span x, Span y, Axis axis) {
        Checks.source("x", x, x.dtype(), axis.elements());
        Checks.destination("y", y, x.dtype(), x.length());
        Backend backend = Rectifier.backend();
        Checks.sameOrDisjoint(backend, "y", y, "x", x);
        backend.axisForward(this, x, y, axis, Rectifier.threads());
    }

    /**
     * dx = the gradient of x, from the output {@code y} of {@link #forward}.
     *
     * @param y what the forward pass has written
     * @param dy the gradient of y that arrives from above
     * @param dx may be the same memory as {@code dy} or {@code y}
     * @param axis the axis of {@code y}, whatever {@link #axis()} says
     * @throws IllegalArgumentException if types or lengths don't fit, {@code dx} is read-only, or
     *     it overlaps another span without being identical
     */
    public void backward(Span y, Span dy, Span dx, Axis axis) {
        backward(1, y, dy, dx, axis);
    }

    /** The gradient of x for f(factor·x). */
    void backward(double factor, Span y, Span dy, Span dx, Axis axis) {
        Checks.source("y", y, y.dtype(), axis.elements());
        Checks.source("dy", dy, y.dtype(), y.length());
        Checks.destination("dx", dx, y.dtype(), y.length());
        Backend backend = Rectifier.backend();
        Checks.sameOrDisjoint(backend, "dx", dx, "y", y);
        Checks.sameOrDisjoint(backend, "dx", dx, "dy", dy);
        backend.axisBackward(this, factor, y, dy, dx, axis, Rectifier.threads());
    }

    /**
     * {@link #forward(Span, Span, Axis)} along {@link #axis()} of an array of this shape.
     *
     * @param x the source
     * @param y the destination
     * @param shape the sizes of the axes
     */
    public void forward(float[] x, float[] y, long... shape) {
        forward(Span.of(x), Span.of(y), Axis.of(axis, shape));
    }

    /**
     * {@link #forward(Span, Span, Axis)} along {@link #axis()} of an array of this shape.
     *
     * @param x the source
     * @param y the destination
     * @param shape the sizes of the axes
     */
    public void forward(double[] x, double[] y, long... shape) {
        forward(Span.of(x), Span.of(y), Axis.of(axis, shape));
    }

    /**
     * {@link #backward(Span, Span, Span, Axis)} along {@link #axis()} of an array of this shape.
     *
     * @param y what the forward pass has written
     * @param dy the gradient of y that arrives from above
     * @param dx the destination of the gradient of x
     * @param shape the sizes of the axes
     */
    public void backward(float[] y, float[] dy, float[] dx, long... shape) {
        backward(Span.of(y), Span.of(dy), Span.of(dx), Axis.of(axis, shape));
    }

    /**
     * {@link #backward(Span, Span, Span, Axis)} along {@link #axis()} of an array of this shape.
     *
     * @param y what the forward pass has written
     * @param dy the gradient of y that arrives from above
     * @param dx the destination of the gradient of x
     * @param shape the sizes of the axes
     */
    public void backward(double[] y, double[] dy, double[] dx, long... shape) {
        backward(Span.of(y), Span.of(dy), Span.of(dx), Axis.of(axis, shape));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AxisFunction that && rule == that.rule && axis == that.axis;
    }

    @Override
    public int hashCode() {
        return 31 * rule.name.hashCode() + axis;
    }

    /** Java code that makes this value. */
    @Override
    public String toString() {
        return "AxisFunction." + rule.definition.call(axis);
    }
}
