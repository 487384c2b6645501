package dev.rectifier.cli.quality;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReportTest {
    @ParameterizedTest
    @CsvSource({
        "0.5, true",
        "1e-6, true",
        "9.9e-7, false",
        "0, false",
        "0.999998, true",
        "0.9999995, false",
        "1, false",
        "NaN, false"
    })
    void aTestFailsIfItsFigureIsTooUnlikelyEitherWay(double p, boolean passed) {
        assertEquals(passed, Verdict.of("a", "b", 1, "c", p).passed());
    }

    @Test
    void theTableIsAlignedAndOneForMarkdown() {
        Report report =
                new Report(
                        List.of(
                                Verdict.of("uniform", "even", 1000, "D = 0.1", 0.25),
                                Verdict.of("normal float32", "odd", 10, "D = 9", 1e-9),
                                Verdict.of("normal", "near", 10, "D = 0", 1 - 1e-4),
                                Verdict.none("truncated", "beyond", 5, 0)));
        assertEquals(
                """
                | drawn          | test   | samples | statistic |           p | verdict |
                |----------------|--------|--------:|-----------|------------:|---------|
                | uniform        | even   |    1000 | D = 0.1   |       0.250 | passed  |
                | normal float32 | odd    |      10 | D = 9     |     1.0e-09 | FAILED  |
                | normal         | near   |      10 | D = 0     | 1 - 1.0e-04 | passed  |
                | truncated      | beyond |       5 | 0         |             | passed  |
                """,
                report.table());
        assertEquals(1, report.failed());
    }

    @Test
    void theSummarySaysHowOftenChanceAloneWouldFail() {
        List<Verdict> verdicts = Collections.nCopies(250, Verdict.of("a", "b", 1, "c", 0.3));
        List<String> summary = new Report(verdicts).summary();
        assertEquals("250 tests, 0 failed.", summary.get(0));
        assertTrue(summary.get(1).contains("for one seed in 2000,"), summary.get(1));
        assertTrue(summary.get(1).endsWith("about 0.0040; it is 0.300."), summary.get(1));
        assertFalse(summary.get(1).contains("NaN"));
    }
}
