package dev.rectifier.report;

import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Lines over x = 1, 2, … in a grid of panels that share their axes.
 *
 * @param steps the points that a line has at most
 * @param names of all lines that there may be; each has the same look in every chart
 */
public record Chart(
        String xLabel,
        int steps,
        String yLabel,
        Scale scale,
        List<String> names,
        List<Line> lines) {
    private static final int PANEL_WIDTH = 315;
    private static final int PANEL_HEIGHT = 230;
    private static final int MARGIN_WIDTH = 80;
    private static final int MARGIN_HEIGHT = 60;
    private static final int LEGEND_KEY = 30;
    private static final int LETTER = 9;

    /** Up to so many points, each is marked. */
    private static final int MARKED_POINTS = 12;

    /** So many ticks less one are enough for an axis of powers of ten. */
    private static final int MOST_DECADES = 7;

    /**
     * A line of the chart.
     *
     * @param column the title of its panel's column
     * @param row the title of its panel's row, which may be empty
     * @param values one per step; what the scale has no place for is left out
     */
    public record Line(String column, String row, String name, double[] values) {}

    /** A vertical axis. */
    public enum Scale {
        /** Of shares. */
        PERCENT,
        /** In powers of ten. */
        LOGARITHMIC;

        /** Where a value goes; not finite if it has no place. */
        private double position(double value) {
            if (this == PERCENT) {
                return 100 * value;
            }
            return value > 0 ? value : Double.NaN;
        }
    }

    /** An SVG element. */
    public String svg() {
        List<Point> points = lines.stream().flatMap(this::points).toList();
        List<Point> marked = points.stream().filter(this::isMarked).toList();
        List<Object> layers = new ArrayList<>();
        layers.add(Map.of("geom", "line", "mapping", Map.of("size", "line")));
        if (!marked.isEmpty()) {
            layers.add(
                    Map.of(
                            "geom",
                            "point",
                            "size",
                            2.5,
                            "show_legend",
                            false,
                            "data",
                            data(marked)));
        }
        List<Object> scales = new ArrayList<>(List.of(xAxis(), yAxis(points)));
        scales.addAll(LetsPlot.lines(names));
        Map<String, Object> plot =
                Map.of(
                        "kind", "plot",
                        "data", data(points),
                        "mapping", Map.of("x", "x", "y", "y", "color", "line", "linetype", "line"),
                        "facet", Map.of("name", "grid", "x", "column", "y", "row"),
                        "layers", layers,
                        "scales", scales,
                        "theme", Map.of("name", "minimal", "legend_position", "right"),
                        "ggsize", Map.of("width", width(), "height", height()));
        return LetsPlot.scalableSvg(plot);
    }

    /** A point of a line. */
    private record Point(Line line, int step, double y, boolean endsEarly) {
        private boolean isShown() {
            return Double.isFinite(y);
        }
    }

    private Stream<Point> points(Line line) {
        double[] y = DoubleStream.of(line.values).map(scale::position).toArray();
        return IntStream.range(0, y.length)
                .mapToObj(
                        i ->
                                new Point(
                                        line,
                                        i + 1,
                                        y[i],
                                        i + 1 < y.length && !Double.isFinite(y[i + 1])));
    }

    /** Few points are all marked; of many, the last of a line that stops before the others. */
    private boolean isMarked(Point point) {
        return point.isShown() && (steps <= MARKED_POINTS || point.endsEarly);
    }

    private static Map<String, Object> data(List<Point> points) {
        return Map.of(
                "x", column(points, Point::step),
                "y", column(points, point -> point.isShown() ? point.y : null),
                "line", column(points, point -> point.line.name),
                "column", column(points, point -> point.line.column),
                "row", column(points, point -> point.line.row));
    }

    private static List<Object> column(List<Point> points, Function<Point, Object> value) {
        return points.stream().map(value).toList();
    }

    private long width() {
        int longest = names.stream().mapToInt(String::length).max().orElse(0);
        return MARGIN_WIDTH + PANEL_WIDTH * panels(Line::column) + LEGEND_KEY + LETTER * longest;
    }

    private long height() {
        long panels = MARGIN_HEIGHT + PANEL_HEIGHT * panels(Line::row);
        return Math.max(panels, (long) LEGEND_KEY * names.size());
    }

    private long panels(Function<Line, String> title) {
        return lines.stream().map(title).distinct().count();
    }

    private Map<String, Object> xAxis() {
        Map<String, Object> axis = axis("x", xLabel);
        if (steps <= MARKED_POINTS) {
            axis.put("format", "d");
            axis.put("breaks", IntStream.rangeClosed(1, steps).asDoubleStream().boxed().toList());
        }
        return axis;
    }

    private Map<String, Object> yAxis(List<Point> points) {
        DoubleSummaryStatistics range =
                points.stream().filter(Point::isShown).mapToDouble(Point::y).summaryStatistics();
        return scale == Scale.PERCENT ? percent(range.getMax()) : decades(range);
    }

    private Map<String, Object> percent(double most) {
        Map<String, Object> axis = axis("y", yLabel);
        axis.put("limits", List.of(0.0, Math.max(1, most)));
        return axis;
    }

    /** Whole powers of ten, since with less the ticks would be no round numbers. */
    private Map<String, Object> decades(DoubleSummaryStatistics range) {
        boolean empty = range.getCount() == 0;
        int from = empty ? 0 : (int) Math.floor(Math.log10(range.getMin()));
        int to = empty ? 1 : Math.max(from + 1, (int) Math.ceil(Math.log10(range.getMax())));
        int step = (to - from + MOST_DECADES - 1) / MOST_DECADES;
        List<Double> ticks =
                IntStream.iterate(from, i -> i <= to, i -> i + step)
                        .mapToObj(i -> Math.pow(10, i))
                        .toList();
        Map<String, Object> axis = axis("y", yLabel);
        axis.put("trans", "log10");
        axis.put("format", ".0e");
        axis.put("limits", List.of(Math.pow(10, from), Math.pow(10, to)));
        axis.put("breaks", ticks);
        return axis;
    }

    private static Map<String, Object> axis(String aesthetic, String label) {
        return new HashMap<>(Map.of("aesthetic", aesthetic, "name", label));
    }
}
