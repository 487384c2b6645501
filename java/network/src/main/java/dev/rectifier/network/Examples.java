package dev.rectifier.network;

import java.util.Objects;

/**
 * Labelled rows of features. The arrays are neither copied nor written; thread-safe as long as
 * nobody else writes them either.
 *
 * @param features [rows, columns] in row-major order, all finite
 * @param columns the number of features per row
 * @param labels the class of each row, in 0..classes − 1
 * @param classes the number of classes
 */
public record Examples(float[] features, int columns, int[] labels, int classes) {
    /**
     * @throws IllegalArgumentException if there are no rows, columns or classes, the lengths don't
     *     agree, a feature isn't finite or a label isn't a class
     */
    public Examples {
        Objects.requireNonNull(features, "features");
        Objects.requireNonNull(labels, "labels");
        if (labels.length == 0 || columns < 1 || classes < 1) {
            throw new IllegalArgumentException(
                    "rows, columns and classes must be at least 1, not %d, %d and %d"
                            .formatted(labels.length, columns, classes));
        }
        if (features.length != (long) labels.length * columns) {
            throw new IllegalArgumentException(
                    "features has length %d, not that of %d rows of %d columns"
                            .formatted(features.length, labels.length, columns));
        }
        for (int i = 0; i < features.length; i++) {
            if (!Float.isFinite(features[i])) {
                throw new IllegalArgumentException(
                        "features must be finite, not %s in row %d, column %d"
                                .formatted(features[i], i / columns, i % columns));
            }
        }
        for (int row = 0; row < labels.length; row++) {
            if (labels[row] < 0 || labels[row] >= classes) {
                throw new IllegalArgumentException(
                        "labels must be in 0..%d, not %d in row %d"
                                .formatted(classes - 1, labels[row], row));
            }
        }
    }

    /** The number of examples. */
    public int rows() {
        return labels.length;
    }

    /**
     * At most {@code count} of the rows, evenly spread, in new arrays.
     *
     * @throws IllegalArgumentException if {@code count < 1}
     */
    public Examples sample(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("count must be at least 1, not " + count);
        }
        int n = Math.min(count, rows());
        float[] sampled = new float[n * columns];
        int[] sampledLabels = new int[n];
        for (int i = 0; i < n; i++) {
            int row = (int) ((long) i * rows() / n);
            System.arraycopy(features, row * columns, sampled, i * columns, columns);
            sampledLabels[i] = labels[row];
        }
        return new Examples(sampled, columns, sampledLabels, classes);
    }

    /** The number of rows and columns; the arrays would be too long. */
    @Override
    public String toString() {
        return rows() + " examples of " + columns + " features in " + classes + " classes";
    }
}
