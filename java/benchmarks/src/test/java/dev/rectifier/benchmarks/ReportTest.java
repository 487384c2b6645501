package dev.rectifier.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final Results RESULTS = Samples.results();

    @Test
    void whoIsWrongOrFailedIsNamedWithThePlace() {
        assertEquals(
                List.of(
                        "ND4J is wrong by 5e+08 ULP and was not timed, at forward/tanh/float32",
                        "oneDNN failed (it <fell> over), at forward/tanh/float32"),
                RESULTS.troubles());
    }

    @Test
    void theSummaryIsTheGeometricMeanAndTheLeast() {
        assertEquals(
                List.of(List.of("forward, float32", "1K", "4.00× (relu 2.00×)")),
                RESULTS.summary().rows());
    }

    @Test
    void theMarkdownTableHasRatiosTimesAndErrors() {
        String text = new MarkdownReport(RESULTS).text();
        assertTrue(
                text.contains(
                        "| relu | 1K | PyTorch | 2.00× (2.00–2.00) | 50 % (50–50) |\n"
                                + "| tanh | 1K | PyTorch | 8.00× (8.00–8.00) | – |\n"),
                text);
        assertTrue(text.contains("| relu | 1K | 0.0977 | 0.195 | 0.00977 | 0.0488 |\n"), text);
        assertTrue(text.contains("| tanh | 0.500 ULP | 0.500 ULP | failed | 5e+08 ULP, wrong |"));
    }

    @Test
    void everyRowOfATableHasAsManyCellsAsItsHead() {
        for (Section section : RESULTS.sections()) {
            for (Table table : section.tables()) {
                for (List<String> row : table.rows()) {
                    assertEquals(table.header().size(), row.size(), table.title());
                }
            }
        }
    }

    @Test
    void thePageTakesNoTextForMarkup() {
        String page = new HtmlReport(RESULTS).text();
        assertTrue(page.contains("an &lt;abacus&gt;"));
        assertTrue(page.contains("it &lt;fell&gt; over"));
        assertFalse(page.contains("<abacus>") || page.contains("<fell>") || page.contains("{{"));
    }

    @Test
    void thePageHasAPictureOfRatiosAndOfLimits() {
        String page = new HtmlReport(RESULTS).text();
        assertEquals(2, page.split("<svg", -1).length - 1);
        assertTrue(page.contains("times the best peer"));
    }

    @Test
    void theJsonHasEveryTimeOfEveryRound() throws IOException {
        JsonNode json = new ObjectMapper().readTree(RESULTS.json());
        JsonNode entry = json.at("/contests/0/entries/0");
        assertEquals("pointer", entry.get("contender").asText());
        assertEquals(110, entry.at("/nanos/1").asDouble());
        assertEquals("relu", json.at("/contests/0/task/function").asText());
    }
}
