package dev.rectifier;

/** The plain double formulas of activations that need more than a line to stay accurate. */
final class Formulas {
    private Formulas() {}

    /** slope·x, which is a zero for a slope of 0 even if x is infinite. */
    static double slopeTimes(double slope, double x) {
        return slope * (slope == 0 ? Math.signum(x) : x);
    }

    /**
     * exp(−|a·b|) without the rounding error of the product, which the exponential would magnify.
     */
    static double expOfMinusProduct(double a, double b) {
        double product = a * b;
        double e = Math.exp(-Math.abs(product));
        // Far from 0 the exponential is 0, and of an infinite product nothing is left over.
        return Math.abs(product) < 1000
                ? e - e * Math.signum(product) * Math.fma(a, b, -product)
                : e;
    }

    /** Where x is moved by the bias p[1], outside of ±p[0], and 0 with its sign elsewhere. */
    static double shrinkAt(double x, double[] p) {
        double moved = x < -p[0] ? x + p[1] : x > p[0] ? x - p[1] : 0;
        return moved == 0 ? Math.copySign(0, x) : moved;
    }

    /** p[1]·(x &gt; 0 ? x : p[0]·expm1(x)). */
    static double scaledEluAt(double x, double[] p) {
        return x > 0 ? slopeTimes(p[1], x) : p[1] * (p[0] * Math.expm1(x));
    }

    /**
     * alpha·expm1(x / alpha) for x ≤ 0, which is x itself close to 0, where the quotient may
     * underflow.
     */
    static double celuOfNegative(double x, double alpha) {
        return x / alpha > -0x1p-55 ? x : alpha * Math.expm1(x / alpha);
    }

    /** exp(x / alpha) for x ≤ 0, with what the quotient is off by made good. */
    static double expOfQuotient(double x, double alpha) {
        double quotient = x / alpha;
        double e = Math.exp(quotient);
        return e == 0 ? 0 : e * (1 + Math.fma(-quotient, alpha, x) / alpha);
    }

    /**
     * x − tanh x = (x cosh x − sinh x) / cosh x; near 0, where the difference cancels, by the
     * series of the numerator, whose terms have one sign.
     */
    static double minusTanh(double x) {
        if (Math.abs(x) >= 2) {
            return x - Math.tanh(x);
        }
        double term = x * x * x / 3;
        double sum = term;
        for (int k = 2; k < 16; k++) {
            term *= x * x / ((2 * k - 2) * (2 * k + 1));
            sum += term;
        }
        return sum / Math.cosh(x);
    }

    /** x·sigmoid(beta·x). */
    static double swishAt(double x, double beta) {
        double z = slopeTimes(beta, x);
        if (z >= 0) {
            return x / (1 + Math.exp(-z));
        }
        // The square root of exp(z) stays clear of denormal numbers for longer than that.
        double root = Math.exp(z / 2);
        if (root == 0) {
            return Math.copySign(0, x);
        }
        // What the product is off by would show in the exponential.
        root += root * Math.fma(beta, x, -z) / 2;
        return root * (x * (root / (1 + root * root)));
    }

    /** The root of 1 + z + exp(z), where the derivative of z·sigmoid(z) is 0. */
    private static final double SILU_ROOT = -0x1.474973c84120bp0;

    private static final double SILU_ROOT_LOW = -0x1.f8d74bc9ac154p-54;

    /**
     * The derivative of z·sigmoid(z) at beta·x. For z ≤ 0 it is e(1 + e + z) / (1 + e)², where with
     * the root r the sum is (z − r) − (1 + r)·expm1(z − r), which doesn't cancel.
     */
    static double swishDerivative(double x, double beta) {
        double z = slopeTimes(beta, x);
        double minus = -Math.abs(z);
        double e = Math.exp(minus);
        if (e == 0) {
            return z > 0 ? 1 : 0;
        }
        if (z == 0) {
            return 0.5;
        }
        double low = Math.copySign(1, -z) * Math.fma(beta, x, -z);
        e += e * low;
        double u = (minus - SILU_ROOT) + (low - SILU_ROOT_LOW);
        double left = e * (u - (1 + SILU_ROOT) * Math.expm1(u)) / ((1 + e) * (1 + e));
        return z > 0 ? 1 - left : left;
    }

    /** x²·sigmoid'(beta·x), the derivative of swish by beta; 0 for infinite x unless beta is 0. */
    static double swishParameterDerivative(double x, double beta) {
        double z = slopeTimes(beta, x);
        double root = Math.exp(-Math.abs(z) / 2);
        if (root == 0) {
            return 0;
        }
        if (z != 0) {
            root += root * Math.copySign(0.5, -z) * Math.fma(beta, x, -z);
        }
        double part = x * (root / (1 + root * root));
        return part * part;
    }

    /** With e = exp(−|x|), tanh(log(1 + exp(x))) is a quotient of polynomials in e. */
    static double mishAt(double x) {
        double e = Math.exp(-Math.abs(x));
        if (x >= 0) {
            return x * ((1 + 2 * e) / (1 + 2 * e * (1 + e)));
        }
        // The square root of e stays clear of denormal numbers for longer than e.
        double root = Math.exp(x / 2);
        return root == 0 ? -0.0 : root * (x * (root * (2 + e) / (2 + e * (2 + e))));
    }

    /** Where the derivative of mish is 0, and exp of that. */
    private static final double MISH_ROOT = -0x1.31432c0d12d84p0;

    private static final double MISH_ROOT_LOW = -0x1.bf319154da210p-55;
    private static final double MISH_ROOT_EXP = Math.exp(MISH_ROOT);

    /**
     * For x ≤ 0 and with n = exp(x) it is n·B / (n² + 2n + 2)², B = n³ + 4n² + 6n + 4 + 4x(n + 1).
     * With the root r, m = exp(r), u = x − r and q = expm1(u), B = qm(m²(3 + 3q + q²) + 4m(2 + q) +
     * 6 + 4r) + 4u(n + 1), which doesn't cancel.
     */
    static double mishDerivative(double x) {
        double e = Math.exp(-Math.abs(x));
        if (e == 0) {
            return x > 0 ? 1 : 0;
        }
        if (x >= 0) {
            double d = 1 + 2 * e * (1 + e);
            return ((1 + 2 * e) * d + 4 * x * e * e * (1 + e)) / (d * d);
        }
        double u = (x - MISH_ROOT) - MISH_ROOT_LOW;
        double q = Math.expm1(u);
        double m = MISH_ROOT_EXP;
        double bend = m * m * (3 + 3 * q + q * q) + 4 * m * (2 + q) + 6 + 4 * MISH_ROOT;
        double d = 2 + e * (2 + e);
        return e * (q * m * bend + 4 * u * (e + 1)) / (d * d);
    }

    /** With m = exp(−2·exp(x)) − 1, tanh(exp(x)) is −m/(2 + m). */
    static double teluAt(double x) {
        double m = Math.expm1(-2 * Math.exp(x));
        if (x < -30) {
            // The square root of exp(x) stays clear of denormal numbers for longer.
            double root = Math.exp(x / 2);
            return root == 0 ? -0.0 : root * (x * root);
        }
        return x * (-m / (2 + m));
    }

    /** Where the derivative of TeLU is 0; exp of that, and exp of twice that, negated. */
    private static final double TELU_ROOT = -0x1.14302c3c10f30p0;

    private static final double TELU_ROOT_LOW = -0x1.b8c761c7b1289p-54;
    private static final double TELU_ROOT_EXP = Math.exp(TELU_ROOT);
    private static final double TELU_ROOT_GATE = Math.exp(-2 * TELU_ROOT_EXP);

    /**
     * With w = exp(x) and e = exp(−2w) it is n/(1 + e)², n = 1 − e² + 4xwe. Near the root r of n,
     * with u = x − r, q = expm1(u), p = expm1(−2Wq) and W and E for w and e at the root, n =
     * 4WE(r(q + p + qp) + u(1 + q)(1 + p)) − E²p(2 + p).
     */
    static double teluDerivative(double x) {
        if (x > 10) {
            return 1;
        }
        double w = Math.exp(x);
        double m = Math.expm1(-2 * w);
        if (w == 0) {
            return 0;
        }
        double u = (x - TELU_ROOT) - TELU_ROOT_LOW;
        double n;
        if (Math.abs(u) < 0.25) {
            double q = Math.expm1(u);
            double p = Math.expm1(-2 * TELU_ROOT_EXP * q);
            double change = TELU_ROOT * (q + p + q * p) + u * (1 + q) * (1 + p);
            double gate = TELU_ROOT_GATE;
            n = 4 * TELU_ROOT_EXP * gate * change - gate * gate * p * (2 + p);
        } else {
            // Not 1 + m, of which 4xw times the rounding error would be seen next to 1.
            n = 4 * x * w * Math.exp(-2 * w) - m * (2 + m);
        }
        return n / ((2 + m) * (2 + m));
    }

    /**
     * sin(2αx), of the rounded product and of what its rounding has lost; 0 where the product isn't
     * finite.
     */
    private static double sineOfTwice(double alpha, double x) {
        double z = alpha * x;
        if (!Double.isFinite(z)) {
            return 0;
        }
        double lost = Math.fma(alpha, x, -z);
        return Math.sin(2 * z) * Math.cos(2 * lost) + Math.cos(2 * z) * Math.sin(2 * lost);
    }

    /** x + sin²(αx)/α */
    static double snake(double x, double alpha) {
        double z = alpha * x;
        double size = Math.abs(z);
        // Elsewhere the square is nothing beside z, or z nothing beside 1.
        if (!(size > 0x1p-56 && size < 0x1p56)) {
            return Double.isNaN(alpha) ? alpha : x;
        }
        double sine = Math.sin(z);
        return x + x * (sine * sine / z);
    }

    /** 1 + sin(2αx). */
    static double snakeDerivative(double x, double alpha) {
        if (Double.isNaN(alpha)) {
            return alpha;
        }
        return 1 + sineOfTwice(alpha, x);
    }

    /** (z·sin(2z) − sin²(z))/α² with z = αx. */
    static double snakeParameterDerivative(double x, double alpha) {
        double z = alpha * x;
        if (Double.isNaN(z) || Double.isInfinite(z)) {
            return Double.isNaN(x) || Double.isNaN(alpha) ? Double.NaN : 0;
        }
        if (Math.abs(z) < 0x1p-30) {
            return x * x;
        }
        double sine = Math.sin(z);
        return (z * sineOfTwice(alpha, x) - sine * sine) / alpha / alpha;
    }

    /** 1 where p[0] &lt; x &lt; p[1], and 0 elsewhere; an infinite bound is none. */
    static double isBetween(double x, double[] p) {
        return (x > p[0] || Double.isInfinite(p[0])) && (x < p[1] || Double.isInfinite(p[1]))
                ? 1
                : 0;
    }

    /** slope·x + offset, where a slope of 1/6 with an offset of 1/2 is exactly that. */
    static double line(double x, double[] p) {
        return isSixth(p) ? (x + 3) / 6 : p[0] == 0 ? p[1] : Math.fma(p[0], x, p[1]);
    }

    /** Whether the exact line is between 0 and 1. */
    static boolean isBetweenBounds(double x, double[] p) {
        return line(x, p) > 0 && (isSixth(p) ? x < 3 : Math.fma(p[0], x, p[1] - 1) < 0);
    }

    private static boolean isSixth(double[] p) {
        return (p[0] == 1.0 / 6 || p[0] == 1.0f / 6) && p[1] == 0.5;
    }

    static double squareplusAt(double x, double[] p) {
        if (p[0] == 0) {
            return x > 0 ? x : 0;
        }
        // Halves, lest a sum of huge numbers overflow.
        double half = Math.abs(x) / 2;
        double sum = half + Math.hypot(half, Math.sqrt(p[0]) / 2);
        return x > 0 ? sum : p[0] / 4 / sum;
    }

    /** p[0]·x² + p[1], with the digits that the rounded product lacks: the sum may cancel. */
    static double starRelu(double x, double[] p) {
        double line = p[0] * x;
        double sum = Math.fma(line, x, p[1]);
        double lost = Math.fma(p[0], x, -line) * x;
        return Double.isFinite(sum) ? sum + lost : sum;
    }
}
