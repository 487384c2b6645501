package dev.rectifier.reference;

import dev.rectifier.Span;
import java.util.Arrays;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** The functions along an axis, on one slice in an array of its own. */
final class Slices {
    private Slices() {}

    /**
     * Where the elements of a slice are.
     *
     * @param first the place of the first
     * @param stride the distance from one to the next
     * @param size how many there are
     */
    record Slice(long first, long stride, int size) {}

    /** A function and the gradient of its input by its output and that one's gradient. */
    record Function(UnaryOperator<double[]> forward, BinaryOperator<double[]> backward) {
        double[] value(double[] x) {
            return forward.apply(x);
        }

        double[] gradient(double[] y, double[] dy) {
            return backward.apply(y, dy);
        }
    }

    private static final Map<String, Function> FUNCTIONS =
            Map.of(
                    "softmax",
                    new Function(Slices::softmax, Slices::softmaxGradient),
                    "logSoftmax",
                    new Function(Slices::logSoftmax, Slices::logSoftmaxGradient),
                    "softmin",
                    new Function(
                            x -> softmax(negative(x)), (y, dy) -> negative(softmaxGradient(y, dy))),
                    "sparsemax",
                    new Function(Slices::sparsemax, Slices::sparsemaxGradient),
                    "hardmax",
                    new Function(Slices::hardmax, (y, dy) -> map(y, v -> v == v ? 0 : v)));

    static Function function(String name) {
        return FUNCTIONS.get(name);
    }

    static double[] load(Span span, Slice slice) {
        return IntStream.range(0, slice.size)
                .mapToDouble(i -> span.get(slice.first + i * slice.stride))
                .toArray();
    }

    static void store(double[] values, Span span, Slice slice) {
        for (int i = 0; i < values.length; i++) {
            span.set(slice.first + i * slice.stride, values[i]);
        }
    }

    private static double[] map(double[] x, java.util.function.DoubleUnaryOperator f) {
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

    private static double[] softmax(double[] x) {
        double max = max(x);
        double[] y = map(x, v -> Math.exp(v - max));
        double sum = Arrays.stream(y).sum();
        return map(y, e -> e / sum);
    }

    private static double[] softmaxGradient(double[] y, double[] dy) {
        double dot = IntStream.range(0, y.length).mapToDouble(i -> y[i] * dy[i]).sum();
        return IntStream.range(0, y.length).mapToDouble(i -> y[i] * (dy[i] - dot)).toArray();
    }

    private static double[] logSoftmax(double[] x) {
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

    private static double[] logSoftmaxGradient(double[] y, double[] dy) {
        double sum = Arrays.stream(dy).sum();
        return IntStream.range(0, y.length)
                .mapToDouble(i -> dy[i] - Math.exp(y[i]) * sum)
                .toArray();
    }

    /** By sorting: the support is the longest run of largest elements above the τ they give. */
    private static double[] sparsemax(double[] x) {
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

    private static double[] sparsemaxGradient(double[] y, double[] dy) {
        int[] support = IntStream.range(0, y.length).filter(i -> y[i] > 0).toArray();
        double mean = Arrays.stream(support).mapToDouble(i -> dy[i]).average().orElse(0);
        double[] dx = map(y, v -> v == v ? 0 : v);
        for (int i : support) {
            dx[i] = dy[i] - mean;
        }
        return dx;
    }

    private static double[] hardmax(double[] x) {
        double max = max(x);
        double[] y = constant(x.length, max == max ? 0 : max);
        if (max == max) {
            y[indexOf(x, max)] = 1;
        }
        return y;
    }
}
