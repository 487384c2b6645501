package dev.rectifier.report.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FrameTest {
    private static final double NAN = Double.NaN;
    private static final double INFINITY = Double.POSITIVE_INFINITY;

    private static double[] curve(DoubleUnaryOperator f) {
        return IntStream.rangeClosed(-60, 60).mapToDouble(i -> f.applyAsDouble(i / 10.0)).toArray();
    }

    private static void isFrame(double low, double high, double[]... curves) {
        Range frame = Frame.of(List.of(curves), 6);
        double margin = 0.04 * (high - low);
        assertEquals(low - margin, frame.low(), 1e-9 * (high - low), frame.toString());
        assertEquals(high + margin, frame.high(), 1e-9 * (high - low), frame.toString());
    }

    @Test
    void ordinaryCurvesAreSeenWhole() {
        isFrame(-6, 6, curve(x -> x));
        isFrame(0, 6, curve(x -> Math.max(x, 0)));
        isFrame(-30, 6, curve(x -> x > 0 ? x : 5 * x));
        isFrame(-6, 12, curve(x -> x), curve(x -> 2 * Math.max(x, 0)));
    }

    @Test
    void aCurveThatGetsVeryLargeLeavesTheFrame() {
        isFrame(Math.exp(-6), Math.exp(1.7), curve(Math::exp));
        isFrame(-6, 6, curve(x -> x), curve(x -> x > 0 ? Math.exp(100 * x) : 0));
    }

    @Test
    void aCurveThatIsVeryLargeAlmostEverywhereIsSeen() {
        isFrame(-4800, 4800, curve(x -> 1000 * x));
        isFrame(1e6, 3e6, curve(x -> x > 0 ? 1e6 : 3e6));
    }

    @Test
    void aConstantIsInTheMiddle() {
        isFrame(-1, 1, curve(x -> 0));
        isFrame(0, 2, curve(x -> 1));
        isFrame(-6, 0, curve(x -> -3));
        isFrame(0, 2, curve(x -> 1 + 1e-15 * Math.signum(x)));
    }

    @Test
    void whatIsNotFiniteHasNoInfluence() {
        isFrame(-1, 1, new double[] {NAN, INFINITY, -INFINITY});
        isFrame(2, 3, new double[] {NAN, 2, INFINITY, 3, -INFINITY});
        isFrame(2, 3, new double[] {NAN, NAN}, new double[] {2, 3, 1.7e308});
    }

    @Test
    void aFrameIsNeverEmpty() {
        for (double value : new double[] {0, 1e-320, 1e-300, 1, 1e299}) {
            Range frame = Frame.of(List.of(new double[] {value, value}), 2);
            assertTrue(frame.low() < value && value < frame.high(), frame.toString());
        }
    }
}
