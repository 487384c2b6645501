package dev.rectifier.cli.study;

import dev.rectifier.report.Html;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** One row of figures per combination, for a terminal and for a page. */
final class Table {
    /** More hidden layers than these are thinned out, so that a row stays a line. */
    private static final int DEAD_COLUMNS = 8;

    private static final int GAP = 2;
    private static final int NARROW_GAP = 1;

    /**
     * @param group what is written above the titles of neighbours that have it in common
     * @param gap the spaces before the column
     * @param text whether it is set flush left
     */
    private record Column(
            String group, String title, int gap, boolean text, Function<Result, String> cell) {}

    private final List<Result> results;
    private final List<Column> columns = new ArrayList<>();

    /**
     * @param results at least one
     * @param seeds how many runs a combination has that is complete
     */
    Table(List<Result> results, int seeds) {
        this.results = results;
        int layers = results.get(0).layers();
        String ends = layers == 1 ? "layer 1" : "layer 1 → " + layers;
        text("initializer", result -> result.combination().initializer().label());
        number("", "rate", result -> result.combination().rate());
        text("activation", result -> result.combination().activation().label());
        number("test", "accuracy, %", Table::accuracy);
        number("epochs", "to " + target(), result -> Figures.epochs(result.epochsToTarget()));
        number("runs", "diverged", result -> diverged(result, seeds));
        for (int layer : shown(layers)) {
            columns.add(
                    new Column(
                            "dead units, %, in layer",
                            Integer.toString(layer + 1),
                            layer == 0 ? GAP : NARROW_GAP,
                            false,
                            result -> dead(result, layer)));
        }
        number("sd at the start, " + ends, "activations", r -> ends(r.startActivations()));
        number("sd at the start, " + ends, "gradients", r -> ends(r.startGradients()));
        number("at the end", "gradients", r -> ends(r.endGradients()));
    }

    private void text(String title, Function<Result, String> cell) {
        columns.add(new Column("", title, GAP, true, cell));
    }

    private void number(String group, String title, Function<Result, String> cell) {
        columns.add(new Column(group, title, GAP, false, cell));
    }

    private static String target() {
        return Figures.wholePercent(Plan.TARGET) + " %";
    }

    private static int[] shown(int layers) {
        int n = Math.min(layers, DEAD_COLUMNS);
        return IntStream.range(0, n).map(i -> n == 1 ? 0 : i * (layers - 1) / (n - 1)).toArray();
    }

    private static String accuracy(Result result) {
        double sd = result.accuracySd();
        String mean = Figures.percent(result.accuracy());
        return Double.isNaN(sd) ? mean : "%s ± %4s".formatted(mean, Figures.percent(sd));
    }

    private static String diverged(Result result, int seeds) {
        int runs = result.runs().size();
        return result.diverged() + "/" + runs + (runs < seeds ? " of " + seeds : "");
    }

    private static String dead(Result result, int layer) {
        double share = result.deadShare(layer);
        return Figures.wholePercent(share) + (share > 0 && result.deadForGood(layer) ? "*" : "");
    }

    private static String ends(double[] byLayer) {
        String first = Figures.scale(byLayer[0]);
        String last = Figures.scale(byLayer[byLayer.length - 1]);
        boolean one = byLayer.length == 1 || Double.isNaN(byLayer[0]);
        return one ? first : first + "→" + last;
    }

    /** What the columns are. */
    List<String> notes() {
        return List.of(
                "test accuracy: mean ± standard deviation over the seeds whose run didn't diverge;"
                        + " epochs to %s: median over all seeds, %s for never."
                                .formatted(target(), Figures.NONE),
                "dead units: the share with derivative 0 for every training example in the end,"
                        + " mean over the seeds; * they are in the first hidden layer and stay"
                        + " dead for good.",
                "sd: standard deviation of what a hidden layer puts out, and of the loss's"
                        + " derivatives before its activation; the start is before the first"
                        + " step.");
    }

    /** The cells of a row, by the whole titles of their columns. */
    Map<String, String> row(Result result) {
        Map<String, String> row = new LinkedHashMap<>();
        columns.forEach(
                column ->
                        row.put(
                                (column.group + " " + column.title).strip(),
                                column.cell.apply(result)));
        return row;
    }

    /** Lines of aligned columns, with an empty one between two learning rates or initializers. */
    String text() {
        int[] widths = widths();
        StringBuilder text = new StringBuilder();
        line(text, groups(widths));
        line(text, cells(widths, Column::title));
        for (int row = 0; row < results.size(); row++) {
            Result result = results.get(row);
            if (startsBlock(row)) {
                text.append(System.lineSeparator());
            }
            line(text, cells(widths, column -> column.cell.apply(result)));
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String line) {
        text.append(line.strip().isEmpty() ? "" : line.substring(GAP).stripTrailing());
        text.append(System.lineSeparator());
    }

    private boolean startsBlock(int row) {
        Combination now = results.get(row).combination();
        Combination before = results.get(Math.max(0, row - 1)).combination();
        return row == 0
                || !now.initializer().equals(before.initializer())
                || now.learningRate() != before.learningRate();
    }

    private int[] widths() {
        int[] widths = new int[columns.size()];
        for (int c = 0; c < widths.length; c++) {
            Column column = columns.get(c);
            widths[c] = column.title.length();
            for (Result result : results) {
                widths[c] = Math.max(widths[c], column.cell.apply(result).length());
            }
        }
        for (int from = 0; from < widths.length; from += span(from)) {
            int missing = columns.get(from).group.length() - width(widths, from);
            widths[from] += Math.max(0, missing);
        }
        return widths;
    }

    /** How many columns from this one on have its group. */
    private int span(int from) {
        int to = from + 1;
        while (to < columns.size()
                && !columns.get(from).group.isEmpty()
                && columns.get(to).group.equals(columns.get(from).group)) {
            to++;
        }
        return to - from;
    }

    /** The width of all columns of a group. */
    private int width(int[] widths, int from) {
        int width = widths[from];
        for (int c = from + 1; c < from + span(from); c++) {
            width += columns.get(c).gap + widths[c];
        }
        return width;
    }

    private String groups(int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int from = 0; from < widths.length; from += span(from)) {
            pad(line, columns.get(from), columns.get(from).group, width(widths, from));
        }
        return line.toString();
    }

    private String cells(int[] widths, Function<Column, String> cell) {
        StringBuilder line = new StringBuilder();
        for (int c = 0; c < widths.length; c++) {
            pad(line, columns.get(c), cell.apply(columns.get(c)), widths[c]);
        }
        return line.toString();
    }

    private static void pad(StringBuilder line, Column column, String cell, int width) {
        String blank = " ".repeat(width - cell.length());
        line.append(" ".repeat(column.gap));
        line.append(column.text ? cell + blank : blank + cell);
    }

    /** The same as an HTML table. */
    String html() {
        StringBuilder html = new StringBuilder("<table>\n<thead>\n<tr>");
        for (int from = 0; from < columns.size(); from += span(from)) {
            html.append("<th colspan=\"%d\">".formatted(span(from)));
            html.append(Html.escape(columns.get(from).group)).append("</th>");
        }
        html.append("</tr>\n").append(row("th", Column::title)).append("</thead>\n<tbody>\n");
        for (int row = 0; row < results.size(); row++) {
            Result result = results.get(row);
            String cells = row("td", column -> column.cell.apply(result));
            html.append(
                    startsBlock(row) ? cells.replaceFirst("<tr>", "<tr class=\"first\">") : cells);
        }
        return html.append("</tbody>\n</table>").toString();
    }

    private String row(String tag, Function<Column, String> cell) {
        return columns.stream()
                .map(
                        column ->
                                "<%s%s>%s</%s>"
                                        .formatted(
                                                tag,
                                                column.text ? " class=\"text\"" : "",
                                                Html.escape(cell.apply(column)),
                                                tag))
                .collect(Collectors.joining("", "<tr>", "</tr>\n"));
    }
}
