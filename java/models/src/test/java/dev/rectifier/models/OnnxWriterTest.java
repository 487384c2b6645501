package dev.rectifier.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
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
import dev.rectifier.Snake;
import dev.rectifier.network.Dense;
import dev.rectifier.network.ModelException;
import dev.rectifier.network.Network;
import dev.rectifier.network.Predictor;
import dev.rectifier.network.Scaling;
import dev.rectifier.network.Weights;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is written computes the same in ONNX Runtime, and when it is read again. */
class OnnxWriterTest {
    private static final int INPUTS = 7;
    private static final int ROWS = 50;

    /** Those that no operator, or few, would give. */
    private static final Set<String> REFUSED = Set.of("sparsePlus", "squareplus", "sparsemax");

    @TempDir private Path folder;

    static Stream<Activation> activations() {
        Stream<Activation> defaults =
                Activation.definitions().stream()
                        .<Activation>map(Definition::withDefaults)
                        .filter(
                                f ->
                                        !(f instanceof Glu
                                                || f instanceof ConcatenatedRelu
                                                || f instanceof GumbelSoftmax));
        Stream<Activation> others =
                Stream.of(
                        Elementwise.leakyRelu(0.2),
                        Elementwise.generalizedRelu(0, 4, 0),
                        Elementwise.generalizedRelu(0.1, Double.POSITIVE_INFINITY, 0),
                        Elementwise.hardTanh(-0.5, Double.POSITIVE_INFINITY),
                        Elementwise.hardTanh(Double.NEGATIVE_INFINITY, 0.5),
                        Elementwise.hardSigmoid(0.2f, 0.5),
                        Elementwise.hardShrink(0.25),
                        Elementwise.softShrink(0.25),
                        Elementwise.threshold(-0.5, 0),
                        Elementwise.elu(0.5),
                        Elementwise.celu(2),
                        Elementwise.softplus(2, 20),
                        Elementwise.swish(1.702),
                        Elementwise.starRelu(-0.5, 2),
                        new Snake(0));
        return Stream.concat(defaults, others).filter(f -> !REFUSED.contains(f.name()));
    }

    private static Network network(DType dtype, Activation f) {
        Initializer kernel = Initializer.heNormal(0);
        List<Dense> layers = new ArrayList<>();
        // An exponential of an exponential of one is beyond all numbers.
        if (!(f instanceof AxisFunction || f.equals(Elementwise.exponential()))) {
            layers.add(new Dense(9, f, kernel, 0.3));
            layers.add(new Dense(6, f, kernel));
        }
        layers.add(new Dense(4, f, kernel));
        Network network = new Network(dtype, INPUTS, layers, 42);
        SplittableRandom random = new SplittableRandom(9);
        for (Weights weights : network.weights()) {
            for (int i = 0;
                    i < weights.value().length() && !weights.name().endsWith("kernel");
                    i++) {
                weights.value().set(i, random.nextDouble(-1, 1));
            }
        }
        double[] scale = random.doubles(INPUTS, 0.5, 2).toArray();
        double[] shift = random.doubles(INPUTS, -1, 1).toArray();
        network.setScaling(new Scaling(scale, shift));
        network.setClassNames(List.of("a", "b \"quoted\"", "c", "d"));
        return network;
    }

    private static float[] rows() {
        float[] x = new float[ROWS * INPUTS];
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextDouble(-3, 3);
        }
        return x;
    }

    private static float[] predict(Network network) {
        float[] y = new float[ROWS * network.outputs()];
        new Predictor(network).predict(rows(), y);
        return y;
    }

    private static void compare(float[] wanted, float[] found, int outputs, double tolerance) {
        for (int row = 0; row < ROWS; row++) {
            double largest = 0;
            for (int i = 0; i < outputs; i++) {
                largest = Math.max(largest, Math.abs(wanted[row * outputs + i]));
            }
            for (int i = 0; i < outputs; i++) {
                assertEquals(
                        wanted[row * outputs + i],
                        found[row * outputs + i],
                        tolerance * Math.max(largest, 0.1),
                        "row " + row);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("activations")
    void onnxRuntimeComputesTheSame(Activation f) throws Exception {
        Path file = folder.resolve("net.onnx");
        try (Network network = network(DType.FLOAT32, f)) {
            Onnx.write(network, file);
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            float[][] x = new float[ROWS][INPUTS];
            for (int row = 0; row < ROWS; row++) {
                System.arraycopy(rows(), row * INPUTS, x[row], 0, INPUTS);
            }
            float[] found = new float[ROWS * network.outputs()];
            try (OrtSession session = environment.createSession(file.toString());
                    OnnxTensor features = OnnxTensor.createTensor(environment, x);
                    OrtSession.Result result = session.run(Map.of("features", features))) {
                float[][] y = (float[][]) result.get(0).getValue();
                for (int row = 0; row < ROWS; row++) {
                    System.arraycopy(y[row], 0, found, row * network.outputs(), network.outputs());
                }
            }
            compare(predict(network), found, network.outputs(), 2e-6);
        }
    }

    @ParameterizedTest
    @MethodSource("activations")
    void whatIsReadAgainComputesTheSame(Activation f) {
        Path file = folder.resolve("net.onnx");
        for (DType dtype : DType.arithmeticTypes()) {
            try (Network network = network(dtype, f)) {
                Onnx.write(network, file);
                if (f instanceof LearnedSwish || f instanceof Snake) {
                    // Its parameters, one for each unit, are no scalar, which is all that we
                    // recognize.
                    assertThrows(ModelException.class, () -> Onnx.read(file));
                    continue;
                }
                ImportedNetwork read = Onnx.read(file);
                assertEquals(network.classNames(), read.network().classNames());
                assertEquals(dtype, read.dtype());
                try (Network again = read.network()) {
                    compare(predict(network), predict(again), network.outputs(), 1e-6);
                }
            }
        }
    }

    @Test
    void whatOnnxHasNotIsRefusedByItsNameBeforeAFileIsThere() {
        List<Activation> refused =
                List.of(
                        Elementwise.sparsePlus(),
                        Elementwise.squareplus(),
                        Elementwise.threshold(1, 2),
                        Elementwise.softplus(1, 5),
                        Elementwise.generalizedRelu(0, 6, 1),
                        AxisFunction.sparsemax(-1));
        for (Activation f : refused) {
            try (Network network = network(DType.FLOAT32, f)) {
                Path file = folder.resolve("none.onnx");
                String message =
                        assertThrows(
                                        IllegalArgumentException.class,
                                        () -> Onnx.write(network, file))
                                .getMessage();
                assertEquals("ONNX has no operator for " + f, message);
                assertTrue(Files.notExists(file));
            }
        }
    }

    @Test
    void whatCannotBeWrittenIsSaid() {
        Network network = network(DType.FLOAT32, Elementwise.relu());
        Path nowhere = folder.resolve("no").resolve("net.onnx");
        String message =
                assertThrows(ModelException.class, () -> Onnx.write(network, nowhere)).getMessage();
        assertEquals(nowhere + ": can't be written: no such file or folder", message);
        assertEquals(
                "network",
                assertThrows(NullPointerException.class, () -> Onnx.write(null, nowhere))
                        .getMessage());
        network.close();
        assertThrows(
                IllegalStateException.class, () -> Onnx.write(network, folder.resolve("net.onnx")));
    }

    /** A softmax in float64, which ONNX Runtime has kernels for. */
    @Test
    void doublePrecisionStaysDouble() throws Exception {
        Path file = folder.resolve("double.onnx");
        try (Network network = network(DType.FLOAT64, AxisFunction.softmax())) {
            Onnx.write(network, file);
            double[] x = new SplittableRandom(1).doubles(INPUTS, -1, 1).toArray();
            double[] wanted = new double[4];
            new Predictor(network).predict(x, wanted);
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            try (OrtSession session = environment.createSession(file.toString());
                    OnnxTensor features = OnnxTensor.createTensor(environment, new double[][] {x});
                    OrtSession.Result result = session.run(Map.of("features", features))) {
                double[][] y = (double[][]) result.get(0).getValue();
                for (int i = 0; i < 4; i++) {
                    assertEquals(wanted[i], y[0][i], 1e-13);
                }
            }
        }
    }
}
