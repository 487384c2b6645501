package dev.rectifier.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class BenchCommandTest {
    @TempDir private Path folder;

    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        CommandLine command = BenchCommand.commandLine();
        command.setOut(new PrintWriter(new StringWriter()));
        command.setErr(new PrintWriter(err));
        return command.execute(arguments);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--only nothing | --only nothing is found in no task",
                "--contenders nobody | --contenders nobody is found in no name",
                "--threads 0 | --threads must be from 1 to",
                "--sizes 1G | 1G is no length: 1000, 64K or 16M is one",
                "--sizes 65M | 65M is more than 64M",
                "--isa sse9 | expected one of [AVX2] (case-insensitive) but was 'sse9'",
                "--types int8 | int8 is none of [FLOAT32, FLOAT64]",
                "--types float32,float16 | float16 is none of [FLOAT32, FLOAT64]",
            })
    void nonsenseIsRefusedWithTheReason(String arguments, String reason) {
        assertEquals(CommandLine.ExitCode.USAGE, run(arguments.split(" ")));
        assertTrue(err.toString().startsWith("rectifier-bench: "), err.toString());
        assertTrue(err.toString().contains(reason), err.toString());
    }

    @Test
    void aShortRunTimesAllThatTakePartInEachRound() throws IOException {
        assertEquals(
                0,
                run(
                        "--quick",
                        "--only=fill/uniform",
                        "--sizes=1K",
                        "--contenders=^array$|SplittableRandom",
                        "--rounds=2",
                        "--millis=1",
                        "--out=" + folder));
        JsonNode entries =
                new ObjectMapper()
                        .readTree(Files.readString(folder.resolve("benchmark.json")))
                        .at("/contests/0/entries");
        assertEquals(2, entries.size());
        for (JsonNode entry : entries) {
            assertEquals(2, entry.get("nanos").size(), entry.toString());
            assertTrue(entry.at("/nanos/0").asDouble() > 0, entry.toString());
            assertTrue(entry.at("/verdict/right").asBoolean(), entry.toString());
        }
        assertTrue(Files.size(folder.resolve("benchmark.md")) > 0);
        assertTrue(Files.size(folder.resolve("benchmark.html")) > 0);
    }
}
