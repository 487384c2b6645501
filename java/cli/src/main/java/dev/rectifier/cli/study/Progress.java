package dev.rectifier.cli.study;

import dev.rectifier.network.EpochReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jline.terminal.spi.SystemStream;
import org.jline.terminal.spi.TerminalProvider;

/** Tells how far the study is. Thread-safe. */
abstract class Progress implements AutoCloseable {
    private int done;
    private Optional<Run> best = Optional.empty();

    /** A bar if standard error is a terminal, else a few lines. */
    static Progress of(Plan plan, PrintWriter err) {
        return isTerminal() ? new Bar(plan) : new Lines(plan, err);
    }

    private static boolean isTerminal() {
        try {
            return TerminalProvider.load("exec").isSystemStream(SystemStream.Error);
        } catch (IOException e) {
            return false;
        }
    }

    /** An epoch of such a run is over. */
    synchronized void epoch(Combination combination, EpochReport report) {
        step(figures(combination, report));
    }

    /** A run is over. */
    synchronized void run(Run run) {
        done++;
        if (!run.diverged() && best.stream().allMatch(b -> b.accuracy() < run.accuracy())) {
            best = Optional.of(run);
        }
        finished(run, done, figures(run.combination(), run.last()));
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

    abstract void step(String figures);

    abstract void finished(Run run, int runs, String figures);

    @Override
    public abstract void close();

    private static final class Bar extends Progress {
        private static final int UPDATE_MILLIS = 200;

        private final ProgressBar bar;
        private final int epochs;

        Bar(Plan plan) {
            epochs = plan.epochs();
            bar =
                    new ProgressBarBuilder()
                            .setTaskName("Training")
                            .setUnit(" runs", epochs)
                            .setInitialMax((long) plan.runs() * epochs)
                            .setUpdateIntervalMillis(UPDATE_MILLIS)
                            .setStyle(ProgressBarStyle.ASCII)
                            .setConsumer(new ConsoleProgressBarConsumer(System.err))
                            .build();
        }

        @Override
        void step(String figures) {
            bar.step();
            bar.setExtraMessage(figures);
        }

        @Override
        void finished(Run run, int runs, String figures) {
            // What a diverged run leaves out counts as done.
            bar.stepBy(epochs - run.epochs().size());
        }

        @Override
        public void close() {
            bar.close();
        }
    }

    static final class Lines extends Progress {
        private static final int LINES = 10;

        private final PrintWriter err;
        private final int total;

        Lines(Plan plan, PrintWriter err) {
            this.err = err;
            total = plan.runs();
        }

        @Override
        void step(String figures) {
            // Only runs are worth a line.
        }

        @Override
        void finished(Run run, int runs, String figures) {
            boolean due = (long) runs * LINES / total > (long) (runs - 1) * LINES / total;
            if (due) {
                err.printf("%d/%d runs; %s%n", runs, total, figures);
                err.flush();
            }
        }

        @Override
        public void close() {
            err.flush();
        }
    }
}
