package dev.rectifier;

import dev.rectifier.spi.Backend;
import java.util.List;

/**
 * The parametric ReLU {@code x > 0 ? x : α·x} whose slopes α are learned (He et al. 2015, arXiv
 * 1502.01852, equation 1): one for all elements ({@link Axis#shared}), or one per channel ({@link
 * Axis#of} or {@link Axis#block}).
 *
 * <p>α starts at 0.25 as in the paper and PyTorch; Keras starts at 0 with one α per element, flax
 * at 0.01. The paper applies no weight decay to α, since that would pull it towards plain ReLU;
 * that is the optimizer's matter. The gradient of α is a sum in an order that doesn't depend on the
 * number of threads. At x = 0 the derivative is α.
 *
 * @param alpha the value that each slope starts with
 */
public record PRelu(double alpha) implements Activation {
    static final Definition<Activation> DEFINITION =
            new Definition<>(
                    "prelu",
                    "x > 0 ? x : alpha * x, alpha learned",
                    List.of(Parameter.finite("alpha", 0.25)),
                    p -> new PRelu(p[0]));

    /**
     * @throws IllegalArgumentException if {@code alpha} isn't finite
     */
    public PRelu {
        DEFINITION.parameters().get(0).check(alpha);
    }

    /** α starts at 0.25. */
    public PRelu() {
        this(DEFINITION.defaults()[0]);
    }

    @Override
    public String name() {
        return DEFINITION.name();
    }

    /**
     * y = x &gt; 0 ? x : α·x.
     *
     * @param alpha the slopes, of length {@code channels.size()}
     * @param y may be the same memory as {@code x}
     * @param channels the axis of {@code x} that α belongs to
     * @throws IllegalArgumentException if types or lengths don't fit, {@code y} is read-only, or it
     *     overlaps another span in a way that isn't allowed
     */
    public void forward(Span x, Span alpha, Span y, Axis channels) {
        Checks.source("x", x, x.dtype(), channels.elements());
        Checks.source("alpha", alpha, x.dtype(), channels.size());
        Checks.destination("y", y, x.dtype(), x.length());
        Backend backend = Rectifier.backend();
        Checks.sameOrDisjoint(backend, "y", y, "x", x);
        Checks.disjoint(backend, "y", y, "alpha", alpha);
        backend.preluForward(x, alpha, y, channels, Rectifier.threads());
    }

    /**
     * dx = x &gt; 0 ? dy : α·dy and dα = Σ (x &gt; 0 ? 0 : x·dy) over all elements that share a
     * slope.
     *
     * @param dx may be the same memory as {@code dy} or {@code x}
     * @param dalpha is overwritten, not added to
     * @throws IllegalArgumentException if types or lengths don't fit, a destination is read-only,
     *     or it overlaps another span in a way that isn't allowed
     */
    public void backward(Span x, Span alpha, Span dy, Span dx, Span dalpha, Axis channels) {
        Checks.source("x", x, x.dtype(), channels.elements());
        Checks.source("alpha", alpha, x.dtype(), channels.size());
        Checks.source("dy", dy, x.dtype(), x.length());
        Checks.destination("dx", dx, x.dtype(), x.length());
        Checks.destination("dalpha", dalpha, x.dtype(), channels.size());
        Backend backend = Rectifier.backend();
        Checks.sameOrDisjoint(backend, "dx", dx, "x", x);
        Checks.sameOrDisjoint(backend, "dx", dx, "dy", dy);
        Checks.disjoint(backend, "dx", dx, "alpha", alpha);
        Checks.disjoint(backend, "dalpha", dalpha, "x", x);
        Checks.disjoint(backend, "dalpha", dalpha, "alpha", alpha);
        Checks.disjoint(backend, "dalpha", dalpha, "dy", dy);
        Checks.disjoint(backend, "dalpha", dalpha, "dx", dx);
        backend.preluBackward(x, alpha, dy, dx, dalpha, channels, Rectifier.threads());
    }

    /** Java code that makes this value. */
    @Override
    public String toString() {
        return "new PRelu(" + alpha + ")";
    }
}
