package dev.rectifier;

/**
 * Values for an array: one distribution with its numbers worked out, which is what an {@link
 * Initializer} of independent elements becomes once the shape is known.
 *
 * @param distribution how values are drawn
 * @param a the constant, the lower bound, or the mean
 * @param b the upper bound (excluded), or the standard deviation before truncation; unused for a
 *     constant
 * @param low the lower bound of {@link Distribution#BOUNDED_NORMAL}; unused for others
 * @param high the upper bound of {@link Distribution#BOUNDED_NORMAL}; unused for others
 */
public record Fill(Distribution distribution, double a, double b, double low, double high) {
    /** How values are drawn. */
    public enum Distribution {
        /** Every value is {@code a}. */
        CONSTANT,
        /** U[a, b). */
        UNIFORM,
        /** N(a, b²). */
        NORMAL,
        /** N(a, b²) restricted to a ± 2b. */
        TRUNCATED_NORMAL,
        /** N(a, b²) restricted to [low, high]. */
        BOUNDED_NORMAL
    }

    /**
     * Any distribution but {@link Distribution#BOUNDED_NORMAL}.
     *
     * @param distribution how values are drawn
     * @param a the constant, the lower bound, or the mean
     * @param b the upper bound (excluded), or the standard deviation before truncation
     */
    public Fill(Distribution distribution, double a, double b) {
        this(distribution, a, b, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
    }
}
