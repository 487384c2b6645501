package dev.rectifier.benchmarks;

import dev.rectifier.Span;
import java.time.Duration;
import java.util.List;

/** A task made ready: memory is allocated, inputs are written, and the library is set up. */
public interface Work extends AutoCloseable {
    /** One call, which is what is timed. */
    void run();

    /** What the last call wrote. */
    Span output();

    /** All that it wrote, where that is more: gradients of parameters too. */
    default List<Span> outputs() {
        return List.of(output());
    }

    /** The mean nanoseconds of a call, after calls that go on for {@code warmup}. */
    default double nanosPerCall(Duration warmup, Duration time) {
        return Stopwatch.nanosPerCall(this, warmup, time);
    }

    @Override
    default void close() {}
}
