package dev.rectifier;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/** The plain formulas of the functions along an axis, of one slice, in double precision. */
final class AxisFormulas {
    private AxisFormulas() {}

    private static double[] map(double[] x, DoubleUnaryOperator f) {
        return Arrays.stream(x).map(f).toArray();
    }

    private static double[] negative(double[] x) {
        return map(x, v -> -v);
    }

    private static double[] constant(int n, double value) {
        double[] result = new double[n];
        Arrays.fill(result, value);
        return result;
    }

    /** NaN if any element is. */
    private static double max(double[] x) {
        return Arrays.stream(x).max().orElseThrow();
    }

    private static int indexOf(double[] x, double value) {
        return IntStream.range(0, x.length).filter(i -> x[i] == value).findFirst().orElse(0);
    }

    static double[] softmax(double[] x) {
        double max = max(x);
        double[] y = map(x, v -> Math.exp(v - max));
        double sum = Arrays.stream(y).sum();
        return map(y, e -> e / sum);
    }

    static double[] softmaxGradient(double[] y, double[] dy) {
        // What has no share passes nothing on, not even infinity.
        IntStream live = IntStream.range(0, y.length).filter(i -> y[i] != 0);
        double dot = live.mapToDouble(i -> y[i] * dy[i]).sum();
        return IntStream.range(0, y.length)
                .mapToDouble(i -> y[i] == 0 ? 0 : y[i] * (dy[i] - dot))
                .toArray();
    }

    static double[] softmin(double[] x) {
        return softmax(negative(x));
    }

    static double[] softminGradient(double[] y, double[] dy) {
        return map(softmaxGradient(y, dy), g -> 0 - g);
    }

    static double[] logSoftmax(double[] x) {
        double max = max(x);
        if (!Double.isFinite(max)) {
            return constant(x.length, Double.NaN);
        }
        int largest = indexOf(x, max);
        double others =
                IntStream.range(0, x.length)
                        .filter(i -> i != largest)
                        .mapToDouble(i -> Math.exp(x[i] - max))
                        .sum();
        return map(x, v -> (v - max) - Math.log1p(others));
    }

    static double[] logSoftmaxGradient(double[] y, double[] dy) {
        double sum = Arrays.stream(dy).sum();
        double[] shares = map(y, Math::exp);
        return IntStream.range(0, y.length)
                .mapToDouble(i -> shares[i] == 0 ? dy[i] : dy[i] - shares[i] * sum)
                .toArray();
    }

    /** By sorting: the support is the longest run of largest elements above the τ they give. */
    static double[] sparsemax(double[] x) {
        double max = max(x);
        if (!Double.isFinite(max)) {
            return constant(x.length, Double.NaN);
        }
        double[] descending = negative(map(x, v -> v - max));
        Arrays.sort(descending);
        double sum = 0;
        double tau = 0;
        for (int k = 0; k < descending.length; k++) {
            sum -= descending[k];
            double with = (sum - 1) / (k + 1);
            if (-descending[k] <= with) {
                break;
            }
            tau = with;
        }
        double threshold = tau;
        return map(x, v -> Math.max(v - max - threshold, 0));
    }

    static double[] sparsemaxGradient(double[] y, double[] dy) {
        int[] support = IntStream.range(0, y.length).filter(i -> y[i] > 0).toArray();
        double mean = Arrays.stream(support).mapToDouble(i -> dy[i]).average().orElse(0);
        double[] dx = map(y, v -> v == v ? 0 : v);
        for (int i : support) {
            dx[i] = dy[i] - mean;
        }
        return dx;
    }

    static double[] hardmax(double[] x) {
        double max = max(x);
        double[] y = constant(x.length, max == max ? 0 : max);
        if (max == max) {
            y[indexOf(x, max)] = 1;
        }
        return y;
    }

    static double[] hardmaxGradient(double[] y, double[] dy) {
        return map(y, v -> v == v ? 0 : v);
    }
}
