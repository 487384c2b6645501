package dev.rectifier.benchmarks;

import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/** The median of a figure over all rounds, and how far rounds are from it. */
public record Spread(double median, double min, double max) {
    /** Of one value per round. */
    static Spread of(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int n = sorted.length;
        if (n == 0) {
            throw new IllegalArgumentException("no rounds");
        }
        double median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
        return new Spread(median, sorted[0], sorted[n - 1]);
    }

    /** Of the quotients of values from the same round, so that what all rounds share cancels. */
    static Spread ofRatios(List<Double> numerators, List<Double> denominators) {
        if (numerators.size() != denominators.size()) {
            throw new IllegalArgumentException(
                    numerators.size() + " rounds and " + denominators.size());
        }
        return of(
                IntStream.range(0, numerators.size())
                        .mapToObj(i -> numerators.get(i) / denominators.get(i))
                        .toList());
    }

    /** The geometric mean of positive numbers. */
    static double geometricMean(Collection<Double> values) {
        return Math.exp(values.stream().mapToDouble(Math::log).average().orElseThrow());
    }
}
