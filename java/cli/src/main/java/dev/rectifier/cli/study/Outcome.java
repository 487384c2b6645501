package dev.rectifier.cli.study;

import java.util.List;
import java.util.Optional;

/**
 * What a study came to.
 *
 * @param results of the combinations of which a run is over, in the order of the plan
 * @param failure what ended it, if that is a failure
 */
record Outcome(List<Result> results, Optional<Throwable> failure) {
    Outcome {
        results = List.copyOf(results);
    }

    /** How many are over. */
    int runs() {
        return results.stream().mapToInt(result -> result.runs().size()).sum();
    }

    boolean isComplete(Plan plan) {
        return runs() == plan.runs();
    }
}
