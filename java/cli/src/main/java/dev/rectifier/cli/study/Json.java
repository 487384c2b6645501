package dev.rectifier.cli.study;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.rectifier.cli.Named;
import dev.rectifier.cli.Program;
import dev.rectifier.network.EpochReport;
import dev.rectifier.network.LayerSignals;
import dev.rectifier.network.LayerUnits;
import java.io.IOException;
import java.io.OutputStream;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * All figures of a study as JSON, for programs. What isn't a finite number is null. The fields are
 * documented in java/docs/study.md.
 */
final class Json {
    private static final double MILLIS = 1e3;
    private static final ObjectWriter WRITER = new ObjectMapper().writerWithDefaultPrettyPrinter();

    private final Plan plan;
    private final Outcome outcome;
    private final List<String> findings;
    private final List<String> claims;
    private final Facts facts;

    Json(Plan plan, Outcome outcome, List<String> findings, List<String> claims, Facts facts) {
        this.plan = plan;
        this.outcome = outcome;
        this.findings = findings;
        this.claims = claims;
        this.facts = facts;
    }

    /** Writes it in UTF-8. */
    void write(OutputStream out) throws IOException {
        out.write(WRITER.writeValueAsBytes(content()));
        out.write('\n');
    }

    Map<String, Object> content() {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("program", Program.byName());
        content.put("command", facts.command());
        content.put("date", DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(facts.date()));
        content.put("seconds", facts.duration().toMillis() / MILLIS);
        content.put("complete", outcome.isComplete(plan));
        content.put("plan", plan());
        content.put("findings", findings);
        content.put("claims", claims);
        content.put("combinations", combinations());
        return content;
    }

    private Map<String, Object> plan() {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("data", facts.source());
        content.put("trainingExamples", plan.training().rows());
        content.put("testExamples", plan.test().rows());
        content.put("features", plan.training().columns());
        content.put("classes", plan.training().classes());
        content.put("chance", plan.chance());
        content.put("dtype", Plan.TYPE.name().toLowerCase(Locale.ROOT));
        content.put("layers", plan.layers());
        content.put("units", plan.units());
        content.put("activations", plan.activations().stream().map(Named::label).toList());
        content.put("initializers", plan.initializers().stream().map(Named::label).toList());
        content.put("learningRates", plan.learningRates());
        content.put("optimizer", plan.rule().name().toLowerCase(Locale.ROOT));
        content.put("batchSize", plan.batchSize());
        content.put("epochs", plan.epochs());
        content.put("seeds", IntStream.rangeClosed(1, plan.seeds()).boxed().toList());
        content.put("target", Plan.TARGET);
        return content;
    }

    private List<Map<String, Object>> combinations() {
        if (outcome.results().isEmpty()) {
            return List.of();
        }
        Table table = new Table(outcome.results(), plan.seeds());
        return outcome.results().stream()
                .map(result -> combination(result, table.row(result)))
                .toList();
    }

    private Map<String, Object> combination(Result result, Map<String, String> row) {
        Combination combination = result.combination();
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("initializer", combination.initializer().label());
        content.put("learningRate", combination.learningRate());
        content.put("activation", combination.activation().label());
        content.put("complete", result.runs().size() == plan.seeds());
        content.put("row", row);
        content.put("testAccuracy", finite(result.accuracy()));
        content.put("testAccuracySd", finite(result.accuracySd()));
        content.put("epochsToTarget", finite(result.epochsToTarget()));
        content.put("diverged", result.diverged());
        content.put(
                "deadShare",
                finite(
                        IntStream.range(0, result.layers())
                                .mapToDouble(result::deadShare)
                                .toArray()));
        content.put("startActivationSd", finite(result.startActivations()));
        content.put("startGradientSd", finite(result.startGradients()));
        content.put("endGradientSd", finite(result.endGradients()));
        content.put("runs", result.runs().stream().map(Json::run).toList());
        return content;
    }

    private static Map<String, Object> run(Run run) {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("seed", run.seed());
        content.put("diverged", run.diverged());
        content.put("epochsToTarget", finite(run.epochsToTarget()));
        content.put("startActivationSd", each(run.start(), LayerSignals::activationStddev));
        content.put("startGradientSd", each(run.start(), LayerSignals::gradientStddev));
        content.put("epochs", run.epochs().stream().map(Json::epoch).toList());
        return content;
    }

    private static Map<String, Object> epoch(EpochReport epoch) {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("epoch", epoch.epoch());
        content.put("trainingLoss", finite(epoch.trainingLoss()));
        content.put("trainingAccuracy", finite(epoch.trainingAccuracy()));
        content.put("testAccuracy", finite(epoch.testAccuracy()));
        content.put("deadUnits", each(epoch.hiddenUnits(), LayerUnits::dead));
        content.put("deadForGood", each(epoch.hiddenUnits(), LayerUnits::deadForGood));
        content.put("zeroShare", each(epoch.hiddenUnits(), LayerUnits::meanZeroShare));
        content.put("activationSd", each(epoch.signals(), LayerSignals::activationStddev));
        content.put("gradientSd", each(epoch.signals(), LayerSignals::gradientStddev));
        return content;
    }

    private static <T> List<Object> each(List<T> layers, Function<T, Object> figure) {
        return layers.stream().map(layer -> orNull(figure.apply(layer))).toList();
    }

    private static Object orNull(Object figure) {
        return figure instanceof Double number ? finite(number) : figure;
    }

    private static List<Double> finite(double[] values) {
        return Arrays.stream(values).mapToObj(Json::finite).toList();
    }

    /** JSON knows no other numbers. */
    private static Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }
}
