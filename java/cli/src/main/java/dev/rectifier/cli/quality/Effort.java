package dev.rectifier.cli.quality;

/**
 * How many numbers each test takes.
 *
 * @param fit for tests that sort them
 * @param tails for the ends of the normal distribution, where they are rare
 * @param correlation for correlations and bits
 * @param heads for the first numbers of many streams and seeds
 * @param moments for mean and variance of one initializer and shape
 */
record Effort(int fit, long tails, long correlation, int heads, long moments) {
    /** Some seconds. */
    static final Effort REDUCED = new Effort(1 << 18, 1 << 24, 1 << 20, 1 << 17, 1 << 17);

    /** Minutes; 2³³ draws put 8 beyond 6 standard deviations on each side. */
    static final Effort FULL =
            new Effort(100_000_000, 1L << 33, 100_000_000, 10_000_000, 100_000_000);
}
