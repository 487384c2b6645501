package dev.rectifier.cli.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.cli.study.Samples.Sketch;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReportTest {
    private final Plan plan =
            Samples.plan(
                    List.of("relu", "elu:alpha=0.5"),
                    List.of("randomNormal:stddev=1", "heNormal"),
                    List.of(0.01, 0.1));

    private String html(List<String> findings, Map<String, String> facts) {
        Map<Combination, Sketch> sketches = new HashMap<>();
        plan.combinations().forEach(c -> sketches.put(c, new Sketch(0.5, 0.6, 0.7)));
        return new Report(plan, Samples.results(plan, sketches)).html(findings, facts);
    }

    @Test
    void everyCombinationIsInTheTableAndInTheCharts() {
        String html = html(List.of(), Map.of());
        for (Combination combination : plan.combinations()) {
            String row =
                    "<td class=\"text\">%s</td><td>%s</td><td class=\"text\">%s</td>"
                            .formatted(
                                    combination.initializer().label(),
                                    combination.rate(),
                                    combination.activation().label());
            assertTrue(html.contains(row), row);
            String chart =
                    ">%s, learning rate %s</text>"
                            .formatted(combination.initializer().label(), combination.rate());
            assertTrue(html.contains(chart), chart);
        }
        // Two kinds by epoch for each of four, two by layer for each initializer.
        assertEquals(12, html.split("<svg viewBox=\"0 0 400 ", -1).length - 1);
        assertEquals(24, html.split("<title>", -1).length - 1 - 1);
    }

    @Test
    void itNeedsNothingElse() {
        String html = html(List.of("see https is fine in text"), Map.of());
        Pattern reference =
                Pattern.compile("https?://|\\bsrc=|\\bhref=|url\\(|@import|<script|<link");
        assertFalse(reference.matcher(html).find());
        assertFalse(html.contains("{{"));
        assertTrue(html.startsWith("<!DOCTYPE html>"));
        assertTrue(html.endsWith("</html>\n"));
    }

    @Test
    void textIsNeverTakenForMarkupOrForAPlaceholder() {
        String evil = "<img src=x onerror='alert(\"1\")'>&amp;$1\\{{table}}";
        String html = html(List.of(evil), Map.of("Data", evil));
        String escaped =
                "&lt;img src=x onerror=&#39;alert(&quot;1&quot;)&#39;&gt;&amp;amp;$1\\{{table}}";
        assertTrue(html.contains("<li>" + escaped + "</li>"));
        assertTrue(html.contains("<dt>Data</dt><dd>" + escaped + "</dd>"));
        assertFalse(html.contains("<img"));
    }
}
