package dev.rectifier.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Rectifier;
import dev.rectifier.Span;
import dev.rectifier.spi.Backend;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;
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

    private static Span every(DType dtype) {
        return Span.of(dtype, Samples.everyHalf());
    }

    /** What a gradient can meet: the same for every number, and each number for another. */
    private static List<Span> gradients(DType dtype) {
        short[] shuffled = Samples.everyHalf();
        SplittableRandom random = new SplittableRandom(1);
        for (int i = N - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            short bits = shuffled[i];
            shuffled[i] = shuffled[other];
            shuffled[other] = bits;
        }
        return List.of(filled(dtype, Double.POSITIVE_INFINITY), Span.of(dtype, shuffled));
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

    private static Span widened(Span halves) {
        Span floats = Span.of(new float[N]);
        for (int i = 0; i < N; i++) {
            floats.set(i, halves.get(i));
        }
        return floats;
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
    void forwardIsThatOfFloatRounded(Elementwise f, DType dtype) {
        Span x = every(dtype);
        for (Backend backend : List.of(NATIVE, REFERENCE)) {
            Span floats = Span.of(new float[N]);
            backend.forward(f, widened(x), floats, 1);
            Span y = zeros(dtype);
            backend.forward(f, x, y, 1);
            assertRounded(floats, y, backend::name);
        }
    }

    @ParameterizedTest
    @MethodSource("halves")
    void backwardIsThatOfFloatRounded(Elementwise f, DType dtype) {
        Span x = every(dtype);
        for (Backend backend : List.of(NATIVE, REFERENCE)) {
            for (Span dy : gradients(dtype)) {
                Span floats = Span.of(new float[N]);
                backend.backward(f, widened(x), widened(dy), floats, 1);
                Span dx = zeros(dtype);
                backend.backward(f, x, dy, dx, 1);
                assertRounded(floats, dx, () -> backend.name() + ", dy " + dy.get(0));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("halvesWithFromOutput")
    void backwardFromTheOutputIsThatOfFloatRounded(Elementwise f, DType dtype) {
        Span y = every(dtype);
        for (Backend backend : List.of(NATIVE, REFERENCE)) {
            for (Span dy : gradients(dtype)) {
                Span floats = Span.of(new float[N]);
                backend.backwardFromOutput(f, widened(y), widened(dy), floats, 1);
                Span dx = zeros(dtype);
                backend.backwardFromOutput(f, y, dy, dx, 1);
                assertRounded(floats, dx, () -> backend.name() + ", dy " + dy.get(0));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("halves")
    void bothBackendsAgreeToAUnit(Elementwise f, DType dtype) {
        Span x = every(dtype);
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
