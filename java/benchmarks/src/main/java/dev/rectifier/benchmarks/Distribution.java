package dev.rectifier.benchmarks;

import dev.rectifier.Elementwise;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/** A distribution by its cumulative distribution function. */
record Distribution(DoubleUnaryOperator cumulative) {
    private static final Elementwise GELU = Elementwise.gelu();
    private static final double BELOW_CUT = phi(-2);

    /** That of a fill of this name. */
    static Distribution of(String fill) {
        return new Distribution(
                switch (fill) {
                    case "uniform" -> x -> Math.min(Math.max(x, 0), 1);
                    case "normal" -> Distribution::phi;
                    case "truncatedNormal" -> Distribution::truncated;
                    default -> throw new IllegalArgumentException("no distribution of " + fill);
                });
    }

    /** The normal distribution function, of which GELU is the product with x. */
    private static double phi(double x) {
        return x == 0 ? 0.5 : GELU.valueAt(x) / x;
    }

    private static double truncated(double x) {
        double share = (phi(x) - BELOW_CUT) / (1 - 2 * BELOW_CUT);
        return x < -2 ? 0 : x > 2 ? 1 : share;
    }

    /**
     * The Kolmogorov–Smirnov distance: how far the share of values below a point is from the
     * probability, at the worst point. 1 if a value is not a number.
     */
    double distance(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double most = 0;
        for (int i = 0; i < sorted.length; i++) {
            double p = cumulative.applyAsDouble(sorted[i]);
            if (Double.isNaN(p)) {
                return 1;
            }
            double below = p - (double) i / sorted.length;
            double above = (i + 1.0) / sorted.length - p;
            most = Math.max(most, Math.max(below, above));
        }
        return most;
    }
}
