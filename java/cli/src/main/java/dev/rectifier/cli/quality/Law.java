package dev.rectifier.cli.quality;

import dev.rectifier.DType;
import dev.rectifier.Initializer;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.apache.commons.statistics.distribution.ContinuousDistribution;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.distribution.TruncatedNormalDistribution;
import org.apache.commons.statistics.distribution.UniformContinuousDistribution;

/** The distributions that all initializers are made of, in their standard form. */
enum Law {
    /** U[0, 1). */
    UNIFORM(
            Initializer.randomUniform(0, 1, 0),
            UniformContinuousDistribution.of(0, 1),
            mirrored(1, powersOfTwo(-6, -24)),
            9.0 / 5),
    /** N(0, 1). */
    NORMAL(
            Initializer.randomNormal(0, 1, 0),
            NormalDistribution.of(0, 1),
            mirrored(0, IntStream.rangeClosed(12, 24).mapToDouble(i -> -i / 4.0)),
            3),
    /** N(0, 1) cut at ±2. */
    TRUNCATED_NORMAL(
            Initializer.truncatedNormal(0, 1, 0),
            TruncatedNormalDistribution.of(0, 1, -2, 2),
            mirrored(0, powersOfTwo(-3, -16).map(distance -> distance - 2))),
    /** Bounds that cut nothing off. */
    BOUNDED_FAR_AWAY(
            0.02, -2, 2, mirrored(0, IntStream.rangeClosed(8, 20).mapToDouble(i -> -0.005 * i))),
    /** A bound on one side, and none on the other. */
    BOUNDED_BELOW(
            1,
            0.5,
            Double.POSITIVE_INFINITY,
            DoubleStream.concat(
                            powersOfTwo(-3, -16).map(distance -> 0.5 + distance),
                            IntStream.rangeClosed(6, 20).mapToDouble(i -> i / 4.0))
                    .sorted()
                    .toArray()),
    /** Both bounds in one tail. */
    BOUNDED_IN_A_TAIL(1, 6, 7, mirrored(13, powersOfTwo(-3, -12).map(distance -> 6 + distance)));

    /** Steps of an integral, which is then right to 10⁻⁹. */
    private static final int STEPS = 1 << 12;

    /** Where its ends are at most, in standard deviations from the mean. */
    private static final double REACH = 16;

    private final Initializer initializer;
    private final ContinuousDistribution distribution;
    private final double[] tails;
    private final double kurtosis;

    /** N(0, stddev²) cut at two bounds. */
    Law(double stddev, double minval, double maxval, double[] tails) {
        this(
                Initializer.boundedNormal(0, stddev, minval, maxval, 0),
                TruncatedNormalDistribution.of(0, stddev, minval, maxval),
                tails);
    }

    Law(Initializer initializer, TruncatedNormalDistribution distribution, double[] tails) {
        this(initializer, distribution, tails, kurtosis(distribution));
    }

    Law(
            Initializer initializer,
            ContinuousDistribution distribution,
            double[] tails,
            double kurtosis) {
        this.initializer = initializer;
        this.distribution = distribution;
        this.tails = tails;
        this.kurtosis = kurtosis;
    }

    private static DoubleStream powersOfTwo(int from, int to) {
        return IntStream.rangeClosed(-from, -to).mapToDouble(i -> Math.scalb(1.0, -i));
    }

    /** These edges and, for each, sum − edge, in ascending order. */
    private static double[] mirrored(double sum, DoubleStream edges) {
        return edges.flatMap(edge -> DoubleStream.of(edge, sum - edge)).sorted().toArray();
    }

    /** By Simpson's rule, out to where the density is too small to matter. */
    private static double kurtosis(ContinuousDistribution distribution) {
        double mean = distribution.getMean();
        double deviation = Math.sqrt(distribution.getVariance());
        double from = Math.max(distribution.getSupportLowerBound(), mean - REACH * deviation);
        double to = Math.min(distribution.getSupportUpperBound(), mean + REACH * deviation);
        double sum = 0;
        for (int i = 0; i <= STEPS; i++) {
            double x = from + (to - from) * i / STEPS;
            double weight = i == 0 || i == STEPS ? 1 : i % 2 == 0 ? 2 : 4;
            sum += weight * distribution.density(x) * Math.pow((x - mean) / deviation, 4);
        }
        return sum * (to - from) / STEPS / 3;
    }

    /** Whether it is one of many that differ in their bounds alone. */
    boolean isBounded() {
        return initializer.name().equals("boundedNormal");
    }

    /** The initializer that draws from it, with seed and stream 0. */
    Initializer initializer() {
        return initializer;
    }

    double mean() {
        return distribution.getMean();
    }

    double standardDeviation() {
        return Math.sqrt(distribution.getVariance());
    }

    /** E((x − mean)⁴) / variance². */
    double kurtosis() {
        return kurtosis;
    }

    /** Whether a draw may be {@code x}. */
    boolean contains(double x) {
        double end = distribution.getSupportUpperBound();
        return Double.isFinite(x)
                && x >= distribution.getSupportLowerBound()
                && (this == UNIFORM ? x < end : x <= end);
    }

    /**
     * F(x), which is uniform on [0, 1].
     *
     * <p>A float32 stands for all numbers that are rounded to it. Those of a uniform draw, which is
     * rounded down to a multiple of 2⁻²⁴, are on average half of that greater; normal draws are
     * rounded to nearest, and to a bound from one side of it. What is left is a step of 2⁻²⁵ at
     * most, a thousandth of what 10⁸ samples can tell, or between 6 and 7 one of 2⁻¹⁸, a hundredth
     * of what 10⁷ can. In float64 nothing of this can be seen.
     */
    double position(DType dtype, double x) {
        double shift = 0;
        if (dtype == DType.FLOAT32) {
            double unit = Math.ulp((float) x);
            boolean least = x == distribution.getSupportLowerBound();
            boolean greatest = x == distribution.getSupportUpperBound();
            shift = this == UNIFORM ? 0x1p-25 : least ? unit / 4 : greatest ? -unit / 4 : 0;
        }
        return distribution.cumulativeProbability(x + shift);
    }

    /**
     * Where the cells begin whose counts show whether the ends are right; the first begins at −∞.
     * They narrow towards the ends or, of the normal distribution, go out to 6 standard deviations.
     */
    double[] tails() {
        return tails.clone();
    }

    /** The probability of each cell that {@link #tails} are the edges of. */
    double[] tailProbabilities() {
        double[] probabilities = new double[tails.length + 1];
        Arrays.setAll(
                probabilities,
                i ->
                        i == 0
                                ? distribution.cumulativeProbability(tails[0])
                                : i == tails.length
                                        ? distribution.survivalProbability(tails[i - 1])
                                        : distribution.probability(tails[i - 1], tails[i]));
        return probabilities;
    }

    @Override
    public String toString() {
        if (isBounded()) {
            String code = initializer.toString();
            return code.substring(code.indexOf('.') + 1, code.lastIndexOf(',')) + ")";
        }
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
