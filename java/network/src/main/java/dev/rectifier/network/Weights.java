package dev.rectifier.network;

import dev.rectifier.DType;
import dev.rectifier.Memory;
import dev.rectifier.Span;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;

/**
 * One tensor that training changes, with its gradient, both in off-heap memory of its {@link
 * Network}, and closed with it. The object is immutable, the memory is as little thread-safe as the
 * network.
 */
public final class Weights {
    private final String name;
    private final Memory memory;
    private final Span value;
    private final Span gradient;

    Weights(Memory memory, String name, DType dtype, int rows, int columns) {
        this.name = name;
        this.memory = memory;
        this.value = Elements.matrix(memory, dtype, rows, columns);
        this.gradient = Elements.matrix(memory, dtype, rows, columns);
    }

    private void requireOpen() {
        if (memory.isClosed()) {
            throw new IllegalStateException(name + " has been closed with its network");
        }
    }

    /** {@return what it is, as in {@code dense0/kernel}} */
    public String name() {
        return name;
    }

    /**
     * {@return the weights themselves, in row-major order}
     *
     * @throws IllegalStateException if the network has been closed
     */
    public Span value() {
        requireOpen();
        return value;
    }

    /**
     * {@return the derivatives of the loss by each weight, written by the last backward pass}
     *
     * @throws IllegalStateException if the network has been closed
     */
    public Span gradient() {
        requireOpen();
        return gradient;
    }

    /** Changes weights by their gradients; a factor goes with the learning rate. */
    @FunctionalInterface
    interface Rule<T> {
        void step(T weights, T gradients, double factor);
    }

    /** Makes weights smaller by this share. */
    static void decay(float[] w, double share) {
        float lost = (float) share;
        for (int i = 0; i < w.length && lost > 0; i++) {
            w[i] -= lost * w[i];
        }
    }

    /** {@link #decay(float[], double)} in double precision. */
    static void decay(double[] w, double share) {
        for (int i = 0; i < w.length && share > 0; i++) {
            w[i] -= share * w[i];
        }
    }

    /**
     * A step by {@code rule}, which gets the weights and their gradient in arrays: loops over those
     * are vectorized by the JVM, loops over buffers aren't, which makes Adam five times as slow.
     */
    Updater floats(Rule<float[]> rule) {
        FloatBuffer values = (FloatBuffer) value().owner();
        FloatBuffer gradients = (FloatBuffer) gradient.owner();
        float[] w = new float[values.capacity()];
        float[] g = new float[values.capacity()];
        return factor -> {
            requireOpen();
            values.get(0, w);
            gradients.get(0, g);
            rule.step(w, g, factor);
            values.put(0, w);
        };
    }

    /** {@link #floats} in double precision. */
    Updater doubles(Rule<double[]> rule) {
        DoubleBuffer values = (DoubleBuffer) value().owner();
        DoubleBuffer gradients = (DoubleBuffer) gradient.owner();
        double[] w = new double[values.capacity()];
        double[] g = new double[values.capacity()];
        return factor -> {
            requireOpen();
            values.get(0, w);
            gradients.get(0, g);
            rule.step(w, g, factor);
            values.put(0, w);
        };
    }

    @Override
    public String toString() {
        return name + " of " + value.length() + " " + value.dtype();
    }
}
