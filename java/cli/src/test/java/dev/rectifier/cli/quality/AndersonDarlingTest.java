package dev.rectifier.cli.quality;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AndersonDarlingTest {
    /** D'Agostino and Stephens 1986, Goodness-of-Fit Techniques, table 4.2. */
    @ParameterizedTest
    @CsvSource({"1.248, 0.25", "1.933, 0.10", "2.492, 0.05", "3.878, 0.01"})
    void theProbabilityIsThatOfThePublishedTable(double a, double p) {
        assertEquals(p, AndersonDarling.p(a), 2e-4);
    }

    /**
     * By Gil-Pelaez's inversion of the characteristic function of the limit, the product of (1 −
     * 2it / (j(j + 1)))^(−1/2) over all j ≥ 1.
     */
    @ParameterizedTest
    @CsvSource({
        "0.3, 0.0618423639230", "0.7, 0.4411767961527", "1.0, 0.6427333267904",
        "1.9, 0.8956992385772", "3.07, 0.9747817288632", "8.0, 0.9998861858443"
    })
    void theProbabilityIsThatOfItsCharacteristicFunction(double a, double cdf) {
        assertEquals(1 - cdf, AndersonDarling.p(a), 1e-10);
    }

    /** √3·erfc(√a), what the largest weight of the limiting sum of chi-squares leaves. */
    @ParameterizedTest
    @CsvSource({"14, 2.1e-7", "20, 4.4e-10"})
    void farOutTheProbabilityStillHasDigits(double a, double p) {
        assertEquals(p, AndersonDarling.p(a), 0.1 * p);
    }

    @Test
    void theProbabilityFallsFromOneToZero() {
        double last = 1;
        for (double a = 0.01; a < 100; a *= 1.1) {
            double p = AndersonDarling.p(a);
            assertTrue(p <= last && p >= 0, a + ": " + p);
            last = p;
        }
        assertEquals(1, AndersonDarling.p(0.01), 1e-12);
        assertEquals(0, AndersonDarling.p(Double.POSITIVE_INFINITY));
    }

    @Test
    void theStatisticIsThatOfItsFormula() {
        assertEquals(-1 + 2 * Math.log(2), AndersonDarling.statistic(new double[] {0.5}), 1e-15);
        double expected = -2 - (Math.log(0.25) + 3 * Math.log(0.75));
        assertEquals(expected, AndersonDarling.statistic(new double[] {0.25, 0.75}), 1e-15);
    }

    @Test
    void valuesAtTheEndsAreNoInfinity() {
        double a = AndersonDarling.statistic(new double[] {0, 0.5, 1});
        assertTrue(a > 100 && a < 1000, "" + a);
    }

    /** P(A² ≥ 2.492) is 0.05 for any number of samples but for less than 0.05 / n. */
    @Test
    void uniformNumbersAreAboveAPointAsOftenAsItSays() {
        SplittableRandom random = new SplittableRandom(1);
        int runs = 20_000;
        int above = 0;
        for (int run = 0; run < runs; run++) {
            double[] u = random.doubles(20).toArray();
            Arrays.sort(u);
            above += AndersonDarling.statistic(u) >= 2.492 ? 1 : 0;
        }
        assertEquals(0.05, (double) above / runs, 4 * Math.sqrt(0.05 * 0.95 / runs) + 0.05 / 20);
    }
}
