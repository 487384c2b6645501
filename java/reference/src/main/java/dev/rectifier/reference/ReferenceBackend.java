package dev.rectifier.reference;

import dev.rectifier.Axis;
import dev.rectifier.AxisFunction;
import dev.rectifier.Channels;
import dev.rectifier.DType;
import dev.rectifier.DenseKernel;
import dev.rectifier.Elementwise;
import dev.rectifier.Fill;
import dev.rectifier.Glu;
import dev.rectifier.Learned;
import dev.rectifier.MaskedSoftmax;
import dev.rectifier.PRelu;
import dev.rectifier.RRelu;
import dev.rectifier.RandomKey;
import dev.rectifier.SoftmaxCrossEntropy;
import dev.rectifier.Span;
import dev.rectifier.reference.Draws.Purpose;
import dev.rectifier.spi.Backend;
import java.nio.Buffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongToDoubleFunction;

/**
 * All kernels in plain Java: one element after the other, in double precision, rounded to the type
 * of the data at the end. The oracle that the native kernels are tested against, and with {@code
 * -Drectifier.backend=java} a replacement for them where there are none. Random values have the
 * same bits as the native ones; other results agree to the accuracy that is promised for them.
 * Always serial; thread-safe.
 */
public final class ReferenceBackend implements Backend {
    private static final String NAME = "java";

    /** The longest array that every JVM can allocate. */
    private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

    private static final PRelu RECTIFIED = new PRelu();
    private static final Elementwise SIGMOID = Elementwise.sigmoid();

    /** Made by {@link java.util.ServiceLoader}. */
    public ReferenceBackend() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String instructionSet() {
        return NAME;
    }

    @Override
    public List<String> instructionSets() {
        return List.of(NAME);
    }

    @Override
    public Optional<Path> library() {
        return Optional.empty();
    }

    @Override
    public String door() {
        return NAME;
    }

    @Override
    public String parallelStatus() {
        return "the Java backend is serial";
    }

    @Override
    public long address(Buffer direct) {
        return 0;
    }

    @Override
    public void forward(Elementwise f, Span x, Span y, int threads) {
        DType dtype = x.dtype().arithmetic();
        Elementwise rounded = f.rounded(dtype);
        for (long i = 0; i < x.length(); i++) {
            y.set(i, dtype.round(rounded.valueAt(x.get(i))));
        }
    }

    @Override
    public void backward(Elementwise f, Span x, Span dy, Span dx, int threads) {
        Elementwise rounded = f.rounded(x.dtype());
        eachGradient(x, rounded::derivativeAt, dy, dx);
    }

    private static void eachGradient(Span v, DoubleUnaryOperator slope, Span dy, Span dx) {
        DType dtype = v.dtype().arithmetic();
        for (long i = 0; i < v.length(); i++) {
            double derivative = dtype.round(slope.applyAsDouble(v.get(i)));
            dx.set(i, dtype.round(gradient(v.get(i), derivative, dy.get(i))));
        }
    }

    /** Not just the product, since 0·∞ is NaN, and a dead unit must pass nothing on. */
    private static double gradient(double x, double derivative, double dy) {
        if (Double.isNaN(x)) {
            return x;
        }
        return derivative == 0 ? 0 : derivative * dy;
    }

    @Override
    public void backwardFromOutput(Elementwise f, Span y, Span dy, Span dx, int threads) {
        Elementwise rounded = f.rounded(y.dtype());
        eachGradient(y, rounded::derivativeFromOutputAt, dy, dx);
    }

    @Override
    public void learnedForward(
            Learned f, Span x, Span parameter, Span y, Channels channels, int threads) {
        for (long i = 0; i < x.length(); i++) {
            double p = parameter.get(channels.parameterOf(i));
            double xi = x.get(i);
            y.set(i, Double.isNaN(xi) ? xi : f.valueAt(xi, p));
        }
    }

    @Override
    public void learnedBackward(
            Learned f,
            Span x,
            Span parameter,
            Span dy,
            Span dx,
            Span dparameter,
            Channels channels,
            int threads) {
        DType dtype = x.dtype();
        double[] sums = new double[(int) channels.size()];
        for (long i = 0; i < x.length(); i++) {
            int c = (int) channels.parameterOf(i);
            double p = parameter.get(c);
            double xi = x.get(i);
            double dyi = dy.get(i);
            dx.set(i, gradient(xi, dtype.round(f.derivativeAt(xi, p)), dyi));
            sums[c] += gradient(xi, dtype.round(f.parameterDerivativeAt(xi, p)), dyi);
        }
        for (int c = 0; c < sums.length; c++) {
            dparameter.set(c, sums[c]);
        }
    }

    private static double rectified(double x, double slope) {
        return RECTIFIED.valueAt(x, slope);
    }

    private static double rectifiedGradient(double x, double slope, double dy) {
        return gradient(x, RECTIFIED.derivativeAt(x, slope), dy);
    }

    @Override
    public void rreluForward(RRelu f, RandomKey key, Span x, Span y, int threads) {
        Draws draws = new Draws(x.dtype(), Purpose.RRELU, key);
        for (long i = 0; i < x.length(); i++) {
            y.set(i, rectified(x.get(i), slope(f, draws, i)));
        }
    }

    @Override
    public void rreluBackward(RRelu f, RandomKey key, Span x, Span dy, Span dx, int threads) {
        Draws draws = new Draws(x.dtype(), Purpose.RRELU, key);
        for (long i = 0; i < x.length(); i++) {
            dx.set(i, rectifiedGradient(x.get(i), slope(f, draws, i), dy.get(i)));
        }
    }

    private static double slope(RRelu f, Draws draws, long i) {
        double drawn = Distributions.uniform(draws.dtype(), draws.unit(i), f.lower(), f.upper());
        return switch (f.parametrization()) {
            case SLOPE -> drawn;
            case DIVISOR -> draws.dtype().round(1 / drawn);
        };
    }

    @Override
    public void axisForward(AxisFunction f, Span x, Span y, Axis axis, int threads) {
        Slice.each(axis, slice -> slice.store(f.valueOf(slice.load(x)), y));
    }

    @Override
    public void axisBackward(
            AxisFunction f, double factor, Span y, Span dy, Span dx, Axis axis, int threads) {
        double scale = y.dtype().round(factor);
        Slice.each(
                axis,
                slice -> {
                    double[] gradient = f.gradientOf(slice.load(y), slice.load(dy));
                    slice.store(Arrays.stream(gradient).map(g -> g * scale).toArray(), dx);
                });
    }

    @Override
    public void maskedSoftmax(
            MaskedSoftmax f,
            Span x,
            Optional<Span> mask,
            Span y,
            long[] shape,
            long[] strides,
            int threads) {
        DType dtype = x.dtype();
        double scale = dtype.round(f.scale());
        long n = shape[3];
        for (long row = 0; n > 0 && row < x.length() / n; row++) {
            long query = row % shape[2];
            long head = row / shape[2] % shape[1];
            long batch = row / shape[2] / shape[1];
            long of = (batch * strides[0] + head * strides[1] + query * strides[2]) * n;
            int length = (int) (f.causal() ? Math.min(query + f.past() + 1, n) : n);
            double[] logits = new double[length];
            for (int i = 0; i < length; i++) {
                double added = mask.isPresent() ? mask.get().get(of + i) : 0;
                double logit = Math.fma(scale, x.get(row * n + i), added);
                logits[i] = added == Double.NEGATIVE_INFINITY ? added : dtype.round(logit);
            }
            boolean nothing = Arrays.stream(logits).allMatch(v -> v == Double.NEGATIVE_INFINITY);
            double[] shares =
                    nothing && f.zeroRows()
                            ? new double[length]
                            : AxisFunction.softmax().valueOf(logits);
            for (int i = 0; i < n; i++) {
                y.set(row * n + i, i < length ? shares[i] : 0);
            }
        }
    }

    @Override
    public void logSumExp(Span x, Span y, Axis axis, int threads) {
        eachSlice(axis, (at, number) -> y.set(number, logSumExp(slice(x, axis, at))));
    }

    private static double logSumExp(double[] x) {
        double max = Arrays.stream(x).max().orElse(Double.NEGATIVE_INFINITY);
        return Double.isFinite(max)
                ? max + Math.log(Arrays.stream(x).map(v -> Math.exp(v - max)).sum())
                : max;
    }

    @Override
    public void logSumExpBackward(Span x, Span dy, Span dx, Axis axis, int threads) {
        eachSlice(
                axis,
                (at, number) -> {
                    double[] shares = AxisFunction.softmax().valueOf(slice(x, axis, at));
                    for (int i = 0; i < shares.length; i++) {
                        double share = x.dtype().round(shares[i]);
                        dx.set(at + i * axis.inner(), gradient(share, share, dy.get(number)));
                    }
                });
    }

    /** A slice by the place of its first element and its number. */
    @FunctionalInterface
    private interface Slices {
        void at(long at, long number);
    }

    private static void eachSlice(Axis axis, Slices body) {
        for (long outer = 0; outer < axis.outer(); outer++) {
            for (long inner = 0; inner < axis.inner(); inner++) {
                long at = outer * axis.size() * axis.inner() + inner;
                body.at(at, outer * axis.inner() + inner);
            }
        }
    }

    private static double[] slice(Span x, Axis axis, long at) {
        double[] slice = new double[(int) axis.size()];
        Arrays.setAll(slice, i -> x.get(at + i * axis.inner()));
        return slice;
    }

    @Override
    public void crossEntropy(
            SoftmaxCrossEntropy f,
            Span x,
            int[] labels,
            double scale,
            Span loss,
            Optional<Span> dx,
            int classes,
            int threads) {
        Axis rows = Axis.ofRows(labels.length, classes);
        for (int row = 0; row < labels.length; row++) {
            double[] logits = slice(x, rows, (long) row * classes);
            boolean counts = labels[row] != f.ignoredLabel();
            loss.set(row, counts ? loss(f.smoothing(), logits, labels[row]) : 0);
            if (dx.isPresent()) {
                double[] shares = AxisFunction.softmax().valueOf(logits);
                for (int i = 0; i < classes; i++) {
                    double target = f.smoothing() / classes;
                    target += i == labels[row] ? 1 - f.smoothing() : 0;
                    double share = x.dtype().round(shares[i]);
                    dx.get().set((long) row * classes + i, counts ? scale * (share - target) : 0);
                }
            }
        }
    }

    private static double loss(double smoothing, double[] logits, int label) {
        double max = Arrays.stream(logits).max().orElseThrow();
        double rest = 0;
        boolean first = true;
        for (double v : logits) {
            rest += first && v == max ? 0 : Math.exp(v - max);
            first &= v != max;
        }
        double value = smoothing < 1 ? (1 - smoothing) * (max - logits[label]) : 0;
        if (smoothing > 0) {
            value += smoothing * Arrays.stream(logits).map(v -> max - v).average().orElseThrow();
        }
        return Math.log1p(rest) + value;
    }

    @Override
    public void gumbelLogits(double temperature, RandomKey key, Span x, Span y, int threads) {
        DType dtype = x.dtype();
        Draws draws = new Draws(dtype, Purpose.GUMBEL, key);
        for (long i = 0; i < x.length(); i++) {
            double noise = dtype.round(Distributions.gumbel(draws.open(i)));
            y.set(i, dtype.round(x.get(i) + noise) / dtype.round(temperature));
        }
    }

    /** A pair of elements of a gated unit, the value and the gate. */
    @FunctionalInterface
    private interface Pairs {
        void at(long a, long b, long result);
    }

    private static void eachPair(Glu f, Axis axis, Pairs body) {
        long half = axis.size() / 2 * axis.inner();
        for (long outer = 0; outer < axis.outer(); outer++) {
            for (long i = 0; i < half; i++) {
                long first = 2 * outer * half + i;
                long second = first + half;
                body.at(
                        f.gateFirst() ? second : first,
                        f.gateFirst() ? first : second,
                        outer * half + i);
            }
        }
    }

    @Override
    public void gluForward(Glu f, Span x, Span y, Axis axis, int threads) {
        Elementwise gate = f.gate().rounded(x.dtype());
        eachPair(f, axis, (a, b, result) -> y.set(result, gated(gate, x.get(a), x.get(b))));
    }

    @Override
    public void concatenatedReluForward(Span x, Span y, Axis axis, int threads) {
        long row = axis.size() * axis.inner();
        for (long i = 0; i < x.length(); i++) {
            double v = x.get(i);
            long first = i + i / row * row;
            y.set(first, Double.isNaN(v) ? v : v > 0 ? v : 0);
            y.set(first + row, Double.isNaN(v) ? v : v < 0 ? -v : 0);
        }
    }

    @Override
    public void concatenatedReluBackward(Span x, Span dy, Span dx, Axis axis, int threads) {
        long row = axis.size() * axis.inner();
        for (long i = 0; i < x.length(); i++) {
            double v = x.get(i);
            long first = i + i / row * row;
            dx.set(
                    i,
                    Double.isNaN(v) ? v : v > 0 ? dy.get(first) : v < 0 ? -dy.get(first + row) : 0);
        }
    }

    @Override
    public void gatedForward(Elementwise f, Span a, Span b, Span y, int threads) {
        Elementwise gate = f.rounded(a.dtype());
        for (long i = 0; i < a.length(); i++) {
            y.set(i, gated(gate, a.get(i), b.get(i)));
        }
    }

    private static double gated(Elementwise gate, double a, double b) {
        return gate.equals(SIGMOID) ? glu(a, b) : gatedProduct(a, gate.valueAt(b));
    }

    /** A gate of 0 is shut, also for an infinite factor. */
    private static double gatedProduct(double a, double gate) {
        return gate == 0 && !Double.isNaN(a) ? Math.copySign(0, a) * gate : a * gate;
    }

    private static double glu(double a, double b) {
        if (Double.isNaN(a) || Double.isNaN(b)) {
            return Double.NaN;
        }
        if (b == Double.NEGATIVE_INFINITY) {
            return Math.copySign(0, a);
        }
        if (Double.isInfinite(a)) {
            return a;
        }
        // A denormal sigmoid would lose the digits of the product.
        double root = Math.exp(-Math.abs(b) / 2);
        return b >= 0 ? a / (1 + root * root) : root * (a * (root / (1 + root * root)));
    }

    @Override
    public void gluBackward(Glu f, Span x, Span dy, Span dx, Axis axis, int threads) {
        Elementwise gate = f.gate().rounded(x.dtype());
        eachPair(
                f,
                axis,
                (i, j, result) -> {
                    double a = x.get(i);
                    double b = x.get(j);
                    double g = dy.get(result);
                    dx.set(i, ofValue(gate, x.dtype(), a, b, g));
                    dx.set(j, ofGate(gate, x.dtype(), a, b, g));
                });
    }

    @Override
    public void gatedBackward(
            Elementwise f, Span a, Span b, Span dy, Span da, Span db, int threads) {
        DType dtype = a.dtype();
        Elementwise gate = f.rounded(dtype);
        for (long i = 0; i < a.length(); i++) {
            double ofValue = ofValue(gate, dtype, a.get(i), b.get(i), dy.get(i));
            double ofGate = ofGate(gate, dtype, a.get(i), b.get(i), dy.get(i));
            da.set(i, ofValue);
            db.set(i, ofGate);
        }
    }

    /** NaN if one of them is, else 0. */
    private static double nanOf(double a, double b) {
        return Double.isNaN(a) || Double.isNaN(b) ? Double.NaN : 0;
    }

    private static double ofValue(Elementwise gate, DType dtype, double a, double b, double dy) {
        return gradient(nanOf(a, b), dtype.round(gate.valueAt(b)), dy);
    }

    private static double ofGate(Elementwise gate, DType dtype, double a, double b, double dy) {
        return gradient(nanOf(a, b), dtype.round(gatedProduct(a, gate.derivativeAt(b))), dy);
    }

    @Override
    public void fill(Fill fill, RandomKey key, Span out, int threads) {
        DType dtype = out.dtype();
        Draws draws = new Draws(dtype, Purpose.INITIALIZER, key);
        LongToDoubleFunction value =
                switch (fill.distribution()) {
                    case CONSTANT -> i -> fill.a();
                    case UNIFORM ->
                            i -> Distributions.uniform(dtype, draws.unit(i), fill.a(), fill.b());
                    case NORMAL ->
                            i -> Distributions.scaled(dtype, draws.normal(i), fill.a(), fill.b());
                    case TRUNCATED_NORMAL ->
                            i ->
                                    Distributions.scaled(
                                            dtype, draws.truncatedNormal(i), fill.a(), fill.b());
                    case BOUNDED_NORMAL -> {
                        BoundedNormal law = new BoundedNormal(dtype, fill);
                        yield i -> law.at(draws.open(i));
                    }
                };
        for (long i = 0; i < out.length(); i++) {
            out.set(i, value.applyAsDouble(i));
        }
    }

    @Override
    public void orthogonal(
            double gain, long rows, long columns, RandomKey key, Span out, int threads) {
        if (out.length() == 0) {
            return;
        }
        long length = Math.max(rows, columns);
        long count = Math.min(rows, columns);
        if (length > MAX_ARRAY) {
            throw new OutOfMemoryError(
                    "no Java array is long enough for an orthogonal matrix of "
                            + rows
                            + " by "
                            + columns);
        }
        double[][] a = new double[(int) count][(int) length];
        double[] drawn = new double[(int) count];
        for (int i = 0; i < length; i++) {
            RandomKey draws = new RandomKey(key.seed(), key.stream(), i * count);
            fill(new Fill(Fill.Distribution.NORMAL, 0, 1), draws, Span.of(drawn), threads);
            for (int j = 0; j < count; j++) {
                a[j][i] = drawn[j];
            }
        }
        double[][] q = Orthonormal.columns(a);
        for (long i = 0; i < out.length(); i++) {
            int row = (int) ((key.first() + i) / columns);
            int column = (int) ((key.first() + i) % columns);
            out.set(i, gain * (rows < columns ? q[row][column] : q[column][row]));
        }
    }

    @Override
    public void denseForward(
            Optional<Elementwise> f,
            Span x,
            Span w,
            Span b,
            Span z,
            Span y,
            int batch,
            int inputs,
            int units,
            int threads) {
        for (long row = 0; row < batch; row++) {
            for (long unit = 0; unit < units; unit++) {
                double sum = b.get(unit);
                for (long input = 0; input < inputs; input++) {
                    sum += x.get(row * inputs + input) * w.get(input * units + unit);
                }
                z.set(row * units + unit, sum);
            }
        }
        forward(f.orElse(Elementwise.linear()), z, y, threads);
    }

    @Override
    public void densePacked(
            Optional<Elementwise> f,
            Span x,
            Span w,
            Span b,
            Span y,
            int batch,
            int inputs,
            int units,
            int threads) {
        Span rows = Span.allocate(x.dtype(), Math.multiplyExact(inputs, units));
        for (int input = 0; input < inputs; input++) {
            for (int unit = 0; unit < units; unit++) {
                long at = DenseKernel.packedIndex(input, unit, inputs, units);
                rows.set((long) input * units + unit, w.get(at));
            }
        }
        denseForward(f, x, rows, b, y, y, batch, inputs, units, threads);
    }

    @Override
    public void denseBackward(
            Span x,
            Span w,
            Span dz,
            Optional<Span> dx,
            Span dw,
            Span db,
            int batch,
            int inputs,
            int units,
            int threads) {
        dx.ifPresent(out -> product(dz, units, 1, w, 1, units, out, batch, units, inputs));
        product(x, 1, inputs, dz, units, 1, dw, inputs, batch, units);
        for (long unit = 0; unit < units; unit++) {
            double sum = 0;
            for (long row = 0; row < batch; row++) {
                sum += dz.get(row * units + unit);
            }
            db.set(unit, sum);
        }
    }

    /**
     * c = a·b for c of shape [rows, columns]; an element of a and b is at row·rowStride +
     * column·columnStride.
     */
    private static void product(
            Span a,
            long aRowStride,
            long aColumnStride,
            Span b,
            long bRowStride,
            long bColumnStride,
            Span c,
            long rows,
            long terms,
            long columns) {
        for (long row = 0; row < rows; row++) {
            for (long column = 0; column < columns; column++) {
                double sum = 0;
                for (long k = 0; k < terms; k++) {
                    sum +=
                            a.get(row * aRowStride + k * aColumnStride)
                                    * b.get(k * bRowStride + column * bColumnStride);
                }
                c.set(row * columns + column, sum);
            }
        }
    }
}
