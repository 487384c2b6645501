package dev.rectifier.cli.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.Rectifier;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class StudyTest {
    private static final Plan PLAN =
            Samples.plan(
                    List.of("sigmoid", "relu", "prelu", "rrelu"),
                    List.of("glorotUniform", "heNormal"),
                    List.of(0.01, 0.1));

    private final StringWriter lines = new StringWriter();

    private Outcome run(Plan plan, int threads, CompletableFuture<?> stop) {
        try (Progress progress = Progress.lines(plan, new PrintWriter(lines))) {
            return Study.run(plan, threads, progress, stop);
        }
    }

    private List<Result> run(Plan plan, int threads) {
        Outcome outcome = run(plan, threads, new CompletableFuture<>());
        assertEquals(Optional.empty(), outcome.failure());
        assertTrue(outcome.isComplete(plan));
        return outcome.results();
    }

    @Test
    void theResultsAreTheSameForAnyNumberOfThreads() {
        List<Result> serial = run(PLAN, 1);
        assertEquals(serial, run(PLAN, 2));
        assertEquals(serial, run(PLAN, 5));
    }

    @Test
    void thereIsAResultForEachCombinationAndARunForEachSeed() {
        List<Result> results = run(PLAN, 2);
        assertEquals(PLAN.combinations(), results.stream().map(Result::combination).toList());
        assertEquals(16, results.size());
        for (Result result : results) {
            assertEquals(List.of(1, 2), result.runs().stream().map(Run::seed).toList());
            assertEquals(3, result.runs().get(0).epochs().size());
            assertNotEquals(result.runs().get(0).start(), result.runs().get(1).start());
        }
    }

    @Test
    void theThreadsOfTheLibraryAreAsBefore() {
        int before = Rectifier.threads();
        run(PLAN, 2);
        assertEquals(before, Rectifier.threads());
    }

    @Test
    void withoutATerminalProgressIsTenLines() {
        // One at a time, or another run than the last may be over last.
        run(PLAN, 1);
        List<String> all = lines.toString().lines().toList();
        assertEquals(10, all.size(), lines.toString());
        String last = all.get(9);
        assertTrue(
                last.matches("32/32 runs; last [0-9.]+ %, best [0-9.]+ % \\(.*, .*, 0.1\\)"), last);
    }

    @Test
    void aLearningRateOutOfReachDivergesAndIsCounted() {
        Plan plan = Samples.plan(List.of("relu"), List.of("heNormal"), List.of(1e30));
        Result result = run(plan, 2).get(0);
        assertEquals(2, result.diverged());
        assertEquals(Double.NaN, result.accuracy());
        assertTrue(lines.toString().contains("last diverged ("), lines.toString());
    }

    @Test
    void aRehearsalFindsWhatWouldFailLater() {
        Plan plan = Samples.plan(List.of("relu"), List.of("constant:value=1e300"), List.of(0.01));
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> plan.rehearse(1));
        assertTrue(e.getMessage().contains("constant(1.0E300)"), e.getMessage());
    }

    @Test
    void whatIsAskedForTwiceIsDoneOnce() {
        Plan plan =
                Samples.plan(
                        List.of("relu", "relu"),
                        List.of("heNormal", "heNormal"),
                        List.of(0.01, 0.010));
        assertEquals(1, plan.combinations().size());
    }

    @Test
    void chanceIsTheShareOfTheMostFrequentClass() {
        assertEquals(0.75, PLAN.chance());
    }

    @Test
    void aStudyThatIsStoppedHasWhatIsOver() {
        CompletableFuture<Void> stop = new CompletableFuture<>();
        Plan plan = Samples.plan(List.of("relu"), List.of("heNormal"), List.of(0.01, 1e30, 0.1));
        Outcome none = run(plan, 1, CompletableFuture.completedFuture(null));
        assertEquals(Optional.empty(), none.failure());
        assertTrue(!none.isComplete(plan) && none.runs() < 6, none.toString());

        PrintWriter stopper =
                new PrintWriter(lines) {
                    @Override
                    public PrintWriter printf(String format, Object... args) {
                        // The third run, the first of two of its combination, is over.
                        if (args[0].equals(3L)) {
                            stop.complete(null);
                        }
                        return super.printf(format, args);
                    }
                };
        Outcome some;
        try (Progress progress = Progress.lines(plan, stopper)) {
            some = Study.run(plan, 1, progress, stop);
        }
        List<Result> all = run(plan, 1);
        assertEquals(all.get(0), some.results().get(0));
        assertTrue(some.runs() >= 2, some.toString());
        for (Result result : some.results()) {
            for (Run run : result.runs()) {
                int at = plan.combinations().indexOf(result.combination());
                assertEquals(all.get(at).runs().get(run.seed() - 1).toString(), run.toString());
            }
        }
    }

    @Test
    void aFailureKeepsWhatIsOver() {
        OutOfMemoryError failure = new OutOfMemoryError("by design");
        PrintWriter failing =
                new PrintWriter(lines) {
                    @Override
                    public PrintWriter printf(String format, Object... args) {
                        if (args[0].equals(6L)) {
                            throw failure;
                        }
                        return super.printf(format, args);
                    }
                };
        Outcome outcome;
        try (Progress progress = Progress.lines(PLAN, failing)) {
            outcome = Study.run(PLAN, 1, progress, new CompletableFuture<>());
        }
        assertSame(failure, outcome.failure().orElseThrow());
        assertTrue(outcome.runs() >= 4, outcome.toString());
        assertTrue(!outcome.isComplete(PLAN));
    }

    @Test
    void tooManyRunsAreRefused() {
        Plan plan = PLAN;
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                new Plan(
                                        plan.training(),
                                        plan.test(),
                                        1,
                                        1,
                                        plan.activations(),
                                        plan.initializers(),
                                        plan.learningRates(),
                                        plan.rule(),
                                        1,
                                        1,
                                        Integer.MAX_VALUE));
        assertTrue(e.getMessage().contains("--seeds 2147483647 makes"), e.getMessage());
    }
}
