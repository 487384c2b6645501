package dev.rectifier.cli.quality;

import java.util.List;
import java.util.function.DoubleUnaryOperator;

/** Whether numbers that should be independent tell anything of each other. */
final class Correlation {
    /** Neighbours, the blocks of 4 and batches of 64 words that Philox works in, powers of two. */
    private static final int[] LAGS = {1, 2, 3, 4, 5, 6, 7, 8, 16, 32, 64, 128, 256, 512, 1024};

    private static final int LONGEST = LAGS[LAGS.length - 1];

    /** Two sequences of one law. */
    record Pair(Sequence one, Sequence other) {}

    private Correlation() {}

    /**
     * The sum of the squared correlations at all {@link #LAGS}, times n (Box and Pierce 1970), of
     * the numbers and of their squares.
     */
    static List<Verdict> serial(Sequence sequence, long n) {
        Law law = sequence.law();
        double spread = Math.sqrt(law.kurtosis() - 1);
        return List.of(
                serial(sequence, n, "serial correlation", z -> z),
                serial(sequence, n, "serial correlation of squares", z -> (z * z - 1) / spread));
    }

    private static Verdict serial(
            Sequence sequence, long n, String test, DoubleUnaryOperator standard) {
        Law law = sequence.law();
        double[] sums = new double[LAGS.length];
        // What came before, and the numbers that are new; of those before the first nothing is
        // known, so that they count as 0, the mean.
        double[][] window = {new double[LONGEST]};
        sequence.forEach(
                n,
                (values, count) -> {
                    double[] z = new double[LONGEST + count];
                    double[] before = window[0];
                    System.arraycopy(before, before.length - LONGEST, z, 0, LONGEST);
                    for (int i = 0; i < count; i++) {
                        double x = (values[i] - law.mean()) / law.standardDeviation();
                        z[LONGEST + i] = standard.applyAsDouble(x);
                    }
                    for (int l = 0; l < LAGS.length; l++) {
                        for (int i = LONGEST; i < z.length; i++) {
                            sums[l] += z[i] * z[i - LAGS[l]];
                        }
                    }
                    window[0] = z;
                });
        double chiSquare = 0;
        for (int l = 0; l < LAGS.length; l++) {
            chiSquare += sums[l] * sums[l] / (n - LAGS[l]);
        }
        return Verdict.chiSquare(
                sequence.name(),
                test + ", %d lags".formatted(LAGS.length),
                n,
                chiSquare,
                LAGS.length);
    }

    /** The sum of the squared correlations of all pairs, times the numbers of each. */
    static Verdict across(String test, List<Pair> pairs, long n) {
        double chiSquare = 0;
        long each = n / pairs.size();
        for (Pair pair : pairs) {
            double sum = products(pair, each);
            chiSquare += sum * sum / each;
        }
        return Verdict.chiSquare(
                pairs.get(0).one().name(),
                "correlation of %d pairs of %s".formatted(pairs.size(), test),
                each * pairs.size(),
                chiSquare,
                pairs.size());
    }

    private static double products(Pair pair, long n) {
        Law law = pair.one().law();
        double variance = law.standardDeviation() * law.standardDeviation();
        double[] sum = {0};
        pair.one()
                .forEachWith(
                        pair.other(),
                        n,
                        (one, other, count) -> {
                            for (int i = 0; i < count; i++) {
                                sum[0] += (one[i] - law.mean()) * (other[i] - law.mean());
                            }
                        });
        return sum[0] / variance;
    }
}
