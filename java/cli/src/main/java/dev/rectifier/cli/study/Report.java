package dev.rectifier.cli.study;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/** The study as one HTML page that needs nothing else. */
final class Report {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{(\\w+)}}");

    private final Plan plan;
    private final List<Result> results;

    Report(Plan plan, List<Result> results) {
        this.plan = plan;
        this.results = results;
    }

    /**
     * @param findings one sentence each
     * @param facts how the study was made, by name
     */
    String html(List<String> findings, Map<String, String> facts) {
        Table table = new Table(results);
        Map<String, String> parts =
                Map.of(
                        "findings", items(findings),
                        "facts", facts(facts),
                        "table", table.html(),
                        "notes", items(table.notes()),
                        "legend", legend(),
                        "columns", Integer.toString(Math.min(plan.initializers().size(), 3)),
                        "learning", learningCurves(),
                        "dead", deadUnits(),
                        "activations", byLayer("activations", Result::startActivations),
                        "gradients", byLayer("gradients", Result::startGradients));
        // In one pass, so that nothing in a value is taken for a placeholder.
        return PLACEHOLDER
                .matcher(template())
                .replaceAll(match -> Matcher.quoteReplacement(parts.get(match.group(1))));
    }

    private static String template() {
        try (InputStream in = Report.class.getResourceAsStream("report.html")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("report.html can't be read", e);
        }
    }

    private static String items(List<String> sentences) {
        return sentences.stream()
                .map(sentence -> "<li>" + Html.escape(sentence) + "</li>\n")
                .collect(Collectors.joining());
    }

    private static String facts(Map<String, String> facts) {
        StringBuilder html = new StringBuilder();
        facts.forEach(
                (name, fact) ->
                        html.append("<dt>" + Html.escape(name) + "</dt>")
                                .append("<dd>" + Html.escape(fact) + "</dd>\n"));
        return html.toString();
    }

    private Chart.Pen pen(Named<?> activation) {
        return Chart.Pen.number(plan.activations().indexOf(activation));
    }

    private String legend() {
        String sample = "<svg viewBox=\"0 0 36 10\"><path class=\"line\" %s d=\"M1 5H35\"/></svg>";
        return plan.activations().stream()
                .map(
                        activation ->
                                sample.formatted(pen(activation).attributes())
                                        + Html.escape(activation.label()))
                .collect(Collectors.joining("</span>\n<span>", "<span>", "</span>"));
    }

    private String learningCurves() {
        return byEpoch(
                "test accuracy, %",
                Chart.Percent.upTo(1), result -> result.accuracyByEpoch(plan.epochs()));
    }

    private String deadUnits() {
        Function<Result, double[]> shares = result -> result.deadShareByEpoch(plan.epochs());
        double most = all(shares).filter(Double::isFinite).max().orElse(0);
        return byEpoch("dead hidden units, %", Chart.Percent.upTo(most), shares);
    }

    private DoubleStream all(Function<Result, double[]> values) {
        return results.stream().map(values).flatMapToDouble(DoubleStream::of);
    }

    private String byEpoch(String what, Chart.Scale scale, Function<Result, double[]> values) {
        Chart.Axes axes = new Chart.Axes("epoch", plan.epochs(), what, scale);
        return plan.learningRates().stream()
                .map(rate -> row(rate, ", learning rate " + Figures.plain(rate), axes, values))
                .collect(Collectors.joining());
    }

    private String byLayer(String what, Function<Result, double[]> values) {
        Chart.Scale scale = Chart.Decades.around(all(values).toArray());
        Chart.Axes axes =
                new Chart.Axes(
                        "hidden layer", plan.layers(), "standard deviation of " + what, scale);
        // Any learning rate will do: before training they are all the same.
        return row(plan.learningRates().get(0), "", axes, values);
    }

    /** The charts of one learning rate, one per initializer. */
    private String row(
            double rate, String title, Chart.Axes axes, Function<Result, double[]> values) {
        return plan.initializers().stream()
                .map(
                        initializer ->
                                new Chart(
                                        initializer.label() + title,
                                        axes,
                                        lines(initializer, rate, values)))
                .map(Chart::svg)
                .collect(Collectors.joining("", "<div class=\"charts\">\n", "</div>\n"));
    }

    private List<Chart.Line> lines(
            Named<?> initializer, double rate, Function<Result, double[]> values) {
        return results.stream()
                .filter(result -> result.combination().initializer().equals(initializer))
                .filter(result -> result.combination().learningRate() == rate)
                .map(result -> line(result.combination().activation(), values.apply(result)))
                .toList();
    }

    private Chart.Line line(Named<?> activation, double[] values) {
        return new Chart.Line(activation.label(), pen(activation), values);
    }
}
