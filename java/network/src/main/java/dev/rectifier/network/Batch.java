package dev.rectifier.network;

import dev.rectifier.Span;

/**
 * A few examples, the features in off-heap memory, as a {@link Network} takes them.
 *
 * @param targets of each row as many as the loss has
 * @param weights what each row counts
 */
record Batch(Span x, double[] targets, double[] weights) {
    int rows() {
        return weights.length;
    }
}
