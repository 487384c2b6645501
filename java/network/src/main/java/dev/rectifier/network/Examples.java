package dev.rectifier.network;

import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Rows of features with what is to be learned of each: a label, which is one of several classes, or
 * numbers. The arrays are neither copied nor written; thread-safe as long as nobody else writes
 * them either.
 */
public final class Examples {
    private final float[] features;
    private final int columns;
    private final int[] labels;
    private final int classes;
    private final float[] targets;
    private final int targetWidth;

    /** Of each row; empty if all count as one. */
    private final float[] weights;

    private Examples(
            float[] features,
            int columns,
            int[] labels,
            int classes,
            float[] targets,
            int targetWidth,
            float[] weights) {
        this.features = features;
        this.columns = columns;
        this.labels = labels;
        this.classes = classes;
        this.targets = targets;
        this.targetWidth = targetWidth;
        this.weights = weights;
    }

    /**
     * Rows with labels.
     *
     * @param features [rows, columns] in row-major order, all finite
     * @param columns the number of features per row
     * @param labels the class of each row, in 0..classes − 1
     * @param classes the number of classes
     * @throws IllegalArgumentException if there are no rows, columns or classes, the lengths don't
     *     agree, a feature isn't finite or a label isn't a class
     */
    public Examples(float[] features, int columns, int[] labels, int classes) {
        this(
                Objects.requireNonNull(features, "features"),
                columns,
                Objects.requireNonNull(labels, "labels"),
                classes,
                new float[0],
                0,
                new float[0]);
        if (labels.length == 0 || columns < 1 || classes < 1) {
            throw new IllegalArgumentException(
                    "rows, columns and classes must be at least 1, not %d, %d and %d"
                            .formatted(labels.length, columns, classes));
        }
        requireFeatures();
        for (int row = 0; row < labels.length; row++) {
            if (labels[row] < 0 || labels[row] >= classes) {
                throw new IllegalArgumentException(
                        "labels must be in 0..%d, not %d in row %d"
                                .formatted(classes - 1, labels[row], row));
            }
        }
    }

    /**
     * Rows with numbers.
     *
     * @param features [rows, columns] in row-major order, all finite
     * @param columns the number of features per row
     * @param targets [rows, outputs] in row-major order, all finite
     * @param outputs the number of numbers per row
     * @return the examples
     * @throws IllegalArgumentException if there are no rows, columns or outputs, the lengths don't
     *     agree, or a feature or a target isn't finite
     */
    public static Examples ofNumbers(float[] features, int columns, float[] targets, int outputs) {
        Objects.requireNonNull(features, "features");
        Objects.requireNonNull(targets, "targets");
        if (targets.length == 0 || columns < 1 || outputs < 1 || targets.length % outputs != 0) {
            throw new IllegalArgumentException(
                    "rows, columns and outputs must be at least 1, and the %d targets as many for each row, not %d columns and %d outputs"
                            .formatted(targets.length, columns, outputs));
        }
        Examples examples =
                new Examples(
                        features,
                        columns,
                        new int[targets.length / outputs],
                        0,
                        targets,
                        outputs,
                        new float[0]);
        examples.requireFeatures();
        for (int i = 0; i < targets.length; i++) {
            if (!Float.isFinite(targets[i])) {
                throw new IllegalArgumentException(
                        "targets must be finite, not %s in row %d"
                                .formatted(targets[i], i / outputs));
            }
        }
        return examples;
    }

    private void requireFeatures() {
        if (features.length != (long) rows() * columns) {
            throw new IllegalArgumentException(
                    "features has length %d, not that of %d rows of %d columns"
                            .formatted(features.length, rows(), columns));
        }
        for (int i = 0; i < features.length; i++) {
            if (!Float.isFinite(features[i])) {
                throw new IllegalArgumentException(
                        "features must be finite, not %s in row %d, column %d"
                                .formatted(features[i], i / columns, i % columns));
            }
        }
    }

    /**
     * {@return the same rows, each of which counts as much as its weight says, 1 being the usual}
     *
     * @param weights one for each row, finite and ≥ 0
     * @throws IllegalArgumentException if they aren't
     */
    public Examples withWeights(float[] weights) {
        if (Objects.requireNonNull(weights, "weights").length != rows()) {
            throw new IllegalArgumentException(
                    "weights has length %d, not that of %d rows".formatted(weights.length, rows()));
        }
        for (int row = 0; row < weights.length; row++) {
            if (!(weights[row] >= 0 && weights[row] <= Float.MAX_VALUE)) {
                throw new IllegalArgumentException(
                        "weights must be finite and at least 0, not %s in row %d"
                                .formatted(weights[row], row));
            }
        }
        return new Examples(features, columns, labels, classes, targets, targetWidth, weights);
    }

    /**
     * {@return the same rows, each of which counts as much as its class, besides what it counted}
     *
     * @param classWeights one for each class, finite and ≥ 0; Keras's {@code class_weight}
     * @throws IllegalArgumentException if they aren't, or the rows have no labels
     */
    public Examples withClassWeights(double[] classWeights) {
        if (Objects.requireNonNull(classWeights, "classWeights").length != classes
                || classes == 0) {
            throw new IllegalArgumentException(
                    "classWeights has length %d, not that of %d classes"
                            .formatted(classWeights.length, classes));
        }
        float[] product = new float[rows()];
        for (int row = 0; row < product.length; row++) {
            product[row] = (float) (weight(row) * classWeights[labels[row]]);
        }
        return withWeights(product);
    }

    /**
     * {@return the same rows, each of which counts as rows / (classes · rows of its class), so that
     * all classes weigh the same: scikit-learn's {@code balanced}}
     *
     * @throws IllegalArgumentException if the rows have no labels
     */
    public Examples withBalancedClasses() {
        double[] count = new double[classes];
        for (int label : classes == 0 ? new int[0] : labels) {
            count[label]++;
        }
        return withClassWeights(
                Arrays.stream(count).map(n -> n == 0 ? 0 : rows() / (classes * n)).toArray());
    }

    /** {@return the features [rows, columns] in row-major order} */
    public float[] features() {
        return features;
    }

    /** {@return the number of features per row} */
    public int columns() {
        return columns;
    }

    /** {@return the class of each row; all 0 if rows have numbers instead} */
    public int[] labels() {
        return labels;
    }

    /** {@return the number of classes; 0 if rows have numbers instead} */
    public int classes() {
        return classes;
    }

    /**
     * {@return the numbers [rows, {@link #targetWidth}] in row-major order; empty if rows have
     * labels}
     */
    public float[] targets() {
        return targets;
    }

    /** {@return how many numbers a row has; 0 if it has a label instead} */
    public int targetWidth() {
        return targetWidth;
    }

    /** {@return the number of examples} */
    public int rows() {
        return labels.length;
    }

    /** What the row counts. */
    double weight(int row) {
        return weights.length == 0 ? 1 : weights[row];
    }

    /**
     * At most {@code count} of the rows, evenly spread, in new arrays.
     *
     * @param count how many
     * @return the examples
     * @throws IllegalArgumentException if {@code count < 1}
     */
    public Examples sample(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("count must be at least 1, not " + count);
        }
        int n = Math.min(count, rows());
        return take(IntStream.range(0, n).map(i -> (int) ((long) i * rows() / n)).toArray());
    }

    /**
     * Two parts, in new arrays.
     *
     * @param training the one to train with, in the order of the rows
     * @param validation the one that is held out
     */
    public record Split(Examples training, Examples validation) {
        /** Both are there. */
        public Split {
            Objects.requireNonNull(training, "training");
            Objects.requireNonNull(validation, "validation");
        }
    }

    /**
     * Holds some rows out, which ones the seed says; Keras's {@code validation_split} takes the
     * last.
     *
     * @param share how much is held out, of which each part has at least a row
     * @param seed decides all that is random; any number
     * @return both parts
     * @throws IllegalArgumentException if {@code share} isn't between 0 and 1, or there is one row
     */
    public Split split(double share, long seed) {
        if (!(share > 0 && share < 1) || rows() < 2) {
            throw new IllegalArgumentException(
                    "share must be between 0 and 1, of at least 2 rows, not %s of %d"
                            .formatted(share, rows()));
        }
        int held = (int) Math.max(1, Math.min(rows() - 1L, Math.round(share * rows())));
        int[] order = IntStream.range(0, rows()).toArray();
        Training.shuffle(order, new SplittableRandom(seed));
        int[] first = Arrays.copyOfRange(order, held, order.length);
        int[] second = Arrays.copyOf(order, held);
        Arrays.sort(first);
        Arrays.sort(second);
        return new Split(take(first), take(second));
    }

    private Examples take(int[] rows) {
        int n = rows.length;
        float[] someFeatures = new float[n * columns];
        int[] someLabels = new int[n];
        float[] someTargets = new float[n * targetWidth];
        float[] someWeights = new float[weights.length == 0 ? 0 : n];
        for (int i = 0; i < n; i++) {
            System.arraycopy(features, rows[i] * columns, someFeatures, i * columns, columns);
            System.arraycopy(
                    targets, rows[i] * targetWidth, someTargets, i * targetWidth, targetWidth);
            someLabels[i] = labels[rows[i]];
            if (weights.length > 0) {
                someWeights[i] = weights[rows[i]];
            }
        }
        return new Examples(
                someFeatures, columns, someLabels, classes, someTargets, targetWidth, someWeights);
    }

    /** The number of rows and columns; the arrays would be too long. */
    @Override
    public String toString() {
        return "%d examples of %d features %s"
                .formatted(
                        rows(),
                        columns,
                        classes > 0
                                ? "in " + classes + " classes"
                                : "with " + targetWidth + " numbers");
    }
}
