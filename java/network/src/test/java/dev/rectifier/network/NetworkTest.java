package dev.rectifier.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.AxisFunction;
import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Initializer;
import dev.rectifier.PRelu;
import dev.rectifier.RRelu;
import dev.rectifier.Shape;
import dev.rectifier.Span;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTest {
    private static final Initializer KERNEL = Initializer.heNormal(0);

    @Test
    void layersOfOneShapeStartWithDifferentWeights() {
        Dense dense = new Dense(4, Elementwise.relu(), KERNEL);
        Network network = new Network(DType.FLOAT64, 4, List.of(dense, dense), 7);
        double[] first = values(network.weights().get(0).value());
        double[] second = values(network.weights().get(2).value());
        assertFalse(Arrays.equals(first, second));
        assertArrayEquals(KERNEL.withSeed(7).withStream(0).doubles(Shape.keras(4, 4)), first);
        assertArrayEquals(KERNEL.withSeed(7).withStream(1).doubles(Shape.keras(4, 4)), second);
    }

    @Test
    void weightsAreNamedByLayerAndBiasesStartAtZeroAndSlopesAtAlpha() {
        Network network =
                new Network(
                        DType.FLOAT32,
                        3,
                        List.of(
                                new Dense(2, new PRelu(0.5), KERNEL),
                                new Dense(1, Elementwise.linear(), KERNEL)),
                        7);
        assertEquals(
                List.of(
                        "dense0/kernel",
                        "dense0/bias",
                        "dense0/alpha",
                        "dense1/kernel",
                        "dense1/bias"),
                network.weights().stream().map(Weights::name).toList());
        assertArrayEquals(new double[] {0, 0}, values(network.weights().get(1).value()));
        assertArrayEquals(new double[] {0.5, 0.5}, values(network.weights().get(2).value()));
    }

    @ParameterizedTest
    @MethodSource("dev.rectifier.DType#arithmeticTypes")
    void forwardIsTheProductAndTheActivationOfEachLayer(DType dtype) {
        Network network =
                new Network(
                        dtype,
                        3,
                        List.of(
                                new Dense(5, Elementwise.elu(), KERNEL),
                                new Dense(4, new PRelu(0.3), KERNEL),
                                new Dense(2, Elementwise.tanh(), KERNEL)),
                        7);
        network.weights().get(1).value().set(2, -0.7);
        network.weights().get(3 + 2).value().set(1, 2.5);
        double[] x = {0.5, -1, 2};
        double[] a = product(x, network, 0, 1);
        Arrays.setAll(a, i -> Elementwise.elu().valueAt(a[i]));
        double[] b = product(a, network, 2, 3);
        Arrays.setAll(b, i -> b[i] > 0 ? b[i] : b[i] * network.weights().get(4).value().get(i));
        double[] c = product(b, network, 5, 6);
        Arrays.setAll(c, i -> Math.tanh(c[i]));
        assertArrayEquals(c, values(network.forward(span(dtype, x), 1, false)), tolerance(dtype));
    }

    private static double[] product(double[] x, Network network, int kernel, int bias) {
        Span w = network.weights().get(kernel).value();
        Span b = network.weights().get(bias).value();
        double[] z = values(b);
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < z.length; j++) {
                z[j] += x[i] * w.get(i * z.length + j);
            }
        }
        return z;
    }

    @ParameterizedTest
    @MethodSource("dev.rectifier.DType#arithmeticTypes")
    void batchesMayGrowAndShrink(DType dtype) {
        Network network = classifier(dtype, 3, 6, 2);
        double[] x = new SplittableRandom(5).doubles(40 * 3, -1, 1).toArray();
        double[] all = values(network.forward(span(dtype, x), 40, false));
        for (int rows : new int[] {1, 40, 7, 8}) {
            Span some = span(dtype, Arrays.copyOf(x, rows * 3));
            assertArrayEquals(
                    Arrays.copyOf(all, rows * 2),
                    values(network.forward(some, rows, false)),
                    tolerance(dtype));
            network.backward(new int[rows], Optional.empty());
        }
    }

    @Test
    void rreluDrawsNewSlopesInEachTrainingPassAndNoneAtInference() {
        RRelu rrelu = new RRelu();
        Network random = oneLayer(new Dense(8, rrelu, KERNEL));
        Network leaky = oneLayer(new Dense(8, rrelu.inference(), KERNEL));
        Span x = span(DType.FLOAT64, new double[] {1, 2, -3});
        double[] first = values(random.forward(x, 1, true));
        double[] second = values(random.forward(x, 1, true));
        double[] middle = values(random.forward(x, 1, false));
        assertFalse(Arrays.equals(first, second));
        assertArrayEquals(values(leaky.forward(x, 1, false)), middle);
        double[] z = values(random.layer(0).preActivation());
        for (int i = 0; i < z.length; i++) {
            double slope = z[i] > 0 ? 1 : first[i] / z[i];
            assertTrue(z[i] > 0 ? slope == 1 : slope >= 0.12499 && slope < 0.33334, "" + slope);
        }
    }

    @Test
    void theGradientOfRReluIsThatOfTheLastPass() {
        RRelu rrelu = new RRelu();
        Network random = oneLayer(new Dense(8, rrelu, KERNEL));
        Network leaky = oneLayer(new Dense(8, rrelu.inference(), KERNEL));
        Span x = span(DType.FLOAT64, new double[] {1, 2, -3});
        Span dy = span(DType.FLOAT64, new double[] {1, 1, 1, 1, 1, 1, 1, 1});
        random.forward(x, 1, true);
        for (Network network : List.of(random, leaky)) {
            network.forward(x, 1, false);
            network.backward(dy, Optional.empty());
        }
        assertArrayEquals(
                values(leaky.weights().get(0).gradient()),
                values(random.weights().get(0).gradient()));
    }

    @Test
    void anotherNetworkOfTheSameSeedDrawsTheSameSlopes() {
        Dense dense = new Dense(8, new RRelu(), KERNEL);
        Span x = span(DType.FLOAT64, new double[] {1, 2, -3});
        assertArrayEquals(
                values(oneLayer(dense).forward(x, 1, true)),
                values(oneLayer(dense).forward(x, 1, true)));
    }

    @ParameterizedTest
    @MethodSource("dev.rectifier.DType#arithmeticTypes")
    void theLossIsExactWhereTheProbabilityRoundsToZero(DType dtype) {
        Network network = classifier(dtype, 1, 2);
        network.weights().get(0).value().copyFrom(span(dtype, new double[] {1000, -1000}));
        Span p = network.forward(span(dtype, new double[] {1}), 1, true);
        assertEquals(0, p.get(1));
        assertEquals(2000, network.backward(new int[] {1}, Optional.empty()));
        assertArrayEquals(new double[] {1, -1}, values(network.layer(0).gradient()));
    }

    @Test
    void theFirstOfEqualOutputsIsThePredictionAndNaNIsNone() {
        Network network = classifier(DType.FLOAT32, 1, 3);
        network.weights().get(0).value().copyFrom(Span.of(new float[] {0, 0, 0}));
        float[] features = {1, 1, 1, 1};
        assertEquals(0.5, network.accuracy(new Examples(features, 1, new int[] {0, 1, 2, 0}, 3)));
        network.weights().get(0).value().set(1, Double.NaN);
        assertEquals(0, network.accuracy(new Examples(features, 1, new int[] {0, 1, 2, 0}, 3)));
    }

    @Test
    void illegalNetworksAreRejectedWithTheirValues() {
        Dense softmax = new Dense(2, AxisFunction.softmax(), KERNEL);
        Dense huge = new Dense(1 << 16, Elementwise.relu(), KERNEL);
        assertRejected(
                "dtype is FLOAT16, not one of [FLOAT32, FLOAT64]",
                () -> new Network(DType.FLOAT16, 1, List.of(softmax), 0));
        assertRejected("-1", () -> new Network(DType.FLOAT32, -1, List.of(softmax), 0));
        assertRejected("layers", () -> new Network(DType.FLOAT32, 1, List.of(), 0));
        assertRejected(
                "layer 0 of 0..1",
                () -> new Network(DType.FLOAT32, 1, List.of(softmax, softmax), 0));
        assertRejected(
                "[65536, 65536] of FLOAT32",
                () -> new Network(DType.FLOAT32, 1 << 16, List.of(huge), 0));
        assertRejected("units", () -> new Dense(0, Elementwise.relu(), KERNEL));
        assertRejected("not 0", () -> new Dense(2, AxisFunction.softmax(0), KERNEL));
    }

    @Test
    void illegalArgumentsAreRejectedWithTheirValues() {
        Network network = classifier(DType.FLOAT32, 3, 2);
        Span x = Span.allocate(DType.FLOAT32, 6);
        Span y = Span.allocate(DType.FLOAT32, 4);
        assertThrows(IllegalStateException.class, () -> network.backward(y, Optional.empty()));
        assertThrows(
                IllegalStateException.class, () -> network.backward(new int[0], Optional.empty()));
        assertRejected("batch", () -> network.forward(x, 0, false));
        assertRejected("x is 6 FLOAT32, not [3, 3]", () -> network.forward(x, 3, false));
        Span doubles = Span.allocate(DType.FLOAT64, 6);
        assertRejected("x is 6 FLOAT64", () -> network.forward(doubles, 2, false));
        network.forward(x, 2, false);
        assertRejected("dy is 6", () -> network.backward(x, Optional.empty()));
        assertRejected("dx is 4", () -> network.backward(y, Optional.of(y)));
        FloatBuffer readOnly = ((FloatBuffer) x.owner()).asReadOnlyBuffer();
        assertRejected(
                "read-only", () -> network.backward(new int[2], Optional.of(Span.of(readOnly))));
        assertRejected("labels has length 3", () -> network.backward(new int[3], Optional.empty()));
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> network.backward(new int[] {0, 2}, Optional.empty()));
        assertRejected(
                "1 examples of 2 features in 2 classes",
                () -> network.accuracy(new Examples(new float[2], 2, new int[1], 2)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void crossEntropyNeedsSoftmax(int outputs) {
        Network network = oneLayer(new Dense(outputs, Elementwise.sigmoid(), KERNEL));
        network.forward(Span.of(new double[3]), 1, true);
        assertRejected(
                "Elementwise.sigmoid()", () -> network.backward(new int[1], Optional.empty()));
    }

    private static void assertRejected(String part, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.contains(part), message);
    }

    private static Network oneLayer(Dense dense) {
        return new Network(DType.FLOAT64, 3, List.of(dense), 7);
    }

    private static Network classifier(DType dtype, int inputs, int... units) {
        Dense[] layers = new Dense[units.length];
        Arrays.setAll(layers, l -> new Dense(units[l], Elementwise.tanh(), KERNEL));
        layers[units.length - 1] =
                new Dense(units[units.length - 1], AxisFunction.softmax(), KERNEL);
        return new Network(dtype, inputs, List.of(layers), 7);
    }

    private static Span span(DType dtype, double[] values) {
        Span span = Span.allocate(dtype, values.length);
        Elements.write(values, span, values.length);
        return span;
    }

    private static double[] values(Span span) {
        double[] values = new double[(int) span.length()];
        Arrays.setAll(values, span::get);
        return values;
    }

    private static double tolerance(DType dtype) {
        return dtype == DType.FLOAT32 ? 1e-5 : 1e-13;
    }
}
