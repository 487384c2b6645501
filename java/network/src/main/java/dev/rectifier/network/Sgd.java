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
 * <p>Weights decay on their own: before that, w −= learningRate·weightDecay·w, also for biases and
 * what activations learn. That is Keras, too; PyTorch adds weightDecay·w to the gradient instead,
 * which momentum then carries on.
 *
 * @param learningRate finite and &gt; 0, also in the type of the weights
 * @param momentum from 0, for none, to 1
 * @param weightDecay finite and ≥ 0
 */
public record Sgd(double learningRate, double momentum, double weightDecay) implements Optimizer {
    private static final Parameter LEARNING_RATE =
            Parameter.number("learningRate", 0.01, Double.MIN_VALUE, Double.MAX_VALUE);
    private static final Parameter MOMENTUM = Parameter.number("momentum", 0, 0, 1);

    static final Parameter WEIGHT_DECAY = Parameter.number("weightDecay", 0, 0, Double.MAX_VALUE);

    /**
     * One that lets no weights decay.
     *
     * @param learningRate how far a step goes
     * @param momentum how much of the last step is kept
     */
    public Sgd(double learningRate, double momentum) {
        this(learningRate, momentum, 0);
    }

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if a value is out of its range
     */
    public Sgd {
        LEARNING_RATE.check(learningRate);
        MOMENTUM.check(momentum);
        WEIGHT_DECAY.check(weightDecay);
    }

    @Override
    public void requireFits(DType dtype) {
        Objects.requireNonNull(dtype, "dtype");
        LEARNING_RATE.check(learningRate, dtype);
        MOMENTUM.check(momentum, dtype);
        WEIGHT_DECAY.check(weightDecay, dtype);
    }

    @Override
    public Updater start(Weights weights) {
        requireFits(Objects.requireNonNull(weights, "weights").value().dtype());
        int n = (int) weights.value().length();
        if (weights.value().dtype() == DType.FLOAT32) {
            float[] velocity = new float[n];
            return weights.floats((w, g, factor) -> update(w, g, velocity, factor));
        }
        double[] velocity = new double[n];
        return weights.doubles((w, g, factor) -> update(w, g, velocity, factor));
    }

    private void update(float[] w, float[] g, float[] velocity, double factor) {
        Weights.decay(w, learningRate * factor * weightDecay);
        float rate = (float) (learningRate * factor);
        float keep = (float) momentum;
        for (int i = 0; i < w.length; i++) {
            float v = keep * velocity[i] - rate * g[i];
            velocity[i] = v;
            w[i] += v;
        }
    }

    private void update(double[] w, double[] g, double[] velocity, double factor) {
        Weights.decay(w, learningRate * factor * weightDecay);
        double rate = learningRate * factor;
        for (int i = 0; i < w.length; i++) {
            double v = momentum * velocity[i] - rate * g[i];
            velocity[i] = v;
            w[i] += v;
        }
    }
}
