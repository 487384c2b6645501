package dev.rectifier.cli.study;

import dev.rectifier.Rectifier;
import dev.rectifier.network.EpochReport;
import dev.rectifier.network.LayerSignals;
import dev.rectifier.network.Network;
import dev.rectifier.network.SignalMonitor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Trains a network for every combination and seed. */
final class Study {
    private Study() {}

    /**
     * The results in the order of the plan, the same for any number of threads.
     *
     * <p>Runs are independent of each other, so they go side by side, each on one thread; {@link
     * Rectifier#threads()} is 1 meanwhile.
     *
     * @param threads how many runs go on at a time
     */
    static List<Result> run(Plan plan, int threads, Progress progress) throws InterruptedException {
        int before = Rectifier.threads();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            Rectifier.setThreads(1);
            List<Future<Run>> runs = new ArrayList<>();
            for (Combination combination : plan.combinations()) {
                for (int seed = 1; seed <= plan.seeds(); seed++) {
                    int s = seed;
                    runs.add(pool.submit(() -> train(plan, combination, s, progress)));
                }
            }
            return collect(plan, runs);
        } finally {
            pool.shutdownNow();
            Rectifier.setThreads(before);
        }
    }

    private static List<Result> collect(Plan plan, List<Future<Run>> runs)
            throws InterruptedException {
        List<Result> results = new ArrayList<>();
        for (Combination combination : plan.combinations()) {
            List<Run> seeds = new ArrayList<>();
            for (int seed = 1; seed <= plan.seeds(); seed++) {
                seeds.add(get(runs.get(results.size() * plan.seeds() + seed - 1)));
            }
            results.add(new Result(combination, seeds));
        }
        return results;
    }

    private static Run get(Future<Run> run) throws InterruptedException {
        try {
            return run.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException("a run failed", e.getCause());
        }
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
                                    epoch -> progress.epoch(combination, epoch));
            Run run = new Run(combination, seed, start, epochs);
            progress.run(run);
            return run;
        }
    }
}
