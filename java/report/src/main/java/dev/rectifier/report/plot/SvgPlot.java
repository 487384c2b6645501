package dev.rectifier.report.plot;

import dev.rectifier.report.LetsPlot;
import dev.rectifier.report.plot.Panel.Drawing;
import dev.rectifier.report.plot.Stroke.Point;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Panels side by side, with a legend beside them. The same panels give the same file in every run.
 */
final class SvgPlot {
    private static final double PANEL_WIDTH = 330;
    private static final double HEIGHT = 300;
    private static final double LEGEND_KEY = 60;
    private static final double LEGEND_LINE = 23;
    private static final double LETTER = 7.5;
    private static final int MOST_TICKS = 7;

    private static final String BORDER_COLOUR = "#d8d8d8";
    private static final String ZERO_COLOUR = "#a8a8a8";

    private static final Pattern ID = Pattern.compile(" id=\"([^\"]+)\"");
    private static final Pattern LONG_NUMBER = Pattern.compile("-?\\d+\\.\\d{3,}(?=[^<>]*>)");
    private static final Pattern EXTENT =
            Pattern.compile("width=\"([\\d.]+)\" height=\"([\\d.]+)\"");

    private final List<Panel> panels;
    private final List<String> names;

    private SvgPlot(List<Panel> panels) {
        this.panels = panels;
        names = panels.get(0).drawings().stream().map(Drawing::name).toList();
    }

    static String of(List<Panel> panels) {
        SvgPlot plot = new SvgPlot(panels);
        return tidied(LetsPlot.svg(plot.spec()));
    }

    private Map<String, Object> spec() {
        int longest = names.stream().mapToInt(String::length).max().orElseThrow();
        return Map.of(
                "kind",
                "plot",
                "mapping",
                Map.of("x", "x", "y", "y"),
                "facet",
                Map.of(
                        "name",
                        "wrap",
                        "facets",
                        List.of("panel"),
                        "ncol",
                        panels.size(),
                        "scales",
                        "free_y"),
                "layers",
                List.of(frames(), zeros(), curves()),
                "scales",
                scales(),
                "theme",
                Map.of("name", "minimal", "legend_position", "right"),
                "ggsize",
                Map.of(
                        "width",
                        PANEL_WIDTH * panels.size() + LEGEND_KEY + LETTER * longest,
                        "height",
                        Math.max(HEIGHT, LEGEND_LINE * (1 + names.size()))));
    }

    /** A point that is drawn, and the line that it belongs to. */
    private record Dot(String panel, String name, String line, double x, double y) {
        Dot(Panel panel, String name, String line, Point point) {
            this(panel.title(), name, line, point.x(), point.y());
        }
    }

    /** The border of each panel, which makes its axes as long as they shall be. */
    private Map<String, Object> frames() {
        List<Dot> dots = new ArrayList<>();
        for (Panel p : panels) {
            Range x = p.x();
            Range y = p.y();
            dots.add(new Dot(p.title(), "", "", x.low(), y.low()));
            dots.add(new Dot(p.title(), "", "", x.high(), y.low()));
            dots.add(new Dot(p.title(), "", "", x.high(), y.high()));
            dots.add(new Dot(p.title(), "", "", x.low(), y.high()));
            dots.add(new Dot(p.title(), "", "", x.low(), y.low()));
        }
        return layer(dots, BORDER_COLOUR, 0.5);
    }

    /** The lines x = 0 and y = 0, where they are in sight. */
    private Map<String, Object> zeros() {
        List<Dot> dots = new ArrayList<>();
        for (Panel p : panels) {
            if (p.x().contains(0)) {
                dots.add(new Dot(p.title(), "", "down", 0, p.y().low()));
                dots.add(new Dot(p.title(), "", "down", 0, p.y().high()));
            }
            if (p.y().contains(0)) {
                dots.add(new Dot(p.title(), "", "across", p.x().low(), 0));
                dots.add(new Dot(p.title(), "", "across", p.x().high(), 0));
            }
        }
        return layer(dots, ZERO_COLOUR, 0.5);
    }

    private Map<String, Object> curves() {
        List<Dot> dots = new ArrayList<>();
        for (Panel panel : panels) {
            panel.drawings().forEach(drawing -> dots.addAll(dots(panel, drawing)));
        }
        Map<String, Object> layer = layer(dots);
        layer.put(
                "mapping",
                Map.of("color", "name", "linetype", "name", "size", "name", "group", "line"));
        return layer;
    }

    private static List<Dot> dots(Panel panel, Drawing drawing) {
        List<Dot> dots = new ArrayList<>();
        for (Stroke stroke : drawing.strokes()) {
            String line = drawing.name() + " " + drawing.strokes().indexOf(stroke);
            stroke.points().stream()
                    .map(point -> new Dot(panel, drawing.name(), line, point))
                    .forEach(dots::add);
        }
        return dots;
    }

    private static Map<String, Object> layer(List<Dot> dots, String colour, double size) {
        Map<String, Object> layer = layer(dots);
        layer.put("color", colour);
        layer.put("size", size);
        return layer;
    }

    private static Map<String, Object> layer(List<Dot> dots) {
        Map<String, Object> data =
                Map.of(
                        "panel", dots.stream().map(Dot::panel).toList(),
                        "name", dots.stream().map(Dot::name).toList(),
                        "line", dots.stream().map(Dot::line).toList(),
                        "x", dots.stream().map(Dot::x).toList(),
                        "y", dots.stream().map(Dot::y).toList());
        return new HashMap<>(
                Map.of(
                        "geom",
                        "path",
                        "data",
                        data,
                        "mapping",
                        Map.of("group", "line"),
                        "sampling",
                        "none"));
    }

    private List<Object> scales() {
        List<Object> scales = new ArrayList<>(List.of(xAxis(), axis("y", "")));
        scales.addAll(LetsPlot.lines(names));
        return scales;
    }

    private Map<String, Object> xAxis() {
        Map<String, Object> axis = axis("x", "x");
        List<BigDecimal> ticks = Ticks.of(panels.get(0).x(), MOST_TICKS);
        axis.put("breaks", ticks.stream().map(BigDecimal::doubleValue).toList());
        axis.put("labels", ticks.stream().map(Ticks::label).toList());
        return axis;
    }

    private static Map<String, Object> axis(String aesthetic, String label) {
        return new HashMap<>(
                Map.of("aesthetic", aesthetic, "name", label, "expand", List.of(0.0, 0.0)));
    }

    /** The same picture, smaller and without random names, and free to be shrunk. */
    private static String tidied(String svg) {
        List<String> ids = ID.matcher(svg).results().map(match -> match.group(1)).toList();
        String tidy = svg;
        for (int i = 0; i < ids.size(); i++) {
            tidy = tidy.replaceAll("(id=\"|#)\\Q" + ids.get(i) + "\\E\\b", "$1id" + (i + 1));
        }
        tidy = LONG_NUMBER.matcher(tidy).replaceAll(SvgPlot::rounded);
        tidy = tidy.replaceAll(" clip-bounds-jfx=\"[^\"]*\"", "");
        tidy = tidy.replaceAll("\\s*\n\\s*", "\n");
        tidy =
                EXTENT.matcher(tidy)
                        .replaceFirst("viewBox=\"0 0 $1 $2\" width=\"$1\" height=\"$2\"");
        return tidy + "\n";
    }

    private static String rounded(MatchResult number) {
        return new BigDecimal(number.group())
                .setScale(2, RoundingMode.HALF_EVEN)
                .stripTrailingZeros()
                .toPlainString();
    }
}
