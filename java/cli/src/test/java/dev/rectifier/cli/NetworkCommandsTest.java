package dev.rectifier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.AxisFunction;
import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Initializer;
import dev.rectifier.data.NpyArray;
import dev.rectifier.data.NpyFile;
import dev.rectifier.network.Dense;
import dev.rectifier.network.Network;
import dev.rectifier.network.Predictor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkCommandsTest {
    @TempDir private Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final float[] x = {1, -2, 0.5f, 3};
    private final float[] y = new float[4];

    private int run(String... args) {
        return Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(args);
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    @BeforeEach
    void makeNetwork() {
        Initializer kernel = Initializer.heNormal(0);
        List<Dense> layers =
                List.of(
                        new Dense(5, Elementwise.leakyRelu(0.2), kernel),
                        new Dense(2, AxisFunction.softmax(), kernel));
        try (Network network = new Network(DType.FLOAT32, 2, layers, 42)) {
            network.setClassNames(List.of("stays", "quits"));
            network.save(folder.resolve("net.safetensors"));
            new Predictor(network).predict(x, y);
        }
    }

    @Test
    void rowsOfACsvFileAreScored() throws IOException {
        Files.writeString(folder.resolve("in.csv"), "a,b\n1,-2\n0.5,3\n");
        assertEquals(
                0,
                run("predict", path("net.safetensors"), path("in.csv"), path("out.csv")),
                err::toString);
        assertEquals(
                "stays,quits\n%s,%s\n%s,%s\n".formatted(y[0], y[1], y[2], y[3]),
                Files.readString(folder.resolve("out.csv")));
    }

    @Test
    void rowsOfANumpyFileAreScored() {
        NpyFile.write(folder.resolve("in.npy"), NpyArray.of(x, 2, 2));
        assertEquals(
                0,
                run("predict", path("net.safetensors"), path("in.npy"), path("out.npy")),
                err::toString);
        NpyArray scores = NpyFile.read(folder.resolve("out.npy"));
        for (int i = 0; i < y.length; i++) {
            assertEquals(y[i], scores.floats()[i]);
        }
    }

    @Test
    void aConvertedFileIsTheSameAgain() throws IOException {
        assertEquals(
                0, run("convert", path("net.safetensors"), path("b.safetensors")), err::toString);
        assertEquals(
                -1,
                Files.mismatch(folder.resolve("net.safetensors"), folder.resolve("b.safetensors")));
    }

    @Test
    void aNetworkGoesThroughOnnxAndBack() throws IOException {
        assertEquals(0, run("convert", path("net.safetensors"), path("net.onnx")), err::toString);
        assertEquals(0, run("show", path("net.onnx")), err::toString);
        assertTrue(out.toString().contains("outputs [stays, quits]"), out::toString);
        Files.writeString(folder.resolve("in.csv"), "1,-2\n0.5,3\n");
        assertEquals(
                0,
                run("predict", path("net.onnx"), path("in.csv"), path("out.csv")),
                err::toString);
        assertEquals(
                "stays,quits\n%s,%s\n%s,%s\n".formatted(y[0], y[1], y[2], y[3]),
                Files.readString(folder.resolve("out.csv")));
    }

    @Test
    void whatOnnxHasNotIsRefusedByItsName() {
        List<Dense> layers =
                List.of(new Dense(2, Elementwise.sparsePlus(), Initializer.heNormal(0)));
        try (Network network = new Network(DType.FLOAT32, 2, layers, 42)) {
            network.save(folder.resolve("odd.safetensors"));
        }
        assertEquals(1, run("convert", path("odd.safetensors"), path("odd.onnx")));
        assertTrue(
                err.toString().contains("ONNX has no operator for Elementwise.sparsePlus()"),
                err::toString);
        assertTrue(Files.notExists(folder.resolve("odd.onnx")));
    }

    @Test
    void layersAreShown() {
        assertEquals(0, run("show", path("net.safetensors")), err::toString);
        assertEquals(
                List.of(
                        "2 features",
                        "dense 5 leakyRelu:negativeSlope=0.2",
                        "dense 2 softmax:axis=-1",
                        "27 parameters of FLOAT32",
                        "task classification",
                        "outputs [stays, quits]"),
                out.toString().lines().toList());
    }

    @Test
    void tablesArePipedThroughGzippedOrNot() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            zip.write("1;-2\n0,5;3\n".getBytes(StandardCharsets.US_ASCII));
        }
        Files.write(folder.resolve("in.csv.gz"), bytes.toByteArray());
        assertEquals(
                0,
                run("predict", path("net.safetensors"), path("in.csv.gz"), path("out.csv")),
                err::toString);
        InputStream before = System.in;
        try {
            System.setIn(new ByteArrayInputStream("1,-2\n0.5,3\n".getBytes()));
            assertEquals(
                    0,
                    run("predict", path("net.safetensors"), "-", path("piped.csv")),
                    err::toString);
        } finally {
            System.setIn(before);
        }
        assertEquals(
                Files.readString(folder.resolve("out.csv")),
                Files.readString(folder.resolve("piped.csv")));
        assertEquals(
                "stays,quits\n%s,%s\n%s,%s\n".formatted(y[0], y[1], y[2], y[3]),
                Files.readString(folder.resolve("out.csv")));
    }

    @Test
    void weightsThatLookWrongAreShown() {
        Initializer kernel = Initializer.heNormal(0);
        List<Dense> layers =
                List.of(
                        new Dense(50, Elementwise.relu(), kernel, 0.5),
                        new Dense(40, Elementwise.relu(), Initializer.randomNormal(0, 30, 0)),
                        new Dense(30, Elementwise.relu(), Initializer.randomNormal(0, 1e-4, 0)),
                        new Dense(1, Elementwise.linear(), kernel));
        try (Network network = new Network(DType.FLOAT32, 4, layers, 42)) {
            for (int i = 0; i < 4; i++) {
                network.weights().get(0).value().set(50 * i + 7, 0);
            }
            network.weights().get(7).value().set(0, Double.NaN);
            network.save(folder.resolve("odd.safetensors"));
        }
        assertEquals(0, run("show", path("odd.safetensors")), err::toString);
        List<String> lines = out.toString().lines().toList();
        assertTrue(lines.contains("dense 50 relu, dropout 0.5"), out::toString);
        assertTrue(lines.contains("task regression"), out::toString);
        assertEquals(
                List.of(
                        "look: dense3/bias has 1 of 1 weights that aren't finite",
                        "look: dense0/kernel: 1 of 50 units have no weights, all are next to 0",
                        "look: dense1/kernel has weights of about 30",
                        "look: dense2/kernel has weights of about 0.0001"),
                lines.stream()
                        .filter(line -> line.startsWith("look"))
                        .map(line -> line.replaceAll("about (\\S+);.*", "about $1"))
                        .map(line -> line.replaceAll("about (29|30)\\.\\d", "about 30"))
                        .map(
                                line ->
                                        line.replaceAll(
                                                "about (0\\.0001\\d*|9\\.\\d+e-05)",
                                                "about 0.0001"))
                        .toList());
    }

    @Test
    void whatIsWrongIsSaid() throws IOException {
        Files.writeString(folder.resolve("in.csv"), "a,b\n1,x\n");
        assertEquals(1, run("predict", path("net.safetensors"), path("in.csv"), path("out.csv")));
        assertTrue(err.toString().contains("'x' in column 2 is no finite number"), err::toString);
        Files.writeString(folder.resolve("none.onnx"), "nothing");
        assertEquals(1, run("show", path("none.onnx")));
        assertTrue(err.toString().contains("none.onnx: is no ONNX model"), err::toString);
        assertEquals(2, run("predict", path("net.safetensors"), path("in.csv"), path("out.txt")));
    }
}
