package dev.rectifier.report.plot;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;

/** Chooses the part of the vertical axis that is shown. */
final class Frame {
    /** Values of up to so many times what is usual are shown at the cost of detail. */
    private static final double TOLERATED = 10;

    /** A curve that is within the usual for so much of its way may leave the frame elsewhere. */
    private static final double ENOUGH = 0.25;

    /** Otherwise, the extreme values of this share on either side may. */
    private static final double EXTREME = 0.1;

    private static final double MARGIN = 0.04;

    /** Rounding errors of a constant are no reason to fill the frame with them. */
    private static final double CONSTANT = 1e-9;

    /** So far out that a picture of it has no meaning, but near enough to compute with. */
    static final double LIMIT = 1e300;

    private Frame() {}

    /**
     * A range that shows all curves well.
     *
     * @param curves the values of each; those that are not finite have no influence
     * @param usual the magnitude that values of such a curve have
     */
    static Range of(List<double[]> curves, double usual) {
        Range range =
                curves.stream()
                        .map(values -> of(values, usual))
                        .flatMap(Optional::stream)
                        .reduce(Range::with)
                        .orElse(new Range(0, 0));
        return visible(range).padded(MARGIN);
    }

    private static Optional<Range> of(double[] curve, double usual) {
        double[] values = within(curve, LIMIT);
        double[] inside = within(values, usual);
        Optional<Range> all = range(values);
        if (all.isEmpty() || all.get().magnitude() <= TOLERATED * usual) {
            return all;
        }
        if (inside.length >= ENOUGH * values.length) {
            return range(inside);
        }
        Arrays.sort(values);
        int extreme = (int) (EXTREME * values.length);
        return range(Arrays.copyOfRange(values, extreme, values.length - extreme));
    }

    private static double[] within(double[] values, double magnitude) {
        return DoubleStream.of(values).filter(y -> Math.abs(y) <= magnitude).toArray();
    }

    private static Optional<Range> range(double[] values) {
        return DoubleStream.of(values).mapToObj(y -> new Range(y, y)).reduce(Range::with);
    }

    /** The range, or a longer one around it if it is hardly more than a point. */
    private static Range visible(Range range) {
        double magnitude = range.magnitude();
        if (range.size() > Math.max(CONSTANT * magnitude, 1 / LIMIT)) {
            return range;
        }
        double half = magnitude < 1 / LIMIT ? 1 : magnitude;
        return new Range(range.low() - half, range.high() + half);
    }
}
