package dev.rectifier.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Span;
import dev.rectifier.benchmarks.Contender.Role;
import dev.rectifier.benchmarks.Task.Kind;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.function.LongToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
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

    static Stream<Arguments> tasks() {
        return Functions.activations().stream()
                .flatMap(
                        name ->
                                DType.arithmeticTypes().stream()
                                        .flatMap(
                                                dtype ->
                                                        Stream.of(
                                                                        Kind.FORWARD,
                                                                        Kind.BACKWARD,
                                                                        Kind.FROM_OUTPUT)
                                                                .map(
                                                                        kind ->
                                                                                Arguments.of(
                                                                                        kind, name,
                                                                                        dtype))));
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void theReferenceItselfIsRight(Kind kind, String function, DType dtype) {
        Task task = new Task(kind, function, dtype, 1000);
        Elementwise f = Functions.activation(function).rounded(dtype);
        if (kind == Kind.FROM_OUTPUT && !f.hasFromOutput()) {
            return;
        }
        Work reference =
                elements(
                        task,
                        i -> {
                            double x = Inputs.x(i);
                            double dy = Inputs.dy(i);
                            return switch (kind) {
                                case FORWARD -> f.valueAt(x);
                                case BACKWARD -> f.derivativeAt(x) * dy;
                                default -> f.derivativeFromOutputAt(dtype.round(f.valueAt(x))) * dy;
                            };
                        });
        Verdict verdict = Check.of(Role.PEER, task, reference);
        assertTrue(verdict.right(), verdict.text());
        assertTrue(verdict.error() <= 1, verdict.text());
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
