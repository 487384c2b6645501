package dev.rectifier.network;

import dev.rectifier.DType;
import dev.rectifier.Parameter;
import java.util.Objects;

/**
 * Stochastic gradient descent with momentum: v = momentum·v − learningRate·g, w += v.
 *
 * <p>That is Keras. PyTorch has v = momentum·v + g, w −= learningRate·v, which is the same path as
 * long as the learning rate doesn't change. There is no Nesterov form.
 *
 * @param learningRate finite and &gt; 0, also in the type of the weights
 * @param momentum from 0, for none, to 1
 */
public record Sgd(double learningRate, double momentum) implements Optimizer {
    private static final Parameter LEARNING_RATE =
            Parameter.number("learningRate", 0.01, Double.MIN_VALUE, Double.MAX_VALUE);
    private static final Parameter MOMENTUM = Parameter.number("momentum", 0, 0, 1);

    /**
     * @throws IllegalArgumentException if a value is out of its range
     */
    public Sgd {
        LEARNING_RATE.check(learningRate);
        MOMENTUM.check(momentum);
    }

    @Override
    public void requireFits(DType dtype) {
        Objects.requireNonNull(dtype, "dtype");
        LEARNING_RATE.check(learningRate, dtype);
        MOMENTUM.check(momentum, dtype);
    }

    @Override
    public Updater start(Weights weights) {
        requireFits(Objects.requireNonNull(weights, "weights").value().dtype());
        int n = (int) weights.value().length();
        if (weights.value().dtype() == DType.FLOAT32) {
            float[] velocity = new float[n];
            return weights.floats((w, g) -> update(w, g, velocity));
        }
        double[] velocity = new double[n];
        return weights.doubles((w, g) -> update(w, g, velocity));
    }

    private void update(float[] w, float[] g, float[] velocity) {
        float rate = (float) learningRate;
        float keep = (float) momentum;
        for (int i = 0; i < w.length; i++) {
            float v = keep * velocity[i] - rate * g[i];
            velocity[i] = v;
            w[i] += v;
        }
    }

    private void update(double[] w, double[] g, double[] velocity) {
        for (int i = 0; i < w.length; i++) {
            double v = momentum * velocity[i] - learningRate * g[i];
            velocity[i] = v;
            w[i] += v;
        }
    }
}
