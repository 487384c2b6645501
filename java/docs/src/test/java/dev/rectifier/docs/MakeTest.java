package dev.rectifier.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is made on the pages. */
class MakeTest {
    private static final Path RESULTS = Book.ROOT.resolve("java/benchmarks/results");

    @TempDir Path folder;

    @Test
    void whatIsMadeIsAsItIsMade() throws IOException {
        assertEquals(
                Set.of(),
                new Make(Book.ROOT).stale(Optional.empty(), Optional.empty()).keySet(),
                "java/docs/make --no-study mends that");
    }

    /** The newest results with our times multiplied by a factor. */
    private Path results(String date, String set, double factor) throws IOException {
        JsonNode json = Contests.newest(RESULTS).json().deepCopy();
        ((ObjectNode) json.get("facts")).put("Date", date + " 00:00 +00:00; took 1 s");
        for (JsonNode contest : json.get("contests")) {
            for (JsonNode entry : contest.get("entries")) {
                if (entry.get("role").asText().equals("OURS")) {
                    ((ObjectNode) entry).put("version", "0.1.0 " + set);
                    ArrayNode nanos = (ArrayNode) entry.get("nanos");
                    for (int i = 0; i < nanos.size(); i++) {
                        nanos.set(i, nanos.get(i).asDouble() * factor);
                    }
                }
            }
        }
        Path file = folder.resolve(date + set + ".json");
        new ObjectMapper().writeValue(file.toFile(), json);
        return file;
    }

    @Test
    void newerResultsTakeThePlaceOfOlderOnes() throws IOException {
        results("2001-02-03", "avx512", 1);
        Path newer = results("2001-02-04", "avx512", 1000);
        results("2001-03-01", "avx2", 1);
        Files.writeString(folder.resolve("fills.json"), "{\"facts\": {}, \"contests\": []}");
        Contests contests = Contests.newest(folder);
        assertEquals(newer, contests.file());
        List<String> lines = new SpeedTable(contests).lines();
        assertTrue(
                lines.stream()
                        .anyMatch(
                                line -> line.contains("0 of 13 at least as fast; slower: `relu`")),
                lines::toString);
        assertTrue(lines.stream().anyMatch(line -> line.contains("2001-02-04")), lines::toString);
    }

    /** Results of calls from languages, 3, 5 and 7 times a factor in three rounds. */
    private void languages(String date, double factor) throws IOException {
        StringBuilder measurements = new StringBuilder();
        for (String function : List.of("relu", "sigmoid")) {
            for (String n : List.of("0", "1K")) {
                for (String caller : List.of("C, shared library", "Java, jni, array")) {
                    measurements.append(
                            """
                            ,{"section": "languages", "subject": "%s, n = %s", "what": "%s",
                              "unit": "ns per call", "values": [%s, %s, %s]}
                            """
                                    .formatted(
                                            function,
                                            n,
                                            caller,
                                            7 * factor,
                                            3 * factor,
                                            5 * factor));
                }
            }
        }
        Files.writeString(
                folder.resolve(date + ".json"),
                """
                {"facts": {"Date": "%s 00:00", "Machine": "a machine"}, "contests": [],
                 "measurements": [%s]}
                """
                        .formatted(date, measurements.substring(1)));
    }

    @Test
    void callsFromLanguagesAreATableAndAPictureOfTheNewestRun() throws IOException {
        Files.writeString(
                folder.resolve("other.json"),
                """
                {"facts": {"Date": "2009-01-01"}, "contests": [], "measurements": [
                {"section": "callers", "subject": "relu", "what": "x", "unit": "", "values": [1]}]}
                """);
        assertEquals(Optional.empty(), Languages.newest(folder));
        languages("2001-02-04", 10);
        languages("2001-02-03", 1);
        Languages languages = Languages.newest(folder).orElseThrow();
        List<String> lines = languages.lines();
        assertEquals("| relu from | 0 | 1K |", lines.get(0));
        assertEquals("| C, shared library | 30.0 | 30.0 |", lines.get(2));
        assertTrue(String.join("", lines).contains("a machine; 2001-02-04"), lines::toString);
        String svg = languages.svg();
        assertEquals(4, svg.split("<polyline").length - 1, svg);
        assertTrue(svg.contains("sigmoid, ns per call"), svg);
    }

    @Test
    void whereNoneIsSlowerThatIsSaid() throws IOException {
        results("2001-02-03", "avx512", 1e-3);
        List<String> lines = new SpeedTable(Contests.newest(folder)).lines();
        assertTrue(
                lines.stream()
                        .anyMatch(
                                line ->
                                        line.endsWith(
                                                "13 of 13 at least as fast; none is slower.")),
                lines::toString);
    }

    @Test
    void withoutResultsNothingIsMade() {
        String message =
                assertThrows(IllegalStateException.class, () -> Contests.newest(folder))
                        .getMessage();
        assertTrue(message.startsWith(folder + " has no results"), message);
    }

    @Test
    void theTableOfTheStudyTakesItsFiguresFromTheStudy() throws IOException {
        String json =
                """
                {"complete": true, "combinations": [{"row": {"initializer": "heNormal",
                "rate": "0.01", "activation": "relu", "test accuracy, %": "97.0 ±  0.1",
                "epochs to 95 %": "3", "dead units, %, in layer 1": "5*",
                "dead units, %, in layer 2": "0",
                "sd at the start, layer 1→8: gradients": "1e-3→2e-3"}}]}
                """;
        StudyTable table = new StudyTable(new ObjectMapper().readTree(json));
        List<String> old = List.of("| a |", "|---|", "| heNormal | 0.01 | relu | 1 | 2 | 3 | 4 |");
        assertEquals(
                "| heNormal | 0.01 | relu | 97.0 ± 0.1 | 3 | 5 0 | 1e-3 → 2e-3 |",
                table.again(old).get(2));
        assertThrows(
                IllegalStateException.class,
                () -> table.again(List.of("| a |", "|---|", "| zeros | 1 | relu |")));
    }

    @Test
    void errorsAreWrittenByTheirOrder() {
        assertEquals("0", Figures.error(0));
        assertEquals("0.50", Figures.error(0.5));
        assertEquals("512", Figures.error(512.4));
        assertEquals("2·10⁷", Figures.error(16769609.7));
        assertEquals("1·10¹²", Figures.error(1.1e12));
    }
}
