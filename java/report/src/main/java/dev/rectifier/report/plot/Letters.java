package dev.rectifier.report.plot;

import dev.rectifier.report.plot.Panel.Drawing;
import dev.rectifier.report.plot.Stroke.Point;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** The inside of a panel in letters. */
final class Letters {
    /** Letters between a curve's name and that of the next one. */
    private static final int SPACING = 5;

    private final Signs signs;
    private final Panel panel;
    private final int columns;
    private final int rows;
    private final char[][] letters;

    Letters(Signs signs, Panel panel, int columns, int rows) {
        this.signs = signs;
        this.panel = panel;
        this.columns = columns;
        this.rows = rows;
        letters = new char[rows][columns];
    }

    /** The letter that stands for a curve where there are several. */
    static char mark(int curve) {
        return (char) ('a' + curve);
    }

    /** The row of letters that a value is in, counted from above. */
    static int row(Signs signs, Range y, int rows, double value) {
        return dot(1 - y.share(value), rows * signs.dotsDown) / signs.dotsDown;
    }

    /** The column of letters that a place is in. */
    static int column(Signs signs, Range x, int columns, double value) {
        return dot(x.share(value), columns * signs.dotsAcross) / signs.dotsAcross;
    }

    private static int dot(double share, int dots) {
        return (int) Math.round(share * (dots - 1));
    }

    List<String> lines() {
        for (char[] line : letters) {
            Arrays.fill(line, ' ');
        }
        drawZeros();
        List<int[][]> curves = panel.drawings().stream().map(this::dots).toList();
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                draw(row, column, curves);
            }
        }
        // Where there are few letters, they are all used to tell the curves apart.
        if (curves.size() > 1 && signs == Signs.UNICODE) {
            IntStream.range(0, curves.size()).forEach(i -> mark(i, curves));
        }
        return Arrays.stream(letters).map(String::new).toList();
    }

    private void drawZeros() {
        boolean across = panel.y().contains(0);
        boolean down = panel.x().contains(0);
        int zeroRow = across ? row(signs, panel.y(), rows, 0) : -1;
        int zeroColumn = down ? column(signs, panel.x(), columns, 0) : -1;
        if (across) {
            Arrays.fill(letters[zeroRow], signs.horizontalZero);
        }
        for (int row = 0; down && row < rows; row++) {
            letters[row][zeroColumn] = row == zeroRow ? signs.origin : signs.verticalZero;
        }
    }

    /** The bits of a curve's dots by row and column. */
    private int[][] dots(Drawing drawing) {
        int[][] bits = new int[rows][columns];
        for (Stroke stroke : drawing.strokes()) {
            List<Point> points = stroke.points();
            Point from = points.get(0);
            for (Point to : points) {
                line(bits, from, to);
                from = to;
            }
        }
        return bits;
    }

    private void line(int[][] bits, Point from, Point to) {
        int width = columns * signs.dotsAcross;
        int height = rows * signs.dotsDown;
        double x = panel.x().share(from.x()) * (width - 1);
        double y = (1 - panel.y().share(from.y())) * (height - 1);
        double dx = panel.x().share(to.x()) * (width - 1) - x;
        double dy = (1 - panel.y().share(to.y())) * (height - 1) - y;
        int steps = Math.max(1, (int) Math.ceil(Math.max(Math.abs(dx), Math.abs(dy))));
        for (int i = 0; i <= steps; i++) {
            int across = (int) Math.round(x + dx * i / steps);
            int down = (int) Math.round(y + dy * i / steps);
            bits[down / signs.dotsDown][across / signs.dotsAcross] |=
                    signs.bit(across % signs.dotsAcross, down % signs.dotsDown);
        }
    }

    private void draw(int row, int column, List<int[][]> curves) {
        int[] here =
                IntStream.range(0, curves.size())
                        .filter(i -> curves.get(i)[row][column] != 0)
                        .toArray();
        if (here.length == 0) {
            return;
        }
        if (curves.size() > 1 && signs == Signs.ASCII) {
            // Curves that coincide take turns.
            letters[row][column] = mark(here[column % here.length]);
        } else {
            int bits =
                    IntStream.of(here)
                            .map(i -> curves.get(i)[row][column])
                            .reduce(0, (a, b) -> a | b);
            letters[row][column] = signs.letter(bits);
        }
    }

    /** Writes a curve's letter on it, at other places than those of the other curves. */
    private void mark(int curve, List<int[][]> curves) {
        int[][] bits = curves.get(curve);
        int spacing = Math.max(1, Math.min(SPACING, columns / curves.size()));
        List<Integer> seen = new ArrayList<>();
        boolean marked = false;
        for (int column = 0; column < columns; column++) {
            int[] on = rowsOf(bits, column);
            if (on.length > 0) {
                seen.add(column);
                if (column % spacing == spacing / 2 && column / spacing % curves.size() == curve) {
                    letters[on[on.length / 2]][column] = mark(curve);
                    marked = true;
                }
            }
        }
        if (!marked && !seen.isEmpty()) {
            int column = seen.get(seen.size() / 2);
            int[] on = rowsOf(bits, column);
            letters[on[on.length / 2]][column] = mark(curve);
        }
    }

    private int[] rowsOf(int[][] bits, int column) {
        return IntStream.range(0, rows).filter(row -> bits[row][column] != 0).toArray();
    }
}
