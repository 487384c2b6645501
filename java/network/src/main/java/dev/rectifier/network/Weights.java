package dev.rectifier.network;

import dev.rectifier.DType;
import dev.rectifier.Span;

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

    @Override
    public String toString() {
        return name + " of " + value.length() + " " + value.dtype();
    }
}
