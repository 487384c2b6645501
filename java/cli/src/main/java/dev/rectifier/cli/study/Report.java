package dev.rectifier.cli.study;

import dev.rectifier.cli.Named;
import dev.rectifier.report.Chart;
import dev.rectifier.report.Html;
import dev.rectifier.report.Template;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The study as one HTML page that needs nothing else. */
final class Report {
    private static final Template TEMPLATE = Template.of(Report.class, "report.html");

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
        Table table = new Table(results, plan.seeds());
        Map<String, String> parts =
                Map.of(
                        "findings", Html.items(findings),
                        "facts", Html.facts(facts),
                        "table", table.html(),
                        "notes", Html.items(table.notes()),
                        "learning", learningCurves(),
                        "dead", deadUnits(),
                        "activations", byLayer("activations", Result::startActivations),
                        "gradients", byLayer("gradients", Result::startGradients));
        return TEMPLATE.fill(parts);
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
        double rate = results.get(0).combination().learningRate();
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
