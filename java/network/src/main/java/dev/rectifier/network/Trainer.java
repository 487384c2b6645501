package dev.rectifier.network;

import dev.rectifier.Parameter;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Mini-batch training: an immutable value, thread-safe as long as no two threads train one network.
 *
 * <p>The result is a function of the network's weights, the examples and the values here: the same
 * bits in every run and for any number of threads. The last batch of an epoch has what is left and
 * counts as one step, as in Keras.
 *
 * @param optimizer changes the weights; remembers nothing from one training to the next
 * @param batchSize rows per step, at least 1
 * @param epochs passes over the training examples, at least 1
 * @param seed of the order of the examples, which is another one in each epoch
 * @param loss what is made small
 * @param decay how the optimizer's learning rate changes
 * @param clipNorm the largest norm of all gradients together, &gt; 0; where it is larger, they are
 *     all multiplied with clipNorm / norm before the step. Keras's {@code global_clipnorm};
 *     PyTorch's {@code clip_grad_norm_} adds 1e-6 to the norm. Infinity for none.
 * @param earlyStopping when training ends before all epochs, on the test examples
 */
public record Trainer(
        Optimizer optimizer,
        int batchSize,
        int epochs,
        long seed,
        Loss loss,
        Decay decay,
        double clipNorm,
        Optional<EarlyStopping> earlyStopping) {
    private static final Parameter CLIP_NORM =
            Parameter.number("clipNorm", 1, Double.MIN_VALUE, Double.MAX_VALUE);

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if {@code batchSize} or {@code epochs} is less than 1, or
     *     {@code clipNorm} isn't more than 0
     */
    public Trainer {
        Objects.requireNonNull(optimizer, "optimizer");
        Objects.requireNonNull(loss, "loss");
        Objects.requireNonNull(decay, "decay");
        Objects.requireNonNull(earlyStopping, "earlyStopping");
        if (batchSize < 1 || epochs < 1) {
            throw new IllegalArgumentException(
                    "batchSize and epochs must be at least 1, not " + batchSize + " and " + epochs);
        }
        if (clipNorm != Double.POSITIVE_INFINITY) {
            CLIP_NORM.check(clipNorm);
        }
    }

    /**
     * Training of a classifier by cross-entropy, with a learning rate that stays the same.
     *
     * @param optimizer how weights follow from gradients
     * @param batchSize the rows of a step
     * @param epochs how many times all rows are learned from
     * @param seed decides all that is random; any number
     * @throws IllegalArgumentException if {@code batchSize} or {@code epochs} is less than 1
     */
    public Trainer(Optimizer optimizer, int batchSize, int epochs, long seed) {
        this(
                optimizer,
                batchSize,
                epochs,
                seed,
                Loss.crossEntropy(),
                Decay.none(),
                Double.POSITIVE_INFINITY,
                Optional.empty());
    }

    /**
     * {@return the same with another loss}
     *
     * @param loss what is minimized
     */
    public Trainer withLoss(Loss loss) {
        return new Trainer(
                optimizer, batchSize, epochs, seed, loss, decay, clipNorm, earlyStopping);
    }

    /**
     * {@return the same with another course of the learning rate}
     *
     * @param decay how the learning rate falls
     */
    public Trainer withDecay(Decay decay) {
        return new Trainer(
                optimizer, batchSize, epochs, seed, loss, decay, clipNorm, earlyStopping);
    }

    /**
     * {@return the same with gradients held to a norm}
     *
     * @param clipNorm the greatest norm of all gradients together
     * @throws IllegalArgumentException if {@code clipNorm} isn't more than 0
     */
    public Trainer withClipNorm(double clipNorm) {
        return new Trainer(
                optimizer, batchSize, epochs, seed, loss, decay, clipNorm, earlyStopping);
    }

    /**
     * {@return the same, which may end before all epochs}
     *
     * @param earlyStopping when to stop
     */
    public Trainer withEarlyStopping(EarlyStopping earlyStopping) {
        return new Trainer(
                optimizer,
                batchSize,
                epochs,
                seed,
                loss,
                decay,
                clipNorm,
                Optional.of(Objects.requireNonNull(earlyStopping, "earlyStopping")));
    }

    /**
     * Trains {@code network}. All arguments are checked, and all memory is got, before anything
     * changes.
     *
     * <p>If the loss of a batch isn't finite, training has diverged: that batch's step and the rest
     * of the epochs are left out, and the last report says so. With early stopping, the network has
     * the weights of its best epoch in the end, of which the report isn't the last, also where the
     * listener ends it by an exception. L-BFGS ends where no step lowers the loss.
     *
     * @param network the network
     * @param training what is learned from
     * @param test what is only measured
     * @param listener hears of each epoch right after it
     * @return the reports of all epochs that were begun
     * @throws IllegalArgumentException if the examples don't have the network's inputs and outputs,
     *     or its last layer is none for the loss, a hyperparameter isn't legal in its type, a batch
     *     is larger than 2 GiB, or L-BFGS is to train layers that draw at random or clip gradients
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
     * @param network the network
     * @param training what is learned from
     * @param test what is only measured
     * @return the training
     * @throws IllegalArgumentException as {@link #fit}
     * @throws IllegalStateException as {@link #fit}
     * @throws OutOfMemoryError as {@link #fit}
     */
    public Training prepare(Network network, Examples training, Examples test) {
        Objects.requireNonNull(network, "network");
        network.requireExamples("training", training, loss);
        network.requireExamples("test", test, loss);
        network.requireLast(loss);
        optimizer.requireFits(network.dtype());
        if (optimizer.isFullBatch()) {
            network.requireSamePasses();
            if (clipNorm != Double.POSITIVE_INFINITY) {
                throw new IllegalArgumentException(
                        "clipNorm must be infinite for " + optimizer + ", not " + clipNorm);
            }
        }
        return new Training(this, network, training, test);
    }
}
