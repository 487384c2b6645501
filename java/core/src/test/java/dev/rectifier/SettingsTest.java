package dev.rectifier;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings are read once per process: each is tried in a JVM of its own. */
@Tag("child-jvm")
class SettingsTest {
    /** Computes, and says what came of it. */
    static final class Child {
        public static void main(String[] arguments) {
            float[] y = {7};
            try {
                Elementwise.relu().forward(new float[] {2}, y);
                Rectifier.Info info = Rectifier.info();
                System.out.println(
                        info.backend() + " " + info.instructionSet() + " " + info.threads());
            } catch (RuntimeException e) {
                if (y[0] != 7) {
                    throw new AssertionError("computed in spite of " + e);
                }
                System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
            }
        }
    }

    private static String run(String property, String instructionSet)
            throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-D" + property,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName());
        builder.environment().put("RECTIFIER_ISA", instructionSet);
        Process process = builder.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
        assertEquals(0, process.waitFor(), output);
        return output;
    }

    private static String run(String property) throws IOException, InterruptedException {
        return run(property, "");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rectifier.threads=abc | a whole number of at least 1",
                "rectifier.threads=0 | a whole number of at least 1",
                "rectifier.threads=-1 | a whole number of at least 1",
                "rectifier.threads=1.5 | a whole number of at least 1",
                "rectifier.backend=abacus | native or, with dev.rectifier:rectifier-reference:",
                "rectifier.door=window | jni or foreign",
            })
    void aValueThatMeansNothingIsSaidWithItsPropertyAndWhatIsLegal(String setting, String legal)
            throws Exception {
        String output = run(setting);
        assertTrue(
                output.startsWith("SettingException: " + setting + ", but must be " + legal),
                output);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rectifier.threads",
                "rectifier.backend",
                "rectifier.door",
                "rectifier.library.path",
                "org.bytedeco.javacpp.platform"
            })
    @Tag("thorough")
    void anEmptyPropertyIsNoValue(String property) throws Exception {
        for (String empty : List.of("=", "= ")) {
            String output = run(property + empty);
            assertTrue(
                    output.startsWith("SettingException: " + property + " is empty, but must be "),
                    output);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sse9", "avx", "avx2,avx512", " "})
    @Tag("thorough")
    void anInstructionSetThatThereIsNotIsSaidWithThoseThatThereAre(String name) throws Exception {
        String output = run("unrelated=1", name);
        assertTrue(output.startsWith("SettingException: RECTIFIER_ISA"), output);
        assertTrue(output.contains(name.isBlank() ? " is empty" : "=" + name + ", "), output);
        String all = String.join(", ", Rectifier.info().instructionSets());
        assertTrue(
                output.endsWith("one of the instruction sets that this machine has: " + all),
                output);
    }

    static Stream<String> instructionSets() {
        return Rectifier.info().instructionSets().stream();
    }

    @ParameterizedTest
    @MethodSource("instructionSets")
    void anInstructionSetMayBeInUpperOrLowerCase(String name) throws Exception {
        for (String written : List.of(name, name.toUpperCase(Locale.ROOT))) {
            assertTrue(run("unrelated=1", written).startsWith("native " + name), written);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rectifier.backend=Native",
                "rectifier.backend= native ",
                "rectifier.door=JNI",
                "rectifier.threads= 01 ",
                "rectifier.threads=99999999999999999999"
            })
    @Tag("thorough")
    void aValueThatCanOnlyMeanOneThingIsTaken(String setting) throws Exception {
        String output = run(setting);
        int threads = setting.contains("01") ? 1 : Runtime.getRuntime().availableProcessors();
        assertTrue(output.startsWith("native "), output);
        assertTrue(output.endsWith(" " + threads), output);
    }

    static final class Door {
        public static void main(String[] arguments) {
            try {
                float[] y = new float[3];
                Elementwise.relu().forward(new float[] {2, -1, 3}, y);
                System.out.println(Arrays.toString(y) + " " + Rectifier.info().door());
            } catch (SettingException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    private static String door(String setting, String... options) throws Exception {
        List<String> all = new ArrayList<>(List.of("-Drectifier.door=" + setting));
        all.addAll(List.of(options));
        ChildJvm child = ChildJvm.run(60, Door.class, all);
        assertEquals(0, child.exit(), child.output());
        return child.output().strip();
    }

    @Test
    void aDoorThatIsAskedForIsInUseOrSaidNotToBeThere() throws Exception {
        assertEquals("[2.0, 0.0, 3.0] jni (rectifier.door=jni)", door("jni"));
        int version = Runtime.version().feature();
        assertEquals(
                version < 22
                        ? "rectifier.door=foreign, but must be jni here: Java "
                                + version
                                + " is older than 22"
                        : "[2.0, 0.0, 3.0] foreign (rectifier.door=foreign)",
                door("foreign"));
    }

    @Test
    void aPathThatLeadsNowhereIsSaidWithWhatCanHelp() throws Exception {
        String nowhere = run("rectifier.library.path=/nowhere/at/all");
        assertTrue(nowhere.startsWith("NativeLibraryException: "), nowhere);
        assertTrue(
                nowhere.contains(
                        "rectifier.library.path=/nowhere/at/all:"
                                + " java.io.FileNotFoundException: no such file or directory"),
                nowhere);
        assertTrue(nowhere.contains("no rectifier.library.path, for it to be looked"), nowhere);
        assertTrue(!nowhere.contains("cachedir") && !nowhere.contains("classifier"), nowhere);

        String without = run("rectifier.library.path=" + Path.of("src").toAbsolutePath());
        assertTrue(without.contains("a directory without "), without);
    }
}
