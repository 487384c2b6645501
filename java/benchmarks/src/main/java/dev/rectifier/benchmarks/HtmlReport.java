package dev.rectifier.benchmarks;

import dev.rectifier.report.Html;
import dev.rectifier.report.Template;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The results as one HTML page that needs nothing else. */
record HtmlReport(Results results) {
    private static final Template TEMPLATE = Template.of(HtmlReport.class, "benchmark.html");

    String text() {
        return TEMPLATE.fill(
                Map.of(
                        "headline", titled(new Headline(results).tables()),
                        "targets", titled(new Targets(results).table()),
                        "summary", titled(results.summary()),
                        "troubles", Html.items(results.troubles()),
                        "facts", Html.facts(results.facts()),
                        "contenders", titled(results.contenders()),
                        "measured", titled(results.measured()),
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
        return html.append(titled(section.tables())).toString();
    }

    private static String titled(List<Table> tables) {
        return tables.stream().map(HtmlReport::titled).collect(Collectors.joining());
    }

    private static String titled(Table table) {
        return "<h3>%s</h3>\n<div class=\"scroll\">\n%s</div>\n"
                .formatted(Html.escape(table.title()), table.html());
    }
}
