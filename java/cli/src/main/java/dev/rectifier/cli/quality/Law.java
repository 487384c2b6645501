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
            mirrored(0, powersOfTwo(-3, -16).map(distance -> distance - 2)),
            truncatedKurtosis());

    private final Initializer initializer;
    private final ContinuousDistribution distribution;
    private final double[] tails;
    private final double kurtosis;

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

    /** By m[k] = (k − 1)·m[k − 2] − 2ᵏ·φ(2) / (Φ(2) − 1/2), the moments of N(0, 1) cut at ±2. */
    private static double truncatedKurtosis() {
        NormalDistribution normal = NormalDistribution.of(0, 1);
        double edge = normal.density(2) / normal.probability(0, 2);
        double second = 1 - 2 * edge;
        return (3 * second - 8 * edge) / (second * second);
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
     * rounded to nearest. What is left is a step of 2⁻²⁵ at most, a thousandth of what 10⁸ samples
     * can tell. In float64 nothing of this can be seen.
     */
    double position(DType dtype, double x) {
        boolean roundedDown = this == UNIFORM && dtype == DType.FLOAT32;
        return distribution.cumulativeProbability(roundedDown ? x + 0x1p-25 : x);
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
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
