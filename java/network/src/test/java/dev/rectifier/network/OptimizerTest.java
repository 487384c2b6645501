package dev.rectifier.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.DType;
import dev.rectifier.Memory;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OptimizerTest {
    private static final double[] GRADIENTS = {0.5, -2, 0.01, 3, 0};

    @ParameterizedTest
    @MethodSource("dev.rectifier.DType#arithmeticTypes")
    void sgdWithoutMomentumSubtractsTheScaledGradient(DType dtype) {
        assertPath(Optimizer.sgd(0.1), dtype, 0.95, 1.15, 1.149, 0.849, 0.849);
    }

    /** Velocities by hand: −0.05, 0.155, 0.1385, −0.17535, −0.157815. */
    @ParameterizedTest
    @MethodSource("dev.rectifier.DType#arithmeticTypes")
    void sgdWithMomentumKeepsAVelocity(DType dtype) {
        assertPath(Optimizer.sgd(0.1, 0.9), dtype, 0.95, 1.105, 1.2435, 1.06815, 0.910335);
    }

    /** Worked out by algorithm 1 of the paper, with epsilon / √(1 − beta2ᵗ) in place of epsilon. */
    @ParameterizedTest
    @MethodSource("dev.rectifier.DType#arithmeticTypes")
    void adamScalesByBothCorrectedMoments(DType dtype) {
        assertPath(
                Optimizer.adam(0.1),
                dtype,
                0.9000006324515321,
                0.9559508960290083,
                0.9988900723985178,
                0.9708866406776293,
                0.9472173553267749);
    }

    @ParameterizedTest
    @MethodSource("dev.rectifier.DType#arithmeticTypes")
    void adamTakesStepsOfTheLearningRateAlongAConstantGradient(DType dtype) {
        Weights weights = new Weights(new Memory(), "w", dtype, 1, 2);
        Updater updater = Optimizer.adam(0.01).start(List.of(weights));
        for (int step = 1; step <= 100; step++) {
            weights.gradient().set(0, 0.3);
            weights.gradient().set(1, -40);
            updater.update();
            assertEquals(-0.01 * step, weights.value().get(0), 1e-6 * step);
            assertEquals(0.01 * step, weights.value().get(1), 1e-6 * step);
        }
    }

    private static void assertPath(Optimizer optimizer, DType dtype, double... path) {
        // The second tensor and the second element see to it that each keeps its own memory.
        Weights weights = new Weights(new Memory(), "w", dtype, 1, 2);
        Weights other = new Weights(new Memory(), "other", dtype, 1, 1);
        weights.value().set(0, 1);
        Updater updater = optimizer.start(List.of(other, weights));
        for (int step = 0; step < path.length; step++) {
            weights.gradient().set(0, GRADIENTS[step]);
            updater.update();
            double tolerance = dtype == DType.FLOAT32 ? 1e-6 : 1e-14;
            assertEquals(path[step], weights.value().get(0), tolerance, "step " + step);
            assertEquals(0, weights.value().get(1));
            assertEquals(0, other.value().get(0));
        }
    }

    @Test
    void illegalHyperparametersAreNamed() {
        assertRejected("learningRate", "-0.1", () -> Optimizer.sgd(-0.1));
        assertRejected("learningRate", "NaN", () -> Optimizer.adam(Double.NaN));
        assertRejected("learningRate", "Infinity", () -> Optimizer.sgd(1.0 / 0));
        assertRejected("momentum", "1.5", () -> Optimizer.sgd(0.1, 1.5));
        assertRejected("beta1", "1.0", () -> new Adam(0.1, 1, 0.9, 1e-7));
        assertRejected("beta2", "-1.0", () -> new Adam(0.1, 0.9, -1, 1e-7));
        assertRejected("epsilon", "0.0", () -> new Adam(0.1, 0.9, 0.9, 0));
    }

    private static void assertRejected(String name, String value, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.contains(name) && message.contains(value), message);
    }
}
