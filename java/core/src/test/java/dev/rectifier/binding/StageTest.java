package dev.rectifier.binding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.Axis;
import dev.rectifier.AxisFunction;
import dev.rectifier.ConcatenatedRelu;
import dev.rectifier.DType;
import dev.rectifier.DenseKernel;
import dev.rectifier.Elementwise;
import dev.rectifier.Glu;
import dev.rectifier.GumbelSoftmax;
import dev.rectifier.Initializer;
import dev.rectifier.Learned;
import dev.rectifier.LearnedSwish;
import dev.rectifier.LogSumExp;
import dev.rectifier.Mask;
import dev.rectifier.MaskedSoftmax;
import dev.rectifier.PRelu;
import dev.rectifier.RRelu;
import dev.rectifier.RandomKey;
import dev.rectifier.Shape;
import dev.rectifier.Span;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is on the heap goes off-heap in pieces, which give the bits of a call without a detour. */
class StageTest {
    private static final RandomKey KEY = new RandomKey(3, 1, 5);
    private static final boolean THOROUGH = Boolean.getBoolean("test.thorough");

    /** A function on spans, of which the last are written. */
    private record Call(String name, int[] lengths, int written, Body body) {
        @Override
        public String toString() {
            return name + Arrays.toString(lengths);
        }
    }

    @FunctionalInterface
    private interface Body {
        void run(Span[] spans);
    }

    private static Call call(String name, int written, Body body, long... lengths) {
        return new Call(
                name, Arrays.stream(lengths).mapToInt(Math::toIntExact).toArray(), written, body);
    }

    /** Pieces of whole slices, of rows and of one slice, longer ones than a piece, and none. */
    private static final List<Axis> AXES =
            List.of(
                    new Axis(1, 1, 50_000),
                    new Axis(5, 1, 9_000),
                    new Axis(2, 300, 90),
                    new Axis(700, 33, 1),
                    new Axis(3, 5_000, 7),
                    new Axis(1, 9_000, 3),
                    new Axis(1, 20_001, 1),
                    new Axis(2, 3, 13_000),
                    new Axis(30, 4, 333),
                    new Axis(2, 40, 0),
                    new Axis(0, 3, 4));

    static Stream<Arguments> calls() {
        Stream<Call> along = AXES.stream().flatMap(StageTest::callsAlong);
        return Stream.concat(along, otherCalls())
                .flatMap(
                        call ->
                                DType.arithmeticTypes().stream()
                                        .map(dtype -> Arguments.of(call, dtype)));
    }

    private static Stream<Call> callsAlong(Axis axis) {
        long n = axis.elements();
        long size = axis.size();
        Axis even = new Axis(axis.outer(), 2 * size, axis.inner());
        AxisFunction softmax = AxisFunction.softmax();
        AxisFunction hardmax = AxisFunction.hardmax();
        MaskedSoftmax causal = MaskedSoftmax.scaled(0.3).withCausal(1);
        Glu swiGlu = Glu.of(Elementwise.silu());
        Learned prelu = new PRelu();
        Learned swish = new LearnedSwish();
        return Stream.of(
                call("softmax", 1, s -> softmax.forward(s[0], s[1], axis), n, n),
                call("hardmax", 1, s -> hardmax.forward(s[0], s[1], axis), n, n),
                call("softmax'", 1, s -> softmax.backward(s[0], s[1], s[2], axis), n, n, n),
                call("prelu", 1, s -> prelu.forward(s[0], s[1], s[2], axis), n, size, n),
                call("swish", 1, s -> swish.forward(s[0], s[1], s[2], axis), n, size, n),
                call(
                        "swish'",
                        2,
                        s -> swish.backward(s[0], s[1], s[2], s[3], s[4], axis),
                        n,
                        size,
                        n,
                        n,
                        size),
                call("glu", 1, s -> new Glu().forward(s[0], s[1], even), 2 * n, n),
                call("glu'", 1, s -> new Glu().backward(s[0], s[1], s[2], even), 2 * n, n, 2 * n),
                call("crelu", 1, s -> new ConcatenatedRelu().forward(s[0], s[1], axis), n, 2 * n),
                call(
                        "crelu'",
                        1,
                        s -> new ConcatenatedRelu().backward(s[0], s[1], s[2], axis),
                        n,
                        2 * n,
                        n),
                call(
                        "swiGlu",
                        1,
                        s -> Glu.gateFirst(Elementwise.silu()).forward(s[0], s[1], even),
                        2 * n,
                        n),
                call(
                        "swiGlu'",
                        1,
                        s -> Glu.of(Elementwise.silu()).backward(s[0], s[1], s[2], even),
                        2 * n,
                        n,
                        2 * n),
                call("swiGlu of two", 1, s -> swiGlu.forward(s[0], s[1], s[2]), n, n, n),
                call(
                        "swiGlu' of two",
                        2,
                        s -> swiGlu.backward(s[0], s[1], s[2], s[3], s[4]),
                        n,
                        n,
                        n,
                        n,
                        n),
                call("logSumExp", 1, s -> LogSumExp.forward(s[0], s[1], axis), n, n / size),
                call(
                        "logSumExp'",
                        1,
                        s -> LogSumExp.backward(s[0], s[1], s[2], axis),
                        n,
                        n / size,
                        n),
                call(
                        "masked softmax",
                        1,
                        s ->
                                causal.forward(
                                        s[0],
                                        Optional.of(Mask.of(s[1], size)),
                                        s[2],
                                        n / size,
                                        size),
                        n,
                        size,
                        n),
                call(
                        "gumbelSoftmax",
                        2,
                        s ->
                                new GumbelSoftmax(1, true, -1)
                                        .forward(KEY, s[0], s[1], Optional.of(s[2]), axis),
                        n,
                        n,
                        n));
    }

    private static Stream<Call> otherCalls() {
        Elementwise elu = Elementwise.elu();
        RRelu rrelu = new RRelu();
        Initializer normal = Initializer.randomNormal(0, 1, 7);
        Initializer orthogonal = Initializer.orthogonal(1, 7);
        Optional<Elementwise> relu = Optional.of(Elementwise.relu());
        long n = 50_000;
        return Stream.of(
                call("elu", 1, s -> elu.forward(s[0], s[1]), n, n),
                call("elu'", 1, s -> elu.backward(s[0], s[1], s[2]), n, n, n),
                call("elu'y", 1, s -> elu.fromOutput().backward(s[0], s[1], s[2]), n, n, n),
                call("rrelu", 1, s -> rrelu.forward(KEY, s[0], s[1]), n, n),
                call("rrelu'", 1, s -> rrelu.backward(KEY, s[0], s[1], s[2]), n, n, n),
                call("normal", 1, s -> normal.initialize(Shape.keras(n), s[0]), n),
                call("orthogonal", 1, s -> orthogonal.initialize(Shape.keras(90, 70), s[0]), 6300),
                call(
                        "dense",
                        2,
                        s -> DenseKernel.forward(relu, s[0], s[1], s[2], s[3], s[4], 300, 60, 50),
                        300 * 60,
                        60 * 50,
                        50,
                        300 * 50,
                        300 * 50),
                call(
                        "packed dense",
                        1,
                        s -> DenseKernel.forwardPacked(relu, s[0], s[1], s[2], s[3], 300, 60, 50),
                        300 * 60,
                        60 * 64,
                        50,
                        300 * 50),
                call(
                        "dense'",
                        3,
                        s ->
                                DenseKernel.backward(
                                        s[0],
                                        s[1],
                                        s[2],
                                        Optional.of(s[3]),
                                        s[4],
                                        s[5],
                                        300,
                                        60,
                                        50),
                        300 * 60,
                        60 * 50,
                        300 * 50,
                        300 * 60,
                        60 * 50,
                        50));
    }

    @ParameterizedTest
    @MethodSource("calls")
    void anyMixtureOfMemoryGivesTheSameBits(Call call, DType dtype) {
        int count = call.lengths.length;
        RandomGenerator random = new Random(call.name.hashCode());
        double[][] sources =
                Arrays.stream(call.lengths, 0, count - call.written)
                        .mapToObj(n -> random.doubles(n, -3, 3).toArray())
                        .toArray(double[][]::new);
        double[][] expected = run(call, dtype, sources, i -> Place.DIRECT);
        for (Place place : new Place[] {Place.ARRAY, Place.VIEW}) {
            assertBits(expected, run(call, dtype, sources, i -> place), call + ", all in " + place);
            // Each of them alone, and all others, in the thorough run.
            for (int one = 0; THOROUGH && one < count; one++) {
                int k = one;
                assertBits(
                        expected,
                        run(call, dtype, sources, i -> i == k ? place : Place.DIRECT),
                        call + ", number " + k + " in " + place);
                assertBits(
                        expected,
                        run(call, dtype, sources, i -> i == k ? Place.DIRECT : place),
                        call + ", all but number " + k + " in " + place);
            }
        }
    }

    private enum Place {
        ARRAY,
        VIEW,
        DIRECT
    }

    /** What the call writes, with something around it that it doesn't. */
    private static double[][] run(
            Call call, DType dtype, double[][] sources, IntFunction<Place> places) {
        int count = call.lengths.length;
        Span[] whole = new Span[count];
        Span[] spans = new Span[count];
        for (int i = 0; i < count; i++) {
            int n = call.lengths[i];
            whole[i] = allocate(places.apply(i), dtype, n + 4);
            spans[i] = whole[i].slice(3, n);
            for (int k = 0; k < n && i < sources.length; k++) {
                spans[i].set(k, sources[i][k]);
            }
            whole[i].set(2, 77);
            whole[i].set(n + 3, 78);
        }
        call.body.run(spans);
        for (int i = 0; i < count; i++) {
            assertEquals(77, whole[i].get(2));
            assertEquals(78, whole[i].get(call.lengths[i] + 3));
        }
        return IntStream.range(count - call.written, count)
                .mapToObj(i -> values(spans[i]))
                .toArray(double[][]::new);
    }

    private static Span allocate(Place place, DType dtype, int n) {
        boolean isFloat = dtype == DType.FLOAT32;
        return switch (place) {
            case DIRECT -> Span.allocate(dtype, n);
            case ARRAY -> isFloat ? Span.of(new float[n]) : Span.of(new double[n]);
            case VIEW ->
                    isFloat
                            ? Span.of(
                                    ByteBuffer.allocate(n * Float.BYTES)
                                            .order(ByteOrder.nativeOrder())
                                            .asFloatBuffer())
                            : Span.of(
                                    ByteBuffer.allocate(n * Double.BYTES)
                                            .order(ByteOrder.nativeOrder())
                                            .asDoubleBuffer());
        };
    }

    private static double[] values(Span span) {
        double[] values = new double[(int) span.length()];
        Arrays.setAll(values, span::get);
        return values;
    }

    private static void assertBits(double[][] expected, double[][] actual, String what) {
        for (int i = 0; i < expected.length; i++) {
            int at = Arrays.mismatch(expected[i], actual[i]);
            int k = i;
            assertTrue(at < 0, () -> what + ", destination " + k + " from element " + at + " on");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ARRAY", "VIEW"})
    void inPlaceGivesTheSameBits(Place place) {
        for (Axis axis : AXES) {
            int n = (int) axis.elements();
            Span direct = allocate(Place.DIRECT, DType.FLOAT32, n);
            Span heap = allocate(place, DType.FLOAT32, n);
            for (int i = 0; i < n; i++) {
                direct.set(i, Math.sin(i));
                heap.set(i, Math.sin(i));
            }
            for (Span span : new Span[] {direct, heap}) {
                AxisFunction.sparsemax().forward(span, span, axis);
                AxisFunction.logSoftmax().backward(span, span, span, axis);
                new RRelu().forward(KEY, span, span);
                Elementwise.gelu().backward(span, span, span);
            }
            int at = Arrays.mismatch(values(direct), values(heap));
            assertTrue(at < 0, () -> axis + ", from element " + at + " on");
        }
    }
}
