package dev.rectifier.report.plot;

/**
 * A function of one variable with a name.
 *
 * @param name how the legend calls it
 * @param values computes it
 */
public record Curve(String name, Values values) {
    /** Computes a function at many places at once. */
    public interface Values {
        /**
         * The values.
         *
         * @param x finite numbers
         * @return one value for each, which may be NaN or infinite
         */
        double[] at(double[] x);
    }

    /** The value at one place. */
    double at(double x) {
        return values.at(new double[] {x})[0];
    }
}
