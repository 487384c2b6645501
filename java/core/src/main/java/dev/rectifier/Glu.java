package dev.rectifier;

import dev.rectifier.spi.Backend;
import java.util.List;
import java.util.Objects;

/**
 * A gated linear unit a·f(b), where a and b are the halves of x along an axis, or two arrays. Its
 * gate f is any elementwise activation: the logistic function in the original (Dauphin et al. 2016,
 * arXiv 1612.08083), SiLU in SwiGLU, GELU in GEGLU, ReLU in ReGLU, the identity in the bilinear
 * unit (Shazeer 2020, arXiv 2002.05202). Keras, PyTorch and JAX halve the last axis, with the gate
 * in the second half; transformers that keep both weights in one matrix often have it in the first.
 *
 * <p>Where f(b) is 0 the result is a zero with the sign of the product, also for an infinite a;
 * with the logistic function, an infinite a otherwise gives its limit, a. NaN in one of a pair
 * gives NaN for the pair, forward and backward.
 *
 * <p>With the logistic function, results are within 1.05 units in the last place with fused
 * multiply-add and 1.6 without, the two derivatives within 0.8 and 1.5. With any other gate they
 * are within 2, of float32 other than with silu, gelu and geluTanh even within 0.51, since it is
 * computed in double; in float64 they lose what f(b) has lost where that is denormal. The
 * derivative f(b) is as a result of f, and a·f'(b) within 2 units in the last place of
 * |a|·max(|f'(b)|, 2⁻⁴⁹), in float32 2⁻²⁰.
 *
 * @param gate f
 * @param gateFirst whether the first half of x is b, so that f(first)·second is computed, instead
 *     of first·f(second)
 * @param axis which axis of a shape; negative numbers count from the end
 */
public record Glu(Elementwise gate, boolean gateFirst, int axis) implements Activation {
    static final Definition<Activation> DEFINITION =
            new Definition<>(
                    "glu",
                    "a * sigmoid(b), the halves of x along axis",
                    List.of(Parameter.integer("axis", -1, -64, 63)),
                    p -> new Glu((int) p[0]));

    private static final Elementwise SIGMOID = Elementwise.sigmoid();

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if {@code axis} isn't in −64..63
     */
    public Glu {
        Objects.requireNonNull(gate, "gate");
        DEFINITION.parameters().get(0).check(axis);
    }

    /**
     * The original a·sigmoid(b).
     *
     * @param axis the axis, with what is around and within it
     * @throws IllegalArgumentException if {@code axis} isn't in −64..63
     */
    public Glu(int axis) {
        this(SIGMOID, false, axis);
    }

    /** The original a·sigmoid(b), along the last axis. */
    public Glu() {
        this(-1);
    }

    /**
     * a·gate(b), the halves of the last axis.
     *
     * @param gate the function of the gate
     * @return the unit
     */
    public static Glu of(Elementwise gate) {
        return new Glu(gate, false, -1);
    }

    /**
     * gate(a)·b, the halves of the last axis.
     *
     * @param gate the function of the gate
     * @return the unit
     */
    public static Glu gateFirst(Elementwise gate) {
        return new Glu(gate, true, -1);
    }

    @Override
    public String name() {
        return DEFINITION.name();
    }

    /**
     * The result for the halves of x.
     *
     * @param x the source
     * @param y [outer, size / 2, inner]; must not overlap {@code x}
     * @param axis of {@code x} [outer, size, inner]
     * @throws IllegalArgumentException if the size of the axis is odd, types or lengths don't fit,
     *     or {@code y} is read-only or overlaps {@code x}
     */
    public void forward(Span x, Span y, Axis axis) {
        requireHalves(axis);
        Checks.source("x", x, x.dtype(), axis.elements());
        Checks.destination("y", y, x.dtype(), x.length() / 2);
        gate.requireParametersFit(x.dtype());
        Backend backend = Rectifier.backend();
        Checks.disjoint(backend, "y", y, "x", x);
        backend.gluForward(this, x, y, axis, Rectifier.threads());
    }

    /**
     * The gradients of both halves of x, dy·f(b) and dy·a·f'(b), which are the halves of dx;
     * exactly +0 where such a derivative is 0.
     *
     * @param x what {@link #forward(Span, Span, Axis)} read
     * @param dy [outer, size / 2, inner]
     * @param dx may be the same memory as {@code x}; must not overlap {@code dy}
     * @param axis of {@code x} [outer, size, inner]
     * @throws IllegalArgumentException if the size of the axis is odd, types or lengths don't fit,
     *     {@code dx} is read-only, or it overlaps another span in a way that isn't allowed
     */
    public void backward(Span x, Span dy, Span dx, Axis axis) {
        requireHalves(axis);
        Checks.source("x", x, x.dtype(), axis.elements());
        Checks.source("dy", dy, x.dtype(), x.length() / 2);
        Checks.destination("dx", dx, x.dtype(), x.length());
        gate.requireParametersFit(x.dtype());
        Backend backend = Rectifier.backend();
        Checks.sameOrDisjoint(backend, "dx", dx, "x", x);
        Checks.disjoint(backend, "dx", dx, "dy", dy);
        backend.gluBackward(this, x, dy, dx, axis, Rectifier.threads());
    }

    /**
     * y = values·f(gates), element by element of two arrays.
     *
     * @param values one number for each parameter
     * @param gates what the gate is computed of
     * @param y may be the same memory as {@code values} or {@code gates}
     * @throws IllegalArgumentException if types or lengths don't fit, {@code y} is read-only, or it
     *     overlaps another span without being identical
     */
    public void forward(Span values, Span gates, Span y) {
        Checks.source("values", values, values.dtype(), values.length());
        Checks.source("gates", gates, values.dtype(), values.length());
        Checks.destination("y", y, values.dtype(), values.length());
        gate.requireParametersFit(values.dtype());
        Backend backend = Rectifier.backend();
        Checks.sameOrDisjoint(backend, "y", y, "values", values);
        Checks.sameOrDisjoint(backend, "y", y, "gates", gates);
        backend.gatedForward(gate, values, gates, y, Rectifier.threads());
    }

    /**
     * dvalues = dy·f(gates) and dgates = dy·values·f'(gates); exactly +0 where such a derivative is
     * 0.
     *
     * @param values what {@link #forward(Span, Span, Span)} read
     * @param gates likewise
     * @param dy the gradient of y that arrives from above
     * @param dvalues may be the same memory as {@code values}, {@code gates} or {@code dy}
     * @param dgates likewise, but not the same as {@code dvalues}
     * @throws IllegalArgumentException if types or lengths don't fit, a destination is read-only,
     *     or it overlaps another span in a way that isn't allowed
     */
    public void backward(Span values, Span gates, Span dy, Span dvalues, Span dgates) {
        DType dtype = values.dtype();
        Checks.source("values", values, dtype, values.length());
        Checks.source("gates", gates, dtype, values.length());
        Checks.source("dy", dy, dtype, values.length());
        Checks.destination("dvalues", dvalues, dtype, values.length());
        Checks.destination("dgates", dgates, dtype, values.length());
        gate.requireParametersFit(dtype);
        Backend backend = Rectifier.backend();
        Checks.sameOrDisjoint(backend, "dvalues", dvalues, "values", values);
        Checks.sameOrDisjoint(backend, "dvalues", dvalues, "gates", gates);
        Checks.sameOrDisjoint(backend, "dvalues", dvalues, "dy", dy);
        Checks.sameOrDisjoint(backend, "dgates", dgates, "values", values);
        Checks.sameOrDisjoint(backend, "dgates", dgates, "gates", gates);
        Checks.sameOrDisjoint(backend, "dgates", dgates, "dy", dy);
        Checks.disjoint(backend, "dgates", dgates, "dvalues", dvalues);
        backend.gatedBackward(gate, values, gates, dy, dvalues, dgates, Rectifier.threads());
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
        return gate.equals(SIGMOID) && !gateFirst
                ? "new Glu(" + axis + ")"
                : "new Glu(" + gate + ", " + gateFirst + ", " + axis + ")";
    }
}
