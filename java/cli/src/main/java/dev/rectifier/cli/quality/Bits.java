package dev.rectifier.cli.quality;

import dev.rectifier.DType;
import java.util.Arrays;
import java.util.List;

/** Whether all bits of the mantissa of uniform numbers are random. */
final class Bits {
    private static final int BYTE = 8;

    private Bits() {}

    /**
     * The share of ones of each of the 24 or 53 bits, and chi-square of the values of each byte.
     *
     * @param sequence of {@link Law#UNIFORM}
     */
    static List<Verdict> of(Sequence sequence, long n) {
        int bits = sequence.dtype() == DType.FLOAT32 ? 24 : 53;
        long[][] counts = count(sequence, n, bits);
        double ones = 0;
        for (int bit = 0; bit < bits; bit++) {
            double excess = 2.0 * ones(counts[bit / BYTE], bit % BYTE) - n;
            ones += excess * excess / n;
        }
        double bytes = 0;
        int degrees = 0;
        for (int from = 0; from < bits; from += BYTE) {
            int values = 1 << Math.min(BYTE, bits - from);
            double[] expected = new double[values];
            Arrays.fill(expected, (double) n / values);
            bytes +=
                    new ChiSquare(expected, Arrays.copyOf(counts[from / BYTE], values)).statistic();
            degrees += values - 1;
        }
        return List.of(
                Verdict.chiSquare(
                        sequence.name(), "mean of each of %d bits".formatted(bits), n, ones, bits),
                Verdict.chiSquare(sequence.name(), "values of each byte", n, bytes, degrees));
    }

    /** How often each byte, from the lowest, has each value. */
    private static long[][] count(Sequence sequence, long n, int bits) {
        long[][] counts = new long[(bits - 1) / BYTE + 1][1 << BYTE];
        double scale = 1L << bits;
        long mask = (1L << bits) - 1;
        sequence.forEach(
                n,
                (values, count) -> {
                    for (int i = 0; i < count; i++) {
                        long mantissa = (long) (values[i] * scale) & mask;
                        for (long[] ofByte : counts) {
                            ofByte[(int) (mantissa & 0xFF)]++;
                            mantissa >>>= BYTE;
                        }
                    }
                });
        return counts;
    }

    private static long ones(long[] counts, int bit) {
        long ones = 0;
        for (int value = 0; value < counts.length; value++) {
            ones += (value >> bit & 1) * counts[value];
        }
        return ones;
    }
}
