package dev.rectifier.network;

import dev.rectifier.RRelu;
import dev.rectifier.RandomKey;
import dev.rectifier.Span;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Sets elements to 0, which ones a key says; the same key gives the same ones again. Not
 * thread-safe.
 */
final class Dropout {
    private static final int PIECE = 4096;

    /** Where x is −1, what comes out is minus a number drawn from 0 to 1. */
    private static final RRelu UNIFORM = RRelu.uniformSlope(0, 1);

    private final double rate;
    private final float[] draws = new float[PIECE];
    private final Span minusOne;

    Dropout(double rate) {
        this.rate = rate;
        float[] ones = new float[PIECE];
        Arrays.fill(ones, -1);
        minusOne = Span.of(ones);
    }

    /** Sets some to 0 and divides the others by 1 − rate. */
    void apply(RandomKey key, Span values) {
        Span drawn = Span.of(draws);
        double scale = 1 / (1 - rate);
        for (long from = 0; from < values.length(); from += PIECE) {
            int n = (int) Math.min(PIECE, values.length() - from);
            UNIFORM.forward(key.skip(from), minusOne.slice(0, n), drawn.slice(0, n));
            int at = (int) (values.offset() + from);
            if (values.owner() instanceof FloatBuffer floats) {
                float factor = (float) scale;
                for (int i = 0; i < n; i++) {
                    floats.put(at + i, -draws[i] < rate ? 0 : floats.get(at + i) * factor);
                }
            } else {
                DoubleBuffer doubles = (DoubleBuffer) values.owner();
                for (int i = 0; i < n; i++) {
                    doubles.put(at + i, -draws[i] < rate ? 0 : doubles.get(at + i) * scale);
                }
            }
        }
    }
}
