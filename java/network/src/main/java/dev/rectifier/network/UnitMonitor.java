package dev.rectifier.network;

import dev.rectifier.Initializer;
import dev.rectifier.Shape;
import dev.rectifier.Span;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Finds dead units: those whose activation has derivative exactly 0 for every example, so that no
 * gradient reaches their weights.
 *
 * <p>A dead unit of the first hidden layer is dead for good: the examples that it sees never
 * change, and without a gradient neither does it, once an optimizer's momentum has run out. One of
 * a later layer may come back, when the layers below it move its inputs (Géron, Hands-On Machine
 * Learning, the footnote on dying ReLUs in the chapter on training deep networks).
 */
public final class UnitMonitor {
    private UnitMonitor() {}

    /**
     * {@return the units of each hidden layer, on these examples at inference} Overwrites the
     * activations and gradients of the network, but no weights.
     *
     * @param network the network
     * @param examples the examples
     * @throws IllegalArgumentException if the examples don't have the network's inputs and outputs
     * @throws IllegalStateException if the network has been closed
     * @throws OutOfMemoryError as in {@link Network#reserve}
     */
    public static List<LayerUnits> observe(Network network, Examples examples) {
        Objects.requireNonNull(network, "network").requireExamples("examples", examples);
        try (Feed feed = new Feed(examples, network.dtype())) {
            return observe(network, feed);
        }
    }

    static List<LayerUnits> observe(Network network, Feed feed) {
        int[][] zeros =
                network.hiddenLayers()
                        .mapToObj(l -> new int[network.layer(l).dense().units()])
                        .toArray(int[][]::new);
        for (int i = 0; i < feed.batches(); i++) {
            Batch next = feed.batch(i);
            network.forward(next.x(), next.rows(), false);
            network.hiddenLayers().forEach(l -> count(derivative(network.layer(l)), zeros[l]));
        }
        return network.hiddenLayers()
                .mapToObj(l -> summary(l, zeros[l], feed.examples().rows()))
                .toList();
    }

    private static Span derivative(Layer layer) {
        Span dz = layer.gradient();
        Initializer.ones().initialize(Shape.keras(dz.length()), dz);
        layer.activationBackward(dz);
        return dz;
    }

    private static void count(Span derivatives, int[] zeros) {
        double[] row = new double[zeros.length];
        for (int from = 0; from < derivatives.length(); from += row.length) {
            Elements.read(derivatives, from, row, row.length);
            for (int unit = 0; unit < row.length; unit++) {
                zeros[unit] += row[unit] == 0 ? 1 : 0;
            }
        }
    }

    private static LayerUnits summary(int layer, int[] zeros, int rows) {
        long dead = IntStream.of(zeros).filter(count -> count == rows).count();
        double meanZeros = IntStream.of(zeros).average().orElseThrow();
        return new LayerUnits(layer, zeros.length, (int) dead, layer == 0, meanZeros / rows);
    }
}
