package dev.rectifier.reference;

import dev.rectifier.DType;
import dev.rectifier.RandomKey;

/**
 * Uniform random numbers by index: number i is a function of the key and i alone.
 *
 * @param dtype one word of 32 bits is drawn for {@code float}, two for {@code double}
 * @param purpose keeps apart what is drawn for different ends with one key
 * @param key the seed, the stream and the first draw
 */
record Draws(DType dtype, Purpose purpose, RandomKey key) {
    /** What numbers are drawn for; the order is part of the sequence. */
    enum Purpose {
        INITIALIZER,
        RRELU,
        GUMBEL
    }

    /** Above the number of any block, which is less than 2⁶⁰. */
    private static final int PURPOSE_SHIFT = 60;

    /** Number i in [0, 1): a multiple of 2⁻²⁴ or 2⁻⁵³. */
    double unit(long i) {
        return dtype == DType.FLOAT32 ? (bits(i) >>> 8) * 0x1p-24 : (bits(i) >>> 11) * 0x1p-53;
    }

    /**
     * Number i in (0, 1), symmetric about 1/2: the middle of one of 2³² or 2⁵² cells of equal size.
     */
    double open(long i) {
        return dtype == DType.FLOAT32
                ? (bits(i) + 0.5) * 0x1p-32
                : ((bits(i) >>> 12) + 0.5) * 0x1p-52;
    }

    /** Number i of N(0, 1). */
    double normal(long i) {
        return dtype == DType.FLOAT32
                ? FloatQuantile.normal((int) bits(i))
                : Distributions.normal(open(i));
    }

    /** Number i of N(0, 1) restricted to [−2, 2]. */
    double truncatedNormal(long i) {
        return dtype == DType.FLOAT32
                ? FloatQuantile.truncatedNormal((int) bits(i))
                : Distributions.truncatedNormal(open(i));
    }

    private long bits(long i) {
        long draw = key.first() + i;
        if (dtype == DType.FLOAT32) {
            return Integer.toUnsignedLong(block(draw >>> 2)[(int) (draw & 3)]);
        }
        int[] words = block(draw >>> 1);
        int low = 2 * (int) (draw & 1);
        return Integer.toUnsignedLong(words[low]) | (long) words[low + 1] << 32;
    }

    private int[] block(long number) {
        return Philox4x32.block(
                number | (long) purpose.ordinal() << PURPOSE_SHIFT, key.stream(), key.seed());
    }
}
