package dev.rectifier.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * A training that can begin: whatever it needs is there. {@link Trainer#prepare} makes one; closing
 * gives its memory back, but for that of the network. Not thread-safe.
 */
public final class Training implements AutoCloseable {
    private final Trainer trainer;
    private final Network network;
    private final int[] order;
    private final List<Feed> feeds = new ArrayList<>();
    private final Feed shuffled;
    private final Feed whole;
    private final Feed sample;
    private final Feed tests;
    private final Updater updater;
    private boolean over;

    Training(Trainer trainer, Network network, Examples training, Examples test) {
        this.trainer = trainer;
        this.network = network;
        order = IntStream.range(0, training.rows()).toArray();
        try {
            shuffled = keep(new Feed(training, order, trainer.batchSize(), network.dtype()));
            whole = keep(new Feed(training, network.dtype()));
            sample = keep(Feed.whole(training.sample(SignalMonitor.SAMPLE_ROWS), network.dtype()));
            tests = keep(new Feed(test, network.dtype()));
            network.reserve(feeds.stream().mapToInt(Feed::batchSize).max().orElseThrow());
            updater = trainer.optimizer().start(network.weights());
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private Feed keep(Feed feed) {
        feeds.add(feed);
        return feed;
    }

    /**
     * Trains, as {@link Trainer#fit} does.
     *
     * @param listener hears of each epoch right after it
     * @return the reports of all epochs that were begun
     * @throws IllegalStateException if this has been run or closed, or the network has been closed
     */
    public List<EpochReport> run(Consumer<EpochReport> listener) {
        Objects.requireNonNull(listener, "listener");
        if (over) {
            throw new IllegalStateException("a training is run once, and before it is closed");
        }
        over = true;
        SplittableRandom random = new SplittableRandom(trainer.seed());
        List<EpochReport> reports = new ArrayList<>();
        boolean finite = true;
        for (int epoch = 1; epoch <= trainer.epochs() && finite; epoch++) {
            shuffle(order, random);
            Progress progress = pass();
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
    private Progress pass() {
        double loss = 0;
        long correct = 0;
        long rows = 0;
        for (int i = 0; i < shuffled.batches() && Double.isFinite(loss); i++) {
            Batch batch = shuffled.batch(i);
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

    @Override
    public void close() {
        over = true;
        feeds.forEach(Feed::close);
    }
}
