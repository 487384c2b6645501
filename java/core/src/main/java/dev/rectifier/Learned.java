package dev.rectifier;

import dev.rectifier.spi.Backend;
import java.util.Objects;

/**
 * An activation with a parameter that is learned: one for all elements, or one per channel, or one
 * for each place along any axes ({@link Channels}).
 *
 * <p>The gradient of a parameter is a sum in an order that doesn't depend on the number of threads.
 * Terms where the parameter has no influence add 0, whatever dy is. Terms of float are added in
 * double precision, those of double with the rounding errors of the sum carried along.
 */
public sealed interface Learned extends Activation permits PRelu, LearnedSwish, Snake {
    /**
     * {@return the entry in the registry, whose one parameter is the learned one's initial value}
     */
    Definition<Activation> definition();

    @Override
    default String name() {
        return definition().name();
    }

    /** {@return what the parameter is called} */
    default String parameterName() {
        return definition().parameters().get(0).name();
    }

    /** {@return the value that each parameter starts with} */
    double initialParameter();

    /**
     * f(x) for one parameter, by the plain formula in double precision.
     *
     * @param x the source
     * @param parameter the learned parameters, one per channel
     * @return the number
     */
    double valueAt(double x, double parameter);

    /**
     * df/dx, likewise.
     *
     * @param x the source
     * @param parameter the learned parameters, one per channel
     * @return the number
     */
    double derivativeAt(double x, double parameter);

    /**
     * df/dparameter, likewise.
     *
     * @param x the source
     * @param parameter the learned parameters, one per channel
     * @return the number
     */
    double parameterDerivativeAt(double x, double parameter);

    /**
     * y = f(x).
     *
     * @param x the source
     * @param parameter the parameters, of length {@code channels.size()}
     * @param y may be the same memory as {@code x}
     * @param channels which elements of {@code x} share a parameter
     * @throws IllegalArgumentException if types or lengths don't fit, {@code y} is read-only, or it
     *     overlaps another span in a way that isn't allowed
     */
    default void forward(Span x, Span parameter, Span y, Channels channels) {
        Checks.source("x", x, x.dtype(), channels.elements());
        Checks.source(parameterName(), parameter, x.dtype(), channels.size());
        Checks.destination("y", y, x.dtype(), x.length());
        Backend backend = Rectifier.backend();
        Checks.sameOrDisjoint(backend, "y", y, "x", x);
        Checks.disjoint(backend, "y", y, parameterName(), parameter);
        backend.learnedForward(this, x, parameter, y, channels, Rectifier.threads());
    }

    /**
     * {@link #forward(Span, Span, Span, Channels)} with a parameter for each place along an axis.
     *
     * @param x the source
     * @param parameter the learned parameters, one per channel
     * @param y the destination
     * @param channels which element of x has which parameter
     */
    default void forward(Span x, Span parameter, Span y, Axis channels) {
        forward(x, parameter, y, along(channels));
    }

    /**
     * dx = df/dx·dy, and dparameter = Σ df/dparameter·dy over all elements that share one.
     *
     * @param x the source
     * @param parameter the learned parameters, one per channel
     * @param dy the gradient of y that arrives from above
     * @param dx may be the same memory as {@code dy} or {@code x}
     * @param dparameter is overwritten, not added to
     * @param channels which elements of {@code x} share a parameter
     * @throws IllegalArgumentException if types or lengths don't fit, a destination is read-only,
     *     or it overlaps another span in a way that isn't allowed
     */
    default void backward(
            Span x, Span parameter, Span dy, Span dx, Span dparameter, Channels channels) {
        String p = parameterName();
        Checks.source("x", x, x.dtype(), channels.elements());
        Checks.source(p, parameter, x.dtype(), channels.size());
        Checks.source("dy", dy, x.dtype(), x.length());
        Checks.destination("dx", dx, x.dtype(), x.length());
        Checks.destination("d" + p, dparameter, x.dtype(), channels.size());
        Backend backend = Rectifier.backend();
        Checks.sameOrDisjoint(backend, "dx", dx, "x", x);
        Checks.sameOrDisjoint(backend, "dx", dx, "dy", dy);
        Checks.disjoint(backend, "dx", dx, p, parameter);
        Checks.disjoint(backend, "d" + p, dparameter, "x", x);
        Checks.disjoint(backend, "d" + p, dparameter, p, parameter);
        Checks.disjoint(backend, "d" + p, dparameter, "dy", dy);
        Checks.disjoint(backend, "d" + p, dparameter, "dx", dx);
        backend.learnedBackward(
                this, x, parameter, dy, dx, dparameter, channels, Rectifier.threads());
    }

    /**
     * {@link #backward(Span, Span, Span, Span, Span, Channels)} with a parameter for each place
     * along an axis.
     *
     * @param x the source
     * @param parameter the learned parameters, one per channel
     * @param dy the gradient of y that arrives from above
     * @param dx the destination of the gradient of x
     * @param dparameter the destination of the parameters' gradients, summed over the elements that
     *     share one
     * @param channels which element of x has which parameter
     */
    default void backward(
            Span x, Span parameter, Span dy, Span dx, Span dparameter, Axis channels) {
        backward(x, parameter, dy, dx, dparameter, along(channels));
    }

    private static Channels along(Axis channels) {
        return Channels.of(Objects.requireNonNull(channels, "channels"));
    }
}
