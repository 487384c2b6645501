package dev.rectifier.cli.study;

import dev.rectifier.Activation;
import dev.rectifier.AxisFunction;
import dev.rectifier.DType;
import dev.rectifier.Initializer;
import dev.rectifier.Shape;
import dev.rectifier.cli.Named;
import dev.rectifier.cli.Precision;
import dev.rectifier.network.Dense;
import dev.rectifier.network.Examples;
import dev.rectifier.network.Network;
import dev.rectifier.network.SignalMonitor;
import dev.rectifier.network.Trainer;
import dev.rectifier.network.Training;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * All that decides what a study finds.
 *
 * @param layers the number of hidden layers
 * @param units of each hidden layer
 * @param seeds how many, from 1 on; a seed decides the weights and the order of the examples
 */
record Plan(
        Examples training,
        Examples test,
        int layers,
        int units,
        List<Named<Activation>> activations,
        List<Named<Initializer>> initializers,
        List<Double> learningRates,
        Rule rule,
        int batchSize,
        int epochs,
        int seeds) {
    /** The test accuracy that the study waits for. */
    static final double TARGET = 0.95;

    private static final int MOST_RUNS = 1_000_000;

    /** What the networks compute in. */
    static final DType TYPE = DType.FLOAT32;

    Plan {
        requirePositive("--layers", layers);
        requirePositive("--units", units);
        requirePositive("--batch-size", batchSize);
        requirePositive("--epochs", epochs);
        requirePositive("--seeds", seeds);
        learningRates.forEach(Plan::requireStep);
        activations = activations.stream().distinct().toList();
        initializers = initializers.stream().distinct().toList();
        learningRates = learningRates.stream().distinct().toList();
        long runs = (long) activations.size() * initializers.size() * learningRates.size() * seeds;
        if (runs > MOST_RUNS) {
            throw new IllegalArgumentException(
                    "--seeds %d makes %d trainings; at most %d are possible"
                            .formatted(seeds, runs, MOST_RUNS));
        }
    }

    private static void requirePositive(String option, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(option + " must be at least 1, not " + value);
        }
    }

    private static void requireStep(double learningRate) {
        double rounded = TYPE.round(learningRate);
        if (!(rounded > 0 && Double.isFinite(rounded))) {
            throw new IllegalArgumentException(
                    "--learning-rate must be > 0 and finite in float32, the type of the networks,"
                            + " which makes "
                            + rounded
                            + " of "
                            + learningRate);
        }
    }

    /** The combinations, in the order of the table. */
    List<Combination> combinations() {
        List<Combination> combinations = new ArrayList<>();
        for (Named<Initializer> initializer : initializers) {
            for (double rate : learningRates) {
                for (Named<Activation> activation : activations) {
                    combinations.add(new Combination(activation, initializer, rate));
                }
            }
        }
        return combinations;
    }

    int runs() {
        return combinations().size() * seeds;
    }

    Network network(Combination combination, int seed) {
        Initializer initializer = combination.initializer().value();
        Dense hidden = new Dense(units, combination.activation().value(), initializer);
        List<Dense> all = new ArrayList<>(Collections.nCopies(layers, hidden));
        all.add(new Dense(training.classes(), AxisFunction.softmax(), initializer));
        return new Network(TYPE, training.columns(), all, seed);
    }

    Trainer trainer(Combination combination, int seed) {
        return new Trainer(rule.optimizer(combination.learningRate()), batchSize, epochs, seed);
    }

    /**
     * Prepares the training of every combination and computes one example with it, and prepares as
     * many as go on at a time, so that what can't work or be held is found out before hours of
     * training.
     *
     * @param atATime how many trainings go on at a time
     * @throws IllegalArgumentException if a value is out of its range
     * @throws OutOfMemoryError if there isn't the memory
     */
    void rehearse(int atATime) {
        initializers.forEach(this::requireNonzero);
        Examples example = training.sample(1);
        for (Combination combination : combinations()) {
            hold(combination, 1, network -> SignalMonitor.observe(network, example));
        }
        hold(combinations().get(0), Math.min(atATime, runs()), network -> {});
    }

    /** Prepares so many trainings, each of which has the others' memory besides its own. */
    private void hold(Combination combination, int count, Consumer<Network> use) {
        List<Network> networks = new ArrayList<>();
        List<Training> trainings = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                Network network = network(combination, 1);
                networks.add(network);
                trainings.add(trainer(combination, 1).prepare(network, training, test));
                use.accept(network);
            }
        } finally {
            trainings.forEach(Training::close);
            networks.forEach(Network::close);
        }
    }

    private void requireNonzero(Named<Initializer> initializer) {
        try {
            for (Shape shape :
                    List.of(
                            Shape.keras(training.columns(), units),
                            Shape.keras(units, units),
                            Shape.keras(units, training.classes()))) {
                Precision.requireNonzero(initializer.value(), shape, TYPE);
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(initializer.label() + ": " + e.getMessage(), e);
        }
    }

    /** The accuracy of always naming the class that is most frequent in the test examples. */
    double chance() {
        int[] count = new int[test.classes()];
        for (int label : test.labels()) {
            count[label]++;
        }
        return (double) IntStream.of(count).max().orElseThrow() / test.rows();
    }
}
