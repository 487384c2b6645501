package dev.rectifier.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rectifier.data.NpyFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code -} stands for standard output wherever a file is written. */
@Timeout(600)
@Tag("child-jvm")
class StandardOutputTest {
    private static final String[] STUDY = {
        "study",
        "--layers",
        "1",
        "--units",
        "4",
        "--epochs",
        "1",
        "--seeds",
        "1",
        "--activations",
        "relu"
    };

    @TempDir Path folder;

    private Outcome shell(String script, Object... args) throws Exception {
        return Child.shell(folder, "C.UTF-8", script, Child.rectifier(args)).outcome();
    }

    private static Object[] init(Object out) {
        return new Object[] {"init", "heNormal", "--shape", "40,50", "--seed", 1, out};
    }

    static Stream<String> names() {
        return Files.exists(Path.of("/dev/stdout"))
                ? Stream.of("-", "/dev/stdout", "/dev/fd/1")
                : Stream.of("-");
    }

    @Test
    void aCommandReadsWhatAnotherWrites() throws Exception {
        String apply =
                Child.rectifier("apply", "relu", "-", "-").stream()
                        .map(word -> "'" + word + "'")
                        .collect(Collectors.joining(" "));
        assertEquals(new Outcome(0, "", ""), shell("\"$@\" | " + apply + " > chained", init("-")));
        Path weights = folder.resolve("weights.npy");
        Path rectified = folder.resolve("rectified.npy");
        Outcome.success(init(weights));
        Outcome.success("apply", "relu", weights, rectified);
        assertArrayEquals(
                Files.readAllBytes(rectified), Files.readAllBytes(folder.resolve("chained")));
    }

    @ParameterizedTest
    @MethodSource("names")
    void anArrayGoesThereAloneAndBehindWhatIsThere(String name) throws Exception {
        Path file = folder.resolve("file.npy");
        Outcome.success(init(file));
        Outcome outcome = shell("{ printf before; \"$@\"; printf after; } > out", init(name));
        assertEquals(new Outcome(0, "", ""), outcome);
        byte[] all = Files.readAllBytes(folder.resolve("out"));
        byte[] expected = Files.readAllBytes(file);
        assertEquals(6 + expected.length + 5, all.length);
        byte[] array = Arrays.copyOfRange(all, 6, 6 + expected.length);
        assertArrayEquals(expected, array);
        assertEquals(List.of(), Outputs.hidden(folder));
    }

    @Test
    void aResultGoesThere() throws Exception {
        Path in = folder.resolve("in.npy");
        Outcome.success(init(in));
        assertEquals(new Outcome(0, "", ""), shell("\"$@\" > y.npy", "apply", "relu", in, "-"));
        Outcome.success("apply", "relu", in, folder.resolve("z.npy"));
        assertArrayEquals(
                NpyFile.read(folder.resolve("z.npy")).floats(),
                NpyFile.read(folder.resolve("y.npy")).floats());
    }

    @Test
    void aPictureGoesThere() throws Exception {
        Outcome outcome = shell("\"$@\"", "plot", "relu", "--out", "-");
        assertEquals("", outcome.err());
        assertTrue(outcome.out().startsWith("<svg"), outcome.out());
        assertTrue(outcome.out().stripTrailing().endsWith("</svg>"), outcome.out());
    }

    @Test
    void thePageOrTheFiguresOfAStudyGoThereAndTheTableToStandardError() throws Exception {
        Outcome page = shell("\"$@\" --out -", (Object[]) STUDY);
        assertEquals(0, page.code(), page.err());
        assertTrue(page.out().startsWith("<!DOCTYPE html>"), page.out());
        assertTrue(page.out().stripTrailing().endsWith("</html>"), page.out());
        assertTrue(page.err().contains("What this shows"), page.err());

        Outcome json = shell("\"$@\" --json -", (Object[]) STUDY);
        assertEquals(0, json.code(), json.err());
        assertTrue(new ObjectMapper().readTree(json.out()).get("complete").asBoolean());
        assertTrue(json.err().contains("What this shows"), json.err());

        shell("\"$@\" --json - --out -", (Object[]) STUDY).isUsageError("--out", "--json", "same");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-", "/dev/stdout"})
    void aReaderThatLeavesEndsTheCommandInSilence(String name) throws Exception {
        Outcome outcome =
                shell(
                        "{ \"$@\"; echo $? > code; } | head -c 10 > head",
                        "init",
                        "zeros",
                        "--shape",
                        10_000_000,
                        "--seed",
                        1,
                        name);
        assertEquals(new Outcome(0, "", ""), outcome);
        assertEquals("1", Files.readString(folder.resolve("code")).strip());
    }

    @Test
    void aFullDiskIsSaid() throws Exception {
        Outcome text = shell("\"$@\" > /dev/full", "list", "activations");
        text.isDataError("standard output can't be written: No space left on device");
        shell("\"$@\" > /dev/full", init("-")).isDataError("-: can't be written: No space left");
    }

    @Test
    void aClosedOneIsSaid() throws Exception {
        shell("\"$@\" >&-", init("-")).isDataError("-: can't be written: ");
        assertEquals(0, shell("\"$@\" >&-", init("w.npy")).code());
        assertEquals(2000, NpyFile.read(folder.resolve("w.npy")).floats().length);
    }

    @Test
    void aFileOfThatNameHasAFolder() throws Exception {
        assertEquals(new Outcome(0, "", ""), shell("\"$@\"", init("./-")));
        assertEquals(2000, NpyFile.read(folder.resolve("-")).floats().length);
    }
}
