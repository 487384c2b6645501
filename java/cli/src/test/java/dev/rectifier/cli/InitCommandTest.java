package dev.rectifier.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.Definition;
import dev.rectifier.Initializer;
import dev.rectifier.Parameter;
import dev.rectifier.Rectifier;
import dev.rectifier.Shape;
import dev.rectifier.data.NpyArray;
import dev.rectifier.data.NpyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class InitCommandTest {
    @TempDir Path folder;
    private Path out;

    @BeforeEach
    void nameTheOutput() {
        out = folder.resolve("out.npy");
    }

    @AfterEach
    void useAllThreadsAgain() {
        Rectifier.setThreads(Integer.MAX_VALUE);
    }

    static Stream<String> names() {
        return Initializer.definitions().stream().map(Definition::name);
    }

    private NpyArray init(Object... args) {
        List<Object> all = new ArrayList<>(List.of("init"));
        all.addAll(List.of(args));
        all.add(out);
        assertEquals("", Outcome.success(all.toArray()).out());
        return NpyFile.read(out);
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyInitializerWritesTheWeightsOfTheLibrary(String name) {
        Initializer initializer = Initializer.of(name, Map.of(), -42).withStream(3);
        boolean matrix = name.equals("identity") || name.equals("sparse");
        long[] dimensions = matrix ? new long[] {20, 50} : new long[] {20, 20, 20};
        for (Shape.Layout layout : Shape.Layout.values()) {
            Shape shape = Shape.of(layout, dimensions);
            Object[] args = {
                name,
                "--shape",
                matrix ? "20,50" : "20,20,20",
                "--seed",
                "-42",
                "--stream",
                "3",
                "--layout",
                layout.name().toLowerCase(),
                "--dtype"
            };
            NpyArray floats = init(append(args, "float32"));
            assertArrayEquals(dimensions, floats.shape());
            assertArrayEquals(initializer.floats(shape), floats.floats());
            NpyArray doubles = init(append(args, "float64"));
            assertArrayEquals(initializer.doubles(shape), doubles.doubles());
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    @Tag("thorough")
    void theWeightsAreTheSameInPartsOfAnyLength(String name) throws IOException {
        boolean matrix = name.equals("identity") || name.equals("sparse");
        Object[] args = {
            name, "--shape", matrix ? "6,10" : "3,4,5", "--seed", "-42", "--stream", "3", "--dtype"
        };
        for (String dtype : new String[] {"float32", "float64"}) {
            init(append(args, dtype));
            byte[] whole = Files.readAllBytes(out);
            for (int most : new int[] {1, 7, 59, 60}) {
                CommandLine parts =
                        new CommandLine(new InitCommand(new Staging(most), most * Double.BYTES))
                                .setCaseInsensitiveEnumValuesAllowed(true);
                Outcome outcome = Outcome.of(parts, append(append(args, dtype), out));
                assertEquals(0, outcome.code(), outcome.err());
                assertArrayEquals(whole, Files.readAllBytes(out), () -> "at most " + most);
            }
        }
    }

    private static Object[] append(Object[] args, Object last) {
        List<Object> all = new ArrayList<>(List.of(args));
        all.add(last);
        return all.toArray();
    }

    @Test
    void float32AndTheKerasLayoutAndStreamZeroAreTheDefaults() {
        float[] expected = Initializer.heNormal(7).floats(Shape.keras(30, 40));
        assertArrayEquals(expected, init("heNormal", "--shape", "30,40", "--seed", "7").floats());
    }

    @Test
    void aPresetIsTheInitializerOfThatSystem() {
        float[] expected = Initializer.xavierNormal(1, 7).floats(Shape.torch(30, 40));
        assertArrayEquals(
                expected,
                init(
                                "torch.nn.init.xavier_normal_",
                                "--shape",
                                "30,40",
                                "--layout",
                                "torch",
                                "--seed",
                                "7")
                        .floats());
    }

    @Test
    void parametersOfBothKindsAreUsed() {
        NpyArray weights =
                init(
                        "varianceScaling",
                        "-p",
                        "scale=2",
                        "-p",
                        "mode=fanAvg",
                        "-p",
                        "distribution=uniform",
                        "--shape",
                        "30,40",
                        "--seed",
                        "7");
        float[] expected =
                Initializer.varianceScaling(
                                2, Initializer.Mode.FAN_AVG, Initializer.Form.UNIFORM, 7)
                        .floats(Shape.keras(30, 40));
        assertArrayEquals(expected, weights.floats());
    }

    @Test
    void theNumberOfThreadsIsUsedAndChangesNoBit() {
        float[] one =
                init("heNormal", "--shape", "1000000", "--seed", "7", "--threads", "1").floats();
        assertEquals(1, Rectifier.threads());
        float[] two =
                init("heNormal", "--shape", "1000000", "--seed", "7", "--threads", "2").floats();
        assertArrayEquals(one, two);
    }

    @Test
    void aShapeWithoutElementsIsAFileWithoutElements() {
        assertArrayEquals(
                new long[] {0, 3}, init("heNormal", "--shape", "0,3", "--seed", "7").shape());
    }

    @ParameterizedTest
    @MethodSource("names")
    void aBadValueOfAnyParameterIsAUsageError(String name) {
        for (Parameter parameter :
                Initializer.definitions().stream()
                        .filter(definition -> definition.name().equals(name))
                        .findFirst()
                        .orElseThrow()
                        .parameters()) {
            Outcome.of(
                            "init",
                            name,
                            "-p",
                            parameter.name() + "=NaN",
                            "--shape",
                            1,
                            "--seed",
                            1,
                            out)
                    .isUsageError(parameter.name(), "NaN", parameter.range());
        }
        assertFalse(Files.exists(out));
    }

    @Test
    void mistakesOnTheCommandLineAreUsageErrorsAndWriteNothing() {
        bad("heAbnormal", "--shape", 1, "--seed", 1).isUsageError("heAbnormal", "heNormal");
        bad("ones", "-p", "x=1", "--shape", 1, "--seed", 1).isUsageError("ones", "parameter x");
        bad("ones", "-p", "x", "--shape", 1, "--seed", 1).isUsageError("KEY=VALUE");
        bad("ones", "--shape", 1).isUsageError("--seed");
        bad("ones", "--seed", 1).isUsageError("--shape");
        bad("ones", "--shape", 1, "--seed", 1.5).isUsageError("--seed", "1.5");
        bad("ones", "--shape", "3,x", "--seed", 1).isUsageError("--shape", "x");
        bad("ones", "--shape", "3,-4", "--seed", 1).isUsageError("-4");
        bad("ones", "--shape", "65536,65536", "--seed", 1).isUsageError("4294967296");
        bad("ones", "--shape", "4294967296,4294967296", "--seed", 1)
                .isUsageError("1152921504606846976");
        bad("ones", "--shape", "1" + ",1".repeat(64), "--seed", 1).isUsageError("rank 65");
        bad("ones", "--shape", 1, "--seed", 1, "--layout", "onnx").isUsageError("onnx", "TORCH");
        bad("ones", "--shape", 1, "--seed", 1, "--dtype", "int8").isUsageError("int8", "FLOAT64");
        bad("ones", "--shape", 1, "--seed", 1, "--dtype", "float16")
                .isUsageError("float16", "[FLOAT32, FLOAT64]");
        bad("ones", "--shape", 1, "--seed", 1, "--threads", 0).isUsageError("threads", "not 0");
        bad("torch.nn.init.xavier_norm", "--shape", 1, "--seed", 1)
                .isUsageError("torch.nn.init.xavier_normal_");
        bad("torch.nn.init.eye_", "-p", "gain=2", "--shape", "3,3", "--seed", 1)
                .isUsageError("takes no parameters");
        bad("dirac", "--shape", "3,4", "--seed", 1).isUsageError("3 to 5 axes", "(3, 4)");
        bad("sparse", "-p", "sparsity=1.5", "--shape", "3,4", "--seed", 1)
                .isUsageError("sparsity", "from 0.0 to 1.0", "1.5");
        bad("constant", "-p", "value=1e300", "--shape", 1, "--seed", 1).isUsageError("FLOAT32");
        assertFalse(Files.exists(out));
    }

    private Outcome bad(Object... args) {
        List<Object> all = new ArrayList<>(List.of("init"));
        all.addAll(List.of(args));
        all.add(out);
        return Outcome.of(all.toArray());
    }

    @Test
    void anOutputThatCannotBeWrittenIsADataError() {
        out = folder.resolve("missing").resolve("out.npy");
        bad("ones", "--shape", 1, "--seed", 1).isDataError(out.toString(), "can't be written");
        assertTrue(Files.notExists(out));
    }

    @Test
    void fansMayBeSaidByAxes() {
        NpyArray weights =
                init(
                        "heNormal",
                        "--shape",
                        "64,2,8",
                        "--seed",
                        3,
                        "--in-axes",
                        "0",
                        "--out-axes",
                        "1,-1");
        assertArrayEquals(
                Initializer.heNormal(3).floats(Shape.attention(64, 2, 8)), weights.floats());
        Outcome.of(
                        "init",
                        "heNormal",
                        "--shape",
                        "64,2,8",
                        "--seed",
                        3,
                        "--in-axes",
                        "0",
                        "--out-axes",
                        "3",
                        out)
                .isUsageError("axis 3", "[64, 2, 8]");
        Outcome.of("init", "heNormal", "--shape", "4,2", "--seed", 3, "--in-axes", "0", out)
                .isUsageError("--out-axes");
        Outcome.of(
                        "init",
                        "orthogonal",
                        "--shape",
                        "4,2",
                        "--seed",
                        3,
                        "--in-axes",
                        "0",
                        "--out-axes",
                        "1",
                        out)
                .isUsageError("layout");
    }
}
