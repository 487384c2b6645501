package dev.rectifier.network;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/** Measures how the scale of activations and gradients changes from layer to layer. */
public final class SignalMonitor {
    /** The examples that a {@link Trainer} takes the signals of its {@link EpochReport}s from. */
    public static final int SAMPLE_ROWS = 256;

    private SignalMonitor() {}

    /**
     * {@return the signals of all layers for these examples as one batch, at inference} Overwrites
     * the activations and gradients of the network, but no weights; for a network of many layers, a
     * {@linkplain Examples#sample sample} of {@link #SAMPLE_ROWS} is enough and much quicker.
     *
     * <p>The loss is cross-entropy if the examples have a class for each output, else the
     * {@linkplain Loss#of(Task) usual} one for what the outputs mean.
     *
     * @param network the network
     * @param examples the examples
     * @throws IllegalArgumentException if the examples don't have the network's inputs and outputs,
     *     or its last layer is none for the loss
     * @throws IllegalStateException if the network has been closed
     * @throws OutOfMemoryError as in {@link Network#reserve}
     */
    public static List<LayerSignals> observe(Network network, Examples examples) {
        Objects.requireNonNull(network, "network").requireExamples("examples", examples);
        Loss loss = network.usualLoss(examples);
        network.requireLast(loss);
        try (Feed feed = Feed.whole(examples, network.dtype())) {
            return observe(network, loss, feed);
        }
    }

    static List<LayerSignals> observe(Network network, Loss loss, Feed feed) {
        Batch batch = feed.batch(0);
        network.forward(batch.x(), batch.rows(), false);
        network.backward(loss, batch.targets(), batch.weights(), Optional.empty());
        return IntStream.range(0, network.layers().size())
                .mapToObj(l -> signals(l, network.layer(l)))
                .toList();
    }

    private static LayerSignals signals(int index, Layer layer) {
        return new LayerSignals(
                index,
                Elements.standardDeviation(layer.output()),
                Elements.standardDeviation(layer.gradient()));
    }
}
