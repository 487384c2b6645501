package dev.rectifier;

import dev.rectifier.spi.Backend;
import java.util.List;

/**
 * The softmax exp(x − max) / Σ exp(x − max) along one axis; the results of a slice are positive and
 * sum to 1.
 *
 * <p>A slice that contains NaN or +∞, or nothing but −∞, gives NaN throughout; a −∞ among finite
 * values gives 0. {@link Axis#of Axis.of(-1, shape)} is the default axis of Keras, JAX and ONNX
 * (since opset 13); PyTorch has none.
 *
 * @param axis which axis, for callers that know only the shape; negative numbers count from the end
 */
public record Softmax(int axis) implements Activation {
    static final Definition<Activation> DEFINITION =
            new Definition<>(
                    "softmax",
                    "exp(x - max(x)) / sum(exp(x - max(x))) along axis",
                    List.of(Parameter.integer("axis", -1, -64, 63)),
                    p -> new Softmax((int) p[0]));

    /** Along the last axis. */
    public Softmax() {
        this(-1);
    }

    @Override
    public String name() {
        return DEFINITION.name();
    }

    /**
     * y = softmax(x).
     *
     * @param y may be the same memory as {@code x}
     * @param axis the axis along which the results sum to 1
     * @throws IllegalArgumentException if types or lengths don't fit, {@code y} is read-only, or it
     *     overlaps {@code x} without being identical
     */
    public static void forward(Span x, Span y, Axis axis) {
        Checks.source("x", x, x.dtype(), axis.elements());
        Checks.destination("y", y, x.dtype(), x.length());
        Backend backend = Rectifier.backend();
        Checks.sameOrDisjoint(backend, "y", y, "x", x);
        backend.softmaxForward(x, y, axis, Rectifier.threads());
    }

    /**
     * dx = y·(dy − Σ y·dy), from the output {@code y} of {@link #forward}.
     *
     * @param dx may be the same memory as {@code dy} or {@code y}
     * @throws IllegalArgumentException if types or lengths don't fit, {@code dx} is read-only, or
     *     it overlaps another span without being identical
     */
    public static void backward(Span y, Span dy, Span dx, Axis axis) {
        Checks.source("y", y, y.dtype(), axis.elements());
        Checks.source("dy", dy, y.dtype(), y.length());
        Checks.destination("dx", dx, y.dtype(), y.length());
        Backend backend = Rectifier.backend();
        Checks.sameOrDisjoint(backend, "dx", dx, "y", y);
        Checks.sameOrDisjoint(backend, "dx", dx, "dy", dy);
        backend.softmaxBackward(y, dy, dx, axis, Rectifier.threads());
    }

    /** Java code that makes this value. */
    @Override
    public String toString() {
        return "new Softmax(" + axis + ")";
    }
}
