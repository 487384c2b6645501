package dev.rectifier.report.plot;

/**
 * A part of an axis.
 *
 * @param low where it begins
 * @param high where it ends, above {@code low}
 */
public record Range(double low, double high) {
    private static final double SMALLEST = 1e-30;
    private static final double LARGEST = 1e30;

    /** Below this share of the numbers on it, neither digits nor doubles tell them well apart. */
    private static final double RESOLUTION = 1e-6;

    /**
     * A part of the horizontal axis.
     *
     * @throws IllegalArgumentException if it is empty, too short or too long
     */
    public static Range horizontal(double from, double to) {
        double magnitude = Math.max(Math.abs(from), Math.abs(to));
        if (!(magnitude <= LARGEST) || !(to - from >= Math.max(SMALLEST, RESOLUTION * magnitude))) {
            throw new IllegalArgumentException(
                    ("can't plot from %s to %s: the second must be greater, by at least %s times"
                                    + " the larger magnitude, which may be up to %s")
                            .formatted(from, to, RESOLUTION, LARGEST));
        }
        return new Range(from, to);
    }

    double size() {
        return high - low;
    }

    double magnitude() {
        return Math.max(Math.abs(low), Math.abs(high));
    }

    boolean contains(double value) {
        return value >= low && value <= high;
    }

    /** The nearest number in the range. */
    double clamp(double value) {
        return Math.max(low, Math.min(high, value));
    }

    /** 0 at the lower end, 1 at the upper one. */
    double share(double value) {
        return (value - low) / size();
    }

    /** The place that is this share of the way from the lower end to the upper one. */
    double at(double share) {
        return low + share * size();
    }

    Range with(double value) {
        return new Range(Math.min(low, value), Math.max(high, value));
    }

    Range with(Range other) {
        return with(other.low).with(other.high);
    }

    /** Longer by this share on either side. */
    Range padded(double share) {
        return new Range(low - share * size(), high + share * size());
    }
}
