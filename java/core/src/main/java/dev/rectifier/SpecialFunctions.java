package dev.rectifier;

/**
 * The complementary error function and the two forms of GELU, for which {@link Math} has nothing to
 * make a plain formula of. erfc is to 3 ULP, GELU to 2 and the derivatives to 6, down to denormal
 * results, which are rounded once more.
 */
final class SpecialFunctions {
    private static final double SQRT_2 = 1.4142135623730951;

    // exp(−64) as a sum.
    private static final double EXP_MINUS_64 = 0x1.969d47321e4ccp-93;
    private static final double EXP_MINUS_64_LOW = -0x1.5034b5fe3da71p-147;

    /**
     * (t + 5/2)·R(t) − (83/64 − q) as a polynomial in q − 5/8, where q = t / (t + 5/2) and R(t) =
     * Φ(−t)·exp(t²/2), Φ being the normal distribution function: in all off by 2.4e-18 of (t +
     * 5/2)·R(t) for 0 ≤ t ≤ 38.6.
     */
    private static final double[] TAIL = {
        -0x1.0b856509bb2bdp-4, 0x1.105f009c9fa5p-2, 0x1.0fb97a57da512p-1, -0x1.dded6a402d9f7p-5,
        -0x1.020039605ee8ep-2, 0x1.6aef380660e9ep-4, 0x1.8576765af24b8p-3, -0x1.b9a5defcbd234p-5,
        -0x1.951e17edf2851p-3, -0x1.33dc30c3f5f58p-6, 0x1.b965d17abe934p-3, 0x1.36e85cbd889b7p-3,
        -0x1.5e94d84ae0e0ap-3, -0x1.5ae96707cb477p-2, -0x1.a35225ab6dac8p-5, 0x1.cce0b072ad3d7p-2,
        0x1.110ed5cc9c52dp-1, -0x1.16bc2b297d9a4p-3, -0x1.04725d6f1f36dp+0, -0x1.f0e9169b207bcp-1,
        0x1.041c00b341b4ep-1, 0x1.17b03bfe8cc88p+1, 0x1.e7f2cc230f3a8p+0, -0x1.6bb38d14b40c4p-1,
        -0x1.9a335aaa0115fp+1, -0x1.a0547c74ea877p+1, -0x1.96f7f3f0ff0a9p+0, -0x1.495c1ccb13111p-2
    };

    // Where Φ(−t) = t·φ(t), as a sum.
    private static final double GELU_ROOT = 0x1.80ead197f00b4p-1;
    private static final double GELU_ROOT_LOW = -0x1.13e74c58cada8p-56;

    /**
     * (R(t) − t/√(2π)) / (t − root) + 1/2 as a polynomial in t / (t + 3) − 1/2: off by 1.0e-17 of
     * the quotient for 0 ≤ t ≤ 12.2, past which exp(−t²/2) is next to nothing.
     */
    private static final double[] GELU_SLOPE = {
        0x1.639223127626ap-6, 0x1.eb6b5a7ded06cp-3, -0x1.b70f305de355ep-3, 0x1.cd33bfc59fc71p-4,
        -0x1.abf7f8886d813p-9, -0x1.1f0ce8a57e6b2p-5, 0x1.8a93452e89dd1p-8, 0x1.10ae41d37743bp-6,
        -0x1.3fbe788f04703p-10, -0x1.5117ed8310f13p-7, -0x1.54d8347b6f889p-9, 0x1.94ed9dff1208p-8,
        0x1.4c41729d6a3fcp-8, -0x1.05638f6acae47p-9, -0x1.697e2bd7d6625p-8, -0x1.1544f3446e255p-9,
        0x1.a9a726e6d74bfp-9, 0x1.0e3e79f40b873p-8, 0x1.0fe0ed4b7b2eep-11, -0x1.fc31d761ef84p-10,
        -0x1.1621b452da819p-10
    };

    // 2·√(2/π), and that times 0.044715, as sums.
    private static final double LINEAR = 0x1.9884533d43651p+0;
    private static final double LINEAR_LOW = -0x1.cbc0d30ebfd15p-54;
    private static final double CUBIC = 0x1.2444f2a4d8b4bp-4;
    private static final double CUBIC_LOW = -0x1.6c843a29d1c7p-61;

    // Where 1 + exp(−z(t)) = t·z'(t), as a sum, and that exponential.
    private static final double TANH_ROOT = 0x1.81429f9e97e4dp-1;
    private static final double TANH_ROOT_LOW = -0x1.4f523ed77dbdcp-55;
    private static final double EXP_AT_TANH_ROOT = 0x1.2af64e9c485eep-2;

    private SpecialFunctions() {}

    /** erfc(x) = 2/√π·∫ₓ^∞ exp(−s²) ds; 2 at −∞ and 0 at ∞. */
    static double erfc(double x) {
        double z = Math.min(Math.abs(x), 30);
        double square = z * z;
        double tail = tail(2, SQRT_2 * z, square, Math.fma(z, z, -square));
        return x < 0 ? 2 - tail : tail;
    }

    /** x·Φ(x) = x/2·erfc(−x/√2); −0 at −∞. */
    static double gelu(double x) {
        double t = Math.min(Math.abs(x), 50);
        double square = t * t;
        double tail = tail(t, t, square / 2, Math.fma(t, t, -square) / 2);
        return x > 0 ? x - tail : x == 0 ? x : -tail;
    }

    /** Φ(x) + x·φ(x), with full relative precision about its root; 0 at −∞ and 1 at ∞. */
    static double geluDerivative(double x) {
        double t = Math.min(Math.abs(x), 50);
        double square = t * t;
        double slope = polynomial(t / (t + 3) - 0.5, GELU_SLOPE) - 0.5;
        double distance = t - GELU_ROOT - GELU_ROOT_LOW;
        double low = Math.fma(t, t, -square) / 2;
        double left = timesExp(distance * slope, 0, square / 2, low);
        return x < 0 ? left : 1 - left;
    }

    /** x·σ(z(x)) with z(x) = 2·√(2/π)·(x + 0.044715·x³), the tanh form of GELU; −0 at −∞. */
    static double geluTanh(double x) {
        double t = Math.min(Math.abs(x), 22);
        double e = timesExpMinusZ(1, 0, t);
        double sum = 1 + e;
        double sumLow = e - (sum - 1);
        double quotient = t / sum;
        double quotientLow = (Math.fma(-quotient, sum, t) - quotient * sumLow) / sum;
        double tail = timesExpMinusZ(quotient, quotientLow, t);
        return x > 0 ? x - tail : x == 0 ? x : -tail;
    }

    /**
     * The derivative of {@link #geluTanh}, with full relative precision about its root; 0 at −∞ and
     * 1 at ∞. With e = exp(−z(t)) it is e/(1 + e)²·(1 + e − t·z'(t)) at −t, and 1 less that at t.
     * The last factor is 0 at the root r, so that it is exp(−z(r))·expm1(z(r) − z(t)) − (t·z'(t) −
     * r·z'(r)): two terms of one sign.
     */
    static double geluTanhDerivative(double x) {
        double t = Math.min(Math.abs(x), 22);
        double distance = t - TANH_ROOT - TANH_ROOT_LOW;
        double squares = t * t + TANH_ROOT * (t + TANH_ROOT);
        double z = distance * Math.fma(CUBIC, squares, LINEAR);
        double product = distance * Math.fma(3 * CUBIC, squares, LINEAR);
        double factor = EXP_AT_TANH_ROOT * Math.expm1(-z) - product;
        double sum = 1 + timesExpMinusZ(1, 0, t);
        double left = timesExpMinusZ(factor / (sum * sum), 0, t);
        return x < 0 ? left : 1 - left;
    }

    /** (factor + low)·exp(−z(t)) for 0 ≤ t ≤ 22, with z to twice the precision. */
    private static double timesExpMinusZ(double factor, double low, double t) {
        double square = t * t;
        double cubic = CUBIC * square;
        double cubicLow =
                Math.fma(CUBIC, square, -cubic)
                        + CUBIC * Math.fma(t, t, -square)
                        + CUBIC_LOW * square;
        double sum = LINEAR + cubic;
        double back = sum - LINEAR;
        double sumLow = LINEAR - (sum - back) + (cubic - back) + LINEAR_LOW + cubicLow;
        double z = t * sum;
        return timesExp(factor, low, z, Math.fma(t, sum, -z) + t * sumLow);
    }

    /** factor·R(t)·exp(−(z + low)). */
    private static double tail(double factor, double t, double z, double low) {
        double sum = t + 2.5;
        double back = sum - t;
        double sumLow = t - (sum - back) + (2.5 - back);
        double q = t / sum;
        double qLow = (Math.fma(-q, sum, t) - q * sumLow) / sum;
        double v = q - 0.625;
        double line = 83 / 64.0 - q;
        double rest = polynomial(v, TAIL);
        double n = line + rest;
        double slope = Math.fma(v, 0.9, -0.74);
        double nLow = rest - (n - line) + (83 / 64.0 - line - q) + qLow * slope;
        double product = factor * n;
        double productLow = Math.fma(factor, n, -product) + factor * nLow;
        double quotient = product / sum;
        double remainder = Math.fma(-quotient, sum, product) + productLow - quotient * sumLow;
        return timesExp(quotient, remainder / sum, z, low);
    }

    /** (factor + factorLow)·exp(−(z + zLow)) for z ≥ 0 and a zLow far less than 1. */
    private static double timesExp(double factor, double factorLow, double z, double zLow) {
        // Of a denormal exponential few digits would be left.
        boolean shifted = z > 600;
        double e = Math.exp(shifted ? 64 - z : -z);
        double result = Math.fma(e, factor, e * (factorLow - factor * zLow));
        return shifted ? Math.fma(result, EXP_MINUS_64, result * EXP_MINUS_64_LOW) : result;
    }

    private static double polynomial(double x, double[] ascending) {
        double sum = 0;
        for (int i = ascending.length - 1; i >= 0; i--) {
            sum = Math.fma(sum, x, ascending[i]);
        }
        return sum;
    }
}
