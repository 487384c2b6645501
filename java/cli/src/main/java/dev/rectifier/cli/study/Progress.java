package dev.rectifier.cli.study;

import dev.rectifier.cli.Meter;
import dev.rectifier.network.EpochReport;
import java.io.PrintWriter;
import java.util.Optional;

/** Tells how far the study is. Thread-safe. */
final class Progress implements AutoCloseable {
    private static final String UNIT = "runs";

    private final Meter meter;
    private final int epochs;
    private Optional<Run> best = Optional.empty();
    private boolean closed;

    private Progress(Plan plan, Meter meter) {
        this.meter = meter;
        epochs = plan.epochs();
    }

    /** A bar if standard error is a terminal, else {@link #lines}. */
    static Progress of(Plan plan, PrintWriter err) {
        return new Progress(plan, Meter.of("Training", UNIT, plan.epochs(), steps(plan), err));
    }

    /** A few lines. */
    static Progress lines(Plan plan, PrintWriter err) {
        return new Progress(plan, Meter.lines(UNIT, plan.epochs(), steps(plan), err));
    }

    private static long steps(Plan plan) {
        return (long) plan.runs() * plan.epochs();
    }

    /** An epoch of such a run is over. */
    synchronized void epoch(Combination combination, EpochReport report) {
        if (closed) {
            return;
        }
        // The last one counts with its run, which may be the best.
        if (report.epoch() < epochs && report.finite()) {
            meter.step(1, figures(combination, report));
        }
    }

    /** A run is over. */
    synchronized void run(Run run) {
        if (closed) {
            return;
        }
        if (!run.diverged() && best.stream().allMatch(b -> b.accuracy() < run.accuracy())) {
            best = Optional.of(run);
        }
        // What a diverged run leaves out counts as done.
        int steps = epochs - (run.epochs().size() - 1);
        meter.step(steps, figures(run.combination(), run.last()));
    }

    /** What has just been reached and where, and the best that a whole run has. */
    private String figures(Combination combination, EpochReport report) {
        String last = report.finite() ? percent(report.testAccuracy()) : "diverged";
        String most = best.map(run -> ", best " + percent(run.accuracy())).orElse("");
        return "last " + last + most + " (" + combination + ")";
    }

    private static String percent(double accuracy) {
        return Figures.percent(accuracy) + " %";
    }

    /** Says no more, even of runs that go on. */
    @Override
    public synchronized void close() {
        closed = true;
        meter.close();
    }
}
