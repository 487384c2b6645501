package dev.rectifier.benchmarks;

import dev.rectifier.Span;

/** A task made ready: memory is allocated, inputs are written, and the library is set up. */
public interface Work extends AutoCloseable {
    /** One call, which is what is timed. */
    void run();

    /** What the last call wrote. */
    Span output();

    @Override
    default void close() {}
}
