package dev.rectifier.binding;

import dev.rectifier.DType;
import dev.rectifier.Elementwise;

/**
 * A piecewise linear function in plain Java, for arrays so short that a native call costs more than
 * their elements:
 *
 * <pre>y = x &gt; lower ? (x &lt; upper ? x : upper) : slope·(x − origin) + constant</pre>
 *
 * <p>Results have the bits of the native kernels for every input: a NaN x is returned as it is,
 * zeros have the kernel's sign, and the gradient of a dead unit is exactly +0. Parameters must
 * already be rounded to the type of the data. All functions run through the same loops, so that the
 * compiler sees one shape of call. Immutable. Ranges are the caller's to check.
 *
 * <p>The shrinks and hardSigmoid have other shapes, and would need loops of their own.
 *
 * <p>The exponential family has no such form, though {@link Math#fma} gives the bits of a kernel
 * with fused multiply-add. Measured on sigmoid, one of the shortest, in float: 8 ns per element, so
 * that a native call (55 ns) pays from about 7 elements on, and little is won below. Without the
 * processor's help each of its nine calls of {@code Math.fma} takes 2 µs, and the kernel, which has
 * another way there, has other bits. And every formula would stand a third time.
 */
final class Pieces {
    private static final double INFINITY = Double.POSITIVE_INFINITY;

    /** Adding −0 changes nothing, not even the sign of a zero; adding +0 makes −0 to +0. */
    private static final double NOTHING = -0.0;

    private final double lower;
    private final double upper;
    private final double slope;
    private final double origin;
    private final double constant;

    /** Whether it is max(lower, min(x, upper)), for which the compiler has vector instructions. */
    private final boolean clips;

    private Pieces(double lower, double upper, double slope, double origin, double constant) {
        this.lower = lower;
        this.upper = upper;
        this.slope = slope;
        this.origin = origin;
        this.constant = constant;
        // The signs of zeros would differ otherwise.
        clips = slope == 0 && Double.compare(constant, lower) == 0 && upper != 0;
    }

    /** Up to how many elements that is faster than a native call: 0.1 to 1 ns per element. */
    int longest() {
        return clips ? 128 : 32;
    }

    /** The form of a function for a type, or null if there is none. */
    static Pieces of(Elementwise f, DType dtype) {
        double p0 = dtype.round(f.parameter(0));
        double p1 = dtype.round(f.parameter(1));
        double p2 = dtype.round(f.parameter(2));
        return switch (f.name()) {
            case "linear" -> linear();
            case "relu" -> threshold(0, 0);
            case "relu6" -> hardTanh(0, 6);
            case "leakyRelu" -> leakyRelu(p0);
            case "generalizedRelu" -> generalizedRelu(p0, p1, p2);
            case "hardTanh" -> hardTanh(p0, p1);
            case "threshold" -> threshold(p0, p1);
            default -> null;
        };
    }

    /** x. */
    private static Pieces linear() {
        return new Pieces(-INFINITY, INFINITY, 1, 0, NOTHING);
    }

    /** x &gt; 0 ? x : slope·x. */
    private static Pieces leakyRelu(double slope) {
        return new Pieces(0, INFINITY, slope, 0, NOTHING);
    }

    /** x &gt; min ? (x &lt; max ? x : max) : min. */
    private static Pieces hardTanh(double min, double max) {
        // Where there is no minimum, the line goes on to −∞.
        return min == -INFINITY
                ? new Pieces(min, max + 0.0, 1, 0, NOTHING)
                : new Pieces(min, max + 0.0, 0, 0, min + 0.0);
    }

    /** x &gt; threshold ? x : value. */
    private static Pieces threshold(double threshold, double value) {
        return new Pieces(threshold, INFINITY, 0, 0, value + 0.0);
    }

    /**
     * x &gt; threshold ? (x &lt; max ? x : max) : slope·(x − threshold); null where x − threshold
     * may overflow, against which only the kernel takes measures.
     */
    private static Pieces generalizedRelu(double slope, double max, double threshold) {
        return Math.abs(threshold) <= 0x1p90
                ? new Pieces(threshold, max, slope, threshold, slope == 0 ? 0.0 : NOTHING)
                : null;
    }

    /**
     * y = f(x) for n elements of arrays of one type; {@code y} may be {@code x} at the same offset.
     */
    void forward(Object x, int xOffset, Object y, int yOffset, int n) {
        // All in one method, which is too long to be inlined: loops that are make their caller too
        // large to be inlined itself, and that is what leaves no garbage.
        if (x instanceof float[] from) {
            float[] to = (float[]) y;
            float lower = (float) this.lower;
            float upper = (float) this.upper;
            float slope = (float) this.slope;
            float origin = (float) this.origin;
            float constant = (float) this.constant;
            if (clips && upper == Float.POSITIVE_INFINITY) {
                for (int i = 0; i < n; i++) {
                    to[yOffset + i] = Math.max(from[xOffset + i], lower);
                }
                return;
            }
            if (clips) {
                for (int i = 0; i < n; i++) {
                    to[yOffset + i] = Math.min(Math.max(from[xOffset + i], lower), upper);
                }
                return;
            }
            // Keeps 0·∞ a zero.
            float lowest = slope == 0 ? -Float.MAX_VALUE : Float.NEGATIVE_INFINITY;
            for (int i = 0; i < n; i++) {
                float v = from[xOffset + i];
                float below = slope * Math.max(v - origin, lowest) + constant;
                to[yOffset + i] = v != v ? v : v > lower ? (v < upper ? v : upper) : below;
            }
            return;
        }
        double[] from = (double[]) x;
        double[] to = (double[]) y;
        if (clips && upper == INFINITY) {
            for (int i = 0; i < n; i++) {
                to[yOffset + i] = Math.max(from[xOffset + i], lower);
            }
            return;
        }
        if (clips) {
            for (int i = 0; i < n; i++) {
                to[yOffset + i] = Math.min(Math.max(from[xOffset + i], lower), upper);
            }
            return;
        }
        double lowest = slope == 0 ? -Double.MAX_VALUE : -INFINITY;
        for (int i = 0; i < n; i++) {
            double v = from[xOffset + i];
            double below = slope * Math.max(v - origin, lowest) + constant;
            to[yOffset + i] = v != v ? v : v > lower ? (v < upper ? v : upper) : below;
        }
    }

    /**
     * dx = f'(x)·dy for n elements of arrays of one type; {@code dx} may be {@code x} or {@code dy}
     * at the same offset. Where a function has a derivative by its output, that is the same
     * function of it: {@code x} may then be what {@link #forward} wrote.
     */
    void backward(Object x, int xOffset, Object dy, int dyOffset, Object dx, int dxOffset, int n) {
        if (x instanceof float[] at) {
            float[] from = (float[]) dy;
            float[] to = (float[]) dx;
            float lower = (float) this.lower;
            float upper = (float) this.upper;
            float slope = (float) this.slope;
            // An infinite bound is none.
            float above = upper == Float.POSITIVE_INFINITY ? 1 : 0;
            for (int i = 0; i < n; i++) {
                float v = at[xOffset + i];
                float derivative = v > lower ? (v < upper ? 1 : above) : slope;
                float gradient = derivative == 0 ? 0 : derivative * from[dyOffset + i];
                to[dxOffset + i] = v != v ? v : gradient;
            }
            return;
        }
        double[] at = (double[]) x;
        double[] from = (double[]) dy;
        double[] to = (double[]) dx;
        double above = upper == INFINITY ? 1 : 0;
        for (int i = 0; i < n; i++) {
            double v = at[xOffset + i];
            double derivative = v > lower ? (v < upper ? 1 : above) : slope;
            double gradient = derivative == 0 ? 0 : derivative * from[dyOffset + i];
            to[dxOffset + i] = v != v ? v : gradient;
        }
    }
}
