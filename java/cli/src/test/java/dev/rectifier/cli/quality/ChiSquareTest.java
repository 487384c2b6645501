package dev.rectifier.cli.quality;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChiSquareTest {
    /** Abramowitz and Stegun, table 26.8. */
    @ParameterizedTest
    @CsvSource({"3.84146, 1, 0.05", "18.3070, 10, 0.05", "59.7031, 30, 0.001"})
    void theProbabilityIsThatOfThePublishedTable(double chiSquare, int degrees, double p) {
        assertEquals(p, ChiSquare.p(chiSquare, degrees), 1e-6);
    }

    @Test
    void theStatisticIsThatOfItsFormula() {
        ChiSquare cells = new ChiSquare(new double[] {10, 20, 30}, new long[] {13, 14, 33});
        assertEquals(9 / 10.0 + 36 / 20.0 + 9 / 30.0, cells.statistic(), 1e-12);
        assertEquals(2, cells.degrees());
    }

    @Test
    void cellsThatExpectTooLittleAreMergedWithTheirNeighbours() {
        ChiSquare cells =
                ChiSquare.merged(
                        new double[] {1, 2, 3, 90, 6, 2, 1}, new long[] {1, 0, 4, 80, 7, 3, 10});
        assertArrayEquals(new double[] {6, 90, 9}, cells.expected());
        assertArrayEquals(new long[] {5, 80, 20}, cells.observed());
    }
}
