package dev.rectifier.binding;

import static dev.rectifier.binding.NativeCalls.*;
import static dev.rectifier.binding.Place.*;
import static dev.rectifier.binding.RectifierNative.*;

import dev.rectifier.Axis;
import dev.rectifier.AxisFunction;
import dev.rectifier.Channels;
import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Fill;
import dev.rectifier.Glu;
import dev.rectifier.Learned;
import dev.rectifier.MaskedSoftmax;
import dev.rectifier.NativeLibraryException;
import dev.rectifier.RRelu;
import dev.rectifier.RandomKey;
import dev.rectifier.Rectifier;
import dev.rectifier.SettingException;
import dev.rectifier.SoftmaxCrossEntropy;
import dev.rectifier.Span;
import dev.rectifier.binding.Stage.Cut;
import dev.rectifier.spi.Backend;
import java.nio.Buffer;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The kernels of the native library. Off-heap spans go to them by address, and may be worked on by
 * several threads; what is on the heap goes off-heap and back in pieces ({@link Stage}), but for
 * short arrays that are worked on in Java ({@link Pieces}). For the most common calls, elementwise
 * ones on arrays, the way is written out: a short one takes half the time.
 */
public final class NativeBackend implements Backend {
    /** What {@link #name} returns. */
    public static final String NAME = "native";

    private static final String INSTRUCTION_SET = "RECTIFIER_ISA";

    /** Multiplications of a brief product of matrices, each of which takes up to a nanosecond. */
    private static final int BRIEF_PRODUCTS = 1 << 16;

    private final Path library = NativeLibrary.load();

    private final ElementwiseKernel.Table elementwise;
    private final Indices learned;
    private final Indices axisFunctions;

    /**
     * Loads the library.
     *
     * @throws NativeLibraryException if it can't be loaded
     * @throws SettingException if a setting has a value that means nothing
     */
    public NativeBackend() {
        Path omp = library.resolveSibling(System.mapLibraryName("rectifier_omp"));
        if (Files.exists(omp)) {
            rectifier_set_parallel_library(zeroTerminated(omp));
        }
        requireSameVersion();
        requireInstructionSet();
        Door.choose();
        elementwise = new ElementwiseKernel.Table(new Indices(activationNames()));
        learned = new Indices(learnedNames());
        axisFunctions = new Indices(axisFunctionNames());
    }

    // Three loops, since the first lambda of a program costs its start 10 ms.

    private static String[] activationNames() {
        String[] names = new String[rectifier_activation_count()];
        for (int i = 0; i < names.length; i++) {
            names[i] = rectifier_activation_name(i);
        }
        return names;
    }

    private static String[] learnedNames() {
        String[] names = new String[rectifier_learned_count()];
        for (int i = 0; i < names.length; i++) {
            names[i] = rectifier_learned_name(i);
        }
        return names;
    }

    private static String[] axisFunctionNames() {
        String[] names = new String[rectifier_axis_count()];
        for (int i = 0; i < names.length; i++) {
            names[i] = rectifier_axis_name(i);
        }
        return names;
    }

    private static byte[] zeroTerminated(Path path) {
        Charset ofPaths = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
        return (path + "\0").getBytes(ofPaths);
    }

    /** A library of one version has what the registries of that version list. */
    private void requireSameVersion() {
        if (!rectifier_version().equals(Rectifier.version())) {
            throw new NativeLibraryException(
                    library
                            + " is of version "
                            + rectifier_version()
                            + ", not "
                            + Rectifier.version(),
                    List.of());
        }
    }

    /** The library itself has no way to refuse what it can't do. */
    private void requireInstructionSet() {
        if (rectifier_instruction_set_status() != RECTIFIER_OK) {
            throw new SettingException(
                    INSTRUCTION_SET,
                    System.getenv(INSTRUCTION_SET),
                    "one of the instruction sets that this machine has: "
                            + String.join(", ", instructionSets()));
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String instructionSet() {
        return rectifier_instruction_set();
    }

    @Override
    public List<String> instructionSets() {
        return List.of(rectifier_instruction_sets().split(","));
    }

    @Override
    public Optional<Path> library() {
        return Optional.of(library);
    }

    @Override
    public String door() {
        return Foreign.status();
    }

    @Override
    public String parallelStatus() {
        return rectifier_parallel_status();
    }

    @Override
    public long address(Buffer direct) {
        return BufferAddress.of(direct);
    }

    @Override
    public long steadyAddress(Buffer direct) {
        return BufferAddress.ofSteady(direct);
    }

    @Override
    public void forward(Elementwise f, Span x, Span y, int threads) {
        ElementwiseKernel kernel = elementwise.get(f);
        int k = kernel.index;
        double p0 = kernel.p0;
        double p1 = kernel.p1;
        double p2 = kernel.p2;
        DType t = x.dtype();
        long n = x.length();
        boolean isBrief = isBrief(n);
        if ((isBrief || x.isOffHeap())
                && SpanCalls.rectifier_activation_forward(
                        this, isBrief, t, k, p0, p1, p2, x, y, n, threads)) {
            return;
        }
        Pieces pieces = x.isHeap() && y.isHeap() ? kernel.pieces(t, n) : null;
        if (pieces != null) {
            pieces.forward(x.owner(), (int) x.offset(), y.owner(), (int) y.offset(), (int) n);
            return;
        }
        longForward(kernel, x, y, threads);
    }

    @Override
    public boolean forward(Elementwise f, float[] x, float[] y) {
        ElementwiseKernel k = elementwise.get(f);
        return ForeignCalls.rectifier_activation_forward_f32(
                k.index, k.p0, k.p1, k.p2, x, y, x.length);
    }

    @Override
    public boolean forward(Elementwise f, double[] x, double[] y) {
        ElementwiseKernel k = elementwise.get(f);
        return ForeignCalls.rectifier_activation_forward_f64(
                k.index, k.p0, k.p1, k.p2, x, y, x.length);
    }

    @Override
    public boolean forward(Elementwise f, DType dtype, long x, long y, int n) {
        ElementwiseKernel k = elementwise.get(f);
        return ForeignCalls.rectifier_activation_forward(
                dtype, k.index, k.p0, k.p1, k.p2, null, x, null, y, n);
    }

    @Override
    public int brief() {
        return Foreign.IS_USED ? Foreign.BRIEF : -1;
    }

    private boolean isBrief(long n) {
        return n <= brief();
    }

    private boolean foreignForward(ElementwiseKernel kernel, Span x, Span y, long first, long n) {
        DType t = x.dtype();
        int k = kernel.index;
        double p0 = kernel.p0;
        double p1 = kernel.p1;
        double p2 = kernel.p2;
        long done = first * t.bytes();
        long from = place(x, this) + done;
        long to = place(y, this) + done;
        return ForeignCalls.rectifier_activation_forward(
                t, k, p0, p1, p2, array(x), from, array(y), to, n);
    }

    private void longForward(ElementwiseKernel kernel, Span x, Span y, int threads) {
        DType t = x.dtype();
        int k = kernel.index;
        double p0 = kernel.p0;
        double p1 = kernel.p1;
        double p2 = kernel.p2;
        long n = x.length();
        long i = 0;
        if (!x.isHeap() || !y.isHeap()) {
            elementwise(n, 2)
                    .source(x)
                    .destinationOver(0, y)
                    .run(
                            threads,
                            (at, piece, first, team) ->
                                    rectifier_activation_forward(
                                            t, k, p0, p1, p2, at[0], at[1], piece.inner(), team));
            return;
        }
        while (Foreign.IS_USED && i < n) {
            long m = Math.min(Foreign.BRIEF, n - i);
            if (!foreignForward(kernel, x, y, i, m)) {
                break;
            }
            i += m;
        }
        if (i == n) {
            return;
        }
        long most = Stage.PIECE / t.bytes();
        try (NativeMemory memory = NativeMemory.of(Stage.PIECE)) {
            long at = memory.address();
            for (; i < n; i += most) {
                long m = Math.min(most, n - i);
                memory.load(0, x, i, m);
                rectifier_activation_forward(t, k, p0, p1, p2, at, at, m, 1);
                memory.store(0, y, i, m);
            }
        }
    }

    /** A call that computes each element of n by itself. */
    private Stage elementwise(long n, int operands) {
        return new Stage(this, Cut.ANYWHERE, Axis.shared(n), operands);
    }

    @Override
    public void backward(Elementwise f, Span x, Span dy, Span dx, int threads) {
        gradient(f, 0, x, dy, dx, threads);
    }

    @Override
    public boolean backward(Elementwise f, float[] x, float[] dy, float[] dx) {
        ElementwiseKernel k = elementwise.get(f);
        return ForeignCalls.rectifier_activation_backward_f32(
                k.index, 0, k.p0, k.p1, k.p2, x, dy, dx, x.length);
    }

    @Override
    public boolean backward(Elementwise f, double[] x, double[] dy, double[] dx) {
        ElementwiseKernel k = elementwise.get(f);
        return ForeignCalls.rectifier_activation_backward_f64(
                k.index, 0, k.p0, k.p1, k.p2, x, dy, dx, x.length);
    }

    @Override
    public void backwardFromOutput(Elementwise f, Span y, Span dy, Span dx, int threads) {
        gradient(f, 1, y, dy, dx, threads);
    }

    private void gradient(Elementwise f, int fromOutput, Span v, Span dy, Span dx, int threads) {
        ElementwiseKernel kernel = elementwise.get(f);
        int k = kernel.index;
        double p0 = kernel.p0;
        double p1 = kernel.p1;
        double p2 = kernel.p2;
        DType t = v.dtype();
        long n = v.length();
        boolean isBrief = isBrief(n);
        if ((isBrief || v.isOffHeap())
                && SpanCalls.rectifier_activation_backward(
                        this, isBrief, t, k, fromOutput, p0, p1, p2, v, dy, dx, n, threads)) {
            return;
        }
        Pieces pieces = v.isHeap() && dy.isHeap() && dx.isHeap() ? kernel.pieces(t, n) : null;
        if (pieces != null) {
            int at = (int) v.offset();
            int above = (int) dy.offset();
            int to = (int) dx.offset();
            pieces.backward(v.owner(), at, dy.owner(), above, dx.owner(), to, (int) n);
            return;
        }
        longGradient(kernel, fromOutput, v, dy, dx, threads);
    }

    private boolean foreignGradient(
            ElementwiseKernel kernel,
            int fromOutput,
            Span v,
            Span dy,
            Span dx,
            long first,
            long n) {
        DType t = v.dtype();
        int k = kernel.index;
        double p0 = kernel.p0;
        double p1 = kernel.p1;
        double p2 = kernel.p2;
        long done = first * t.bytes();
        long at = place(v, this) + done;
        long above = place(dy, this) + done;
        long to = place(dx, this) + done;
        Object from = array(v);
        return ForeignCalls.rectifier_activation_backward(
                t, k, fromOutput, p0, p1, p2, from, at, array(dy), above, array(dx), to, n);
    }

    private void longGradient(
            ElementwiseKernel kernel, int fromOutput, Span v, Span dy, Span dx, int threads) {
        DType t = v.dtype();
        int k = kernel.index;
        double p0 = kernel.p0;
        double p1 = kernel.p1;
        double p2 = kernel.p2;
        long n = v.length();
        long i = 0;
        if (!v.isHeap() || !dy.isHeap() || !dx.isHeap()) {
            elementwise(n, 3)
                    .source(v)
                    .source(dy)
                    .destinationOver(0, dx)
                    .run(
                            threads,
                            (at, piece, first, team) -> {
                                long m = piece.inner();
                                rectifier_activation_backward(
                                        t, k, fromOutput, p0, p1, p2, at[0], at[1], at[2], m, team);
                            });
            return;
        }
        while (Foreign.IS_USED && i < n) {
            long m = Math.min(Foreign.BRIEF, n - i);
            if (!foreignGradient(kernel, fromOutput, v, dy, dx, i, m)) {
                break;
            }
            i += m;
        }
        if (i == n) {
            return;
        }
        long most = Stage.PIECE / t.bytes();
        try (NativeMemory memory = NativeMemory.of(2 * Stage.PIECE)) {
            long at = memory.address();
            long above = at + Stage.PIECE;
            for (; i < n; i += most) {
                long m = Math.min(most, n - i);
                memory.load(0, v, i, m);
                memory.load(Stage.PIECE, dy, i, m);
                rectifier_activation_backward(t, k, fromOutput, p0, p1, p2, at, above, at, m, 1);
                memory.store(0, dx, i, m);
            }
        }
    }

    @Override
    public void learnedForward(Learned f, Span x, Span parameter, Span y, Channels c, int threads) {
        int k = learned.of(f.name());
        DType t = x.dtype();
        if (SpanCalls.rectifier_learned_forward(
                this,
                isBrief(x.length()),
                t,
                k,
                x,
                parameter,
                y,
                c.sizeOf(0),
                c.sizeOf(1),
                c.sizeOf(2),
                c.sizeOf(3),
                c.sizeOf(4),
                c.sizeOf(5),
                c.sizeOf(6),
                threads)) {
            return;
        }
        long[] n = c.sizes();
        Axis last = new Axis(n[4], n[5], n[6]);
        boolean isAxis = n[0] == 1 && n[1] == 1 && n[2] == 1 && n[3] == 1;
        new Stage(this, isAxis ? Cut.ANYWHERE : Cut.NOWHERE, last, 3)
                .source(x)
                .parameter(parameter)
                .destinationOver(0, y)
                .run(
                        threads,
                        (at, piece, first, team) ->
                                rectifier_learned_forward(
                                        t,
                                        k,
                                        at[0],
                                        at[1],
                                        at[2],
                                        n[0],
                                        n[1],
                                        n[2],
                                        n[3],
                                        piece.outer(),
                                        piece.size(),
                                        piece.inner(),
                                        team));
    }

    @Override
    public void learnedBackward(
            Learned f,
            Span x,
            Span parameter,
            Span dy,
            Span dx,
            Span dparameter,
            Channels c,
            int threads) {
        int k = learned.of(f.name());
        DType t = x.dtype();
        long[] n = c.sizes();
        if (SpanCalls.rectifier_learned_backward(
                this,
                isBrief(Math.max(x.length(), dparameter.length())),
                t,
                k,
                x,
                parameter,
                dy,
                dx,
                dparameter,
                n[0],
                n[1],
                n[2],
                n[3],
                n[4],
                n[5],
                n[6],
                threads)) {
            return;
        }
        // Another order of its terms would give the parameters' gradient other bits.
        whole(5).source(x)
                .source(parameter)
                .source(dy)
                .destinationOver(2, dx)
                .destination(dparameter)
                .run(
                        threads,
                        (at, whole, first, team) ->
                                rectifier_learned_backward(
                                        t, k, at[0], at[1], at[2], at[3], at[4], n[0], n[1], n[2],
                                        n[3], n[4], n[5], n[6], team));
    }

    private static int reciprocal(RRelu f) {
        return f.parametrization() == RRelu.Parametrization.DIVISOR ? 1 : 0;
    }

    @Override
    public void rreluForward(RRelu f, RandomKey key, Span x, Span y, int threads) {
        int r = reciprocal(f);
        double lo = f.lower();
        double up = f.upper();
        DType t = x.dtype();
        long length = x.length();
        if (SpanCalls.rectifier_rrelu_forward(
                this,
                isBrief(length),
                t,
                r,
                lo,
                up,
                key.seed(),
                key.stream(),
                key.first(),
                x,
                y,
                length,
                threads)) {
            return;
        }
        elementwise(x.length(), 2)
                .source(x)
                .destinationOver(0, y)
                .run(
                        threads,
                        (at, piece, first, team) -> {
                            RandomKey k = key.skip(first);
                            long seed = k.seed();
                            long draw = k.first();
                            long m = piece.inner();
                            rectifier_rrelu_forward(
                                    t, r, lo, up, seed, k.stream(), draw, at[0], at[1], m, team);
                        });
    }

    @Override
    public void rreluBackward(RRelu f, RandomKey key, Span x, Span dy, Span dx, int threads) {
        int r = reciprocal(f);
        double lo = f.lower();
        double up = f.upper();
        DType t = x.dtype();
        long length = x.length();
        if (SpanCalls.rectifier_rrelu_backward(
                this,
                isBrief(length),
                t,
                r,
                lo,
                up,
                key.seed(),
                key.stream(),
                key.first(),
                x,
                dy,
                dx,
                length,
                threads)) {
            return;
        }
        elementwise(x.length(), 3)
                .source(x)
                .source(dy)
                .destinationOver(0, dx)
                .run(
                        threads,
                        (at, piece, first, team) -> {
                            RandomKey k = key.skip(first);
                            long seed = k.seed();
                            long stream = k.stream();
                            long draw = k.first();
                            long m = piece.inner();
                            rectifier_rrelu_backward(
                                    t, r, lo, up, seed, stream, draw, at[0], at[1], at[2], m, team);
                        });
    }

    @Override
    public void axisForward(AxisFunction f, Span x, Span y, Axis axis, int threads) {
        int k = axisFunctions.of(f.name());
        DType t = x.dtype();
        if (SpanCalls.rectifier_axis_forward(
                this,
                isBrief(x.length()),
                t,
                k,
                x,
                y,
                axis.outer(),
                axis.size(),
                axis.inner(),
                threads)) {
            return;
        }
        new Stage(this, Cut.BETWEEN_SLICES, axis, 2)
                .source(x)
                .destinationOver(0, y)
                .run(
                        threads,
                        (at, piece, first, team) -> {
                            long outer = piece.outer();
                            long size = piece.size();
                            long inner = piece.inner();
                            rectifier_axis_forward(t, k, at[0], at[1], outer, size, inner, team);
                        });
    }

    @Override
    public void axisBackward(
            AxisFunction f, double factor, Span y, Span dy, Span dx, Axis axis, int threads) {
        int k = axisFunctions.of(f.name());
        DType t = y.dtype();
        if (SpanCalls.rectifier_axis_backward(
                this,
                isBrief(y.length()),
                t,
                k,
                factor,
                y,
                dy,
                dx,
                axis.outer(),
                axis.size(),
                axis.inner(),
                threads)) {
            return;
        }
        new Stage(this, Cut.BETWEEN_SLICES, axis, 3)
                .source(y)
                .source(dy)
                .destinationOver(0, dx)
                .run(
                        threads,
                        (at, piece, first, team) -> {
                            long outer = piece.outer();
                            long size = piece.size();
                            long inner = piece.inner();
                            rectifier_axis_backward(
                                    t, k, factor, at[0], at[1], at[2], outer, size, inner, team);
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
        DType t = x.dtype();
        double scale = f.scale();
        long n = shape[3];
        long past = f.causal() ? f.past() : n;
        int zeroRows = f.zeroRows() ? 1 : 0;
        Stage stage = whole(mask.isPresent() ? 3 : 2).source(x).destinationOver(0, y);
        mask.ifPresent(stage::source);
        stage.run(
                threads,
                (at, all, zero, team) -> {
                    long of = mask.isPresent() ? at[2] : 0;
                    rectifier_masked_softmax(
                            t,
                            scale,
                            at[0],
                            of,
                            at[1],
                            shape[0],
                            shape[1],
                            shape[2],
                            n,
                            strides[0],
                            strides[1],
                            strides[2],
                            past,
                            zeroRows,
                            team);
                });
    }

    @Override
    public void logSumExp(Span x, Span y, Axis axis, int threads) {
        DType t = x.dtype();
        if (SpanCalls.rectifier_log_sum_exp(
                this,
                isBrief(x.length()) && isBrief(y.length()),
                t,
                x,
                y,
                axis.outer(),
                axis.size(),
                axis.inner(),
                threads)) {
            return;
        }
        new Stage(this, Cut.BETWEEN_SLICES, axis, 2)
                .source(x)
                .destination(y, 1)
                .run(
                        threads,
                        (at, piece, first, team) -> {
                            long outer = piece.outer();
                            long size = piece.size();
                            long inner = piece.inner();
                            rectifier_log_sum_exp(t, at[0], at[1], outer, size, inner, team);
                        });
    }

    @Override
    public void logSumExpBackward(Span x, Span dy, Span dx, Axis axis, int threads) {
        DType t = x.dtype();
        if (SpanCalls.rectifier_log_sum_exp_backward(
                this,
                isBrief(x.length()),
                t,
                x,
                dy,
                dx,
                axis.outer(),
                axis.size(),
                axis.inner(),
                threads)) {
            return;
        }
        new Stage(this, Cut.BETWEEN_SLICES, axis, 3)
                .source(x)
                .source(dy, 1)
                .destinationOver(0, dx)
                .run(
                        threads,
                        (at, piece, first, team) -> {
                            long outer = piece.outer();
                            long size = piece.size();
                            long inner = piece.inner();
                            rectifier_log_sum_exp_backward(
                                    t, at[0], at[1], at[2], outer, size, inner, team);
                        });
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
        DType t = x.dtype();
        double smoothing = f.smoothing();
        Stage stage =
                whole(dx.isPresent() ? 4 : 3)
                        .source(x)
                        .source(counted(labels, f.ignoredLabel(), classes))
                        .destination(loss);
        dx.ifPresent(span -> stage.destinationOver(0, span));
        stage.run(
                threads,
                (at, all, zero, team) -> {
                    long to = dx.isPresent() ? at[3] : 0;
                    long rows = labels.length;
                    rectifier_cross_entropy(
                            t, smoothing, scale, at[0], at[1], at[2], to, rows, classes, team);
                });
    }

    /** The labels, where one that doesn't count is no class's. */
    private static int[] counted(int[] labels, int ignored, int classes) {
        return ignored < 0 || ignored >= classes
                ? labels
                : Arrays.stream(labels).map(i -> i == ignored ? classes : i).toArray();
    }

    @Override
    public void gumbelLogits(double temperature, RandomKey key, Span x, Span y, int threads) {
        DType t = x.dtype();
        long length = x.length();
        if (SpanCalls.rectifier_gumbel_logits(
                this,
                isBrief(length),
                t,
                temperature,
                key.seed(),
                key.stream(),
                key.first(),
                x,
                y,
                length,
                threads)) {
            return;
        }
        elementwise(x.length(), 2)
                .source(x)
                .destinationOver(0, y)
                .run(
                        threads,
                        (at, piece, first, team) -> {
                            RandomKey k = key.skip(first);
                            long seed = k.seed();
                            long draw = k.first();
                            long m = piece.inner();
                            rectifier_gumbel_logits(
                                    t, temperature, seed, k.stream(), draw, at[0], at[1], m, team);
                        });
    }

    /** A call on slices of two halves, whose elements belong together in pairs. */
    private Stage halves(Axis axis, long half, int operands) {
        Axis halves = new Axis(axis.outer(), 2, half);
        return new Stage(this, Cut.BETWEEN_SLICES, halves, operands);
    }

    /** The elements of one half of a slice. */
    private static long half(Axis axis) {
        return axis.size() / 2 * axis.inner();
    }

    /** From the first element of a half on. */
    private static Span half(Span x, Axis axis, boolean isSecond) {
        long start = isSecond ? Math.min(half(axis), x.length()) : 0;
        return x.slice(start, x.length() - start);
    }

    @Override
    public void gluForward(Glu f, Span x, Span y, Axis axis, int threads) {
        DType t = x.dtype();
        ElementwiseKernel gate = elementwise.get(f.gate());
        int k = gate.index;
        double p0 = gate.p0;
        double p1 = gate.p1;
        double p2 = gate.p2;
        long n = half(axis);
        Span values = half(x, axis, f.gateFirst());
        Span gates = half(x, axis, !f.gateFirst());
        boolean isBrief = isBrief(x.length());
        if (SpanCalls.rectifier_gated_forward(
                this,
                isBrief,
                t,
                k,
                p0,
                p1,
                p2,
                values,
                gates,
                y,
                axis.outer(),
                n,
                2 * n,
                threads)) {
            return;
        }
        halves(axis, n, 2)
                .source(x)
                .destination(y, 1)
                .run(
                        threads,
                        (at, piece, first, team) -> {
                            long row = piece.inner();
                            long a = at[0] + (f.gateFirst() ? row * t.bytes() : 0);
                            long b = at[0] + (f.gateFirst() ? 0 : row * t.bytes());
                            gatedForward(gate, t, a, b, at[1], piece.outer(), row, 2 * row, team);
                        });
    }

    @Override
    public void gluBackward(Glu f, Span x, Span dy, Span dx, Axis axis, int threads) {
        DType t = x.dtype();
        ElementwiseKernel gate = elementwise.get(f.gate());
        int k = gate.index;
        double p0 = gate.p0;
        double p1 = gate.p1;
        double p2 = gate.p2;
        long n = half(axis);
        Span values = half(x, axis, f.gateFirst());
        Span gates = half(x, axis, !f.gateFirst());
        Span dvalues = half(dx, axis, f.gateFirst());
        Span dgates = half(dx, axis, !f.gateFirst());
        boolean isBrief = isBrief(x.length());
        long rows = axis.outer();
        if (SpanCalls.rectifier_gated_backward(
                this, isBrief, t, k, p0, p1, p2, values, gates, dy, dvalues, dgates, rows, n, 2 * n,
                threads)) {
            return;
        }
        halves(axis, n, 3)
                .source(x)
                .source(dy, 1)
                .destinationOver(0, dx)
                .run(
                        threads,
                        (at, piece, first, team) -> {
                            long row = piece.inner();
                            long a = f.gateFirst() ? row * t.bytes() : 0;
                            long b = f.gateFirst() ? 0 : row * t.bytes();
                            gatedBackward(
                                    gate,
                                    t,
                                    new long[] {at[0] + a, at[0] + b, at[1], at[2] + a, at[2] + b},
                                    piece.outer(),
                                    row,
                                    2 * row,
                                    team);
                        });
    }

    @Override
    public void concatenatedReluForward(Span x, Span y, Axis axis, int threads) {
        DType t = x.dtype();
        halves(axis, axis.size() * axis.inner(), 2)
                .source(x, 1)
                .destination(y)
                .run(
                        threads,
                        (at, piece, first, team) ->
                                rectifier_crelu(
                                        t, at[0], at[1], piece.outer(), piece.inner(), team));
    }

    @Override
    public void concatenatedReluBackward(Span x, Span dy, Span dx, Axis axis, int threads) {
        DType t = x.dtype();
        halves(axis, axis.size() * axis.inner(), 3)
                .source(x, 1)
                .source(dy)
                .destinationOver(0, dx)
                .run(
                        threads,
                        (at, piece, first, team) ->
                                rectifier_crelu_backward(
                                        t,
                                        at[0],
                                        at[1],
                                        at[2],
                                        piece.outer(),
                                        piece.inner(),
                                        team));
    }

    @Override
    public void gatedForward(Elementwise f, Span a, Span b, Span y, int threads) {
        DType t = a.dtype();
        ElementwiseKernel gate = elementwise.get(f);
        int k = gate.index;
        double p0 = gate.p0;
        double p1 = gate.p1;
        double p2 = gate.p2;
        long length = a.length();
        if (SpanCalls.rectifier_gated_forward(
                this, isBrief(length), t, k, p0, p1, p2, a, b, y, 1, length, length, threads)) {
            return;
        }
        elementwise(length, 3)
                .source(a)
                .source(b)
                .destinationOver(0, y)
                .run(
                        threads,
                        (at, piece, first, team) -> {
                            long n = piece.inner();
                            gatedForward(gate, t, at[0], at[1], at[2], 1, n, n, team);
                        });
    }

    @Override
    public void gatedBackward(
            Elementwise f, Span a, Span b, Span dy, Span da, Span db, int threads) {
        DType t = a.dtype();
        ElementwiseKernel gate = elementwise.get(f);
        int k = gate.index;
        double p0 = gate.p0;
        double p1 = gate.p1;
        double p2 = gate.p2;
        long m = a.length();
        if (SpanCalls.rectifier_gated_backward(
                this, isBrief(m), t, k, p0, p1, p2, a, b, dy, da, db, 1, m, m, threads)) {
            return;
        }
        elementwise(m, 5)
                .source(a)
                .source(b)
                .source(dy)
                .destinationOver(0, da)
                .destinationOver(1, db)
                .run(
                        threads,
                        (at, piece, first, team) -> {
                            long n = piece.inner();
                            gatedBackward(gate, t, at, 1, n, n, team);
                        });
    }

    private static void gatedForward(
            ElementwiseKernel f,
            DType t,
            long a,
            long b,
            long y,
            long rows,
            long row,
            long stride,
            int threads) {
        rectifier_gated_forward(t, f.index, f.p0, f.p1, f.p2, a, b, y, rows, row, stride, threads);
    }

    /**
     * @param at the addresses of a, b, dy, da and db
     */
    private static void gatedBackward(
            ElementwiseKernel f,
            DType t,
            long[] at,
            long rows,
            long row,
            long stride,
            int threads) {
        rectifier_gated_backward(
                t, f.index, f.p0, f.p1, f.p2, at[0], at[1], at[2], at[3], at[4], rows, row, stride,
                threads);
    }

    @Override
    public void fill(Fill fill, RandomKey key, Span out, int threads) {
        if (isFilled(fill, key, out, threads)) {
            return;
        }
        elementwise(out.length(), 1)
                .destination(out)
                .run(
                        threads,
                        (at, piece, first, team) ->
                                fill(
                                        fill,
                                        key.skip(first),
                                        out.dtype(),
                                        at[0],
                                        piece.inner(),
                                        team));
    }

    /** Fills a span where it is, if that can be. */
    private boolean isFilled(Fill fill, RandomKey k, Span out, int threads) {
        DType t = out.dtype();
        double a = fill.a();
        double b = fill.b();
        long seed = k.seed();
        long stream = k.stream();
        long first = k.first();
        long n = out.length();
        boolean isBrief = isBrief(n);
        return switch (fill.distribution()) {
            case CONSTANT ->
                    SpanCalls.rectifier_fill_constant(this, isBrief, t, a, out, n, threads);
            case UNIFORM ->
                    SpanCalls.rectifier_fill_uniform(
                            this, isBrief, t, a, b, seed, stream, first, out, n, threads);
            case NORMAL ->
                    SpanCalls.rectifier_fill_normal(
                            this, isBrief, t, a, b, seed, stream, first, out, n, threads);
            case TRUNCATED_NORMAL ->
                    SpanCalls.rectifier_fill_truncated_normal(
                            this, isBrief, t, a, b, seed, stream, first, out, n, threads);
            case BOUNDED_NORMAL ->
                    SpanCalls.rectifier_fill_bounded_normal(
                            this,
                            isBrief,
                            t,
                            a,
                            b,
                            fill.low(),
                            fill.high(),
                            seed,
                            stream,
                            first,
                            out,
                            n,
                            threads);
        };
    }

    private static void fill(Fill fill, RandomKey k, DType t, long out, long n, int threads) {
        double a = fill.a();
        double b = fill.b();
        long seed = k.seed();
        long stream = k.stream();
        long first = k.first();
        switch (fill.distribution()) {
            case CONSTANT -> rectifier_fill_constant(t, a, out, n, threads);
            case UNIFORM -> rectifier_fill_uniform(t, a, b, seed, stream, first, out, n, threads);
            case NORMAL -> rectifier_fill_normal(t, a, b, seed, stream, first, out, n, threads);
            case TRUNCATED_NORMAL ->
                    rectifier_fill_truncated_normal(t, a, b, seed, stream, first, out, n, threads);
            case BOUNDED_NORMAL ->
                    rectifier_fill_bounded_normal(
                            t, a, b, fill.low(), fill.high(), seed, stream, first, out, n, threads);
        }
    }

    /** A call on whole spans of any shape. */
    private Stage whole(int operands) {
        return new Stage(this, Cut.NOWHERE, Axis.shared(0), operands);
    }

    @Override
    public void orthogonal(
            double gain, long rows, long columns, RandomKey key, Span out, int threads) {
        long seed = key.seed();
        long stream = key.stream();
        long first = key.first();
        // In pieces, the whole matrix would be worked out for each.
        whole(1).destination(out)
                .run(
                        threads,
                        (at, all, zero, team) -> {
                            long n = out.length();
                            DType t = out.dtype();
                            requireMemory(
                                    rectifier_orthogonal(
                                            t, gain, rows, columns, seed, stream, first, at[0], n,
                                            team),
                                    "an orthogonal matrix of " + rows + " by " + columns);
                        });
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
        ElementwiseKernel kernel = activation(f);
        int k = kernel.index;
        double p0 = kernel.p0;
        double p1 = kernel.p1;
        double p2 = kernel.p2;
        DType t = x.dtype();
        boolean isBrief = isBriefProduct(y, batch, inputs, units);
        if (SpanCalls.rectifier_dense_forward(
                this, isBrief, t, k, p0, p1, p2, x, w, b, z, y, batch, inputs, units, threads)) {
            return;
        }
        whole(5).source(x)
                .source(w)
                .source(b)
                .destination(z)
                .destination(y)
                .run(
                        threads,
                        (at, all, zero, team) ->
                                rectifier_dense_forward(
                                        t, k, p0, p1, p2, at[0], at[1], at[2], at[3], at[4], batch,
                                        inputs, units, team));
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
        ElementwiseKernel kernel = activation(f);
        int k = kernel.index;
        double p0 = kernel.p0;
        double p1 = kernel.p1;
        double p2 = kernel.p2;
        DType t = w.dtype();
        boolean isBrief = isBriefProduct(y, batch, inputs, units);
        if (!t.isHalf()
                && SpanCalls.rectifier_dense_packed(
                        this, isBrief, t, k, p0, p1, p2, x, w, b, y, batch, inputs, units,
                        threads)) {
            return;
        }
        if (t.isHalf()
                && x.isSteady(this)
                && w.isSteady(this)
                && b.isSteady(this)
                && y.isSteady(this)) {
            rectifier_dense_packed_half(
                    t,
                    k,
                    p0,
                    p1,
                    p2,
                    x.address(this),
                    w.address(this),
                    b.address(this),
                    y.address(this),
                    batch,
                    inputs,
                    units,
                    threads);
            Place.keep(x, w, b, y);
            return;
        }
        whole(4).source(x)
                .source(w)
                .source(b)
                .destination(y)
                .run(
                        threads,
                        (at, all, zero, team) -> {
                            if (t.isHalf()) {
                                rectifier_dense_packed_half(
                                        t, k, p0, p1, p2, at[0], at[1], at[2], at[3], batch, inputs,
                                        units, team);
                            } else {
                                rectifier_dense_packed(
                                        t, k, p0, p1, p2, at[0], at[1], at[2], at[3], batch, inputs,
                                        units, team);
                            }
                        });
    }

    private ElementwiseKernel activation(Optional<Elementwise> f) {
        return f.isPresent() ? elementwise.get(f.get()) : ElementwiseKernel.NONE;
    }

    private boolean isBriefProduct(Span y, int batch, int inputs, int units) {
        return isBrief(y.length()) && (long) batch * units * inputs <= BRIEF_PRODUCTS;
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
        DType t = x.dtype();
        Stage stage =
                whole(dx.isPresent() ? 6 : 5)
                        .source(x)
                        .source(w)
                        .source(dz)
                        .destination(dw)
                        .destination(db);
        dx.ifPresent(stage::destination);
        stage.run(
                threads,
                (at, all, zero, team) -> {
                    long to = dx.isPresent() ? at[5] : 0;
                    rectifier_dense_backward(
                            t, at[0], at[1], at[2], to, at[3], at[4], batch, inputs, units, team);
                });
    }

    private static void requireMemory(int status, String purpose) {
        if (status == RECTIFIER_OUT_OF_MEMORY) {
            throw new OutOfMemoryError("no native memory for " + purpose);
        }
    }
}
