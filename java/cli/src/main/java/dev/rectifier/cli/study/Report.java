package dev.rectifier.cli.study;

import dev.rectifier.cli.Named;
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

    private String learningCurves() {
        return byEpoch("test accuracy, %", result -> result.accuracyByEpoch(plan.epochs()));
    }

    private String deadUnits() {
        return byEpoch("dead hidden units, %", result -> result.deadShareByEpoch(plan.epochs()));
    }

    private String byEpoch(String what, Function<Result, double[]> values) {
        List<Chart.Line> lines =
                results.stream()
                        .map(
                                result ->
                                        line(
                                                "learning rate " + result.combination().rate(),
                                                result,
                                                values))
                        .toList();
        return new Chart("epoch", plan.epochs(), what, Chart.Scale.PERCENT, names(), lines).svg();
    }

    private String byLayer(String what, Function<Result, double[]> values) {
        // Any learning rate will do: before training they are all the same.
        double rate = plan.learningRates().get(0);
        List<Chart.Line> lines =
                results.stream()
                        .filter(result -> result.combination().learningRate() == rate)
                        .map(result -> line("", result, values))
                        .toList();
        return new Chart(
                        "hidden layer",
                        plan.layers(),
                        "standard deviation of " + what,
                        Chart.Scale.LOGARITHMIC,
                        names(),
                        lines)
                .svg();
    }

    private List<String> names() {
        return plan.activations().stream().map(Named::label).toList();
    }

    private static Chart.Line line(String row, Result result, Function<Result, double[]> values) {
        Combination of = result.combination();
        return new Chart.Line(
                of.initializer().label(), row, of.activation().label(), values.apply(result));
    }
}
