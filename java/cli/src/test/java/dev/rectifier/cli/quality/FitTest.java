package dev.rectifier.cli.quality;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.DType;
import java.util.Arrays;
import java.util.function.LongToDoubleFunction;
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
        "NORMAL, NaN, false"
    })
    void whatIsBeyondTheEndsIsFound(Law law, double x, boolean allowed) {
        assertEquals(allowed, law.contains(x));
        long n = 100_000;
        Sequence one = sequence(law, i -> i == n - 1 ? x : 0.5);
        Verdict beyond = Fit.atTheEnds(one, n).get(1);
        assertEquals(allowed, beyond.passed());
        assertEquals(allowed ? "0" : "1", beyond.statistic());
    }
}
