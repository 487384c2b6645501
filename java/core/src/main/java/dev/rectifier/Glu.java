package dev.rectifier;

import dev.rectifier.spi.Backend;
import java.util.List;

/**
 * The gated linear unit a·sigmoid(b), where a and b are the halves of x along an axis (Dauphin et
 * al. 2016, arXiv 1612.08083). The result has half as many elements. Keras, PyTorch and JAX take
 * the last axis.
 *
 * <p>An infinite a gives its limit, a; b = −∞ gives a zero with the sign of a, whatever a is. NaN
 * in one of a pair gives NaN for the pair, forward and backward. Results are within 1.05 units in
 * the last place with fused multiply-add and 1.6 without, the two derivatives within 0.8 and 1.5.
 *
 * @param axis which axis of a shape; negative numbers count from the end
 */
public record Glu(int axis) implements Activation {
    static final Definition<Activation> DEFINITION =
            new Definition<>(
                    "glu",
                    "a * sigmoid(b), the halves of x along axis",
                    List.of(Parameter.integer("axis", -1, -64, 63)),
                    p -> new Glu((int) p[0]));

    /**
     * @throws IllegalArgumentException if {@code axis} isn't in −64..63
     */
    public Glu {
        DEFINITION.parameters().get(0).check(axis);
    }

    /** Along the last axis. */
    public Glu() {
        this(-1);
    }

    @Override
    public String name() {
        return DEFINITION.name();
    }

    /**
     * y = a·sigmoid(b).
     *
     * @param y [outer, size / 2, inner]; must not overlap {@code x}
     * @param axis of {@code x} [outer, size, inner]
     * @throws IllegalArgumentException if the size of the axis is odd, types or lengths don't fit,
     *     or {@code y} is read-only or overlaps {@code x}
     */
    public static void forward(Span x, Span y, Axis axis) {
        requireHalves(axis);
        Checks.source("x", x, x.dtype(), axis.elements());
        Checks.destination("y", y, x.dtype(), x.length() / 2);
        Backend backend = Rectifier.backend();
        Checks.disjoint(backend, "y", y, "x", x);
        backend.gluForward(x, y, axis, Rectifier.threads());
    }

    /**
     * da = dy·sigmoid(b) and db = dy·a·sigmoid(b)·sigmoid(−b), the halves of dx; exactly +0 where
     * such a derivative is 0.
     *
     * @param x what {@link #forward} read
     * @param dy [outer, size / 2, inner]
     * @param dx may be the same memory as {@code x}; must not overlap {@code dy}
     * @param axis of {@code x} [outer, size, inner]
     * @throws IllegalArgumentException if the size of the axis is odd, types or lengths don't fit,
     *     {@code dx} is read-only, or it overlaps another span in a way that isn't allowed
     */
    public static void backward(Span x, Span dy, Span dx, Axis axis) {
        requireHalves(axis);
        Checks.source("x", x, x.dtype(), axis.elements());
        Checks.source("dy", dy, x.dtype(), x.length() / 2);
        Checks.destination("dx", dx, x.dtype(), x.length());
        Backend backend = Rectifier.backend();
        Checks.sameOrDisjoint(backend, "dx", dx, "x", x);
        Checks.disjoint(backend, "dx", dx, "dy", dy);
        backend.gluBackward(x, dy, dx, axis, Rectifier.threads());
    }

    private static void requireHalves(Axis axis) {
        if (axis.size() % 2 != 0) {
            throw new IllegalArgumentException(
                    "the axis has an odd size, " + axis.size() + ", and can't be halved");
        }
    }

    /** Java code that makes this value. */
    @Override
    public String toString() {
        return "new Glu(" + axis + ")";
    }
}
