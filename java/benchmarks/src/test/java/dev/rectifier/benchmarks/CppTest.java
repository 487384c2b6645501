package dev.rectifier.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rectifier.benchmarks.Contender.Role;
import dev.rectifier.benchmarks.contenders.Cpp;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CppTest {
    private static final int LENGTH = 1000;

    @BeforeEach
    void theProgramIsThere() {
        assumeTrue(Cpp.program().isPresent(), "Google Benchmark (libbenchmark-dev) is missing");
    }

    @Test
    void theProgramComputesEveryFillAndElementwiseActivation() {
        Cpp cpp = new Cpp(1);
        for (List<Task> group : Samples.plan("", "", LENGTH).groups()) {
            for (Task task : group) {
                boolean has =
                        Operation.of(task).isElementwise()
                                || Operation.of(task) instanceof FillOperation;
                var prepared = cpp.prepare(task);
                assertEquals(has, prepared.isPresent(), task.label());
                prepared.ifPresent(
                        work -> {
                            Verdict verdict = Check.of(Role.KERNELS, task, work);
                            assertTrue(verdict.right(), task.label() + " " + verdict.text());
                            work.close();
                        });
            }
        }
    }

    @Test
    void theProgramTimesItself() {
        Task task = Samples.task(Task.Kind.FORWARD, "relu", LENGTH);
        Work work = new Cpp(1).prepare(task).orElseThrow();
        double nanos = work.nanosPerCall(Duration.ofMillis(1), Duration.ofMillis(1));
        assertTrue(nanos > 0, nanos + " ns");
        work.close();
    }
}
