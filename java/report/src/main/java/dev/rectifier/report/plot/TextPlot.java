package dev.rectifier.report.plot;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Panels side by side, with a legend above, in lines of at most 80 letters. */
final class TextPlot {
    private static final int LINE = 80;
    private static final String GAP = "  ";
    private static final int ROWS = 15;
    private static final int MOST_TICKS_DOWN = 6;
    private static final int MOST_TICKS_ACROSS = 7;

    private final Signs signs;

    TextPlot(Signs signs) {
        this.signs = signs;
    }

    String of(List<Panel> panels) {
        int width = (LINE - GAP.length() * (panels.size() - 1)) / panels.size();
        List<List<String>> blocks = panels.stream().map(panel -> block(panel, width)).toList();
        List<String> lines = new ArrayList<>(legend(panels.get(0)));
        for (int i = 0; i < blocks.get(0).size(); i++) {
            int row = i;
            String line =
                    blocks.stream()
                            .map(block -> ("%-" + width + "s").formatted(block.get(row)))
                            .collect(Collectors.joining(GAP));
            lines.add(line.stripTrailing());
        }
        return String.join(System.lineSeparator(), lines);
    }

    private static List<String> legend(Panel panel) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < panel.drawings().size(); i++) {
            String entry = panel.drawings().get(i).name();
            if (panel.drawings().size() > 1) {
                entry = Letters.mark(i) + " " + entry;
            }
            if (line.length() + GAP.length() + entry.length() > LINE) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : GAP).append(entry);
        }
        lines.add(line.toString());
        return lines;
    }

    /** A panel's lines: title, rows, axis, numbers. */
    private List<String> block(Panel panel, int width) {
        String[] labels = new String[ROWS];
        for (BigDecimal tick : Ticks.of(panel.y(), MOST_TICKS_DOWN)) {
            labels[Letters.row(signs, panel.y(), ROWS, tick.doubleValue())] = Ticks.label(tick);
        }
        int gutter = 1;
        for (String label : labels) {
            gutter = Math.max(gutter, label == null ? 0 : label.length());
        }
        int columns = width - gutter - GAP.length();
        List<String> rows = new Letters(signs, panel, columns, ROWS).lines();
        List<String> lines = new ArrayList<>();
        String title = signs.title(panel.title());
        lines.add(" ".repeat(gutter + GAP.length() + (columns - title.length()) / 2) + title);
        for (int row = 0; row < ROWS; row++) {
            String label = labels[row] == null ? "" : labels[row];
            char axis = labels[row] == null ? signs.verticalAxis : signs.verticalTick;
            lines.add(("%" + gutter + "s %c%s").formatted(label, axis, rows.get(row)));
        }
        lines.addAll(horizontalAxis(panel.x(), gutter + GAP.length(), columns));
        return lines;
    }

    private List<String> horizontalAxis(Range x, int left, int columns) {
        List<String> axis = List.of();
        // Two labels on one place don't fit: fewer ticks then.
        for (int most = MOST_TICKS_ACROSS; axis.isEmpty(); most--) {
            axis = horizontalAxis(x, Ticks.of(x, most), left, columns);
        }
        return axis;
    }

    /** The axis and its numbers, or nothing if they don't fit. */
    private List<String> horizontalAxis(Range x, List<BigDecimal> ticks, int left, int columns) {
        StringBuilder line = new StringBuilder(" ".repeat(left - 1)).append(signs.corner);
        line.append(String.valueOf(signs.horizontalAxis).repeat(columns));
        StringBuilder numbers = new StringBuilder();
        for (BigDecimal tick : ticks) {
            int at = left + Letters.column(signs, x, columns, tick.doubleValue());
            line.setCharAt(at, signs.horizontalTick);
            String label = Ticks.label(tick);
            int start = Math.min(at - (label.length() - 1) / 2, left + columns - label.length());
            if (!numbers.isEmpty() && start <= numbers.length()) {
                return List.of();
            }
            numbers.append(" ".repeat(Math.max(0, start - numbers.length()))).append(label);
        }
        return List.of(line.toString(), numbers.toString());
    }
}
