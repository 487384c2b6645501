package dev.rectifier.cli.quality;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Function;

/** Verdicts as a table, which is one for Markdown too, and a summary. */
final class Report {
    private record Column(String title, boolean number, Function<Verdict, String> cell) {}

    private static final List<Column> COLUMNS =
            List.of(
                    new Column("drawn", false, Verdict::subject),
                    new Column("test", false, Verdict::test),
                    new Column("samples", true, verdict -> Long.toString(verdict.samples())),
                    new Column("statistic", false, Verdict::statistic),
                    new Column("p", true, verdict -> probability(verdict.p())),
                    new Column("verdict", false, v -> v.passed() ? "passed" : "FAILED"));

    private final List<Verdict> verdicts;

    Report(List<Verdict> verdicts) {
        this.verdicts = List.copyOf(verdicts);
    }

    private static String probability(OptionalDouble p) {
        if (p.isEmpty()) {
            return "";
        }
        double value = p.getAsDouble();
        if (value > 0.999) {
            return String.format(Locale.ROOT, "1 - %.1e", 1 - value);
        }
        return String.format(Locale.ROOT, value < 0.001 ? "%.1e" : "%.3f", value);
    }

    String table() {
        int[] widths =
                COLUMNS.stream()
                        .mapToInt(
                                column ->
                                        Math.max(
                                                column.title.length(),
                                                verdicts.stream()
                                                        .mapToInt(
                                                                v -> column.cell.apply(v).length())
                                                        .max()
                                                        .orElse(0)))
                        .toArray();
        StringBuilder table = new StringBuilder();
        line(table, widths, Column::title);
        for (int c = 0; c < widths.length; c++) {
            boolean number = COLUMNS.get(c).number;
            table.append('|')
                    .append("-".repeat(widths[c] + (number ? 1 : 2)))
                    .append(number ? ":" : "");
        }
        table.append("|\n");
        for (Verdict verdict : verdicts) {
            line(table, widths, column -> column.cell.apply(verdict));
        }
        return table.toString();
    }

    private static void line(StringBuilder table, int[] widths, Function<Column, String> cell) {
        for (int c = 0; c < widths.length; c++) {
            String text = cell.apply(COLUMNS.get(c));
            String blank = " ".repeat(widths[c] - text.length());
            table.append("| ")
                    .append(COLUMNS.get(c).number ? blank + text : text + blank)
                    .append(' ');
        }
        table.append("|\n");
    }

    long failed() {
        return verdicts.stream().filter(verdict -> !verdict.passed()).count();
    }

    /** How many tests there were, and what to think of those that failed. */
    List<String> summary() {
        double[] p = verdicts.stream().flatMapToDouble(v -> v.p().stream()).sorted().toArray();
        return List.of(
                "%d tests, %d failed.".formatted(verdicts.size(), failed()),
                String.format(
                        Locale.ROOT,
                        "A test fails if p < %1$.0e or p > 1 - %1$.0e. %2$d of them have a p: with"
                                + " perfect random numbers one would fail by chance for one seed in"
                                + " %3$.0f, and the smallest p would be about %4$.4f; it is %5$s.",
                        Verdict.LEVEL,
                        p.length,
                        1 / (2 * Verdict.LEVEL * p.length),
                        1.0 / (p.length + 1),
                        p.length == 0 ? "none" : probability(OptionalDouble.of(p[0]))));
    }
}
