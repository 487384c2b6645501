package dev.rectifier.network;

import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Mini-batch training of a classifier on softmax cross-entropy: an immutable value, thread-safe as
 * long as no two threads train one network.
 *
 * <p>The result is a function of the network's weights, the examples and the values here: the same
 * bits in every run and for any number of threads. The last batch of an epoch has what is left and
 * counts as one step, as in Keras.
 *
 * @param optimizer changes the weights; remembers nothing from one training to the next
 * @param batchSize rows per step, at least 1
 * @param epochs passes over the training examples, at least 1
 * @param seed of the order of the examples, which is another one in each epoch
 */
public record Trainer(Optimizer optimizer, int batchSize, int epochs, long seed) {
    /**
     * @throws IllegalArgumentException if {@code batchSize} or {@code epochs} is less than 1
     */
    public Trainer {
        Objects.requireNonNull(optimizer, "optimizer");
        if (batchSize < 1 || epochs < 1) {
            throw new IllegalArgumentException(
                    "batchSize and epochs must be at least 1, not " + batchSize + " and " + epochs);
        }
    }

    /**
     * Trains {@code network}. All arguments are checked, and all memory is got, before anything
     * changes.
     *
     * <p>If the loss of a batch isn't finite, training has diverged: that batch's step and the rest
     * of the epochs are left out, and the last report says so.
     *
     * @param listener hears of each epoch right after it
     * @return the reports of all epochs that were begun
     * @throws IllegalArgumentException if the examples don't have the network's inputs and outputs,
     *     or its last layer isn't a softmax, a hyperparameter isn't legal in its type, or a batch
     *     is larger than 2 GiB
     * @throws IllegalStateException if the network has been closed
     * @throws OutOfMemoryError if there isn't the memory; the message says how to allow more
     */
    public List<EpochReport> fit(
            Network network, Examples training, Examples test, Consumer<EpochReport> listener) {
        Objects.requireNonNull(listener, "listener");
        try (Training ready = prepare(network, training, test)) {
            return ready.run(listener);
        }
    }

    /**
     * Checks all and gets all the memory that {@link #fit} needs, so that it is known whether it
     * can begin; {@link Training#run} then is the training. Nothing else has changed until then.
     *
     * @throws IllegalArgumentException as {@link #fit}
     * @throws IllegalStateException as {@link #fit}
     * @throws OutOfMemoryError as {@link #fit}
     */
    public Training prepare(Network network, Examples training, Examples test) {
        Objects.requireNonNull(network, "network");
        network.requireExamples("training", training);
        network.requireExamples("test", test);
        network.requireSoftmax();
        optimizer.requireFits(network.dtype());
        return new Training(this, network, training, test);
    }
}
