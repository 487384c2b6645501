package dev.rectifier.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;

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
     * Trains {@code network}.
     *
     * <p>If the loss of a batch isn't finite, training has diverged: that batch's step and the rest
     * of the epochs are left out, and the last report says so.
     *
     * @param listener hears of each epoch right after it
     * @return the reports of all epochs that were begun
     * @throws IllegalArgumentException if the examples don't have the network's inputs and outputs,
     *     or its last layer isn't a softmax
     */
    public List<EpochReport> fit(
            Network network, Examples training, Examples test, Consumer<EpochReport> listener) {
        network.requireSoftmax();
        network.requireExamples(training);
        network.requireExamples(test);
        Updater updater = optimizer.start(network.weights());
        SplittableRandom random = new SplittableRandom(seed);
        int[] order = IntStream.range(0, training.rows()).toArray();
        Feed shuffled = new Feed(training, order, batchSize, network.dtype());
        Feed whole = new Feed(training, network.dtype());
        Feed sample = Feed.whole(training.sample(SignalMonitor.SAMPLE_ROWS), network.dtype());
        Feed tests = new Feed(test, network.dtype());
        List<EpochReport> reports = new ArrayList<>();
        boolean finite = true;
        for (int epoch = 1; epoch <= epochs && finite; epoch++) {
            shuffle(order, random);
            Progress progress = pass(network, shuffled, updater);
            EpochReport report =
                    new EpochReport(
                            epoch,
                            progress.loss(),
                            progress.accuracy(),
                            network.accuracy(tests),
                            UnitMonitor.observe(network, whole),
                            SignalMonitor.observe(network, sample));
            listener.accept(report);
            reports.add(report);
            finite = report.finite();
        }
        return List.copyOf(reports);
    }

    private record Progress(double loss, double accuracy) {}

    /** One epoch, up to the first batch whose loss isn't finite. */
    private static Progress pass(Network network, Feed feed, Updater updater) {
        double loss = 0;
        long correct = 0;
        long rows = 0;
        for (int i = 0; i < feed.batches() && Double.isFinite(loss); i++) {
            Batch batch = feed.batch(i);
            network.forward(batch.x(), batch.rows(), true);
            correct += network.correct(batch.labels());
            rows += batch.rows();
            loss += batch.rows() * network.backward(batch.labels(), Optional.empty());
            if (Double.isFinite(loss)) {
                updater.update();
            }
        }
        return new Progress(loss / rows, (double) correct / rows);
    }

    /** Fisher and Yates's shuffle: each order is as likely as any other. */
    static void shuffle(int[] order, SplittableRandom random) {
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
    }
}
