package dev.rectifier.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpreadTest {
    @Test
    void theMedianOfAnEvenNumberOfRoundsIsTheMiddleOfTwo() {
        assertEquals(new Spread(2.5, 1, 9), Spread.of(List.of(9.0, 1.0, 2.0, 3.0)));
    }

    @Test
    void theMedianDoesNotCareForOneDisturbedRound() {
        assertEquals(new Spread(2, 1, 1000), Spread.of(List.of(1.0, 1000.0, 2.0)));
    }

    @Test
    void aDisturbanceThatHitsAllOfARoundCancelsInRatios() {
        List<Double> theirs = List.of(20.0, 200.0, 22.0);
        List<Double> ours = List.of(10.0, 100.0, 11.0);
        assertEquals(new Spread(2, 2, 2), Spread.ofRatios(theirs, ours));
    }

    @Test
    void ratiosNeedAsManyRoundsAbove() {
        assertThrows(
                IllegalArgumentException.class,
                () -> Spread.ofRatios(List.of(1.0), List.of(1.0, 2.0)));
    }

    @Test
    void nothingHasNoMedian() {
        assertThrows(IllegalArgumentException.class, () -> Spread.of(List.of()));
    }

    @Test
    void theGeometricMeanOfARatioAndItsInverseIsOne() {
        assertEquals(1, Spread.geometricMean(List.of(4.0, 0.25)), 1e-15);
    }
}
