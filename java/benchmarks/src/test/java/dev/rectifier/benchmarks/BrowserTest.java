package dev.rectifier.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rectifier.docs.Browser;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page of a benchmark, in Chromium. */
class BrowserTest {
    private static final int WIDE = 1400;

    @TempDir Path folder;

    private List<String> findings(int width, String... options) throws Exception {
        Optional<Browser> browser = Browser.find();
        assumeTrue(browser.isPresent(), "no Chromium on the path");
        Results results =
                new ObjectMapper()
                        .readValue(
                                Path.of("results", "in-cache-float32.json").toFile(),
                                Results.class);
        return browser.get().findings(new HtmlReport(results).text(), width, folder, options);
    }

    @ParameterizedTest
    @ValueSource(ints = {WIDE, 400})
    void thePageOfTheResultsIsFine(int width) throws Exception {
        assertEquals(List.of(), findings(width));
    }

    @Test
    void soItIsInTheDark() throws Exception {
        assertEquals(List.of(), findings(WIDE, "--blink-settings=preferredColorScheme=0"));
    }
}
