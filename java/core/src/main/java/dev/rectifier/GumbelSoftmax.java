package dev.rectifier;

import dev.rectifier.spi.Backend;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A differentiable sample of a categorical distribution given by logits: softmax((x + G) /
 * temperature) with G = −log(−log U) drawn anew for every element (Jang et al. 2016, arXiv
 * 1611.01144). With {@code hard} the result is one-hot, and the gradient is that of the soft one
 * (straight-through).
 *
 * <p>A temperature so low that (x + G) / temperature overflows gives NaN, as infinities do in
 * softmax.
 *
 * <p>PyTorch's {@code gumbel_softmax} has the same defaults, temperature 1 and soft, and wants the
 * axis named; its {@code eps} does nothing there either. The noise isn't PyTorch's: the draw for
 * element i depends on the {@link RandomKey} and i alone.
 *
 * @param temperature finite, positive and no denormal number, also in the type of the data; the
 *     lower, the nearer to one-hot
 * @param hard whether the result is one-hot
 * @param axis which axis of a shape, for callers that know only the shape; may be negative
 */
public record GumbelSoftmax(double temperature, boolean hard, int axis) implements Activation {
    /** Soft or one-hot. */
    private enum Form {
        SOFT,
        HARD
    }

    static final Definition<Activation> DEFINITION =
            new Definition<>(
                    "gumbelSoftmax",
                    "softmax((x - log(-log(u))) / temperature) along axis, u ~ U(0, 1)",
                    List.of(
                            // Its inverse scales the gradient.
                            Parameter.number("temperature", 1, Double.MIN_NORMAL, Double.MAX_VALUE),
                            Parameter.word("form", Form.SOFT),
                            Parameter.integer("axis", -1, -64, 63)),
                    p -> new GumbelSoftmax(p[0], p[1] == Form.HARD.ordinal(), (int) p[2]));

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if {@code temperature} isn't finite, positive and normal, or
     *     {@code axis} isn't in −64..63
     */
    public GumbelSoftmax {
        DEFINITION.parameters().get(0).check(temperature);
        DEFINITION.parameters().get(2).check(axis);
    }

    /** Temperature 1, soft, along the last axis. */
    public GumbelSoftmax() {
        this(1, false, -1);
    }

    @Override
    public String name() {
        return DEFINITION.name();
    }

    /**
     * The soft sample, and the one-hot one if that is wanted.
     *
     * @param key which noise; use another range of draws for every step
     * @param x the source
     * @param soft softmax((x + G) / temperature), what {@link #backward} needs; may be the same
     *     memory as {@code x}
     * @param oneHot 1 at the largest element of {@code soft}; needed if and only if {@link #hard()}
     * @param axis the axis, with what is around and within it
     * @throws IllegalArgumentException if types or lengths don't fit, a destination is read-only or
     *     overlaps another span in a way that isn't allowed, or {@code oneHot} is there without
     *     being needed or the other way round
     * @throws OutOfMemoryError if there is no native memory for a slice on the heap; other than
     *     with other functions, {@code soft} is undefined then
     */
    public void forward(RandomKey key, Span x, Span soft, Optional<Span> oneHot, Axis axis) {
        Checks.source("x", x, x.dtype(), axis.elements());
        Checks.destination("soft", soft, x.dtype(), x.length());
        if (oneHot.isPresent() != hard) {
            throw new IllegalArgumentException(
                    "oneHot must be " + (hard ? "given" : "empty") + " for " + this);
        }
        oneHot.ifPresent(span -> Checks.destination("oneHot", span, x.dtype(), x.length()));
        requireTemperatureFits(x.dtype());
        key.skip(x.length());
        Backend backend = Rectifier.backend();
        Checks.sameOrDisjoint(backend, "soft", soft, "x", x);
        if (oneHot.isPresent()) {
            Checks.disjoint(backend, "oneHot", oneHot.get(), "x", x);
            Checks.disjoint(backend, "oneHot", oneHot.get(), "soft", soft);
        }
        backend.gumbelLogits(temperature, key, x, soft, Rectifier.threads());
        AxisFunction.softmax().forward(soft, soft, axis);
        oneHot.ifPresent(span -> AxisFunction.hardmax().forward(soft, span, axis));
    }

    /**
     * dx = softmax's gradient / temperature, from the soft sample {@code y} of {@link #forward}.
     *
     * @param y what the forward pass has written
     * @param dy the gradient of y that arrives from above
     * @param dx may be the same memory as {@code dy} or {@code y}
     * @param axis the axis, with what is around and within it
     * @throws IllegalArgumentException if types or lengths don't fit, {@code dx} is read-only, or
     *     it overlaps another span without being identical
     */
    public void backward(Span y, Span dy, Span dx, Axis axis) {
        requireTemperatureFits(Objects.requireNonNull(y, "y").dtype().arithmetic());
        AxisFunction.softmax().backward(1 / temperature, y, dy, dx, axis);
    }

    private void requireTemperatureFits(DType dtype) {
        DEFINITION.parameters().get(0).check(temperature, dtype);
    }

    /** Java code that makes this value. */
    @Override
    public String toString() {
        return "new GumbelSoftmax(" + temperature + ", " + hard + ", " + axis + ")";
    }
}
