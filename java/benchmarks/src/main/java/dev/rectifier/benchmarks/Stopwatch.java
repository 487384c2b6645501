package dev.rectifier.benchmarks;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Times one call with JMH, in this process: the processes of the contenders take the place of JMH's
 * forks, since they can be taken turns with.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Stopwatch {
    private static volatile Work next;

    private Work work;

    /** Made by JMH. */
    public Stopwatch() {}

    /** Takes over what is to be timed. */
    @Setup
    public void take() {
        work = next;
    }

    /** One call. */
    @Benchmark
    public void run() {
        work.run();
    }

    /** Lets go of what was timed last. */
    static void forget() {
        next = null;
    }

    /**
     * The mean nanoseconds of a call in one iteration.
     *
     * @param warmup calls go on for so long before the iteration
     * @param time the length of the iteration; it has one call at least
     */
    static double nanosPerCall(Work work, Duration warmup, Duration time) {
        next = work;
        Options options =
                new OptionsBuilder()
                        .include(Stopwatch.class.getName())
                        .forks(0)
                        .warmupIterations(1)
                        .warmupTime(TimeValue.milliseconds(warmup.toMillis()))
                        .measurementIterations(1)
                        .measurementTime(TimeValue.milliseconds(time.toMillis()))
                        .verbosity(VerboseMode.SILENT)
                        .shouldFailOnError(true)
                        .build();
        try {
            return new Runner(options).runSingle().getPrimaryResult().getScore();
        } catch (RunnerException e) {
            throw new IllegalStateException("JMH can't time the call", e);
        }
    }
}
