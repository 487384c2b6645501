package dev.rectifier.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.Span;
import dev.rectifier.benchmarks.Contender.Role;
import dev.rectifier.benchmarks.Task.Kind;
import dev.rectifier.benchmarks.contenders.Door;
import dev.rectifier.benchmarks.contenders.Ours;
import dev.rectifier.benchmarks.contenders.PlainJava;
import dev.rectifier.reference.ReferenceBackend;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.function.LongToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CheckTest {
    private static final int LENGTH = 100_000;

    /** What is written by one call. */
    @FunctionalInterface
    private interface Writer {
        void write(Span out);
    }

    private static Work work(Task task, Writer writer) {
        Span out = Span.allocate(task.dtype(), task.length());
        return new Work() {
            @Override
            public void run() {
                writer.write(out);
            }

            @Override
            public Span output() {
                return out;
            }
        };
    }

    private static Work elements(Task task, LongToDoubleFunction element) {
        return work(
                task,
                out -> {
                    for (long i = 0; i < out.length(); i++) {
                        out.set(i, element.applyAsDouble(i));
                    }
                });
    }

    private static final int SHORT = 1024;

    static Stream<Task> tasks() {
        Plan everything = Samples.plan("", "", SHORT);
        return everything.groups().stream().flatMap(List::stream);
    }

    /** What the reference writes into memory of the task's type. */
    private static Work reference(Task task, List<Span> out) {
        Operation operation = Operation.of(task);
        List<Span> in =
                operation.inputs().stream()
                        .map(x -> x.write(Span.allocate(task.dtype(), (int) x.length())))
                        .toList();
        return new Work() {
            @Override
            public void run() {
                operation.reference(new ReferenceBackend(), in, out);
            }

            @Override
            public Span output() {
                return out.get(0);
            }

            @Override
            public List<Span> outputs() {
                return out;
            }
        };
    }

    private static List<Span> outputs(Task task) {
        return Operation.of(task).outputs().stream()
                .map(shape -> Span.allocate(task.dtype(), (int) Operand.elements(shape)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void theReferenceItselfIsRight(Task task) {
        Verdict verdict = Check.of(Role.OURS, task, reference(task, outputs(task)));
        assertTrue(verdict.right(), verdict.text());
        assertTrue(verdict.error() <= 1.5, verdict.text());
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void oneWrongElementOfAnyOutputIsFound(Task task) {
        List<Span> out = outputs(task);
        for (int i = 0; i < out.size(); i++) {
            Span output = out.get(i);
            Work reference = reference(task, out);
            Work wrong =
                    new Work() {
                        @Override
                        public void run() {
                            reference.run();
                            long at = output.length() - 1;
                            output.set(at, output.get(at) + 1);
                        }

                        @Override
                        public Span output() {
                            return out.get(0);
                        }

                        @Override
                        public List<Span> outputs() {
                            return out;
                        }
                    };
            assertFalse(Check.of(Role.OURS, task, wrong).right(), "output " + i);
        }
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void everyTaskIsRightThroughEveryDoor(Task task) {
        for (Door door : Door.values()) {
            Verdict verdict =
                    Check.of(Role.OURS, task, new Ours(door, 1).prepare(task).orElseThrow());
            assertTrue(verdict.right(), door + " " + verdict.text());
        }
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void plainJavaIsRightWhereItHasTheFunction(Task task) {
        new PlainJava()
                .prepare(task)
                .ifPresent(
                        work -> {
                            Verdict verdict = Check.of(Role.PEER, task, work);
                            assertTrue(verdict.right(), verdict.text());
                        });
    }

    @Test
    void aSumOverManyPeriodsIsSoManyTimesThatOverOne() {
        Task task = Samples.task(Kind.BACKWARD, "prelu", 2 * Inputs.PERIOD);
        assertTrue(Check.of(Role.OURS, task, reference(task, outputs(task))).right());
    }

    @Test
    void slopesOfAnotherRangeAreWrong() {
        Task task = Samples.task(Kind.FORWARD, "rrelu", LENGTH);
        SplittableRandom random = new SplittableRandom(1);
        for (double upper : new double[] {1.0 / 3, 1.0 / 2}) {
            Work work =
                    elements(
                            task,
                            i -> {
                                double x = Inputs.x(i);
                                return x > 0 ? x : x * random.nextDouble(1.0 / 8, upper);
                            });
            assertEquals(upper < 0.4, Check.of(Role.PEER, task, work).right());
        }
    }

    @Test
    void oneWrongElementIsFound() {
        Task task = Samples.task(Kind.FORWARD, "relu", LENGTH);
        Verdict verdict =
                Check.of(
                        Role.PEER,
                        task,
                        elements(task, i -> i == LENGTH - 1 ? -1 : Math.max(Inputs.x(i), 0)));
        assertFalse(verdict.right(), verdict.text());
    }

    @Test
    void notANumberIsWrong() {
        Task task = Samples.task(Kind.FORWARD, "relu", 10);
        assertFalse(Check.of(Role.PEER, task, elements(task, i -> Double.NaN)).right());
    }

    @Test
    void anotherSlopeIsWrong() {
        Task task = Samples.task(Kind.BACKWARD, "leakyRelu", 1000);
        Verdict verdict =
                Check.of(
                        Role.PEER,
                        task,
                        elements(task, i -> (Inputs.x(i) > 0 ? 1 : 0.2) * Inputs.dy(i)));
        assertFalse(verdict.right(), verdict.text());
    }

    @Test
    void ourRandomNumbersMustHaveTheBitsOfTheReference() {
        Task task = Samples.task(Kind.FILL, "uniform", 1000);
        SplittableRandom random = new SplittableRandom(1);
        Work others = elements(task, i -> random.nextDouble());
        assertFalse(Check.of(Role.OURS, task, others).right());
        assertTrue(Check.of(Role.PEER, task, others).right());
    }

    private static Work draws(Task task, DoubleSupplier source) {
        return elements(task, i -> source.getAsDouble());
    }

    @Test
    void eachDistributionIsToldFromTheOthers() {
        SplittableRandom random = new SplittableRandom(1);
        DoubleSupplier uniform = random::nextDouble;
        DoubleSupplier normal = random::nextGaussian;
        DoubleSupplier truncated =
                () ->
                        random.doubles(100, -2, 2)
                                .filter(x -> random.nextDouble() < Math.exp(-x * x / 2))
                                .findFirst()
                                .orElseThrow();
        DoubleSupplier[] sources = {uniform, normal, truncated};
        for (int i = 0; i < sources.length; i++) {
            for (int j = 0; j < sources.length; j++) {
                Task task = Samples.task(Kind.FILL, Functions.fills().get(i), LENGTH);
                Verdict verdict = Check.of(Role.PEER, task, draws(task, sources[j]));
                assertEquals(i == j, verdict.right(), task.function() + " " + j + verdict.text());
            }
        }
    }

    @Test
    void aShortFillIsDrawnUntilThereIsEnoughToJudge() {
        Task task = Samples.task(Kind.FILL, "normal", 1);
        SplittableRandom random = new SplittableRandom(1);
        assertTrue(Check.of(Role.PEER, task, draws(task, random::nextGaussian)).right());
        assertFalse(Check.of(Role.PEER, task, draws(task, () -> 0.1)).right());
    }
}
