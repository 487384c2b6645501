package dev.rectifier.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rectifier.Activation;
import dev.rectifier.Axis;
import dev.rectifier.AxisFunction;
import dev.rectifier.Channels;
import dev.rectifier.DType;
import dev.rectifier.DenseKernel;
import dev.rectifier.Elementwise;
import dev.rectifier.Fill;
import dev.rectifier.Fill.Distribution;
import dev.rectifier.Glu;
import dev.rectifier.Initializer;
import dev.rectifier.Learned;
import dev.rectifier.LearnedSwish;
import dev.rectifier.MaskedSoftmax;
import dev.rectifier.PRelu;
import dev.rectifier.RRelu;
import dev.rectifier.RandomKey;
import dev.rectifier.Rectifier;
import dev.rectifier.Shape;
import dev.rectifier.Snake;
import dev.rectifier.SoftmaxCrossEntropy;
import dev.rectifier.Span;
import dev.rectifier.reference.Memory.Place;
import dev.rectifier.spi.Backend;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;
import java.util.function.ObjIntConsumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The native kernels against the plain Java ones, and against themselves wherever the data lie. */
class NativeEquivalenceTest {
    private static final Backend NATIVE = Rectifier.backend();
    private static final Backend REFERENCE = new ReferenceBackend();

    /** Many of the pieces that heap arrays are processed in, and enough to be worth threads. */
    private static final int LARGE = 200_003;

    /** Whether this is the run in which everything is tested, however long it takes. */
    private static final boolean THOROUGH = Boolean.getBoolean("test.thorough");

    /** Inputs of each function whose errors are measured. */
    private static final int INPUTS = THOROUGH ? LARGE : 5_003;

    private static final PRelu PRELU = new PRelu();
    private static final AxisFunction SOFTMAX = AxisFunction.softmax();

    /** More than three pieces. */
    private static final int LONG = 65_536;

    private static final int[] THREADS = {2, 3, 8};

    @BeforeAll
    static void theBackendIsTheNativeOne() {
        assertEquals("native", NATIVE.name());
    }

    static Stream<Arguments> elementwise() {
        return Samples.elementwise()
                .flatMap(
                        f -> DType.arithmeticTypes().stream().map(dtype -> Arguments.of(f, dtype)));
    }

    /** With the types of 16 bits, too. */
    static Stream<Arguments> stored() {
        return Samples.elementwise()
                .flatMap(f -> Stream.of(DType.values()).map(dtype -> Arguments.of(f, dtype)));
    }

    private static double ulp(DType dtype, double value) {
        return dtype == DType.FLOAT32
                ? Math.ulp((float) Math.min(Math.abs(value), Float.MAX_VALUE))
                : Math.ulp(Math.min(Math.abs(value), Double.MAX_VALUE));
    }

    /**
     * Brings an infinity within reach of a tolerance: an overflow is no error if the true value is
     * that large.
     */
    private static double finite(DType dtype, double value) {
        double max = dtype == DType.FLOAT32 ? Float.MAX_VALUE : Double.MAX_VALUE;
        return Math.max(-max, Math.min(value, max));
    }

    private static void assertClose(
            DType dtype, double expected, double actual, double tolerance, Supplier<String> what) {
        if (Double.isNaN(expected) || Double.isNaN(actual) || Double.isInfinite(expected)) {
            assertEquals(expected, actual, what);
        } else if (Double.isInfinite(actual)) {
            assertEquals(finite(dtype, actual), finite(dtype, expected), tolerance, what);
        } else {
            assertEquals(expected, actual, tolerance, what);
        }
    }

    private static void assertBits(
            double[] expected, int from, Span actual, Supplier<String> what) {
        for (int i = 0; i < actual.length(); i++) {
            if (Double.doubleToLongBits(expected[from + i])
                    != Double.doubleToLongBits(actual.get(i))) {
                assertEquals(expected[from + i], actual.get(i), what.get() + ", element " + i);
            }
        }
    }

    private static void assertBits(Numbers expected, int from, Span actual, Supplier<String> what) {
        if (!expected.haveBitsOf(actual, from)) {
            double[] values =
                    IntStream.range(0, (int) actual.length())
                            .mapToDouble(i -> expected.get(from + i))
                            .toArray();
            assertBits(values, 0, actual, what);
            throw new AssertionError("not the same, but each of them is");
        }
    }

    /**
     * What a call writes into new memory of n elements, which has no other bits for more threads.
     */
    private static double[] withAnyThreads(DType dtype, int n, ObjIntConsumer<Span> call) {
        Span first = Span.allocate(dtype, n);
        call.accept(first, 1);
        double[] expected = Memory.values(first);
        for (int threads : THREADS) {
            Span again = Span.allocate(dtype, n);
            call.accept(again, threads);
            assertBits(expected, 0, again, () -> threads + " threads");
        }
        return expected;
    }

    @ParameterizedTest
    @MethodSource("elementwise")
    void forwardIsAsAccurateAsPromised(Elementwise f, DType dtype) {
        double[] x = Samples.anything(dtype, 1, INPUTS);
        double[] y =
                withAnyThreads(
                        dtype,
                        INPUTS,
                        (out, threads) -> NATIVE.forward(f, direct(dtype, x), out, threads));
        Elementwise oracle = f.rounded(dtype);
        // The plain formulas are up to 6 units off themselves.
        double ulps = dtype == DType.FLOAT32 ? 2 : 2 + 6;
        for (int i = 0; i < INPUTS; i++) {
            double expected = oracle.valueAt(x[i]);
            double at = x[i];
            Supplier<String> what = () -> f + " at " + Double.toHexString(at);
            assertClose(dtype, expected, y[i], ulps * ulp(dtype, expected), what);
            if (expected == 0 && y[i] == 0) {
                assertEquals(expected, y[i], what);
            }
        }
    }

    /** A backward pass of an elementwise activation, from its source or from its result. */
    @FunctionalInterface
    private interface Gradient {
        void run(Elementwise f, Span v, Span dy, Span dx, int threads);
    }

    static Stream<Arguments> withFromOutput() {
        return elementwise().filter(a -> ((Elementwise) a.get()[0]).hasFromOutput());
    }

    static Stream<Arguments> storedWithFromOutput() {
        return stored().filter(a -> ((Elementwise) a.get()[0]).hasFromOutput());
    }

    @ParameterizedTest
    @MethodSource("elementwise")
    void theDerivativeIsAsAccurateAsPromised(Elementwise f, DType dtype) {
        assertDerivativeIsAccurate(
                f,
                dtype,
                Samples.anything(dtype, 2, INPUTS),
                NATIVE::backward,
                f.rounded(dtype)::derivativeAt);
    }

    @ParameterizedTest
    @MethodSource("withFromOutput")
    @Tag("thorough")
    void theDerivativeFromTheOutputIsAsAccurateAsPromised(Elementwise f, DType dtype) {
        Span y = direct(dtype, Samples.anything(dtype, 2, INPUTS));
        NATIVE.forward(f, y, y, 1);
        assertDerivativeIsAccurate(
                f,
                dtype,
                Memory.values(y),
                NATIVE::backwardFromOutput,
                f.rounded(dtype)::derivativeFromOutputAt);
    }

    private static void assertDerivativeIsAccurate(
            Elementwise f, DType dtype, double[] x, Gradient gradient, DoubleUnaryOperator oracle) {
        double[] one = new double[INPUTS];
        Arrays.fill(one, 1);
        double[] dx =
                withAnyThreads(
                        dtype,
                        INPUTS,
                        (out, threads) ->
                                gradient.run(
                                        f, direct(dtype, x), direct(dtype, one), out, threads));
        double smallest = dtype == DType.FLOAT32 ? 0x1p-20 : 0x1p-49;
        // The formulas of the oracle are themselves up to 8 units off when it can't be more precise
        // than the kernel.
        double ulps = dtype == DType.FLOAT32 ? 2 : 2 + 8;
        for (int i = 0; i < INPUTS; i++) {
            double expected = oracle.applyAsDouble(x[i]);
            double tolerance = ulps * ulp(dtype, Math.max(Math.abs(expected), smallest));
            double at = x[i];
            Supplier<String> what = () -> "derivative of " + f + " at " + Double.toHexString(at);
            assertClose(dtype, expected, dx[i], tolerance, what);
            if (dx[i] == 0) {
                assertEquals(0.0, dx[i], what);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("elementwise")
    @Tag("thorough")
    void theGradientIsTheRoundedDerivativeTimesTheOneFromAbove(Elementwise f, DType dtype) {
        double[] x = Samples.anything(dtype, 3, LARGE);
        double[] dy = Samples.anything(dtype, 4, LARGE);
        double[] one = new double[LARGE];
        Arrays.fill(one, 1);
        Span derivative = Span.allocate(dtype, LARGE);
        Span dx = Span.allocate(dtype, LARGE);
        NATIVE.backward(f, direct(dtype, x), direct(dtype, one), derivative, 1);
        NATIVE.backward(f, direct(dtype, x), direct(dtype, dy), dx, 1);
        for (int i = 0; i < LARGE; i++) {
            double d = derivative.get(i);
            double expected = d == 0 ? 0 : dtype.round(d * dy[i]);
            if (Double.doubleToLongBits(expected) != Double.doubleToLongBits(dx.get(i))) {
                assertEquals(
                        expected,
                        dx.get(i),
                        f + "'(" + x[i] + ") * " + dy[i] + ", derivative " + d);
            }
        }
    }

    private static Span direct(DType dtype, double... values) {
        return Memory.direct(dtype, values);
    }

    /** Places of the source and the destination, the start in the data, the length. */
    private record Layout(Place source, Place destination, int from, int n) {
        private static final Place[] PLACES = Place.values();

        /** Short lengths, in the thorough run every one, in every place and many mixtures. */
        static final List<Layout> SHORT =
                IntStream.rangeClosed(0, 200)
                        .filter(n -> THOROUGH || n <= 17 || n % 16 == 1 && n < 130)
                        .boxed()
                        .flatMap(
                                n ->
                                        IntStream.range(0, 2 * PLACES.length)
                                                .mapToObj(k -> mixture(n, k)))
                        .toList();

        /** Lengths about the size of a piece of each type, one array at least. */
        static final List<Layout> LONG =
                Stream.concat(
                                Stream.of(2048, 4096, 8192)
                                        .flatMap(n -> Stream.of(n - 1, n, n + 1, n + 2)),
                                Stream.of(LARGE - 7))
                        .flatMap(
                                n ->
                                        Stream.of(
                                                new Layout(Place.ARRAY, Place.ARRAY, 1, n),
                                                new Layout(
                                                        Place.ARRAY,
                                                        PLACES[n % PLACES.length],
                                                        2,
                                                        n),
                                                new Layout(
                                                        PLACES[n % PLACES.length],
                                                        Place.ARRAY,
                                                        3,
                                                        n)))
                        .toList();

        private static Layout mixture(int n, int k) {
            int destination = k < PLACES.length ? k : k + 1 + n;
            return new Layout(
                    PLACES[k % PLACES.length], PLACES[destination % PLACES.length], 3 * n + k, n);
        }

        Memory source(Numbers numbers) {
            return Memory.of(source, from % 7, numbers, from, n);
        }

        Memory destination(DType dtype) {
            return Memory.of(destination, dtype, n % 5, n);
        }
    }

    @ParameterizedTest
    @MethodSource("stored")
    void forwardHasTheSameBitsWhereverTheDataLie(Elementwise f, DType dtype) {
        assertForwardIsTheSame(f, dtype, Layout.SHORT);
    }

    @ParameterizedTest
    @MethodSource("stored")
    void backwardHasTheSameBitsWhereverTheDataLie(Elementwise f, DType dtype) {
        assertBackwardIsTheSame(f, dtype, Layout.SHORT, NATIVE::backward);
    }

    @ParameterizedTest
    @MethodSource("storedWithFromOutput")
    @Tag("thorough")
    void backwardFromTheOutputHasTheSameBitsWhereverTheDataLie(Elementwise f, DType dtype) {
        assertBackwardIsTheSame(f, dtype, Layout.SHORT, NATIVE::backwardFromOutput);
    }

    @ParameterizedTest
    @EnumSource
    void thePiecesOfALargeArrayFitTogether(DType dtype) {
        assertForwardIsTheSame(Elementwise.elu(), dtype, Layout.LONG);
        assertBackwardIsTheSame(Elementwise.elu(), dtype, Layout.LONG, NATIVE::backward);
    }

    private static void assertForwardIsTheSame(Elementwise f, DType dtype, List<Layout> layouts) {
        Numbers data = Samples.numbers(dtype, 5, LARGE);
        Span whole = Span.allocate(dtype, LARGE);
        NATIVE.forward(f, Memory.direct(data), whole, 1);
        Numbers expected = Numbers.of(whole);
        for (Layout layout : layouts) {
            Memory x = layout.source(data);
            Memory y = layout.destination(dtype);
            NATIVE.forward(f, x.span(), y.span(), 2);
            assertBits(data, layout.from, x.span(), () -> "source of " + layout);
            assertBits(expected, layout.from, y.span(), layout::toString);
            y.assertGuardsAreUntouched();
            NATIVE.forward(f, x.span(), x.span(), 2);
            assertBits(expected, layout.from, x.span(), () -> layout + " in place");
            x.assertGuardsAreUntouched();
        }
    }

    private static void assertBackwardIsTheSame(
            Elementwise f, DType dtype, List<Layout> layouts, Gradient gradient) {
        Numbers data = Samples.numbers(dtype, 6, LARGE);
        Numbers above = Samples.numbers(dtype, 7, LARGE);
        Span whole = Span.allocate(dtype, LARGE);
        gradient.run(f, Memory.direct(data), Memory.direct(above), whole, 1);
        Numbers expected = Numbers.of(whole);
        for (Layout layout : layouts) {
            Memory x = layout.source(data);
            Memory dy = Memory.of(layout.source, 1, above, layout.from, layout.n);
            Memory dx = layout.destination(dtype);
            gradient.run(f, x.span(), dy.span(), dx.span(), 2);
            assertBits(expected, layout.from, dx.span(), layout::toString);
            dx.assertGuardsAreUntouched();
            gradient.run(f, x.span(), dy.span(), dy.span(), 2);
            assertBits(expected, layout.from, dy.span(), () -> layout + ", dx is dy");
            dy.assertGuardsAreUntouched();
            Memory again = Memory.of(layout.destination, 1, above, layout.from, layout.n);
            gradient.run(f, x.span(), again.span(), x.span(), 2);
            assertBits(expected, layout.from, x.span(), () -> layout + ", dx is x");
            x.assertGuardsAreUntouched();
        }
    }

    /** Shapes with an axis, from nothing to enough for threads. */
    static Stream<Arguments> axes() {
        return Stream.of(
                        Axis.shared(0),
                        Axis.shared(1),
                        Axis.shared(37),
                        Axis.shared(LARGE),
                        Axis.of(1, 3, 5, 7),
                        Axis.of(0, 3, 5, 7),
                        Axis.of(-1, 3, 5, 7),
                        Axis.of(1, 2, 0, 3),
                        Axis.ofRows(64, 100),
                        Axis.ofRows(1, 70_001),
                        Axis.ofRows(20_011, 10),
                        new Axis(4, 50, 1000),
                        new Axis(1, 3, 66_000),
                        new Axis(300, 1, 33),
                        Axis.block(1, 3, 6, 9, 8, 17))
                .flatMap(
                        axis ->
                                DType.arithmeticTypes().stream()
                                        .map(dtype -> Arguments.of(axis, dtype)));
    }

    /** How elements share parameters: along each of the axes, and any way up to rank 4. */
    static Stream<Arguments> channels() {
        Stream<Channels> alongAnAxis = axes().map(a -> Channels.of((Axis) a.get()[0])).distinct();
        Stream<Channels> large =
                Stream.of(
                        Channels.broadcast(new long[] {31, 1, 70}, 9, 31, 11, 70),
                        Channels.broadcast(new long[] {9, 1, 2, 1}, 9, 101, 2, 111),
                        Channels.along(new int[] {0, 2, 4}, 3, 4, 5, 6, 7, 8));
        return Stream.of(alongAnAxis, everyBroadcast(), large)
                .flatMap(all -> all)
                .flatMap(
                        c -> DType.arithmeticTypes().stream().map(dtype -> Arguments.of(c, dtype)));
    }

    private static Stream<Channels> everyBroadcast() {
        return IntStream.rangeClosed(0, 4)
                .boxed()
                .flatMap(
                        rank ->
                                IntStream.range(0, 1 << rank)
                                        .mapToObj(
                                                set ->
                                                        Channels.along(
                                                                axesOf(set),
                                                                Arrays.copyOf(SIZES, rank))));
    }

    private static final long[] SIZES = {3, 2, 19, 5};

    private static int[] axesOf(int set) {
        return IntStream.range(0, Integer.SIZE).filter(axis -> (set >> axis & 1) == 1).toArray();
    }

    /**
     * Runs a call with the source in every kind of place; where it is large, one of each way into
     * the kernels.
     */
    private static void everyPlace(DType dtype, double[] values, Consumer<Memory> call) {
        Place[] places =
                values.length < LONG
                        ? Place.values()
                        : new Place[] {Place.ARRAY, Place.VIEW_OF_HEAP_BYTES, Place.DIRECT_BUFFER};
        for (Place place : places) {
            Memory memory = Memory.of(place, dtype, 3, values, 0, values.length);
            call.accept(memory);
            memory.assertGuardsAreUntouched();
        }
    }

    @ParameterizedTest
    @MethodSource("channels")
    void preluHasTheBitsOfTheReference(Channels channels, DType dtype) {
        int n = (int) channels.elements();
        double[] x = Samples.anything(dtype, 8, n);
        double[] dy = Samples.anything(dtype, 9, n);
        double[] slopes = Samples.normal(dtype, 10, (int) channels.size());
        Span alpha = direct(dtype, slopes);
        Span expected = Span.allocate(dtype, n);
        REFERENCE.learnedForward(PRELU, direct(dtype, x), alpha, expected, channels, 1);
        double[] y = Memory.values(expected);
        REFERENCE.learnedBackward(
                PRELU,
                direct(dtype, x),
                alpha,
                direct(dtype, dy),
                expected,
                Span.allocate(dtype, slopes.length),
                channels,
                1);
        double[] dx = Memory.values(expected);
        withAnyThreads(
                dtype,
                n,
                (out, threads) ->
                        NATIVE.learnedForward(
                                PRELU, direct(dtype, x), alpha, out, channels, threads));
        everyPlace(
                dtype,
                x,
                data -> {
                    NATIVE.learnedForward(PRELU, data.span(), alpha, data.span(), channels, 2);
                    assertBits(y, 0, data.span(), () -> data.span() + " forward");
                });
        everyPlace(
                dtype,
                dy,
                data -> {
                    Memory dalpha = Memory.of(Place.ARRAY, dtype, 1, slopes.length);
                    NATIVE.learnedBackward(
                            PRELU,
                            direct(dtype, x),
                            alpha,
                            data.span(),
                            data.span(),
                            dalpha.span(),
                            channels,
                            2);
                    assertBits(dx, 0, data.span(), () -> data.span() + " backward");
                    dalpha.assertGuardsAreUntouched();
                });
    }

    @ParameterizedTest
    @MethodSource("channels")
    void learnedSwishIsAsAccurateAsPromised(Channels channels, DType dtype) {
        Learned f = new LearnedSwish();
        int n = (int) channels.elements();
        int size = (int) channels.size();
        Span x = direct(dtype, Samples.normal(dtype, 14, n));
        Span dy = direct(dtype, Samples.normal(dtype, 15, n));
        Span beta = direct(dtype, Samples.normal(dtype, 16, size));
        double unit = 4 * ulp(dtype, 1);
        Span expected = Span.allocate(dtype, n);
        Span actual = Span.allocate(dtype, n);
        REFERENCE.learnedForward(f, x, beta, expected, channels, 1);
        NATIVE.learnedForward(f, x, beta, actual, channels, 2);
        for (int i = 0; i < n; i++) {
            assertEquals(expected.get(i), actual.get(i), unit * Math.abs(expected.get(i)));
        }
        Span expectedSum = Span.allocate(dtype, size);
        Span actualSum = Span.allocate(dtype, size);
        REFERENCE.learnedBackward(f, x, beta, dy, expected, expectedSum, channels, 1);
        NATIVE.learnedBackward(f, x, beta, dy, actual, actualSum, channels, 2);
        for (int i = 0; i < n; i++) {
            double tolerance = unit * Math.max(Math.abs(dy.get(i)), Math.abs(expected.get(i)));
            assertEquals(expected.get(i), actual.get(i), tolerance);
        }
        for (int c = 0; c < size; c++) {
            // Terms of x²/4 and less, of about this many elements.
            double tolerance = unit * (1 + (double) n / size);
            assertEquals(expectedSum.get(c), actualSum.get(c), tolerance, "channel " + c);
        }
    }

    @ParameterizedTest
    @MethodSource("channels")
    void snakeIsAsAccurateAsPromised(Channels channels, DType dtype) {
        Learned f = new Snake();
        int n = (int) channels.elements();
        int size = (int) channels.size();
        double[] values = Samples.normal(dtype, 17, n);
        // Of every size, so that the phase is far away, too.
        for (int i = 0; i < n; i += 3) {
            values[i] = dtype.round(values[i] * Math.scalb(1.0, i % 100));
        }
        Span x = direct(dtype, values);
        Span dy = direct(dtype, Samples.normal(dtype, 18, n));
        Span alpha = direct(dtype, Samples.normal(dtype, 19, size));
        double unit = 4 * ulp(dtype, 1);
        Span expected = Span.allocate(dtype, n);
        Span actual = Span.allocate(dtype, n);
        REFERENCE.learnedForward(f, x, alpha, expected, channels, 1);
        NATIVE.learnedForward(f, x, alpha, actual, channels, 2);
        for (int i = 0; i < n; i++) {
            assertEquals(expected.get(i), actual.get(i), unit * Math.abs(x.get(i)), "y " + i);
        }
        Span expectedSum = Span.allocate(dtype, size);
        Span actualSum = Span.allocate(dtype, size);
        REFERENCE.learnedBackward(f, x, alpha, dy, expected, expectedSum, channels, 1);
        NATIVE.learnedBackward(f, x, alpha, dy, actual, actualSum, channels, 2);
        for (int i = 0; i < n; i++) {
            double tolerance = unit * Math.abs(dy.get(i));
            assertEquals(expected.get(i), actual.get(i), tolerance, "dx " + i);
        }
        // Terms of x/alpha and less.
        double largest = 0;
        for (int i = 0; i < n; i++) {
            largest = Math.max(largest, Math.abs(values[i] * dy.get(i)));
        }
        for (int c = 0; c < size; c++) {
            double tolerance = 2 * unit * n * largest / Math.abs(alpha.get(c));
            assertEquals(expectedSum.get(c), actualSum.get(c), tolerance, "channel " + c);
        }
    }

    @ParameterizedTest
    @MethodSource("channels")
    void theGradientOfPReluSlopesIsAsAccurateAsPromisedWithAnyThreads(
            Channels channels, DType dtype) {
        int n = (int) channels.elements();
        double[] x = Samples.normal(dtype, 11, n);
        double[] dy = Samples.normal(dtype, 12, n);
        Span alpha = direct(dtype, Samples.normal(dtype, 13, (int) channels.size()));
        double[] sums = new double[(int) channels.size()];
        double[] sizes = new double[sums.length];
        for (int i = 0; i < n; i++) {
            int c = (int) channels.parameterOf(i);
            double term = x[i] > 0 ? 0 : x[i] * dy[i];
            sums[c] += term;
            sizes[c] += Math.abs(term);
        }
        double[] dalpha =
                withAnyThreads(
                        dtype,
                        sums.length,
                        (out, threads) ->
                                NATIVE.learnedBackward(
                                        PRELU,
                                        direct(dtype, x),
                                        alpha,
                                        direct(dtype, dy),
                                        Span.allocate(dtype, n),
                                        out,
                                        channels,
                                        threads));
        everyPlace(
                dtype,
                x,
                data -> {
                    Span out = Span.allocate(dtype, sums.length);
                    NATIVE.learnedBackward(
                            PRELU,
                            data.span(),
                            alpha,
                            direct(dtype, dy),
                            data.span(),
                            out,
                            channels,
                            2);
                    assertBits(dalpha, 0, out, () -> data.span() + " backward");
                });
        for (int c = 0; c < sums.length; c++) {
            assertEquals(sums[c], dalpha[c], 4 * ulp(dtype, 1) * sizes[c], "channel " + c);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.rectifier.DType#arithmeticTypes")
    void theGradientOfAPReluSlopeIsNanIfOneOfItsElementsIs(DType dtype) {
        Span x = direct(dtype, -1, Double.NaN, -3, -4);
        Span dalpha = Span.allocate(dtype, 2);
        NATIVE.learnedBackward(
                PRELU,
                x,
                direct(dtype, 0.5, 0.5),
                direct(dtype, 1, 0, 1, 2),
                Span.allocate(dtype, 4),
                dalpha,
                Channels.of(Axis.of(0, 2, 2)),
                1);
        assertEquals(Double.NaN, dalpha.get(0));
        assertEquals(-11, dalpha.get(1));
    }

    static Stream<Arguments> rrelus() {
        return Stream.of(
                        new RRelu(),
                        RRelu.xu(3, 8),
                        RRelu.uniformSlope(0, 0),
                        RRelu.uniformSlope(-1, 1),
                        RRelu.xu(1e-3, 1e-3),
                        RRelu.uniformSlope(1, 1.0000000000000002))
                .flatMap(
                        f -> DType.arithmeticTypes().stream().map(dtype -> Arguments.of(f, dtype)));
    }

    @ParameterizedTest
    @MethodSource("rrelus")
    void rreluHasTheBitsOfTheReference(RRelu f, DType dtype) {
        for (int n :
                new int[] {
                    0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 127, 200, LARGE
                }) {
            double[] x = Samples.anything(dtype, 14, n);
            double[] dy = Samples.anything(dtype, 15, n);
            for (long first : new long[] {0, 1, 2, 3, 5, 1_000_003}) {
                RandomKey key = new RandomKey(-3, 9, first);
                Span expected = Span.allocate(dtype, n);
                REFERENCE.rreluForward(f, key, direct(dtype, x), expected, 1);
                double[] y = Memory.values(expected);
                REFERENCE.rreluBackward(f, key, direct(dtype, x), direct(dtype, dy), expected, 1);
                double[] dx = Memory.values(expected);
                everyPlace(
                        dtype,
                        x,
                        data -> {
                            NATIVE.rreluForward(f, key, data.span(), data.span(), 2);
                            assertBits(
                                    y, 0, data.span(), () -> data.span() + " forward from " + key);
                        });
                everyPlace(
                        dtype,
                        dy,
                        data -> {
                            NATIVE.rreluBackward(
                                    f, key, direct(dtype, x), data.span(), data.span(), 2);
                            assertBits(
                                    dx,
                                    0,
                                    data.span(),
                                    () -> data.span() + " backward from " + key);
                        });
                if (n > LONG) {
                    withAnyThreads(
                            dtype,
                            n,
                            (out, threads) ->
                                    NATIVE.rreluForward(f, key, direct(dtype, x), out, threads));
                    // One long run is enough for each direction: only the place differs from the
                    // short ones.
                    break;
                }
            }
        }
    }

    /**
     * For every element the sum of a term over the slice it belongs to, with Kahan's compensation.
     */
    private static double[] sliceSums(Axis axis, IntToDoubleFunction term) {
        double[] sums = new double[(int) axis.elements()];
        double[] excess = new double[sums.length];
        for (int i = 0; i < sums.length; i++) {
            int first = firstOfSlice(axis, i);
            double corrected = term.applyAsDouble(i) - excess[first];
            double sum = sums[first] + corrected;
            excess[first] = sum - sums[first] - corrected;
            sums[first] = sum;
        }
        return IntStream.range(0, sums.length)
                .mapToDouble(i -> sums[firstOfSlice(axis, i)])
                .toArray();
    }

    private static int firstOfSlice(Axis axis, int i) {
        return (int) (i - i / axis.inner() % axis.size() * axis.inner());
    }

    @ParameterizedTest
    @MethodSource("axes")
    void softmaxIsAsAccurateAsPromised(Axis axis, DType dtype) {
        int n = (int) axis.elements();
        double[] x =
                Arrays.stream(Samples.normal(dtype, 16, n)).map(v -> dtype.round(10 * v)).toArray();
        // Differences of floats are exact in double precision; the rest of x is too small to need
        // that.
        double[] rough = Arrays.stream(x).map(v -> (float) v).toArray();
        Span roughly = direct(DType.FLOAT64, rough);
        REFERENCE.axisForward(SOFTMAX, roughly, roughly, axis, 1);
        double[] parts =
                IntStream.range(0, n)
                        .mapToDouble(i -> roughly.get(i) * Math.exp(x[i] - rough[i]))
                        .toArray();
        double[] sums = sliceSums(axis, i -> parts[i]);
        double ulps = dtype == DType.FLOAT32 ? 4 : 4 + 2;
        double[] y =
                withAnyThreads(
                        dtype,
                        n,
                        (out, threads) ->
                                NATIVE.axisForward(SOFTMAX, direct(dtype, x), out, axis, threads));
        everyPlace(
                dtype,
                x,
                data -> {
                    NATIVE.axisForward(SOFTMAX, data.span(), data.span(), axis, 2);
                    assertBits(y, 0, data.span(), () -> data.span() + " forward");
                });
        for (int i = 0; i < n; i++) {
            int at = i;
            double expected = parts[i] / sums[i];
            assertEquals(
                    expected,
                    y[i],
                    ulps * ulp(dtype, expected),
                    () -> "softmax of x[" + at + "] = " + x[at]);
        }
    }

    @ParameterizedTest
    @MethodSource("axes")
    void theGradientOfSoftmaxIsAsAccurateAsPromised(Axis axis, DType dtype) {
        int n = (int) axis.elements();
        Span softmax = direct(dtype, Samples.normal(dtype, 17, n));
        REFERENCE.axisForward(SOFTMAX, softmax, softmax, axis, 1);
        double[] y = Memory.values(softmax);
        double[] dy = Samples.normal(dtype, 18, n);
        Span expected = Span.allocate(DType.FLOAT64, n);
        REFERENCE.axisBackward(
                SOFTMAX, 1, direct(DType.FLOAT64, y), direct(DType.FLOAT64, dy), expected, axis, 1);
        double[] dx =
                withAnyThreads(
                        dtype,
                        n,
                        (out, threads) ->
                                NATIVE.axisBackward(
                                        SOFTMAX,
                                        1,
                                        direct(dtype, y),
                                        direct(dtype, dy),
                                        out,
                                        axis,
                                        threads));
        everyPlace(
                dtype,
                dy,
                data -> {
                    NATIVE.axisBackward(
                            SOFTMAX, 1, direct(dtype, y), data.span(), data.span(), axis, 2);
                    assertBits(dx, 0, data.span(), () -> data.span() + " backward, dx is dy");
                });
        everyPlace(
                dtype,
                y,
                data -> {
                    NATIVE.axisBackward(
                            SOFTMAX, 1, data.span(), direct(dtype, dy), data.span(), axis, 2);
                    assertBits(dx, 0, data.span(), () -> data.span() + " backward, dx is y");
                });
        double[] sizes = sliceSums(axis, i -> Math.abs(y[i] * dy[i]));
        for (int i = 0; i < n; i++) {
            double tolerance = 4 * ulp(dtype, 1) * Math.abs(y[i]) * (Math.abs(dy[i]) + sizes[i]);
            int at = i;
            assertEquals(expected.get(i), dx[i], tolerance, () -> "element " + at);
        }
    }

    static Stream<Arguments> axisFunctions() {
        return Activation.definitions().stream()
                .map(definition -> definition.withDefaults())
                .filter(AxisFunction.class::isInstance)
                .flatMap(
                        f -> DType.arithmeticTypes().stream().map(dtype -> Arguments.of(f, dtype)));
    }

    @ParameterizedTest
    @MethodSource("axisFunctions")
    void everyAxisFunctionGivesWhatTheReferenceGives(AxisFunction f, DType dtype) {
        for (Axis axis :
                new Axis[] {Axis.of(1, 3, 5, 7), Axis.ofRows(64, 100), new Axis(4, 50, 70)}) {
            int n = (int) axis.elements();
            double[] x = Samples.normal(dtype, 31, n);
            double[] dy = Samples.normal(dtype, 32, n);
            Span expected = direct(dtype, x);
            REFERENCE.axisForward(f, expected, expected, axis, 1);
            double[] y =
                    withAnyThreads(
                            dtype,
                            n,
                            (out, threads) ->
                                    NATIVE.axisForward(f, direct(dtype, x), out, axis, threads));
            double unit = 4 * ulp(dtype, 1);
            for (int i = 0; i < n; i++) {
                double tolerance = unit * Math.max(1, Math.abs(expected.get(i)));
                assertEquals(expected.get(i), y[i], tolerance, f + " of " + axis);
            }
            everyPlace(
                    dtype,
                    x,
                    data -> {
                        NATIVE.axisForward(f, data.span(), data.span(), axis, 2);
                        assertBits(y, 0, data.span(), () -> f + " " + data.span());
                    });
            Span gradient = Span.allocate(dtype, n);
            REFERENCE.axisBackward(f, 0.5, direct(dtype, y), direct(dtype, dy), gradient, axis, 1);
            everyPlace(
                    dtype,
                    dy,
                    data -> {
                        NATIVE.axisBackward(
                                f, 0.5, direct(dtype, y), data.span(), data.span(), axis, 2);
                        for (int i = 0; i < n; i++) {
                            double tolerance = unit * axis.size();
                            assertEquals(
                                    gradient.get(i),
                                    data.span().get(i),
                                    tolerance,
                                    f + " backward");
                        }
                    });
        }
    }

    @ParameterizedTest
    @MethodSource("dev.rectifier.DType#arithmeticTypes")
    void gumbelLogitsHaveTheBitsOfTheReference(DType dtype) {
        double[] x = Samples.normal(dtype, 33, LONG + 1001);
        RandomKey key = new RandomKey(42, 7, 5);
        Span expected = direct(dtype, x);
        REFERENCE.gumbelLogits(0.3, key, expected, expected, 1);
        double[] y = Memory.values(expected);
        everyPlace(
                dtype,
                x,
                data -> {
                    NATIVE.gumbelLogits(0.3, key, data.span(), data.span(), 2);
                    assertBits(y, 0, data.span(), () -> "logits in " + data.span());
                });
    }

    @ParameterizedTest
    @MethodSource("dev.rectifier.DType#arithmeticTypes")
    void maskedSoftmaxGivesWhatTheReferenceGives(DType dtype) {
        long[] shape = {2, 3, 5, 17};
        int n = 2 * 3 * 5 * 17;
        // The plain formula rounds the difference to the maximum, which the exponential magnifies.
        double ulps = dtype == DType.FLOAT32 ? 8 : 40;
        double[] x = Samples.normal(dtype, 41, n);
        double[] mask = Samples.normal(dtype, 42, 2 * 5 * 17);
        for (int i = 0; i < mask.length; i += 3) {
            mask[i] = Double.NEGATIVE_INFINITY;
        }
        for (MaskedSoftmax f :
                List.of(
                        MaskedSoftmax.scaled(0.25),
                        MaskedSoftmax.scaled(-4).withCausal(0).withZeroRows(),
                        MaskedSoftmax.temperature(0.5).withCausal(6))) {
            for (Optional<Span> of :
                    List.of(Optional.of(direct(dtype, mask)), Optional.<Span>empty())) {
                Span y = Span.allocate(dtype, n);
                long[] strides = {5, 0, 1};
                REFERENCE.maskedSoftmax(f, direct(dtype, x), of, y, shape, strides, 1);
                everyPlace(
                        dtype,
                        x,
                        data -> {
                            NATIVE.maskedSoftmax(
                                    f, data.span(), of, data.span(), shape, strides, 2);
                            for (int i = 0; i < n; i++) {
                                double value = y.get(i);
                                assertClose(
                                        dtype,
                                        value,
                                        data.span().get(i),
                                        ulps * ulp(dtype, value),
                                        () -> "" + f);
                            }
                        });
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.rectifier.DType#arithmeticTypes")
    void concatenatedReluHasTheBitsOfTheReference(DType dtype) {
        Axis axis = new Axis(3, 5, 7);
        int n = (int) axis.elements();
        double[] x = Samples.normal(dtype, 45, n);
        x[0] = -0.0;
        x[1] = 0.0;
        x[2] = Double.NaN;
        x[3] = Double.NEGATIVE_INFINITY;
        Span dy = direct(dtype, Samples.normal(dtype, 46, 2 * n));
        Span y = Span.allocate(dtype, 2 * n);
        Span dx = Span.allocate(dtype, n);
        REFERENCE.concatenatedReluForward(direct(dtype, x), y, axis, 1);
        REFERENCE.concatenatedReluBackward(direct(dtype, x), dy, dx, axis, 1);
        everyPlace(
                dtype,
                x,
                data -> {
                    Span actual = Span.allocate(dtype, 2 * n);
                    NATIVE.concatenatedReluForward(data.span(), actual, axis, 2);
                    assertBits(Memory.values(y), 0, actual, () -> "forward");
                    NATIVE.concatenatedReluBackward(data.span(), dy, data.span(), axis, 2);
                    assertBits(Memory.values(dx), 0, data.span(), () -> "backward");
                });
    }

    @ParameterizedTest
    @MethodSource("dev.rectifier.DType#arithmeticTypes")
    void logSumExpAndCrossEntropyGiveWhatTheReferenceGives(DType dtype) {
        int rows = 40;
        int classes = 23;
        double[] x = Samples.normal(dtype, 43, rows * classes);
        double[] dy = Samples.normal(dtype, 44, rows);
        int[] labels = IntStream.range(0, rows).map(i -> i % 7 == 6 ? -5 : i % classes).toArray();
        Axis axis = new Axis(4, classes, 10);
        SoftmaxCrossEntropy f = new SoftmaxCrossEntropy(0.1, -5);
        Span sum = Span.allocate(dtype, rows);
        Span ofSum = Span.allocate(dtype, rows * classes);
        Span loss = Span.allocate(dtype, rows);
        Span ofLoss = Span.allocate(dtype, rows * classes);
        REFERENCE.logSumExp(direct(dtype, x), sum, axis, 1);
        REFERENCE.logSumExpBackward(direct(dtype, x), direct(dtype, dy), ofSum, axis, 1);
        REFERENCE.crossEntropy(
                f, direct(dtype, x), labels, 0.5, loss, Optional.of(ofLoss), classes, 1);
        everyPlace(
                dtype,
                x,
                data -> {
                    Span actual = Span.allocate(dtype, rows);
                    NATIVE.logSumExp(data.span(), actual, axis, 2);
                    assertAllClose(dtype, sum, actual);
                    NATIVE.logSumExpBackward(data.span(), direct(dtype, dy), data.span(), axis, 2);
                    assertAllClose(dtype, ofSum, data.span());
                });
        everyPlace(
                dtype,
                x,
                data -> {
                    Span actual = Span.allocate(dtype, rows);
                    NATIVE.crossEntropy(
                            f,
                            data.span(),
                            labels,
                            0.5,
                            actual,
                            Optional.of(data.span()),
                            classes,
                            2);
                    assertAllClose(dtype, loss, actual);
                    assertAllClose(dtype, ofLoss, data.span());
                });
    }

    private static void assertAllClose(DType dtype, Span expected, Span actual) {
        for (int i = 0; i < expected.length(); i++) {
            double value = expected.get(i);
            // A gradient may be a small difference of shares.
            double tolerance = 6 * ulp(dtype, Math.max(Math.abs(value), 0.03));
            int at = i;
            assertClose(dtype, value, actual.get(i), tolerance, () -> "element " + at);
        }
    }

    /** GLU with gates of all kinds, of which some are exact, and of either order. */
    static Stream<Arguments> gated() {
        return Stream.of(
                        new Glu(),
                        new Glu(Elementwise.sigmoid(), true, -1),
                        Glu.of(Elementwise.silu()),
                        Glu.gateFirst(Elementwise.geluTanh()),
                        Glu.of(Elementwise.relu()),
                        Glu.of(Elementwise.linear()),
                        Glu.gateFirst(Elementwise.softplus(0.3, 20)))
                .flatMap(
                        f -> DType.arithmeticTypes().stream().map(dtype -> Arguments.of(f, dtype)));
    }

    @ParameterizedTest
    @MethodSource("gated")
    void gatedUnitsGiveWhatTheReferenceGives(Glu f, DType dtype) {
        for (Axis axis :
                new Axis[] {
                    Axis.of(-1, 7, 34),
                    Axis.of(1, 3, 10, 7),
                    new Axis(2, 2, THOROUGH ? 40_000 : 5_000)
                }) {
            int n = (int) axis.elements();
            double[] x =
                    Arrays.stream(Samples.normal(dtype, 34, n))
                            .map(v -> dtype.round(10 * v))
                            .toArray();
            double[] dy = Samples.normal(dtype, 35, n / 2);
            Span y = Span.allocate(dtype, n / 2);
            REFERENCE.gluForward(f, direct(dtype, x), y, axis, 1);
            Span dx = Span.allocate(dtype, n);
            REFERENCE.gluBackward(f, direct(dtype, x), direct(dtype, dy), dx, axis, 1);
            double least = dtype == DType.FLOAT32 ? 0x1p-20 : 0x1p-49;
            everyPlace(
                    dtype,
                    x,
                    data -> {
                        Span actual = Span.allocate(dtype, n / 2);
                        NATIVE.gluForward(f, data.span(), actual, axis, 2);
                        for (int i = 0; i < n / 2; i++) {
                            double value = y.get(i);
                            double tolerance = 6 * ulp(dtype, value);
                            assertClose(dtype, value, actual.get(i), tolerance, () -> "" + f);
                        }
                        NATIVE.gluBackward(f, data.span(), direct(dtype, dy), data.span(), axis, 2);
                        for (int i = 0; i < n; i++) {
                            double value = dx.get(i);
                            // The derivative of the gate is as good as one of this size.
                            double size = Math.max(Math.abs(value), 100 * least);
                            double tolerance = 9 * ulp(dtype, size);
                            assertClose(dtype, value, data.span().get(i), tolerance, () -> f + "'");
                        }
                    });
        }
    }

    @ParameterizedTest
    @MethodSource("gated")
    void gatedUnitsOfTwoArraysAreThoseOfTheirHalves(Glu f, DType dtype) {
        int n = 5000;
        double[] a = Samples.anything(dtype, 36, n);
        double[] b = Samples.anything(dtype, 37, n);
        double[] dy = Samples.anything(dtype, 38, n);
        double[] halves = new double[2 * n];
        System.arraycopy(f.gateFirst() ? b : a, 0, halves, 0, n);
        System.arraycopy(f.gateFirst() ? a : b, 0, halves, n, n);
        Axis axis = new Axis(1, 2, n);
        for (Backend backend : List.of(NATIVE, REFERENCE)) {
            Span x = direct(dtype, halves);
            Span y = Span.allocate(dtype, n);
            Span dx = Span.allocate(dtype, 2 * n);
            backend.gluForward(f, x, y, axis, 1);
            backend.gluBackward(f, x, direct(dtype, dy), dx, axis, 1);
            Span da = dx.slice(f.gateFirst() ? n : 0, n);
            Span db = dx.slice(f.gateFirst() ? 0 : n, n);
            everyPlace(
                    dtype,
                    a,
                    data -> {
                        Span gates = direct(dtype, b);
                        Span above = direct(dtype, dy);
                        Span whole = Span.allocate(dtype, n);
                        backend.gatedForward(f.gate(), data.span(), gates, whole, 2);
                        assertBits(Memory.values(y), 0, whole, () -> "" + f);
                        backend.gatedBackward(
                                f.gate(), data.span(), gates, above, above, data.span(), 2);
                        assertBits(Memory.values(da), 0, above, () -> f + "' of the value");
                        assertBits(Memory.values(db), 0, data.span(), () -> f + "' of the gate");
                    });
        }
    }

    /** What every initializer draws for a dense layer, and distributions with extreme numbers. */
    static Stream<Arguments> fills() {
        Shape shape = Shape.keras(784, 100);
        Stream<Fill> named =
                Initializer.definitions().stream()
                        .flatMap(Samples::variations)
                        .flatMap(f -> f.fill(shape).stream())
                        .distinct();
        Stream<Fill> extreme =
                Stream.of(
                        new Fill(Distribution.UNIFORM, 1, 1 + 0x1p-23),
                        new Fill(Distribution.UNIFORM, 1, 1 + 0x1p-52),
                        new Fill(Distribution.UNIFORM, -1e-45, 0),
                        new Fill(Distribution.UNIFORM, -3e38, 3e38),
                        new Fill(Distribution.UNIFORM, 1e6, 1e6 + 0.1),
                        new Fill(Distribution.NORMAL, 1e6, 1e-3),
                        new Fill(Distribution.NORMAL, -2.5, 1e38),
                        new Fill(Distribution.TRUNCATED_NORMAL, 1, 1e-7),
                        new Fill(Distribution.TRUNCATED_NORMAL, 0, 1e-44));
        double infinity = Double.POSITIVE_INFINITY;
        Stream<Fill> bounded =
                Stream.of(
                                new double[] {0, 0.02, -2, 2},
                                new double[] {0.5, 0.25, -2, 0.75},
                                new double[] {0, 1, -infinity, infinity},
                                new double[] {0, 1, 8, 9},
                                new double[] {-1, 0.1, 0, infinity},
                                new double[] {3, 2, -infinity, -60},
                                new double[] {1e-3, 1, 30.001, 37.5},
                                new double[] {0, 1, -1e5 - 1e-3, -1e5},
                                new double[] {0, 1, 0, 1e-30},
                                new double[] {0, Double.MIN_VALUE, 1, 2},
                                new double[] {-1e300, 1, 1, 1.5},
                                new double[] {0, 1e300, -1e38, 3e38})
                        .map(b -> new Fill(Distribution.BOUNDED_NORMAL, b[0], b[1], b[2], b[3]));
        extreme = Stream.concat(extreme, bounded);
        return Stream.concat(named, extreme)
                .flatMap(
                        fill ->
                                DType.arithmeticTypes().stream()
                                        .map(dtype -> Arguments.of(fill, dtype)));
    }

    @ParameterizedTest
    @MethodSource("fills")
    void fillsHaveTheBitsOfTheReference(Fill fill, DType dtype) {
        int n = THOROUGH ? 100_003 : 20_003;
        for (long first : new long[] {0, 1, 2, 3, 5, 1_000_003}) {
            RandomKey key = new RandomKey(0x123456789abcdefL, 1L << 40 | 3, first);
            Span expected = Span.allocate(dtype, 71);
            REFERENCE.fill(fill, key, expected, 1);
            double[] values = Memory.values(expected);
            for (int length = 0; length <= 70; length++) {
                Place place = Place.values()[length % Place.values().length];
                Memory out = Memory.of(place, dtype, (int) (first % 5), length);
                NATIVE.fill(fill, key, out.span(), 1);
                assertBits(
                        values, 0, out.span(), () -> place + ", " + out.span() + " from " + first);
                out.assertGuardsAreUntouched();
            }
        }
        RandomKey key = new RandomKey(-1, Long.MIN_VALUE, 3);
        Span expected = Span.allocate(dtype, n);
        REFERENCE.fill(fill, key, expected, 1);
        double[] values = Memory.values(expected);
        double[] whole =
                withAnyThreads(dtype, n, (out, threads) -> NATIVE.fill(fill, key, out, threads));
        assertBits(values, 0, direct(dtype, whole), () -> "large");
        Memory heap = Memory.of(Place.ARRAY, dtype, 1, n);
        NATIVE.fill(fill, key, heap.span(), 2);
        assertBits(values, 0, heap.span(), () -> "large array");
        heap.assertGuardsAreUntouched();
        for (int start : new int[] {1, 2, 3, 4095, 4096, n - 12}) {
            Span part = Span.allocate(dtype, Math.min(1000, n - start));
            NATIVE.fill(fill, key.skip(start), part, 2);
            assertBits(values, start, part, () -> "part from " + start);
        }
    }

    static Stream<Arguments> matrices() {
        int[][] sizes = {{1, 1}, {1, 7}, {7, 1}, {2, 2}, {32, 33}, {65, 64}, {40, 150}, {150, 40}};
        return Arrays.stream(sizes)
                .flatMap(
                        s ->
                                DType.arithmeticTypes().stream()
                                        .map(d -> Arguments.of(s[0], s[1], d)));
    }

    @ParameterizedTest
    @MethodSource("matrices")
    void orthogonalMatricesHaveTheBitsOfTheReference(int rows, int columns, DType dtype) {
        int n = rows * columns;
        RandomKey key = new RandomKey(-1, Long.MIN_VALUE);
        Span expected = Span.allocate(dtype, n);
        REFERENCE.orthogonal(0.7, rows, columns, key, expected, 1);
        double[] values = Memory.values(expected);
        double[] whole =
                withAnyThreads(
                        dtype,
                        n,
                        (out, threads) -> NATIVE.orthogonal(0.7, rows, columns, key, out, threads));
        assertBits(values, 0, direct(dtype, whole), () -> "whole");
        for (int first : new int[] {0, n / 3, n - 1}) {
            for (Place place : Place.values()) {
                Memory part = Memory.of(place, dtype, 1, Math.min(50, n - first));
                NATIVE.orthogonal(0.7, rows, columns, key.skip(first), part.span(), 2);
                assertBits(values, first, part.span(), () -> place + " from " + first);
                part.assertGuardsAreUntouched();
                REFERENCE.orthogonal(0.7, rows, columns, key.skip(first), part.span(), 1);
                assertBits(values, first, part.span(), () -> "reference from " + first);
            }
        }
    }

    static Stream<Arguments> products() {
        int[][] sizes = {
            {0, 3, 4},
            {3, 0, 4},
            {3, 4, 0},
            {1, 1, 1},
            {2, 3, 4},
            {3, 5, 2},
            {4, 8, 6},
            {7, 13, 5},
            {33, 17, 65},
            {64, 784, 100},
            {301, 129, 257},
            {1, 1000, 10},
            {1000, 1, 3}
        };
        return Arrays.stream(sizes)
                .flatMap(
                        s ->
                                DType.arithmeticTypes().stream()
                                        .map(dtype -> Arguments.of(s[0], s[1], s[2], dtype)));
    }

    private static double[] sizes(double[] values) {
        return Arrays.stream(values).map(Math::abs).toArray();
    }

    private static void assertProduct(
            DType dtype, Span expected, Span sizes, double[] actual, String what) {
        double tolerance = dtype == DType.FLOAT32 ? 1e-5 : 1e-12;
        for (int i = 0; i < actual.length; i++) {
            int at = i;
            assertEquals(
                    expected.get(i),
                    actual[i],
                    tolerance * sizes.get(i),
                    () -> what + ", element " + at);
        }
    }

    @ParameterizedTest
    @MethodSource("products")
    void denseForwardIsAsAccurateAsPromised(int batch, int inputs, int units, DType dtype) {
        double[] x = Samples.normal(dtype, 19, batch * inputs);
        double[] w = Samples.normal(dtype, 20, inputs * units);
        double[] b = Samples.normal(dtype, 21, units);
        int n = batch * units;
        Span expected = Span.allocate(DType.FLOAT64, n);
        Span sizes = Span.allocate(DType.FLOAT64, n);
        REFERENCE.denseForward(
                Optional.empty(),
                Span.of(x),
                Span.of(w),
                Span.of(b),
                expected,
                expected,
                batch,
                inputs,
                units,
                1);
        REFERENCE.denseForward(
                Optional.empty(),
                Span.of(sizes(x)),
                Span.of(sizes(w)),
                Span.of(sizes(b)),
                sizes,
                sizes,
                batch,
                inputs,
                units,
                1);
        double[] z =
                withAnyThreads(
                        dtype,
                        n,
                        (out, threads) ->
                                NATIVE.denseForward(
                                        Optional.empty(),
                                        direct(dtype, x),
                                        direct(dtype, w),
                                        direct(dtype, b),
                                        out,
                                        out,
                                        batch,
                                        inputs,
                                        units,
                                        threads));
        assertProduct(dtype, expected, sizes, z, "z");
        for (Elementwise f :
                List.of(Elementwise.linear(), Elementwise.leakyRelu(0.2), Elementwise.tanh())) {
            Span activated = Span.allocate(dtype, n);
            NATIVE.forward(f, direct(dtype, z), activated, 1);
            double[] y = Memory.values(activated);
            for (Place place : Place.values()) {
                Memory zs = Memory.of(place, dtype, 1, n);
                Memory ys = Memory.of(place, dtype, 2, n);
                Span xs = Memory.of(place, dtype, 3, x, 0, x.length).span();
                Span ws = Memory.of(place, dtype, 4, w, 0, w.length).span();
                NATIVE.denseForward(
                        Optional.of(f),
                        xs,
                        ws,
                        direct(dtype, b),
                        zs.span(),
                        ys.span(),
                        batch,
                        inputs,
                        units,
                        2);
                assertBits(z, 0, zs.span(), () -> "z in " + place);
                assertBits(y, 0, ys.span(), () -> f + " of z in " + place);
                NATIVE.denseForward(
                        Optional.of(f),
                        xs,
                        ws,
                        direct(dtype, b),
                        zs.span(),
                        zs.span(),
                        batch,
                        inputs,
                        units,
                        2);
                assertBits(y, 0, zs.span(), () -> f + " in place of z in " + place);
                double[] packed = packed(w, inputs, units);
                Memory ps = Memory.of(place, dtype, 5, n);
                NATIVE.densePacked(
                        Optional.of(f),
                        xs,
                        Memory.of(place, dtype, 6, packed, 0, packed.length).span(),
                        direct(dtype, b),
                        ps.span(),
                        batch,
                        inputs,
                        units,
                        2);
                assertBits(y, 0, ps.span(), () -> f + " with packed weights in " + place);
                ps.assertGuardsAreUntouched();
                zs.assertGuardsAreUntouched();
                ys.assertGuardsAreUntouched();
            }
        }
    }

    private static double[] packed(double[] w, int inputs, int units) {
        double[] packed = new double[(int) DenseKernel.packedLength(inputs, units)];
        DenseKernel.pack(Span.of(w), Span.of(packed), inputs, units);
        return packed;
    }

    @ParameterizedTest
    @MethodSource("products")
    void packedWeightsOfEveryTypeAreThoseOfTheReference(
            int batch, int inputs, int units, DType dtype) {
        double[] x = Samples.normal(dtype, 22, batch * inputs);
        double[] b = Samples.normal(dtype, 24, units);
        for (DType type : DType.values()) {
            if (type != dtype && !(type.isHalf() && dtype == DType.FLOAT32)) {
                continue;
            }
            double[] w = Samples.normal(type, 23, inputs * units);
            double[] packed = packed(w, inputs, units);
            for (Elementwise f : List.of(Elementwise.linear(), Elementwise.relu())) {
                Span expected = Span.allocate(dtype, batch * units);
                NATIVE.denseForward(
                        Optional.of(f),
                        direct(dtype, x),
                        direct(dtype, w),
                        direct(dtype, b),
                        expected,
                        expected,
                        batch,
                        inputs,
                        units,
                        1);
                Span reference = Span.allocate(dtype, batch * units);
                Span unpacked = Span.allocate(dtype, batch * units);
                REFERENCE.densePacked(
                        Optional.of(f),
                        direct(dtype, x),
                        direct(type, packed),
                        direct(dtype, b),
                        reference,
                        batch,
                        inputs,
                        units,
                        1);
                REFERENCE.denseForward(
                        Optional.of(f),
                        direct(dtype, x),
                        direct(dtype, w),
                        direct(dtype, b),
                        unpacked,
                        unpacked,
                        batch,
                        inputs,
                        units,
                        1);
                assertBits(Memory.values(unpacked), 0, reference, () -> type + " reference");
                for (Place place : Place.values()) {
                    Memory ys = Memory.of(place, dtype, 1, batch * units);
                    NATIVE.densePacked(
                            Optional.of(f),
                            Memory.of(place, dtype, 2, x, 0, x.length).span(),
                            Memory.of(place, type, 3, packed, 0, packed.length).span(),
                            direct(dtype, b),
                            ys.span(),
                            batch,
                            inputs,
                            units,
                            1);
                    assertBits(Memory.values(expected), 0, ys.span(), () -> type + " in " + place);
                    ys.assertGuardsAreUntouched();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("products")
    void denseBackwardIsAsAccurateAsPromised(int batch, int inputs, int units, DType dtype) {
        double[] x = Samples.normal(dtype, 22, batch * inputs);
        double[] w = Samples.normal(dtype, 23, inputs * units);
        double[] dz = Samples.normal(dtype, 24, batch * units);
        int[] lengths = {x.length, w.length, units};
        Span[] expected = results(DType.FLOAT64, lengths);
        Span[] sizes = results(DType.FLOAT64, lengths);
        REFERENCE.denseBackward(
                Span.of(x),
                Span.of(w),
                Span.of(dz),
                Optional.of(expected[0]),
                expected[1],
                expected[2],
                batch,
                inputs,
                units,
                1);
        REFERENCE.denseBackward(
                Span.of(sizes(x)),
                Span.of(sizes(w)),
                Span.of(sizes(dz)),
                Optional.of(sizes[0]),
                sizes[1],
                sizes[2],
                batch,
                inputs,
                units,
                1);
        Span[] serial = results(dtype, lengths);
        NATIVE.denseBackward(
                direct(dtype, x),
                direct(dtype, w),
                direct(dtype, dz),
                Optional.of(serial[0]),
                serial[1],
                serial[2],
                batch,
                inputs,
                units,
                1);
        String[] names = {"dx", "dw", "db"};
        for (int i = 0; i < 3; i++) {
            assertProduct(dtype, expected[i], sizes[i], Memory.values(serial[i]), names[i]);
        }
        for (Place place : Place.values()) {
            for (int threads : THREADS) {
                Span xs = Memory.of(place, dtype, 1, x, 0, x.length).span();
                Span ws = Memory.of(place, dtype, 2, w, 0, w.length).span();
                Span dzs = Memory.of(place, dtype, 3, dz, 0, dz.length).span();
                List<Memory> out =
                        Arrays.stream(lengths)
                                .mapToObj(n -> Memory.of(place, dtype, 4, n))
                                .toList();
                boolean first = threads == 3;
                NATIVE.denseBackward(
                        xs,
                        ws,
                        dzs,
                        first ? Optional.empty() : Optional.of(out.get(0).span()),
                        out.get(1).span(),
                        out.get(2).span(),
                        batch,
                        inputs,
                        units,
                        threads);
                for (int i = first ? 1 : 0; i < 3; i++) {
                    String what = names[i] + " in " + place + " with " + threads + " threads";
                    assertBits(Memory.values(serial[i]), 0, out.get(i).span(), () -> what);
                    out.get(i).assertGuardsAreUntouched();
                }
            }
        }
    }

    private static Span[] results(DType dtype, int[] lengths) {
        return Arrays.stream(lengths).mapToObj(n -> Span.allocate(dtype, n)).toArray(Span[]::new);
    }
}
