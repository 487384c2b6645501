package dev.rectifier.data;

/**
 * Two parts of one data set: what a network learns from, and what it is judged by.
 *
 * @param train the examples to learn from
 * @param test the examples to judge by
 */
public record TrainTest(LabelledData train, LabelledData test) {

    /**
     * Checks that the parts fit each other.
     *
     * @throws IllegalArgumentException if they differ in columns or classes
     */
    public TrainTest {
        if (train.columns() != test.columns() || train.classes() != test.classes()) {
            throw new IllegalArgumentException(
                    "train (" + train + ") and test (" + test + ") don't fit each other");
        }
    }
}
