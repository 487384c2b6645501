package dev.rectifier.reference;

import dev.rectifier.DType;
import dev.rectifier.Fill;
import java.util.function.DoublePredicate;

/**
 * N(mean, stddev²) restricted to bounds, by inversion in {@code double}, whatever the type. A
 * distribution that has more below the mean than above is turned about it.
 */
final class BoundedNormal {
    /** Up to here the quantile is that of a distance from the middle. */
    private static final double CENTRAL = 0.425;

    /** From here on a bound is far: probabilities would soon be too small. */
    private static final double FAR = 30;

    /** The logarithm of φ(z)/z less that of Q(z), as a polynomial in 1/z², highest power first. */
    private static final double[] CORRECTION = {816.2, -88.25, 37.0 / 3, -2.5, 1, 0};

    /** The quantile of the standard distribution at p, or its distance from the near bound. */
    @FunctionalInterface
    private interface Quantile {
        double at(double p, double rest);
    }

    private final double origin;
    private final double deviation;
    private final boolean turned;
    private final double first;
    private final double last;
    private final Quantile quantile;

    BoundedNormal(DType dtype, Fill fill) {
        double mean = fill.a();
        double stddev = fill.b();
        double low = (fill.low() - mean) / stddev;
        double high = (fill.high() - mean) / stddev;
        turned = low + high < 0;
        double lower = turned ? -high : low;
        double upper = turned ? -low : high;
        boolean far = lower >= FAR;
        origin = !far ? mean : turned ? fill.high() : fill.low();
        deviation = turned ? -stddev : stddev;
        first = first(dtype, fill.low());
        last = -first(dtype, -fill.high());
        quantile = far ? far(lower, (fill.high() - fill.low()) / stddev) : near(lower, upper);
    }

    /** The value at p in (0, 1). */
    double at(double p) {
        double rest = 1 - p;
        double z = turned ? quantile.at(rest, p) : quantile.at(p, rest);
        double x = origin + deviation * z;
        double raised = x < first ? first : x;
        return last < raised ? last : raised;
    }

    /** The first number of the type that isn't below {@code bound}. */
    private static double first(DType dtype, double bound) {
        double nearest = dtype.round(bound);
        if (nearest >= bound) {
            return nearest;
        }
        return dtype == DType.FLOAT32 ? Math.nextUp((float) nearest) : Math.nextUp(nearest);
    }

    private static Quantile near(double lower, double upper) {
        double upperTail = tail(upper);
        double lowerTail = tail(Math.abs(lower));
        double upperOffset = offset(upper, upperTail);
        double lowerOffset = Math.copySign(offset(Math.abs(lower), lowerTail), lower);
        double mass = lowerOffset > CENTRAL ? lowerTail - upperTail : upperOffset - lowerOffset;
        return (p, rest) -> {
            double fromLower = p * mass;
            double toUpper = rest * mass;
            double q = p < 0.5 ? lowerOffset + fromLower : upperOffset - toUpper;
            double t = q < 0 ? lowerTail + fromLower : upperTail + toUpper;
            double z = Distributions.lowerQuantile(-Math.abs(q), t);
            return q > 0 ? -z : z;
        };
    }

    private static boolean isCentral(double z) {
        return !(z > -Distributions.lowerQuantile(-CENTRAL, 0.5 - CENTRAL));
    }

    /** The probability beyond z ≥ 0: the one whose quantile is z. */
    private static double tail(double z) {
        if (isCentral(z)) {
            return 0.5 - offset(z, 0);
        }
        return z < 37
                ? firstDouble(
                        0x1p-1000, 0.5 - CENTRAL, t -> -Distributions.lowerQuantile(-0.5, t) <= z)
                : 0;
    }

    /** The probability between 0 and z ≥ 0, where {@code tail} is beyond. */
    private static double offset(double z, double tail) {
        return isCentral(z)
                ? firstDouble(0, CENTRAL, q -> -Distributions.lowerQuantile(-q, 0.5 - q) >= z)
                : 0.5 - tail;
    }

    /** The first number after {@code low} that the test holds for from there on to {@code high}. */
    private static double firstDouble(double low, double high, DoublePredicate reached) {
        long before = Double.doubleToRawLongBits(low);
        long from = Double.doubleToRawLongBits(high);
        while (from - before > 1) {
            long middle = before + (from - before) / 2;
            if (reached.test(Double.longBitsToDouble(middle))) {
                from = middle;
            } else {
                before = middle;
            }
        }
        return Double.longBitsToDouble(from);
    }

    private static Quantile far(double bound, double width) {
        // A square that is finite; so far out, all draws are one of a few numbers.
        double lower = Math.min(bound, 0x1p300);
        double share =
                width * (lower + width * 0.5) < 700
                        ? firstDouble(
                                0x1p-1020, 1, u -> -Distributions.log(u) <= decline(lower, width))
                        : 0;
        return (p, rest) -> {
            double wanted = -Distributions.log(rest + p * share);
            double twice = wanted + wanted;
            double distance = twice / (lower + Math.sqrt(lower * lower + twice));
            for (int step = 0; step < 2; step++) {
                double z = lower + distance;
                double r = 1 / z;
                double slope = z + (r - r * r * (r + r));
                distance -= (decline(lower, distance) - wanted) / slope;
            }
            return distance;
        };
    }

    /** log(Q(lower)/Q(lower + distance)) for the tail Q of N(0, 1). */
    private static double decline(double lower, double distance) {
        double reciprocal = 1 / lower;
        double square = reciprocal * reciprocal;
        double stretch = 1 + distance * reciprocal;
        double density = distance * (lower + distance * 0.5);
        double corrected =
                Distributions.polynomial(CORRECTION, square / (stretch * stretch))
                        - Distributions.polynomial(CORRECTION, square);
        return density + (Distributions.log(stretch) + corrected);
    }
}
