package dev.rectifier.cli.quality;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.statistics.inference.KolmogorovSmirnovTest;

/** Whether numbers follow their law. */
final class Fit {
    private static final int CELLS = 4096;

    private Fit() {}

    /**
     * The tests of Kolmogorov and Smirnov, of Anderson and Darling, and of chi-square over cells of
     * equal probability, all over the whole of {@code n} numbers. Takes 16 bytes for each.
     */
    static List<Verdict> wholly(Sequence sequence, int n) {
        String name = sequence.name();
        double[] u = positions(sequence, n);
        List<Verdict> verdicts = new ArrayList<>();
        ChiSquare cells = equalCells(u);
        Arrays.parallelSort(u);
        var smirnov = KolmogorovSmirnovTest.withDefaults().test(u, DoubleUnaryOperator.identity());
        verdicts.add(
                Verdict.of(
                        name,
                        "Kolmogorov–Smirnov",
                        n,
                        String.format(Locale.ROOT, "D = %.3g", smirnov.getStatistic()),
                        smirnov.getPValue()));
        double squared = AndersonDarling.statistic(u);
        verdicts.add(
                Verdict.of(
                        name,
                        "Anderson–Darling",
                        n,
                        String.format(Locale.ROOT, "A² = %.3g", squared),
                        AndersonDarling.p(squared)));
        verdicts.add(
                Verdict.chiSquare(
                        name,
                        CELLS + " equiprobable cells",
                        n,
                        cells.statistic(),
                        cells.degrees()));
        return verdicts;
    }

    private static double[] positions(Sequence sequence, int n) {
        double[] u = new double[n];
        int[] filled = {0};
        sequence.forEach(
                n,
                (values, count) -> {
                    System.arraycopy(values, 0, u, filled[0], count);
                    filled[0] += count;
                });
        Arrays.parallelSetAll(u, i -> sequence.law().position(sequence.dtype(), u[i]));
        return u;
    }

    private static ChiSquare equalCells(double[] u) {
        double[] expected = new double[CELLS];
        Arrays.fill(expected, (double) u.length / CELLS);
        long[] observed = new long[CELLS];
        for (double position : u) {
            observed[Math.min(CELLS - 1, (int) (position * CELLS))]++;
        }
        return ChiSquare.merged(expected, observed);
    }

    /**
     * Chi-square over cells that narrow towards the ends of the distribution, and how many numbers
     * are beyond.
     *
     * <p>A float32 is counted in its cell although what was rounded to it may have been in the
     * next; that shifts an edge by half a unit in the last place, and the counts by less than a
     * twentieth of their standard deviation. A float32 normal draw is the quantile of one of 2³²
     * probabilities; their grid shifts the probability of a cell by 2⁻³² at most, which is about a
     * third of the standard deviation of the outermost counts of 2³³ draws.
     */
    static List<Verdict> atTheEnds(Sequence sequence, long n) {
        double[] edges = sequence.law().tails();
        double first = edges[edges.length / 2 - 1];
        double last = edges[edges.length / 2];
        long[] observed = new long[edges.length + 1];
        long[] outside = {0};
        sequence.forEach(
                n,
                (values, count) -> {
                    for (int i = 0; i < count; i++) {
                        double x = values[i];
                        if (x >= first && x < last) {
                            observed[edges.length / 2]++;
                        } else {
                            observed[cell(edges, x)]++;
                            outside[0] += sequence.law().contains(x) ? 0 : 1;
                        }
                    }
                });
        double[] expected = sequence.law().tailProbabilities();
        Arrays.setAll(expected, i -> expected[i] * n);
        ChiSquare cells = ChiSquare.merged(expected, observed);
        return List.of(
                Verdict.chiSquare(
                        sequence.name(),
                        "cells towards the ends",
                        n,
                        cells.statistic(),
                        cells.degrees()),
                Verdict.none(sequence.name(), "beyond the ends", n, outside[0]));
    }

    private static int cell(double[] edges, double x) {
        int place = Arrays.binarySearch(edges, x);
        return place >= 0 ? place + 1 : -place - 1;
    }
}
