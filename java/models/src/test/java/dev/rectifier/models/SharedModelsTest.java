package dev.rectifier.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.DType;
import dev.rectifier.Span;
import dev.rectifier.network.ModelException;
import dev.rectifier.network.Network;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Files of other people, with what they compute in double precision. They are not part of this
 * repository: {@code -Drectifier.models=FOLDER} says where they are.
 */
class SharedModelsTest {
    private static final Path FOLDER =
            Path.of(System.getProperty("rectifier.models", "../../../shared/data/models"));

    /**
     * Where single precision itself is off by more than 2e-6 of the row's largest output: ONNX
     * Runtime by 3.7e-6 and 3.3e-6.
     */
    private static final Map<String, Double> IN_FLOAT =
            Map.of(
                    "onnx-matlab-opset8-acas-sub-flatten-relu.onnx", 4e-6,
                    "onnx-torch-2.2-opset11-dropout.onnx", 3.5e-6);

    private static List<Path> files(boolean bad) throws IOException {
        if (!Files.isDirectory(FOLDER)) {
            String reason = "no folder " + FOLDER.toAbsolutePath().normalize() + " with models";
            System.out.println("SharedModelsTest is skipped: " + reason);
            Assumptions.abort(reason);
        }
        try (Stream<Path> all = Files.list(FOLDER)) {
            return all.filter(
                            f ->
                                    bad
                                            ? f.getFileName().toString().startsWith("bad-")
                                            : Files.exists(beside(f, ".out.npy")))
                    .filter(f -> !f.toString().endsWith(".npy"))
                    .sorted()
                    .toList();
        }
    }

    private static Path beside(Path file, String ending) {
        return file.resolveSibling(
                file.getFileName().toString().replaceFirst("([.][^.]*)?$", ending));
    }

    @TestFactory
    Stream<DynamicTest> eachFileComputesWhatItShould() throws IOException {
        return files(false).stream()
                .map(
                        file ->
                                DynamicTest.dynamicTest(
                                        file.getFileName().toString(), () -> check(file)));
    }

    private static void check(Path file) throws IOException {
        ImportedNetwork model = Models.read(file);
        double[] x = Npy.read(beside(file, ".in.npy"));
        double[] wanted = Npy.read(beside(file, ".out.npy"));
        assertEquals(0, x.length % model.inputs());
        int rows = x.length / model.inputs();
        assertEquals(wanted.length, rows * model.outputs());
        for (DType dtype : DType.arithmeticTypes()) {
            try (Network network = model.network(dtype)) {
                double error = error(network, x, wanted, rows);
                System.out.printf("%s %s: %.1e%n", file.getFileName(), dtype, error);
                String name = file.getFileName().toString();
                // Spelt out with a root of 2 and the like in single precision.
                double inDouble = name.contains("gelu") ? 1e-7 : 1e-12;
                double bound =
                        dtype == DType.FLOAT32 ? IN_FLOAT.getOrDefault(name, 2e-6) : inDouble;
                assertTrue(error <= bound, () -> dtype + " is off by " + error);
            }
        }
    }

    private static double error(Network network, double[] x, double[] wanted, int rows) {
        Span in = Span.allocate(network.dtype(), x.length);
        for (int i = 0; i < x.length; i++) {
            in.set(i, x[i]);
        }
        Span out = network.forward(in, rows, false);
        int n = network.outputs();
        double worst = 0;
        for (int r = 0; r < rows; r++) {
            double largest = 0;
            double off = 0;
            for (int i = r * n; i < (r + 1) * n; i++) {
                largest = Math.max(largest, Math.abs(wanted[i]));
                off = Math.max(off, Math.abs(out.get(i) - wanted[i]));
            }
            worst = Math.max(worst, off == 0 ? 0 : off / largest);
        }
        return worst;
    }

    @TestFactory
    Stream<DynamicTest> eachBadFileIsRefused() throws IOException {
        return files(true).stream()
                .map(
                        file ->
                                DynamicTest.dynamicTest(
                                        file.getFileName().toString(),
                                        () -> {
                                            ModelException e =
                                                    assertThrows(
                                                            ModelException.class,
                                                            () -> Models.read(file));
                                            System.out.println(e.getMessage());
                                            assertTrue(
                                                    e.getMessage().startsWith(file + ": "),
                                                    e::getMessage);
                                        }));
    }

    @Test
    void allFilesAreThere() throws IOException {
        assertEquals(27, files(false).size(), "files to score");
        assertEquals(6, files(true).size(), "files to refuse");
    }

    /** Enough of NumPy's format for these files. */
    private static final class Npy {
        static double[] read(Path file) throws IOException {
            ByteBuffer all =
                    ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            int header = all.getShort(8);
            String text = new String(all.array(), 10, header, StandardCharsets.US_ASCII);
            boolean isDouble = text.contains("<f8");
            assertTrue(isDouble || text.contains("<f4"), text);
            all.position(10 + header);
            double[] values = new double[all.remaining() / (isDouble ? 8 : 4)];
            for (int i = 0; i < values.length; i++) {
                values[i] = isDouble ? all.getDouble() : all.getFloat();
            }
            return values;
        }
    }
}
