package dev.rectifier.reference;

import dev.rectifier.DType;

/**
 * Turns uniform random numbers into those of other distributions, with IEEE +, −, ×, ÷ and √ in a
 * fixed order, so that every machine gets the same bits.
 */
final class Distributions {
    /** Φ(−2), the probability below the cut of the truncated normal distribution. */
    static final double BELOW_CUT = 0.022750131948179207;

    /** Φ(2) − Φ(−2), the probability between the cuts. */
    static final double BETWEEN_CUTS = 0.95449973610364158;

    private static final double SQRT_2 = 1.4142135623730951;

    /** ln 2, split so that its product with an exponent is exact. */
    private static final double LN2_HIGH = 0x1.62e42feep-1;

    private static final double LN2_LOW = 0x1.a39ef35793c76p-33;
    private static final int LOG_TERMS = 10;

    // Numerators and denominators of Wichura's PPND16, highest power first.
    private static final double[] CENTRAL_NUMERATOR = {
        2.5090809287301226727e+3, 3.3430575583588128105e+4, 6.7265770927008700853e+4,
                4.5921953931549871457e+4,
        1.3731693765509461125e+4, 1.9715909503065514427e+3, 1.3314166789178437745e+2,
                3.3871328727963666080e0
    };
    private static final double[] CENTRAL_DENOMINATOR = {
        5.2264952788528545610e+3,
        2.8729085735721942674e+4,
        3.9307895800092710610e+4,
        2.1213794301586595867e+4,
        5.3941960214247511077e+3,
        6.8718700749205790830e+2,
        4.2313330701600911252e+1,
        1
    };
    private static final double[] MIDDLE_NUMERATOR = {
        7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
                1.27045825245236838258e0,
        3.64784832476320460504e0, 5.76949722146069140550e0, 4.63033784615654529590e0,
                1.42343711074968357734e0
    };
    private static final double[] MIDDLE_DENOMINATOR = {
        1.05075007164441684324e-9,
        5.47593808499534494600e-4,
        1.51986665636164571966e-2,
        1.48103976427480074590e-1,
        6.89767334985100004550e-1,
        1.67638483018380384940e0,
        2.05319162663775882187e0,
        1
    };
    private static final double[] TAIL_NUMERATOR = {
        2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
                2.65321895265761230930e-2,
        2.96560571828504891230e-1, 1.78482653991729133580e0, 5.46378491116411436990e0,
                6.65790464350110377720e0
    };
    private static final double[] TAIL_DENOMINATOR = {
        2.04426310338993978564e-15,
        1.42151175831644588870e-7,
        1.84631831751005468180e-5,
        7.86869131145613259100e-4,
        1.48753612908506148525e-2,
        1.36929880922735805310e-1,
        5.99832206555887937690e-1,
        1
    };

    private Distributions() {}

    /** U[low, high) from u in [0, 1), in the arithmetic of {@code dtype}. */
    static double uniform(DType dtype, double u, double low, double high) {
        double lowest = dtype.round(low);
        double bound = dtype.round(high);
        double range = dtype.round(high - low);
        double value = dtype.round(lowest + dtype.round(u * range));
        if (value < bound) {
            return value;
        }
        if (!(bound > lowest)) {
            return lowest;
        }
        return dtype == DType.FLOAT32 ? Math.nextDown((float) bound) : Math.nextDown(bound);
    }

    /** The value of N(mean, stddev²) that is z standard deviations above the mean. */
    static double scaled(DType dtype, double z, double mean, double stddev) {
        return dtype.round(dtype.round(mean) + dtype.round(dtype.round(stddev) * z));
    }

    /** The quantile of N(0, 1) at p in (0, 1). */
    static double normal(double p) {
        double z = lowerQuantile(Math.min(p, 1 - p));
        return p > 0.5 ? -z : z;
    }

    /** The standard Gumbel distribution from p in (0, 1), by inversion. */
    static double gumbel(double p) {
        return -log(-log(p));
    }

    /** The quantile of N(0, 1) restricted to [−2, 2] at p in (0, 1), from the nearer end. */
    static double truncatedNormal(double p) {
        double tail = BELOW_CUT + Math.min(p, 1 - p) * BETWEEN_CUTS;
        // Rounding can take the quantile beyond either end by a little.
        double z = Math.max(lowerQuantile(Math.min(tail, 0.5)), -2);
        return p > 0.5 ? -z : z;
    }

    /**
     * Φ⁻¹(t) for 0 &lt; t ≤ 1/2 (Wichura, "Algorithm AS 241: The percentage points of the normal
     * distribution", Applied Statistics 37, 1988, PPND16).
     */
    static double lowerQuantile(double t) {
        return lowerQuantile(t - 0.5, t);
    }

    /**
     * Φ⁻¹(t) for t = ½ + q, of which q alone counts where it is ≥ −0.425, and elsewhere t alone.
     */
    static double lowerQuantile(double q, double t) {
        if (q >= -0.425) {
            double r = 0.180625 - q * q;
            return q * polynomial(CENTRAL_NUMERATOR, r) / polynomial(CENTRAL_DENOMINATOR, r);
        }
        double r = Math.sqrt(-log(t));
        return r <= 5
                ? -(polynomial(MIDDLE_NUMERATOR, r - 1.6) / polynomial(MIDDLE_DENOMINATOR, r - 1.6))
                : -(polynomial(TAIL_NUMERATOR, r - 5) / polynomial(TAIL_DENOMINATOR, r - 5));
    }

    /**
     * ln t for normal t &gt; 0. {@link StrictMath#log} has fixed bits too, but a sequence of
     * operations that vector code can't follow.
     */
    static double log(double t) {
        int e = Math.getExponent(t);
        double m = Math.scalb(t, -e);
        if (m > SQRT_2) {
            m *= 0.5;
            e++;
        }
        double f = m - 1;
        double s = f / (2 + f);
        double z = s * s;
        double p = 1.0 / (2 * LOG_TERMS + 1);
        for (int k = LOG_TERMS - 1; k >= 1; k--) {
            p = 1.0 / (2 * k + 1) + z * p;
        }
        double a = 2 * s;
        return e * LN2_HIGH + (a + (a * (z * p) + e * LN2_LOW));
    }

    /** By Horner's rule; the coefficient of the highest power is the first. */
    static double polynomial(double[] coefficients, double x) {
        double sum = coefficients[0];
        for (int i = 1; i < coefficients.length; i++) {
            sum = sum * x + coefficients[i];
        }
        return sum;
    }
}
