package dev.rectifier.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.data.SystemText;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file may have any name that the system knows, whatever the locale. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "only Linux takes any bytes as a name")
@Timeout(600)
@Tag("child-jvm")
class FileNamesTest {
    /** é, a byte that is no UTF-8, a space. */
    private static final String NAME = "\\303\\251\\377 ";

    private static final String QUOTED = "%C3%A9%FF%20";

    @TempDir Path folder;

    /** The names of all files, as a URI has them. */
    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(file -> file.toUri().getRawPath().replaceFirst(".*/", ""))
                    .sorted()
                    .toList();
        }
    }

    /** Runs a command whose last arguments are what printf makes of these. */
    private Outcome run(String locale, String names, Object... args)
            throws IOException, InterruptedException {
        String script = "exec \"$@\" " + names.replaceAll("<([^>]*)>", "\"\\$(printf '$1')\"");
        return Child.shell(folder, locale, script, Child.rectifier(args)).outcome();
    }

    private static void succeeded(Outcome outcome) {
        assertEquals("", outcome.err());
        assertEquals(0, outcome.code());
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "C.UTF-8"})
    void everyCommandReadsAndWritesByAnyName(String locale) throws Exception {
        String w = "<" + NAME + "w>";
        succeeded(run(locale, w, "init", "zeros", "--shape", "2,2", "--seed", "1"));
        succeeded(run(locale, w + " " + w + "2", "apply", "relu"));
        succeeded(run(locale, "--grad=" + w + " " + w + " " + w + "3", "apply", "relu"));
        succeeded(run(locale, "--out=" + w + "4", "plot", "relu"));
        assertEquals(List.of(QUOTED + "w", QUOTED + "w2", QUOTED + "w3", QUOTED + "w4"), files());
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "C.UTF-8"})
    void theStudyTakesAnyNameAndItsCommandLineIsOneForTheShell(String locale) throws Exception {
        Files.writeString(folder.resolve("d"), "1,0\n2,1\n".repeat(20));
        String names = "--data <" + NAME + "d> --out <" + NAME + "o> --json <" + NAME + "j>";
        String script =
                "mv d \"$(printf '"
                        + NAME
                        + "d')\" && exec \"$@\" "
                        + names.replaceAll("<([^>]*)>", "\"\\$(printf '$1')\"");
        Object[] tiny = {
            "study",
            "--layers",
            1,
            "--units",
            4,
            "--epochs",
            1,
            "--seeds",
            1,
            "--activations",
            "relu"
        };
        Outcome outcome = Child.shell(folder, locale, script, Child.rectifier(tiny)).outcome();
        assertEquals(0, outcome.code(), outcome.err());
        assertEquals(List.of(QUOTED + "d", QUOTED + "j", QUOTED + "o"), files());
        assertTrue(outcome.out().contains("é\\xff o"), outcome.out());
        for (Path file : List.of(SystemText.path("é\udcff o"), SystemText.path("é\udcff j"))) {
            String text = Files.readString(folder.resolve(file.getFileName()));
            assertTrue(text.contains("é\\xff d") || text.contains("é\\\\xff d"), text);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "C.UTF-8"})
    void messagesShowTheName(String locale) throws Exception {
        run(locale, "<" + NAME + "no/w>", "init", "zeros", "--shape", "2", "--seed", "1")
                .isDataError("é\\xff no/w: can't be written: no such file or folder");
        run(locale, "<" + NAME + "no> w", "apply", "relu")
                .isDataError("é\\xff no: can't be read: no such file or folder");
        assertEquals(List.of(), files());
    }

    @Test
    void theWorkingFolderMayHaveAnyName() throws Exception {
        String script =
                "d=\"$(printf '" + NAME + "')\"; mkdir \"$d\"; cd \"$d\"; \"$@\" w.npy && ls";
        List<String> init = Child.rectifier("init", "zeros", "--shape", "2", "--seed", "1");
        Outcome outcome = Child.shell(folder, "C", script, init).outcome();
        succeeded(outcome);
        assertEquals("w.npy", outcome.out().strip());
    }

    @Test
    void anEmptyNameIsAUsageError() {
        Outcome.of("apply", "relu", "", "y.npy").isUsageError("the name of a file can't be empty");
        Outcome.of("plot", "relu", "--out", "").isUsageError("the name of a file can't be empty");
    }

    @Test
    void noBytesAreLost() {
        Random random = new Random(1);
        for (int i = 0; i < 1000; i++) {
            byte[] bytes = new byte[random.nextInt(20)];
            random.nextBytes(bytes);
            String name = new String(bytes, ISO_8859_1);
            if (name.isEmpty() || name.matches("(?s).*[\0/].*") || name.matches("\\.+")) {
                continue;
            }
            StringBuilder quoted = new StringBuilder();
            for (byte b : bytes) {
                quoted.append(String.format("%%%02X", b));
            }
            Path expected = Path.of(URI.create("file:///" + quoted)).getFileName();
            Path path = SystemText.path("/" + SystemText.decode(bytes)).getFileName();
            assertEquals(expected, path);
        }
    }
}
