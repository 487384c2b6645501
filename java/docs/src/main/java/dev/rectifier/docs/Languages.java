package dev.rectifier.docs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a call costs from each language, as {@code java/benchmarks/rectifier-bench --languages} has
 * measured it: a table and a picture. Of the rounds the least counts: what else the machine does
 * only adds to a call of some nanoseconds, and may well double it.
 *
 * @param facts of the run
 * @param nanos of a call, by function, then caller, then length
 */
record Languages(JsonNode facts, Map<String, Map<String, Map<String, Double>>> nanos) {
    private static final String SECTION = "languages";

    private static final int WIDTH = 950;
    private static final int HEIGHT = 420;
    private static final int TOP = 40;
    private static final int BOTTOM = 370;
    private static final int LEFT = 66;
    private static final int PANEL = 300;
    private static final int BETWEEN = 40;
    private static final int LEGEND = 745;
    private static final int LEGEND_LINE = 26;
    private static final double LEAST = 1;
    private static final double MOST = 1e5;

    /** The newest of the results in a folder that have such a section. */
    static Optional<Languages> newest(Path folder) throws IOException {
        List<Languages> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
                JsonNode json = new ObjectMapper().readTree(file.toFile());
                Languages found = new Languages(json.get("facts"), new LinkedHashMap<>());
                json.path("measurements").forEach(found::add);
                if (!found.nanos.isEmpty()) {
                    all.add(found);
                }
            }
        }
        return all.stream().max(Comparator.comparing(l -> l.facts.get("Date").asText()));
    }

    private void add(JsonNode measurement) {
        if (measurement.get("section").asText().equals(SECTION)) {
            String[] subject = measurement.get("subject").asText().split(", n = ");
            double least = Double.POSITIVE_INFINITY;
            for (JsonNode value : measurement.get("values")) {
                least = Math.min(least, value.asDouble());
            }
            nanos.computeIfAbsent(subject[0], key -> new LinkedHashMap<>())
                    .computeIfAbsent(measurement.get("what").asText(), key -> new LinkedHashMap<>())
                    .put(subject[1], least);
        }
    }

    private List<String> callers() {
        return nanos.values().stream().flatMap(m -> m.keySet().stream()).distinct().toList();
    }

    private List<String> lengths() {
        return nanos.values().stream()
                .flatMap(m -> m.values().stream())
                .flatMap(m -> m.keySet().stream())
                .distinct()
                .toList();
    }

    /** A table for each function. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        nanos.forEach(
                (function, callers) -> {
                    lines.add(
                            "| %s from | %s |".formatted(function, String.join(" | ", lengths())));
                    lines.add("|---|" + "---:|".repeat(lengths().size()));
                    callers.forEach(
                            (caller, times) -> {
                                List<String> cells =
                                        lengths().stream()
                                                .map(n -> Figures.digits(times.get(n)))
                                                .toList();
                                lines.add(
                                        "| %s | %s |".formatted(caller, String.join(" | ", cells)));
                            });
                    lines.add("");
                });
        lines.add(
                "Nanoseconds per call, the least of all rounds, of float32 on one thread; %s; %s. In a picture:"
                        .formatted(
                                facts.get("Machine").asText(),
                                facts.get("Date").asText().substring(0, 10)));
        lines.add("");
        lines.add("![Nanoseconds per call by length, for each caller](pictures/languages.svg)");
        return lines;
    }

    /** A panel for each function, with a line for each caller. */
    String svg() {
        StringBuilder svg = new StringBuilder();
        svg.append(
                """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="13">
                <rect width="100%%" height="100%%" fill="#ffffff"/>
                """
                        .formatted(WIDTH, HEIGHT));
        int panel = 0;
        for (Map.Entry<String, Map<String, Map<String, Double>>> function : nanos.entrySet()) {
            double left = LEFT + panel++ * (PANEL + BETWEEN);
            axes(svg, function.getKey(), left);
            for (Map.Entry<String, Map<String, Double>> caller : function.getValue().entrySet()) {
                List<String> points = new ArrayList<>();
                for (String length : lengths()) {
                    points.add(
                            "%.1f,%.1f"
                                    .formatted(x(left, length), y(caller.getValue().get(length))));
                }
                svg.append(
                        "<polyline fill=\"none\" %s points=\"%s\"/>\n"
                                .formatted(stroke(caller.getKey()), String.join(" ", points)));
            }
        }
        int line = TOP;
        for (String caller : callers()) {
            svg.append(
                    "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" %s/>\n"
                            .formatted(LEGEND, line, LEGEND + 28, line, stroke(caller)));
            text(svg, LEGEND + 34, line + 4, "start", caller);
            line += LEGEND_LINE;
        }
        return svg.append("</svg>\n").toString();
    }

    private void axes(StringBuilder svg, String function, double left) {
        text(svg, left + PANEL / 2.0, TOP - 14, "middle", function + ", ns per call");
        for (double tick = LEAST; tick <= MOST; tick *= 10) {
            svg.append(
                    "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#dddddd\"/>\n"
                            .formatted(left, y(tick), left + PANEL, y(tick)));
            if (left == LEFT) {
                text(svg, left - 8, y(tick) + 4, "end", "%.0f".formatted(tick));
            }
        }
        for (String length : lengths()) {
            text(svg, x(left, length), BOTTOM + 20, "middle", length);
        }
        text(svg, left + PANEL / 2.0, BOTTOM + 40, "middle", "n");
    }

    private static void text(StringBuilder svg, double x, double y, String anchor, String text) {
        svg.append(
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"#222222\">%s</text>\n"
                        .formatted(x, y, anchor, text));
    }

    private double x(double left, String length) {
        return left + PANEL * (lengths().indexOf(length) + 0.5) / lengths().size();
    }

    private static double y(double nanos) {
        double share = Math.log(nanos / LEAST) / Math.log(MOST / LEAST);
        return BOTTOM - (BOTTOM - TOP) * Math.min(1, Math.max(0, share));
    }

    /** By Okabe and Ito's colours: one for each kind of memory, and dashes for JNI. */
    private static String stroke(String caller) {
        String name = caller.toLowerCase(Locale.ROOT);
        String colour =
                name.endsWith("array")
                        ? "#0072b2"
                        : name.endsWith("buffer")
                                ? "#d55e00"
                                : name.endsWith("pointer")
                                        ? "#009e73"
                                        : name.startsWith("python") ? "#cc79a7" : "#000000";
        String dashes = name.contains("jni") ? "6 4" : name.startsWith("c, ") ? "2 3" : "none";
        return "stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"%s\"".formatted(colour, dashes);
    }
}
