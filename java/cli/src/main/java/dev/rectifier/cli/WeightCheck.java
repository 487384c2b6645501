package dev.rectifier.cli;

import dev.rectifier.Span;
import dev.rectifier.network.Dense;
import dev.rectifier.network.Network;
import dev.rectifier.network.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Looks for weights that don't look like those of a network that has learned something. */
final class WeightCheck {
    /** So many times the scale of He's and Glorot's initializers, or less by as much. */
    private static final double FAR = 10;

    /** Of a unit's weights to those of its layer, below which it has none. */
    private static final double NOTHING = 1e-6;

    private WeightCheck() {}

    /** A sentence for each finding. */
    static List<String> of(Network network) {
        List<String> findings = new ArrayList<>();
        for (Weights tensor : network.weights()) {
            long bad = 0;
            Span values = tensor.value();
            for (long i = 0; i < values.length(); i++) {
                bad += Double.isFinite(values.get(i)) ? 0 : 1;
            }
            if (bad > 0) {
                findings.add(
                        "%s has %d of %d weights that aren't finite"
                                .formatted(tensor.name(), bad, values.length()));
            }
        }
        int inputs = network.inputs();
        List<Dense> layers = network.layers();
        for (int l = 0; l < layers.size(); l++) {
            String kernel = "dense" + l + "/kernel";
            Span values =
                    network.weights().stream()
                            .filter(tensor -> tensor.name().equals(kernel))
                            .findFirst()
                            .orElseThrow()
                            .value();
            check(kernel, values, inputs, layers.get(l).units(), findings);
            inputs = layers.get(l).units();
        }
        return findings;
    }

    private static void check(
            String kernel, Span values, int inputs, int units, List<String> findings) {
        double[] squares = new double[units];
        double sum = 0;
        for (long i = 0; i < values.length(); i++) {
            double square = values.get(i) * values.get(i);
            squares[(int) (i % units)] += square;
            sum += square;
        }
        double scale = Math.sqrt(sum / values.length());
        if (!Double.isFinite(scale)) {
            return;
        }
        int empty = 0;
        for (double square : squares) {
            empty += Math.sqrt(square / inputs) <= NOTHING * scale ? 1 : 0;
        }
        if (empty > 0) {
            findings.add(
                    "%s: %d of %d units have no weights, all are next to 0"
                            .formatted(kernel, empty, units));
        }
        double he = Math.sqrt(2.0 / inputs);
        double glorot = Math.sqrt(2.0 / (inputs + units));
        if (scale > FAR * he || scale < glorot / FAR && empty < units) {
            findings.add(
                    String.format(
                            Locale.ROOT,
                            "%s has weights of about %.3g; He's initializer begins with %.3g, Glorot's"
                                    + " with %.3g",
                            kernel,
                            scale,
                            he,
                            glorot));
        }
    }
}
