package dev.rectifier.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rectifier.cli.data.NpyArray;
import dev.rectifier.cli.data.NpyFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What depends on how Java was started, or on where its output goes. */
@Timeout(120)
class ProcessTest {
    @TempDir Path folder;

    private Process start(String javaOption, Object... args) throws IOException {
        return builder(javaOption, args).start();
    }

    private ProcessBuilder builder(String javaOption, Object... args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add(javaOption);
        // The manifest says it for those who start the jar.
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(Main.class.getName());
        for (Object arg : args) {
            command.add(arg.toString());
        }
        return new ProcessBuilder(command).redirectError(folder.resolve("err").toFile());
    }

    private Outcome finish(Process process) throws IOException, InterruptedException {
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        return new Outcome(code, out, err());
    }

    private String err() throws IOException {
        return Files.readString(folder.resolve("err"));
    }

    @Test
    void theJavaBackendCanBeChosen() throws Exception {
        Path in = folder.resolve("in.npy");
        Path out = folder.resolve("out.npy");
        NpyFile.write(in, NpyArray.of(new float[] {-2, 0, 3}, 3));
        String java = "-Drectifier.backend=java";
        Outcome info = finish(start(java, "info", "--json"));
        assertEquals(0, info.code(), info.err());
        assertTrue(info.out().contains("\"backend\" : \"java\""), info.out());
        Outcome apply = finish(start(java, "apply", "relu", in, out));
        assertEquals(0, apply.code(), apply.err());
        assertArrayEquals(new float[] {0, 0, 3}, NpyFile.read(out).floats());
    }

    @Test
    void anUnknownBackendIsAUsageErrorWithTheLegalNames() throws Exception {
        String unknown = "-Drectifier.backend=abacus";
        finish(start(unknown, "info")).isUsageError("rectifier.backend=abacus", "native", "java");
        finish(start(unknown, "init", "zeros", "--shape", "1", "--seed", "1", folder.resolve("w")))
                .isUsageError("rectifier.backend=abacus");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rectifier.threads=abc",
                "rectifier.threads=",
                "rectifier.backend=",
                "rectifier.library.path=",
                "org.bytedeco.javacpp.platform="
            })
    void aSettingThatMeansNothingIsAUsageErrorOfEachCommandThatComputes(String setting)
            throws Exception {
        Path in = folder.resolve("in.npy");
        Path out = folder.resolve("out");
        NpyFile.write(in, NpyArray.of(new float[] {-2, 0, 3}, 3));
        Object[][] commands = {
            {"info"},
            {"apply", "relu", in, out},
            {"init", "zeros", "--shape", "1", "--seed", "1", out},
            {"plot", "relu", "--out", out},
            {"study", "--out", out}
        };
        String named = setting.replaceFirst("=$", " is empty");
        for (Object[] command : commands) {
            finish(start("-D" + setting, command)).isUsageError(named + ", but must be");
            assertTrue(Files.notExists(out));
        }
    }

    @Test
    void memoryThatTheTrainingsOfAStudyLackIsFoundOutBeforeTheFirst() throws Exception {
        Path out = folder.resolve("report.html");
        Object[] args = {"study", "--layers", 1, "--units", 20_000, "--out", out};
        Outcome study = finish(start("-XX:MaxDirectMemorySize=16m", args));
        study.isDataError("direct buffer memory", "MaxDirectMemorySize", "JAVA_OPTS");
        assertTrue(Files.notExists(out));
        assertTrue(!study.err().contains("runs"), study.err());
    }

    @Test
    void aMissingNativeLibraryIsSaidWithoutAStackTrace() throws Exception {
        Path nowhere = folder.resolve("nowhere");
        finish(start("-Drectifier.library.path=" + nowhere, "info"))
                .isDataError(nowhere.toString(), "rectifier.backend=java");
    }

    @Test
    void theListsNeedNoNativeLibrary() throws Exception {
        String nowhere = "-Drectifier.library.path=" + folder.resolve("nowhere");
        assertEquals(0, finish(start(nowhere, "list", "activations")).code());
    }

    @Test
    void tooLittleMemoryIsSaidWithoutAStackTrace() throws Exception {
        Path out = folder.resolve("w.npy");
        Object[] args = {"init", "zeros", "--shape", "100000000", "--seed", "1", out};
        finish(start("-Xmx48m", args)).isDataError("out of memory", "-Xmx");
        assertTrue(Files.notExists(out));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-", "/dev/stdin"})
    void aPipeIsReadAsAFileIs(String name) throws Exception {
        assumeTrue(name.equals("-") || Files.exists(Path.of(name)), "no /dev/stdin here");
        float[] x = new float[300_000];
        for (int i = 0; i < x.length; i++) {
            x[i] = i;
        }
        Path in = folder.resolve("in.npy");
        Path out = folder.resolve("out.npy");
        NpyFile.write(in, NpyArray.of(x, x.length));
        Process apply = start("-Xshare:auto", "apply", "relu", name, out);
        try (OutputStream pipe = apply.getOutputStream()) {
            Files.copy(in, pipe);
        }
        Outcome applied = finish(apply);
        assertEquals(0, applied.code(), applied.err());
        assertArrayEquals(x, NpyFile.read(out).floats());
    }

    @Test
    void aReaderThatLeavesEndsTheCommandInSilence() throws Exception {
        Process process = start("-Xshare:auto", "list", "activations");
        process.getInputStream().close();
        assertEquals(Main.DATA, process.waitFor());
        assertEquals("", err());
    }

    @Test
    void aLocaleWithoutSignsDoesNotGarbleTheTable() throws Exception {
        Path report = folder.resolve("report.html");
        String options = "--layers 1 --units 4 --epochs 1 --seeds 1 --activations relu";
        List<Object> args = new ArrayList<>(List.of("study", "--out", report));
        args.addAll(List.of(options.split(" ")));
        ProcessBuilder builder = builder("-Xshare:auto", args.toArray());
        builder.environment().put("LC_ALL", "C");
        Outcome study = finish(builder.start());
        assertEquals(0, study.code(), study.err());
        assertTrue(study.out().contains("mean ± standard deviation"), study.out());
        assertTrue(study.out().contains("– for never"), study.out());
    }
}
