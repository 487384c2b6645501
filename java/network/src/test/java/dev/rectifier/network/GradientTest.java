package dev.rectifier.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.Activation;
import dev.rectifier.AxisFunction;
import dev.rectifier.ConcatenatedRelu;
import dev.rectifier.DType;
import dev.rectifier.Definition;
import dev.rectifier.Elementwise;
import dev.rectifier.Glu;
import dev.rectifier.GumbelSoftmax;
import dev.rectifier.Initializer;
import dev.rectifier.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Backpropagation against central differences, in double precision. */
class GradientTest {
    private static final int BATCH = 6;
    private static final int INPUTS = 4;
    private static final int CLASSES = 3;
    private static final int[] LABELS = {0, 1, 2, 2, 1, 0};

    /** Small enough for the curvature not to matter, large enough for rounding not to. */
    private static final double STEP = 1e-5;

    private static final double DISTANCE_FROM_KNEES = 1e-4;

    static Stream<Activation> activations() {
        return Activation.definitions().stream()
                .<Activation>map(Definition::withDefaults)
                .filter(
                        f ->
                                !(f instanceof Glu
                                        || f instanceof ConcatenatedRelu
                                        || f instanceof GumbelSoftmax));
    }

    @ParameterizedTest
    @MethodSource("activations")
    void everyActivationBackpropagatesCrossEntropy(Activation activation) {
        compare(
                activation,
                network -> network.backward(LABELS, Optional.empty()),
                (network, dx) -> network.backward(LABELS, Optional.of(dx)));
    }

    @ParameterizedTest
    @MethodSource("activations")
    void everyActivationBackpropagatesALossOfTheOutputs(Activation activation) {
        double[] slopes = random(BATCH * CLASSES, 3);
        compare(
                activation,
                network -> {
                    Span y = network.layer(network.layers().size() - 1).output();
                    double loss = 0;
                    for (int i = 0; i < slopes.length; i++) {
                        loss += slopes[i] * y.get(i);
                    }
                    return loss;
                },
                (network, dx) -> network.backward(Span.of(slopes), Optional.of(dx)));
    }

    @FunctionalInterface
    private interface Backward {
        void run(Network network, Span dx);
    }

    private static void compare(
            Activation activation, ToDoubleFunction<Network> loss, Backward backward) {
        Span x = Span.of(random(BATCH * INPUTS, 2));
        Network network = network(activation);
        network.forward(x, BATCH, true);
        network.hiddenLayers().forEach(l -> requireDistanceFromKnees(network.layer(l)));
        Span dx = Span.of(new double[BATCH * INPUTS]);
        backward.run(network, dx);

        // A new network for each loss, so that RReLU draws the same slopes in all of them.
        ToDoubleFunction<Network> forwardLoss =
                fresh -> {
                    fresh.forward(x, BATCH, true);
                    return loss.applyAsDouble(fresh);
                };
        List<Weights> weights = network.weights();
        for (int w = 0; w < weights.size(); w++) {
            Span gradient = weights.get(w).gradient();
            for (int i = 0; i < gradient.length(); i++) {
                double[] losses = new double[2];
                for (int side = 0; side < 2; side++) {
                    Network fresh = network(activation);
                    move(fresh.weights().get(w).value(), i, side);
                    losses[side] = forwardLoss.applyAsDouble(fresh);
                }
                requireClose(losses, gradient.get(i), weights.get(w).name() + "[" + i + "]");
            }
        }
        for (int i = 0; i < dx.length(); i++) {
            double[] losses = new double[2];
            double original = x.get(i);
            for (int side = 0; side < 2; side++) {
                move(x, i, side);
                losses[side] = forwardLoss.applyAsDouble(network(activation));
                x.set(i, original);
            }
            requireClose(losses, dx.get(i), "x[" + i + "]");
        }
    }

    private static Network network(Activation activation) {
        Initializer kernel = Initializer.glorotUniform(0);
        List<Dense> layers = new ArrayList<>();
        if (!(activation instanceof AxisFunction)) {
            layers.add(new Dense(5, activation, kernel));
            layers.add(new Dense(4, activation, kernel));
        }
        layers.add(new Dense(CLASSES, AxisFunction.softmax(), kernel));
        Network network = new Network(DType.FLOAT64, INPUTS, layers, 1);
        for (Weights weights : network.weights()) {
            if (weights.name().endsWith("/bias")) {
                double[] bias = random((int) weights.value().length(), 5);
                weights.value().copyFrom(Span.of(bias));
            }
        }
        return network;
    }

    /** A difference across a knee says nothing about the derivative on either side. */
    private static void requireDistanceFromKnees(Layer layer) {
        Span z = layer.preActivation();
        for (int i = 0; i < z.length(); i++) {
            double at = z.get(i);
            boolean near =
                    layer.dense().activation() instanceof Elementwise f
                            ? Math.abs(
                                            f.derivativeAt(at + DISTANCE_FROM_KNEES)
                                                    - f.derivativeAt(at - DISTANCE_FROM_KNEES))
                                    > 1e-3 * (1 + Math.abs(f.derivativeAt(at)))
                            : Math.abs(at) < DISTANCE_FROM_KNEES;
            assertTrue(!near, "z[" + i + "] = " + at + " is near a knee: take another seed");
        }
    }

    private static void move(Span span, int index, int side) {
        span.set(index, span.get(index) + (side == 0 ? -STEP : STEP));
    }

    private static void requireClose(double[] losses, double gradient, String name) {
        double difference = (losses[1] - losses[0]) / (2 * STEP);
        double scale = Math.max(1e-4, Math.max(Math.abs(difference), Math.abs(gradient)));
        assertEquals(difference, gradient, 1e-6 * scale, name);
    }

    private static double[] random(int n, long seed) {
        return new SplittableRandom(seed).doubles(n, -1, 1).toArray();
    }
}
