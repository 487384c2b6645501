package dev.rectifier.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rectifier.Activation;
import dev.rectifier.Axis;
import dev.rectifier.AxisFunction;
import dev.rectifier.Channels;
import dev.rectifier.DType;
import dev.rectifier.Definition;
import dev.rectifier.Elementwise;
import dev.rectifier.PRelu;
import dev.rectifier.Rectifier;
import dev.rectifier.Span;
import dev.rectifier.spi.Backend;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The exact values that both backends promise where a formula alone doesn't say enough. */
class SpecialValuesTest {
    private static final double INFINITY = Double.POSITIVE_INFINITY;
    private static final double SELU_LOWEST = -1.7580993408473768599;

    /** One line: f(−∞), f(−0), f(0), f(∞), and the same for f′. */
    private record Line(Elementwise f, double[] values, double[] derivatives) {}

    private static Line line(
            Elementwise f,
            double atMinusInfinity,
            double atMinusZero,
            double atZero,
            double atInfinity,
            double... derivatives) {
        return new Line(
                f, new double[] {atMinusInfinity, atMinusZero, atZero, atInfinity}, derivatives);
    }

    private static final double LN2 = Math.log(2);
    private static final List<Line> TABLE =
            List.of(
                    line(Elementwise.linear(), -INFINITY, -0.0, 0.0, INFINITY, 1, 1, 1, 1),
                    line(Elementwise.sigmoid(), 0.0, 0.5, 0.5, 1, 0.0, 0.25, 0.25, 0.0),
                    line(Elementwise.tanh(), -1, -0.0, 0.0, 1, 0.0, 1, 1, 0.0),
                    line(Elementwise.relu(), 0.0, 0.0, 0.0, INFINITY, 0.0, 0.0, 0.0, 1),
                    line(
                            Elementwise.leakyRelu(0.25),
                            -INFINITY,
                            -0.0,
                            0.0,
                            INFINITY,
                            0.25,
                            0.25,
                            0.25,
                            1),
                    line(Elementwise.leakyRelu(0), -0.0, -0.0, 0.0, INFINITY, 0.0, 0.0, 0.0, 1),
                    line(Elementwise.leakyRelu(-2), INFINITY, 0.0, -0.0, INFINITY, -2, -2, -2, 1),
                    line(Elementwise.elu(), -1, -0.0, 0.0, INFINITY, 0.0, 1, 1, 1),
                    line(Elementwise.elu(0), -0.0, -0.0, 0.0, INFINITY, 0.0, 0.0, 0.0, 1),
                    line(Elementwise.elu(3), -3, -0.0, 0.0, INFINITY, 0.0, 3, 3, 1),
                    line(
                            Elementwise.selu(),
                            SELU_LOWEST,
                            -0.0,
                            0.0,
                            INFINITY,
                            0.0,
                            -SELU_LOWEST,
                            -SELU_LOWEST,
                            1.0507009873554804934),
                    line(Elementwise.scaledElu(2, 3), -6, -0.0, 0.0, INFINITY, 0.0, 6, 6, 3),
                    line(Elementwise.scaledElu(-2, 0), 0.0, 0.0, -0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
                    line(
                            Elementwise.squaredRelu(),
                            0.0,
                            0.0,
                            0.0,
                            INFINITY,
                            0.0,
                            0.0,
                            0.0,
                            INFINITY),
                    line(
                            Elementwise.starRelu(2, -1),
                            -1,
                            -1,
                            -1,
                            INFINITY,
                            0.0,
                            0.0,
                            0.0,
                            INFINITY),
                    line(
                            Elementwise.telu(),
                            -0.0,
                            -0.0,
                            0.0,
                            INFINITY,
                            0.0,
                            Math.tanh(1),
                            Math.tanh(1),
                            1),
                    line(Elementwise.hardMish(), -0.0, -0.0, 0.0, INFINITY, 0.0, 1, 1, 1),
                    line(Elementwise.relu6(), 0.0, 0.0, 0.0, 6, 0.0, 0.0, 0.0, 0.0),
                    line(
                            Elementwise.generalizedRelu(0.5, 4, 1),
                            -INFINITY,
                            -0.5,
                            -0.5,
                            4,
                            0.5,
                            0.5,
                            0.5,
                            0.0),
                    line(Elementwise.generalizedRelu(), 0.0, 0.0, 0.0, INFINITY, 0.0, 0.0, 0.0, 1),
                    line(Elementwise.hardTanh(), -1, -0.0, 0.0, 1, 0.0, 1, 1, 0.0),
                    line(Elementwise.hardSigmoid(), 0.0, 0.5, 0.5, 1, 0.0, 1 / 6.0, 1 / 6.0, 0.0),
                    line(Elementwise.hardSigmoid(0.2, 0.5), 0.0, 0.5, 0.5, 1, 0.0, 0.2, 0.2, 0.0),
                    line(Elementwise.sparseSigmoid(), 0.0, 0.5, 0.5, 1, 0.0, 0.5, 0.5, 0.0),
                    line(Elementwise.hardSwish(), -0.0, -0.0, 0.0, INFINITY, 0.0, 0.5, 0.5, 1),
                    line(Elementwise.hardShrink(), -INFINITY, -0.0, 0.0, INFINITY, 1, 0.0, 0.0, 1),
                    line(Elementwise.softShrink(), -INFINITY, -0.0, 0.0, INFINITY, 1, 0.0, 0.0, 1),
                    line(Elementwise.shrink(1, 3), -INFINITY, -0.0, 0.0, INFINITY, 1, 0.0, 0.0, 1),
                    line(Elementwise.shrink(-1, 3), -INFINITY, 3, 3, INFINITY, 1, 1, 1, 1),
                    line(Elementwise.tanhShrink(), -INFINITY, -0.0, 0.0, INFINITY, 1, 0.0, 0.0, 1),
                    line(Elementwise.threshold(1, -7), -7, -7, -7, INFINITY, 0.0, 0.0, 0.0, 1),
                    line(Elementwise.softsign(), -1, -0.0, 0.0, 1, 0.0, 1, 1, 0.0),
                    line(Elementwise.sparsePlus(), 0.0, 0.25, 0.25, INFINITY, 0.0, 0.5, 0.5, 1),
                    line(Elementwise.squareplus(), 0.0, 1, 1, INFINITY, 0.0, 0.5, 0.5, 1),
                    line(Elementwise.squareplus(0), 0.0, 0.0, 0.0, INFINITY, 0.0, 0.0, 0.0, 1),
                    line(Elementwise.celu(2), -2, -0.0, 0.0, INFINITY, 0.0, 1, 1, 1),
                    line(Elementwise.exponential(), 0.0, 1, 1, INFINITY, 0.0, 1, 1, INFINITY),
                    line(Elementwise.softplus(), 0.0, LN2, LN2, INFINITY, 0.0, 0.5, 0.5, 1),
                    line(Elementwise.logSigmoid(), -INFINITY, -LN2, -LN2, -0.0, 1, 0.5, 0.5, 0.0),
                    line(Elementwise.silu(), -0.0, -0.0, 0.0, INFINITY, 0.0, 0.5, 0.5, 1),
                    line(Elementwise.swish(2), -0.0, -0.0, 0.0, INFINITY, 0.0, 0.5, 0.5, 1),
                    line(Elementwise.swish(-2), -INFINITY, -0.0, 0.0, 0.0, 1, 0.5, 0.5, 0.0),
                    line(Elementwise.swish(0), -INFINITY, -0.0, 0.0, INFINITY, 0.5, 0.5, 0.5, 0.5),
                    line(Elementwise.mish(), -0.0, -0.0, 0.0, INFINITY, 0.0, 0.6, 0.6, 1),
                    line(Elementwise.gelu(), -0.0, -0.0, 0.0, INFINITY, 0.0, 0.5, 0.5, 1),
                    line(Elementwise.geluTanh(), -0.0, -0.0, 0.0, INFINITY, 0.0, 0.5, 0.5, 1));

    static Stream<Arguments> table() {
        return everywhere()
                .flatMap(
                        at ->
                                TABLE.stream()
                                        .map(line -> Arguments.of(at.get()[0], at.get()[1], line)));
    }

    /** Both backends with both types. */
    static Stream<Arguments> everywhere() {
        return Stream.of(new ReferenceBackend(), Rectifier.backend())
                .flatMap(
                        backend ->
                                DType.arithmeticTypes().stream()
                                        .map(dtype -> Arguments.of(backend, dtype)));
    }

    static Stream<Arguments> everyElementwise() {
        return everywhere()
                .flatMap(
                        at ->
                                Samples.elementwise()
                                        .map(f -> Arguments.of(at.get()[0], at.get()[1], f)));
    }

    private static double forward(Backend backend, DType dtype, Elementwise f, double x) {
        Span span = Memory.direct(dtype, x);
        backend.forward(f, span, span, 1);
        return span.get(0);
    }

    private static double backward(
            Backend backend, DType dtype, Elementwise f, double x, double dy) {
        Span span = Memory.direct(dtype, dy);
        backend.backward(f, Memory.direct(dtype, x), span, span, 1);
        return span.get(0);
    }

    @ParameterizedTest
    @MethodSource("table")
    void limitsAndKneesAreThoseOfTheContractWithTheSignOfZero(
            Backend backend, DType dtype, Line line) {
        double[] x = {-INFINITY, -0.0, 0.0, INFINITY};
        for (int i = 0; i < x.length; i++) {
            String point = line.f + " at " + x[i];
            assertSame(dtype, line.values[i], forward(backend, dtype, line.f, x[i]), point);
            assertSame(
                    dtype,
                    line.derivatives[i],
                    backward(backend, dtype, line.f, x[i], 1),
                    "f' of " + point);
        }
    }

    /** Zeros, infinities and NaN are exact; the rest may be off by one unit in the last place. */
    private static void assertSame(DType dtype, double expected, double actual, String what) {
        double rounded = dtype.round(expected);
        if (rounded == 0 || !Double.isFinite(rounded)) {
            assertEquals(rounded, actual, what);
        } else {
            double ulp = dtype == DType.FLOAT32 ? Math.ulp((float) rounded) : Math.ulp(rounded);
            assertEquals(rounded, actual, ulp, what);
        }
    }

    @Test
    void everyElementwiseActivationIsInTheTable() {
        assertEquals(
                namesOf(Elementwise.class),
                TABLE.stream().map(line -> line.f.name()).collect(Collectors.toSet()));
    }

    @ParameterizedTest
    @MethodSource("everyElementwise")
    void nanInGivesNanOutForwardAndBackward(Backend backend, DType dtype, Elementwise f) {
        assertEquals(Double.NaN, forward(backend, dtype, f, Double.NaN));
        for (double dy : new double[] {0, 1, INFINITY, Double.NaN}) {
            assertEquals(Double.NaN, backward(backend, dtype, f, Double.NaN, dy), () -> "dy " + dy);
        }
    }

    @ParameterizedTest
    @MethodSource("everyElementwise")
    void aDeadUnitPassesNothingOnWhateverComes(Backend backend, DType dtype, Elementwise f) {
        for (double x : new double[] {-INFINITY, -1e6, -1, -0.0, 0.0, 1, 1e6, INFINITY}) {
            if (backward(backend, dtype, f, x, 1) == 0) {
                for (double dy : new double[] {-1, 0.0, -0.0, INFINITY, -INFINITY, Double.NaN}) {
                    assertEquals(
                            0.0, backward(backend, dtype, f, x, dy), () -> "x " + x + ", dy " + dy);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void denormalNumbersAreHonoured(Backend backend, DType dtype) {
        double tiny = dtype == DType.FLOAT32 ? Float.MIN_VALUE : Double.MIN_VALUE;
        for (double x : new double[] {tiny, 5 * tiny, -tiny, -5 * tiny}) {
            assertEquals(x, forward(backend, dtype, Elementwise.linear(), x));
            assertEquals(x, forward(backend, dtype, Elementwise.tanh(), x));
            assertEquals(x, forward(backend, dtype, Elementwise.elu(), x));
            assertEquals(Math.max(x, 0), forward(backend, dtype, Elementwise.relu(), x));
            assertEquals(x > 0 ? x : 2 * x, forward(backend, dtype, Elementwise.leakyRelu(2), x));
            assertEquals(x, backward(backend, dtype, Elementwise.relu(), 1, x));
            assertEquals(2 * x, backward(backend, dtype, Elementwise.leakyRelu(2), -1, x));
        }
        assertEquals(-0.0, forward(backend, dtype, Elementwise.leakyRelu(0.25), -tiny));
    }

    /**
     * What a function along an axis makes of some slices: {−∞, 1, 1}, {∞, 1, 1}, {−∞, −∞}, {∞, ∞},
     * {0, −0}, {−7}.
     */
    private record SliceLine(AxisFunction f, double[]... results) {}

    private static final double[][] SLICES = {
        {-INFINITY, 1, 1},
        {INFINITY, 1, 1},
        {-INFINITY, -INFINITY},
        {INFINITY, INFINITY},
        {0.0, -0.0},
        {-7}
    };

    private static double[] nan(int size) {
        double[] result = new double[size];
        Arrays.fill(result, Double.NaN);
        return result;
    }

    private static final List<SliceLine> SLICE_TABLE =
            List.of(
                    new SliceLine(
                            AxisFunction.softmax(),
                            new double[] {0.0, 0.5, 0.5},
                            nan(3),
                            nan(2),
                            nan(2),
                            new double[] {0.5, 0.5},
                            new double[] {1}),
                    new SliceLine(
                            AxisFunction.logSoftmax(),
                            new double[] {-INFINITY, -LN2, -LN2},
                            nan(3),
                            nan(2),
                            nan(2),
                            new double[] {-LN2, -LN2},
                            new double[] {0.0}),
                    new SliceLine(
                            AxisFunction.softmin(),
                            nan(3),
                            new double[] {0.0, 0.5, 0.5},
                            nan(2),
                            nan(2),
                            new double[] {0.5, 0.5},
                            new double[] {1}),
                    new SliceLine(
                            AxisFunction.sparsemax(),
                            new double[] {0.0, 0.5, 0.5},
                            nan(3),
                            nan(2),
                            nan(2),
                            new double[] {0.5, 0.5},
                            new double[] {1}),
                    new SliceLine(
                            AxisFunction.hardmax(),
                            new double[] {0.0, 1, 0.0},
                            new double[] {1, 0.0, 0.0},
                            new double[] {1, 0.0},
                            new double[] {1, 0.0},
                            new double[] {1, 0.0},
                            new double[] {1}));

    static Stream<Arguments> sliceTable() {
        return everywhere()
                .flatMap(
                        at ->
                                SLICE_TABLE.stream()
                                        .map(line -> Arguments.of(at.get()[0], at.get()[1], line)));
    }

    @ParameterizedTest
    @MethodSource("sliceTable")
    void slicesWithInfinitiesTiesOrOneElementGiveWhatTheContractSays(
            Backend backend, DType dtype, SliceLine line) {
        for (int k = 0; k < SLICES.length; k++) {
            double[] slice = SLICES[k];
            for (int inner : new int[] {1, 3}) {
                double[] x =
                        Arrays.stream(slice)
                                .flatMap(v -> DoubleStream.generate(() -> v).limit(inner))
                                .toArray();
                Span y = Memory.direct(dtype, x);
                backend.axisForward(line.f, y, y, new Axis(1, slice.length, inner), 1);
                for (int i = 0; i < x.length; i++) {
                    String place = line.f + " of " + Arrays.toString(slice) + " at " + i / inner;
                    assertSame(dtype, line.results[k][i / inner], y.get(i), place);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("sliceTable")
    void nanAnywhereInASliceIsNanThroughoutForwardAndBackward(
            Backend backend, DType dtype, SliceLine line) {
        for (int k = 0; k < 3; k++) {
            double[] slice = {1, -INFINITY, INFINITY};
            slice[k] = Double.NaN;
            Span y = Memory.direct(dtype, slice);
            backend.axisForward(line.f, y, y, Axis.ofRows(1, 3), 1);
            Span dx = Memory.direct(dtype, 0, 1, 2);
            backend.axisBackward(line.f, 1, y, dx, dx, Axis.ofRows(1, 3), 1);
            for (int i = 0; i < 3; i++) {
                assertEquals(Double.NaN, y.get(i));
                assertEquals(Double.NaN, dx.get(i));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void whatHasNoSharePassesNothingOn(Backend backend, DType dtype) {
        for (AxisFunction f : List.of(AxisFunction.softmax(), AxisFunction.softmin())) {
            double sign = f.equals(AxisFunction.softmin()) ? -1 : 1;
            Span y = Memory.direct(dtype, 0.5, 0, 0, 0.5);
            for (double dead : new double[] {-1, INFINITY, Double.NaN}) {
                Span dx = Memory.direct(dtype, 1, dead, -dead, 3);
                backend.axisBackward(f, 1, y, dx, dx, Axis.ofRows(1, 4), 1);
                assertEquals(List.of(-0.5 * sign, 0.0, 0.0, 0.5 * sign), boxed(dx), f::toString);
            }
        }
        Span dx = Memory.direct(dtype, INFINITY, -2, 1);
        Span y = Memory.direct(dtype, -LN2, -INFINITY, -LN2);
        backend.axisBackward(AxisFunction.logSoftmax(), 1, y, dx, dx, Axis.ofRows(1, 3), 1);
        assertEquals(-2, dx.get(1));
    }

    @Test
    void everyFunctionAlongAnAxisIsInTheTable() {
        assertEquals(
                namesOf(AxisFunction.class),
                SLICE_TABLE.stream().map(line -> line.f.name()).collect(Collectors.toSet()));
    }

    private static Set<String> namesOf(Class<? extends Activation> type) {
        return Activation.definitions().stream()
                .map(Definition::withDefaults)
                .filter(type::isInstance)
                .map(Activation::name)
                .collect(Collectors.toSet());
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void softmaxKeepsSlicesApartAndGivesMinusInfinityNoShare(Backend backend, DType dtype) {
        Span y = Memory.direct(dtype, Double.NaN, 0, -INFINITY, 1e30, 5, 5);
        backend.axisForward(AxisFunction.softmax(), y, y, Axis.ofRows(3, 2), 1);
        assertEquals(Double.NaN, y.get(0));
        assertEquals(Double.NaN, y.get(1));
        for (int i = 2; i < 6; i++) {
            assertEquals(new double[] {0, 1, 0.5, 0.5}[i - 2], y.get(i));
        }
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void softmaxAlongAnAxisOfOneIsOne(Backend backend, DType dtype) {
        Span y = Memory.direct(dtype, -1e30, 0, 700);
        backend.axisForward(AxisFunction.softmax(), y, y, new Axis(1, 1, 3), 1);
        assertEquals(List.of(1.0, 1.0, 1.0), boxed(y));
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void preluFollowsTheRulesOfTheElementwiseOnes(Backend backend, DType dtype) {
        double[] x = {Double.NaN, -0.0, 0.0, INFINITY, -INFINITY, 3};
        Channels shared = Channels.of(Axis.shared(x.length));
        Span alpha = Memory.direct(dtype, 0.0);
        Span y = Memory.direct(dtype, x);
        backend.learnedForward(new PRelu(), y, alpha, y, shared, 1);
        assertEquals(List.of(Double.NaN, -0.0, 0.0, INFINITY, -0.0, 3.0), boxed(y));
        Span dx = Memory.direct(dtype, 1, INFINITY, Double.NaN, 2, -INFINITY, 4);
        backend.learnedBackward(
                new PRelu(),
                Memory.direct(dtype, x),
                alpha,
                dx,
                dx,
                Memory.direct(dtype, 1),
                shared,
                1);
        assertEquals(List.of(Double.NaN, 0.0, 0.0, 2.0, 0.0, 4.0), boxed(dx));
    }

    private static List<Double> boxed(Span span) {
        return Arrays.stream(Memory.values(span)).boxed().toList();
    }
}
