package dev.rectifier.cli.study;

import dev.rectifier.Activation;
import dev.rectifier.Initializer;
import dev.rectifier.cli.Named;
import dev.rectifier.network.EpochReport;
import dev.rectifier.network.Examples;
import dev.rectifier.network.LayerSignals;
import dev.rectifier.network.LayerUnits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Small plans, and results that nobody had to train for. */
final class Samples {
    static final int LAYERS = 2;
    private static final int UNITS = 10;
    private static final int ROWS = 40;
    private static final int COLUMNS = 3;

    private Samples() {}

    static Named<Activation> activation(String text) {
        return Named.parse(text, Activation::of);
    }

    static Named<Initializer> initializer(String text) {
        return Named.parse(text, (name, parameters) -> Initializer.of(name, parameters, 0));
    }

    static Combination combination(String activation, String initializer, double rate) {
        return new Combination(activation(activation), initializer(initializer), rate);
    }

    /** Two classes of which one is three times as frequent as the other. */
    static Examples examples() {
        Random random = new Random(1);
        float[] features = new float[ROWS * COLUMNS];
        int[] labels = new int[ROWS];
        for (int row = 0; row < ROWS; row++) {
            labels[row] = row % 4 == 0 ? 1 : 0;
            for (int c = 0; c < COLUMNS; c++) {
                features[row * COLUMNS + c] = labels[row] * 0.5f + random.nextFloat() / 2;
            }
        }
        return new Examples(features, COLUMNS, labels, 2);
    }

    static Plan plan(List<String> activations, List<String> initializers, List<Double> rates) {
        return new Plan(
                examples(),
                examples(),
                LAYERS,
                UNITS,
                activations.stream().map(Samples::activation).toList(),
                initializers.stream().map(Samples::initializer).toList(),
                rates,
                Rule.ADAM,
                8,
                3,
                2);
    }

    /** A run in the making. */
    record Sketch(double[] accuracies, boolean diverged, int[] dead, double[] gradients) {
        Sketch(double... accuracies) {
            this(accuracies, false, new int[LAYERS], new double[] {1e-3, 1e-3});
        }

        Sketch thatDiverged() {
            return new Sketch(accuracies, true, dead, gradients);
        }

        Sketch withDead(int... deadByLayer) {
            return new Sketch(accuracies, diverged, deadByLayer, gradients);
        }

        Sketch withGradients(double... byLayer) {
            return new Sketch(accuracies, diverged, dead, byLayer);
        }

        Run run(Combination combination, int seed) {
            List<LayerSignals> signals =
                    IntStream.range(0, LAYERS)
                            .mapToObj(l -> new LayerSignals(l, 0.5, gradients[l]))
                            .toList();
            List<LayerUnits> units =
                    IntStream.range(0, LAYERS)
                            .mapToObj(l -> new LayerUnits(l, UNITS, dead[l], l == 0, 0.5))
                            .toList();
            List<EpochReport> epochs = new ArrayList<>();
            for (int e = 0; e < accuracies.length; e++) {
                boolean finite = !diverged || e < accuracies.length - 1;
                double loss = finite ? 1 : Double.NaN;
                epochs.add(new EpochReport(e + 1, loss, 0.5, loss, accuracies[e], units, signals));
            }
            return new Run(combination, seed, signals, epochs);
        }
    }

    static Result result(Combination combination, Sketch... seeds) {
        return new Result(
                combination,
                IntStream.range(0, seeds.length)
                        .mapToObj(i -> seeds[i].run(combination, i + 1))
                        .toList());
    }

    /** The sketch for each combination of the plan; both seeds are the same. */
    static List<Result> results(Plan plan, Map<Combination, Sketch> sketches) {
        return plan.combinations().stream()
                .map(c -> result(c, sketches.get(c), sketches.get(c)))
                .toList();
    }

    /** What is written in a drawing, or in all of a page. */
    static List<String> labels(String svg) {
        return Pattern.compile("<text[^>]*>\\s*([^<]*?)\\s*</text>")
                .matcher(svg)
                .results()
                .map(match -> match.group(1))
                .toList();
    }
}
