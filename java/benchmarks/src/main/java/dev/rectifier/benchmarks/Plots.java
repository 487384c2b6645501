package dev.rectifier.benchmarks;

import dev.rectifier.benchmarks.Contender.Role;
import dev.rectifier.report.LetsPlot;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.DoubleSummaryStatistics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A section in pictures. */
record Plots(Section section) {
    private static final int ROW_HEIGHT = 22;
    private static final int PANEL_WIDTH = 300;
    private static final int PANEL_HEIGHT = 220;
    private static final int MARGIN = 110;
    private static final int COLUMNS = 3;
    private static final int FEW_DECADES = 2;

    /** By how much an axis goes on beyond the last dot, which would be cut off otherwise. */
    private static final double BORDER = 1.3;

    private static final Map<String, Object> THEME =
            Map.of(
                    "name", "minimal",
                    "legend_position", "bottom",
                    "axis_text_x", Map.of("angle", 0.0));

    List<String> svgs() {
        List<String> svgs = new ArrayList<>();
        ratios("times the best peer", Contest::timesBestPeer).ifPresent(svgs::add);
        ratios("share of the machine's limit", Contest::shareOfLimit).ifPresent(svgs::add);
        if (lengths().size() > 1) {
            svgs.add(times());
        }
        return svgs;
    }

    private List<Integer> lengths() {
        return section.contests().stream()
                .map(contest -> contest.task().length())
                .distinct()
                .sorted()
                .toList();
    }

    /** What a dot stands for. */
    private record Dot(Contest contest, Entry entry, Spread value) {
        private String function() {
            return contest.task().function();
        }

        private String length() {
            return "n = " + Figures.length(contest.task().length());
        }
    }

    /** A dot for each function and door, with the range of the rounds, in a panel per length. */
    private Optional<String> ratios(
            String what, BiFunction<Contest, Entry, Optional<Spread>> figure) {
        List<Dot> dots =
                lengths().stream()
                        .flatMap(this::contests)
                        .flatMap(contest -> dots(contest, contest.counting(Role.OURS), figure))
                        .toList();
        if (dots.isEmpty()) {
            return Optional.empty();
        }
        DoubleSummaryStatistics range = range(dots);
        range.accept(1);
        List<String> functions =
                new ArrayList<>(dots.stream().map(Dot::function).distinct().toList());
        // The first is to be at the top.
        Collections.reverse(functions);
        Map<String, Object> data =
                Map.of(
                        "function", column(dots, Dot::function),
                        "ratio", column(dots, dot -> dot.value.median()),
                        "min", column(dots, dot -> dot.value.min()),
                        "max", column(dots, dot -> dot.value.max()),
                        "door", column(dots, dot -> dot.entry.label()),
                        "n", column(dots, Dot::length));
        List<Object> layers =
                List.of(
                        layer("vline", Map.of("xintercept", 1.0, "color", "#a8a8a8")),
                        layer(
                                "segment",
                                Map.of(
                                        "mapping",
                                        Map.of("x", "min", "xend", "max", "yend", "function"),
                                        "alpha",
                                        0.5)),
                        Map.of("geom", "point", "size", 3));
        int panels = lengths().size();
        return Optional.of(
                LetsPlot.scalableSvg(
                        Map.of(
                                "kind",
                                "plot",
                                "data",
                                data,
                                "mapping",
                                Map.of("x", "ratio", "y", "function", "color", "door"),
                                "layers",
                                layers,
                                "facet",
                                wrap("n", panels),
                                "scales",
                                List.of(
                                        logarithmic("x", what, range),
                                        Map.of(
                                                "aesthetic",
                                                "y",
                                                "name",
                                                "",
                                                "discrete",
                                                true,
                                                "limits",
                                                functions),
                                        LetsPlot.colours(section.labels(Role.OURS))),
                                "theme",
                                THEME,
                                "ggsize",
                                size(panels, ROW_HEIGHT * functions.size() + MARGIN / 2))));
    }

    private Stream<Contest> contests(int length) {
        return section.contests().stream().filter(contest -> contest.task().length() == length);
    }

    private static Stream<Dot> dots(
            Contest contest,
            Stream<Entry> entries,
            BiFunction<Contest, Entry, Optional<Spread>> figure) {
        return entries.flatMap(
                entry ->
                        figure.apply(contest, entry).stream()
                                .map(value -> new Dot(contest, entry, value)));
    }

    /** Nanoseconds per element over the length of the array, in a panel per function. */
    private String times() {
        // A call without elements has no time per element.
        List<Dot> dots =
                section.contests().stream()
                        .flatMap(
                                contest ->
                                        dots(
                                                contest,
                                                Stream.of(Role.values())
                                                        .flatMap(contest::counting)
                                                        .filter(entry -> !entry.isEmptyCall()),
                                                (of, entry) -> Optional.of(of.perElement(entry))))
                        .toList();
        List<String> labels =
                dots.stream()
                        .map(Dot::entry)
                        .sorted(Contenders.order())
                        .map(Entry::label)
                        .distinct()
                        .toList();
        Map<String, Object> data =
                Map.of(
                        "n", column(dots, dot -> (double) dot.contest.task().length()),
                        "time", column(dots, dot -> dot.value.median()),
                        "contender", column(dots, dot -> dot.entry.label()),
                        "function", column(dots, Dot::function));
        int panels = (int) dots.stream().map(Dot::function).distinct().count();
        return LetsPlot.scalableSvg(
                Map.of(
                        "kind", "plot",
                        "data", data,
                        "mapping",
                                Map.of(
                                        "x",
                                        "n",
                                        "y",
                                        "time",
                                        "color",
                                        "contender",
                                        "linetype",
                                        "contender",
                                        "size",
                                        "contender"),
                        "layers",
                                List.of(Map.of("geom", "line"), layer("point", Map.of("size", 2))),
                        "facet", wrap("function", panels),
                        "scales",
                                Stream.concat(
                                                Stream.of(
                                                        lengthAxis(),
                                                        logarithmic(
                                                                "y",
                                                                "ns per element",
                                                                range(dots))),
                                                LetsPlot.lines(labels).stream())
                                        .toList(),
                        "theme", THEME,
                        "ggsize", size(panels, PANEL_HEIGHT)));
    }

    private static List<Object> column(List<Dot> dots, Function<Dot, Object> value) {
        return dots.stream().map(value).toList();
    }

    private static DoubleSummaryStatistics range(List<Dot> dots) {
        return dots.stream()
                .flatMapToDouble(dot -> DoubleStream.of(dot.value.min(), dot.value.max()))
                .summaryStatistics();
    }

    /** A layer that the legend doesn't tell of. */
    private static Map<String, Object> layer(String geometry, Map<String, Object> rest) {
        Map<String, Object> layer = new HashMap<>(rest);
        layer.put("geom", geometry);
        layer.put("show_legend", false);
        return layer;
    }

    /** Panels in the order of the data. */
    private static Map<String, Object> wrap(String by, int panels) {
        return Map.of(
                "name", "wrap",
                "facets", List.of(by),
                "order", List.of(0),
                "ncol", Math.min(COLUMNS, panels));
    }

    private static Map<String, Object> size(int panels, int panelHeight) {
        int rows = (panels + COLUMNS - 1) / COLUMNS;
        return Map.of(
                "width", MARGIN + PANEL_WIDTH * COLUMNS, "height", MARGIN + panelHeight * rows);
    }

    /** With a tick at each power of ten and, where there are few, at their double and half. */
    private static Map<String, Object> logarithmic(
            String aesthetic, String name, DoubleSummaryStatistics range) {
        int from = (int) Math.floor(Math.log10(range.getMin()));
        int to = (int) Math.ceil(Math.log10(range.getMax()));
        double[] digits = to - from <= FEW_DECADES ? new double[] {1, 2, 5} : new double[] {1};
        List<Double> ticks =
                IntStream.rangeClosed(from, to)
                        .boxed()
                        .flatMap(
                                power ->
                                        Arrays.stream(digits)
                                                .mapToObj(digit -> digit * Math.pow(10, power)))
                        .toList();
        return axis(aesthetic, name, range, ticks, ticks.stream().map(Plots::plain).toList());
    }

    private static String plain(double tick) {
        return new BigDecimal(tick, new MathContext(1)).toPlainString();
    }

    private Map<String, Object> lengthAxis() {
        return axis(
                "x",
                "n",
                lengths().stream().mapToDouble(n -> n).summaryStatistics(),
                lengths().stream().map(Integer::doubleValue).toList(),
                lengths().stream().map(Figures::length).toList());
    }

    private static Map<String, Object> axis(
            String aesthetic,
            String name,
            DoubleSummaryStatistics range,
            List<Double> ticks,
            List<String> labels) {
        return Map.of(
                "aesthetic", aesthetic,
                "name", name,
                "trans", "log10",
                "limits", List.of(range.getMin() / BORDER, range.getMax() * BORDER),
                "breaks", ticks,
                "labels", labels);
    }
}
