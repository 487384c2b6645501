package dev.rectifier.network;

import java.util.Arrays;
import java.util.Objects;

/**
 * What is done to features before they enter the first layer: {@code x·scale + shift}, computed in
 * double and rounded once to the network's type. Standardized features have {@code scale = 1 / σ}
 * and {@code shift = −μ / σ}. Immutable and thread-safe.
 */
public final class Scaling {
    private final double[] scale;
    private final double[] shift;

    /**
     * x·scale + shift.
     *
     * @param scale a factor for each feature
     * @param shift what is added to each
     * @throws IllegalArgumentException if there are not as many of both, or one isn't finite
     */
    public Scaling(double[] scale, double[] shift) {
        this.scale = Objects.requireNonNull(scale, "scale").clone();
        this.shift = Objects.requireNonNull(shift, "shift").clone();
        if (scale.length != shift.length || scale.length == 0) {
            throw new IllegalArgumentException(
                    "scale and shift must have one number for each feature, not %d and %d"
                            .formatted(scale.length, shift.length));
        }
        for (int i = 0; i < scale.length; i++) {
            if (!Double.isFinite(scale[i]) || !Double.isFinite(shift[i])) {
                throw new IllegalArgumentException(
                        "scale and shift must be finite, not %s and %s of feature %d"
                                .formatted(scale[i], shift[i], i));
            }
        }
    }

    /**
     * {@return the scaling that gives features a mean of 0 and a standard deviation of 1}
     *
     * @param mean the mean of each feature
     * @param stddev one that is 0 counts as 1
     * @throws IllegalArgumentException as the constructor
     */
    public static Scaling standard(double[] mean, double[] stddev) {
        double[] scale = new double[Objects.requireNonNull(stddev, "stddev").length];
        double[] shift = new double[Objects.requireNonNull(mean, "mean").length];
        Arrays.setAll(scale, i -> stddev[i] == 0 ? 1 : 1 / stddev[i]);
        Arrays.setAll(shift, i -> i < scale.length ? -mean[i] * scale[i] : 0);
        return new Scaling(scale, shift);
    }

    /** {@return the number of features} */
    public int features() {
        return scale.length;
    }

    /**
     * {@return the factor of a feature}
     *
     * @param feature the index of the feature
     */
    public double scale(int feature) {
        return scale[feature];
    }

    /**
     * {@return what is added to a feature}
     *
     * @param feature the index of the feature
     */
    public double shift(int feature) {
        return shift[feature];
    }

    /** The scaled value of a feature. */
    double apply(int feature, double value) {
        return value * scale[feature] + shift[feature];
    }

    double[] scales() {
        return scale.clone();
    }

    double[] shifts() {
        return shift.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Scaling that
                && Arrays.equals(scale, that.scale)
                && Arrays.equals(shift, that.shift);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(scale) + Arrays.hashCode(shift);
    }

    @Override
    public String toString() {
        return "a scaling of " + scale.length + " features";
    }
}
