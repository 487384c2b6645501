package dev.rectifier.benchmarks;

import dev.rectifier.DType;
import java.util.Locale;

/**
 * What is timed: one call that writes {@code length} elements.
 *
 * @param function the distribution of a fill, the activation's name in the registry, or the sizes
 *     of a dense layer or of a network
 */
public record Task(Kind kind, String function, DType dtype, int length) {
    /** Of arrays with rows. */
    private static final int MOST_COLUMNS = 256;

    /** What a call does. */
    public enum Kind {
        /** Draws random numbers into one array. */
        FILL,
        /** Reads x and writes y. */
        FORWARD,
        /** Reads x and dy and writes dx. */
        BACKWARD,
        /** Reads y = f(x) and dy and writes dx. */
        FROM_OUTPUT,
        /** A dense layer with ReLU: reads x, W and b and writes y. */
        DENSE_FORWARD,
        /** Reads x, W, y and dy of a dense layer and writes dx, dW and db. */
        DENSE_BACKWARD,
        /** Scores rows by a network of dense layers, all but the last with ReLU. */
        SERVE;

        /** For tables. */
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** The length of a row, for functions along an axis and parameters per channel. */
    public int columns() {
        return Functions.columns(function)
                .orElse(Math.min(Integer.lowestOneBit(length), MOST_COLUMNS));
    }

    /** The number of rows. */
    public int rows() {
        return length / columns();
    }

    /** What {@code --only} looks at. */
    public String label() {
        return kind.label() + "/" + function + "/" + dtype.name().toLowerCase(Locale.ROOT);
    }
}
