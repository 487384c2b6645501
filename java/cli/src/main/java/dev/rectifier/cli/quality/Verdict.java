package dev.rectifier.cli.quality;

import java.util.Locale;
import java.util.OptionalDouble;

/**
 * What came of one test.
 *
 * @param subject what was drawn
 * @param test how it was tested
 * @param samples how many numbers were looked at
 * @param statistic the figure that the verdict is about
 * @param p the probability of a figure at least as large from perfect random numbers; empty where
 *     perfect numbers leave no choice
 * @param passed whether there is nothing to object
 */
record Verdict(
        String subject,
        String test,
        long samples,
        String statistic,
        OptionalDouble p,
        boolean passed) {
    /**
     * How unlikely a figure must be to count as a failure, at either end: numbers that agree with
     * theory better than random ones do aren't random either.
     */
    static final double LEVEL = 1e-6;

    /** The verdict on a figure that is random. */
    static Verdict of(String subject, String test, long samples, String statistic, double p) {
        return new Verdict(
                subject,
                test,
                samples,
                statistic,
                OptionalDouble.of(p),
                p >= LEVEL && p <= 1 - LEVEL);
    }

    /** The verdict on chi-square. */
    static Verdict chiSquare(
            String subject, String test, long samples, double chiSquare, int degrees) {
        return of(
                subject,
                test,
                samples,
                String.format(Locale.ROOT, "χ²(%d) = %.4g", degrees, chiSquare),
                ChiSquare.p(chiSquare, degrees));
    }

    /** The verdict on a count of what must not be. */
    static Verdict none(String subject, String test, long samples, long count) {
        return new Verdict(
                subject, test, samples, Long.toString(count), OptionalDouble.empty(), count == 0);
    }
}
