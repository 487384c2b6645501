package dev.rectifier;

import java.util.function.DoubleUnaryOperator;

/**
 * By how much weights have to be larger for what an activation takes away from the signal.
 *
 * <p>There are two answers, which agree for ReLU and the leaky ones alone. {@link #calculate} is
 * PyTorch's table of recommendations, some of them rules of thumb: 5/3 for tanh, 1 for sigmoid, 3/4
 * for SELU. {@link #unitSecondMoment} is what keeps E f(z)² at 1 for z ~ N(0, 1), so that with
 * weights of variance gain² / fan-in the signal has one size in all layers: 1.5925 for tanh, 1.8462
 * for sigmoid, 1 for SELU, which is made for that.
 */
public final class Gain {
    private static final Parameter SLOPE = Parameter.finite("a", 0.01);

    /** Beyond it the normal density is less than 10⁻⁵⁵. */
    private static final int REACH = 16;

    private Gain() {}

    /**
     * PyTorch's {@code torch.nn.init.calculate_gain}: 1 for the identity and sigmoid, 5/3 for tanh,
     * √2 for ReLU, √(2 / (1 + a²)) for leaky ReLU (He et al. 2015, section 2.2), 3/4 for SELU.
     *
     * @param nonlinearity what follows the weights
     * @param a the slope of the leaky ReLU, 0.01 in PyTorch if none is given; unused for others
     * @return the number
     * @throws IllegalArgumentException if {@code a} isn't finite
     */
    public static double calculate(Nonlinearity nonlinearity, double a) {
        SLOPE.check(a);
        return switch (nonlinearity) {
            case LINEAR, SIGMOID -> 1;
            case TANH -> 5.0 / 3;
            case RELU -> Math.sqrt(2);
            case LEAKY_RELU -> Math.sqrt(2 / (1 + a * a));
            case SELU -> 0.75;
        };
    }

    /**
     * 1 / √(E f(z)²) for z ~ N(0, 1), to about 10⁻¹⁰, by quadrature. The last bits are those of
     * this machine's {@link Math}: for weights with the same bits everywhere, write the number
     * down.
     *
     * @param f the activation
     * @return the number
     * @throws IllegalArgumentException if E f(z)² is 0 or not finite
     */
    public static double unitSecondMoment(Elementwise f) {
        DoubleUnaryOperator integrand =
                z -> {
                    double value = f.valueAt(z);
                    return value * value * Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
                };
        double rough = 0;
        for (int i = -REACH; i < REACH; i++) {
            rough += simpson(integrand, i, i + 1);
        }
        if (!(rough > 0 && Double.isFinite(rough))) {
            throw new IllegalArgumentException(
                    f + " has no gain: the mean of its square under N(0, 1) is " + rough);
        }
        double sum = 0;
        for (int i = -REACH; i < REACH; i++) {
            sum += integral(integrand, i, i + 1, 1e-13 * rough);
        }
        return 1 / Math.sqrt(sum);
    }

    /** Simpson's rule, on halves of the interval until that changes nothing any more. */
    private static double integral(
            DoubleUnaryOperator f, double from, double to, double tolerance) {
        double middle = (from + to) / 2;
        double halves = simpson(f, from, middle) + simpson(f, middle, to);
        boolean fine = Math.abs(halves - simpson(f, from, to)) <= tolerance;
        return fine || to - from < 1e-14
                ? halves
                : integral(f, from, middle, tolerance) + integral(f, middle, to, tolerance);
    }

    private static double simpson(DoubleUnaryOperator f, double from, double to) {
        double middle = (from + to) / 2;
        return (to - from)
                / 6
                * (f.applyAsDouble(from) + 4 * f.applyAsDouble(middle) + f.applyAsDouble(to));
    }
}
