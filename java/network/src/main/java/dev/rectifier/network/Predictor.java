package dev.rectifier.network;

import dev.rectifier.Axis;
import dev.rectifier.AxisFunction;
import dev.rectifier.Channels;
import dev.rectifier.DType;
import dev.rectifier.DenseKernel;
import dev.rectifier.Elementwise;
import dev.rectifier.Learned;
import dev.rectifier.Memory;
import dev.rectifier.RRelu;
import dev.rectifier.Rectifier;
import dev.rectifier.Span;
import dev.rectifier.spi.Backend;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The outputs of a {@link Network} as it was when this was made, for any number of threads at once:
 * an immutable, thread-safe copy of its weights. New weights are a new predictor, which callers get
 * by a field that is volatile.
 *
 * <p>Rows go through in pieces, so that memory is bounded for each thread that is in a call, and it
 * is kept for the next: as many pieces as there were calls at one time, at most 64. The row of a
 * batch gives the same bits as that row alone. RReLU has its middle slope.
 */
public final class Predictor {
    /** Enough rows for a quick product. */
    private static final int MOST_ROWS = 64;

    private static final int PIECE_BYTES = 1 << 18;
    private static final int KEPT = 64;

    /**
     * Products of one piece of rows below which a call stays on its thread: some tens of
     * microseconds, of which handing over and waking up would take a good part, in each layer; and
     * where many call at a time, each has its own processor already.
     */
    private static final long LEAST_SHARED = 1L << 20;

    private record Layer(
            int inputs,
            int units,
            Span packed,
            Span bias,
            Optional<Elementwise> fused,
            Optional<Learned> learned,
            Optional<AxisFunction> axis,
            Span parameter) {}

    /** What one call works in. */
    private final class Workspace {
        private final Span[] spans = new Span[layers.size() + 1];

        /** Views of so many rows, made when they are first needed. */
        private final Span[][] views = new Span[rows + 1][];

        private final Axis[] axes = new Axis[rows + 1];
        private final Channels[][] channels = new Channels[rows + 1][layers.size()];

        Workspace() {
            spans[0] = Span.allocate(dtype, rows * inputs);
            for (int l = 0; l < layers.size(); l++) {
                spans[l + 1] = Span.allocate(dtype, rows * layers.get(l).units);
            }
        }

        Span[] views(int count) {
            Span[] of = views[count];
            if (of == null) {
                of = new Span[spans.length];
                of[0] = spans[0].slice(0, (long) count * inputs);
                for (int l = 0; l < layers.size(); l++) {
                    int units = layers.get(l).units;
                    of[l + 1] = spans[l + 1].slice(0, (long) count * units);
                    channels[count][l] = Channels.of(Axis.ofRows(count, units));
                }
                axes[count] = Axis.ofRows(count, outputs);
                views[count] = of;
            }
            return of;
        }
    }

    private final DType dtype;
    private final int inputs;
    private final int outputs;
    private final int rows;

    /** Of one row, in all layers. */
    private final long products;

    private final Optional<Scaling> scaling;
    private final List<String> classNames;
    private final Task task;
    private final List<Layer> layers = new ArrayList<>();

    /** Keeps the weights in memory as long as this lives. */
    private final Memory memory = new Memory();

    private final AtomicReferenceArray<Workspace> free = new AtomicReferenceArray<>(KEPT);

    /**
     * A predictor with the weights that the network has now.
     *
     * @param network the network
     * @throws IllegalStateException if the network has been closed
     * @throws OutOfMemoryError if the weights can't be held once more
     */
    public Predictor(Network network) {
        this(network, Objects.requireNonNull(network, "network").dtype());
    }

    /**
     * A predictor with the weights that the network has now, those of its products rounded to a
     * type of 16 bits, which takes half the memory. A row alone, which waits for the weights to
     * come from memory, is up to twice as fast where they don't fit in the first cache; many rows
     * together are a little slower. Each weight changes by at most 2⁻⁹ of itself in {@link
     * DType#BFLOAT16} and 2⁻¹² in {@link DType#FLOAT16} (which is for 6.1e-5 to 65504: weights
     * below are rounded to a multiple of 6e-8); biases and what is computed stay {@link
     * DType#FLOAT32}.
     *
     * @param network the network
     * @param weights the network's own type, or one of 16 bits for a network in {@link
     *     DType#FLOAT32}
     * @throws IllegalArgumentException if it is another type, or a finite weight would be infinite
     *     in it
     * @throws IllegalStateException if the network has been closed
     * @throws OutOfMemoryError if the weights can't be held once more
     */
    public Predictor(Network network, DType weights) {
        Objects.requireNonNull(weights, "weights");
        dtype = Objects.requireNonNull(network, "network").dtype();
        inputs = network.inputs();
        outputs = network.outputs();
        scaling = network.scaling();
        classNames = network.classNames();
        task = network.task();
        if (weights != dtype && !(weights.isHalf() && dtype == DType.FLOAT32)) {
            throw new IllegalArgumentException(
                    "weights are " + weights + " for a network in " + dtype);
        }
        List<Weights> learnt = network.weights();
        int at = 0;
        int width = inputs;
        int widest = inputs;
        for (Dense dense : network.layers()) {
            Span packed = pack(learnt.get(at++), weights, width, dense.units());
            Span bias = copy(learnt.get(at++).value());
            Optional<Learned> learned =
                    dense.activation() instanceof Learned f ? Optional.of(f) : Optional.empty();
            Span parameter = learned.isPresent() ? copy(learnt.get(at++).value()) : bias;
            Optional<AxisFunction> axis =
                    dense.activation() instanceof AxisFunction f
                            ? Optional.of(f)
                            : Optional.empty();
            layers.add(
                    new Layer(
                            width,
                            dense.units(),
                            packed,
                            bias,
                            fused(dense),
                            learned,
                            axis,
                            parameter));
            width = dense.units();
            widest = Math.max(widest, width);
        }
        products = layers.stream().mapToLong(l -> (long) l.inputs * l.units).sum();
        rows = Math.max(1, Math.min(MOST_ROWS, PIECE_BYTES / dtype.bytes() / widest));
    }

    private Span pack(Weights kernel, DType type, int rows, int units) {
        Span w = kernel.value();
        for (long i = 0; i < w.length() && type.isHalf(); i++) {
            double exact = w.get(i);
            if (Double.isInfinite(type.round(exact)) && !Double.isInfinite(exact)) {
                throw new IllegalArgumentException(
                        "weights can't be %s: %s of input %d and unit %d of %s is infinite there"
                                .formatted(type, exact, i / units, i % units, kernel.name()));
            }
        }
        Span packed = memory.allocate(type, DenseKernel.packedLength(rows, units));
        DenseKernel.pack(w, packed, rows, units);
        return packed;
    }

    private Span copy(Span values) {
        Span copy = memory.allocate(values.dtype(), values.length());
        copy.copyFrom(values);
        return copy;
    }

    private static Optional<Elementwise> fused(Dense dense) {
        if (dense.activation() instanceof Elementwise f) {
            return Optional.of(f);
        }
        return dense.activation() instanceof RRelu f
                ? Optional.of(f.inference())
                : Optional.empty();
    }

    /** {@return the number of features of a row} */
    public int inputs() {
        return inputs;
    }

    /** {@return the number of outputs of a row} */
    public int outputs() {
        return outputs;
    }

    /** {@return the type that it computes in} */
    public DType dtype() {
        return dtype;
    }

    /** {@return what the outputs mean} */
    public Task task() {
        return task;
    }

    /** {@return what the outputs are called; empty if they have no names} */
    public List<String> classNames() {
        return classNames;
    }

    /**
     * Computes one row, or as many as {@code x} has.
     *
     * @param x [rows, inputs], row-major
     * @param out [rows, outputs], overwritten; outputs that a {@code float} can't hold are rounded
     * @throws IllegalArgumentException if the lengths don't fit
     */
    public void predict(float[] x, float[] out) {
        int count =
                requireRows(
                        Objects.requireNonNull(x, "x").length,
                        Objects.requireNonNull(out, "out").length);
        predict(x, 0, out, 0, count);
    }

    /**
     * Computes as many rows as {@code x} has.
     *
     * @param x [rows, inputs], row-major
     * @param out [rows, outputs], overwritten
     * @throws IllegalArgumentException if the lengths don't fit
     */
    public void predict(double[] x, double[] out) {
        int count =
                requireRows(
                        Objects.requireNonNull(x, "x").length,
                        Objects.requireNonNull(out, "out").length);
        predict(x, 0, out, 0, count);
    }

    /**
     * Computes as many rows as {@code x} has between its position and its limit, which stay.
     *
     * @param x [rows, inputs], row-major; direct or not
     * @param out [rows, outputs] between its position and its limit, overwritten
     * @throws IllegalArgumentException if the lengths don't fit
     * @throws ReadOnlyBufferException if {@code out} is read-only
     */
    public void predict(FloatBuffer x, FloatBuffer out) {
        int count =
                requireRows(
                        Objects.requireNonNull(x, "x").remaining(),
                        Objects.requireNonNull(out, "out").remaining());
        if (out.isReadOnly()) {
            throw new ReadOnlyBufferException();
        }
        predict(x, x.position(), out, out.position(), count);
    }

    /** Rows from and to arrays or buffers, from these places on. */
    private void predict(Object x, int from, Object out, int to, int count) {
        Workspace workspace = take();
        try {
            for (int done = 0; done < count; ) {
                int n = Math.min(rows, count - done);
                Span[] views = workspace.views(n);
                load(x, from + done * inputs, views[0], n * inputs);
                run(workspace, views, n);
                store(views[layers.size()], out, to + done * outputs, n * outputs);
                done += n;
            }
        } finally {
            giveBack(workspace);
        }
    }

    private void load(Object x, int from, Span to, int n) {
        if (x instanceof float[] floats) {
            if (to.owner() instanceof FloatBuffer buffer && scaling.isEmpty()) {
                buffer.put((int) to.offset(), floats, from, n);
                return;
            }
            for (int i = 0; i < n; i++) {
                set(to, i, floats[from + i]);
            }
        } else if (x instanceof double[] doubles) {
            for (int i = 0; i < n; i++) {
                set(to, i, doubles[from + i]);
            }
        } else {
            FloatBuffer floats = (FloatBuffer) x;
            for (int i = 0; i < n; i++) {
                set(to, i, floats.get(from + i));
            }
        }
    }

    private static void store(Span from, Object out, int to, int n) {
        if (out instanceof float[] floats) {
            if (from.owner() instanceof FloatBuffer buffer) {
                buffer.get((int) from.offset(), floats, to, n);
                return;
            }
            for (int i = 0; i < n; i++) {
                floats[to + i] = (float) get(from, i);
            }
        } else if (out instanceof double[] doubles) {
            for (int i = 0; i < n; i++) {
                doubles[to + i] = get(from, i);
            }
        } else {
            FloatBuffer floats = (FloatBuffer) out;
            for (int i = 0; i < n; i++) {
                floats.put(to + i, (float) get(from, i));
            }
        }
    }

    private int requireRows(int length, int results) {
        if (length % inputs != 0 || results != (long) (length / inputs) * outputs) {
            throw new IllegalArgumentException(
                    "x has length %d and out %d, not those of rows of %d features and %d outputs"
                            .formatted(length, results, inputs, outputs));
        }
        return length / inputs;
    }

    private void set(Span features, int i, double value) {
        double v = scaling.isPresent() ? scaling.get().apply(i % inputs, value) : value;
        int at = (int) features.offset() + i;
        if (features.owner() instanceof FloatBuffer floats) {
            floats.put(at, (float) v);
        } else {
            ((DoubleBuffer) features.owner()).put(at, v);
        }
    }

    private static double get(Span values, int i) {
        int at = (int) values.offset() + i;
        return values.owner() instanceof FloatBuffer floats
                ? floats.get(at)
                : ((DoubleBuffer) values.owner()).get(at);
    }

    private void run(Workspace workspace, Span[] views, int count) {
        // Without the checks of DenseKernel, which all memory here passes.
        Backend backend = Rectifier.backend();
        int threads = count * products < LEAST_SHARED ? 1 : Rectifier.threads();
        for (int l = 0; l < layers.size(); l++) {
            Layer layer = layers.get(l);
            Span y = views[l + 1];
            backend.densePacked(
                    layer.fused,
                    views[l],
                    layer.packed,
                    layer.bias,
                    y,
                    count,
                    layer.inputs,
                    layer.units,
                    threads);
            if (layer.learned.isPresent()) {
                backend.learnedForward(
                        layer.learned.get(),
                        y,
                        layer.parameter,
                        y,
                        workspace.channels[count][l],
                        threads);
            } else if (layer.axis.isPresent()) {
                backend.axisForward(layer.axis.get(), y, y, workspace.axes[count], threads);
            }
        }
    }

    private Workspace take() {
        for (int i = 0; i < KEPT; i++) {
            Workspace workspace = free.get(i);
            if (workspace != null && free.compareAndSet(i, workspace, null)) {
                return workspace;
            }
        }
        return new Workspace();
    }

    private void giveBack(Workspace workspace) {
        for (int i = 0; i < KEPT; i++) {
            if (free.get(i) == null && free.compareAndSet(i, null, workspace)) {
                return;
            }
        }
    }

    @Override
    public String toString() {
        return "a predictor of " + inputs + " features and " + outputs + " outputs in " + dtype;
    }
}
