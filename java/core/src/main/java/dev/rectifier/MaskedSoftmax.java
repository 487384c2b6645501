package dev.rectifier;

import dev.rectifier.spi.Backend;
import java.util.Arrays;
import java.util.Optional;

/**
 * The softmax of attention (Vaswani et al. 2017, arXiv 1706.03762, equation 1), softmax(scale·x +
 * mask) along the last axis of logits of up to four axes, such as [batch, heads, queries, keys]; in
 * one pass, in place if wanted.
 *
 * <p>A logit scale·x + mask is rounded to the type of the data, once where the instruction set has
 * a fused multiply-add. Of these logits the result is within 2 units in the last place, as {@link
 * AxisFunction#softmax()}. Without a mask and with scale 1 it has the bits of that. An element that
 * is taken out, by −∞ in the mask or by the causal limit, gets exactly +0, and what it was doesn't
 * matter, even NaN. A row with a NaN left or with +∞ is NaN.
 *
 * @param scale any finite number, such as 1/√d; 1/t for a temperature t
 * @param causal whether query i sees only the keys up to i + past
 * @param past how many keys come before the first query's own: 0 if queries and keys are the same
 *     tokens, more with a cache of earlier keys; at least 0
 * @param zeroRows whether a row of which nothing is left is +0 throughout instead of NaN
 */
public record MaskedSoftmax(double scale, boolean causal, long past, boolean zeroRows) {
    /** Axes of the logits, at most. */
    private static final int AXES = 4;

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if {@code scale} isn't finite or {@code past} is negative,
     *     or isn't 0 without {@code causal}
     */
    public MaskedSoftmax {
        if (!Double.isFinite(scale)) {
            throw new IllegalArgumentException("scale must be finite, not " + scale);
        }
        if (past < 0 || past > 0 && !causal) {
            throw new IllegalArgumentException(
                    "past must be "
                            + (causal ? "at least 0" : "0 without causal")
                            + ", not "
                            + past);
        }
    }

    /**
     * softmax(scale·x + mask); a row of which nothing is left is NaN.
     *
     * @param scale what the logits are multiplied by
     * @return the function
     */
    public static MaskedSoftmax scaled(double scale) {
        return new MaskedSoftmax(scale, false, 0, false);
    }

    /**
     * softmax(x / temperature).
     *
     * @param temperature what the logits are divided by
     * @return the function
     * @throws IllegalArgumentException if {@code temperature} or its inverse isn't finite and
     *     positive
     */
    public static MaskedSoftmax temperature(double temperature) {
        if (!(temperature > 0 && 1 / temperature > 0 && 1 / temperature < Double.MAX_VALUE)) {
            throw new IllegalArgumentException(
                    "temperature must be finite and > 0, and so must its inverse, not "
                            + temperature);
        }
        return scaled(1 / temperature);
    }

    /**
     * {@return the same where query i sees only the keys up to i + past}
     *
     * @param past how many columns come before the first row
     */
    public MaskedSoftmax withCausal(long past) {
        return new MaskedSoftmax(scale, true, past, zeroRows);
    }

    /** {@return the same where a row of which nothing is left is +0 throughout} */
    public MaskedSoftmax withZeroRows() {
        return new MaskedSoftmax(scale, causal, past, true);
    }

    /**
     * {@link #forward(Span, Optional, Span, long...)} without a mask.
     *
     * @param x the source
     * @param y the destination
     * @param shape the sizes of the axes
     */
    public void forward(Span x, Span y, long... shape) {
        forward(x, Optional.empty(), y, shape);
    }

    /**
     * y = softmax(scale·x + mask).
     *
     * @param x the source
     * @param mask of the type of {@code x}; must not overlap {@code y}
     * @param y may be the same memory as {@code x}
     * @param shape of {@code x}, one to four axes; the last is that of the softmax, and that before
     *     it counts queries
     * @throws IllegalArgumentException if types, shapes or lengths don't fit, {@code scale} is out
     *     of the range of the type, {@code y} is read-only, or it overlaps another span in a way
     *     that isn't allowed
     */
    public void forward(Span x, Optional<Mask> mask, Span y, long... shape) {
        long[] four = fourAxes(shape);
        Checks.source("x", x, x.dtype(), Checks.elements("shape", Long.MAX_VALUE, four));
        Checks.destination("y", y, x.dtype(), x.length());
        Checks.fits("scale", scale, x.dtype());
        long[] strides = new long[AXES - 1];
        Backend backend = Rectifier.backend();
        Checks.sameOrDisjoint(backend, "y", y, "x", x);
        if (mask.isPresent()) {
            Span values = mask.get().values();
            Checks.source("mask", values, x.dtype(), values.length());
            mask.get().strides(shape);
            strides = mask.get().strides(four);
            Checks.disjoint(backend, "y", y, "mask", values);
        }
        Optional<Span> values = mask.map(Mask::values);
        backend.maskedSoftmax(this, x, values, y, four, strides, Rectifier.threads());
    }

    /**
     * dx = the gradient of x from the output {@code y} of {@link #forward}; exactly +0 for what was
     * taken out. That of the mask is the same for scale 1, summed over the axes that share it.
     *
     * @param y the destination
     * @param dy the gradient of y that arrives from above
     * @param dx may be the same memory as {@code dy} or {@code y}
     * @param shape the sizes of the axes
     * @throws IllegalArgumentException if types, shape or lengths don't fit, {@code dx} is
     *     read-only, or it overlaps another span without being identical
     */
    public void backward(Span y, Span dy, Span dx, long... shape) {
        long[] four = fourAxes(shape);
        Checks.elements("shape", Long.MAX_VALUE, four);
        Checks.fits("scale", scale, y.dtype().arithmetic());
        AxisFunction.softmax().backward(scale, y, dy, dx, Axis.of(-1, four));
    }

    private static long[] fourAxes(long[] shape) {
        if (shape.length == 0 || shape.length > AXES) {
            throw new IllegalArgumentException(
                    "shape must have 1 to 4 axes, not " + Arrays.toString(shape));
        }
        long[] four = new long[AXES];
        Arrays.fill(four, 1);
        System.arraycopy(shape, 0, four, AXES - shape.length, shape.length);
        return four;
    }

    /** Java code that makes this value. */
    @Override
    public String toString() {
        return "new MaskedSoftmax(" + scale + ", " + causal + ", " + past + "L, " + zeroRows + ")";
    }
}
