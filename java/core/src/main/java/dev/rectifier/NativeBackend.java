package dev.rectifier;

import static dev.rectifier.binding.RectifierNative.*;

import dev.rectifier.binding.NativeLibrary;
import dev.rectifier.binding.RectifierNative;
import java.lang.ref.Reference;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.Predicate;

/**
 * The kernels of the native library. Off-heap spans go to them by address, and may be worked on by
 * several threads. Arrays are pinned, by one thread and in bounded pieces, since a pinned array
 * holds up the garbage collector. Short ones are worked on in Java ({@link Pieces}) or go off-heap
 * and back ({@link Stage}). What is neither, or too large to pin, is copied off-heap and back.
 */
final class NativeBackend extends NativeCalls {
    static final String NAME = "native";

    private static final String INSTRUCTION_SET = "RECTIFIER_ISA";

    /** The most elements that are pinned at once. */
    private static final int CHUNK = 1 << 16;

    /** The same where a call can't be cut into pieces: some tenths of a millisecond. */
    private static final int WHOLE = 1 << 18;

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

    private static boolean all(Predicate<Span> is, Span... spans) {
        for (Span span : spans) {
            if (!is.test(span)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isReachable(Span span) {
        return span.isOffHeap() || span.isHeap();
    }

    private static Span[] spans(Span... spans) {
        return spans;
    }

    /** A native call on spans that can be reached, by at most so many threads. */
    private interface Call {
        void run(Span[] spans, int threads);
    }

    /**
     * Calls with the spans, or with copies of them.
     *
     * @param destinations how many of the spans, at their end, are written
     */
    private static void call(boolean pin, Span[] spans, int destinations, int threads, Call call) {
        if (all(Span::isOffHeap, spans)) {
            call.run(spans, threads);
            // The call knew only addresses; the memory behind them must outlive it.
            Reference.reachabilityFence(spans);
        } else if (pin && all(NativeBackend::isReachable, spans)) {
            call.run(spans, 1);
            Reference.reachabilityFence(spans);
        } else {
            Span[] copies = new Span[spans.length];
            Arrays.setAll(copies, i -> offHeap(spans[i]));
            int sources = spans.length - destinations;
            for (int i = 0; i < sources; i++) {
                copies[i].copyFrom(spans[i]);
            }
            call(pin, copies, destinations, threads, call);
            for (int i = sources; i < spans.length; i++) {
                spans[i].copyFrom(copies[i]);
            }
        }
    }

    /** Memory for a copy. */
    private static Span offHeap(Span like) {
        if (like.length() * like.dtype().bytes() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    like
                            + " is too long to be copied off-heap, which this call needs, since not all of its"
                            + " spans are off-heap: use buffers or pointers");
        }
        return Span.allocate(like.dtype(), (int) like.length());
    }

    /** A native call on pieces of spans of one length, which begin with element {@code first}. */
    private interface PieceCall {
        void run(Span[] spans, long first, int threads);
    }

    /** Calls with spans, of which the last is written, or with pieces that may be pinned. */
    private static void inPieces(Span[] spans, int threads, PieceCall call) {
        long n = spans[0].length();
        if (n <= CHUNK || all(Span::isOffHeap, spans)) {
            call(true, spans, 1, threads, (s, t) -> call.run(s, 0, t));
            return;
        }
        for (long i = 0; i < n; i += CHUNK) {
            long first = i;
            long m = Math.min(CHUNK, n - i);
            Span[] pieces = new Span[spans.length];
            Arrays.setAll(pieces, k -> spans[k].slice(first, m));
            call(true, pieces, 1, threads, (s, t) -> call.run(s, first, t));
        }
    }

    @Override
    public void forward(Elementwise f, Span x, Span y, int threads) {
        int k = indices[f.ordinal()];
        double p0 = f.parameter(0);
        double p1 = f.parameter(1);
        double p2 = f.parameter(2);
        long n = x.length();
        if (!x.isOffHeap() || !y.isOffHeap()) {
            boolean isHeap = x.isHeap() && y.isHeap();
            Pieces pieces = isHeap ? f.pieces(x.dtype()) : null;
            if (pieces != null && n <= pieces.longest()) {
                forward(pieces, x, y);
            } else if (isHeap && n <= Stage.LENGTH) {
                ByteBuffer memory = Stage.memory(RectifierNative::rectifier_address);
                Stage.load(memory, 0, x);
                long at = Stage.address(memory, 0);
                forward(x.dtype(), k, p0, p1, p2, at, at, n, 1);
                Stage.store(memory, 0, y);
            } else {
                inPieces(
                        spans(x, y),
                        threads,
                        (s, first, t) ->
                                rectifier_activation_forward(
                                        k, p0, p1, p2, s[0], s[1], s[0].length(), t));
            }
            return;
        }
        forward(x.dtype(), k, p0, p1, p2, x.address(this), y.address(this), n, threads);
        Reference.reachabilityFence(x);
        Reference.reachabilityFence(y);
    }

    /** The shortest way: passing a null array takes 1 ns more than passing an address. */
    private static void forward(
            DType dtype, int k, double p0, double p1, double p2, long x, long y, long n, int t) {
        if (dtype == DType.FLOAT32) {
            rectifier_activation_forward_f32(k, p0, p1, p2, x, 0, y, 0, n, t);
        } else if (dtype == DType.FLOAT64) {
            rectifier_activation_forward_f64(k, p0, p1, p2, x, 0, y, 0, n, t);
        } else if (dtype == DType.BFLOAT16) {
            rectifier_activation_forward_bf16(k, p0, p1, p2, x, 0, y, 0, n, t);
        } else {
            rectifier_activation_forward_f16(k, p0, p1, p2, x, 0, y, 0, n, t);
        }
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
        long n = v.length();
        if (!v.isOffHeap() || !dy.isOffHeap() || !dx.isOffHeap()) {
            boolean isHeap = v.isHeap() && dy.isHeap() && dx.isHeap();
            Pieces pieces = isHeap ? f.pieces(v.dtype()) : null;
            if (pieces != null && n <= pieces.longest()) {
                backward(pieces, v, dy, dx);
            } else if (isHeap && n <= Stage.LENGTH) {
                ByteBuffer memory = Stage.memory(RectifierNative::rectifier_address);
                Stage.load(memory, 0, v);
                Stage.load(memory, 1, dy);
                long at = Stage.address(memory, 0);
                long above = Stage.address(memory, 1);
                gradient(v.dtype(), k, fromOutput, p0, p1, p2, at, above, at, n, 1);
                Stage.store(memory, 0, dx);
            } else {
                inPieces(
                        spans(v, dy, dx),
                        threads,
                        (s, first, t) -> {
                            long m = s[0].length();
                            rectifier_activation_backward(
                                    k, fromOutput, p0, p1, p2, s[0], s[1], s[2], m, t);
                        });
            }
            return;
        }
        long at = v.address(this);
        long above = dy.address(this);
        gradient(v.dtype(), k, fromOutput, p0, p1, p2, at, above, dx.address(this), n, threads);
        Reference.reachabilityFence(v);
        Reference.reachabilityFence(dy);
        Reference.reachabilityFence(dx);
    }

    private static void gradient(
            DType dtype,
            int k,
            int fromOutput,
            double p0,
            double p1,
            double p2,
            long v,
            long dy,
            long dx,
            long n,
            int t) {
        if (dtype == DType.FLOAT32) {
            rectifier_activation_backward_f32(k, fromOutput, p0, p1, p2, v, 0, dy, 0, dx, 0, n, t);
        } else if (dtype == DType.FLOAT64) {
            rectifier_activation_backward_f64(k, fromOutput, p0, p1, p2, v, 0, dy, 0, dx, 0, n, t);
        } else if (dtype == DType.BFLOAT16) {
            rectifier_activation_backward_bf16(k, fromOutput, p0, p1, p2, v, 0, dy, 0, dx, 0, n, t);
        } else {
            rectifier_activation_backward_f16(k, fromOutput, p0, p1, p2, v, 0, dy, 0, dx, 0, n, t);
        }
    }

    private static void forward(Pieces f, Span x, Span y) {
        int n = (int) x.length();
        int from = (int) x.offset();
        int to = (int) y.offset();
        if (x.dtype() == DType.FLOAT32) {
            f.forward(floats(x), from, floats(y), to, n);
        } else {
            f.forward(doubles(x), from, doubles(y), to, n);
        }
    }

    private static void backward(Pieces f, Span v, Span dy, Span dx) {
        int n = (int) v.length();
        int at = (int) v.offset();
        int above = (int) dy.offset();
        int to = (int) dx.offset();
        if (v.dtype() == DType.FLOAT32) {
            f.backward(floats(v), at, floats(dy), above, floats(dx), to, n);
        } else {
            f.backward(doubles(v), at, doubles(dy), above, doubles(dx), to, n);
        }
    }

    /** Whether so many products are done in some tenths of a millisecond, too. */
    private static boolean mayPin(long products) {
        return products <= 1 << 25;
    }

    private static boolean mayPin(Span x) {
        return x.length() <= WHOLE;
    }

    @Override
    public void learnedForward(Learned f, Span x, Span parameter, Span y, Axis c, int threads) {
        int k = learned.get(f.name());
        call(
                mayPin(x),
                spans(x, parameter, y),
                1,
                threads,
                (s, t) ->
                        rectifier_learned_forward(
                                k, s[0], s[1], s[2], c.outer(), c.size(), c.inner(), t));
    }

    @Override
    public void learnedBackward(
            Learned f,
            Span x,
            Span parameter,
            Span dy,
            Span dx,
            Span dparameter,
            Axis c,
            int threads) {
        int k = learned.get(f.name());
        call(
                mayPin(x),
                spans(x, parameter, dy, dx, dparameter),
                2,
                threads,
                (s, t) -> {
                    long inner = c.inner();
                    rectifier_learned_backward(
                            k, s[0], s[1], s[2], s[3], s[4], c.outer(), c.size(), inner, t);
                });
    }

    private static int reciprocal(RRelu f) {
        return f.parametrization() == RRelu.Parametrization.DIVISOR ? 1 : 0;
    }

    @Override
    public void rreluForward(RRelu f, RandomKey key, Span x, Span y, int threads) {
        int r = reciprocal(f);
        double lo = f.lower();
        double up = f.upper();
        inPieces(
                spans(x, y),
                threads,
                (s, first, t) -> {
                    RandomKey k = key.skip(first);
                    long m = s[0].length();
                    rectifier_rrelu_forward(
                            r, lo, up, k.seed(), k.stream(), k.first(), s[0], s[1], m, t);
                });
    }

    @Override
    public void rreluBackward(RRelu f, RandomKey key, Span x, Span dy, Span dx, int threads) {
        int r = reciprocal(f);
        double lo = f.lower();
        double up = f.upper();
        inPieces(
                spans(x, dy, dx),
                threads,
                (s, first, t) -> {
                    RandomKey k = key.skip(first);
                    long m = s[0].length();
                    rectifier_rrelu_backward(
                            r, lo, up, k.seed(), k.stream(), k.first(), s[0], s[1], s[2], m, t);
                });
    }

    @Override
    public void axisForward(AxisFunction f, Span x, Span y, Axis axis, int threads) {
        int k = axisFunctions.get(f.name());
        call(
                mayPin(x),
                spans(x, y),
                1,
                threads,
                (s, t) ->
                        rectifier_axis_forward(
                                k, s[0], s[1], axis.outer(), axis.size(), axis.inner(), t));
    }

    @Override
    public void axisBackward(
            AxisFunction f, double factor, Span y, Span dy, Span dx, Axis axis, int threads) {
        int k = axisFunctions.get(f.name());
        call(
                mayPin(y),
                spans(y, dy, dx),
                1,
                threads,
                (s, t) -> {
                    long inner = axis.inner();
                    rectifier_axis_backward(
                            k, factor, s[0], s[1], s[2], axis.outer(), axis.size(), inner, t);
                });
    }

    @Override
    public void gumbelLogits(double temperature, RandomKey key, Span x, Span y, int threads) {
        inPieces(
                spans(x, y),
                threads,
                (s, first, t) -> {
                    RandomKey k = key.skip(first);
                    long m = s[0].length();
                    rectifier_gumbel_logits(
                            temperature, k.seed(), k.stream(), k.first(), s[0], s[1], m, t);
                });
    }

    /** The elements of a half of a GLU's input that follow each other. */
    private static long half(Axis axis) {
        return axis.size() / 2 * axis.inner();
    }

    @Override
    public void gluForward(Span x, Span y, Axis axis, int threads) {
        call(
                mayPin(x),
                spans(x, y),
                1,
                threads,
                (s, t) -> rectifier_glu_forward(s[0], s[1], axis.outer(), half(axis), t));
    }

    @Override
    public void gluBackward(Span x, Span dy, Span dx, Axis axis, int threads) {
        call(
                mayPin(x),
                spans(x, dy, dx),
                1,
                threads,
                (s, t) -> rectifier_glu_backward(s[0], s[1], s[2], axis.outer(), half(axis), t));
    }

    @Override
    public void fill(Fill fill, RandomKey key, Span out, int threads) {
        inPieces(spans(out), threads, (s, first, t) -> fillPiece(fill, key.skip(first), s[0], t));
    }

    private void fillPiece(Fill fill, RandomKey k, Span out, int threads) {
        double a = fill.a();
        double b = fill.b();
        long n = out.length();
        switch (fill.distribution()) {
            case CONSTANT -> rectifier_fill_constant(a, out, n, threads);
            case UNIFORM ->
                    rectifier_fill_uniform(a, b, k.seed(), k.stream(), k.first(), out, n, threads);
            case NORMAL ->
                    rectifier_fill_normal(a, b, k.seed(), k.stream(), k.first(), out, n, threads);
            case TRUNCATED_NORMAL ->
                    rectifier_fill_truncated_normal(
                            a, b, k.seed(), k.stream(), k.first(), out, n, threads);
        }
    }

    @Override
    public void orthogonal(
            double gain, long rows, long columns, RandomKey key, Span out, int threads) {
        long seed = key.seed();
        long stream = key.stream();
        long first = key.first();
        long n = out.length();
        // A factorization takes too long for pinning.
        call(
                false,
                spans(out),
                1,
                threads,
                (s, t) ->
                        requireMemory(
                                rectifier_orthogonal(
                                        gain, rows, columns, seed, stream, first, s[0], n, t),
                                "an orthogonal matrix of " + rows + " by " + columns));
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
        call(
                mayPin((long) batch * inputs * units),
                spans(x, w, b, z, y),
                2,
                threads,
                (s, t) ->
                        rectifier_dense_forward(
                                k, p0, p1, p2, s[0], s[1], s[2], s[3], s[4], batch, inputs, units,
                                t));
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
        call(
                mayPin(2L * batch * inputs * units),
                dx.isPresent() ? spans(x, w, dz, dw, db, dx.get()) : spans(x, w, dz, dw, db),
                dx.isPresent() ? 3 : 2,
                threads,
                (s, t) -> {
                    Span to = dx.isPresent() ? s[5] : null;
                    rectifier_dense_backward(
                            s[0], s[1], s[2], to, s[3], s[4], batch, inputs, units, t);
                });
    }

    private static void requireMemory(int status, String purpose) {
        if (status == RECTIFIER_OUT_OF_MEMORY) {
            throw new OutOfMemoryError("no native memory for " + purpose);
        }
    }
}
