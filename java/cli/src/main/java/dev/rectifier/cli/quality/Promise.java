package dev.rectifier.cli.quality;

import dev.rectifier.DType;
import dev.rectifier.Initializer;
import dev.rectifier.Initializer.Form;
import dev.rectifier.Initializer.Mode;
import dev.rectifier.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What an initializer promises for a shape, worked out here from fans and formulas alone: nothing
 * is asked of the initializer.
 *
 * @param name the initializer and its parameters
 * @param law the distribution but for its mean and variance
 */
record Promise(
        String name, Initializer initializer, Fans fans, Law law, double mean, double variance) {
    private static final double SCALE = 2;

    /** A shape and, written out, its fans. */
    record Fans(Shape shape, double in, double out) {
        double of(Mode mode) {
            return switch (mode) {
                case FAN_IN -> in;
                case FAN_OUT -> out;
                case FAN_AVG -> (in + out) / 2;
                case FAN_GEO_AVG -> Math.sqrt(in * out);
            };
        }
    }

    /** Dense and convolution kernels in both layouts. */
    private static final List<Fans> FANS =
            List.of(
                    new Fans(Shape.keras(300, 100), 300, 100),
                    new Fans(Shape.torch(100, 300), 300, 100),
                    new Fans(Shape.keras(3, 3, 16, 32), 144, 288),
                    new Fans(Shape.torch(32, 16, 3, 3), 144, 288));

    /** All modes, forms and names, for each shape. */
    static List<Promise> all() {
        List<Promise> all = new ArrayList<>();
        for (Fans fans : FANS) {
            for (Form form : Form.values()) {
                for (Mode mode : Mode.values()) {
                    all.add(scaling(fans, form, mode));
                }
            }
            double average = fans.of(Mode.FAN_AVG);
            Stream.of(
                            uniform(
                                    "glorotUniform",
                                    Initializer.glorotUniform(0),
                                    fans,
                                    1 / average),
                            cut("glorotNormal", Initializer.glorotNormal(0), fans, 1 / average),
                            uniform("heUniform", Initializer.heUniform(0), fans, 2 / fans.in),
                            cut("heNormal", Initializer.heNormal(0), fans, 2 / fans.in),
                            uniform("lecunUniform", Initializer.lecunUniform(0), fans, 1 / fans.in),
                            cut("lecunNormal", Initializer.lecunNormal(0), fans, 1 / fans.in))
                    .forEach(all::add);
        }
        Fans any = FANS.get(0);
        double cutVariance = Math.pow(0.05 * Law.TRUNCATED_NORMAL.standardDeviation(), 2);
        all.add(
                new Promise(
                        "randomUniform(-0.1, 0.3)",
                        Initializer.randomUniform(-0.1, 0.3, 0),
                        any,
                        Law.UNIFORM,
                        0.1,
                        0.4 * 0.4 / 12));
        all.add(
                new Promise(
                        "randomNormal(3, 0.05)",
                        Initializer.randomNormal(3, 0.05, 0),
                        any,
                        Law.NORMAL,
                        3,
                        0.05 * 0.05));
        all.add(
                new Promise(
                        "truncatedNormal(-1, 0.05)",
                        Initializer.truncatedNormal(-1, 0.05, 0),
                        any,
                        Law.TRUNCATED_NORMAL,
                        -1,
                        cutVariance));
        return all;
    }

    private static Promise scaling(Fans fans, Form form, Mode mode) {
        Law law =
                switch (form) {
                    case UNIFORM -> Law.UNIFORM;
                    case UNTRUNCATED_NORMAL -> Law.NORMAL;
                    case TRUNCATED_NORMAL -> Law.TRUNCATED_NORMAL;
                };
        String name =
                "varianceScaling(%.0f, %s)".formatted(SCALE, mode.name().toLowerCase(Locale.ROOT));
        return new Promise(
                name,
                Initializer.varianceScaling(SCALE, mode, form, 0),
                fans,
                law,
                0,
                SCALE / fans.of(mode));
    }

    private static Promise uniform(
            String name, Initializer initializer, Fans fans, double variance) {
        return new Promise(name, initializer, fans, Law.UNIFORM, 0, variance);
    }

    private static Promise cut(String name, Initializer initializer, Fans fans, double variance) {
        return new Promise(name, initializer, fans, Law.TRUNCATED_NORMAL, 0, variance);
    }

    /** Whether a weight may be so far from the mean. */
    double reach() {
        double deviation = Math.sqrt(variance);
        return switch (law) {
            case UNIFORM -> Math.sqrt(3) * deviation;
            case NORMAL -> Double.POSITIVE_INFINITY;
            case TRUNCATED_NORMAL -> 2 * deviation / law.standardDeviation();
            default -> throw new IllegalStateException("nothing is promised of " + law);
        };
    }

    /**
     * Mean and variance over {@code n} weights, in standard errors, and how many are out of reach.
     *
     * @param seed of tensors with streams 0, 1, 2, …
     */
    Verdict kept(Source source, DType dtype, long seed, long n) {
        Sequence weights =
                Sequence.tensors(
                        source,
                        law,
                        dtype,
                        "%s, %s".formatted(name, fans.shape),
                        fans.shape,
                        tensor -> initializer.withSeed(seed).withStream(tensor));
        String subject = weights.name();
        double deviation = Math.sqrt(variance);
        // Rounding to the type may widen a bound by half a unit in the last place.
        double least = dtype.round(mean - reach());
        double greatest = dtype.round(mean + reach());
        double[] sums = new double[2];
        long[] outside = {0};
        weights.forEach(
                n,
                (values, count) -> {
                    for (int i = 0; i < count; i++) {
                        double z = (values[i] - mean) / deviation;
                        sums[0] += z;
                        sums[1] += z * z - 1;
                        outside[0] += values[i] >= least && values[i] <= greatest ? 0 : 1;
                    }
                });
        double ofMean = sums[0] / Math.sqrt(n);
        double ofVariance = sums[1] / Math.sqrt((law.kurtosis() - 1) * n);
        Verdict verdict =
                Verdict.of(
                        subject,
                        "mean and variance",
                        n,
                        String.format(Locale.ROOT, "z = %+.2f, %+.2f", ofMean, ofVariance),
                        ChiSquare.p(ofMean * ofMean + ofVariance * ofVariance, 2));
        return outside[0] == 0 ? verdict : Verdict.none(subject, "out of reach", n, outside[0]);
    }
}
