package dev.rectifier.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.Activation;
import dev.rectifier.Axis;
import dev.rectifier.AxisFunction;
import dev.rectifier.Channels;
import dev.rectifier.ConcatenatedRelu;
import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Fill;
import dev.rectifier.Fill.Distribution;
import dev.rectifier.Glu;
import dev.rectifier.GumbelSoftmax;
import dev.rectifier.Learned;
import dev.rectifier.PRelu;
import dev.rectifier.Parameter;
import dev.rectifier.RRelu;
import dev.rectifier.RandomKey;
import dev.rectifier.Span;
import dev.rectifier.spi.Backend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReferenceBackendTest {
    private static final Backend BACKEND = new ReferenceBackend();
    private static final Axis AXIS = Axis.of(1, 3, 4, 2);
    private static final Channels CHANNELS = Channels.of(AXIS);
    private static final RandomKey KEY = new RandomKey(42, 1, 7);

    static Stream<Activation> everyActivation() {
        return Activation.definitions().stream()
                .flatMap(Samples::variations)
                .filter(
                        f ->
                                !(f instanceof Glu
                                        || f instanceof ConcatenatedRelu
                                        || f instanceof GumbelSoftmax));
    }

    /** Forward and backward in double precision for any kind of activation. */
    private static double[] forward(Activation f, double[] x, double[] alpha) {
        Span y = Span.of(x.clone());
        if (f instanceof Elementwise elementwise) {
            BACKEND.forward(elementwise, y, y, 1);
        } else if (f instanceof Learned learned) {
            BACKEND.learnedForward(learned, y, Span.of(alpha), y, CHANNELS, 1);
        } else if (f instanceof RRelu rrelu) {
            BACKEND.rreluForward(rrelu, KEY, y, y, 1);
        } else {
            BACKEND.axisForward((AxisFunction) f, y, y, AXIS, 1);
        }
        return Memory.values(y);
    }

    private static double[] backward(
            Activation f, double[] x, double[] dy, double[] alpha, double[] dalpha) {
        Span dx = Span.of(dy.clone());
        if (f instanceof Elementwise elementwise) {
            BACKEND.backward(elementwise, Span.of(x), dx, dx, 1);
        } else if (f instanceof Learned learned) {
            BACKEND.learnedBackward(
                    learned, Span.of(x), Span.of(alpha), dx, dx, Span.of(dalpha), CHANNELS, 1);
        } else if (f instanceof RRelu rrelu) {
            BACKEND.rreluBackward(rrelu, KEY, Span.of(x), dx, dx, 1);
        } else {
            BACKEND.axisBackward(
                    (AxisFunction) f, 1, Span.of(forward(f, x, alpha)), dx, dx, AXIS, 1);
        }
        return Memory.values(dx);
    }

    private static double dot(double[] a, double[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
    }

    private static double[] moved(double[] x, int i, double by) {
        double[] moved = x.clone();
        moved[i] += by;
        return moved;
    }

    /** How w·f(x) changes with x[i], by a central difference. */
    private static double slope(Activation f, double[] x, double[] alpha, double[] w, int i) {
        double h = 1e-5;
        return (dot(forward(f, moved(x, i, h), alpha), w)
                        - dot(forward(f, moved(x, i, -h), alpha), w))
                / (2 * h);
    }

    @ParameterizedTest
    @MethodSource("everyActivation")
    void gradientsAreThoseOfFiniteDifferences(Activation f) {
        double[] alpha = {0.25, -0.5, 0, 2};
        double[] x = Samples.normal(DType.FLOAT64, 5, (int) AXIS.elements());
        double[] w = Samples.normal(DType.FLOAT64, 6, x.length);
        double[] dalpha = new double[alpha.length];
        double[] dx = backward(f, x, w, alpha, dalpha);
        // What rounding does to a difference of large values.
        double largest = Arrays.stream(forward(f, x, alpha)).map(Math::abs).max().orElseThrow();
        double tolerance = 1e-8 * Math.max(1, largest / 50);
        for (int i = 0; i < x.length; i++) {
            int at = i;
            assertEquals(slope(f, x, alpha, w, i), dx[i], tolerance, () -> f + " at " + x[at]);
        }
    }

    @Test
    void theGradientOfPReluSlopesIsThatOfFiniteDifferences() {
        Activation f = new PRelu();
        double[] alpha = {0.25, -0.5, 0, 2};
        double[] x = Samples.normal(DType.FLOAT64, 5, (int) AXIS.elements());
        double[] w = Samples.normal(DType.FLOAT64, 6, x.length);
        double[] dalpha = new double[alpha.length];
        backward(f, x, w, alpha, dalpha);
        for (int c = 0; c < alpha.length; c++) {
            double h = 1e-3;
            double difference =
                    dot(forward(f, x, moved(alpha, c, h)), w)
                            - dot(forward(f, x, moved(alpha, c, -h)), w);
            assertEquals(difference / (2 * h), dalpha[c], 1e-9, "alpha " + c);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.rectifier.DType#arithmeticTypes")
    void theDerivativeIsRoundedBeforeItIsMultiplied(DType dtype) {
        double third = dtype.round(1.0 / 3);
        Span dx = Memory.direct(dtype, third);
        BACKEND.backward(Elementwise.leakyRelu(0.1), Memory.direct(dtype, -1), dx, dx, 1);
        assertEquals(dtype.round(dtype.round(0.1) * third), dx.get(0));
    }

    @ParameterizedTest
    @MethodSource("dev.rectifier.DType#arithmeticTypes")
    void rreluDrawsOneSlopePerElementWithinTheBounds(DType dtype) {
        double[] x = new double[1000];
        Arrays.fill(x, -1);
        Span drawn = Memory.direct(dtype, x);
        Span divided = Memory.direct(dtype, x);
        BACKEND.rreluForward(new RRelu(), KEY, drawn, drawn, 1);
        BACKEND.rreluForward(RRelu.xu(3, 8), KEY, divided, divided, 1);
        double[] slopes = Arrays.stream(Memory.values(drawn)).map(y -> -y).toArray();
        double[] reciprocals = Arrays.stream(Memory.values(divided)).map(y -> -1 / y).toArray();
        assertTrue(Arrays.stream(slopes).allMatch(s -> s >= 1.0 / 8 && s < 1.0 / 3 + 1e-7));
        assertTrue(Arrays.stream(reciprocals).allMatch(a -> a > 3 - 1e-6 && a < 8 + 1e-6));
        assertEquals(11.0 / 48, Arrays.stream(slopes).average().orElseThrow(), 0.006);
        assertEquals(5.5, Arrays.stream(reciprocals).average().orElseThrow(), 0.15);
        // Equal words are expected once in 2^24 pairs of floats: 0.03 times among 1000.
        assertEquals(1000, Arrays.stream(slopes).distinct().count());
    }

    @Test
    void productsOfADenseLayerAreThoseWorkedOutByHand() {
        Span x = Span.of(new double[] {1, 2, 3, 4});
        Span w = Span.of(new double[] {1, -2, 0, -1, 1, 2});
        Span z = Span.of(new double[6]);
        Span y = Span.of(new double[6]);
        BACKEND.denseForward(
                Optional.of(Elementwise.relu()),
                x,
                w,
                Span.of(new double[] {0.5, 0, -5}),
                z,
                y,
                2,
                2,
                3,
                1);
        assertArrayEquals(new double[] {-0.5, 0, -1, -0.5, -2, 3}, Memory.values(z));
        assertArrayEquals(new double[] {0, 0, 0, 0, 0, 3}, Memory.values(y));
        Span dz = Span.of(new double[] {1, 0, 2, -1, 3, 0});
        Span dx = Span.of(new double[4]);
        Span dw = Span.of(new double[6]);
        Span db = Span.of(new double[3]);
        BACKEND.denseBackward(x, w, dz, Optional.of(dx), dw, db, 2, 2, 3, 1);
        assertArrayEquals(new double[] {1, 3, -7, 4}, Memory.values(dx));
        assertArrayEquals(new double[] {-2, 9, 2, -2, 12, 4}, Memory.values(dw));
        assertArrayEquals(new double[] {0, 3, 2}, Memory.values(db));
    }

    @Test
    void softmaxIsTheOneWorkedOutByHandAlongAnyAxis() {
        Span y = Span.of(new double[] {0, Math.log(3), Math.log(2), 0});
        BACKEND.axisForward(AxisFunction.softmax(), y, y, new Axis(1, 2, 2), 1);
        assertArrayEquals(new double[] {1.0 / 3, 0.75, 2.0 / 3, 0.25}, Memory.values(y), 1e-15);
    }

    @Test
    void slicesAlongAnAxisDoNotOverflow() {
        Span y = Span.of(new float[] {3e38f, 3e38f, -3e38f});
        BACKEND.axisForward(AxisFunction.softmax(), y, y, Axis.ofRows(1, 3), 1);
        assertArrayEquals(new double[] {0.5, 0.5, 0}, Memory.values(y));
    }

    /** The table that the native test reads, too. */
    private static final Path KNOWN_ANSWERS = Path.of("../../native/test/known_answers.txt");

    private static Stream<String> knownAnswers() throws IOException {
        return Files.readAllLines(KNOWN_ANSWERS).stream().filter(line -> !line.startsWith("#"));
    }

    /**
     * Guards the sequence across versions: a change of any bit would change the weights of
     * everybody's models.
     */
    @ParameterizedTest
    @MethodSource("knownAnswers")
    void theValuesOfASeedAreFrozen(String line) {
        String[] word = line.split(" ");
        boolean wide = word[1].equals("float64");
        int n = Integer.parseInt(word[7]);
        RandomKey key =
                new RandomKey(
                        Long.parseLong(word[4]), Long.parseLong(word[5]), Long.parseLong(word[6]));
        Span out = Span.allocate(DType.valueOf(word[1].toUpperCase(Locale.ROOT)), n);
        String[] law = word[0].split("[(,)]");
        Fill fill =
                new Fill(
                        Distribution.valueOf(law[0].toUpperCase(Locale.ROOT)),
                        Double.parseDouble(word[2]),
                        Double.parseDouble(word[3]),
                        law.length == 1 ? -1 : Parameter.parseNumber(law[1]),
                        law.length == 1 ? 1 : Parameter.parseNumber(law[2]));
        BACKEND.fill(fill, key, out, 1);
        double[] values = Memory.values(out);
        // Fowler, Noll and Vo's hash 1a, of little-endian bytes.
        long hash = 0xcbf29ce484222325L;
        List<String> bits = new ArrayList<>();
        for (double value : values) {
            long raw =
                    wide
                            ? Double.doubleToRawLongBits(value)
                            : Integer.toUnsignedLong(Float.floatToRawIntBits((float) value));
            for (int i = 0; i < (wide ? 8 : 4); i++) {
                hash = (hash ^ (raw >>> 8 * i & 0xFF)) * 0x100000001b3L;
            }
            bits.add(wide ? "%016x".formatted(raw) : "%08x".formatted(raw));
        }
        assertEquals(word[8], "%016x".formatted(hash), "hash");
        assertEquals(List.of(word).subList(9, word.length), bits.subList(0, word.length - 9));
    }

    /** It changes with the draws of the normal distribution, and with nothing else. */
    @Test
    void anOrthogonalMatrixIsWhatItAlwaysWas() {
        Span out = Span.allocate(DType.FLOAT64, 6);
        BACKEND.orthogonal(1, 3, 2, new RandomKey(42, 3), out, 1);
        assertEquals(
                "-0x1.40c8890e88dep-4 0x1.7445aaccf0196p-1 -0x1.5f4914d5f9184p-1"
                        + " -0x1.124337a0b9898p-1 0x1.725126376e786p-1 -0x1.b7b73fb7413cbp-2",
                String.join(
                        " ",
                        Arrays.stream(Memory.values(out)).mapToObj(Double::toHexString).toList()));
    }

    @Test
    void itIsFoundAsAServiceUnderTheNameJava() {
        Backend found =
                ServiceLoader.load(Backend.class).stream()
                        .map(ServiceLoader.Provider::get)
                        .filter(backend -> backend.name().equals("java"))
                        .findFirst()
                        .orElseThrow();
        assertInstanceOf(ReferenceBackend.class, found);
    }
}
