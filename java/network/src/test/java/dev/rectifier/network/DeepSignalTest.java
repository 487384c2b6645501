package dev.rectifier.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.AxisFunction;
import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Initializer;
import dev.rectifier.Rectifier;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What initializers are for: the signal through a deep network of ReLUs.
 *
 * <p>For weights of variance s/n and n units per layer, a layer multiplies the sum of the squared
 * activations by s/n·Σ max(0, g)², with n normal variables g. That has mean s/2 and, divided by it,
 * variance 5/n; so does the factor s/n·Σ g²·[z &gt; 0] of the gradients on their way down. Over k
 * layers the logarithm has mean k·ln(s/2) − 5k/2n and variance 5k/n, and the factor itself has mean
 * (s/2)ᵏ: 1 with He's s = 2, and 2⁻⁴⁹ from the first to the last of 50 layers with s = 1.
 */
class DeepSignalTest {
    private static final int LAYERS = 50;
    private static final int STEPS = LAYERS - 1;
    private static final int WIDTH = 256;
    private static final int SEEDS = 32;

    @BeforeAll
    static void useOneThread() {
        // One example is too little for two.
        Rectifier.setThreads(1);
    }

    @AfterAll
    static void useAllThreadsAgain() {
        Rectifier.setThreads(Integer.MAX_VALUE);
    }

    /** For each seed the signals of all hidden layers for one example. */
    private static List<List<LayerSignals>> signals(String initializer) {
        Dense relu = new Dense(WIDTH, Elementwise.relu(), Initializer.of(initializer, Map.of(), 0));
        List<Dense> layers = new ArrayList<>(Collections.nCopies(LAYERS, relu));
        layers.add(new Dense(2, AxisFunction.softmax(), Initializer.glorotUniform(0)));
        List<List<LayerSignals>> signals = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(1);
        for (int seed = 0; seed < SEEDS; seed++) {
            float[] x = new float[16];
            for (int i = 0; i < x.length; i++) {
                x[i] = (float) random.nextDouble(-1, 1);
            }
            Network network = new Network(DType.FLOAT32, x.length, layers, seed);
            Examples example = new Examples(x, x.length, new int[1], 2);
            signals.add(SignalMonitor.observe(network, example).subList(0, LAYERS));
        }
        return signals;
    }

    @ParameterizedTest
    @CsvSource({"heNormal, 2", "heUniform, 2", "glorotUniform, 1", "lecunNormal, 1"})
    @Tag("thorough")
    void theSignalStaysWithHeAndHalvesPerLayerWithGlorotAndLecun(String initializer, double scale) {
        List<List<LayerSignals>> signals = signals(initializer);
        requireTheory("activations", signals, 0, STEPS, scale, LayerSignals::activationStddev);
        requireTheory("gradients", signals, STEPS, 0, scale, LayerSignals::gradientStddev);
    }

    private static void requireTheory(
            String name,
            List<List<LayerSignals>> signals,
            int from,
            int to,
            double scale,
            ToDoubleFunction<LayerSignals> stddev) {
        double meanLog = 0;
        for (List<LayerSignals> ofSeed : signals) {
            meanLog += Math.log(factor(ofSeed, from, to, stddev)) / SEEDS;
        }
        double expected = STEPS * Math.log(scale / 2) - 2.5 * STEPS / WIDTH;
        double deviation = Math.sqrt(5.0 * STEPS / WIDTH / SEEDS);
        assertEquals(expected, meanLog, 4 * deviation, name);
        for (int l = 0; l < LAYERS; l++) {
            double mean = 0;
            for (List<LayerSignals> ofSeed : signals) {
                mean += factor(ofSeed, from, l, stddev) / SEEDS;
            }
            double share = mean / Math.pow(scale / 2, Math.abs(l - from));
            assertTrue(share > 0.5 && share < 2, name + " of layer " + l + ": " + share);
        }
    }

    /** What becomes of a variance on the way from a layer to another. */
    private static double factor(
            List<LayerSignals> signals, int from, int to, ToDoubleFunction<LayerSignals> stddev) {
        return Math.pow(
                stddev.applyAsDouble(signals.get(to)) / stddev.applyAsDouble(signals.get(from)), 2);
    }
}
