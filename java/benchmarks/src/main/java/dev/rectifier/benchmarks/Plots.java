package dev.rectifier.benchmarks;

import dev.rectifier.benchmarks.Contender.Role;
import dev.rectifier.cli.report.LetsPlot;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.DoubleSummaryStatistics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/** A section in pictures. */
record Plots(Section section) {
    private static final int ROW_HEIGHT = 22;
    private static final int PANEL_WIDTH = 300;
    private static final int PANEL_HEIGHT = 220;
    private static final int MARGIN = 110;
    private static final int COLUMNS = 3;
    private static final int FEW_DECADES = 2;

    List<String> svgs() {
        List<String> svgs = new ArrayList<>();
        ratios("times the best peer", Contest::timesBestPeer).ifPresent(svgs::add);
        ratios("share of the machine's limit", Contest::shareOfLimit).ifPresent(svgs::add);
        svgs.add(times());
        return svgs;
    }

    /** A dot for each function and door, with the range of the rounds, in a panel per length. */
    private Optional<String> ratios(
            String what, BiFunction<Contest, Entry, Optional<Spread>> figure) {
        Columns dots = new Columns("function", "ratio", "min", "max", "door", "n");
        for (Contest contest : section.contests()) {
            contest.counting(Role.OURS)
                    .forEach(
                            entry ->
                                    figure.apply(contest, entry)
                                            .ifPresent(
                                                    ratio ->
                                                            dots.add(
                                                                    contest.task().function(),
                                                                    ratio.median(),
                                                                    ratio.min(),
                                                                    ratio.max(),
                                                                    entry.label(),
                                                                    panel(contest))));
        }
        if (dots.isEmpty()) {
            return Optional.empty();
        }
        List<String> functions = dots.distinct("function");
        List<String> reversed = new ArrayList<>(functions);
        Collections.reverse(reversed);
        List<Object> layers =
                List.of(
                        Map.of(
                                "geom",
                                "vline",
                                "xintercept",
                                1.0,
                                "color",
                                "#a8a8a8",
                                "show_legend",
                                false),
                        Map.of(
                                "geom",
                                "segment",
                                "mapping",
                                Map.of("x", "min", "xend", "max", "yend", "function"),
                                "size",
                                0.6,
                                "alpha",
                                0.5,
                                "show_legend",
                                false),
                        Map.of("geom", "point", "size", 3));
        return Optional.of(
                LetsPlot.scalableSvg(
                        Map.of(
                                "kind", "plot",
                                "data", dots.data(),
                                "mapping", Map.of("x", "ratio", "y", "function", "color", "door"),
                                "layers", layers,
                                "facet", Map.of("name", "grid", "x", "n", "x_order", 0),
                                "scales",
                                        List.of(
                                                logarithmic("x", what, dots.range("min", "max")),
                                                Map.of(
                                                        "aesthetic",
                                                        "y",
                                                        "name",
                                                        "",
                                                        "discrete",
                                                        true,
                                                        "limits",
                                                        reversed),
                                                colours(dots.distinct("door"))),
                                "theme", Map.of("name", "minimal", "legend_position", "bottom"),
                                "ggsize",
                                        Map.of(
                                                "width",
                                                MARGIN + PANEL_WIDTH * dots.distinct("n").size(),
                                                "height",
                                                MARGIN + ROW_HEIGHT * (2 + functions.size())))));
    }

    private static String panel(Contest contest) {
        return "n = " + Figures.length(contest.task().length());
    }

    /** Nanoseconds per element over the length of the array, in a panel per function. */
    private String times() {
        Columns dots = new Columns("n", "time", "contender", "function");
        for (Contest contest : section.contests()) {
            for (Entry entry : contest.entries()) {
                // A call without elements has no time per element.
                if (entry.counts() && !entry.contender().equals(Contest.EMPTY_CALL)) {
                    dots.add(
                            (double) contest.task().length(),
                            contest.perElement(entry).median(),
                            entry.label(),
                            contest.task().function());
                }
            }
        }
        int panels = dots.distinct("function").size();
        int columns = Math.min(COLUMNS, panels);
        return LetsPlot.scalableSvg(
                Map.of(
                        "kind", "plot",
                        "data", dots.data(),
                        "mapping",
                                Map.of(
                                        "x",
                                        "n",
                                        "y",
                                        "time",
                                        "color",
                                        "contender",
                                        "linetype",
                                        "contender"),
                        "layers",
                                List.of(
                                        Map.of("geom", "line", "size", 0.8),
                                        Map.of("geom", "point", "size", 2.5)),
                        "facet",
                                Map.of(
                                        "name",
                                        "wrap",
                                        "facets",
                                        List.of("function"),
                                        "ncol",
                                        columns,
                                        "order",
                                        List.of(0)),
                        "scales",
                                List.of(
                                        lengths(),
                                        logarithmic("y", "ns per element", dots.range("time")),
                                        colours(dots.distinct("contender")),
                                        dashes(dots.distinct("contender"))),
                        "theme", Map.of("name", "minimal", "legend_position", "right"),
                        "ggsize",
                                Map.of(
                                        "width",
                                        2 * MARGIN + PANEL_WIDTH * columns,
                                        "height",
                                        MARGIN / 2
                                                + PANEL_HEIGHT
                                                        * ((panels + columns - 1) / columns))));
    }

    /** With a tick at each power of ten and, where there are few, at their halves. */
    private static Map<String, Object> logarithmic(
            String aesthetic, String name, DoubleSummaryStatistics range) {
        int from = (int) Math.floor(Math.log10(range.getMin()));
        int to = (int) Math.ceil(Math.log10(range.getMax()));
        List<Double> ticks = new ArrayList<>();
        for (int power = from; power <= to; power++) {
            ticks.add(Math.pow(10, power));
            if (to - from <= FEW_DECADES) {
                ticks.add(2 * Math.pow(10, power));
                ticks.add(5 * Math.pow(10, power));
            }
        }
        return ticks(aesthetic, name, ticks, ticks.stream().map(Plots::plain).toList());
    }

    private static String plain(double tick) {
        return new BigDecimal(tick, new MathContext(1)).toPlainString();
    }

    private Map<String, Object> lengths() {
        List<Integer> lengths =
                section.contests().stream()
                        .map(contest -> contest.task().length())
                        .distinct()
                        .sorted()
                        .toList();
        return ticks(
                "x",
                "n",
                lengths.stream().map(Integer::doubleValue).toList(),
                lengths.stream().map(Figures::length).toList());
    }

    private static Map<String, Object> ticks(
            String aesthetic, String name, List<Double> ticks, List<String> labels) {
        return Map.of(
                "aesthetic", aesthetic,
                "name", name,
                "trans", "log10",
                "breaks", ticks,
                "labels", labels);
    }

    private static Map<String, Object> colours(List<String> names) {
        return look("color", names, LetsPlot.COLOURS);
    }

    /** As the colours come again, another dash. */
    private static Map<String, Object> dashes(List<String> names) {
        List<String> dashes = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            dashes.add(i < LetsPlot.COLOURS.size() ? "solid" : "dashed");
        }
        return look("linetype", names, dashes);
    }

    private static Map<String, Object> look(
            String aesthetic, List<String> names, List<String> values) {
        List<String> each = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            each.add(values.get(i % values.size()));
        }
        return Map.of("aesthetic", aesthetic, "name", "", "limits", names, "values", each);
    }

    /** Points by columns, as Lets-Plot takes them. */
    private static final class Columns {
        private final List<String> names;
        private final Map<String, Object> data = new HashMap<>();
        private final List<List<Object>> columns = new ArrayList<>();

        private Columns(String... names) {
            this.names = List.of(names);
            for (String name : names) {
                List<Object> column = new ArrayList<>();
                columns.add(column);
                data.put(name, column);
            }
        }

        private void add(Object... values) {
            for (int i = 0; i < values.length; i++) {
                columns.get(i).add(values[i]);
            }
        }

        private boolean isEmpty() {
            return columns.get(0).isEmpty();
        }

        private List<String> distinct(String name) {
            return columns.get(names.indexOf(name)).stream()
                    .map(Object::toString)
                    .distinct()
                    .toList();
        }

        private DoubleSummaryStatistics range(String... of) {
            return Stream.of(of)
                    .flatMap(name -> columns.get(names.indexOf(name)).stream())
                    .mapToDouble(value -> (Double) value)
                    .summaryStatistics();
        }

        private Map<String, Object> data() {
            return data;
        }
    }
}
