package dev.rectifier.benchmarks;

import java.util.Optional;

/** One library, or one way of calling it, in a process of its own. */
public interface Adapter {
    /** The library's version. */
    String version();

    /** The task made ready, or nothing if this library doesn't have it. */
    Optional<Work> prepare(Task task);
}
