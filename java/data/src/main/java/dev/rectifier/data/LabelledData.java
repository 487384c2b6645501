package dev.rectifier.data;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Examples with a class each: {@code rows} times {@code columns} features in row-major order, and
 * one label per row.
 *
 * <p>The arrays are handed over, not copied, because a data set is large; nobody may change them
 * afterwards.
 *
 * @param name what to call the data set
 * @param features every one within −1..1, and within 0..1 where the source had no negative values
 * @param rows number of examples, at least 1
 * @param columns number of features of an example, at least 1
 * @param labels a class per row, each within 0..classes−1
 * @param classes number of classes, at least 2
 */
public record LabelledData(
        String name, float[] features, int rows, int columns, int[] labels, int classes) {

    /**
     * Checks that the parts agree.
     *
     * @throws IllegalArgumentException if a size, a feature or a label is out of its range
     */
    public LabelledData {
        if (rows < 1 || columns < 1 || (long) rows * columns != features.length) {
            throw new IllegalArgumentException(
                    "rows = %d and columns = %d don't make features.length = %d"
                            .formatted(rows, columns, features.length));
        }
        if (labels.length != rows) {
            throw new IllegalArgumentException(
                    "labels.length = %d is not rows = %d".formatted(labels.length, rows));
        }
        if (classes < 2) {
            throw new IllegalArgumentException("classes = " + classes + " is below 2");
        }
        for (int i = 0; i < features.length; i++) {
            if (!(Math.abs(features[i]) <= 1)) {
                throw new IllegalArgumentException(
                        "features[%d] = %s is not within -1..1".formatted(i, features[i]));
            }
        }
        for (int i = 0; i < rows; i++) {
            if (labels[i] < 0 || labels[i] >= classes) {
                throw new IllegalArgumentException(
                        "labels[%d] = %d is not within 0..%d".formatted(i, labels[i], classes - 1));
            }
        }
    }

    /**
     * Splits the rows at random into {@code round(testShare · rows)} test rows (but at least one in
     * either part) and the rest for training, each class in proportion to within one row.
     *
     * <p>The rows are shuffled by Fisher and Yates' method with a {@link SplittableRandom} of the
     * given seed; of each class the first ones in that order become the test rows, and both parts
     * keep that order. So the same seed gives the same split on every machine.
     *
     * @throws IllegalArgumentException if testShare is not within 0..1, or there is only one row
     */
    public TrainTest split(double testShare, long seed) {
        if (!(testShare >= 0 && testShare <= 1)) {
            throw new IllegalArgumentException("testShare = " + testShare + " is not within 0..1");
        }
        if (rows < 2) {
            throw new IllegalArgumentException("rows = " + rows + " can't be split");
        }
        int testRows = (int) Math.max(1, Math.min(rows - 1, Math.round(testShare * rows)));
        int[] quota = testRowsByClass(testRows);
        int[] test = new int[testRows];
        int[] train = new int[rows - testRows];
        int tested = 0;
        int trained = 0;
        for (int row : shuffledRows(seed)) {
            if (quota[labels[row]]-- > 0) {
                test[tested++] = row;
            } else {
                train[trained++] = row;
            }
        }
        return new TrainTest(select(train), select(test));
    }

    /** Cuts the line of all rows, sorted by class, evenly, so that the quotas add up exactly. */
    private int[] testRowsByClass(int testRows) {
        int[] count = new int[classes];
        for (int label : labels) {
            count[label]++;
        }
        long before = 0;
        int[] quota = new int[classes];
        for (int c = 0; c < classes; c++) {
            long after = before + count[c];
            quota[c] = (int) (after * testRows / rows - before * testRows / rows);
            before = after;
        }
        return quota;
    }

    private int[] shuffledRows(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] order = new int[rows];
        for (int i = 0; i < rows; i++) {
            int other = random.nextInt(i + 1);
            order[i] = order[other];
            order[other] = i;
        }
        return order;
    }

    private LabelledData select(int[] chosen) {
        float[] chosenFeatures = new float[chosen.length * columns];
        int[] chosenLabels = new int[chosen.length];
        for (int i = 0; i < chosen.length; i++) {
            System.arraycopy(features, chosen[i] * columns, chosenFeatures, i * columns, columns);
            chosenLabels[i] = labels[chosen[i]];
        }
        return new LabelledData(
                name, chosenFeatures, chosen.length, columns, chosenLabels, classes);
    }

    /**
     * Divides all features by the largest absolute value among them, so that they lie within −1..1,
     * and keep their proportions and their zero.
     */
    static void scale(float[]... parts) {
        float largest = 0;
        for (float[] features : parts) {
            for (float value : features) {
                largest = Math.max(largest, Math.abs(value));
            }
        }
        if (largest == 0) {
            return;
        }
        for (float[] features : parts) {
            for (int i = 0; i < features.length; i++) {
                features[i] /= largest;
            }
        }
    }

    /** One more than the largest label of a file, which must have two different ones. */
    static int countClasses(String file, int[] labels) {
        int largest = largest(labels);
        if (Arrays.stream(labels).allMatch(label -> label == largest)) {
            throw DataException.of(
                    file,
                    "at least two classes are needed, but every label (%d of them) is %d",
                    labels.length,
                    largest);
        }
        return largest + 1;
    }

    /** The same for a part to learn from; one to judge by may have a single class. */
    static int countClasses(String trainFile, int[] trainLabels, int[] testLabels) {
        return Math.max(countClasses(trainFile, trainLabels), largest(testLabels) + 1);
    }

    private static int largest(int[] labels) {
        return Arrays.stream(labels).max().orElseThrow();
    }

    /** The name and the sizes, such as {@code digits: 1797 rows, 64 columns, 10 classes}. */
    @Override
    public String toString() {
        return "%s: %d rows, %d columns, %d classes".formatted(name, rows, columns, classes);
    }
}
