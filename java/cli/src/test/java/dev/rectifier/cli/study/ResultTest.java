package dev.rectifier.cli.study;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.cli.study.Samples.Sketch;
import org.junit.jupiter.api.Test;

class ResultTest {
    private static final Combination RELU = Samples.combination("relu", "heNormal", 0.01);

    private final Sketch quick = new Sketch(0.9, 0.96, 0.97).withDead(2, 4);
    private final Sketch slow = new Sketch(0.5, 0.6, 0.95).withDead(0, 0);
    private final Sketch lost = new Sketch(0.96, 0).withDead(9, 9).thatDiverged();

    @Test
    void whatIsSaidOfTheEndLeavesOutRunsThatDiverged() {
        Result result = Samples.result(RELU, quick, slow, lost);
        assertEquals(1, result.diverged());
        assertEquals(0.96, result.accuracy(), 1e-15);
        assertEquals(0.01 * Math.sqrt(2), result.accuracySd(), 1e-15);
        assertEquals(0.1, result.deadShare(0), 1e-15);
        assertEquals(0.2, result.deadShare(1), 1e-15);
        assertEquals(0.15, result.deadShare(), 1e-15);
        assertTrue(result.deadForGood(0));
        assertFalse(result.deadForGood(1));
    }

    @Test
    void theMedianOfEpochsIsOverAllSeeds() {
        assertEquals(2, Samples.result(RELU, quick, slow, lost).epochsToTarget());
        assertEquals(2.5, Samples.result(RELU, quick, slow).epochsToTarget());
        Result half = Samples.result(RELU, quick, new Sketch(0.94));
        assertEquals(Double.POSITIVE_INFINITY, half.epochsToTarget());
        assertFalse(half.everySeedReachedTarget());
        assertTrue(Samples.result(RELU, quick, slow).everySeedReachedTarget());
    }

    @Test
    void aCurveIsTheMeanOfTheRunsThatAreLeft() {
        double[] curve = Samples.result(RELU, quick, lost).accuracyByEpoch(4);
        assertArrayEquals(new double[] {0.93, 0.96, 0.97, Double.NaN}, curve, 1e-15);
        double[] dead = Samples.result(RELU, quick, lost).deadShareByEpoch(3);
        assertArrayEquals(new double[] {0.6, 0.3, 0.3}, dead, 1e-15);
    }
}
