package dev.rectifier;

import java.util.List;

/**
 * Swish x·sigmoid(β·x) whose β is learned (Ramachandran et al. 2017, arXiv 1710.05941): between the
 * half of the identity, at β = 0, and ReLU, for large β.
 *
 * <p>β starts at 1, where Swish is SiLU. dβ = Σ x²·s·(1 − s)·dy with s = sigmoid(β·x). With a fixed
 * β this is {@link Elementwise#swish(double)}. df/dβ is within 1.5 units in the last place of the
 * greater of its size and 2⁻²⁰ (float) or 2⁻⁴⁹ (double), as all derivatives are.
 *
 * @param beta the value that each β starts with
 */
public record LearnedSwish(double beta) implements Learned {
    static final Definition<Activation> DEFINITION =
            new Definition<>(
                    "learnedSwish",
                    "x * sigmoid(beta * x), beta learned",
                    List.of(Parameter.finite("beta", 1)),
                    p -> new LearnedSwish(p[0]));

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if {@code beta} isn't finite
     */
    public LearnedSwish {
        DEFINITION.parameters().get(0).check(beta);
    }

    /** β starts at 1. */
    public LearnedSwish() {
        this(DEFINITION.defaults()[0]);
    }

    @Override
    public Definition<Activation> definition() {
        return DEFINITION;
    }

    @Override
    public double initialParameter() {
        return beta;
    }

    @Override
    public double valueAt(double x, double beta) {
        return Elementwise.swish(beta).valueAt(x);
    }

    @Override
    public double derivativeAt(double x, double beta) {
        return Elementwise.swish(beta).derivativeAt(x);
    }

    @Override
    public double parameterDerivativeAt(double x, double beta) {
        return Formulas.swishParameterDerivative(x, beta);
    }

    /** Java code that makes this value. */
    @Override
    public String toString() {
        return "new LearnedSwish(" + beta + ")";
    }
}
