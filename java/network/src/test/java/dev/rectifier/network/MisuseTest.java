package dev.rectifier.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.Activation;
import dev.rectifier.AxisFunction;
import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Initializer;
import dev.rectifier.Span;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a caller can do wrong is an error that names it, before anything changes. */
class MisuseTest {
    private static final Initializer KERNEL = Initializer.heNormal(0);
    private static final Examples EXAMPLES =
            new Examples(new float[] {1, 2, 3, 4, 5, 6}, 2, new int[] {0, 1, 0}, 2);
    private static final Consumer<EpochReport> NOBODY = report -> {};

    private final Network network = classifier(DType.FLOAT32);
    private final double[] before = weights();

    private static Network classifier(DType dtype) {
        return new Network(
                dtype,
                2,
                List.of(
                        new Dense(3, Elementwise.relu(), KERNEL),
                        new Dense(2, AxisFunction.softmax(), KERNEL)),
                1);
    }

    private double[] weights() {
        return network.weights().stream()
                .flatMap(
                        w ->
                                Stream.iterate(0, i -> i < w.value().length(), i -> i + 1)
                                        .map(i -> w.value().get(i)))
                .mapToDouble(x -> x)
                .toArray();
    }

    /** All public ways in, with arguments that are right. */
    private static Stream<Executable> entrances() {
        return Stream.of(
                        Adam.class,
                        Decay.class,
                        Dense.class,
                        EarlyStopping.class,
                        EpochReport.class,
                        Examples.class,
                        Lbfgs.class,
                        LayerSignals.class,
                        LayerUnits.class,
                        Loss.class,
                        Network.class,
                        Optimizer.class,
                        Sgd.class,
                        SignalMonitor.class,
                        Trainer.class,
                        Training.class,
                        UnitMonitor.class,
                        Updater.class,
                        Weights.class)
                .flatMap(
                        type ->
                                Stream.concat(
                                        Arrays.stream(type.getConstructors()),
                                        Arrays.stream(type.getDeclaredMethods())))
                .filter(entrance -> Modifier.isPublic(entrance.getModifiers()))
                .filter(entrance -> !entrance.isSynthetic())
                .filter(entrance -> !entrance.getName().equals("equals"));
    }

    static Stream<Arguments> references() {
        return entrances()
                .flatMap(
                        entrance ->
                                Arrays.stream(entrance.getParameters())
                                        .filter(p -> !p.getType().isPrimitive())
                                        .map(
                                                p ->
                                                        Arguments.of(
                                                                entrance,
                                                                List.of(entrance.getParameters())
                                                                        .indexOf(p))));
    }

    private Object argument(Class<?> type, boolean ofFirstLayer) {
        Map<Class<?>, Object> right =
                Map.ofEntries(
                        Map.entry(DType.class, DType.FLOAT32),
                        Map.entry(Network.class, network),
                        Map.entry(Examples.class, EXAMPLES),
                        Map.entry(Consumer.class, NOBODY),
                        Map.entry(Optimizer.class, Optimizer.sgd(0.1)),
                        Map.entry(Weights.class, network.weights().get(0)),
                        Map.entry(Optional.class, Optional.empty()),
                        Map.entry(Initializer.class, KERNEL),
                        Map.entry(Span.class, Span.of(new float[6])),
                        Map.entry(float[].class, new float[] {1, 2, 3, 4, 5, 6}),
                        Map.entry(double[].class, new double[] {0, 1, 0}),
                        Map.entry(Loss.class, Loss.crossEntropy()),
                        Map.entry(Decay.class, Decay.none()),
                        Map.entry(EarlyStopping.class, new EarlyStopping(1)),
                        Map.entry(DoubleSupplier.class, (DoubleSupplier) () -> 0),
                        Map.entry(String.class, "crossEntropy"),
                        Map.entry(Task.class, Task.BINARY),
                        Map.entry(int[].class, new int[] {0, 1, 0}),
                        Map.entry(List.class, ofFirstLayer ? network.layers() : List.of()),
                        Map.entry(int.class, 3),
                        Map.entry(long.class, 3L),
                        Map.entry(double.class, 0.1),
                        Map.entry(boolean.class, true));
        return type.getSimpleName().equals("Activation") ? Elementwise.relu() : right.get(type);
    }

    @ParameterizedTest
    @MethodSource("references")
    void nullIsRefusedByItsNameBeforeAnythingChanges(Executable entrance, int index) {
        network.forward(Span.of(new float[6]), 3, false);
        boolean isNetwork = entrance.getDeclaringClass() == Network.class;
        Object[] arguments =
                Arrays.stream(entrance.getParameterTypes())
                        .map(type -> argument(type, isNetwork))
                        .toArray();
        if (entrance.getName().equals("ofNumbers")) {
            String name = index == 0 ? "features" : "targets";
            arguments[index] = null;
            var e = assertThrows(Exception.class, () -> invoke(entrance, arguments));
            assertEquals(name, e.getCause().getMessage());
            return;
        }
        if (entrance.getName().equals("withClassWeights")) {
            arguments[index] = new double[2];
        }
        if (entrance.getName().equals("withWeights")) {
            arguments[index] = new float[3];
        }
        if (entrance.getName().equals("backward") && arguments[0] instanceof Span) {
            arguments[0] = Span.of(new float[6]);
        }
        arguments[index] = null;
        Throwable thrown =
                assertThrows(
                                java.lang.reflect.InvocationTargetException.class,
                                () -> invoke(entrance, arguments))
                        .getCause();
        assertEquals(NullPointerException.class, thrown.getClass(), () -> thrown + "");
        assertEquals(name(entrance, index), thrown.getMessage());
        assertEquals(Arrays.toString(before), Arrays.toString(weights()));
    }

    private static final Map<String, String> NAMES =
            Map.ofEntries(
                    Map.entry("withLoss Loss", "loss"),
                    Map.entry("withDecay Decay", "decay"),
                    Map.entry("withEarlyStopping EarlyStopping", "earlyStopping"),
                    Map.entry("withWeights float[]", "weights"),
                    Map.entry("withClassWeights double[]", "classWeights"),
                    Map.entry("minimize DoubleSupplier", "objective"),
                    Map.entry("of String", "text"),
                    Map.entry("of Task", "task"),
                    Map.entry("loss Loss", "loss"),
                    Map.entry("backward Loss", "loss"),
                    Map.entry("backward double[]", "targets"),
                    Map.entry(Examples.class.getName() + " float[]", "features"));

    /** As the source has it, which reflection tells of records alone. */
    private static String name(Executable entrance, int index) {
        if (entrance instanceof Constructor<?> && entrance.getDeclaringClass().isRecord()) {
            return entrance.getDeclaringClass().getRecordComponents()[index].getName();
        }
        Map<Class<?>, String> names =
                Map.of(
                        DType.class, "dtype",
                        Path.class, "path",
                        Scaling.class, "scaling",
                        Network.class, "network",
                        Consumer.class, "listener",
                        int[].class, "labels",
                        Optional.class, "dx",
                        Weights.class, "weights");
        Class<?> type = entrance.getParameterTypes()[index];
        String named = NAMES.get(entrance.getName() + " " + type.getSimpleName());
        if (named != null) {
            return named;
        }
        if (type == Examples.class) {
            return entrance.getDeclaringClass() != Trainer.class
                    ? "examples"
                    : index == 1 ? "training" : "test";
        }
        if (type == Span.class) {
            return entrance.getName().equals("forward") ? "x" : "dy";
        }
        if (entrance.getName().matches("set(Class|Feature)Names")) {
            return "names";
        }
        if (type == List.class) {
            return entrance instanceof Constructor<?> ? "layers" : "weights";
        }
        return names.get(type);
    }

    private Object invoke(Executable entrance, Object[] arguments) throws Exception {
        if (entrance instanceof Constructor<?> constructor) {
            return constructor.newInstance(arguments);
        }
        Map<Class<?>, Object> targets =
                Map.of(
                        Network.class, network,
                        Optimizer.class, Optimizer.sgd(0.1),
                        Sgd.class, Optimizer.sgd(0.1),
                        Adam.class, Optimizer.adam(0.1),
                        Lbfgs.class, Optimizer.lbfgs(),
                        Updater.class, Optimizer.sgd(0.1).start(network.weights()),
                        Trainer.class, new Trainer(Optimizer.sgd(0.1), 2, 1, 1),
                        Training.class,
                                new Trainer(Optimizer.sgd(0.1), 2, 1, 1)
                                        .prepare(network, EXAMPLES, EXAMPLES),
                        Examples.class, EXAMPLES);
        return ((Method) entrance).invoke(targets.get(entrance.getDeclaringClass()), arguments);
    }

    /** A call with null, of a type whose methods are overloaded or take what others made. */
    private record Null(Class<?> type, String name, ThrowingCall call) {
        @Override
        public String toString() {
            return type.getSimpleName() + " " + name;
        }
    }

    @FunctionalInterface
    private interface ThrowingCall {
        void run(MisuseTest test) throws Exception;
    }

    static Stream<Null> withoutReflection() {
        Path file = Path.of("file");
        double[] one = {1};
        return Stream.of(
                new Null(FunctionText.class, "activation", t -> FunctionText.of((Activation) null)),
                new Null(
                        FunctionText.class,
                        "initializer",
                        t -> FunctionText.of((Initializer) null)),
                new Null(FunctionText.class, "text", t -> FunctionText.activation(null)),
                new Null(FunctionText.class, "text", t -> FunctionText.initializer(null)),
                new Null(ModelException.class, "file", t -> ModelException.of(null, "x")),
                new Null(ModelException.class, "format", t -> ModelException.of(file, null)),
                new Null(
                        ModelException.class,
                        "file",
                        t -> ModelException.unreadable(null, "read", new IOException())),
                new Null(
                        ModelException.class,
                        "verb",
                        t -> ModelException.unreadable(file, null, new IOException())),
                new Null(
                        ModelException.class,
                        "cause",
                        t -> ModelException.unreadable(file, "read", null)),
                new Null(ModelException.class, "text", t -> ModelException.quote(null)),
                new Null(Task.class, "Name is null", t -> Task.valueOf(null)),
                new Null(Predictor.class, "network", t -> new Predictor(null)),
                new Null(
                        Predictor.class,
                        "x",
                        t -> new Predictor(t.network).predict((float[]) null, new float[2])),
                new Null(
                        Predictor.class,
                        "out",
                        t -> new Predictor(t.network).predict(new float[2], null)),
                new Null(
                        Predictor.class,
                        "x",
                        t -> new Predictor(t.network).predict((double[]) null, new double[2])),
                new Null(
                        Predictor.class,
                        "out",
                        t -> new Predictor(t.network).predict(new double[2], null)),
                new Null(
                        Predictor.class,
                        "x",
                        t -> new Predictor(t.network).predict(null, FloatBuffer.allocate(2))),
                new Null(
                        Predictor.class,
                        "out",
                        t -> new Predictor(t.network).predict(FloatBuffer.allocate(2), null)),
                new Null(Safetensors.class, "path", t -> Safetensors.open(null)),
                new Null(Safetensors.class, "name", t -> t.saved(f -> f.tensor(null))),
                new Null(Safetensors.class, "tensor", t -> t.saved(f -> f.doubles(null))),
                new Null(WholeFile.class, "path", t -> WholeFile.write(null, channel -> {})),
                new Null(WholeFile.class, "content", t -> WholeFile.write(file, null)),
                new Null(Scaling.class, "scale", t -> new Scaling(null, one)),
                new Null(Scaling.class, "shift", t -> new Scaling(one, null)),
                new Null(Scaling.class, "mean", t -> Scaling.standard(null, one)),
                new Null(Scaling.class, "stddev", t -> Scaling.standard(one, null)));
    }

    private void saved(Consumer<Safetensors> use) throws IOException {
        Path path = Files.createTempFile("network", ".safetensors");
        try {
            network.save(path);
            try (Safetensors file = Safetensors.open(path)) {
                use.accept(file);
            }
        } finally {
            Files.delete(path);
        }
    }

    @ParameterizedTest
    @MethodSource
    void withoutReflection(Null call) {
        NullPointerException thrown =
                assertThrows(NullPointerException.class, () -> call.call.run(this));
        assertEquals(call.name, thrown.getMessage());
    }

    @Test
    void allPublicTypesOfThePackageAreTried() throws Exception {
        Set<String> tried =
                entrances()
                        .map(entrance -> entrance.getDeclaringClass().getSimpleName())
                        .collect(Collectors.toCollection(TreeSet::new));
        Set<String> there = new TreeSet<>();
        Path sources = Path.of("src/main/java/dev/rectifier/network");
        try (Stream<Path> files = Files.list(sources)) {
            for (Path file : files.toList()) {
                if (Files.readString(file).contains("\npublic ")) {
                    there.add(file.getFileName().toString().replace(".java", ""));
                }
            }
        }
        withoutReflection().map(a -> a.type).forEach(type -> tried.add(type.getSimpleName()));
        assertEquals(there, tried);
    }

    private record Use(String name, Consumer<MisuseTest> of) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Use> usesOfAClosedNetwork() {
        Trainer trainer = new Trainer(Optimizer.adam(0.1), 2, 1, 1);
        Span x = Span.of(new float[2]);
        return Stream.of(
                new Use("forward", t -> t.network.forward(x, 1, true)),
                new Use("reserve", t -> t.network.reserve(1)),
                new Use("backward", t -> t.network.backward(x, Optional.empty())),
                new Use("loss", t -> t.network.backward(new int[1], Optional.empty())),
                new Use(
                        "another loss",
                        t ->
                                t.network.backward(
                                        Loss.crossEntropy(), new double[1], Optional.empty())),
                new Use("mean loss", t -> t.network.loss(Loss.crossEntropy(), EXAMPLES)),
                new Use("accuracy", t -> t.network.accuracy(EXAMPLES)),
                new Use("value", t -> t.network.weights().get(0).value()),
                new Use("gradient", t -> t.network.weights().get(0).gradient()),
                new Use("optimizer", t -> Optimizer.sgd(0.1).start(t.network.weights())),
                new Use("units", t -> UnitMonitor.observe(t.network, EXAMPLES)),
                new Use("signals", t -> SignalMonitor.observe(t.network, EXAMPLES)),
                new Use("prepare", t -> trainer.prepare(t.network, EXAMPLES, EXAMPLES)),
                new Use("fit", t -> trainer.fit(t.network, EXAMPLES, EXAMPLES, NOBODY)));
    }

    @ParameterizedTest
    @MethodSource("usesOfAClosedNetwork")
    void aClosedNetworkIsRefused(Use use) {
        network.forward(Span.of(new float[2]), 1, false);
        network.close();
        network.close();
        var e = assertThrows(IllegalStateException.class, () -> use.of.accept(this));
        assertTrue(e.getMessage().contains("has been closed"), e::getMessage);
        assertEquals(2, network.inputs());
        assertEquals("dense0/kernel", network.weights().get(0).name());
    }

    @Test
    void whatWasGotBeforeClosingIsRefusedAfterIt() {
        Span value = network.weights().get(0).value();
        Span output = network.forward(Span.of(new float[2]), 1, false);
        List<Updater> updaters = new ArrayList<>();
        for (DType dtype : DType.arithmeticTypes()) {
            try (Network other = classifier(dtype)) {
                updaters.add(Optimizer.adam(0.1).start(other.weights()));
                updaters.add(Optimizer.sgd(0.1, 0.9).start(other.weights()));
            }
        }
        Training training =
                new Trainer(Optimizer.sgd(0.1), 2, 1, 1).prepare(network, EXAMPLES, EXAMPLES);
        // Its batches are larger than that of the pass.
        assertThrows(IllegalStateException.class, () -> output.get(0));
        network.close();
        assertThrows(IllegalStateException.class, () -> value.set(0, 1));
        assertThrows(IllegalStateException.class, () -> training.run(NOBODY));
        updaters.forEach(
                updater -> {
                    var e = assertThrows(IllegalStateException.class, updater::update);
                    assertEquals("dense0/kernel has been closed with its network", e.getMessage());
                });
    }

    @Test
    void aTrainingIsRunOnce() {
        Trainer trainer = new Trainer(Optimizer.sgd(0.1), 2, 2, 1);
        Training training = trainer.prepare(network, EXAMPLES, EXAMPLES);
        assertEquals(Arrays.toString(before), Arrays.toString(weights()));
        Network same = classifier(DType.FLOAT32);
        assertEquals(trainer.fit(same, EXAMPLES, EXAMPLES, NOBODY), training.run(NOBODY));
        assertThrows(IllegalStateException.class, () -> training.run(NOBODY));
        Training closed = trainer.prepare(network, EXAMPLES, EXAMPLES);
        closed.close();
        assertThrows(IllegalStateException.class, () -> closed.run(NOBODY));
    }

    static Stream<Arguments> hyperparametersThatAreNoneInAType() {
        return Stream.of(
                Arguments.of("learningRate", 1e-300, Optimizer.sgd(1e-300)),
                Arguments.of("learningRate", 1e300, Optimizer.sgd(1e300)),
                Arguments.of("learningRate", 1e-46, Optimizer.adam(1e-46)),
                Arguments.of("learningRate", 1e39, Optimizer.adam(1e39)),
                Arguments.of("epsilon", 1e-50, new Adam(0.1, 0.9, 0.999, 1e-50)),
                Arguments.of("epsilon", 1e50, new Adam(0.1, 0.9, 0.999, 1e50)));
    }

    @ParameterizedTest
    @MethodSource("hyperparametersThatAreNoneInAType")
    void aHyperparameterThatIsZeroOrInfiniteInTheTypeIsRefused(
            String name, double value, Optimizer optimizer) {
        String message = name + " " + value + " is out of the range of FLOAT32";
        for (Consumer<MisuseTest> use :
                List.<Consumer<MisuseTest>>of(
                        t -> optimizer.start(t.network.weights()),
                        t -> optimizer.requireFits(DType.FLOAT32),
                        t ->
                                new Trainer(optimizer, 2, 1, 1)
                                        .fit(t.network, EXAMPLES, EXAMPLES, NOBODY))) {
            var e = assertThrows(IllegalArgumentException.class, () -> use.accept(this));
            assertTrue(e.getMessage().startsWith(message), e::getMessage);
        }
        assertEquals(Arrays.toString(before), Arrays.toString(weights()));
        new Trainer(optimizer, 2, 1, 1).fit(classifier(DType.FLOAT64), EXAMPLES, EXAMPLES, NOBODY);
    }

    /** The betas next to 1 are 1 in single precision, but are only used as what is left to 1. */
    @Test
    void theLargestBetasGiveNumbersInEachType() {
        double most = Math.nextDown(1.0);
        for (DType dtype : DType.arithmeticTypes()) {
            try (Network other = classifier(dtype)) {
                new Trainer(new Adam(0.1, most, most, 1e-7), 2, 3, 1)
                        .fit(other, EXAMPLES, EXAMPLES, NOBODY);
                Span value = other.weights().get(0).value();
                for (int i = 0; i < value.length(); i++) {
                    assertTrue(Double.isFinite(value.get(i)));
                }
            }
        }
    }

    @Test
    void aBatchThatCannotBeHeldIsRefusedBeforeTraining() {
        int units = 1 << 20;
        int rows = 513;
        Network wide =
                new Network(
                        DType.FLOAT32,
                        1,
                        List.of(
                                new Dense(units, Elementwise.relu(), Initializer.zeros()),
                                new Dense(1, AxisFunction.softmax(), Initializer.zeros())),
                        1);
        Examples many = new Examples(new float[rows], 1, new int[rows], 1);
        Span x = Span.of(new float[rows]);
        Trainer trainer = new Trainer(Optimizer.sgd(0.1), rows, 1, 1);
        for (Runnable call :
                List.<Runnable>of(
                        () -> wide.reserve(rows),
                        () -> wide.forward(x, rows, false),
                        () -> SignalMonitor.observe(wide, many),
                        () -> trainer.prepare(wide, many, many),
                        () -> trainer.fit(wide, many, many, NOBODY))) {
            var e = assertThrows(IllegalArgumentException.class, call::run);
            assertEquals(
                    "a batch of dense0's outputs, a matrix [513, 1048576] of FLOAT32, is larger"
                            + " than 2 GiB",
                    e.getMessage());
        }
        wide.close();
    }

    @Test
    void reservingKeepsTheWeightsAndWhatFitsTheLastPass() {
        network.reserve(8);
        Span output = network.forward(Span.of(new float[6]), 3, false);
        network.reserve(2);
        network.backward(new int[3], Optional.empty());
        assertEquals(0.5, output.get(0));
        network.reserve(9);
        assertThrows(
                IllegalStateException.class, () -> network.backward(new int[3], Optional.empty()));
        assertEquals(Arrays.toString(before), Arrays.toString(weights()));
        var e = assertThrows(IllegalArgumentException.class, () -> network.reserve(0));
        assertEquals("rows must be at least 1, not 0", e.getMessage());
    }
}
