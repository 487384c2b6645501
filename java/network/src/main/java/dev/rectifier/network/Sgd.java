package dev.rectifier.network;

import dev.rectifier.Parameter;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;

/**
 * Stochastic gradient descent with momentum: v = momentum·v − learningRate·g, w += v.
 *
 * <p>That is Keras. PyTorch has v = momentum·v + g, w −= learningRate·v, which is the same path as
 * long as the learning rate doesn't change. There is no Nesterov form.
 *
 * @param learningRate finite and &gt; 0
 * @param momentum from 0, for none, to 1
 */
public record Sgd(double learningRate, double momentum) implements Optimizer {
    /**
     * @throws IllegalArgumentException if a value is out of its range
     */
    public Sgd {
        Parameter.number("learningRate", 0.01, Double.MIN_VALUE, Double.MAX_VALUE)
                .check(learningRate);
        Parameter.number("momentum", 0, 0, 1).check(momentum);
    }

    @Override
    public Updater start(Weights weights) {
        int n = (int) weights.value().length();
        Object w = weights.value().owner();
        Object g = weights.gradient().owner();
        if (w instanceof FloatBuffer floats) {
            float[] velocity = new float[n];
            return () -> update(floats, (FloatBuffer) g, velocity);
        }
        double[] velocity = new double[n];
        return () -> update((DoubleBuffer) w, (DoubleBuffer) g, velocity);
    }

    private void update(FloatBuffer w, FloatBuffer g, float[] velocity) {
        float rate = (float) learningRate;
        float keep = (float) momentum;
        for (int i = 0; i < velocity.length; i++) {
            float v = keep * velocity[i] - rate * g.get(i);
            velocity[i] = v;
            w.put(i, w.get(i) + v);
        }
    }

    private void update(DoubleBuffer w, DoubleBuffer g, double[] velocity) {
        for (int i = 0; i < velocity.length; i++) {
            double v = momentum * velocity[i] - learningRate * g.get(i);
            velocity[i] = v;
            w.put(i, w.get(i) + v);
        }
    }
}
