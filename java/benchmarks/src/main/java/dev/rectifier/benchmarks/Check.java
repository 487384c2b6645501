package dev.rectifier.benchmarks;

import dev.rectifier.DType;
import dev.rectifier.RRelu;
import dev.rectifier.Span;
import dev.rectifier.benchmarks.Contender.Role;
import dev.rectifier.benchmarks.Task.Kind;
import dev.rectifier.benchmarks.Verdict.Measure;
import dev.rectifier.reference.ReferenceBackend;
import dev.rectifier.spi.Backend;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/** Compares a contender's results with those of the pure-Java reference, before it is timed. */
final class Check {
    private static final Backend REFERENCE = new ReferenceBackend();

    /** Of longer results, so many are looked at. */
    private static final int SAMPLE = 1 << 16;

    /** By how much a right result may be off, relative to 1 plus its size. */
    private static final double FLOAT_TOLERANCE = 1e-5;

    private static final double DOUBLE_TOLERANCE = 1e-11;

    /** √n times the Kolmogorov–Smirnov distance is more than this once in 10⁸ samples. */
    private static final double MOST_KS = 3.1;

    private Check() {}

    static Verdict of(Role role, Task task, Work work) {
        if (role == Role.LIMIT) {
            return Verdict.NOT_CHECKED;
        }
        if (task.kind() == Kind.FILL && role == Role.PEER) {
            return distribution(task, work);
        }
        work.run();
        Operation operation = Operation.of(task);
        if (operation instanceof RandomOperation random && role != Role.PEER) {
            return bits(random, task, work.output());
        }
        return operation instanceof RReluOperation rrelu
                ? slopes(rrelu.f(), task, work.output())
                : errors(task, work.outputs());
    }

    /** Indices of at most {@link #SAMPLE} elements, evenly spread, with the first and the last. */
    private static long[] sample(long length) {
        return length <= SAMPLE
                ? LongStream.range(0, length).toArray()
                : LongStream.range(0, SAMPLE).map(i -> i * (length - 1) / (SAMPLE - 1)).toArray();
    }

    private static Verdict errors(Task task, List<Span> outputs) {
        // Inputs repeat, and so do results, but for sums over all, which are so many times those.
        boolean repeats =
                task.length() % Inputs.PERIOD == 0 && Functions.columns(task.function()).isEmpty();
        Task period =
                repeats
                        ? new Task(task.kind(), task.function(), task.dtype(), Inputs.PERIOD)
                        : task;
        double times = (double) task.length() / period.length();
        Operation operation = Operation.of(period);
        List<Span> in =
                operation.inputs().stream()
                        .map(operand -> operand.write(span(operand.length())))
                        .toList();
        if (task.dtype() == DType.FLOAT32) {
            in.forEach(Check::roundToFloat);
        }
        List<Span> expected =
                operation.outputs().stream().map(shape -> span(Operand.elements(shape))).toList();
        operation.reference(REFERENCE, in, expected);
        List<Span> scales = operation.scales(REFERENCE, in, expected);
        Verdict verdict = new Verdict(true, 0, Measure.ULP);
        for (int i = 0; i < outputs.size(); i++) {
            verdict =
                    verdict.and(
                            errors(
                                    task.dtype(),
                                    outputs.get(i),
                                    expected.get(i),
                                    scales.get(i),
                                    i == 0 ? 1 : times));
        }
        return verdict;
    }

    private static Span span(long length) {
        return Span.of(new double[Math.toIntExact(length)]);
    }

    private static void roundToFloat(Span span) {
        for (long i = 0; i < span.length(); i++) {
            span.set(i, DType.FLOAT32.round(span.get(i)));
        }
    }

    private static Verdict errors(
            DType dtype, Span output, Span expected, Span scales, double times) {
        double tolerance = dtype == DType.FLOAT32 ? FLOAT_TOLERANCE : DOUBLE_TOLERANCE;
        double most = 0;
        boolean right = true;
        for (long at : sample(output.length())) {
            double value = output.get(at);
            double wanted = times * expected.get(at % expected.length());
            double scale = times * scales.get(at % scales.length());
            double size = Math.max(Math.abs(wanted), scale);
            // Written so that a NaN is wrong.
            right &= Math.abs(value - wanted) <= tolerance * (1 + size);
            most = Math.max(most, ulps(dtype, value, wanted, scale));
        }
        return new Verdict(right, most, Measure.ULP);
    }

    private static double ulps(DType dtype, double value, double expected, double scale) {
        double size = Math.max(Math.abs(expected), scale);
        double ulp = dtype == DType.FLOAT32 ? Math.ulp((float) size) : Math.ulp(size);
        return value == expected ? 0 : Math.abs(value - expected) / ulp;
    }

    /** Other generators have other numbers, but of the same distribution. */
    private static Verdict distribution(Task task, Work work) {
        double[] drawn = new double[SAMPLE];
        long[] at = sample(task.length());
        for (int i = 0; i < SAMPLE; i++) {
            if (i % at.length == 0) {
                work.run();
            }
            drawn[i] = work.output().get(at[i % at.length]);
        }
        return distributed(task.function(), drawn);
    }

    private static Verdict distributed(String fill, double[] drawn) {
        double ks = Distribution.of(fill).distance(drawn) * Math.sqrt(drawn.length);
        return new Verdict(ks <= MOST_KS, ks, Measure.KS);
    }

    /** Our random numbers have the reference's bits, at the beginning and at the end. */
    private static Verdict bits(RandomOperation operation, Task task, Span output) {
        int n = Math.min(SAMPLE, task.length());
        double most = 0;
        for (long first : new long[] {0, task.length() - n}) {
            List<Span> in =
                    operation.inputs().stream()
                            .map(
                                    operand ->
                                            operand.from(first)
                                                    .write(Span.allocate(task.dtype(), n)))
                            .toList();
            Span expected = Span.allocate(task.dtype(), n);
            operation.from(first).reference(REFERENCE, in, List.of(expected));
            for (long i = 0; i < n; i++) {
                most =
                        Math.max(
                                most,
                                ulps(task.dtype(), output.get(first + i), expected.get(i), 0));
            }
        }
        return new Verdict(most == 0, most, Measure.ULP);
    }

    /** Slopes of others are uniform where they are random, and 1 elsewhere. */
    private static Verdict slopes(RRelu f, Task task, Span output) {
        boolean forward = task.kind() == Kind.FORWARD;
        long[] at = sample(task.length());
        for (long i : at) {
            double untouched = forward ? Inputs.x(i) : Inputs.dy(i);
            if (Inputs.x(i) > 0 && output.get(i) != untouched) {
                return new Verdict(false, 1, Measure.KS);
            }
        }
        double[] slopes =
                Arrays.stream(at)
                        .filter(i -> Inputs.x(i) < 0)
                        .mapToDouble(i -> output.get(i) / (forward ? Inputs.x(i) : Inputs.dy(i)))
                        .map(slope -> (slope - f.lower()) / (f.upper() - f.lower()))
                        .toArray();
        return slopes.length == 0
                ? new Verdict(true, 0, Measure.KS)
                : distributed("uniform", slopes);
    }
}
