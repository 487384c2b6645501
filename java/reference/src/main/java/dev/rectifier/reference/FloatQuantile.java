package dev.rectifier.reference;

/**
 * Φ⁻¹((w + 1/2)/2³²) for a word w of 32 random bits, and the same of N(0, 1) cut at ±2, in {@code
 * float} arithmetic: polynomials of degree 8 in 32 pieces. Piece 0 is for the half of all words
 * that are next to 1/2, and of |p − 1/2|²; piece j &gt; 0 is for a distance from the nearer end of
 * 2⁻ʲ⁻² to 2⁻ʲ⁻¹. They interpolate {@link Distributions#lowerQuantile} at Chebyshev's points, so
 * that no table of their coefficients has to be written down.
 */
final class FloatQuantile {
    private static final int PIECES = 32;

    /** cos((2k + 1)π/18)/2. */
    private static final double[] POINTS = {
        0.492403876506104,
        0.4330127018922193,
        0.3213938048432697,
        0.17101007166283436,
        0,
        -0.17101007166283436,
        -0.3213938048432697,
        -0.4330127018922193,
        -0.492403876506104
    };

    private static final int TERMS = POINTS.length;

    /** The coefficients of a piece, that of the highest power last. */
    private static final float[][] COEFFICIENTS = new float[PIECES][];

    static {
        for (int piece = 0; piece < PIECES; piece++) {
            COEFFICIENTS[piece] = interpolate(piece);
        }
    }

    /**
     * Words with a smaller distance from the middle take piece 0: a quarter of the probability on
     * either side, and a little more, so that no rounded distance from an end is 1/4.
     */
    private static final int CENTRAL = (1 << 30) + 64;

    private static final int CENTRAL_TRUNCATED = (int) (0x1p30 / Distributions.BETWEEN_CUTS) + 512;

    private static final float MASS = (float) Distributions.BETWEEN_CUTS;
    private static final float BELOW = (float) (Distributions.BELOW_CUT * 0x1p32);

    private FloatQuantile() {}

    private static float[] interpolate(int piece) {
        double[] x = new double[TERMS];
        double[] value = new double[TERMS];
        for (int k = 0; k < TERMS; k++) {
            x[k] = piece == 0 ? POINTS[k] + 0.5 : POINTS[k];
            double q = piece == 0 ? Math.sqrt(x[k] / 16) : 1;
            double t = piece == 0 ? 0.5 - q : (x[k] + 1.5) / (4L << piece);
            value[k] = -Distributions.lowerQuantile(t) / q;
        }
        for (int level = 1; level < TERMS; level++) {
            for (int k = TERMS - 1; k >= level; k--) {
                value[k] = (value[k] - value[k - 1]) / (x[k] - x[k - level]);
            }
        }
        double[] c = new double[TERMS];
        for (int k = TERMS - 1; k >= 0; k--) {
            for (int i = TERMS - 1; i > 0; i--) {
                c[i] = c[i - 1] - x[k] * c[i];
            }
            c[0] = value[k] - x[k] * c[0];
        }
        float[] rounded = new float[TERMS];
        for (int i = 0; i < TERMS; i++) {
            rounded[i] = (float) c[i];
        }
        return rounded;
    }

    /** The quantile of N(0, 1). */
    static float normal(int word) {
        int distance = distance(word);
        boolean central = distance < CENTRAL;
        float t = (central ? distance : distance ^ Integer.MAX_VALUE) + 0.5f;
        return withSign(word, magnitude(central, t));
    }

    /** The quantile of N(0, 1) restricted to [−2, 2]. */
    static float truncatedNormal(int word) {
        int distance = distance(word);
        boolean central = distance < CENTRAL_TRUNCATED;
        float t = (central ? distance : distance ^ Integer.MAX_VALUE) + 0.5f;
        t = t * MASS + (central ? 0 : BELOW);
        return withSign(word, Math.min(magnitude(central, t), 2));
    }

    /** |p − 1/2| in units of 2⁻³², less one half. */
    private static int distance(int word) {
        int centred = word ^ Integer.MIN_VALUE;
        return centred ^ centred >> 31;
    }

    /** |z| at a distance of t·2⁻³² from the middle, or else from the nearer end. */
    private static float magnitude(boolean central, float t) {
        int bits = Float.floatToRawIntBits(t);
        float[] c = COEFFICIENTS[central ? 0 : 157 - (bits >>> 23)];
        float x =
                central
                        ? t * t * 0x1p-60f
                        : Float.intBitsToFloat(bits & 0x7FFFFF | 0x3F800000) - 1.5f;
        float sum = c[TERMS - 1];
        for (int i = TERMS - 2; i >= 0; i--) {
            sum = sum * x + c[i];
        }
        return central ? sum * (t * 0x1p-32f) : sum;
    }

    private static float withSign(int word, float magnitude) {
        return word < 0 ? magnitude : -magnitude;
    }
}
