package dev.rectifier;

/**
 * What a random draw depends on, besides the distribution: element i gets the draw number {@code
 * first + i} of stream {@code stream} of seed {@code seed}. Two streams of one seed never share a
 * draw, and neither do an {@link Initializer} and an {@link RRelu} with the same key.
 *
 * @param seed the key of the generator, any value
 * @param stream which of the seed's 2⁶⁴ sequences, any value; give each layer its own
 * @param first the number of the first draw, 0 for a whole tensor, more for a later part of one
 */
public record RandomKey(long seed, long stream, long first) {
    /** The largest number of draws in a stream. */
    public static final long MAX_DRAWS = 1L << 60;

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if {@code first} is negative or beyond {@link #MAX_DRAWS}
     */
    public RandomKey {
        if (first < 0 || first > MAX_DRAWS) {
            throw new IllegalArgumentException("first " + first + " is not in 0.." + MAX_DRAWS);
        }
    }

    /**
     * The beginning of a stream.
     *
     * @param seed decides all that is random; any number
     * @param stream tells series of random numbers of one seed from each other; any number
     */
    public RandomKey(long seed, long stream) {
        this(seed, stream, 0);
    }

    /**
     * {@return the same key, {@code draws} further on}
     *
     * @param draws how many draws to pass over
     * @throws IllegalArgumentException if that is before the stream's beginning or beyond {@link
     *     #MAX_DRAWS}
     */
    public RandomKey skip(long draws) {
        return new RandomKey(seed, stream, first + draws);
    }
}
