package dev.rectifier.cli.study;

import dev.rectifier.Rectifier;
import dev.rectifier.network.EpochReport;
import dev.rectifier.network.LayerSignals;
import dev.rectifier.network.Network;
import dev.rectifier.network.SignalMonitor;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Trains a network for every combination and seed. */
final class Study {
    private Study() {}

    /**
     * The results in the order of the plan, the same for any number of threads.
     *
     * <p>Runs are independent of each other, so they go side by side, each on one thread; {@link
     * Rectifier#threads()} is 1 meanwhile. A failure of one ends them all, and what the others have
     * come to is kept.
     *
     * @param threads how many runs go on at a time
     * @param stop ends the study when it is completed
     */
    static Outcome run(Plan plan, int threads, Progress progress, CompletableFuture<?> stop) {
        int before = Rectifier.threads();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            Rectifier.setThreads(1);
            CompletableFuture<Void> failed = new CompletableFuture<>();
            List<CompletableFuture<Run>> runs = new ArrayList<>();
            for (Combination combination : plan.combinations()) {
                for (int seed = 1; seed <= plan.seeds(); seed++) {
                    int s = seed;
                    CompletableFuture<Run> run =
                            CompletableFuture.supplyAsync(
                                    () -> train(plan, combination, s, progress), pool);
                    run.exceptionally(
                            e -> {
                                failed.completeExceptionally(e);
                                return null;
                            });
                    runs.add(run);
                }
            }
            CompletableFuture<Void> all =
                    CompletableFuture.allOf(runs.toArray(CompletableFuture<?>[]::new));
            Optional<Throwable> failure = wait(CompletableFuture.anyOf(all, failed, stop));
            return new Outcome(results(plan, runs), failure);
        } finally {
            pool.shutdownNow();
            Rectifier.setThreads(before);
        }
    }

    private static Optional<Throwable> wait(CompletableFuture<?> end) {
        try {
            end.get();
            return Optional.empty();
        } catch (ExecutionException e) {
            return Optional.of(e.getCause());
        } catch (InterruptedException e) {
            return Optional.of(e);
        }
    }

    private static List<Result> results(Plan plan, List<CompletableFuture<Run>> runs) {
        List<Result> results = new ArrayList<>();
        Iterator<CompletableFuture<Run>> next = runs.iterator();
        for (Combination combination : plan.combinations()) {
            List<Run> over = new ArrayList<>();
            for (int seed = 1; seed <= plan.seeds(); seed++) {
                CompletableFuture<Run> run = next.next();
                if (run.isDone() && !run.isCompletedExceptionally()) {
                    over.add(run.join());
                }
            }
            if (!over.isEmpty()) {
                results.add(new Result(combination, over));
            }
        }
        return results;
    }

    private static Run train(Plan plan, Combination combination, int seed, Progress progress) {
        try (Network network = plan.network(combination, seed)) {
            List<LayerSignals> start =
                    SignalMonitor.observe(
                            network, plan.training().sample(SignalMonitor.SAMPLE_ROWS));
            List<EpochReport> epochs =
                    plan.trainer(combination, seed)
                            .fit(
                                    network,
                                    plan.training(),
                                    plan.test(),
                                    epoch -> {
                                        if (Thread.interrupted()) {
                                            throw new CancellationException();
                                        }
                                        progress.epoch(combination, epoch);
                                    });
            Run run = new Run(combination, seed, start, epochs);
            progress.run(run);
            return run;
        }
    }
}
