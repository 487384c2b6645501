package dev.rectifier.docs;

import dev.rectifier.Elementwise;
import dev.rectifier.Initializer;
import dev.rectifier.Shape;
import dev.rectifier.docs.Contests.Time;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The picture of the first page: what the library computes, as the kernels compute it, and how
 * exactly and how fast, beside others.
 */
final class Banner {
    private static final int WIDTH = 1000;
    private static final int HEIGHT = 400;
    private static final int CELL_WIDTH = 104;
    private static final int CELL_HEIGHT = 104;
    private static final int CELL_TOP = 62;
    private static final int CELLS_LEFT = 16;
    private static final int COLUMNS = 4;
    private static final int ROW_HEIGHT = 166;
    private static final double REACH = 4;
    private static final int STEPS = 96;
    private static final int BARS = 26;
    private static final long SEED = 42;

    private static final Scale NANOS = new Scale(0.01, 40, 530, 980);
    private static final Scale ULPS = new Scale(0.05, 1e9, 332, 62);
    private static final double BOUND = 2;
    private static final double MARK = 4.5;

    private static final List<Elementwise> DRAWN =
            List.of(
                    Elementwise.relu(),
                    Elementwise.leakyRelu(0.2),
                    Elementwise.elu(),
                    Elementwise.gelu(),
                    Elementwise.silu(),
                    Elementwise.tanh());

    /** A logarithmic axis from the place of one value to that of another. */
    private record Scale(double low, double high, double from, double to) {
        double at(double value) {
            double clamped = Math.min(high, Math.max(low, value));
            return from + (to - from) * Math.log(clamped / low) / Math.log(high / low);
        }
    }

    private final Contests contests;
    private final Colours colours;
    private final StringBuilder svg = new StringBuilder();

    Banner(Contests contests, Colours colours) {
        this.contests = contests;
        this.colours = colours;
    }

    String svg() {
        svg.setLength(0);
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\""
                        + " font-family=\"system-ui, 'Segoe UI', Helvetica, Arial, sans-serif\""
                        + " font-size=\"14\">",
                WIDTH, HEIGHT);
        add("<title>%s</title>", "Activation functions and initializers; error and time per float");
        functions();
        comparison();
        add("</svg>");
        return svg.toString();
    }

    private void functions() {
        heading(CELLS_LEFT, "Activations and initializers for the JVM");
        for (int i = 0; i < DRAWN.size(); i++) {
            curve(DRAWN.get(i), left(i), top(i));
        }
        int next = DRAWN.size();
        bars("heNormal", Initializer.heNormal(SEED), left(next), top(next));
        bars("glorotUniform", Initializer.glorotUniform(SEED), left(next + 1), top(next + 1));
        int y = HEIGHT - 16;
        add(
                "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"%s\" stroke-width=\"2.5\"/>",
                CELLS_LEFT, y - 4, CELLS_LEFT + 28, y - 4, colours.first());
        text(CELLS_LEFT + 34, y, "start", colours.faint(), "value, density");
        add(
                "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"%s\" stroke-width=\"1.5\""
                        + " stroke-dasharray=\"4 3\"/>",
                CELLS_LEFT + 150, y - 4, CELLS_LEFT + 178, y - 4, colours.second());
        text(CELLS_LEFT + 184, y, "start", colours.faint(), "derivative");
    }

    private static int left(int cell) {
        return CELLS_LEFT + cell % COLUMNS * (CELL_WIDTH + 14);
    }

    private static int top(int cell) {
        return CELL_TOP + cell / COLUMNS * ROW_HEIGHT;
    }

    private void frame(String name, int left, int top) {
        add(
                "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\" fill=\"none\""
                        + " stroke=\"%s\"/>",
                left, top, CELL_WIDTH, CELL_HEIGHT, colours.line());
        text(left + CELL_WIDTH / 2.0, top + CELL_HEIGHT + 20, "middle", colours.text(), name);
    }

    private void curve(Elementwise f, int left, int top) {
        frame(f.name(), left, top);
        double[] x =
                IntStream.rangeClosed(0, STEPS)
                        .mapToDouble(i -> REACH * (2.0 * i / STEPS - 1))
                        .toArray();
        double[] y = new double[x.length];
        f.forward(x, y);
        double[] dx = new double[x.length];
        f.backward(x, IntStream.range(0, x.length).mapToDouble(i -> 1).toArray(), dx);
        line(dx, left, top, "stroke-width=\"1.5\" stroke-dasharray=\"4 3\"", colours.second());
        line(y, left, top, "stroke-width=\"2.5\"", colours.first());
    }

    /** A line through values from −1.5 to 4, those outside left out. */
    private void line(double[] y, int left, int top, String style, String colour) {
        DoubleUnaryOperator height = v -> top + CELL_HEIGHT - (v + 1.5) / 5.5 * CELL_HEIGHT;
        String points =
                IntStream.range(0, y.length)
                        .filter(i -> y[i] <= REACH)
                        .mapToObj(
                                i ->
                                        "%.1f,%.1f"
                                                .formatted(
                                                        left + (double) CELL_WIDTH * i / STEPS,
                                                        height.applyAsDouble(y[i])))
                        .collect(Collectors.joining(" "));
        add(
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-linejoin=\"round\" %s/>",
                points, colour, style);
    }

    /** How often weights fall into each of some intervals. */
    private void bars(String name, Initializer initializer, int left, int top) {
        frame(name, left, top);
        float[] weights = initializer.floats(Shape.keras(784, 784));
        double end = 0.12;
        int[] counts = new int[BARS];
        for (float weight : weights) {
            counts[Math.min(BARS - 1, Math.max(0, (int) ((weight / end + 1) / 2 * BARS)))]++;
        }
        double most = IntStream.of(counts).max().orElseThrow();
        double width = (CELL_WIDTH - 12.0) / BARS;
        for (int i = 0; i < BARS; i++) {
            double height = counts[i] / most * (CELL_HEIGHT - 24);
            if (height > 0) {
                add(
                        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>",
                        left + 6 + i * width,
                        top + CELL_HEIGHT - height - 1,
                        width - 0.8,
                        height,
                        colours.first());
            }
        }
    }

    private void comparison() {
        heading(
                NANOS.from(),
                "float32: largest error by time, %d functions"
                        .formatted(Contests.FUNCTIONS.size()));
        double top = ULPS.to();
        double bottom = ULPS.from();
        add(
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>",
                NANOS.from(),
                ULPS.at(BOUND),
                NANOS.to() - NANOS.from(),
                bottom - ULPS.at(BOUND),
                colours.band());
        add(
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"none\""
                        + " stroke=\"%s\"/>",
                NANOS.from(), top, NANOS.to() - NANOS.from(), bottom - top, colours.line());
        for (double ulps : new double[] {1, 1e3, 1e6}) {
            text(
                    NANOS.from() - 6,
                    ULPS.at(ulps) + 5,
                    "end",
                    colours.faint(),
                    ulps == 1 ? "1" : Figures.power(ulps));
        }
        text(NANOS.from() - 6, top + 12, "end", colours.faint(), "ULP");
        for (double nanos : new double[] {0.1, 1, 10}) {
            text(
                    NANOS.at(nanos),
                    bottom + 18,
                    "middle",
                    colours.faint(),
                    nanos == 0.1 ? "0.1" : "%.0f".formatted(nanos));
        }
        text(NANOS.from(), bottom + 18, "start", colours.faint(), "ns per float");
        text(NANOS.to() - 10, bottom - 8, "end", colours.first(), "within 2 ULP");
        for (String function : Contests.FUNCTIONS) {
            contests.peers("FORWARD", function).forEach(this::peer);
        }
        for (String function : Contests.FUNCTIONS) {
            contests.ours("FORWARD", function).ifPresent(this::ours);
        }
        legend();
    }

    private void ours(Time time) {
        dot(NANOS.at(time.perElement()), ULPS.at(time.error()));
    }

    private void dot(double x, double y) {
        add(
                "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"%s\"/>",
                x, y, MARK, colours.first());
    }

    private void peer(Time time) {
        cross(NANOS.at(time.perElement()), ULPS.at(time.error()));
    }

    /** Another shape than a dot, for those who don't see the colours. */
    private void cross(double x, double y) {
        add(
                "<path d=\"M%.1f %.1fl%.1f %.1fm0 %.1fl%.1f %.1f\" stroke=\"%s\""
                        + " stroke-width=\"1.6\" fill=\"none\"/>",
                x - MARK,
                y - MARK,
                2 * MARK,
                2 * MARK,
                -2 * MARK,
                -2 * MARK,
                2 * MARK,
                colours.second());
    }

    private void legend() {
        double y = HEIGHT - 16;
        dot(NANOS.from() + 6, y - 5);
        text(NANOS.from() + 18, y, "start", colours.faint(), "Rectifier, from Java");
        cross(NANOS.from() + 176, y - 5);
        List<String> names =
                Contests.FUNCTIONS.stream()
                        .flatMap(function -> contests.peers("FORWARD", function))
                        .map(Time::contender)
                        .distinct()
                        .toList();
        text(NANOS.from() + 188, y, "start", colours.faint(), names(names));
    }

    /** The two first, and how many more. */
    private static String names(List<String> names) {
        return names.size() < 4
                ? String.join(", ", names)
                : "%s, %s and %d more".formatted(names.get(0), names.get(1), names.size() - 2);
    }

    private void heading(double x, String text) {
        add(
                "<text x=\"%.1f\" y=\"32\" font-size=\"18\" font-weight=\"600\" fill=\"%s\">%s</text>",
                x, colours.text(), text);
    }

    private void text(double x, double y, String anchor, String colour, String text) {
        add(
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"%s\">%s</text>",
                x, y, anchor, colour, text);
    }

    private void add(String format, Object... arguments) {
        svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }
}
