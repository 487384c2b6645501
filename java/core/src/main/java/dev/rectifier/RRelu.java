package dev.rectifier;

import dev.rectifier.spi.Backend;
import java.util.List;
import java.util.Objects;

/**
 * The randomized leaky ReLU (Xu et al. 2015, arXiv 1505.00853, section 2.4): while training {@code
 * x > 0 ? x : slope·x} with a slope drawn anew for every element; at inference a leaky ReLU with a
 * fixed slope.
 *
 * <p>Two parametrisations are in use that are not the same distribution. {@link
 * Parametrization#SLOPE}: slope ~ U[lower, upper), inference (lower + upper)/2; PyTorch and ND4J,
 * with 1/8 and 1/3. {@link Parametrization#DIVISOR}: slope = 1/a, a ~ U[lower, upper), inference
 * 2/(lower + upper); the paper, with 3 and 8.
 *
 * <p>The draw for element i depends on the {@link RandomKey} and i alone, not on the data, so that
 * {@link #backward} finds the slopes of {@link #forward} again without keeping them.
 *
 * @param lower the lower bound of the draw
 * @param upper the upper bound of the draw
 * @param parametrization what is drawn
 */
public record RRelu(double lower, double upper, Parametrization parametrization)
        implements Activation {
    /** What is drawn uniformly. */
    public enum Parametrization {
        /** The slope itself. */
        SLOPE,
        /** The number that x is divided by. */
        DIVISOR
    }

    static final Definition<Activation> DEFINITION =
            new Definition<>(
                    "rrelu",
                    "x > 0 ? x : slope * x; training: slope (or 1 / slope) ~ U[lower, upper), inference: their middle",
                    List.of(
                            Parameter.finite("lower", 1.0 / 8),
                            Parameter.finite("upper", 1.0 / 3),
                            Parameter.word("parametrization", Parametrization.SLOPE)),
                    p -> new RRelu(p[0], p[1], Parametrization.values()[(int) p[2]]));

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if {@code lower <= upper} doesn't hold, a bound isn't
     *     finite, or a divisor's lower bound isn't positive
     */
    public RRelu {
        DEFINITION.parameters().get(0).check(lower);
        DEFINITION.parameters().get(1).check(upper);
        if (lower > upper) {
            throw new IllegalArgumentException(
                    "lower " + lower + " is greater than upper " + upper);
        }
        Objects.requireNonNull(parametrization, "parametrization");
        // So that no reciprocal overflows.
        if (parametrization == Parametrization.DIVISOR && lower < Float.MIN_NORMAL) {
            throw new IllegalArgumentException(
                    "lower must be at least " + Float.MIN_NORMAL + " for a divisor, not " + lower);
        }
    }

    /** slope ~ U[1/8, 1/3), as in PyTorch. */
    public RRelu() {
        this(1.0 / 8, 1.0 / 3, Parametrization.SLOPE);
    }

    /**
     * slope ~ U[lower, upper).
     *
     * @param lower the lower bound of the slope
     * @param upper the upper bound of the slope
     * @return the activation
     */
    public static RRelu uniformSlope(double lower, double upper) {
        return new RRelu(lower, upper, Parametrization.SLOPE);
    }

    /**
     * x / a with a ~ U[lower, upper), the paper's form; it uses 3 and 8.
     *
     * @param lower the lower bound of the slope
     * @param upper the upper bound of the slope
     * @return the activation
     */
    public static RRelu xu(double lower, double upper) {
        return new RRelu(lower, upper, Parametrization.DIVISOR);
    }

    @Override
    public String name() {
        return DEFINITION.name();
    }

    /** {@return the function that is used at inference: leaky ReLU with the slope in the middle} */
    public Elementwise inference() {
        // Halved before the sum, which could overflow.
        double middle = lower / 2 + upper / 2;
        return Elementwise.leakyRelu(
                parametrization == Parametrization.SLOPE ? middle : 1 / middle);
    }

    private void requireBoundsFit(DType dtype) {
        Checks.fits("lower", lower, dtype);
        Checks.fits("upper", upper, dtype);
        Checks.fits("upper - lower", upper - lower, dtype);
    }

    /**
     * Training form: y = x &gt; 0 ? x : slope·x.
     *
     * @param key which slopes; use another stream for every layer and another range of draws for
     *     every step
     * @param x the source
     * @param y may be the same memory as {@code x}
     * @throws IllegalArgumentException if types or lengths differ, {@code y} is read-only, or it
     *     overlaps {@code x} without being identical
     */
    public void forward(RandomKey key, Span x, Span y) {
        Checks.source("x", x, x.dtype(), x.length());
        Checks.destination("y", y, x.dtype(), x.length());
        requireBoundsFit(x.dtype());
        key.skip(x.length());
        Backend backend = Rectifier.backend();
        Checks.sameOrDisjoint(backend, "y", y, "x", x);
        backend.rreluForward(this, key, x, y, Rectifier.threads());
    }

    /**
     * dx = x &gt; 0 ? dy : slope·dy, with the slopes of {@link #forward} for the same key.
     *
     * @param key what the random numbers are drawn by
     * @param x the source
     * @param dy the gradient of y that arrives from above
     * @param dx may be the same memory as {@code dy} or {@code x}
     * @throws IllegalArgumentException if types or lengths differ, {@code dx} is read-only, or it
     *     overlaps another span without being identical
     */
    public void backward(RandomKey key, Span x, Span dy, Span dx) {
        Checks.source("x", x, x.dtype(), x.length());
        Checks.source("dy", dy, x.dtype(), x.length());
        Checks.destination("dx", dx, x.dtype(), x.length());
        requireBoundsFit(x.dtype());
        key.skip(x.length());
        Backend backend = Rectifier.backend();
        Checks.sameOrDisjoint(backend, "dx", dx, "x", x);
        Checks.sameOrDisjoint(backend, "dx", dx, "dy", dy);
        backend.rreluBackward(this, key, x, dy, dx, Rectifier.threads());
    }

    /** Java code that makes this value. */
    @Override
    public String toString() {
        return "new RRelu("
                + lower
                + ", "
                + upper
                + ", RRelu.Parametrization."
                + parametrization
                + ")";
    }
}
