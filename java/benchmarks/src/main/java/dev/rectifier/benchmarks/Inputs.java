package dev.rectifier.benchmarks;

import dev.rectifier.Span;
import dev.rectifier.benchmarks.Task.Kind;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;

/** What activations are timed with: normal numbers, the same for every contender. */
public final class Inputs {
    /** A power of two; so many different inputs, again and again. */
    private static final int PERIOD = 1 << 16;

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

    /** Writes what the task reads first: x, or f(x) where it starts from the output. */
    public static Span writeSource(Task task, Span to) {
        DoubleUnaryOperator source = DoubleUnaryOperator.identity();
        if (task.kind() == Kind.FROM_OUTPUT) {
            source = Functions.activation(task.function()).rounded(task.dtype())::valueAt;
        }
        double[] values = new double[(int) Math.min(PERIOD, to.length())];
        for (int i = 0; i < values.length; i++) {
            values[i] = source.applyAsDouble(X[i]);
        }
        for (long i = 0; i < to.length(); i++) {
            to.set(i, values[(int) (i & PERIOD - 1)]);
        }
        return to;
    }

    /** Writes the gradients from above. */
    public static Span writeDy(Span to) {
        for (long i = 0; i < to.length(); i++) {
            to.set(i, dy(i));
        }
        return to;
    }
}
