package dev.rectifier;

import java.util.List;

/**
 * Snake x + sin²(α·x)/α, whose frequency α is learned (Ziyin et al. 2020, arXiv 2006.08195,
 * equation 3): periodic around the identity, for data that repeat beyond what a network has seen,
 * and in audio generators, with one α per channel. For α = 0 it is the identity.
 *
 * <p>α starts at 1. df/dx = 1 + sin(2α·x), which is never negative, and dα = Σ (α·x·sin(2α·x) −
 * sin²(α·x))/α²·dy. The phase is that of the exact product, however large; where α·x is out of the
 * range of {@code double}, as for an infinite x, there is none, and the sine counts as 0. df/dα is
 * within 1 (float) or 2 (double) units in the last place of max(|df/dα|, min(x², |x/α|)).
 *
 * @param alpha the value that each α starts with
 */
public record Snake(double alpha) implements Learned {
    static final Definition<Activation> DEFINITION =
            new Definition<>(
                    "snake",
                    "x + sin(alpha * x)^2 / alpha, alpha learned",
                    List.of(Parameter.finite("alpha", 1)),
                    p -> new Snake(p[0]));

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if {@code alpha} isn't finite
     */
    public Snake {
        DEFINITION.parameters().get(0).check(alpha);
    }

    /** α starts at 1. */
    public Snake() {
        this(DEFINITION.defaults()[0]);
    }

    @Override
    public Definition<Activation> definition() {
        return DEFINITION;
    }

    @Override
    public double initialParameter() {
        return alpha;
    }

    @Override
    public double valueAt(double x, double alpha) {
        return Formulas.snake(x, alpha);
    }

    @Override
    public double derivativeAt(double x, double alpha) {
        return Formulas.snakeDerivative(x, alpha);
    }

    @Override
    public double parameterDerivativeAt(double x, double alpha) {
        return Formulas.snakeParameterDerivative(x, alpha);
    }

    /** Java code that makes this value. */
    @Override
    public String toString() {
        return "new Snake(" + alpha + ")";
    }
}
