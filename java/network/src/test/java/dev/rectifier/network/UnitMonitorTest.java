package dev.rectifier.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rectifier.Activation;
import dev.rectifier.AxisFunction;
import dev.rectifier.ConcatenatedRelu;
import dev.rectifier.DType;
import dev.rectifier.Definition;
import dev.rectifier.Elementwise;
import dev.rectifier.Glu;
import dev.rectifier.GumbelSoftmax;
import dev.rectifier.Initializer;
import dev.rectifier.PRelu;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class UnitMonitorTest {
    private static final Dense OUTPUT =
            new Dense(2, AxisFunction.softmax(), Initializer.glorotUniform(0));

    /** More rows than go through the network at once. */
    private static final int ROWS = 600;

    /**
     * At one point each unit of a layer is dead with probability 1/2, if the layer below isn't, so
     * that the last of h hidden layers of width n is dead with probability 1 − (1 − 2⁻ⁿ)ʰ, whatever
     * the weights are drawn from, as long as it is symmetric.
     */
    @ParameterizedTest
    @CsvSource({
        "1, 2, heNormal",
        "2, 1, heNormal",
        "2, 3, heNormal",
        "3, 5, heNormal",
        "2, 9, heNormal",
        "4, 19, heNormal",
        "5, 9, heNormal",
        "8, 19, heNormal",
        "3, 9, glorotUniform",
        "4, 19, randomNormal"
    })
    void randomReluNetworksAreDeadAtAPointAsOftenAsTheoryHasIt(
            int width, int hidden, String initializer) {
        Dense relu = new Dense(width, Elementwise.relu(), Initializer.of(initializer, Map.of(), 0));
        List<Dense> layers = new ArrayList<>(Collections.nCopies(hidden, relu));
        layers.add(OUTPUT);
        Examples point = new Examples(new float[] {0.3f, -1.2f, 0.8f}, 3, new int[1], 2);
        int networks = 2000;
        int dead = 0;
        for (int seed = 0; seed < networks; seed++) {
            Network network = new Network(DType.FLOAT32, 3, layers, seed);
            LayerUnits last = UnitMonitor.observe(network, point).get(hidden - 1);
            dead += last.dead() == width ? 1 : 0;
        }
        double p = 1 - Math.pow(1 - Math.pow(2, -width), hidden);
        double deviation = Math.sqrt(p * (1 - p) / networks);
        assertEquals(p, (double) dead / networks, 4 * deviation);
    }

    @Test
    void aUnitIsDeadOnlyIfNoExampleReachesItAndForGoodOnlyInTheFirstLayer() {
        Dense relu = new Dense(4, Elementwise.relu(), Initializer.constant(1));
        Network network = new Network(DType.FLOAT32, 1, List.of(relu, relu, OUTPUT), 0);
        // Features are in 0..1, so that z of the first layer's units is below 0 for all of them,
        // below 0 for about 3 in 4, and above 0 for all.
        setBias(network, 1, -1, -0.75, 0.5, 0.5);
        setBias(network, 3, -100, 0, 0, 0);
        Examples examples = random(1);
        int reached = 0;
        for (float feature : examples.features()) {
            reached += feature > 0.75 ? 1 : 0;
        }
        double share = 1 - (double) reached / ROWS;
        assertEquals(
                List.of(
                        new LayerUnits(0, 4, 1, true, (1 + share) / 4),
                        new LayerUnits(1, 4, 1, false, 0.25)),
                UnitMonitor.observe(network, examples));
        assertEquals(0.25, UnitMonitor.observe(network, examples).get(0).deadShare());
    }

    private static void setBias(Network network, int index, double... bias) {
        Elements.write(bias, network.weights().get(index).value(), bias.length);
    }

    static Stream<Activation> hiddenActivations() {
        Stream<Activation> registry =
                Activation.definitions().stream()
                        .<Activation>map(Definition::withDefaults)
                        .filter(
                                f ->
                                        !(f instanceof AxisFunction
                                                || f instanceof Glu
                                                || f instanceof ConcatenatedRelu
                                                || f instanceof GumbelSoftmax));
        return Stream.concat(registry, Stream.of(new PRelu(0), Elementwise.leakyRelu(0)));
    }

    @ParameterizedTest
    @MethodSource("hiddenActivations")
    void zeroGradientsAreCountedForEveryActivation(Activation activation) {
        Dense hidden = new Dense(3, activation, Initializer.randomNormal(0, 100, 0));
        Network network = new Network(DType.FLOAT64, 1, List.of(hidden, OUTPUT), 1);
        Examples examples = random(1);
        double[] kernel = new double[3];
        Elements.read(network.weights().get(0).value(), 0, kernel, 3);
        long zeros = 0;
        for (float feature : examples.features()) {
            zeros += Arrays.stream(kernel).filter(w -> zero(activation, w * feature)).count();
        }
        LayerUnits units = UnitMonitor.observe(network, examples).get(0);
        assertEquals((double) zeros / (3 * ROWS), units.meanZeroShare(), 1e-12);
    }

    private static boolean zero(Activation activation, double z) {
        return activation instanceof Elementwise f
                ? f.derivativeAt(z) == 0
                : activation.equals(new PRelu(0)) && z <= 0;
    }

    @Test
    void monitorsChangeNoWeight() {
        Dense hidden = new Dense(3, new PRelu(), Initializer.heNormal(0));
        Network network = new Network(DType.FLOAT64, 2, List.of(hidden, OUTPUT), 1);
        Examples examples = random(2);
        double[][] before = values(network);
        UnitMonitor.observe(network, examples);
        SignalMonitor.observe(network, examples);
        assertArrayEquals(before, values(network));
    }

    private static double[][] values(Network network) {
        return network.weights().stream()
                .map(
                        weights -> {
                            double[] values = new double[(int) weights.value().length()];
                            Elements.read(weights.value(), 0, values, values.length);
                            return values;
                        })
                .toArray(double[][]::new);
    }

    private static Examples random(int columns) {
        float[] features = new float[ROWS * columns];
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < features.length; i++) {
            features[i] = (float) random.nextDouble();
        }
        return new Examples(features, columns, new int[ROWS], 2);
    }
}
