package dev.rectifier;

import java.util.List;

/**
 * The parametric ReLU {@code x > 0 ? x : α·x} whose slopes α are learned (He et al. 2015, arXiv
 * 1502.01852, equation 1).
 *
 * <p>α starts at 0.25 as in the paper and PyTorch; Keras starts at 0 with one α per element, flax
 * at 0.01. The paper applies no weight decay to α, since that would pull it towards plain ReLU;
 * that is the optimizer's matter. {@link Channels} says which elements share an α. At x = 0 the
 * derivative is α. dα = Σ (x &gt; 0 ? 0 : x·dy).
 *
 * @param alpha the value that each slope starts with
 */
public record PRelu(double alpha) implements Learned {
    static final Definition<Activation> DEFINITION =
            new Definition<>(
                    "prelu",
                    "x > 0 ? x : alpha * x, alpha learned",
                    List.of(Parameter.finite("alpha", 0.25)),
                    p -> new PRelu(p[0]));

    /**
     * Checks the values.
     *
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
    public Definition<Activation> definition() {
        return DEFINITION;
    }

    @Override
    public double initialParameter() {
        return alpha;
    }

    @Override
    public double valueAt(double x, double alpha) {
        return x > 0 ? x : Formulas.slopeTimes(alpha, x);
    }

    @Override
    public double derivativeAt(double x, double alpha) {
        return x > 0 ? 1 : alpha;
    }

    @Override
    public double parameterDerivativeAt(double x, double alpha) {
        return x > 0 ? 0 : x;
    }

    /** Java code that makes this value. */
    @Override
    public String toString() {
        return "new PRelu(" + alpha + ")";
    }
}
