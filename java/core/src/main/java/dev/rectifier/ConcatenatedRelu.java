package dev.rectifier;

import dev.rectifier.spi.Backend;
import java.util.List;

/**
 * Concatenated ReLU: max(x, 0) and max(−x, 0) side by side along an axis, which so gets twice its
 * size (Shang et al. 2016, arXiv 1603.05201). For the first layers of convolutional networks, whose
 * filters otherwise come in pairs of opposite signs. TensorFlow's {@code tf.nn.crelu}.
 *
 * <p>Zeros give +0 in both halves, and their gradient is exactly +0, as TensorFlow's; NaN gives
 * NaN.
 *
 * @param axis which axis of a shape; negative numbers count from the end
 */
public record ConcatenatedRelu(int axis) implements Activation {
    static final Definition<Activation> DEFINITION =
            new Definition<>(
                    "concatenatedRelu",
                    "max(x, 0) and max(-x, 0), side by side along axis",
                    List.of(Parameter.integer("axis", -1, -64, 63)),
                    p -> new ConcatenatedRelu((int) p[0]));

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if {@code axis} isn't in −64..63
     */
    public ConcatenatedRelu {
        DEFINITION.parameters().get(0).check(axis);
    }

    /** Along the last axis. */
    public ConcatenatedRelu() {
        this(-1);
    }

    @Override
    public String name() {
        return DEFINITION.name();
    }

    /**
     * Both halves for x.
     *
     * @param x the source
     * @param y [outer, 2 · size, inner]; must not overlap {@code x}
     * @param axis of {@code x} [outer, size, inner]
     * @throws IllegalArgumentException if types or lengths don't fit, or {@code y} is read-only or
     *     overlaps {@code x}
     */
    public void forward(Span x, Span y, Axis axis) {
        Checks.source("x", x, x.dtype(), axis.elements());
        Checks.destination("y", y, x.dtype(), 2 * x.length());
        Backend backend = Rectifier.backend();
        Checks.disjoint(backend, "y", y, "x", x);
        backend.concatenatedReluForward(x, y, axis, Rectifier.threads());
    }

    /**
     * dx = the first half of dy where x &gt; 0, and the negative of the second where x &lt; 0.
     *
     * @param x what {@link #forward} read
     * @param dy [outer, 2 · size, inner]
     * @param dx may be the same memory as {@code x}; must not overlap {@code dy}
     * @param axis of {@code x} [outer, size, inner]
     * @throws IllegalArgumentException if types or lengths don't fit, {@code dx} is read-only, or
     *     it overlaps another span in a way that isn't allowed
     */
    public void backward(Span x, Span dy, Span dx, Axis axis) {
        Checks.source("x", x, x.dtype(), axis.elements());
        Checks.source("dy", dy, x.dtype(), 2 * x.length());
        Checks.destination("dx", dx, x.dtype(), x.length());
        Backend backend = Rectifier.backend();
        Checks.sameOrDisjoint(backend, "dx", dx, "x", x);
        Checks.disjoint(backend, "dx", dx, "dy", dy);
        backend.concatenatedReluBackward(x, dy, dx, axis, Rectifier.threads());
    }

    /** Java code that makes this value. */
    @Override
    public String toString() {
        return "new ConcatenatedRelu(" + axis + ")";
    }
}
