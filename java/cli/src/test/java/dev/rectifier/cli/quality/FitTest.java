package dev.rectifier.cli.quality;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.DType;
import java.util.Arrays;
import java.util.function.LongToDoubleFunction;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FitTest {
    private static final int N = 1 << 16;

    private static Sequence sequence(Law law, LongToDoubleFunction values) {
        return new Sequence(
                "test",
                law,
                DType.FLOAT64,
                (first, out) -> {
                    for (long i = 0; i < out.length(); i++) {
                        out.set(i, values.applyAsDouble(first + i));
                    }
                });
    }

    /** The limits of Kolmogorov's distribution, as in Smirnov 1948. */
    @ParameterizedTest
    @CsvSource({"1.0727, 0.20", "1.2238, 0.10", "1.3581, 0.05", "1.6276, 0.01", "1.9495, 0.001"})
    void theProbabilityOfADistanceIsThatOfThePublishedTable(double scaled, double p) {
        double distance = scaled / Math.sqrt(N);
        Sequence shifted = sequence(Law.UNIFORM, i -> Math.min(1, i / (double) N + distance));
        Verdict smirnov = Fit.wholly(shifted, N).get(0);
        assertEquals("Kolmogorov–Smirnov", smirnov.test());
        assertEquals(p, smirnov.p().orElseThrow(), 0.01 * p + 1e-4);
    }

    @Test
    void numbersThatAreTooEvenFail() {
        Sequence even = sequence(Law.UNIFORM, i -> (i + 0.5) / N);
        Fit.wholly(even, N).forEach(verdict -> assertFalse(verdict.passed(), verdict.toString()));
    }

    /**
     * Quantiles in the middle of 2¹⁶ cells of equal probability, so that no cell is off by more.
     */
    @ParameterizedTest
    @EnumSource
    void theCellsOfEveryLawHaveTheProbabilitiesThatItsEdgesSay(Law law) {
        double[] expected = law.tailProbabilities();
        assertEquals(1, Arrays.stream(expected).sum(), 1e-14);
        double[] edges = law.tails();
        double below = 0;
        for (int i = 0; i < edges.length; i++) {
            below += expected[i];
            assertEquals(law.position(DType.FLOAT64, edges[i]), below, 1e-14);
            assertTrue(i == 0 || edges[i] > edges[i - 1], Arrays.toString(edges));
        }
    }

    /** For a normal distribution cut at ±c: m[k] = (k − 1)·m[k − 2] − 2·cᵏ⁻¹·φ(c) / (2Φ(c) − 1). */
    @Test
    void momentsAreThoseOfTheFormulas() {
        NormalDistribution normal = NormalDistribution.of(0, 1);
        double edge = 2 * normal.density(2) / normal.probability(-2, 2);
        double second = 1 - 2 * edge;
        double fourth = 3 * second - 8 * edge;
        assertEquals(Math.sqrt(second), Law.TRUNCATED_NORMAL.standardDeviation(), 1e-15);
        assertEquals(fourth / second / second, Law.TRUNCATED_NORMAL.kurtosis(), 1e-9);
        assertEquals(3, Law.BOUNDED_FAR_AWAY.kurtosis(), 1e-9);
        // Of what is left the mean is φ(a) / (1 − Φ(a)).
        double mean = normal.density(0.5) / normal.survivalProbability(0.5);
        assertEquals(mean, Law.BOUNDED_BELOW.mean(), 1e-15);
        double mass = normal.survivalProbability(6) - normal.survivalProbability(7);
        mean = (normal.density(6) - normal.density(7)) / mass;
        assertEquals(mean, Law.BOUNDED_IN_A_TAIL.mean(), 1e-9);
        assertEquals("boundedNormal(0.0, 1.0, 6.0, 7.0)", Law.BOUNDED_IN_A_TAIL.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "UNIFORM, 0, true",
        "UNIFORM, 1, false",
        "UNIFORM, -1e-30, false",
        "TRUNCATED_NORMAL, -2, true",
        "TRUNCATED_NORMAL, 2, true",
        "TRUNCATED_NORMAL, 2.0000001, false",
        "TRUNCATED_NORMAL, NaN, false",
        "NORMAL, 100, true",
        "NORMAL, Infinity, false",
        "NORMAL, NaN, false",
        "BOUNDED_FAR_AWAY, 0.1, true",
        "BOUNDED_FAR_AWAY, -2.0000001, false",
        "BOUNDED_BELOW, 0.49999999, false",
        "BOUNDED_BELOW, Infinity, false",
        "BOUNDED_IN_A_TAIL, 6, true",
        "BOUNDED_IN_A_TAIL, 7.0000001, false"
    })
    void whatIsBeyondTheEndsIsFound(Law law, double x, boolean allowed) {
        assertEquals(allowed, law.contains(x));
        long n = 100_000;
        double inside = law == Law.BOUNDED_IN_A_TAIL ? 6.5 : 0.5;
        Sequence one = sequence(law, i -> i == n - 1 ? x : inside);
        Verdict beyond = Fit.atTheEnds(one, n).get(1);
        assertEquals(allowed, beyond.passed());
        assertEquals(allowed ? "0" : "1", beyond.statistic());
    }
}
