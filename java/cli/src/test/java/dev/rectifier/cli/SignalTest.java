package dev.rectifier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rectifier.data.OutputFile;
import dev.rectifier.network.Network;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is left when a signal ends a command. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the signals are those of Unix")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("child-jvm")
class SignalTest {
    @TempDir Path folder;

    /** Writes a file, and never comes to its end. */
    static final class EndlessWriter {
        private EndlessWriter() {}

        public static void main(String[] args) {
            OutputFile.claim(Path.of(args[0]))
                    .write(
                            out -> {
                                out.write(1);
                                System.err.println("writing");
                                try {
                                    Thread.sleep(Long.MAX_VALUE);
                                } catch (InterruptedException e) {
                                    throw new IllegalStateException(e);
                                }
                            });
        }
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143", "HUP, 129"})
    void aFileInTheMakingGoesAndTheOldOneStays(String signal, int code) throws Exception {
        Path out = Files.writeString(folder.resolve("out"), "old");
        Child child = Child.startAttentive(Child.command(List.of(), EndlessWriter.class, out));
        child.waitFor("writing");
        assertEquals(1, Outputs.hidden(folder).size());
        child.signal(signal);
        Outcome outcome = child.outcome();
        assertEquals(code, outcome.code());
        assertEquals("writing", outcome.err().strip());
        assertEquals(List.of(), Outputs.hidden(folder));
        assertEquals("old", Files.readString(out));
    }

    /** A study whose first combination diverges at once, and whose second has no end in sight. */
    private Child study(Object... more) throws Exception {
        Object[] args = {
            "study",
            "--layers",
            2,
            "--units",
            8,
            "--activations",
            "relu",
            "--initializers",
            "heNormal",
            "--learning-rate",
            "1e30,0.001",
            "--seeds",
            2,
            "--epochs",
            100_000,
            "--threads",
            1,
            "--out",
            folder.resolve("report.html")
        };
        List<String> command = Child.rectifier(args);
        for (Object arg : more) {
            command.add(arg.toString());
        }
        return Child.startAttentive(command);
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void aStudyShowsAndWritesWhatItHas(String signal, int code) throws Exception {
        Path json = folder.resolve("study.json");
        Child child = study("--json", json);
        child.waitFor("2/4 runs");
        child.signal(signal);
        Outcome outcome = child.outcome();
        assertEquals(code, outcome.code(), outcome.err());
        assertTrue(
                outcome.out()
                        .lines()
                        .anyMatch(line -> line.matches("heNormal +1e30 +relu .*2/2.*")),
                outcome.out());
        String ended = "Ended early: 2 of 4 runs are over, and 1 of 2 combinations are complete.";
        assertTrue(outcome.out().contains(ended), outcome.out());
        assertFalse(outcome.out().contains("What this shows"), outcome.out());
        assertFalse(outcome.err().contains("bug"), outcome.err());

        JsonNode figures = new ObjectMapper().readTree(json.toFile());
        assertFalse(figures.get("complete").asBoolean());
        assertEquals(1, figures.get("combinations").size());
        assertEquals(2, figures.get("combinations").get(0).get("runs").size());
        assertTrue(Files.readString(folder.resolve("report.html")).contains(ended));
        assertEquals(List.of(), Outputs.hidden(folder));
    }

    @Test
    void aTrainingWritesTheNetworkThatItHas() throws Exception {
        StringBuilder table = new StringBuilder();
        for (int row = 0; row < 200; row++) {
            table.append("%d,%d,%d%n".formatted(row % 17, row % 5, row % 17 > 8 ? 1 : 0));
        }
        Files.writeString(folder.resolve("t.csv"), table);
        Path network = folder.resolve("t.safetensors");
        Path json = folder.resolve("t.json");
        Object[] args = {
            "train",
            "--data",
            folder.resolve("t.csv"),
            "--epochs",
            30_000,
            "--early-stopping",
            30_000,
            "--threads",
            1,
            "--out",
            network,
            "--json",
            json
        };
        Child child = Child.startAttentive(Child.rectifier(args));
        child.waitFor("3000/30000 epochs");
        child.signal("INT");
        Outcome outcome = child.outcome();
        assertEquals(130, outcome.code(), outcome.err());
        assertTrue(outcome.out().contains("Ended early: "), outcome.out());
        assertFalse(outcome.err().contains("bug"), outcome.err());
        JsonNode figures = new ObjectMapper().readTree(json.toFile());
        assertFalse(figures.get("complete").asBoolean());
        assertTrue(figures.get("epochs").size() >= 3000);
        try (Network read = Network.load(network)) {
            assertEquals(2, read.outputs());
        }
        assertEquals(List.of(), Outputs.hidden(folder));
    }
}
