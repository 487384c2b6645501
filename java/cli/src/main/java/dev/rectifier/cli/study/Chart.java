package dev.rectifier.cli.study;

import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * A small line chart as SVG, made to stand beside others with the same axes. Written by hand
 * because the libraries at hand turn text to outlines, half a megabyte per chart, and need AWT with
 * fonts, which servers lack.
 */
record Chart(String title, Axes axes, List<Line> lines) {
    private static final int WIDTH = 400;
    private static final int HEIGHT = 270;
    private static final int LEFT = 56;
    private static final int RIGHT = 12;
    private static final int TOP = 30;
    private static final int BOTTOM = 44;
    private static final int MOST_X_LABELS = 10;

    /** Up to so many points, each is marked. */
    private static final int MARKED_POINTS = 12;

    /**
     * What charts beside each other have in common.
     *
     * @param steps the points that each line has at most, at x = 1, 2, …
     */
    record Axes(String xLabel, int steps, String yLabel, Scale scale) {}

    /**
     * A line of the chart.
     *
     * @param values one per step; what the scale can't show is left out
     */
    record Line(String name, Pen pen, double[] values) {}

    /**
     * How a line is drawn.
     *
     * @param dashes the lengths of strokes and gaps; "none" for an unbroken line
     */
    record Pen(String colour, String dashes) {
        /** Okabe and Ito's colours, which the colour-blind can tell apart; grey for yellow. */
        private static final List<String> COLOURS =
                List.of(
                        "#000000", "#767676", "#d55e00", "#0072b2", "#56b4e9", "#009e73", "#cc79a7",
                        "#e69f00");

        private static final List<String> DASHES = List.of("7 3", "3 2", "none");

        /** A pen of its own for each of the first 24 numbers. */
        static Pen number(int index) {
            return new Pen(COLOURS.get(index % COLOURS.size()), DASHES.get(index % DASHES.size()));
        }

        String attributes() {
            return "stroke=\"%s\" stroke-dasharray=\"%s\"".formatted(colour, dashes);
        }
    }

    /** The vertical axis. */
    interface Scale {
        /** From 0, the bottom, to 1; not finite where a value has no place. */
        double position(double value);

        List<Double> ticks();

        String label(double tick);
    }

    /** The first of {@code least}·(1, 2, 5, 10, 20, …) that needs at most so many steps. */
    private static double step(double least, double extent, int most) {
        double step = least;
        for (int i = 0; extent / step > most; i++) {
            step *= i % 3 == 1 ? 2.5 : 2;
        }
        return step;
    }

    /** From 0 to {@code max} percent, in steps of {@code step}. */
    record Percent(double max, double step) implements Scale {
        private static final double LEAST_STEP = 0.1;
        private static final int MOST_STEPS = 5;

        /** As far as the largest of some shares, and at least to 1 %. */
        static Percent upTo(double share) {
            double max = Math.max(1, 100 * share);
            double step = Chart.step(LEAST_STEP, max, MOST_STEPS);
            return new Percent(Math.ceil(max / step) * step, step);
        }

        @Override
        public double position(double share) {
            return 100 * share / max;
        }

        @Override
        public List<Double> ticks() {
            return IntStream.rangeClosed(0, (int) Math.round(max / step))
                    .mapToObj(i -> i * step / 100)
                    .toList();
        }

        @Override
        public String label(double tick) {
            return String.format(Locale.ROOT, step < 1 ? "%.1f" : "%.0f", 100 * tick);
        }
    }

    /** Powers of ten. */
    record Decades(int from, int to) implements Scale {
        private static final int MOST_STEPS = 7;

        /** Just wide enough for the positive ones of these values. */
        static Decades around(double[] values) {
            DoubleSummaryStatistics shown =
                    DoubleStream.of(values)
                            .filter(value -> value > 0 && Double.isFinite(value))
                            .summaryStatistics();
            if (shown.getCount() == 0) {
                return new Decades(0, 1);
            }
            int from = (int) Math.floor(Math.log10(shown.getMin()));
            int to = (int) Math.ceil(Math.log10(shown.getMax()));
            return new Decades(from, Math.max(from + 1, to));
        }

        @Override
        public double position(double value) {
            return value > 0 ? (Math.log10(value) - from) / (to - from) : Double.NaN;
        }

        @Override
        public List<Double> ticks() {
            int step = (to - from + MOST_STEPS - 1) / MOST_STEPS;
            return IntStream.iterate(from, i -> i <= to, i -> i + step)
                    .mapToObj(i -> Math.pow(10, i))
                    .toList();
        }

        @Override
        public String label(double tick) {
            long exponent = Math.round(Math.log10(tick));
            return "10<tspan dy=\"-4\" font-size=\"8\">%s</tspan>"
                    .formatted(Long.toString(exponent).replace('-', '−'));
        }
    }

    String svg() {
        StringBuilder svg = new StringBuilder();
        svg.append(
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n"
                        .formatted(WIDTH, HEIGHT, Html.escape(title + ": " + axes.yLabel)));
        text(svg, LEFT, 18, "start", "class=\"title\"", Html.escape(title));
        yAxis(svg);
        xAxis(svg);
        for (Line line : lines) {
            draw(svg, line);
        }
        if (lines.stream().allMatch(line -> shown(line).length == 0)) {
            text(svg, LEFT + 20, HEIGHT / 2.0, "start", "", "nothing to show");
        }
        return svg.append("</svg>\n").toString();
    }

    private static void text(
            StringBuilder svg, double x, double y, String anchor, String more, String content) {
        svg.append(
                String.format(
                        Locale.ROOT,
                        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" %s>%s</text>%n",
                        x,
                        y,
                        anchor,
                        more,
                        content));
    }

    private void yAxis(StringBuilder svg) {
        for (double tick : axes.scale.ticks()) {
            double y = y(tick);
            svg.append(
                    String.format(
                            Locale.ROOT,
                            "<path class=\"grid\" d=\"M%d %.1fH%d\"/>%n",
                            LEFT,
                            y,
                            WIDTH - RIGHT));
            text(svg, LEFT - 6, y + 4, "end", "", axes.scale.label(tick));
        }
        double middle = (TOP + HEIGHT - BOTTOM) / 2.0;
        String turn = String.format(Locale.ROOT, "transform=\"rotate(-90 14 %.1f)\"", middle);
        text(svg, 14, middle, "middle", turn, Html.escape(axes.yLabel));
    }

    private void xAxis(StringBuilder svg) {
        int bottom = HEIGHT - BOTTOM;
        svg.append(
                "<path class=\"axis\" d=\"M%d %dH%d\"/>%n".formatted(LEFT, bottom, WIDTH - RIGHT));
        int every = (int) step(1, axes.steps, MOST_X_LABELS);
        for (int step = every; step <= axes.steps; step += every) {
            text(svg, x(step), bottom + 16, "middle", "", Integer.toString(step));
        }
        text(svg, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 8, "middle", "", Html.escape(axes.xLabel));
    }

    private double x(int step) {
        // A single point stands in the middle.
        double share = axes.steps == 1 ? 0.5 : (step - 1.0) / (axes.steps - 1);
        return LEFT + 8 + share * (WIDTH - LEFT - RIGHT - 16);
    }

    private double y(double value) {
        return HEIGHT - BOTTOM - axes.scale.position(value) * (HEIGHT - TOP - BOTTOM);
    }

    /** The values that the scale has a place for. */
    private int[] shown(Line line) {
        return IntStream.range(0, line.values.length)
                .filter(i -> Double.isFinite(axes.scale.position(line.values[i])))
                .toArray();
    }

    private void draw(StringBuilder svg, Line line) {
        int[] shown = shown(line);
        if (shown.length == 0) {
            return;
        }
        String path =
                IntStream.of(shown)
                        .mapToObj(
                                i ->
                                        String.format(
                                                Locale.ROOT,
                                                "%.1f %.1f",
                                                x(i + 1),
                                                y(line.values[i])))
                        .collect(Collectors.joining("L", "M", ""));
        svg.append(
                "<g><title>%s</title><path class=\"line\" %s d=\"%s\"/>"
                        .formatted(Html.escape(line.name), line.pen.attributes(), path));
        if (axes.steps <= MARKED_POINTS) {
            for (int i : shown) {
                dot(svg, line, i);
            }
        } else if (shown[shown.length - 1] < axes.steps - 1) {
            dot(svg, line, shown[shown.length - 1]);
        }
        svg.append("</g>\n");
    }

    private void dot(StringBuilder svg, Line line, int i) {
        svg.append(
                String.format(
                        Locale.ROOT,
                        "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\" fill=\"%s\"/>",
                        x(i + 1),
                        y(line.values[i]),
                        line.pen.colour));
    }
}
