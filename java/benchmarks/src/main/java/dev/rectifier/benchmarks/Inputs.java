package dev.rectifier.benchmarks;

import dev.rectifier.Span;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongToDoubleFunction;

/** What activations are timed with: normal numbers, the same for every contender. */
public final class Inputs {
    /** A power of two; so many different inputs, again and again. */
    static final int PERIOD = 1 << 16;

    /** So that tails and knees have their share. */
    private static final double STDDEV = 3;

    private static final float[] X = values(1, STDDEV);
    private static final float[] DY = values(2, 1);

    private Inputs() {}

    private static float[] values(long seed, double stddev) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[PERIOD];
        for (int i = 0; i < PERIOD; i++) {
            values[i] = (float) (stddev * random.nextGaussian());
        }
        return values;
    }

    /** Input {@code i}. */
    public static float x(long i) {
        return X[(int) (i & PERIOD - 1)];
    }

    /** Gradient {@code i} from above. */
    public static float dy(long i) {
        return DY[(int) (i & PERIOD - 1)];
    }

    /** f(x) for each input x, which is computed at once. */
    static LongToDoubleFunction periodic(DoubleUnaryOperator f) {
        double[] values = new double[PERIOD];
        Arrays.setAll(values, i -> f.applyAsDouble(X[i]));
        return periodic(values);
    }

    /** These values again and again. */
    static LongToDoubleFunction periodic(double[] values) {
        return i -> values[(int) (i % values.length)];
    }

    /** Writes what the task reads first: x, or f(x) where it starts from the output. */
    public static Span writeSource(Task task, Span to) {
        return Operation.of(task).inputs().get(0).write(to);
    }

    /** Writes the gradients from above. */
    public static Span writeDy(Span to) {
        for (long i = 0; i < to.length(); i++) {
            to.set(i, dy(i));
        }
        return to;
    }
}
