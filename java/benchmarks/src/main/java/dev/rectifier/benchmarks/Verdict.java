package dev.rectifier.benchmarks;

import java.util.Locale;

/**
 * What came of checking a contender's results.
 *
 * @param right whether it computes the function at all; if not, its time means nothing
 * @param measure what the error is counted in, or nothing if there are no results to check
 */
public record Verdict(boolean right, double error, Measure measure) {
    static final double ACCURATE = 4;

    /** Of what has no results. */
    static final Verdict NOT_CHECKED = new Verdict(true, 0, Measure.NONE);

    /** What errors are counted in. */
    public enum Measure {
        /** There is no error. */
        NONE(""),
        /** The largest, in units in the last place of the reference's value. */
        ULP(" ULP"),
        /** √n times the Kolmogorov–Smirnov distance from the distribution. */
        KS(" KS");

        private final String unit;

        Measure(String unit) {
            this.unit = unit;
        }
    }

    /** Whether no element is off by more than {@value #ACCURATE} units in the last place. */
    boolean isAccurate() {
        return right && measure == Measure.ULP && error <= ACCURATE;
    }

    /** That of both together. */
    Verdict and(Verdict other) {
        return new Verdict(right && other.right, Math.max(error, other.error), measure);
    }

    /** For tables. */
    String text() {
        return String.format(
                Locale.ROOT,
                error < 1e6 ? "%s%s" : "%.0e%s",
                error < 1e6 ? Figures.digits(error) : error,
                measure.unit);
    }
}
