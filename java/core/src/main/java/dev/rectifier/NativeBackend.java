package dev.rectifier;

import static dev.rectifier.NativeCalls.*;
import static dev.rectifier.binding.RectifierNative.*;

import dev.rectifier.Stage.Cut;
import dev.rectifier.binding.NativeLibrary;
import dev.rectifier.binding.NativeMemory;
import dev.rectifier.binding.RectifierNative;
import dev.rectifier.spi.Backend;
import java.lang.ref.Reference;
import java.nio.Buffer;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * The kernels of the native library. Off-heap spans go to them by address, and may be worked on by
 * several threads; what is on the heap goes off-heap and back in pieces ({@link Stage}), but for
 * short arrays that are worked on in Java ({@link Pieces}). For the most common calls, elementwise
 * ones on arrays, the way is written out: a short one takes half the time.
 */
final class NativeBackend implements Backend {
    static final String NAME = "native";

    private static final String INSTRUCTION_SET = "RECTIFIER_ISA";

    private final Path library = NativeLibrary.load();

    /** Native index by {@link Elementwise#ordinal()}. */
    private final int[] indices;

    /** Native index by {@link Learned#name()}. */
    private final Map<String, Integer> learned;

    /** Native index by {@link AxisFunction#name()}. */
    private final Map<String, Integer> axisFunctions;

    NativeBackend() {
        Path omp = library.resolveSibling(System.mapLibraryName("rectifier_omp"));
        if (Files.exists(omp)) {
            rectifier_set_parallel_library(zeroTerminated(omp));
        }
        requireSameVersion();
        requireInstructionSet(System.getenv(INSTRUCTION_SET));
        Map<String, Integer> elementwise =
                indicesByName(
                        rectifier_activation_count(), RectifierNative::rectifier_activation_name);
        learned = indicesByName(rectifier_learned_count(), RectifierNative::rectifier_learned_name);
        axisFunctions = indicesByName(rectifier_axis_count(), RectifierNative::rectifier_axis_name);
        indices = new int[Elementwise.DEFINITIONS.size()];
        for (int i = 0; i < indices.length; i++) {
            indices[i] = elementwise.get(Elementwise.DEFINITIONS.get(i).name());
        }
    }

    private static byte[] zeroTerminated(Path path) {
        Charset ofPaths = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
        return (path + "\0").getBytes(ofPaths);
    }

    private static Map<String, Integer> indicesByName(int count, IntFunction<String> name) {
        Map<String, Integer> indices = new HashMap<>();
        for (int i = 0; i < count; i++) {
            indices.put(name.apply(i), i);
        }
        return indices;
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
    private void requireInstructionSet(String given) {
        if (rectifier_instruction_set_status() != RECTIFIER_OK) {
            throw new SettingException(
                    INSTRUCTION_SET,
                    given,
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
    public String parallelStatus() {
        return rectifier_parallel_status();
    }

    @Override
    public long address(Buffer direct) {
        return rectifier_address(direct);
    }

    @Override
    public void forward(Elementwise f, Span x, Span y, int threads) {
        int k = indices[f.ordinal()];
        double p0 = f.parameter(0);
        double p1 = f.parameter(1);
        double p2 = f.parameter(2);
        DType t = x.dtype();
        long n = x.length();
        if (x.isOffHeap() && y.isOffHeap()) {
            long to = y.address(this);
            rectifier_activation_forward(t, k, p0, p1, p2, x.address(this), to, n, threads);
            Reference.reachabilityFence(x);
            Reference.reachabilityFence(y);
            return;
        }
        boolean isHeap = x.isHeap() && y.isHeap();
        Pieces pieces = isHeap ? f.pieces(t) : null;
        if (pieces != null && n <= pieces.longest()) {
            forward(pieces, x, y);
        } else if (isHeap) {
            long most = Stage.PIECE / t.bytes();
            try (NativeMemory memory = NativeMemory.of(Stage.PIECE)) {
                long at = memory.address();
                for (long i = 0; i < n; i += most) {
                    long m = Math.min(most, n - i);
                    memory.load(0, x, i, m);
                    rectifier_activation_forward(t, k, p0, p1, p2, at, at, m, 1);
                    memory.store(0, y, i, m);
                }
            }
        } else {
            elementwise(n, 2)
                    .source(x)
                    .destinationOver(0, y)
                    .run(
                            threads,
                            (at, piece, first, team) ->
                                    rectifier_activation_forward(
                                            t, k, p0, p1, p2, at[0], at[1], piece.inner(), team));
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
    public void backwardFromOutput(Elementwise f, Span y, Span dy, Span dx, int threads) {
        gradient(f, 1, y, dy, dx, threads);
    }

    private void gradient(Elementwise f, int fromOutput, Span v, Span dy, Span dx, int threads) {
        int k = indices[f.ordinal()];
        double p0 = f.parameter(0);
        double p1 = f.parameter(1);
        double p2 = f.parameter(2);
        DType t = v.dtype();
        long n = v.length();
        if (v.isOffHeap() && dy.isOffHeap() && dx.isOffHeap()) {
            long at = v.address(this);
            long above = dy.address(this);
            long to = dx.address(this);
            rectifier_activation_backward(t, k, fromOutput, p0, p1, p2, at, above, to, n, threads);
            Reference.reachabilityFence(v);
            Reference.reachabilityFence(dy);
            Reference.reachabilityFence(dx);
            return;
        }
        boolean isHeap = v.isHeap() && dy.isHeap() && dx.isHeap();
        Pieces pieces = isHeap ? f.pieces(t) : null;
        if (pieces != null && n <= pieces.longest()) {
            backward(pieces, v, dy, dx);
        } else if (isHeap) {
            long most = Stage.PIECE / t.bytes();
            try (NativeMemory memory = NativeMemory.of(2 * Stage.PIECE)) {
                long at = memory.address();
                long above = at + Stage.PIECE;
                for (long i = 0; i < n; i += most) {
                    long m = Math.min(most, n - i);
                    memory.load(0, v, i, m);
                    memory.load(Stage.PIECE, dy, i, m);
                    rectifier_activation_backward(
                            t, k, fromOutput, p0, p1, p2, at, above, at, m, 1);
                    memory.store(0, dx, i, m);
                }
            }
        } else {
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
        }
    }

    private static void forward(Pieces f, Span x, Span y) {
        int n = (int) x.length();
        int from = (int) x.offset();
        int to = (int) y.offset();
        if (x.dtype() == DType.FLOAT32) {
            f.forward((float[]) x.owner(), from, (float[]) y.owner(), to, n);
        } else {
            f.forward((double[]) x.owner(), from, (double[]) y.owner(), to, n);
        }
    }

    private static void backward(Pieces f, Span v, Span dy, Span dx) {
        int n = (int) v.length();
        int at = (int) v.offset();
        int above = (int) dy.offset();
        int to = (int) dx.offset();
        if (v.dtype() == DType.FLOAT32) {
            f.backward(
                    (float[]) v.owner(),
                    at,
                    (float[]) dy.owner(),
                    above,
                    (float[]) dx.owner(),
                    to,
                    n);
        } else {
            f.backward(
                    (double[]) v.owner(),
                    at,
                    (double[]) dy.owner(),
                    above,
                    (double[]) dx.owner(),
                    to,
                    n);
        }
    }

    @Override
    public void learnedForward(Learned f, Span x, Span parameter, Span y, Channels c, int threads) {
        int k = learned.get(f.name());
        DType t = x.dtype();
        if (areOffHeap(x, y) && parameter.isOffHeap()) {
            rectifier_learned_forward(
                    t,
                    k,
                    x.address(this),
                    parameter.address(this),
                    y.address(this),
                    c.sizeOf(0),
                    c.sizeOf(1),
                    c.sizeOf(2),
                    c.sizeOf(3),
                    c.sizeOf(4),
                    c.sizeOf(5),
                    c.sizeOf(6),
                    threads);
            fence(x, y);
            Reference.reachabilityFence(parameter);
            return;
        }
        long[] n = c.sizes();
        Axis last = new Axis(n[4], n[5], n[6]);
        new Stage(this, c.isAxis() ? Cut.ANYWHERE : Cut.NOWHERE, last, 3)
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
        int k = learned.get(f.name());
        DType t = x.dtype();
        long[] n = c.sizes();
        // Another order of its terms would give the parameters' gradient other bits.
        new Stage(this, Cut.NOWHERE, Axis.shared(0), 5)
                .source(x)
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
        int k = axisFunctions.get(f.name());
        DType t = x.dtype();
        if (areOffHeap(x, y)) {
            rectifier_axis_forward(
                    t,
                    k,
                    x.address(this),
                    y.address(this),
                    axis.outer(),
                    axis.size(),
                    axis.inner(),
                    threads);
            fence(x, y);
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
        int k = axisFunctions.get(f.name());
        DType t = y.dtype();
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
        try (Memory memory = new Memory()) {
            // Integers as bits of floats; none is negative, which might be a NaN and change on the
            // way. The label that doesn't count is the one after the last.
            Span bits = memory.allocate(DType.FLOAT32, labels.length);
            for (int i = 0; i < labels.length; i++) {
                int label = labels[i] == f.ignoredLabel() ? classes : labels[i];
                bits.set(i, Float.intBitsToFloat(label));
            }
            Stage stage = whole(dx.isPresent() ? 4 : 3).source(x).source(bits).destination(loss);
            dx.ifPresent(span -> stage.destinationOver(0, span));
            stage.run(
                    threads,
                    (at, all, zero, team) -> {
                        long to = dx.isPresent() ? at[3] : 0;
                        rectifier_cross_entropy(
                                t,
                                smoothing,
                                scale,
                                at[0],
                                at[1],
                                at[2],
                                to,
                                labels.length,
                                classes,
                                team);
                    });
        }
    }

    @Override
    public void gumbelLogits(double temperature, RandomKey key, Span x, Span y, int threads) {
        DType t = x.dtype();
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

    /** A call on GLU's halves, whose elements belong together in pairs. */
    private Stage gated(Axis axis, int operands) {
        Axis halves = new Axis(axis.outer(), 2, axis.size() / 2 * axis.inner());
        return new Stage(this, Cut.BETWEEN_SLICES, halves, operands);
    }

    @Override
    public void gluForward(Glu f, Span x, Span y, Axis axis, int threads) {
        DType t = x.dtype();
        gated(axis, 2)
                .source(x)
                .destination(y, 1)
                .run(
                        threads,
                        (at, piece, first, team) -> {
                            long row = piece.inner();
                            long a = at[0] + (f.gateFirst() ? row * t.bytes() : 0);
                            long b = at[0] + (f.gateFirst() ? 0 : row * t.bytes());
                            gatedForward(
                                    f.gate(), t, a, b, at[1], piece.outer(), row, 2 * row, team);
                        });
    }

    @Override
    public void gluBackward(Glu f, Span x, Span dy, Span dx, Axis axis, int threads) {
        DType t = x.dtype();
        gated(axis, 3)
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
                                    f.gate(),
                                    t,
                                    new long[] {at[0] + a, at[0] + b, at[1], at[2] + a, at[2] + b},
                                    piece.outer(),
                                    row,
                                    2 * row,
                                    team);
                        });
    }

    @Override
    public void gatedForward(Elementwise f, Span a, Span b, Span y, int threads) {
        DType t = a.dtype();
        elementwise(a.length(), 3)
                .source(a)
                .source(b)
                .destinationOver(0, y)
                .run(
                        threads,
                        (at, piece, first, team) -> {
                            long n = piece.inner();
                            gatedForward(f, t, at[0], at[1], at[2], 1, n, n, team);
                        });
    }

    @Override
    public void gatedBackward(
            Elementwise f, Span a, Span b, Span dy, Span da, Span db, int threads) {
        DType t = a.dtype();
        elementwise(a.length(), 5)
                .source(a)
                .source(b)
                .source(dy)
                .destinationOver(0, da)
                .destinationOver(1, db)
                .run(
                        threads,
                        (at, piece, first, team) -> {
                            long n = piece.inner();
                            gatedBackward(f, t, at, 1, n, n, team);
                        });
    }

    private void gatedForward(
            Elementwise f,
            DType t,
            long a,
            long b,
            long y,
            long rows,
            long row,
            long stride,
            int threads) {
        int k = indices[f.ordinal()];
        double p0 = f.parameter(0);
        double p1 = f.parameter(1);
        double p2 = f.parameter(2);
        rectifier_gated_forward(t, k, p0, p1, p2, a, b, y, rows, row, stride, threads);
    }

    /**
     * @param at the addresses of a, b, dy, da and db
     */
    private void gatedBackward(
            Elementwise f, DType t, long[] at, long rows, long row, long stride, int threads) {
        int k = indices[f.ordinal()];
        double p0 = f.parameter(0);
        double p1 = f.parameter(1);
        double p2 = f.parameter(2);
        rectifier_gated_backward(
                t, k, p0, p1, p2, at[0], at[1], at[2], at[3], at[4], rows, row, stride, threads);
    }

    @Override
    public void fill(Fill fill, RandomKey key, Span out, int threads) {
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
        }
    }

    private static boolean areOffHeap(Span a, Span b) {
        return a.isOffHeap() && b.isOffHeap();
    }

    /** The native library knew only addresses; the memory behind them must outlive its call. */
    private static void fence(Span a, Span b) {
        Reference.reachabilityFence(a);
        Reference.reachabilityFence(b);
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
        int k = f.isPresent() ? indices[f.get().ordinal()] : -1;
        double p0 = f.isPresent() ? f.get().parameter(0) : 0;
        double p1 = f.isPresent() ? f.get().parameter(1) : 0;
        double p2 = f.isPresent() ? f.get().parameter(2) : 0;
        DType t = x.dtype();
        if (areOffHeap(x, w) && areOffHeap(b, z) && y.isOffHeap()) {
            // Without a stage, so that a call leaves no garbage.
            rectifier_dense_forward(
                    t,
                    k,
                    p0,
                    p1,
                    p2,
                    x.address(this),
                    w.address(this),
                    b.address(this),
                    z.address(this),
                    y.address(this),
                    batch,
                    inputs,
                    units,
                    threads);
            fence(x, w);
            fence(b, z);
            Reference.reachabilityFence(y);
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
