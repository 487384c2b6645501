package dev.rectifier.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.Activation;
import dev.rectifier.AxisFunction;
import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Initializer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SignalMonitorTest {
    private static final Examples PAIR =
            new Examples(new float[] {1, 0, 3, -2}, 2, new int[] {0, 1}, 2);

    /**
     * Hidden outputs are 1·w, 3·w − 2·w; with a kernel of zeros the softmax gives 1/2 throughout,
     * and (p − onehot) / rows is ±1/4.
     */
    @Test
    void deviationsAreThoseOfOutputsAndOfGradientsBeforeTheActivation() {
        Network network =
                new Network(
                        DType.FLOAT64,
                        2,
                        List.of(
                                new Dense(1, Elementwise.linear(), Initializer.constant(1)),
                                new Dense(2, AxisFunction.softmax(), Initializer.zeros())),
                        0);
        network.weights().get(0).value().set(1, 3);
        network.weights().get(2).value().set(0, 1e-9);
        List<LayerSignals> signals = SignalMonitor.observe(network, PAIR);
        // Hidden outputs 1 and −3, mean −1; gradients ±1/4 times (1e-9, 0).
        assertEquals(0, signals.get(0).layer());
        assertEquals(2, signals.get(0).activationStddev(), 1e-12);
        assertEquals(0.25e-9, signals.get(0).gradientStddev(), 1e-16);
        assertEquals(0, signals.get(1).activationStddev(), 1e-8);
        assertEquals(0.25, signals.get(1).gradientStddev(), 1e-8);
    }

    @Test
    void gradientsVanishThroughSigmoidsAndKeepTheirScaleThroughHeAndRelu() {
        double sigmoid = firstToLast(Elementwise.sigmoid(), Initializer.randomNormal(0, 0.05, 0));
        double relu = firstToLast(Elementwise.relu(), Initializer.heNormal(0));
        assertTrue(sigmoid < 1e-4, "sigmoid " + sigmoid);
        assertTrue(relu > 0.1 && relu < 10, "relu " + relu);
    }

    private static double firstToLast(Activation activation, Initializer kernel) {
        List<Dense> layers =
                new ArrayList<>(Collections.nCopies(6, new Dense(64, activation, kernel)));
        layers.add(new Dense(4, AxisFunction.softmax(), Initializer.glorotUniform(0)));
        Network network = new Network(DType.FLOAT32, 16, layers, 1);
        float[] features = new float[100 * 16];
        int[] labels = new int[100];
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < features.length; i++) {
            features[i] = (float) random.nextDouble(-1, 1);
        }
        for (int i = 0; i < labels.length; i++) {
            labels[i] = random.nextInt(4);
        }
        List<LayerSignals> signals =
                SignalMonitor.observe(network, new Examples(features, 16, labels, 4));
        return signals.get(0).gradientStddev() / signals.get(5).gradientStddev();
    }

    @Test
    void signalsNeedALossToPropagate() {
        Dense tanh = new Dense(2, Elementwise.tanh(), Initializer.heNormal(0));
        Network network = new Network(DType.FLOAT64, 2, List.of(tanh), 0);
        assertThrows(IllegalArgumentException.class, () -> SignalMonitor.observe(network, PAIR));
    }
}
