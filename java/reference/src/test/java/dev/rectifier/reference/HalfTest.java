package dev.rectifier.reference;

import static java.util.stream.Collectors.toMap;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Rectifier;
import dev.rectifier.Span;
import dev.rectifier.spi.Backend;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every number of the types of 16 bits through every elementwise activation of both backends. */
class HalfTest {
    private static final Backend NATIVE = Rectifier.backend();
    private static final Backend REFERENCE = new ReferenceBackend();
    private static final int N = 1 << 16;

    static Stream<Arguments> halves() {
        return Samples.elementwise()
                .flatMap(
                        f ->
                                Stream.of(DType.values())
                                        .filter(DType::isHalf)
                                        .map(dtype -> Arguments.of(f, dtype)));
    }

    static Stream<Arguments> halvesWithFromOutput() {
        return halves().filter(a -> ((Elementwise) a.get()[0]).hasFromOutput());
    }

    /** Numbers of 16 bits, and the same as floats; nobody changes them. */
    private record Given(Span halves, Span floats) {
        static Given of(Span halves) {
            Span floats = Span.of(new float[N]);
            for (int i = 0; i < N; i++) {
                floats.set(i, halves.get(i));
            }
            return new Given(halves, floats);
        }
    }

    private static final Map<DType, Given> EVERY =
            byType(dtype -> Given.of(Span.of(dtype, Samples.everyHalf())));

    /** What a gradient can meet: the same for every number, and each number for another. */
    private static final Map<DType, List<Given>> GRADIENTS =
            byType(
                    dtype ->
                            List.of(
                                    Given.of(filled(dtype, Double.POSITIVE_INFINITY)),
                                    Given.of(shuffled(dtype))));

    private static <T> Map<DType, T> byType(Function<DType, T> made) {
        return Stream.of(DType.values()).filter(DType::isHalf).collect(toMap(d -> d, made));
    }

    private static Span shuffled(DType dtype) {
        short[] shuffled = Samples.everyHalf();
        SplittableRandom random = new SplittableRandom(1);
        for (int i = N - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            short bits = shuffled[i];
            shuffled[i] = shuffled[other];
            shuffled[other] = bits;
        }
        return Span.of(dtype, shuffled);
    }

    private static Span filled(DType dtype, double value) {
        Span span = zeros(dtype);
        for (int i = 0; i < N; i++) {
            span.set(i, value);
        }
        return span;
    }

    private static Span zeros(DType dtype) {
        return Span.of(dtype, new short[N]);
    }

    private static void assertRounded(Span floats, Span halves, Supplier<String> what) {
        DType dtype = halves.dtype();
        for (int i = 0; i < N; i++) {
            double expected = dtype.round(floats.get(i));
            if (Double.doubleToLongBits(expected) != Double.doubleToLongBits(halves.get(i))) {
                assertEquals(expected, halves.get(i), what.get() + ", input " + i);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("halves")
    @Tag("thorough")
    void forwardIsThatOfFloatRounded(Elementwise f, DType dtype) {
        Given x = EVERY.get(dtype);
        for (Backend backend : List.of(NATIVE, REFERENCE)) {
            Span floats = Span.of(new float[N]);
            backend.forward(f, x.floats, floats, 1);
            Span y = zeros(dtype);
            backend.forward(f, x.halves, y, 1);
            assertRounded(floats, y, backend::name);
        }
    }

    @ParameterizedTest
    @MethodSource("halves")
    @Tag("thorough")
    void backwardIsThatOfFloatRounded(Elementwise f, DType dtype) {
        Given x = EVERY.get(dtype);
        for (Backend backend : List.of(NATIVE, REFERENCE)) {
            for (Given dy : GRADIENTS.get(dtype)) {
                Span floats = Span.of(new float[N]);
                backend.backward(f, x.floats, dy.floats, floats, 1);
                Span dx = zeros(dtype);
                backend.backward(f, x.halves, dy.halves, dx, 1);
                assertRounded(floats, dx, () -> backend.name() + ", dy " + dy.floats.get(0));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("halvesWithFromOutput")
    @Tag("thorough")
    void backwardFromTheOutputIsThatOfFloatRounded(Elementwise f, DType dtype) {
        Given y = EVERY.get(dtype);
        for (Backend backend : List.of(NATIVE, REFERENCE)) {
            for (Given dy : GRADIENTS.get(dtype)) {
                Span floats = Span.of(new float[N]);
                backend.backwardFromOutput(f, y.floats, dy.floats, floats, 1);
                Span dx = zeros(dtype);
                backend.backwardFromOutput(f, y.halves, dy.halves, dx, 1);
                assertRounded(floats, dx, () -> backend.name() + ", dy " + dy.floats.get(0));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("halves")
    void bothBackendsAgreeToAUnit(Elementwise f, DType dtype) {
        Span x = EVERY.get(dtype).halves;
        Span expected = zeros(dtype);
        REFERENCE.forward(f, x, expected, 1);
        Span actual = zeros(dtype);
        NATIVE.forward(f, x, actual, 1);
        assertNeighbours(expected, actual, 0);
        Span one = filled(dtype, 1);
        REFERENCE.backward(f, x, one, expected, 1);
        NATIVE.backward(f, x, one, actual, 1);
        // What is promised of derivatives.
        assertNeighbours(expected, actual, 2 * Math.ulp(0x1p-20f));
    }

    /**
     * Where floats that differ a little round to different numbers, they are next to each other.
     */
    private static void assertNeighbours(Span expected, Span actual, double smallest) {
        for (int i = 0; i < N; i++) {
            double e = expected.get(i);
            double a = actual.get(i);
            int units = Math.abs(((short[]) expected.owner())[i] - ((short[]) actual.owner())[i]);
            boolean close = units <= 1 || Math.abs(e - a) <= smallest;
            if (!close && !(Double.isNaN(e) && Double.isNaN(a))) {
                fail(expected.dtype() + " number " + i + ": expected " + e + ", was " + a);
            }
        }
    }
}
