package dev.rectifier.benchmarks;

import dev.rectifier.cli.report.Html;
import dev.rectifier.cli.report.Template;
import java.util.Map;
import java.util.stream.Collectors;

/** The results as one HTML page that needs nothing else. */
record HtmlReport(Results results) {
    private static final Template TEMPLATE = Template.of(HtmlReport.class, "benchmark.html");

    String text() {
        return TEMPLATE.fill(
                Map.of(
                        "findings", Html.items(results.findings()),
                        "facts", Html.facts(results.facts()),
                        "contenders", results.contenders().html(),
                        "sections",
                                results.sections().stream()
                                        .map(HtmlReport::section)
                                        .collect(Collectors.joining("\n"))));
    }

    private static String section(Section section) {
        StringBuilder html = new StringBuilder("<h2>" + Html.escape(section.title()) + "</h2>\n");
        for (String svg : new Plots(section).svgs()) {
            html.append("<figure>\n" + svg + "\n</figure>\n");
        }
        for (Table table : section.tables()) {
            html.append("<h3>" + Html.escape(table.title()) + "</h3>\n");
            html.append("<div class=\"scroll\">\n" + table.html() + "</div>\n");
        }
        return html.toString();
    }
}
