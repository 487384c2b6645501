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

    /** The weights of the best epoch so far. */
    private final List<double[]> best;

    private double least = Double.POSITIVE_INFINITY;

    /** Epochs since then. */
    private int waited;

    private long steps;
    private boolean over;

    Training(Trainer trainer, Network network, Examples training, Examples test) {
        this.trainer = trainer;
        this.network = network;
        order = IntStream.range(0, training.rows()).toArray();
        try {
            shuffled =
                    keep(
                            trainer.optimizer().isFullBatch()
                                    ? Feed.whole(training, network.dtype())
                                    : new Feed(
                                            training, order, trainer.batchSize(), network.dtype()));
            whole = keep(new Feed(training, network.dtype()));
            sample = keep(Feed.whole(training.sample(SignalMonitor.SAMPLE_ROWS), network.dtype()));
            tests = keep(new Feed(test, network.dtype()));
            network.reserve(feeds.stream().mapToInt(Feed::batchSize).max().orElseThrow());
            updater = trainer.optimizer().start(network.weights());
            best =
                    network.weights().stream()
                            .map(
                                    w ->
                                            new double
                                                    [trainer.earlyStopping().isPresent()
                                                            ? (int) w.value().length()
                                                            : 0])
                            .toList();
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
        network.setTask(trainer.loss().task());
        SplittableRandom random = new SplittableRandom(trainer.seed());
        List<EpochReport> reports = new ArrayList<>();
        boolean goesOn = true;
        try {
            for (int epoch = 1; epoch <= trainer.epochs() && goesOn; epoch++) {
                shuffle(order, random);
                Progress progress = pass();
                LossPass.Score test = network.score(trainer.loss(), tests);
                EpochReport report =
                        new EpochReport(
                                epoch,
                                progress.loss(),
                                progress.accuracy(),
                                test.loss(),
                                test.correct() / tests.examples().rows(),
                                UnitMonitor.observe(network, whole),
                                SignalMonitor.observe(network, trainer.loss(), sample));
                boolean better = isBetter(epoch, test.loss());
                reports.add(report);
                listener.accept(report);
                goesOn = report.finite() && progress.moved() && better;
            }
        } finally {
            // Also where the listener has had enough.
            if (trainer.earlyStopping().isPresent() && !reports.isEmpty()) {
                restoreWeights();
            }
        }
        return List.copyOf(reports);
    }

    /** Whether it still gets better, or that may yet be; keeps the weights if it is the best. */
    private boolean isBetter(int epoch, double loss) {
        if (trainer.earlyStopping().isEmpty()) {
            return true;
        }
        EarlyStopping rule = trainer.earlyStopping().get();
        if (epoch == 1 || loss < least - rule.minDelta()) {
            least = loss;
            waited = 0;
            keepWeights();
        } else {
            waited++;
        }
        return waited < rule.patience();
    }

    private void keepWeights() {
        List<Weights> weights = network.weights();
        for (int i = 0; i < best.size(); i++) {
            Elements.readAll(weights.get(i).value(), best.get(i), 0);
        }
    }

    private void restoreWeights() {
        List<Weights> weights = network.weights();
        for (int i = 0; i < best.size(); i++) {
            Elements.write(best.get(i), weights.get(i).value(), best.get(i).length);
        }
    }

    private record Progress(double loss, double accuracy, boolean moved) {}

    /** One epoch, up to the first batch whose loss isn't finite. */
    private Progress pass() {
        double loss = 0;
        double correct = 0;
        long rows = 0;
        boolean moved = true;
        for (int i = 0; i < shuffled.batches() && Double.isFinite(loss); i++) {
            Batch batch = shuffled.batch(i);
            LossPass.Score score = evaluate(batch);
            correct += score.correct();
            rows += batch.rows();
            loss += batch.rows() * score.loss();
            if (Double.isFinite(loss)) {
                clip();
                moved =
                        updater.minimize(
                                trainer.decay().factor(steps++),
                                score.loss(),
                                () -> evaluate(batch).loss());
            }
        }
        return new Progress(loss / rows, correct / rows, moved);
    }

    private LossPass.Score evaluate(Batch batch) {
        network.forward(batch.x(), batch.rows(), true);
        return network.backward(trainer.loss(), batch.targets(), batch.weights(), Optional.empty());
    }

    private void clip() {
        double most = trainer.clipNorm();
        if (most == Double.POSITIVE_INFINITY) {
            return;
        }
        double sum = 0;
        for (Weights weights : network.weights()) {
            sum += Elements.sumOfSquares(weights.gradient());
        }
        double norm = Math.sqrt(sum);
        if (norm > most) {
            for (Weights weights : network.weights()) {
                Elements.scale(weights.gradient(), most / norm);
            }
        }
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
