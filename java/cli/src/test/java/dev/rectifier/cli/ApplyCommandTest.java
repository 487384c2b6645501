package dev.rectifier.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.Activation;
import dev.rectifier.Axis;
import dev.rectifier.AxisFunction;
import dev.rectifier.ConcatenatedRelu;
import dev.rectifier.Definition;
import dev.rectifier.Elementwise;
import dev.rectifier.Glu;
import dev.rectifier.GumbelSoftmax;
import dev.rectifier.Learned;
import dev.rectifier.LearnedSwish;
import dev.rectifier.Mask;
import dev.rectifier.MaskedSoftmax;
import dev.rectifier.PRelu;
import dev.rectifier.Parameter;
import dev.rectifier.RRelu;
import dev.rectifier.RandomKey;
import dev.rectifier.Rectifier;
import dev.rectifier.Snake;
import dev.rectifier.Span;
import dev.rectifier.data.NpyArray;
import dev.rectifier.data.NpyFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class ApplyCommandTest {
    private static final long[] SHAPE = {3, 4, 5};
    private static final int N = 60;

    @TempDir Path folder;
    private Path in;
    private Path dy;
    private Path out;
    private double[] x;
    private double[] gradient;

    @BeforeEach
    void writeInputs() {
        in = folder.resolve("in.npy");
        dy = folder.resolve("dy.npy");
        out = folder.resolve("out.npy");
        Random random = new Random(1);
        x = random.doubles(N, -4, 4).toArray();
        gradient = random.doubles(N, -2, 2).toArray();
        write(true);
    }

    private void write(boolean float64) {
        NpyFile.write(in, array(float64, x));
        NpyFile.write(dy, array(float64, gradient));
    }

    private static NpyArray array(boolean float64, double[] values) {
        return float64 ? NpyArray.of(values, SHAPE) : NpyArray.of(floats(values), SHAPE);
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    @AfterEach
    void useAllThreadsAgain() {
        Rectifier.setThreads(Integer.MAX_VALUE);
    }

    /** Those that need no seed and keep the shape. */
    static Stream<Definition<Activation>> definitions() {
        return Activation.definitions().stream()
                .filter(
                        definition ->
                                !definition.name().matches("glu|concatenatedRelu|gumbelSoftmax"));
    }

    /** Applies with these arguments, which may name the function and options, to the input. */
    private NpyArray apply(Object... args) {
        assertEquals("", Outcome.success(command(args)).out());
        return NpyFile.read(out);
    }

    private Outcome bad(Object... args) {
        return Outcome.of(command(args));
    }

    private Object[] command(Object... args) {
        List<Object> all = new ArrayList<>(List.of("apply"));
        all.addAll(List.of(args));
        return with(all, in, out);
    }

    private static void forward(Activation activation, Span x, Span y) {
        if (activation instanceof Learned f) {
            Span parameter = Span.allocate(x.dtype(), 1);
            parameter.set(0, f.initialParameter());
            f.forward(x, parameter, y, Axis.shared(N));
        } else if (activation instanceof AxisFunction f) {
            f.forward(x, y, Axis.of(f.axis(), SHAPE));
        } else if (activation instanceof RRelu rrelu) {
            rrelu.inference().forward(x, y);
        } else {
            ((Elementwise) activation).forward(x, y);
        }
    }

    private static void backward(Activation activation, Span x, Span dy, Span dx) {
        if (activation instanceof Learned f) {
            Span parameter = Span.allocate(x.dtype(), 1);
            parameter.set(0, f.initialParameter());
            f.backward(x, parameter, dy, dx, Span.allocate(x.dtype(), 1), Axis.shared(N));
        } else if (activation instanceof AxisFunction f) {
            Axis axis = Axis.of(f.axis(), SHAPE);
            Span y = Span.allocate(x.dtype(), N);
            f.forward(x, y, axis);
            f.backward(y, dy, dx, axis);
        } else if (activation instanceof RRelu rrelu) {
            rrelu.inference().backward(x, dy, dx);
        } else {
            ((Elementwise) activation).backward(x, dy, dx);
        }
    }

    @ParameterizedTest
    @MethodSource("definitions")
    void everyActivationGivesWhatTheLibraryGives(Definition<Activation> definition) {
        Activation activation = definition.withDefaults();
        double[] doubles = new double[N];
        forward(activation, Span.of(x), Span.of(doubles));
        NpyArray result = apply(definition.name());
        assertArrayEquals(SHAPE, result.shape());
        assertArrayEquals(doubles, result.doubles());

        write(false);
        float[] floats = new float[N];
        forward(activation, Span.of(floats(x)), Span.of(floats));
        assertArrayEquals(floats, apply(definition.name()).floats());
    }

    @ParameterizedTest
    @MethodSource("definitions")
    void everyInputGradientIsWhatTheLibraryGives(Definition<Activation> definition) {
        Activation activation = definition.withDefaults();
        double[] doubles = new double[N];
        backward(activation, Span.of(x), Span.of(gradient), Span.of(doubles));
        NpyArray result = apply(definition.name(), "--grad", dy);
        assertArrayEquals(SHAPE, result.shape());
        assertArrayEquals(doubles, result.doubles());

        write(false);
        float[] floats = new float[N];
        backward(activation, Span.of(floats(x)), Span.of(floats(gradient)), Span.of(floats));
        assertArrayEquals(floats, apply(definition.name(), "--grad", dy).floats());
    }

    @ParameterizedTest
    @MethodSource("definitions")
    void defaultsCanBeGivenAsTheyAreListed(Definition<Activation> definition) {
        double[] expected = apply(definition.name()).doubles();
        List<Object> args = new ArrayList<>(List.of(definition.name()));
        for (Parameter parameter : definition.parameters()) {
            String value = parameter.format(parameter.defaultValue());
            args.addAll(List.of("-p", parameter.name() + "=" + value));
        }
        assertArrayEquals(expected, apply(args.toArray()).doubles());
    }

    @ParameterizedTest
    @MethodSource("definitions")
    void aBadValueOfAnyParameterIsAUsageError(Definition<Activation> definition) {
        for (Parameter parameter : definition.parameters()) {
            bad(definition.name(), "-p", parameter.name() + "=NaN")
                    .isUsageError(parameter.name(), "NaN", parameter.range());
        }
        bad(definition.name(), "-p", "nonsense=1").isUsageError(definition.name(), "nonsense");
        assertFalse(Files.exists(out));
    }

    @Test
    void aParameterIsUsed() {
        double[] y = apply("leakyRelu", "-p", "negativeSlope=0.5").doubles();
        for (int i = 0; i < N; i++) {
            assertEquals(x[i] > 0 ? x[i] : 0.5 * x[i], y[i]);
        }
    }

    @Test
    void aPresetIsAppliedByItsNameAndTakesNoParameters() {
        assertArrayEquals(
                apply("leakyRelu", "-p", "negativeSlope=0.3").doubles(),
                apply("keras.layers.LeakyReLU").doubles());
        bad("keras.layers.LeakyReLU", "-p", "negativeSlope=0.1")
                .isUsageError("keras.layers.LeakyReLU", "no parameters", "0.3");
        bad("keras.layers.LeakyRelu").isUsageError("keras.layers.LeakyReLU");
    }

    @Test
    void softmaxSumsToOneAlongItsAxis() {
        double[] y = apply("softmax", "-p", "axis=1").doubles();
        for (int outer = 0; outer < 3; outer++) {
            for (int inner = 0; inner < 5; inner++) {
                double sum = 0;
                for (int k = 0; k < 4; k++) {
                    sum += y[(outer * 4 + k) * 5 + inner];
                }
                assertEquals(1, sum, 1e-14);
            }
        }
    }

    @Test
    void theOutputMayReplaceTheInput() {
        double[] expected = apply("tanh").doubles();
        out = in;
        assertArrayEquals(expected, apply("tanh").doubles());
    }

    @Test
    void aScalarIsOneElement() {
        NpyFile.write(in, NpyArray.of(new double[] {-3}));
        NpyArray y = apply("relu");
        assertArrayEquals(new long[0], y.shape());
        assertArrayEquals(new double[] {0}, y.doubles());
        assertArrayEquals(new double[] {1}, apply("softmax").doubles());
        bad("softmax", "-p", "axis=1").isDataError(in.toString(), "axis 1");
    }

    @ParameterizedTest
    @MethodSource("definitions")
    void anEmptyArrayStaysEmpty(Definition<Activation> definition) {
        NpyFile.write(in, NpyArray.of(new float[0], 0, 3));
        assertArrayEquals(new long[] {0, 3}, apply(definition.name()).shape());
        assertArrayEquals(new long[] {0, 3}, apply(definition.name(), "--grad", in).shape());
    }

    @Test
    void anEmptyArrayStaysEmptyAlongAnAxisOfAnySize() {
        for (long[] shape : new long[][] {{0, 4}, {4, 0}, {4, 0, 6}}) {
            NpyFile.write(in, NpyArray.of(new float[0], shape));
            long[] half = shape.clone();
            half[shape.length - 1] /= 2;
            assertArrayEquals(half, apply("glu").shape());
            assertArrayEquals(shape, apply("gumbelSoftmax", "--seed", 1).shape());
            assertArrayEquals(shape, apply("softmax", "-p", "axis=0", "--grad", in).shape());
            Path alpha = folder.resolve("alpha.npy");
            NpyFile.write(alpha, NpyArray.of(new float[0], shape));
            assertArrayEquals(shape, apply("prelu", "--alpha", alpha, "--grad", in).shape());
        }
    }

    @Test
    void theNumberOfThreadsIsUsedAndChangesNoBit() {
        NpyFile.write(
                in, NpyArray.of(new Random(2).doubles(1_000_000, -4, 4).toArray(), 1_000_000));
        double[] one = apply("sigmoid", "--threads", 1).doubles();
        assertEquals(1, Rectifier.threads());
        assertArrayEquals(one, apply("sigmoid", "--threads", 2).doubles());
    }

    @Test
    void preluTakesOneSlopePerChannel() {
        double[] slopes = {0.1, 0.2, 0.3, 0.4};
        Path alpha = folder.resolve("alpha.npy");
        NpyFile.write(alpha, NpyArray.of(slopes, 4));
        double[] y = apply("prelu", "--alpha", alpha).doubles();
        double[] dx = apply("prelu", "--alpha", alpha, "--axis", -2, "--grad", dy).doubles();
        for (int i = 0; i < N; i++) {
            double slope = slopes[i / 5 % 4];
            assertEquals(x[i] > 0 ? x[i] : slope * x[i], y[i]);
            assertEquals(x[i] > 0 ? gradient[i] : slope * gradient[i], dx[i]);
        }
    }

    /** Shapes of parameters that NumPy and ONNX broadcast to that of the input. */
    static Stream<long[]> parameterShapes() {
        return Stream.of(
                new long[] {3, 4, 5}, // Keras: of the input's shape
                new long[] {4, 5}, // without the batch
                new long[] {4, 1}, // ONNX: channels first
                new long[] {1, 5},
                new long[] {3, 1, 5},
                new long[] {3, 1, 1},
                new long[] {3, 4, 1},
                new long[] {1, 1, 1},
                new long[] {5},
                new long[] {1},
                new long[] {});
    }

    @ParameterizedTest
    @MethodSource("parameterShapes")
    void parametersInAShapeAreBroadcastAsByNumPy(long[] shape) {
        double[] values =
                new Random(3)
                        .doubles(Arrays.stream(shape).reduce(1, (a, b) -> a * b), 0.1, 2)
                        .toArray();
        Path file = folder.resolve("parameters.npy");
        NpyFile.write(file, NpyArray.of(values, shape));
        for (Learned f : List.of(new PRelu(), new LearnedSwish(), new Snake())) {
            String option = "--" + f.parameterName();
            double[] y = apply(f.name(), option, file).doubles();
            double[] dx = apply(f.name(), option, file, "--grad", dy).doubles();
            for (int i = 0; i < N; i++) {
                double p = values[broadcast(i, shape)];
                double[] expected = new double[2];
                Span one = Span.of(new double[] {x[i]});
                Span parameter = Span.of(new double[] {p});
                Span above = Span.of(new double[] {gradient[i]});
                f.forward(one, parameter, Span.of(expected, 0, 1), Axis.shared(1));
                f.backward(
                        one,
                        parameter,
                        above,
                        Span.of(expected, 1, 1),
                        Span.of(new double[1]),
                        Axis.shared(1));
                assertEquals(expected[0], y[i]);
                assertEquals(expected[1], dx[i]);
            }
        }
    }

    /** Which element of an array of shape {@code shape} meets element i of the input. */
    private static int broadcast(int i, long[] shape) {
        int at = 0;
        int step = 1;
        int rest = i;
        for (int axis = 1; axis <= shape.length; axis++) {
            int size = (int) shape[shape.length - axis];
            at += size == 1 ? 0 : rest % (int) SHAPE[SHAPE.length - axis] * step;
            step *= size;
            rest /= (int) SHAPE[SHAPE.length - axis];
        }
        return at;
    }

    @Test
    void aColumnOfSlopesIsOnePerRow() {
        Path alpha = folder.resolve("alpha.npy");
        NpyFile.write(in, NpyArray.of(new double[] {-1, -2, -3, -4}, 2, 2));
        NpyFile.write(alpha, NpyArray.of(new double[] {0.5, 0.25}, 2, 1));
        assertArrayEquals(
                new double[] {-0.5, -1, -0.75, -1}, apply("prelu", "--alpha", alpha).doubles());
        NpyFile.write(alpha, NpyArray.of(new double[] {0.5, 0.25}, 2));
        assertArrayEquals(
                new double[] {-0.5, -0.5, -1.5, -1}, apply("prelu", "--alpha", alpha).doubles());
    }

    @Test
    void slopesThatFitTwoAxesAreRefusedUntilTheAxisIsSaid() {
        Path alpha = folder.resolve("alpha.npy");
        double[] slopes = {0.5, 0.25};
        double[] minus = {-1, -1, -1, -1, -1, -1, -1, -1};
        NpyFile.write(in, NpyArray.of(minus, 2, 2, 2));
        NpyFile.write(alpha, NpyArray.of(slopes, 2));
        bad("prelu", "--alpha", alpha)
                .isUsageError(
                        alpha.toString(),
                        in.toString(),
                        "[2, 2, 2]",
                        "PyTorch (--axis 1)",
                        "NumPy (--axis -1)");
        for (int axis = -3; axis < 3; axis++) {
            double[] y = apply("prelu", "--alpha", alpha, "--axis", axis).doubles();
            for (int i = 0; i < minus.length; i++) {
                assertEquals(-slopes[i >> (axis < 0 ? -1 - axis : 2 - axis) & 1], y[i]);
            }
        }
    }

    @Test
    void parametersThatSuitNoReadingAreRefusedWithBothShapes() {
        Path alpha = folder.resolve("alpha.npy");
        for (long[] shape : new long[][] {{3, 5}, {5, 4}, {60, 1}, {2, 3, 4, 5}}) {
            NpyFile.write(
                    alpha,
                    NpyArray.of(
                            new double[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)],
                            shape));
            bad("prelu", "--alpha", alpha)
                    .isDataError(alpha.toString(), Arrays.toString(shape), "[3, 4, 5]");
        }
        NpyFile.write(alpha, NpyArray.of(new double[20], 4, 5));
        bad("prelu", "--alpha", alpha, "--axis", 1).isDataError("(4, 5)", "--axis");
    }

    /** Every activation in every form, with what options it needs. */
    static Stream<List<Object>> everyForm() {
        Stream<List<Object>> others =
                Stream.of(
                        List.of("glu", "-p", "axis=1"),
                        List.of("gumbelSoftmax", "--seed", 5),
                        List.of("gumbelSoftmax", "--seed", 5, "-p", "form=hard", "-p", "axis=0"),
                        List.of("gumbelSoftmax", "--seed", 5, "-p", "axis=1"),
                        List.of("rrelu", "--seed", 5),
                        List.of("softmax", "-p", "axis=0"),
                        List.of("sparsemax", "-p", "axis=1"));
        return Stream.concat(
                definitions().map(definition -> List.<Object>of(definition.name())), others);
    }

    @ParameterizedTest
    @MethodSource("everyForm")
    @Tag("thorough")
    void theResultIsTheSameInPartsOfAnyLength(List<Object> form) throws IOException {
        boolean glu = form.get(0).equals("glu");
        double[] above = glu ? Arrays.copyOf(gradient, N / 2) : gradient;
        long[] aboveShape = glu ? new long[] {3, 2, 5} : SHAPE;
        for (boolean float64 : new boolean[] {true, false}) {
            NpyFile.write(in, array(float64, x));
            NpyFile.write(
                    dy,
                    float64
                            ? NpyArray.of(above, aboveShape)
                            : NpyArray.of(floats(above), aboveShape));
            assertSameInParts(form);
        }
    }

    @ParameterizedTest
    @MethodSource("parameterShapes")
    void parametersHaveTheSameEffectInPartsOfAnyLength(long[] shape) throws IOException {
        Path alpha = folder.resolve("alpha.npy");
        int n = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        NpyFile.write(alpha, NpyArray.of(new Random(3).doubles(n, 0.1, 2).toArray(), shape));
        assertSameInParts(List.of("prelu", "--alpha", alpha));
        assertSameInParts(List.of("learnedSwish", "--beta", alpha));
    }

    private void assertSameInParts(List<Object> form) throws IOException {
        for (Object[] args : List.of(form.toArray(), with(form, "--grad", dy))) {
            apply(args);
            byte[] whole = Files.readAllBytes(out);
            for (int most : new int[] {1, 5, 7, 20, 41, N}) {
                CommandLine parts = new CommandLine(new ApplyCommand(new Staging(most)));
                Outcome outcome = Outcome.of(parts, with(List.of(args), in, out));
                assertEquals(0, outcome.code(), outcome.err());
                assertArrayEquals(whole, Files.readAllBytes(out), () -> "at most " + most);
            }
        }
    }

    @Test
    void preluTakesOneSlopeForAll() {
        Path alpha = folder.resolve("alpha.npy");
        NpyFile.write(alpha, NpyArray.of(new double[] {0.5}, 1));
        assertArrayEquals(
                apply("prelu", "-p", "alpha=0.5").doubles(),
                apply("prelu", "--alpha", alpha).doubles());
    }

    @Test
    void rreluDrawsItsSlopesFromSeedAndStream() {
        RandomKey key = new RandomKey(-7, 2);
        double[] y = new double[N];
        new RRelu().forward(key, Span.of(x), Span.of(y));
        assertArrayEquals(y, apply("rrelu", "--seed", -7, "--stream", 2).doubles());
        double[] dx = new double[N];
        new RRelu().backward(key, Span.of(x), Span.of(gradient), Span.of(dx));
        assertArrayEquals(dx, apply("rrelu", "--seed", -7, "--stream", 2, "--grad", dy).doubles());
        assertFalse(Arrays.equals(y, apply("rrelu", "--seed", -7).doubles()));
    }

    @Test
    void flatteningMakesOneAxisOfThoseThatFollow() {
        double[] y = new double[N];
        double[] dx = new double[N];
        for (int axis : new int[] {0, 1, -2, 2}) {
            int first = Math.floorMod(axis, SHAPE.length);
            Axis all = Axis.block(first, SHAPE.length - first, SHAPE);
            AxisFunction.softmax().forward(Span.of(x), Span.of(y), all);
            AxisFunction.softmax().backward(Span.of(y), Span.of(gradient), Span.of(dx), all);
            String p = "axis=" + axis;
            assertArrayEquals(y, apply("softmax", "--flatten", "-p", p).doubles());
            assertArrayEquals(dx, apply("softmax", "--flatten", "-p", p, "--grad", dy).doubles());
        }
        bad("softmax", "--flatten", "-p", "axis=3").isDataError(in.toString(), "axis 3");
        bad("relu", "--flatten").isUsageError("--flatten", "relu");
    }

    @Test
    void softmaxTakesAScaleAMaskAndACausalLimit() {
        double[] added = new Random(4).doubles(20, -1, 1).toArray();
        added[3] = Double.NEGATIVE_INFINITY;
        Path mask = folder.resolve("mask.npy");
        NpyFile.write(mask, NpyArray.of(added, 4, 5));
        MaskedSoftmax f = MaskedSoftmax.scaled(0.5).withCausal(0).withZeroRows();
        double[] y = new double[N];
        double[] dx = new double[N];
        f.forward(Span.of(x), Optional.of(Mask.of(Span.of(added), 4, 5)), Span.of(y), SHAPE);
        f.backward(Span.of(y), Span.of(gradient), Span.of(dx), SHAPE);
        List<Object> form = List.of("softmax", "--scale", 0.5, "--causal", "--zero-rows");
        assertArrayEquals(y, apply(with(form, "--mask", mask)).doubles());
        assertArrayEquals(dx, apply(with(form, "--mask", mask, "--grad", dy)).doubles());
        MaskedSoftmax.scaled(3).forward(Span.of(x), Span.of(y), SHAPE);
        assertArrayEquals(y, apply("softmax", "--scale", 3).doubles());

        NpyFile.write(mask, NpyArray.of(added, 5, 4));
        bad("softmax", "--mask", mask).isDataError(mask.toString(), "broadcast");
        bad("softmax", "-p", "axis=1", "--causal").isUsageError("--causal", "softmax");
        bad("relu", "--scale", 2).isUsageError("--scale", "relu");
    }

    @Test
    void gluHalvesItsAxis() {
        Axis axis = Axis.of(-2, SHAPE);
        double[] y = new double[N / 2];
        new Glu().forward(Span.of(x), Span.of(y), axis);
        NpyArray result = apply("glu", "-p", "axis=-2");
        assertArrayEquals(new long[] {3, 2, 5}, result.shape());
        assertArrayEquals(y, result.doubles());

        double[] half = Arrays.copyOf(gradient, N / 2);
        double[] dx = new double[N];
        new Glu().backward(Span.of(x), Span.of(half), Span.of(dx), axis);
        bad("glu", "-p", "axis=-2", "--grad", dy).isDataError(dy.toString(), "[3, 2, 5]");
        NpyFile.write(dy, NpyArray.of(half, 3, 2, 5));
        NpyArray inputGradient = apply("glu", "-p", "axis=-2", "--grad", dy);
        assertArrayEquals(SHAPE, inputGradient.shape());
        assertArrayEquals(dx, inputGradient.doubles());

        bad("glu").isDataError(in.toString(), "5");
    }

    @Test
    void concatenatedReluDoublesItsAxis() {
        Axis axis = Axis.of(-2, SHAPE);
        double[] y = new double[2 * N];
        new ConcatenatedRelu().forward(Span.of(x), Span.of(y), axis);
        NpyArray result = apply("concatenatedRelu", "-p", "axis=-2");
        assertArrayEquals(new long[] {3, 8, 5}, result.shape());
        assertArrayEquals(y, result.doubles());

        double[] above = new double[2 * N];
        Arrays.setAll(above, i -> gradient[i % N] + i);
        double[] dx = new double[N];
        new ConcatenatedRelu().backward(Span.of(x), Span.of(above), Span.of(dx), axis);
        bad("concatenatedRelu", "-p", "axis=-2", "--grad", dy)
                .isDataError(dy.toString(), "[3, 8, 5]");
        NpyFile.write(dy, NpyArray.of(above, 3, 8, 5));
        assertArrayEquals(dx, apply("concatenatedRelu", "-p", "axis=-2", "--grad", dy).doubles());

        new ConcatenatedRelu().forward(Span.of(x), Span.of(y), Axis.of(-1, SHAPE));
        NpyArray preset = apply("tf.nn.crelu");
        assertArrayEquals(new long[] {3, 4, 10}, preset.shape());
        assertArrayEquals(y, preset.doubles());
    }

    @Test
    void gluTakesAnyGateInEitherHalf() {
        Axis axis = Axis.of(-2, SHAPE);
        double[] half = Arrays.copyOf(gradient, N / 2);
        NpyFile.write(dy, NpyArray.of(half, 3, 2, 5));
        for (boolean first : new boolean[] {false, true}) {
            Glu f = new Glu(Elementwise.swish(2), first, -2);
            double[] y = new double[N / 2];
            double[] dx = new double[N];
            f.forward(Span.of(x), Span.of(y), axis);
            f.backward(Span.of(x), Span.of(half), Span.of(dx), axis);
            List<Object> form = new ArrayList<>(List.of("glu", "-p", "axis=-2"));
            form.addAll(List.of("--gate", "swish:beta=2"));
            if (first) {
                form.add("--gate-first");
            }
            assertArrayEquals(y, apply(form.toArray()).doubles());
            assertArrayEquals(dx, apply(with(form, "--grad", dy)).doubles());
        }
        bad("relu", "--gate", "silu").isUsageError("--gate", "relu");
        bad("softmax", "--gate-first").isUsageError("--gate-first", "softmax");
        bad("glu", "--gate", "softmax").isUsageError("--gate", "softmax");
        bad("glu", "--gate", "swish:beta").isUsageError("name:key=value");
    }

    @Test
    void gumbelSoftmaxDrawsItsNoiseFromSeedAndStream() {
        RandomKey key = new RandomKey(11, 3);
        Axis axis = Axis.of(1, SHAPE);
        double[] soft = new double[N];
        double[] oneHot = new double[N];
        new GumbelSoftmax(0.5, true, 1)
                .forward(key, Span.of(x), Span.of(soft), Optional.of(Span.of(oneHot)), axis);
        double[] dx = new double[N];
        new GumbelSoftmax(0.5, true, 1)
                .backward(Span.of(soft), Span.of(gradient), Span.of(dx), axis);
        List<Object> args =
                List.of("gumbelSoftmax", "-p", "temperature=0.5", "-p", "axis=1", "--seed", 11);
        assertArrayEquals(soft, apply(with(args, "--stream", 3)).doubles());
        assertArrayEquals(oneHot, apply(with(args, "--stream", 3, "-p", "form=hard")).doubles());
        for (String form : List.of("soft", "hard")) {
            Object[] all = with(args, "--stream", 3, "-p", "form=" + form, "--grad", dy);
            assertArrayEquals(dx, apply(all).doubles());
        }
        assertFalse(Arrays.equals(soft, apply(args.toArray()).doubles()));
        bad("gumbelSoftmax").isUsageError("gumbelSoftmax", "--seed");
    }

    private static Object[] with(List<Object> args, Object... more) {
        List<Object> all = new ArrayList<>(args);
        all.addAll(List.of(more));
        return all.toArray();
    }

    @Test
    void mistakesOnTheCommandLineAreUsageErrorsAndWriteNothing() {
        bad("rellu").isUsageError("rellu", "relu");
        bad("elu", "-p", "alpha").isUsageError("KEY=VALUE");
        bad("rrelu", "-p", "lower=2", "-p", "upper=1").isUsageError("lower 2.0", "upper 1.0");
        bad("relu", "--threads", 0).isUsageError("threads", "not 0");
        bad("relu", "--threads", "two").isUsageError("--threads", "two");
        bad("relu", "--alpha", dy).isUsageError("--alpha", "relu");
        bad("prelu", "--alpha", dy, "-p", "alpha=1").isUsageError("--alpha", "-p alpha");
        bad("prelu", "--axis", 1).isUsageError("--alpha");
        bad("relu", "--seed", 1).isUsageError("--seed", "relu");
        bad("rrelu", "--stream", 1).isUsageError("--seed");
        bad("relu", "--gradient", dy).isUsageError("--gradient");
        Outcome.of("apply", "relu", in).isUsageError("OUT.npy");
        bad("relu", in).isUsageError(out.toString());
        assertFalse(Files.exists(out));
    }

    @Test
    void mistakesInTheDataAreDataErrorsAndWriteNothing() throws Exception {
        Path other = folder.resolve("other.npy");
        bad("relu", "--grad", other).isDataError(other.toString(), "no such file");
        NpyFile.write(other, NpyArray.of(new double[N], N));
        bad("relu", "--grad", other).isDataError(other.toString(), "(60,)", "(3, 4, 5)");
        NpyFile.write(other, NpyArray.of(new float[N], SHAPE));
        bad("relu", "--grad", other).isDataError(other.toString(), "float32", "float64");
        bad("prelu", "--alpha", other).isDataError(other.toString(), "float32");
        NpyFile.write(other, NpyArray.of(new double[3], 3));
        bad("prelu", "--alpha", other)
                .isDataError(other.toString(), "float64 (3,)", "PyTorch, has 4", "NumPy, 5");
        bad("prelu", "--alpha", other, "--axis", 1).isDataError("(3,)", "axis 1 has 4");
        bad("prelu", "--alpha", other, "--axis", 3).isDataError(in.toString(), "axis 3");
        bad("softmax", "-p", "axis=3").isDataError(in.toString(), "axis 3", "[3, 4, 5]");
        write(false);
        bad("leakyRelu", "-p", "negativeSlope=1e300").isDataError("negativeSlope 1.0E300");
        bad("prelu", "-p", "alpha=1e300").isDataError("alpha 1.0E300", "FLOAT32");
        Files.writeString(in, "no array");
        bad("relu").isDataError(in.toString(), "byte 0", "this looks like text", "NumPy");
        Files.delete(in);
        bad("relu").isDataError(in.toString(), "no such file");
        assertTrue(Files.notExists(out));
    }

    @Test
    void everyInputMayBeStandardInputButOnlyOneOfThem() throws Exception {
        double[] gradients = apply("relu", "--grad", dy).doubles();
        double[] slopes = apply("prelu", "-p", "alpha=0.5").doubles();
        Path alpha = folder.resolve("alpha.npy");
        NpyFile.write(alpha, NpyArray.of(new double[] {0.5}, 1));
        Path written = in;
        assertArrayEquals(gradients, applyWith(dy, "relu", "--grad", "-"));
        assertArrayEquals(slopes, applyWith(alpha, "prelu", "--alpha", "-"));
        in = Path.of("-");
        assertArrayEquals(gradients, applyWith(written, "relu", "--grad", dy));
        Files.delete(out);
        bad("relu", "--grad", "-").isUsageError("- (standard input) can be read only once");
        bad("prelu", "--alpha", "-").isUsageError("- (standard input) can be read only once");
        assertFalse(Files.exists(out));
    }

    /** Applies while standard input has the content of a file. */
    private double[] applyWith(Path standardInput, Object... args) throws IOException {
        InputStream before = System.in;
        try (InputStream stream = Files.newInputStream(standardInput)) {
            System.setIn(stream);
            return apply(args).doubles();
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void anInputThatIsWidenedIsSaidAndTellsTheTypeOfTheOutput() throws Exception {
        Files.write(in, npy("|i1", (byte) -3, (byte) 5));
        Outcome outcome = Outcome.of(command("relu"));
        assertEquals(0, outcome.code());
        assertEquals(
                "rectifier: %s: int8 (2,) is read as float32".formatted(in), outcome.err().strip());
        assertArrayEquals(new float[] {0, 5}, NpyFile.read(out).floats());
    }

    private static byte[] npy(String descr, byte... data) {
        String header =
                "{'descr': '%s', 'fortran_order': False, 'shape': (%d,), }"
                        .formatted(descr, data.length);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
        bytes.writeBytes(new byte[] {(byte) header.length(), 0});
        bytes.writeBytes(header.getBytes(StandardCharsets.US_ASCII));
        bytes.writeBytes(data);
        return bytes.toByteArray();
    }

    @Test
    void anOutputThatCannotBeWrittenIsADataError() {
        out = folder.resolve("missing").resolve("out.npy");
        bad("relu").isDataError(out.toString(), "can't be written");
    }
}
