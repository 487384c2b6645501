package dev.rectifier.benchmarks;

import dev.rectifier.DType;
import java.util.Locale;

/**
 * What is timed: one call that writes {@code length} elements.
 *
 * @param function the distribution of a fill, or the activation's name in the registry
 */
public record Task(Kind kind, String function, DType dtype, int length) {
    /** What a call does, and so how many arrays it reads or writes. */
    public enum Kind {
        /** Draws random numbers into one array. */
        FILL(1),
        /** Reads x and writes y. */
        FORWARD(2),
        /** Reads x and dy and writes dx. */
        BACKWARD(3),
        /** Reads y = f(x) and dy and writes dx. */
        FROM_OUTPUT(3);

        private final int arrays;

        Kind(int arrays) {
            this.arrays = arrays;
        }

        /** For tables. */
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** The bytes that a call moves at least. */
    public long bytes() {
        return (long) kind.arrays * length * dtype.bytes();
    }

    /** What {@code --only} looks at. */
    public String label() {
        return kind.label() + "/" + function + "/" + dtype.name().toLowerCase(Locale.ROOT);
    }
}
