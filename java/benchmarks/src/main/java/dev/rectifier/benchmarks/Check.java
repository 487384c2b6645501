package dev.rectifier.benchmarks;

import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Initializer;
import dev.rectifier.RandomKey;
import dev.rectifier.Shape;
import dev.rectifier.Span;
import dev.rectifier.benchmarks.Contender.Role;
import dev.rectifier.benchmarks.Task.Kind;
import dev.rectifier.benchmarks.Verdict.Measure;
import dev.rectifier.reference.ReferenceBackend;
import dev.rectifier.spi.Backend;
import java.util.Arrays;
import java.util.stream.LongStream;

/** Compares a contender's results with those of the pure-Java reference, before it is timed. */
final class Check {
    private static final Backend REFERENCE = new ReferenceBackend();

    /** Of longer results, so many are looked at. */
    private static final int SAMPLE = 1 << 16;

    /** By how much a right result may be off, relative to 1 plus its size. */
    private static final double FLOAT_TOLERANCE = 1e-5;

    private static final double DOUBLE_TOLERANCE = 1e-11;

    /** What is smaller counts as this large in the error of a gradient, as in our own promises. */
    private static final double FLOAT_GRADIENT_SCALE = 0x1p-20;

    private static final double DOUBLE_GRADIENT_SCALE = 0x1p-49;

    /** √n times the Kolmogorov–Smirnov distance is more than this once in 10⁸ samples. */
    private static final double MOST_KS = 3.1;

    private Check() {}

    static Verdict of(Role role, Task task, Work work) {
        if (role == Role.LIMIT) {
            return Verdict.NOT_CHECKED;
        }
        if (task.kind() != Kind.FILL) {
            work.run();
            return activation(task, work.output());
        }
        return role == Role.OURS ? bits(task, work) : distribution(task, work);
    }

    /** Indices of at most {@link #SAMPLE} elements, evenly spread, with the first and the last. */
    private static long[] sample(long length) {
        return length <= SAMPLE
                ? LongStream.range(0, length).toArray()
                : LongStream.range(0, SAMPLE).map(i -> i * (length - 1) / (SAMPLE - 1)).toArray();
    }

    private static Verdict activation(Task task, Span output) {
        long[] at = sample(task.length());
        double[] expected = expected(task, at);
        boolean forward = task.kind() == Kind.FORWARD;
        boolean single = task.dtype() == DType.FLOAT32;
        double tolerance = single ? FLOAT_TOLERANCE : DOUBLE_TOLERANCE;
        double gradientScale = single ? FLOAT_GRADIENT_SCALE : DOUBLE_GRADIENT_SCALE;
        double most = 0;
        boolean right = true;
        for (int i = 0; i < at.length; i++) {
            double value = output.get(at[i]);
            double scale = forward ? 0 : gradientScale * Math.abs(Inputs.dy(at[i]));
            // Written so that a NaN is wrong.
            right &= Math.abs(value - expected[i]) <= tolerance * (1 + Math.abs(expected[i]));
            most = Math.max(most, ulps(task.dtype(), value, expected[i], scale));
        }
        return new Verdict(right, most, Measure.ULP);
    }

    private static double ulps(DType dtype, double value, double expected, double scale) {
        double size = Math.max(Math.abs(expected), scale);
        double ulp = dtype == DType.FLOAT32 ? Math.ulp((float) size) : Math.ulp(size);
        return value == expected ? 0 : Math.abs(value - expected) / ulp;
    }

    /** In double precision also where the type of the data is single. */
    private static double[] expected(Task task, long[] at) {
        Elementwise f = Functions.activation(task.function()).rounded(task.dtype());
        Span x = span(Arrays.stream(at).mapToDouble(Inputs::x).toArray());
        Span dy = span(Arrays.stream(at).mapToDouble(Inputs::dy).toArray());
        double[] expected = new double[at.length];
        double[] y = new double[at.length];
        switch (task.kind()) {
            case FORWARD -> REFERENCE.forward(f, x, span(expected), 1);
            case BACKWARD -> REFERENCE.backward(f, x, dy, span(expected), 1);
            case FROM_OUTPUT -> {
                // The output is rounded before it is read.
                Arrays.setAll(y, i -> task.dtype().round(f.valueAt(x.get(i))));
                REFERENCE.backwardFromOutput(f, span(y), dy, span(expected), 1);
            }
            case FILL -> throw new IllegalArgumentException(task.label());
        }
        return expected;
    }

    private static Span span(double[] values) {
        return Span.of(values);
    }

    /** Our random numbers have the reference's bits. */
    private static Verdict bits(Task task, Work work) {
        work.run();
        Span output = work.output();
        Initializer initializer = Functions.initializer(task.function());
        Span expected = Span.allocate(task.dtype(), 1);
        double most = 0;
        for (long i : sample(task.length())) {
            REFERENCE.fill(
                    initializer.fill(Shape.keras(task.length())).orElseThrow(),
                    new RandomKey(Functions.SEED, 0, i),
                    expected,
                    1);
            most = Math.max(most, ulps(task.dtype(), output.get(i), expected.get(0), 0));
        }
        return new Verdict(most == 0, most, Measure.ULP);
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
        double ks = Distribution.of(task.function()).distance(drawn) * Math.sqrt(SAMPLE);
        return new Verdict(ks <= MOST_KS, ks, Measure.KS);
    }
}
