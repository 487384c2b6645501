package dev.rectifier.cli;

import java.io.IOException;
import java.io.PrintWriter;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jline.terminal.spi.SystemStream;
import org.jline.terminal.spi.TerminalProvider;

/** Tells how far a long command is. Thread-safe. */
public abstract class Meter implements AutoCloseable {
    private Meter() {}

    /**
     * A bar if standard error is a terminal, else {@link #lines}.
     *
     * @param task what goes on, for the bar
     * @param unit what is counted, such as "runs"
     * @param perUnit steps of one unit
     * @param steps how many there are
     */
    public static Meter of(String task, String unit, long perUnit, long steps, PrintWriter err) {
        return isTerminal()
                ? new Bar(task, unit, perUnit, steps)
                : lines(unit, perUnit, steps, err);
    }

    /** Ten lines, one for each tenth of the way. */
    public static Meter lines(String unit, long perUnit, long steps, PrintWriter err) {
        return new Lines(unit, perUnit, steps, err);
    }

    private static boolean isTerminal() {
        try {
            return TerminalProvider.load("exec").isSystemStream(SystemStream.Error);
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * So many steps are done.
     *
     * @param message what has just been reached
     */
    public abstract void step(long steps, String message);

    @Override
    public abstract void close();

    private static final class Bar extends Meter {
        private static final int UPDATE_MILLIS = 200;

        private final ProgressBar bar;

        Bar(String task, String unit, long perUnit, long steps) {
            bar =
                    new ProgressBarBuilder()
                            .setTaskName(task)
                            .setUnit(" " + unit, perUnit)
                            .setInitialMax(steps)
                            .setUpdateIntervalMillis(UPDATE_MILLIS)
                            .setStyle(ProgressBarStyle.ASCII)
                            .setConsumer(new ConsoleProgressBarConsumer(System.err))
                            .build();
        }

        @Override
        public void step(long steps, String message) {
            bar.stepBy(steps);
            bar.setExtraMessage(message);
        }

        @Override
        public void close() {
            bar.close();
        }
    }

    private static final class Lines extends Meter {
        private static final int LINES = 10;

        private final String unit;
        private final long perUnit;
        private final long total;
        private final PrintWriter err;
        private long done;

        Lines(String unit, long perUnit, long steps, PrintWriter err) {
            this.unit = unit;
            this.perUnit = perUnit;
            total = steps;
            this.err = err;
        }

        @Override
        public synchronized void step(long steps, String message) {
            long before = tenths();
            done += steps;
            if (tenths() > before) {
                err.printf("%d/%d %s; %s%n", done / perUnit, total / perUnit, unit, message);
                err.flush();
            }
        }

        private long tenths() {
            return done * LINES / total;
        }

        @Override
        public void close() {
            err.flush();
        }
    }
}
