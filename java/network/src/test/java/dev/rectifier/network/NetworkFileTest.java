package dev.rectifier.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.Activation;
import dev.rectifier.AxisFunction;
import dev.rectifier.ConcatenatedRelu;
import dev.rectifier.DType;
import dev.rectifier.Definition;
import dev.rectifier.Elementwise;
import dev.rectifier.Glu;
import dev.rectifier.GumbelSoftmax;
import dev.rectifier.Initializer;
import dev.rectifier.LearnedSwish;
import dev.rectifier.PRelu;
import dev.rectifier.RRelu;
import dev.rectifier.Span;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkFileTest {
    private static final double[] X = {0.5, -1, 2, 3, 0, -0.25};

    @TempDir private Path folder;

    private static Network network(DType dtype) {
        Network network =
                new Network(
                        dtype,
                        3,
                        List.of(
                                new Dense(4, new PRelu(0.3), Initializer.heNormal(0)),
                                new Dense(3, new LearnedSwish(1.5), Initializer.orthogonal(2, 0)),
                                new Dense(5, RRelu.xu(3, 8), Initializer.glorotUniform(0)),
                                new Dense(
                                        2,
                                        AxisFunction.softmax(),
                                        Initializer.randomNormal(0.1, 0.2, 0))),
                        42);
        network.weights().get(2).value().set(1, -0.75);
        network.setScaling(Scaling.standard(new double[] {1, 2, 3}, new double[] {2, 0, 0.1}));
        network.setClassNames(List.of("stays", "quits \"it\"\n"));
        return network;
    }

    private static double[] outputs(Network network) {
        Span x = Span.allocate(network.dtype(), X.length);
        for (int i = 0; i < X.length; i++) {
            x.set(i, X[i]);
        }
        Span y = network.forward(x, 2, false);
        double[] outputs = new double[(int) y.length()];
        Arrays.setAll(outputs, y::get);
        return outputs;
    }

    @ParameterizedTest
    @MethodSource("dev.rectifier.DType#arithmeticTypes")
    void whatIsLoadedComputesTheSameAndIsSavedToTheSameBytes(DType dtype) throws IOException {
        Path first = folder.resolve("first.safetensors");
        Path second = folder.resolve("second.safetensors");
        try (Network saved = network(dtype)) {
            saved.save(first);
            try (Network loaded = Network.load(first)) {
                assertArrayEquals(outputs(saved), outputs(loaded));
                assertEquals(saved.scaling(), loaded.scaling());
                assertEquals(saved.classNames(), loaded.classNames());
                assertEquals(
                        saved.layers().stream().map(Dense::activation).toList(),
                        loaded.layers().stream().map(Dense::activation).toList());
                loaded.save(second);
            }
        }
        assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(second));
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(2, left.count(), "temporary files are left");
        }
    }

    static Stream<Activation> activations() {
        return Activation.definitions().stream()
                .map(Definition::withDefaults)
                .filter(
                        f ->
                                !(f instanceof Glu
                                        || f instanceof ConcatenatedRelu
                                        || f instanceof GumbelSoftmax));
    }

    @ParameterizedTest
    @MethodSource("activations")
    void everyActivationIsReadFromItsText(Activation f) {
        assertEquals(f, FunctionText.activation(FunctionText.of(f)));
    }

    static Stream<Initializer> initializers() {
        return Initializer.definitions().stream().map(Definition::withDefaults);
    }

    @ParameterizedTest
    @MethodSource("initializers")
    void everyInitializerIsReadFromItsText(Initializer initializer) {
        assertEquals(initializer, FunctionText.initializer(FunctionText.of(initializer)));
    }

    @Test
    void parametersKeepAllTheirDigits() {
        Activation f = Elementwise.leakyRelu(1 / 5.5);
        assertEquals("leakyRelu:negativeSlope=0.18181818181818182", FunctionText.of(f));
        assertEquals(f, FunctionText.activation(FunctionText.of(f)));
    }

    @Test
    void theGradientOfTheFeaturesIsThatOfTheUnscaled() {
        try (Network network = network(DType.FLOAT64)) {
            Span x = Span.of(X.clone());
            network.forward(x, 2, false);
            Span dx = Span.of(new double[X.length]);
            network.backward(new int[] {0, 1}, Optional.of(dx));
            double h = 1e-6;
            for (int i = 0; i < X.length; i++) {
                double[] up = X.clone();
                double[] down = X.clone();
                up[i] += h;
                down[i] -= h;
                double difference = (loss(network, up) - loss(network, down)) / (2 * h);
                assertEquals(difference, dx.get(i), 1e-6 * (1 + Math.abs(difference)), "x" + i);
            }
        }
    }

    private static double loss(Network network, double[] x) {
        Span y = network.forward(Span.of(x), 2, false);
        return -(Math.log(y.get(0)) + Math.log(y.get(3))) / 2;
    }

    private String refused(byte[] content) throws IOException {
        Path file = folder.resolve("damaged.safetensors");
        Files.write(file, content);
        String message =
                assertThrows(ModelException.class, () -> Network.load(file).close()).getMessage();
        assertTrue(message.startsWith(file + ": "), message);
        assertEquals(1, message.lines().count(), message);
        return message;
    }

    private byte[] whole() throws IOException {
        Path file = folder.resolve("whole.safetensors");
        try (Network network = network(DType.FLOAT32)) {
            network.save(file);
        }
        return Files.readAllBytes(file);
    }

    @Test
    void aFileCutAnywhereIsRefused() throws IOException {
        byte[] whole = whole();
        for (int length = 0; length < whole.length; length += length < 16 ? 1 : 37) {
            refused(Arrays.copyOf(whole, length));
        }
        assertTrue(refused(Arrays.copyOf(whole, whole.length - 1)).contains("'dense3/bias'"));
        assertTrue(refused(Arrays.copyOf(whole, whole.length + 1)).contains("1 bytes follow"));
    }

    /** The whole file, with another header. */
    private byte[] edited(UnaryOperator<String> edit) throws IOException {
        byte[] whole = whole();
        int length = (int) ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong();
        String header = new String(whole, 8, length, StandardCharsets.UTF_8);
        String changed = edit.apply(header);
        assertTrue(!changed.equals(header), "nothing is changed in " + header);
        byte[] bytes = changed.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(whole.length - length + bytes.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(bytes.length)
                .put(bytes)
                .put(whole, 8 + length, whole.length - 8 - length)
                .array();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[0,24]             | [0,25]                | 'scaling/scale'",
                "[24,48]            | [16,40]               | 'scaling/shift'",
                "[24,48]            | [9223372036854775800,9223372036854775824] | 'scaling/shift'",
                "[24,48]            | [9223372036854775808,48] | 'scaling/shift'",
                "[24,48]            | [-24,0]               | 'scaling/shift'",
                "[24,48]            | [24]                  | 'scaling/shift'",
                "[24,48]            | 24                    | 'scaling/shift'",
                "\"shape\":[3,4]    | \"shape\":[4,3]       | 'dense0/kernel'",
                "\"shape\":[3,4]    | \"shape\":[12]        | 'dense0/kernel'",
                "\"shape\":[3,4]    | \"shape\":[4294967296,4294967296] | 'dense0/kernel'",
                "\"shape\":[3,4]    | \"shape\":[3,4],\"more\":1 | 'dense0/kernel'",
                "\"F32\"            | \"F31\"               | 'dense0/kernel'",
                "\"F32\"            | \"I32\"               | 'dense0/kernel'",
                "\"dense1/beta\"    | \"dense1/gamma\"      | 'dense1/beta'",
                "\"dense0/bias\"    | \"dense0/kernel\"     | dense0/kernel",
                "prelu:             | prelo:                | dense0: no activation is named prelo",
                "alpha=0.3          | alpha=much            | dense0: alpha must be",
                "orthogonal:        | diagonal:             | dense1: no initializer is named diagonal",
                "softmax:axis=-1    | softmax:axis=0        | dense3: axis",
                "\\\"units\\\":3    | \\\"units\\\":4       | 'dense1/kernel'",
                "\\\"units\\\":3    | \\\"units\\\":2000000000 | 'dense1/kernel'",
                "\\\"units\\\":3    | \\\"units\\\":99999999999 | dense1",
                "\\\"units\\\":3    | \\\"units\\\":0       | dense1: units must be at least 1",
                "\\\"units\\\":3,   | ''                    | dense1: units",
                "\"version\":\"1\"  | \"version\":\"2\"     | version 2",
                "\"version\":\"1\"  | \"version\":\"x\"     | version",
                "rectifier.network  | other                 | 'other'",
                "\"classification\" | \"ranking\"           | task in its metadata is 'ranking', of which",
                "\\\"units\\\":3,   | \\\"units\\\":3,\\\"dropout\\\":1, | dense1: dropout",
                "\\\"units\\\":3,   | \\\"units\\\":3,\\\"dropout\\\":\\\"x\\\", | dense1: dropout",
                "\"inputs\":\"3\"   | \"inputs\":\"-3\"     | inputs",
                "\"float32\"        | \"float16\"           | 'float16'",
                "\"seed\":\"42\"    | \"seed\":\"\"         | seed",
                "\"[\\\"stays\\\",  | \"[                   | names has 1",
                "\"[\\\"stays\\\",  | \"[\\\"stays\\\" x,   | classes",
                "{\"__metadata__\"  | [\"__metadata__\"     | header",
                "\"seed\":\"42\"    | \"seed\":42           | metadata",
            })
    void damageIsNamed(String from, String to, String named) throws IOException {
        String message = refused(edited(header -> header.replaceFirst(quote(from), quoteTo(to))));
        assertTrue(message.contains(named), message);
    }

    @Test
    void aFileWithoutATaskIsAClassifier() throws IOException {
        String key = "\"task\":\"classification\",";
        Path file = folder.resolve("old.safetensors");
        Files.write(file, edited(header -> header.replace(key, "")));
        try (Network network = Network.load(file)) {
            assertEquals(Task.CLASSIFICATION, network.task());
        }
        Files.write(file, edited(header -> header.replace("classification", "regression")));
        try (Network network = Network.load(file)) {
            assertEquals(Task.REGRESSION, network.task());
        }
    }

    private static String quote(String text) {
        return Pattern.quote(text);
    }

    private static String quoteTo(String text) {
        return Matcher.quoteReplacement(text);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MAX_VALUE, Long.MIN_VALUE, 0, 1, 1L << 40})
    void aHeaderLongerThanTheFileIsRefused(long length) throws IOException {
        byte[] whole = whole();
        ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
        assertTrue(refused(whole).contains("header"));
    }

    @Test
    void aHeaderNestedDeeplyIsRefused() throws IOException {
        byte[] header = "[".repeat(100_000).getBytes(StandardCharsets.US_ASCII);
        ByteBuffer file = ByteBuffer.allocate(8 + header.length).order(ByteOrder.LITTLE_ENDIAN);
        refused(file.putLong(header.length).put(header).array());
        byte[] object =
                ("{\"a\":{\"b\":" + "[".repeat(100_000)).getBytes(StandardCharsets.US_ASCII);
        file = ByteBuffer.allocate(8 + object.length).order(ByteOrder.LITTLE_ENDIAN);
        refused(file.putLong(object.length).put(object).array());
    }

    @Test
    void whatCannotBeReadOrWrittenIsSaid() {
        Path none = folder.resolve("none/here.safetensors");
        assertEquals(
                none + ": can't be read: no such file or folder",
                assertThrows(ModelException.class, () -> Network.load(none).close()).getMessage());
        try (Network network = network(DType.FLOAT32)) {
            String message =
                    assertThrows(ModelException.class, () -> network.save(none)).getMessage();
            assertTrue(message.startsWith(none + ": can't be written"), message);
        }
    }

    @Test
    void aFileIsReplacedAsAWholeOrNotAtAll() throws IOException {
        Path file = folder.resolve("network.safetensors");
        try (Network first = network(DType.FLOAT32)) {
            first.save(file);
            byte[] before = Files.readAllBytes(file);
            first.weights().get(0).value().set(0, 7);
            first.save(file);
            assertTrue(!Arrays.equals(before, Files.readAllBytes(file)));
        }
        Network closed = network(DType.FLOAT32);
        closed.close();
        byte[] before = Files.readAllBytes(file);
        assertThrows(IllegalStateException.class, () -> closed.save(file));
        assertArrayEquals(before, Files.readAllBytes(file));
    }
}
