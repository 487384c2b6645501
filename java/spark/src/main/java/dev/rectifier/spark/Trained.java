package dev.rectifier.spark;

import java.io.Serializable;

/**
 * What a model has besides parameters. The arrays are never written; those that may be missing are
 * null.
 */
final class Trained implements Serializable {
    private static final long serialVersionUID = 1L;

    private final double[] weights;
    private final double[] scale;
    private final double[] shift;
    private final String[] classNames;

    Trained(double[] weights, double[] scale, double[] shift, String[] classNames) {
        this.weights = weights;
        this.scale = scale;
        this.shift = shift;
        this.classNames = classNames;
    }

    static Trained of(double[] weights) {
        return new Trained(weights, null, null, null);
    }

    double[] weights() {
        return weights;
    }

    double[] scale() {
        return scale;
    }

    double[] shift() {
        return shift;
    }

    String[] classNames() {
        return classNames;
    }
}
