package dev.rectifier;

import static dev.rectifier.binding.RectifierNative.*;

import dev.rectifier.binding.NativeLibrary;
import dev.rectifier.spi.Backend;
import java.lang.ref.Reference;
import java.nio.Buffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The kernels of the native library. Spans come in three arrangements: all off-heap, which goes
 * straight to the addresses and may use several threads; all in arrays of one type, which are
 * pinned in bounded pieces, since a pinned array holds up the garbage collector; and anything else,
 * which is copied off-heap and back.
 */
final class NativeBackend implements Backend {
    static final String NAME = "native";

    /** The most elements that are pinned at once. */
    private static final int CHUNK = 1 << 16;

    private final Path library = NativeLibrary.load();

    /** Native index by {@link Elementwise#ordinal()}. */
    private final int[] indices;

    NativeBackend() {
        Path omp = library.resolveSibling(System.mapLibraryName("rectifier_omp"));
        if (Files.exists(omp)) {
            rectifier_set_parallel_library(omp.toString());
        }
        Map<String, Integer> byName = new HashMap<>();
        for (int i = 0; i < rectifier_activation_count(); i++) {
            byName.put(rectifier_activation_name(i), i);
        }
        indices = Elementwise.DEFINITIONS.stream().mapToInt(d -> index(d, byName)).toArray();
    }

    private int index(Definition<Activation> definition, Map<String, Integer> byName) {
        Integer index = byName.get(definition.name());
        if (index == null
                || rectifier_activation_parameters(index) != definition.parameters().size()) {
            throw new NativeLibraryException(
                    library
                            + " is of another version: it has no "
                            + definition.name()
                            + " with "
                            + definition.parameters().size()
                            + " parameters",
                    List.of());
        }
        return index;
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

    private long address(Span span) {
        return span.address(this);
    }

    private static boolean offHeap(Span... spans) {
        for (Span span : spans) {
            if (!span.isOffHeap()) {
                return false;
            }
        }
        return true;
    }

    private static boolean heap(Span... spans) {
        for (Span span : spans) {
            if (!span.isHeap()) {
                return false;
            }
        }
        return true;
    }

    private static boolean isFloat(Span span) {
        return span.dtype() == DType.FLOAT32;
    }

    private static float[] floats(Span span) {
        return (float[]) span.owner();
    }

    private static double[] doubles(Span span) {
        return (double[]) span.owner();
    }

    /** Work on off-heap copies of spans, in their order. */
    private interface Staged {
        void run(Span[] copies);
    }

    /** Copies sources and destinations off-heap, works there, and copies the destinations back. */
    private static void stage(Span[] sources, Span[] destinations, Staged work) {
        Span[] copies = new Span[sources.length + destinations.length];
        for (int i = 0; i < copies.length; i++) {
            Span original = i < sources.length ? sources[i] : destinations[i - sources.length];
            if (original.length() * original.dtype().bytes() > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(
                        original
                                + " is too long to be copied off-heap, which this call needs, since not all of its"
                                + " spans are off-heap: use buffers or pointers");
            }
            copies[i] = Span.allocate(original.dtype(), (int) original.length());
            if (i < sources.length) {
                copies[i].copyFrom(original);
            }
        }
        work.run(copies);
        for (int i = 0; i < destinations.length; i++) {
            destinations[i].copyFrom(copies[sources.length + i]);
        }
    }

    private static Span[] spans(Span... spans) {
        return spans;
    }

    @Override
    public void forward(Elementwise f, Span x, Span y, int threads) {
        int k = indices[f.ordinal()];
        double p0 = f.parameter(0);
        double p1 = f.parameter(1);
        double p2 = f.parameter(2);
        long n = x.length();
        if (x.isOffHeap() && y.isOffHeap()) {
            if (isFloat(x)) {
                rectifier_activation_forward_f32(
                        k, p0, p1, p2, address(x), 0, address(y), 0, n, threads);
            } else {
                rectifier_activation_forward_f64(
                        k, p0, p1, p2, address(x), 0, address(y), 0, n, threads);
            }
            Reference.reachabilityFence(x);
            Reference.reachabilityFence(y);
        } else if (x.isHeap() && y.isHeap()) {
            long xo = x.offset();
            long yo = y.offset();
            for (long i = 0; i < n; i += CHUNK) {
                long m = Math.min(CHUNK, n - i);
                if (isFloat(x)) {
                    rectifier_activation_forward_f32(
                            k, p0, p1, p2, floats(x), xo + i, floats(y), yo + i, m, 1);
                } else {
                    rectifier_activation_forward_f64(
                            k, p0, p1, p2, doubles(x), xo + i, doubles(y), yo + i, m, 1);
                }
            }
        } else {
            inPieces(
                    n,
                    (i, m) ->
                            stage(
                                    spans(x.slice(i, m)),
                                    spans(y.slice(i, m)),
                                    copies -> forward(f, copies[0], copies[1], threads)));
        }
    }

    @Override
    public void backward(Elementwise f, Span x, Span dy, Span dx, int threads) {
        int k = indices[f.ordinal()];
        double p0 = f.parameter(0);
        double p1 = f.parameter(1);
        double p2 = f.parameter(2);
        long n = x.length();
        if (x.isOffHeap() && dy.isOffHeap() && dx.isOffHeap()) {
            if (isFloat(x)) {
                rectifier_activation_backward_f32(
                        k, p0, p1, p2, address(x), 0, address(dy), 0, address(dx), 0, n, threads);
            } else {
                rectifier_activation_backward_f64(
                        k, p0, p1, p2, address(x), 0, address(dy), 0, address(dx), 0, n, threads);
            }
            Reference.reachabilityFence(x);
            Reference.reachabilityFence(dy);
            Reference.reachabilityFence(dx);
        } else if (x.isHeap() && dy.isHeap() && dx.isHeap()) {
            long xo = x.offset();
            long dyo = dy.offset();
            long dxo = dx.offset();
            for (long i = 0; i < n; i += CHUNK) {
                long m = Math.min(CHUNK, n - i);
                if (isFloat(x)) {
                    rectifier_activation_backward_f32(
                            k,
                            p0,
                            p1,
                            p2,
                            floats(x),
                            xo + i,
                            floats(dy),
                            dyo + i,
                            floats(dx),
                            dxo + i,
                            m,
                            1);
                } else {
                    rectifier_activation_backward_f64(
                            k,
                            p0,
                            p1,
                            p2,
                            doubles(x),
                            xo + i,
                            doubles(dy),
                            dyo + i,
                            doubles(dx),
                            dxo + i,
                            m,
                            1);
                }
            }
        } else {
            inPieces(
                    n,
                    (i, m) ->
                            stage(
                                    spans(x.slice(i, m), dy.slice(i, m)),
                                    spans(dx.slice(i, m)),
                                    copies ->
                                            backward(f, copies[0], copies[1], copies[2], threads)));
        }
    }

    /** Work on elements {@code first} to {@code first + count}. */
    private interface Piece {
        void run(long first, long count);
    }

    private static void inPieces(long n, Piece piece) {
        for (long i = 0; i < n; i += CHUNK) {
            piece.run(i, Math.min(CHUNK, n - i));
        }
    }

    @Override
    public void preluForward(Span x, Span alpha, Span y, Axis c, int threads) {
        if (offHeap(x, alpha, y)) {
            if (isFloat(x)) {
                rectifier_prelu_forward_f32(
                        address(x),
                        0,
                        address(alpha),
                        0,
                        address(y),
                        0,
                        c.outer(),
                        c.size(),
                        c.inner(),
                        threads);
            } else {
                rectifier_prelu_forward_f64(
                        address(x),
                        0,
                        address(alpha),
                        0,
                        address(y),
                        0,
                        c.outer(),
                        c.size(),
                        c.inner(),
                        threads);
            }
            fence(x, alpha, y);
        } else if (heap(x, alpha, y) && x.length() <= CHUNK) {
            if (isFloat(x)) {
                rectifier_prelu_forward_f32(
                        floats(x),
                        x.offset(),
                        floats(alpha),
                        alpha.offset(),
                        floats(y),
                        y.offset(),
                        c.outer(),
                        c.size(),
                        c.inner(),
                        1);
            } else {
                rectifier_prelu_forward_f64(
                        doubles(x),
                        x.offset(),
                        doubles(alpha),
                        alpha.offset(),
                        doubles(y),
                        y.offset(),
                        c.outer(),
                        c.size(),
                        c.inner(),
                        1);
            }
        } else {
            stage(spans(x, alpha), spans(y), s -> preluForward(s[0], s[1], s[2], c, threads));
        }
    }

    @Override
    public void preluBackward(
            Span x, Span alpha, Span dy, Span dx, Span dalpha, Axis c, int threads) {
        if (offHeap(x, alpha, dy, dx, dalpha)) {
            if (isFloat(x)) {
                rectifier_prelu_backward_f32(
                        address(x),
                        0,
                        address(alpha),
                        0,
                        address(dy),
                        0,
                        address(dx),
                        0,
                        address(dalpha),
                        0,
                        c.outer(),
                        c.size(),
                        c.inner(),
                        threads);
            } else {
                rectifier_prelu_backward_f64(
                        address(x),
                        0,
                        address(alpha),
                        0,
                        address(dy),
                        0,
                        address(dx),
                        0,
                        address(dalpha),
                        0,
                        c.outer(),
                        c.size(),
                        c.inner(),
                        threads);
            }
            fence(x, alpha, dy, dx, dalpha);
        } else if (heap(x, alpha, dy, dx, dalpha) && x.length() <= CHUNK) {
            if (isFloat(x)) {
                rectifier_prelu_backward_f32(
                        floats(x),
                        x.offset(),
                        floats(alpha),
                        alpha.offset(),
                        floats(dy),
                        dy.offset(),
                        floats(dx),
                        dx.offset(),
                        floats(dalpha),
                        dalpha.offset(),
                        c.outer(),
                        c.size(),
                        c.inner(),
                        1);
            } else {
                rectifier_prelu_backward_f64(
                        doubles(x),
                        x.offset(),
                        doubles(alpha),
                        alpha.offset(),
                        doubles(dy),
                        dy.offset(),
                        doubles(dx),
                        dx.offset(),
                        doubles(dalpha),
                        dalpha.offset(),
                        c.outer(),
                        c.size(),
                        c.inner(),
                        1);
            }
        } else {
            stage(
                    spans(x, alpha, dy),
                    spans(dx, dalpha),
                    s -> preluBackward(s[0], s[1], s[2], s[3], s[4], c, threads));
        }
    }

    private static int reciprocal(RRelu f) {
        return f.parametrization() == RRelu.Parametrization.DIVISOR ? 1 : 0;
    }

    @Override
    public void rreluForward(RRelu f, RandomKey key, Span x, Span y, int threads) {
        int r = reciprocal(f);
        double lo = f.lower();
        double up = f.upper();
        long seed = key.seed();
        long stream = key.stream();
        if (offHeap(x, y)) {
            long first = key.first();
            if (isFloat(x)) {
                rectifier_rrelu_forward_f32(
                        r,
                        lo,
                        up,
                        seed,
                        stream,
                        first,
                        address(x),
                        0,
                        address(y),
                        0,
                        x.length(),
                        threads);
            } else {
                rectifier_rrelu_forward_f64(
                        r,
                        lo,
                        up,
                        seed,
                        stream,
                        first,
                        address(x),
                        0,
                        address(y),
                        0,
                        x.length(),
                        threads);
            }
            fence(x, y);
        } else if (heap(x, y)) {
            inPieces(
                    x.length(),
                    (i, m) -> {
                        long first = key.first() + i;
                        if (isFloat(x)) {
                            rectifier_rrelu_forward_f32(
                                    r,
                                    lo,
                                    up,
                                    seed,
                                    stream,
                                    first,
                                    floats(x),
                                    x.offset() + i,
                                    floats(y),
                                    y.offset() + i,
                                    m,
                                    1);
                        } else {
                            rectifier_rrelu_forward_f64(
                                    r,
                                    lo,
                                    up,
                                    seed,
                                    stream,
                                    first,
                                    doubles(x),
                                    x.offset() + i,
                                    doubles(y),
                                    y.offset() + i,
                                    m,
                                    1);
                        }
                    });
        } else {
            inPieces(
                    x.length(),
                    (i, m) ->
                            stage(
                                    spans(x.slice(i, m)),
                                    spans(y.slice(i, m)),
                                    s -> rreluForward(f, key.skip(i), s[0], s[1], threads)));
        }
    }

    @Override
    public void rreluBackward(RRelu f, RandomKey key, Span x, Span dy, Span dx, int threads) {
        int r = reciprocal(f);
        double lo = f.lower();
        double up = f.upper();
        long seed = key.seed();
        long stream = key.stream();
        if (offHeap(x, dy, dx)) {
            long first = key.first();
            if (isFloat(x)) {
                rectifier_rrelu_backward_f32(
                        r,
                        lo,
                        up,
                        seed,
                        stream,
                        first,
                        address(x),
                        0,
                        address(dy),
                        0,
                        address(dx),
                        0,
                        x.length(),
                        threads);
            } else {
                rectifier_rrelu_backward_f64(
                        r,
                        lo,
                        up,
                        seed,
                        stream,
                        first,
                        address(x),
                        0,
                        address(dy),
                        0,
                        address(dx),
                        0,
                        x.length(),
                        threads);
            }
            fence(x, dy, dx);
        } else if (heap(x, dy, dx)) {
            inPieces(
                    x.length(),
                    (i, m) -> {
                        long first = key.first() + i;
                        if (isFloat(x)) {
                            rectifier_rrelu_backward_f32(
                                    r,
                                    lo,
                                    up,
                                    seed,
                                    stream,
                                    first,
                                    floats(x),
                                    x.offset() + i,
                                    floats(dy),
                                    dy.offset() + i,
                                    floats(dx),
                                    dx.offset() + i,
                                    m,
                                    1);
                        } else {
                            rectifier_rrelu_backward_f64(
                                    r,
                                    lo,
                                    up,
                                    seed,
                                    stream,
                                    first,
                                    doubles(x),
                                    x.offset() + i,
                                    doubles(dy),
                                    dy.offset() + i,
                                    doubles(dx),
                                    dx.offset() + i,
                                    m,
                                    1);
                        }
                    });
        } else {
            inPieces(
                    x.length(),
                    (i, m) ->
                            stage(
                                    spans(x.slice(i, m), dy.slice(i, m)),
                                    spans(dx.slice(i, m)),
                                    s -> rreluBackward(f, key.skip(i), s[0], s[1], s[2], threads)));
        }
    }

    @Override
    public void softmaxForward(Span x, Span y, Axis a, int threads) {
        if (offHeap(x, y)) {
            if (isFloat(x)) {
                rectifier_softmax_forward_f32(
                        address(x), 0, address(y), 0, a.outer(), a.size(), a.inner(), threads);
            } else {
                rectifier_softmax_forward_f64(
                        address(x), 0, address(y), 0, a.outer(), a.size(), a.inner(), threads);
            }
            fence(x, y);
        } else if (heap(x, y) && x.length() <= CHUNK) {
            if (isFloat(x)) {
                rectifier_softmax_forward_f32(
                        floats(x),
                        x.offset(),
                        floats(y),
                        y.offset(),
                        a.outer(),
                        a.size(),
                        a.inner(),
                        1);
            } else {
                rectifier_softmax_forward_f64(
                        doubles(x),
                        x.offset(),
                        doubles(y),
                        y.offset(),
                        a.outer(),
                        a.size(),
                        a.inner(),
                        1);
            }
        } else {
            stage(spans(x), spans(y), s -> softmaxForward(s[0], s[1], a, threads));
        }
    }

    @Override
    public void softmaxBackward(Span y, Span dy, Span dx, Axis a, int threads) {
        if (offHeap(y, dy, dx)) {
            if (isFloat(y)) {
                rectifier_softmax_backward_f32(
                        address(y),
                        0,
                        address(dy),
                        0,
                        address(dx),
                        0,
                        a.outer(),
                        a.size(),
                        a.inner(),
                        threads);
            } else {
                rectifier_softmax_backward_f64(
                        address(y),
                        0,
                        address(dy),
                        0,
                        address(dx),
                        0,
                        a.outer(),
                        a.size(),
                        a.inner(),
                        threads);
            }
            fence(y, dy, dx);
        } else if (heap(y, dy, dx) && y.length() <= CHUNK) {
            if (isFloat(y)) {
                rectifier_softmax_backward_f32(
                        floats(y),
                        y.offset(),
                        floats(dy),
                        dy.offset(),
                        floats(dx),
                        dx.offset(),
                        a.outer(),
                        a.size(),
                        a.inner(),
                        1);
            } else {
                rectifier_softmax_backward_f64(
                        doubles(y),
                        y.offset(),
                        doubles(dy),
                        dy.offset(),
                        doubles(dx),
                        dx.offset(),
                        a.outer(),
                        a.size(),
                        a.inner(),
                        1);
            }
        } else {
            stage(spans(y, dy), spans(dx), s -> softmaxBackward(s[0], s[1], s[2], a, threads));
        }
    }

    @Override
    public void fill(Fill fill, RandomKey key, Span out, int threads) {
        if (out.isOffHeap()) {
            long n = out.length();
            if (isFloat(out)) {
                fillFloats(fill, key, address(out), n, threads);
            } else {
                fillDoubles(fill, key, address(out), n, threads);
            }
            fence(out);
        } else if (out.isHeap()) {
            inPieces(
                    out.length(),
                    (i, m) -> {
                        if (isFloat(out)) {
                            fillFloats(fill, key.skip(i), floats(out), out.offset() + i, m);
                        } else {
                            fillDoubles(fill, key.skip(i), doubles(out), out.offset() + i, m);
                        }
                    });
        } else {
            inPieces(
                    out.length(),
                    (i, m) ->
                            stage(
                                    spans(),
                                    spans(out.slice(i, m)),
                                    s -> fill(fill, key.skip(i), s[0], threads)));
        }
    }

    private static void fillFloats(Fill f, RandomKey k, long address, long n, int threads) {
        double a = f.a();
        double b = f.b();
        switch (f.distribution()) {
            case CONSTANT -> rectifier_fill_constant_f32(a, address, 0, n, threads);
            case UNIFORM ->
                    rectifier_fill_uniform_f32(
                            a, b, k.seed(), k.stream(), k.first(), address, 0, n, threads);
            case NORMAL ->
                    rectifier_fill_normal_f32(
                            a, b, k.seed(), k.stream(), k.first(), address, 0, n, threads);
            case TRUNCATED_NORMAL ->
                    rectifier_fill_truncated_normal_f32(
                            a, b, k.seed(), k.stream(), k.first(), address, 0, n, threads);
        }
    }

    private static void fillFloats(Fill f, RandomKey k, float[] to, long offset, long n) {
        double a = f.a();
        double b = f.b();
        switch (f.distribution()) {
            case CONSTANT -> rectifier_fill_constant_f32(a, to, offset, n, 1);
            case UNIFORM ->
                    rectifier_fill_uniform_f32(
                            a, b, k.seed(), k.stream(), k.first(), to, offset, n, 1);
            case NORMAL ->
                    rectifier_fill_normal_f32(
                            a, b, k.seed(), k.stream(), k.first(), to, offset, n, 1);
            case TRUNCATED_NORMAL ->
                    rectifier_fill_truncated_normal_f32(
                            a, b, k.seed(), k.stream(), k.first(), to, offset, n, 1);
        }
    }

    private static void fillDoubles(Fill f, RandomKey k, long address, long n, int threads) {
        double a = f.a();
        double b = f.b();
        switch (f.distribution()) {
            case CONSTANT -> rectifier_fill_constant_f64(a, address, 0, n, threads);
            case UNIFORM ->
                    rectifier_fill_uniform_f64(
                            a, b, k.seed(), k.stream(), k.first(), address, 0, n, threads);
            case NORMAL ->
                    rectifier_fill_normal_f64(
                            a, b, k.seed(), k.stream(), k.first(), address, 0, n, threads);
            case TRUNCATED_NORMAL ->
                    rectifier_fill_truncated_normal_f64(
                            a, b, k.seed(), k.stream(), k.first(), address, 0, n, threads);
        }
    }

    private static void fillDoubles(Fill f, RandomKey k, double[] to, long offset, long n) {
        double a = f.a();
        double b = f.b();
        switch (f.distribution()) {
            case CONSTANT -> rectifier_fill_constant_f64(a, to, offset, n, 1);
            case UNIFORM ->
                    rectifier_fill_uniform_f64(
                            a, b, k.seed(), k.stream(), k.first(), to, offset, n, 1);
            case NORMAL ->
                    rectifier_fill_normal_f64(
                            a, b, k.seed(), k.stream(), k.first(), to, offset, n, 1);
            case TRUNCATED_NORMAL ->
                    rectifier_fill_truncated_normal_f64(
                            a, b, k.seed(), k.stream(), k.first(), to, offset, n, 1);
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
        if (!offHeap(x, w, b, z, y)) {
            stage(
                    spans(x, w, b),
                    spans(z, y),
                    s ->
                            denseForward(
                                    f, s[0], s[1], s[2], s[3], s[4], batch, inputs, units,
                                    threads));
            return;
        }
        int k = f.isPresent() ? indices[f.get().ordinal()] : -1;
        double p0 = f.isPresent() ? f.get().parameter(0) : 0;
        double p1 = f.isPresent() ? f.get().parameter(1) : 0;
        double p2 = f.isPresent() ? f.get().parameter(2) : 0;
        requireMemory(
                isFloat(x)
                        ? rectifier_dense_forward_f32(
                                k,
                                p0,
                                p1,
                                p2,
                                address(x),
                                0,
                                address(w),
                                0,
                                address(b),
                                0,
                                address(z),
                                0,
                                address(y),
                                0,
                                batch,
                                inputs,
                                units,
                                threads)
                        : rectifier_dense_forward_f64(
                                k,
                                p0,
                                p1,
                                p2,
                                address(x),
                                0,
                                address(w),
                                0,
                                address(b),
                                0,
                                address(z),
                                0,
                                address(y),
                                0,
                                batch,
                                inputs,
                                units,
                                threads));
        fence(x, w, b, z, y);
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
        Span[] inputGradient = dx.stream().toArray(Span[]::new);
        if (!offHeap(x, w, dz, dw, db) || !offHeap(inputGradient)) {
            Span[] destinations = dx.isPresent() ? spans(dw, db, dx.get()) : spans(dw, db);
            stage(
                    spans(x, w, dz),
                    destinations,
                    s ->
                            denseBackward(
                                    s[0],
                                    s[1],
                                    s[2],
                                    s.length > 5 ? Optional.of(s[5]) : Optional.empty(),
                                    s[3],
                                    s[4],
                                    batch,
                                    inputs,
                                    units,
                                    threads));
            return;
        }
        long to = dx.isPresent() ? address(dx.get()) : 0;
        requireMemory(
                isFloat(x)
                        ? rectifier_dense_backward_f32(
                                address(x),
                                0,
                                address(w),
                                0,
                                address(dz),
                                0,
                                to,
                                0,
                                address(dw),
                                0,
                                address(db),
                                0,
                                batch,
                                inputs,
                                units,
                                threads)
                        : rectifier_dense_backward_f64(
                                address(x),
                                0,
                                address(w),
                                0,
                                address(dz),
                                0,
                                to,
                                0,
                                address(dw),
                                0,
                                address(db),
                                0,
                                batch,
                                inputs,
                                units,
                                threads));
        fence(x, w, dz, dw, db);
        fence(inputGradient);
    }

    private static void requireMemory(int status) {
        if (status == RECTIFIER_OUT_OF_MEMORY) {
            throw new OutOfMemoryError("no native memory for a matrix product");
        }
    }

    /** Keeps the owners of addresses alive until the native call is over. */
    private static void fence(Span... spans) {
        Reference.reachabilityFence(spans);
    }
}
