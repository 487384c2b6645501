package dev.rectifier.cli.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.rectifier.cli.Program;
import dev.rectifier.network.Dense;
import dev.rectifier.network.EpochReport;
import dev.rectifier.network.FunctionText;
import dev.rectifier.network.LayerUnits;
import dev.rectifier.network.Task;
import dev.rectifier.network.Trainer;
import dev.rectifier.report.Chart;
import dev.rectifier.report.Html;
import dev.rectifier.report.Template;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a training came to, as sentences, as a page and as JSON.
 *
 * @param command the command line
 * @param source what the data are called
 * @param notes on how they were read
 * @param date the end of the training
 * @param duration of it
 * @param epochs that were begun
 * @param complete whether the training came to its end
 */
record Outcome(
        String command,
        String source,
        List<String> notes,
        ZonedDateTime date,
        Duration duration,
        Trainer trainer,
        List<Dense> layers,
        Problem problem,
        List<EpochReport> epochs,
        boolean complete) {
    private static final Template TEMPLATE = Template.of(Outcome.class, "train.html");
    private static final ObjectWriter WRITER = new ObjectMapper().writerWithDefaultPrettyPrinter();
    private static final double MILLIS = 1e3;
    private static final int PERCENT = 100;

    /** How an epoch ended, in a few words. */
    static String line(Problem problem, EpochReport report) {
        if (!report.finite()) {
            return "diverged";
        }
        return "loss %s, validation loss %s%s"
                .formatted(
                        number(report.trainingLoss()),
                        number(report.testLoss()),
                        Double.isNaN(report.testAccuracy())
                                ? ""
                                : ", accuracy " + percent(report.testAccuracy()));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", PERCENT * share);
    }

    private boolean regression() {
        return trainer.loss().task() == Task.REGRESSION;
    }

    /** The epoch whose weights the network has. */
    EpochReport chosen() {
        EpochReport best = epochs.get(0);
        for (EpochReport report : epochs) {
            boolean better =
                    trainer.earlyStopping().isEmpty()
                            || report.testLoss()
                                    < best.testLoss() - trainer.earlyStopping().get().minDelta();
            best = better ? report : best;
        }
        return best;
    }

    /** What is to be said of it. */
    List<String> sentences() {
        EpochReport chosen = chosen();
        List<String> sentences = new ArrayList<>();
        sentences.add(
                "%s; %d rows to train and %d held out; %d epochs in %.1f s"
                        .formatted(
                                layersText(),
                                problem.training().rows(),
                                problem.validation().rows(),
                                epochs.size(),
                                duration.toMillis() / MILLIS));
        if (!complete) {
            sentences.add(
                    "Ended early: %d of %d epochs are over."
                            .formatted(epochs.size(), trainer.epochs()));
        }
        if (!epochs.get(epochs.size() - 1).finite()) {
            sentences.add(
                    "The training diverged; a smaller --learning-rate or --clip-norm may help.");
        }
        sentences.add("Epoch %d: %s".formatted(chosen.epoch(), line(problem, chosen)));
        if (regression()) {
            sentences.add(
                    "Losses are of targets with standard deviation 1, which is %s in the table%s"
                            .formatted(
                                    number(problem.sd()),
                                    trainer.loss().toString().equals("meanSquaredError")
                                            ? "; the root mean square error of what is held out is "
                                                    + number(
                                                            problem.sd()
                                                                    * Math.sqrt(chosen.testLoss()))
                                            : ""));
        } else {
            sentences.add(
                    "The most frequent class is %s of what is held out."
                            .formatted(percent(problem.chance())));
        }
        long dead = chosen.hiddenUnits().stream().mapToInt(LayerUnits::dead).sum();
        if (dead > 0) {
            sentences.add(
                    "%d of %d hidden units are dead: no row gives them a gradient."
                            .formatted(
                                    dead,
                                    chosen.hiddenUnits().stream()
                                            .mapToInt(LayerUnits::units)
                                            .sum()));
        }
        return sentences;
    }

    private String layersText() {
        return Stream.concat(
                        Stream.of(problem.training().columns() + " features"),
                        layers.stream().map(d -> d.units() + " " + FunctionText.of(d.activation())))
                .collect(Collectors.joining(", "));
    }

    private String trainingText() {
        return "%s, %s, batches of %d, decay %s, clip norm %s, seed %d, %s"
                .formatted(
                        trainer.optimizer(),
                        trainer.loss(),
                        trainer.batchSize(),
                        trainer.decay(),
                        trainer.clipNorm() == Double.POSITIVE_INFINITY
                                ? "none"
                                : trainer.clipNorm(),
                        trainer.seed(),
                        trainer.earlyStopping()
                                .map(e -> "patience " + e.patience())
                                .orElse("no early stopping"));
    }

    /** The page. */
    String html() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Command", command);
        facts.put("Data", source);
        if (!notes.isEmpty()) {
            facts.put("Notes on the data", String.join("; ", notes));
        }
        facts.put("Network", layersText());
        facts.put("Training", trainingText());
        facts.put("Program", Program.text());
        facts.put("Date", DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm xxx").format(date));
        return TEMPLATE.fill(
                Map.of(
                        "findings", Html.items(sentences()),
                        "facts", Html.facts(facts),
                        "loss",
                                chart(
                                        "loss",
                                        Chart.Scale.LOGARITHMIC,
                                        EpochReport::trainingLoss,
                                        EpochReport::testLoss),
                        "accuracy", regression() ? "" : accuracy(),
                        "dead", dead()));
    }

    private String accuracy() {
        return "<section>\n<h2>Accuracy</h2>\n<p>The share of rows that are right.</p>\n<figure>\n"
                + chart(
                        "accuracy, %",
                        Chart.Scale.PERCENT,
                        EpochReport::trainingAccuracy,
                        EpochReport::testAccuracy)
                + "\n</figure>\n</section>\n";
    }

    private String chart(
            String what,
            Chart.Scale scale,
            ToDoubleFunction<EpochReport> training,
            ToDoubleFunction<EpochReport> validation) {
        return new Chart(
                        "epoch",
                        epochs.size(),
                        what,
                        scale,
                        List.of("training", "held out"),
                        List.of(
                                new Chart.Line("", "", "training", values(training)),
                                new Chart.Line("", "", "held out", values(validation))))
                .svg();
    }

    private double[] values(ToDoubleFunction<EpochReport> figure) {
        return epochs.stream().mapToDouble(figure).toArray();
    }

    private String dead() {
        List<Chart.Line> lines = new ArrayList<>();
        for (int l = 0; l < layers.size() - 1; l++) {
            int layer = l;
            lines.add(
                    new Chart.Line(
                            "",
                            "",
                            "dense" + l,
                            values(report -> report.hiddenUnits().get(layer).deadShare())));
        }
        return new Chart(
                        "epoch",
                        epochs.size(),
                        "dead units, %",
                        Chart.Scale.PERCENT,
                        lines.stream().map(Chart.Line::name).toList(),
                        lines)
                .svg();
    }

    /** All figures in UTF-8; what isn't a finite number is null. */
    void writeJson(OutputStream out) throws IOException {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("program", Program.byName());
        content.put("command", command);
        content.put("date", DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(date));
        content.put("seconds", duration.toMillis() / MILLIS);
        content.put("complete", complete);
        content.put("data", source);
        content.put("task", trainer.loss().task().name().toLowerCase(Locale.ROOT));
        content.put("loss", trainer.loss().toString());
        content.put("optimizer", trainer.optimizer().toString());
        content.put("trainingExamples", problem.training().rows());
        content.put("validationExamples", problem.validation().rows());
        content.put("features", problem.training().columns());
        content.put("classes", problem.names());
        content.put("targetMean", problem.mean());
        content.put("targetSd", problem.sd());
        content.put("seed", trainer.seed());
        content.put("chosenEpoch", chosen().epoch());
        content.put("epochs", epochs.stream().map(Outcome::epoch).toList());
        out.write(WRITER.writeValueAsBytes(content));
        out.write('\n');
    }

    private static Map<String, Object> epoch(EpochReport report) {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("epoch", report.epoch());
        content.put("trainingLoss", finite(report.trainingLoss()));
        content.put("trainingAccuracy", finite(report.trainingAccuracy()));
        content.put("validationLoss", finite(report.testLoss()));
        content.put("validationAccuracy", finite(report.testAccuracy()));
        content.put("deadUnits", report.hiddenUnits().stream().map(LayerUnits::dead).toList());
        return content;
    }

    private static Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }
}
