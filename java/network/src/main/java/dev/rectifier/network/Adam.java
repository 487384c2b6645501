package dev.rectifier.network;

import dev.rectifier.DType;
import dev.rectifier.Parameter;
import java.util.Objects;

/**
 * Adam (Kingma and Ba 2015, arXiv 1412.6980) in the quicker form that its section 2 ends with: m +=
 * (1 − beta1)·(g − m), v += (1 − beta2)·(g² − v), w −= a·m / (√v + epsilon), where a =
 * learningRate·√(1 − beta2ᵗ) / (1 − beta1ᵗ) in step t.
 *
 * <p>That is Keras. PyTorch follows the paper's algorithm 1, where epsilon is added after v has
 * been divided by 1 − beta2ᵗ; the same epsilon weighs less there in the first steps.
 *
 * <p>With a weight decay it is AdamW (Loshchilov and Hutter 2019, arXiv 1711.05101): before that, w
 * −= learningRate·weightDecay·w, also for biases and what activations learn, as in Keras and in
 * PyTorch's {@code AdamW}; PyTorch's {@code Adam} adds weightDecay·w to the gradient instead.
 *
 * @param learningRate finite and &gt; 0, also in the type of the weights
 * @param beta1 from 0 to less than 1
 * @param beta2 from 0 to less than 1
 * @param epsilon finite and &gt; 0, also in the type of the weights
 * @param weightDecay finite and ≥ 0
 */
public record Adam(
        double learningRate, double beta1, double beta2, double epsilon, double weightDecay)
        implements Optimizer {
    private static final Parameter LEARNING_RATE =
            Parameter.number("learningRate", 0.001, Double.MIN_VALUE, Double.MAX_VALUE);
    private static final Parameter BETA_1 = Parameter.number("beta1", 0.9, 0, Math.nextDown(1.0));
    private static final Parameter BETA_2 = Parameter.number("beta2", 0.999, 0, Math.nextDown(1.0));
    private static final Parameter EPSILON =
            Parameter.number("epsilon", 1e-7, Double.MIN_VALUE, Double.MAX_VALUE);

    /**
     * Adam without weight decay.
     *
     * @param learningRate how far a step goes
     * @param beta1 how much of the mean of the gradients is kept in a step
     * @param beta2 how much of the mean of their squares is kept in a step
     * @param epsilon what keeps the divisor from 0
     */
    public Adam(double learningRate, double beta1, double beta2, double epsilon) {
        this(learningRate, beta1, beta2, epsilon, 0);
    }

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if a value is out of its range
     */
    public Adam {
        LEARNING_RATE.check(learningRate);
        BETA_1.check(beta1);
        BETA_2.check(beta2);
        EPSILON.check(epsilon);
        Sgd.WEIGHT_DECAY.check(weightDecay);
    }

    /** The betas are rounded as 1 − beta alone, which is never 0. */
    @Override
    public void requireFits(DType dtype) {
        Objects.requireNonNull(dtype, "dtype");
        LEARNING_RATE.check(learningRate, dtype);
        EPSILON.check(epsilon, dtype);
        Sgd.WEIGHT_DECAY.check(weightDecay, dtype);
    }

    @Override
    public Updater start(Weights weights) {
        requireFits(Objects.requireNonNull(weights, "weights").value().dtype());
        int n = (int) weights.value().length();
        return weights.value().dtype() == DType.FLOAT32
                ? weights.floats(new Floats(n))
                : weights.doubles(new Doubles(n));
    }

    private double stepSize(int step) {
        return learningRate * Math.sqrt(1 - Math.pow(beta2, step)) / (1 - Math.pow(beta1, step));
    }

    private final class Floats implements Weights.Rule<float[]> {
        private final float[] mean;
        private final float[] square;
        private int step;

        Floats(int n) {
            mean = new float[n];
            square = new float[n];
        }

        @Override
        public void step(float[] w, float[] g, double factor) {
            Weights.decay(w, learningRate * factor * weightDecay);
            float size = (float) (factor * stepSize(++step));
            float meanRate = (float) (1 - beta1);
            float squareRate = (float) (1 - beta2);
            float floor = (float) epsilon;
            for (int i = 0; i < w.length; i++) {
                float m = mean[i] + meanRate * (g[i] - mean[i]);
                float v = square[i] + squareRate * (g[i] * g[i] - square[i]);
                mean[i] = m;
                square[i] = v;
                w[i] -= size * m / ((float) Math.sqrt(v) + floor);
            }
        }
    }

    private final class Doubles implements Weights.Rule<double[]> {
        private final double[] mean;
        private final double[] square;
        private int step;

        Doubles(int n) {
            mean = new double[n];
            square = new double[n];
        }

        @Override
        public void step(double[] w, double[] g, double factor) {
            Weights.decay(w, learningRate * factor * weightDecay);
            double size = factor * stepSize(++step);
            for (int i = 0; i < w.length; i++) {
                double m = mean[i] + (1 - beta1) * (g[i] - mean[i]);
                double v = square[i] + (1 - beta2) * (g[i] * g[i] - square[i]);
                mean[i] = m;
                square[i] = v;
                w[i] -= size * m / (Math.sqrt(v) + epsilon);
            }
        }
    }
}
