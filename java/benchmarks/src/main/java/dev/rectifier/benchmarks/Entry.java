package dev.rectifier.benchmarks;

import dev.rectifier.benchmarks.Contender.Role;
import java.util.List;

/**
 * What a contender did in a contest.
 *
 * @param verdict on its results; missing if it failed before
 * @param nanos per call, one of each round; empty if it was wrong or failed
 * @param failure what went wrong, or nothing
 */
public record Entry(
        String contender,
        Role role,
        int threads,
        String version,
        Verdict verdict,
        List<Double> nanos,
        String failure) {
    /** Whether it was timed to the end. */
    boolean counts() {
        return !nanos.isEmpty() && failure == null;
    }

    /** The contender, with its threads if they are several. */
    String label() {
        return threads == 1 ? contender : contender + " ×" + threads;
    }

    /** Whether it is a call that does nothing, whatever the number of elements. */
    boolean isEmptyCall() {
        return contender.equals(Contenders.EMPTY_CALL);
    }
}
