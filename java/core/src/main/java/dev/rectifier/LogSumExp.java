package dev.rectifier;

import dev.rectifier.spi.Backend;

/**
 * The logarithm of a sum of exponentials, log Σ exp(x), of each slice along an axis, computed
 * relative to the greatest element so that nothing overflows.
 *
 * <p>Within 1 unit in the last place of the greater of the result and the greatest element. A slice
 * with NaN gives NaN, one with +∞ gives that, and one of nothing but −∞, or of no element, −∞.
 */
public final class LogSumExp {
    private LogSumExp() {}

    /**
     * y = log Σ exp(x).
     *
     * @param x the source
     * @param y [outer, inner]; must not overlap {@code x}
     * @param axis of {@code x} [outer, size, inner]
     * @throws IllegalArgumentException if types or lengths don't fit, or {@code y} is read-only or
     *     overlaps {@code x}
     */
    public static void forward(Span x, Span y, Axis axis) {
        Checks.source("x", x, x.dtype(), axis.elements());
        Checks.destination("y", y, x.dtype(), axis.outer() * axis.inner());
        Backend backend = Rectifier.backend();
        Checks.disjoint(backend, "y", y, "x", x);
        backend.logSumExp(x, y, axis, Rectifier.threads());
    }

    /**
     * dx = dy·softmax(x), with one dy for each slice; exactly +0 where softmax is 0.
     *
     * @param x what {@link #forward} read
     * @param dy [outer, inner]
     * @param dx may be the same memory as {@code x}; must not overlap {@code dy}
     * @param axis the axis, with what is around and within it
     * @throws IllegalArgumentException if types or lengths don't fit, {@code dx} is read-only, or
     *     it overlaps another span in a way that isn't allowed
     */
    public static void backward(Span x, Span dy, Span dx, Axis axis) {
        Checks.source("x", x, x.dtype(), axis.elements());
        Checks.source("dy", dy, x.dtype(), axis.outer() * axis.inner());
        Checks.destination("dx", dx, x.dtype(), x.length());
        Backend backend = Rectifier.backend();
        Checks.sameOrDisjoint(backend, "dx", dx, "x", x);
        Checks.disjoint(backend, "dx", dx, "dy", dy);
        backend.logSumExpBackward(x, dy, dx, axis, Rectifier.threads());
    }
}
