package dev.rectifier.benchmarks;

import dev.rectifier.report.Html;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/** Cells of text, of which the first column is set flush left. */
record Table(String title, List<String> header, List<List<String>> rows) {
    /** As Markdown. */
    String markdown() {
        List<String> rule = new ArrayList<>(Collections.nCopies(header.size(), "---:"));
        rule.set(0, "---");
        StringBuilder text = new StringBuilder();
        text.append(line(header)).append(line(rule));
        rows.forEach(row -> text.append(line(row)));
        return text.toString();
    }

    private static String line(List<String> cells) {
        return cells.stream()
                .map(cell -> cell.replace("|", "\\|"))
                .collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    /** As HTML. */
    String html() {
        StringBuilder html = new StringBuilder("<table>\n<thead>\n");
        html.append(row("th", header)).append("</thead>\n<tbody>\n");
        String before = "";
        for (List<String> row : rows) {
            boolean first = !row.get(0).equals(before);
            before = row.get(0);
            html.append(
                    row("td", row).replaceFirst("<tr>", first ? "<tr class=\"first\">" : "<tr>"));
        }
        return html.append("</tbody>\n</table>\n").toString();
    }

    private String row(String element, List<String> cells) {
        StringBuilder html = new StringBuilder("<tr>");
        for (int c = 0; c < cells.size(); c++) {
            html.append(
                    "<%s%s>%s</%s>"
                            .formatted(
                                    element,
                                    c == 0 ? " class=\"text\"" : "",
                                    Html.escape(cells.get(c)),
                                    element));
        }
        return html.append("</tr>\n").toString();
    }
}
