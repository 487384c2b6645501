package dev.rectifier.cli.quality;

/**
 * The test of Anderson and Darling for a uniform distribution on [0, 1], more sensitive near its
 * ends than that of Kolmogorov and Smirnov.
 */
final class AndersonDarling {
    /** Where less than 1e-13 is left, and 1 − cdf has no digit. */
    private static final double FAR = 30;

    private static final double STEP = 0x1p-6;

    /** exp(−s²) vanishes beyond. */
    private static final double END = 6.5;

    private AndersonDarling() {}

    /**
     * A² = −n − Σ (2i − 1)·(ln u[i] + ln(1 − u[n + 1 − i])) / n.
     *
     * @param u ascending, in [0, 1]
     */
    static double statistic(double[] u) {
        int n = u.length;
        double sum = 0;
        for (int i = 0; i < n; i++) {
            // Rounding may give 0 and 1, of which there is no logarithm.
            double below = Math.max(u[i], Double.MIN_NORMAL);
            double above = Math.max(1 - u[i], 0x1p-53);
            sum += (2.0 * i + 1) * Math.log(below) + (2.0 * (n - i) - 1) * Math.log(above);
        }
        return -n - sum / n;
    }

    /**
     * P(A² ≥ a) in the limit of many samples, by the series of Anderson and Darling 1952 as in
     * Marsaglia and Marsaglia 2004, "Evaluating the Anderson-Darling distribution", Journal of
     * Statistical Software 9(2). Of n samples the probability differs by less than 0.05 / n.
     */
    static double p(double a) {
        if (a > FAR) {
            return 0;
        }
        double sum = 0;
        // The binomial coefficient of −1/2 and j.
        double binomial = 1;
        for (int j = 0; ; j++) {
            double t = Math.pow((4 * j + 1) * Math.PI, 2) / (8 * a);
            double term = binomial * (4 * j + 1) * Math.exp(-t) * integral(a / 8, t);
            sum += term;
            if (Math.abs(term) < 1e-17) {
                return Math.max(0, 1 - Math.sqrt(2 * Math.PI) / a * sum);
            }
            binomial *= -(j + 0.5) / (j + 1);
        }
    }

    /** ∫₀^∞ exp(c / (w² + 1) − t·w²) dw by the trapezoidal rule, in s = w·√t. */
    private static double integral(double c, double t) {
        double sum = Math.exp(c) / 2;
        for (double s = STEP; s < END; s += STEP) {
            sum += Math.exp(c / (s * s / t + 1) - s * s);
        }
        return sum * STEP / Math.sqrt(t);
    }
}
