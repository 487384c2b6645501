package dev.rectifier.network;

import dev.rectifier.Span;

/** A few examples in off-heap memory, as a {@link Network} takes them. */
record Batch(Span x, int[] labels) {
    int rows() {
        return labels.length;
    }
}
