package dev.rectifier.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rectifier.data.NpyArray;
import dev.rectifier.data.NpyFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What depends on how Java was started, or on where its output goes. */
@Timeout(120)
@Tag("child-jvm")
class ProcessTest {
    @TempDir Path folder;

    private static Child start(List<String> javaOptions, Object... args) throws IOException {
        return Child.start(new ProcessBuilder(Child.command(javaOptions, Main.class, args)));
    }

    private static Outcome run(String javaOption, Object... args)
            throws IOException, InterruptedException {
        return start(List.of(javaOption), args).outcome();
    }

    @Test
    void theJavaBackendCanBeChosen() throws Exception {
        Path in = folder.resolve("in.npy");
        Path out = folder.resolve("out.npy");
        NpyFile.write(in, NpyArray.of(new float[] {-2, 0, 3}, 3));
        String java = "-Drectifier.backend=java";
        Outcome info = run(java, "info", "--json");
        assertEquals(0, info.code(), info.err());
        assertTrue(info.out().contains("\"backend\" : \"java\""), info.out());
        Outcome apply = run(java, "apply", "relu", in, out);
        assertEquals(0, apply.code(), apply.err());
        assertArrayEquals(new float[] {0, 0, 3}, NpyFile.read(out).floats());
    }

    @Test
    void anUnknownBackendIsAUsageErrorWithTheLegalNames() throws Exception {
        String unknown = "-Drectifier.backend=abacus";
        run(unknown, "info").isUsageError("rectifier.backend=abacus", "native", "java");
        run(unknown, "init", "zeros", "--shape", "1", "--seed", "1", folder.resolve("w"))
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
        List<Object> commands =
                List.of(
                        "info",
                        "apply relu " + in + " " + out,
                        "init zeros --shape 1 --seed 1 " + out,
                        "plot relu --out " + out,
                        "study --out " + out);
        List<String> command =
                Child.command(List.of("-D" + setting), Several.class, commands.toArray());
        Outcome all = Child.start(new ProcessBuilder(command)).outcome();
        assertEquals(Several.END, all.code(), all.err());
        assertEquals("", all.out());
        String[] errors = all.err().split(Several.BETWEEN);
        assertEquals(commands.size(), errors.length, all.err());
        String named = setting.replaceFirst("=$", " is empty");
        for (String error : errors) {
            new Outcome(Main.USAGE, "", error.strip()).isUsageError(named + ", but must be");
        }
        assertTrue(Files.notExists(out));
    }

    /** Runs one command after the other, each of which must be a usage error. */
    static final class Several {
        static final int END = 3;
        static final String BETWEEN = "\n--\n";

        public static void main(String[] commands) {
            for (String command : commands) {
                int code = Main.commandLine().execute(command.split(" "));
                if (code != Main.USAGE) {
                    System.exit(code);
                }
                System.err.print(BETWEEN);
            }
            System.exit(END);
        }
    }

    @Test
    void memoryThatTheTrainingsOfAStudyLackIsFoundOutBeforeTheFirst() throws Exception {
        Path out = folder.resolve("report.html");
        Object[] args = {"study", "--layers", 1, "--units", 20_000, "--out", out};
        Outcome study = run("-XX:MaxDirectMemorySize=16m", args);
        study.isDataError("direct buffer memory", "MaxDirectMemorySize", "JAVA_OPTS");
        assertTrue(Files.notExists(out));
        assertTrue(!study.err().contains("runs"), study.err());
    }

    @Test
    void aMissingNativeLibraryIsSaidWithoutAStackTrace() throws Exception {
        Path nowhere = folder.resolve("nowhere");
        run("-Drectifier.library.path=" + nowhere, "info")
                .isDataError(nowhere.toString(), "rectifier.backend=java");
    }

    @Test
    void theListsNeedNoNativeLibrary() throws Exception {
        String nowhere = "-Drectifier.library.path=" + folder.resolve("nowhere");
        assertEquals(0, run(nowhere, "list", "activations").code());
    }

    @Test
    void tooLittleMemoryIsSaidWithoutAStackTrace() throws Exception {
        Path out = folder.resolve("w.npy");
        Object[] args = {"init", "zeros", "--shape", "100000000", "--seed", "1", out};
        run("-Xmx48m", args).isDataError("out of memory", "-Xmx");
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
        Child apply = start(List.of(), "apply", "relu", name, out);
        try (OutputStream pipe = apply.process().getOutputStream()) {
            Files.copy(in, pipe);
        }
        Outcome applied = apply.outcome();
        assertEquals(0, applied.code(), applied.err());
        assertArrayEquals(x, NpyFile.read(out).floats());
    }

    @Test
    void aReaderThatLeavesEndsTheCommandInSilence() throws Exception {
        Child child = start(List.of(), "list", "activations");
        child.process().getInputStream().close();
        assertEquals(Main.DATA, child.process().waitFor());
        assertEquals("", child.told());
    }

    @Test
    void aLocaleWithoutSignsDoesNotGarbleTheTable() throws Exception {
        Path report = folder.resolve("report.html");
        String options = "--layers 1 --units 4 --epochs 1 --seeds 1 --activations relu";
        List<Object> args = new ArrayList<>(List.of("study", "--out", report));
        args.addAll(List.of(options.split(" ")));
        ProcessBuilder builder = new ProcessBuilder(Child.rectifier(args.toArray()));
        builder.environment().put("LC_ALL", "C");
        Outcome study = Child.start(builder).outcome();
        assertEquals(0, study.code(), study.err());
        assertTrue(study.out().contains("mean ± standard deviation"), study.out());
        assertTrue(study.out().contains("– for never"), study.out());
    }
}
