import dev.rectifier.Elementwise;
import dev.rectifier.Glu;
import dev.rectifier.MaskedSoftmax;
import dev.rectifier.Rectifier;
import dev.rectifier.Span;
import java.util.Random;

/**
 * What isn't a matrix product in a block of a language model like Llama, for a prompt of 64 tokens:
 * the gated unit of the feed-forward layer, 11,008 columns wide, and the attention weights of 32
 * heads, each by the loop that one would write and by the library, on plain arrays.
 */
public class Block {
    static final int TOKENS = 64, COLUMNS = 11_008, HEADS = 32;
    static final float SCALE = 0.088388346f; // 1 / sqrt(128)

    public static void main(String[] arguments) {
        Rectifier.setThreads(1);
        float[] gates = normal(TOKENS * COLUMNS, 1), up = normal(TOKENS * COLUMNS, 2);
        float[] scores = normal(HEADS * TOKENS * TOKENS, 3);
        float[] loop = new float[gates.length], ours = new float[gates.length];
        Glu swiGlu = Glu.of(Elementwise.silu());
        compare(
                "gated unit",
                loop,
                ours,
                () -> gated(up, gates, loop),
                () -> swiGlu.forward(Span.of(up), Span.of(gates), Span.of(ours)));

        float[] loopWeights = new float[scores.length], ourWeights = new float[scores.length];
        MaskedSoftmax causal = MaskedSoftmax.scaled(SCALE).withCausal(0);
        compare(
                "attention weights",
                loopWeights,
                ourWeights,
                () -> attention(scores, loopWeights),
                () -> causal.forward(Span.of(scores), Span.of(ourWeights), HEADS, TOKENS, TOKENS));
    }

    static void gated(float[] up, float[] gates, float[] y) {
        for (int i = 0; i < y.length; i++) {
            y[i] = up[i] * (gates[i] / (1 + (float) Math.exp(-gates[i])));
        }
    }

    static void attention(float[] x, float[] y) {
        for (int row = 0; row < HEADS * TOKENS; row++) {
            int from = row * TOKENS, seen = row % TOKENS + 1;
            float max = Float.NEGATIVE_INFINITY, sum = 0;
            for (int i = from; i < from + seen; i++) {
                max = Math.max(max, SCALE * x[i]);
            }
            for (int i = from; i < from + seen; i++) {
                y[i] = (float) Math.exp(SCALE * x[i] - max);
                sum += y[i];
            }
            for (int i = from; i < from + seen; i++) {
                y[i] /= sum;
            }
        }
    }

    /** Takes turns, and the fastest of each. */
    static void compare(String what, float[] a, float[] b, Runnable loop, Runnable ours) {
        double[] best = {Double.MAX_VALUE, Double.MAX_VALUE};
        for (int turn = 0; turn < 100; turn++) {
            best[0] = Math.min(best[0], micros(loop));
            best[1] = Math.min(best[1], micros(ours));
        }
        double off = 0;
        for (int i = 0; i < a.length; i++) {
            off = Math.max(off, Math.abs(a[i] - b[i]) / Math.max(1, Math.abs(a[i])));
        }
        if (!(off < 1e-6)) {
            throw new AssertionError(what + " is off by " + off);
        }
        System.out.printf("%-18s loop %6.0f µs, ours %6.0f µs%n", what, best[0], best[1]);
    }

    static double micros(Runnable call) {
        long start = System.nanoTime();
        call.run();
        return (System.nanoTime() - start) / 1e3;
    }

    static float[] normal(int n, long seed) {
        Random random = new Random(seed);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
