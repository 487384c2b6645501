package dev.rectifier.cli.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.cli.study.Samples.Sketch;
import java.util.Collections;
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
        }
        // Two charts by epoch, with a row for each learning rate, and two by layer.
        List<String> labels = Samples.labels(html);
        for (String name : List.of("randomNormal:stddev=1", "heNormal", "relu", "elu:alpha=0.5")) {
            assertEquals(4, Collections.frequency(labels, name), name);
        }
        for (String row : List.of("learning rate 0.01", "learning rate 0.1")) {
            assertEquals(2, Collections.frequency(labels, row), row);
        }
    }

    @Test
    void itNeedsNothingElse() {
        String html = html(List.of("see https is fine in text"), Map.of());
        Pattern reference =
                Pattern.compile("https?://|\\bsrc=|\\bhref=|url\\((?!#)|@import|<script|<link");
        String withoutNamespaces = html.replaceAll(" xmlns(:\\w+)?=\"[^\"]*\"", "");
        assertFalse(reference.matcher(withoutNamespaces).find());
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
