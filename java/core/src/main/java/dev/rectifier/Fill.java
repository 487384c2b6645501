package dev.rectifier;

/**
 * Values for an array: one distribution with its numbers worked out, which is what an {@link
 * Initializer} of independent elements becomes once the shape is known.
 *
 * @param distribution how values are drawn
 * @param a the constant, the lower bound, or the mean
 * @param b the upper bound (excluded), or the standard deviation before truncation; unused for a
 *     constant
 */
public record Fill(Distribution distribution, double a, double b) {
    /** How values are drawn. */
    public enum Distribution {
        /** Every value is {@code a}. */
        CONSTANT,
        /** U[a, b). */
        UNIFORM,
        /** N(a, b²). */
        NORMAL,
        /** N(a, b²) restricted to a ± 2b. */
        TRUNCATED_NORMAL
    }
}
