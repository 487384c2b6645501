package dev.rectifier.cli.quality;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.statistics.distribution.ChiSquaredDistribution;
import org.apache.commons.statistics.inference.ChiSquareTest;

/**
 * Pearson's chi-square of counts in cells. Neighbours that expect too little to be nearly normal
 * are put together.
 *
 * @param expected of each cell, at least {@link #LEAST}
 * @param observed of each cell
 */
record ChiSquare(double[] expected, long[] observed) {
    /** The fewest that a cell may expect. */
    static final double LEAST = 5;

    /** The cells with their neighbours where that is necessary, first to last. */
    static ChiSquare merged(double[] expected, long[] observed) {
        List<Double> sums = new ArrayList<>();
        List<Long> counts = new ArrayList<>();
        double sum = 0;
        long count = 0;
        for (int i = 0; i < expected.length; i++) {
            sum += expected[i];
            count += observed[i];
            if (sum >= LEAST) {
                sums.add(sum);
                counts.add(count);
                sum = 0;
                count = 0;
            }
        }
        int last = sums.size() - 1;
        sums.set(last, sums.get(last) + sum);
        counts.set(last, counts.get(last) + count);
        return new ChiSquare(
                sums.stream().mapToDouble(Double::doubleValue).toArray(),
                counts.stream().mapToLong(Long::longValue).toArray());
    }

    double statistic() {
        return ChiSquareTest.withDefaults().statistic(expected, observed);
    }

    int degrees() {
        return expected.length - 1;
    }

    /** The probability that a chi-square variable is at least {@code chiSquare}. */
    static double p(double chiSquare, int degrees) {
        return ChiSquaredDistribution.of(degrees).survivalProbability(chiSquare);
    }
}
