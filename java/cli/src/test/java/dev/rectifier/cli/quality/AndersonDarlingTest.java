package dev.rectifier.cli.quality;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AndersonDarlingTest {
    /** D'Agostino and Stephens 1986, Goodness-of-Fit Techniques, table 4.2. */
    @ParameterizedTest
    @CsvSource({
        "1.248, 0.25",
        "1.610, 0.15",
        "1.933, 0.10",
        "2.492, 0.05",
        "3.070, 0.025",
        "3.878, 0.01"
    })
    void theProbabilityIsThatOfThePublishedTable(double a, double p) {
        assertEquals(p, AndersonDarling.p(a), 2e-4);
    }

    /**
     * Their quick formula, which they give an error of at most 0.000002 below 2, 0.0000008 above.
     */
    @ParameterizedTest
    @ValueSource(doubles = {0.05, 0.1, 0.3, 0.7, 1, 1.5, 1.9, 2.1, 3, 5, 8})
    void theProbabilityIsThatOfMarsagliaAndMarsaglia(double z) {
        double quick =
                z < 2
                        ? Math.exp(-1.2337141 / z)
                                / Math.sqrt(z)
                                * horner(
                                        z, 2.00012, .247105, -.0649821, .0347962, -.011672,
                                        .00168691)
                        : Math.exp(
                                -Math.exp(
                                        horner(
                                                z, 1.0776, -2.30695, .43424, -.082433, .008056,
                                                -.0003146)));
        assertEquals(quick, 1 - AndersonDarling.p(z), 2e-6);
    }

    private static double horner(double x, double... ascending) {
        double result = 0;
        for (int i = ascending.length - 1; i >= 0; i--) {
            result = result * x + ascending[i];
        }
        return result;
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

    /** P(A² ≥ 2.492) is 0.05 for any number of samples but for 0.04 / n. */
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
        assertEquals(0.05, (double) above / runs, 4 * Math.sqrt(0.05 * 0.95 / runs) + 0.04 / 20);
    }
}
