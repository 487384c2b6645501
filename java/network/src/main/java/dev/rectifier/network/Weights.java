package dev.rectifier.network;

import dev.rectifier.DType;
import dev.rectifier.Span;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.function.BiConsumer;

/**
 * One tensor that training changes, with its gradient, both in off-heap memory of its {@link
 * Network}. The object is immutable, the memory is as little thread-safe as the network.
 */
public final class Weights {
    private final String name;
    private final Span value;
    private final Span gradient;

    Weights(String name, DType dtype, int rows, int columns) {
        this.name = name;
        this.value = Elements.matrix(dtype, rows, columns);
        this.gradient = Elements.matrix(dtype, rows, columns);
    }

    /** What it is, as in {@code dense0/kernel}. */
    public String name() {
        return name;
    }

    /** The weights themselves, in row-major order. */
    public Span value() {
        return value;
    }

    /** The derivatives of the loss by each weight, written by the last backward pass. */
    public Span gradient() {
        return gradient;
    }

    /**
     * A step by {@code rule}, which gets the weights and their gradient in arrays: loops over those
     * are vectorized by the JVM, loops over buffers aren't, which makes Adam five times as slow.
     */
    Updater floats(BiConsumer<float[], float[]> rule) {
        FloatBuffer values = (FloatBuffer) value.owner();
        FloatBuffer gradients = (FloatBuffer) gradient.owner();
        float[] w = new float[values.capacity()];
        float[] g = new float[values.capacity()];
        return () -> {
            values.get(0, w);
            gradients.get(0, g);
            rule.accept(w, g);
            values.put(0, w);
        };
    }

    /** {@link #floats} in double precision. */
    Updater doubles(BiConsumer<double[], double[]> rule) {
        DoubleBuffer values = (DoubleBuffer) value.owner();
        DoubleBuffer gradients = (DoubleBuffer) gradient.owner();
        double[] w = new double[values.capacity()];
        double[] g = new double[values.capacity()];
        return () -> {
            values.get(0, w);
            gradients.get(0, g);
            rule.accept(w, g);
            values.put(0, w);
        };
    }

    @Override
    public String toString() {
        return name + " of " + value.length() + " " + value.dtype();
    }
}
