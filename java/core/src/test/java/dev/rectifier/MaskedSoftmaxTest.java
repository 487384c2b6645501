package dev.rectifier;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class MaskedSoftmaxTest {
    private static final float NAN = Float.NaN;

    private static void assertRejected(String message, Runnable call) {
        var e = assertThrows(IllegalArgumentException.class, call::run);
        assertEquals(message, e.getMessage());
    }

    @Test
    void aBooleanMaskTakesOutWhatItDoesNotKeepWhateverThatIs() {
        float[] x = {1, NAN, 1, NAN, 3, 3};
        Mask mask = Mask.of(DType.FLOAT32, new boolean[] {true, false, true}, 3);
        Mask each =
                Mask.of(DType.FLOAT32, new boolean[] {true, false, true, false, true, true}, 2, 3);
        float[] y = new float[6];
        MaskedSoftmax f = MaskedSoftmax.scaled(2);
        f.forward(Span.of(x), Optional.of(each), Span.of(y), 2, 3);
        assertArrayEquals(new float[] {0.5f, 0, 0.5f, 0, 0.5f, 0.5f}, y);
        f.forward(Span.of(x), Optional.of(mask), Span.of(y), 2, 3);
        assertArrayEquals(new float[] {0.5f, 0, 0.5f, NAN, NAN, NAN}, y);
    }

    @Test
    void aMaskIsBroadcastOverBatchesAndHeads() {
        Mask mask = Mask.of(Span.of(new double[2 * 3 * 5]), 2, 1, 3, 5);
        assertArrayEquals(new long[] {3, 0, 1}, mask.strides(2, 4, 3, 5));
        assertArrayEquals(
                new long[] {0, 0, 1}, Mask.of(Span.of(new double[15]), 3, 5).strides(2, 4, 3, 5));
        assertRejected(
                "a mask of shape [2, 1, 3, 5] can't be broadcast to shape [2, 4, 3, 6]",
                () -> mask.strides(2, 4, 3, 6));
        assertRejected(
                "a mask of shape [2, 1, 3, 5] can't be broadcast to shape [4, 3, 5]",
                () -> mask.strides(4, 3, 5));
        double[] x = new double[15];
        assertRejected(
                "a mask of shape [2, 1, 3, 5] can't be broadcast to shape [1, 1, 3, 5]",
                () ->
                        MaskedSoftmax.scaled(1)
                                .forward(Span.of(x), Optional.of(mask), Span.of(x), 1, 1, 3, 5));
        assertRejected("values has length 4, not 6", () -> Mask.of(Span.of(new float[4]), 2, 3));
        assertRejected("shape must have an axis: []", () -> Mask.of(Span.of(new float[1])));
    }

    @Test
    void queriesSeeNoLaterKeys() {
        double[] x = new double[12];
        MaskedSoftmax.scaled(1).withCausal(1).forward(Span.of(x), Span.of(x), 3, 4);
        double third = 1.0 / 3;
        assertArrayEquals(
                new double[] {0.5, 0.5, 0, 0, third, third, third, 0, 0.25, 0.25, 0.25, 0.25}, x);
        double[] dx = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
        MaskedSoftmax.scaled(2).withCausal(1).backward(Span.of(x), Span.of(dx), Span.of(dx), 3, 4);
        assertArrayEquals(new double[] {-0.5, 0.5, 0, 0}, java.util.Arrays.copyOf(dx, 4));
    }

    @Test
    void aTemperatureDividesAndARowOfNothingMayBeZero() {
        double[] x = {0, 2 * Math.log(3)};
        MaskedSoftmax.temperature(2).forward(Span.of(x), Span.of(x), 2);
        assertArrayEquals(new double[] {0.25, 0.75}, x, 1e-15);
        double[] none = {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY};
        double[] y = new double[2];
        MaskedSoftmax.scaled(1).forward(Span.of(none), Span.of(y), 2);
        assertArrayEquals(new double[] {Double.NaN, Double.NaN}, y);
        MaskedSoftmax.scaled(1).withZeroRows().forward(Span.of(none), Span.of(y), 2);
        assertArrayEquals(new double[2], y);
    }

    @Test
    void whatIsNoSuchSoftmaxIsRefused() {
        assertRejected("scale must be finite, not NaN", () -> MaskedSoftmax.scaled(Double.NaN));
        assertRejected(
                "past must be at least 0, not -1", () -> MaskedSoftmax.scaled(1).withCausal(-1));
        assertRejected(
                "past must be 0 without causal, not 2",
                () -> new MaskedSoftmax(1, false, 2, false));
        assertRejected(
                "temperature must be finite and > 0, and so must its inverse, not 0.0",
                () -> MaskedSoftmax.temperature(0));
        Span x = Span.of(new float[32]);
        assertRejected(
                "shape must have 1 to 4 axes, not [2, 2, 2, 2, 2]",
                () -> MaskedSoftmax.scaled(1).forward(x, x, 2, 2, 2, 2, 2));
        assertRejected(
                "scale 1.0E200 is out of the range of FLOAT32",
                () -> MaskedSoftmax.scaled(1e200).forward(x, x, 32));
        assertRejected(
                "mask is FLOAT64, not FLOAT32",
                () ->
                        MaskedSoftmax.scaled(1)
                                .forward(
                                        x,
                                        Optional.of(Mask.of(Span.of(new double[32]), 32)),
                                        x,
                                        32));
        assertRejected(
                "labels[1] is 4, neither in 0..3 nor the ignored -100",
                () ->
                        new SoftmaxCrossEntropy()
                                .apply(
                                        x,
                                        new int[] {-100, 4, 0, 0, 0, 0, 0, 0},
                                        1,
                                        Span.of(new float[8]),
                                        Optional.empty(),
                                        4));
        assertRejected(
                "smoothing must be from 0 to 1, not 1.5", () -> new SoftmaxCrossEntropy(1.5, -1));
    }

    @Test
    void crossEntropyIgnoresALabelAndIsInPlace() {
        double[] x = {0, Math.log(3), 5, 7, 0, 0};
        double[] loss = new double[3];
        Span logits = Span.of(x);
        new SoftmaxCrossEntropy()
                .apply(logits, new int[] {1, -100, 0}, 0.5, Span.of(loss), Optional.of(logits), 2);
        assertArrayEquals(new double[] {Math.log(4.0 / 3), 0, Math.log(2)}, loss, 1e-15);
        assertArrayEquals(new double[] {0.125, -0.125, 0, 0, -0.25, 0.25}, x, 1e-15);
    }
}
