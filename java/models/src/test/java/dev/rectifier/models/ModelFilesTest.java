package dev.rectifier.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.DType;
import dev.rectifier.Span;
import dev.rectifier.network.ModelException;
import dev.rectifier.network.Network;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Small files that {@code src/test/python/make_models.py} makes, and damage done to them. */
class ModelFilesTest {
    private static final List<String> TORCH = List.of("fc1", "bn", "act", "fc2", "Softmax(dim=-1)");

    @TempDir private Path folder;

    private static Path file(String name) {
        try {
            return Path.of(ModelFilesTest.class.getResource(name).toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private static void check(String name, ImportedNetwork model) throws IOException {
        List<String> lines = Files.readAllLines(file(name.replaceFirst("[.][a-z0-9]*$", ".txt")));
        double[] x = numbers(lines.get(0));
        double[] wanted = numbers(lines.get(1));
        double largest = Arrays.stream(wanted).map(Math::abs).max().orElseThrow();
        for (DType dtype : DType.arithmeticTypes()) {
            try (Network network = model.network(dtype)) {
                Span in = Span.allocate(dtype, x.length);
                for (int i = 0; i < x.length; i++) {
                    in.set(i, x[i]);
                }
                Span y = network.forward(in, 1, false);
                assertEquals(wanted.length, y.length());
                double bound = largest * (dtype == DType.FLOAT32 ? 2e-6 : 1e-12);
                for (int i = 0; i < wanted.length; i++) {
                    assertEquals(wanted[i], y.get(i), bound, name + " in " + dtype);
                }
            }
        }
    }

    private static double[] numbers(String line) {
        return Arrays.stream(line.split(" ")).mapToDouble(Double::parseDouble).toArray();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "normalization.keras",
                "named-groups.keras",
                "batchnorm.h5",
                "keras1.h5",
                "swish.onnx",
                "sklearn-binary.onnx",
                "clip-and-scale.onnx"
            })
    void aFileComputesWhatItsMakerComputes(String name) throws IOException {
        check(name, Models.read(file(name)));
    }

    @Test
    void tensorsOfPyTorchComputeWhatTheLayersSay() throws IOException {
        check("torch.safetensors", Torch.read(file("torch.safetensors"), TORCH));
    }

    @Test
    void classesHaveTheNamesOfTheZipMap() {
        try (Network network = Models.read(file("sklearn-binary.onnx")).network()) {
            assertEquals(List.of("stays", "quits"), network.classNames());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bad-missing-weights.h5    | layer 'e' of class Dense",
                "bad-shape.h5              | layer 'd' of class Dense needs",
                "bad-layer.h5              | layer 'c' of class Conv1D",
                "bad-branches.h5           | layer 'sum' of class Add has 2 inputs",
                "bad-operator.onnx         | node LRN 'y_node'",
                "bad-sum.onnx              | node Add 'y_node': joins two branches",
                "bad-unknown-function.onnx | sigmoid(x) * tanh(x)",
                "bad-two-outputs.onnx      | name one",
                "bad-types.onnx            | node MatMul 'y_node': mixes the types",
                "torch.safetensors         | safetensors",
                "torch.txt                 | no ONNX model",
            })
    void whatIsNoNetworkIsRefusedByName(String name, String reason) {
        Path file = file(name);
        ModelException e = assertThrows(ModelException.class, () -> Models.read(file));
        assertTrue(e.getMessage().startsWith(file + ": "), e::getMessage);
        assertTrue(e.getMessage().contains(reason), e::getMessage);
    }

    @Test
    void anOutputCanBeNamed() {
        Path file = file("bad-two-outputs.onnx");
        assertEquals(4, Models.read(file, Optional.of("b")).outputs());
        ModelException e =
                assertThrows(ModelException.class, () -> Models.read(file, Optional.of("c")));
        assertTrue(e.getMessage().contains("has no tensor 'c'"), e::getMessage);
    }

    @Test
    void layersOfPyTorchMustFitItsTensors() {
        Path file = file("torch.safetensors");
        refused(file, List.of("fc1", "bn", "act"), "tensor 'fc2.weight' belongs to none");
        refused(file, List.of("fc1", "fc3"), "layer 'fc3' has no tensors");
        refused(file, List.of("ReLU", "fc1"), "layer 'ReLU' comes before");
        refused(file, List.of("fc2", "fc1"), "layer 'fc1' needs weight of [4, 2]");
    }

    private static void refused(Path file, List<String> layers, String reason) {
        ModelException e = assertThrows(ModelException.class, () -> Torch.read(file, layers));
        assertTrue(e.getMessage().contains(reason), e::getMessage);
    }

    /** Whatever a damaged file says, it is refused or read, and nothing else happens. */
    @ParameterizedTest
    @ValueSource(
            strings = {"normalization.keras", "batchnorm.h5", "sklearn-binary.onnx", "keras1.h5"})
    void aDamagedFileIsRefusedOrRead(String name) throws IOException {
        byte[] whole = Files.readAllBytes(file(name));
        Path damaged = folder.resolve("damaged");
        int refusals = 0;
        for (int i = 0; i < 60; i++) {
            byte[] bytes =
                    i % 2 == 0
                            ? Arrays.copyOf(whole, (int) ((long) whole.length * i / 60))
                            : whole.clone();
            if (i % 2 == 1) {
                bytes[(int) ((long) whole.length * i / 60)] ^= (byte) 0xff;
            }
            Files.write(damaged, bytes);
            try {
                Models.read(damaged);
            } catch (ModelException e) {
                assertTrue(e.getMessage().startsWith(damaged + ": "), e::getMessage);
                refusals++;
            }
        }
        assertTrue(refusals >= 25, "only " + refusals + " refused");
    }
}
