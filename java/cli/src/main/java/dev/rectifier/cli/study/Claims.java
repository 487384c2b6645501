package dev.rectifier.cli.study;

import dev.rectifier.Activation;
import dev.rectifier.Initializer;
import dev.rectifier.cli.FunctionConverters;
import dev.rectifier.cli.Named;
import dev.rectifier.network.EpochReport;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * What the book's chapter and Xu et al. 2015 (arXiv 1505.00853) say of activations and
 * initializers, beside what the runs of a plan for it came to. Runs of one seed begin with the same
 * random numbers and see the examples in the same order, so a claim is about the differences within
 * the seeds: their mean with the 95 % confidence interval of Student's t. No correction is made for
 * how many claims there are.
 */
final class Claims {
    private static final double CONFIDENCE = 0.95;

    /** How probable it shall be that a difference that is there is found. */
    private static final double POWER = 0.8;

    private static final double PERCENT = 100;

    /** What is compared, in the order of the plan. */
    private enum Unit {
        SIGMOID("sigmoid"),
        RELU("relu"),
        LEAKY("leakyRelu:negativeSlope=0.01"),
        STEEP("leakyRelu:negativeSlope=0.2"),
        PRELU("prelu"),
        RRELU("rrelu");

        private final String text;

        Unit(String text) {
            this.text = text;
        }
    }

    private enum Weights {
        GLOROT("glorotUniform"),
        HE("heNormal");

        private final String text;

        Weights(String text) {
            this.text = text;
        }
    }

    private enum Step {
        USUAL(0.001),
        LARGE(0.01);

        private final double rate;

        Step(double rate) {
            this.rate = rate;
        }
    }

    /** A share that a run has, by which two are compared. */
    private record Measure(String name, ToDoubleFunction<Run> of) {}

    private static final Measure TEST_ERROR = new Measure("test error", run -> 1 - run.accuracy());
    private static final Measure TRAINING_ERROR =
            new Measure("training error", run -> 1 - run.last().trainingAccuracy());
    private static final Measure GAP =
            new Measure(
                    "test minus training error",
                    run -> run.last().trainingAccuracy() - run.accuracy());
    private static final Measure FIRST_EPOCH =
            new Measure(
                    "test error after one epoch", run -> 1 - run.epochs().get(0).testAccuracy());
    private static final Measure DEAD =
            new Measure(
                    "dead units",
                    run -> Figures.mean(run.last().hiddenUnits(), units -> units.deadShare()));

    private final Plan plan;
    private final List<Result> results;

    /**
     * Of a complete study.
     *
     * @param plan with this class's activations, initializers and learning rates
     */
    Claims(Plan plan, List<Result> results) {
        this.plan = plan;
        this.results = results;
    }

    static List<Named<Activation>> activations() {
        String all = String.join(",", Stream.of(Unit.values()).map(unit -> unit.text).toList());
        return new FunctionConverters.OfActivations().convert(all).values();
    }

    static List<Named<Initializer>> initializers() {
        String all = String.join(",", Stream.of(Weights.values()).map(of -> of.text).toList());
        return new FunctionConverters.OfInitializers().convert(all).values();
    }

    static List<Double> learningRates() {
        return Stream.of(Step.values()).map(step -> step.rate).toList();
    }

    List<String> sentences() {
        Result relu = usual(Unit.RELU);
        Result leaky = usual(Unit.LEAKY);
        Result prelu = usual(Unit.PRELU);
        Result rrelu = usual(Unit.RRELU);
        return List.of(
                claim("Leaky ReLU beats strict ReLU", leaky, relu, TEST_ERROR),
                claim(
                        "A large leak of 0.2 beats a small one of 0.01",
                        usual(Unit.STEEP),
                        leaky,
                        TEST_ERROR),
                claim("A random leak beats a fixed one", rrelu, leaky, TEST_ERROR),
                claim("A random leak regularizes", rrelu, leaky, GAP),
                claim(
                        "A learned leak fits the training examples better than strict ReLU",
                        prelu,
                        relu,
                        TRAINING_ERROR),
                claim(
                        "Strict ReLU overfits less on few examples than a learned leak",
                        relu,
                        prelu,
                        GAP),
                claim(
                        "With ReLU, He's weights learn faster than Glorot's",
                        relu,
                        of(Unit.RELU, Weights.GLOROT, Step.USUAL),
                        FIRST_EPOCH),
                claim(
                        "In a deep network ReLU beats the sigmoid, which stalls",
                        relu,
                        of(Unit.SIGMOID, Weights.GLOROT, Step.USUAL),
                        TEST_ERROR),
                claim(
                        "A usual step leaves fewer dead units than a large one",
                        relu,
                        of(Unit.RELU, Weights.HE, Step.LARGE),
                        DEAD),
                returns());
    }

    private Result usual(Unit unit) {
        return of(unit, Weights.HE, Step.USUAL);
    }

    private Result of(Unit unit, Weights weights, Step step) {
        int steps = Step.values().length;
        int units = Unit.values().length;
        return results.get((weights.ordinal() * steps + step.ordinal()) * units + unit.ordinal());
    }

    /** That the measure of {@code less} is below that of {@code more}. */
    private String claim(String text, Result less, Result more, Measure measure) {
        double[] differences =
                IntStream.range(0, plan.seeds())
                        .filter(
                                i ->
                                        !less.runs().get(i).diverged()
                                                && !more.runs().get(i).diverged())
                        .mapToDouble(
                                i ->
                                        PERCENT
                                                * (measure.of.applyAsDouble(less.runs().get(i))
                                                        - measure.of.applyAsDouble(
                                                                more.runs().get(i))))
                        .toArray();
        String what =
                "%s: %s of %s against that of %s"
                        .formatted(text, measure.name, describe(less), describe(more));
        if (differences.length < 2) {
            return what + ": not tested, which takes two seeds at least.";
        }
        Difference difference = Difference.of(differences);
        return "%s, %s points, %d seeds: %s."
                .formatted(what, difference.describe(), differences.length, difference.verdict());
    }

    private static String describe(Result result) {
        Combination of = result.combination();
        return "%s (%s, %s)"
                .formatted(of.activation().label(), of.initializer().label(), of.rate());
    }

    /** The difference within pairs. */
    record Difference(int pairs, double mean, double sd) {
        static Difference of(double[] differences) {
            List<Double> all =
                    IntStream.range(0, differences.length).mapToObj(i -> differences[i]).toList();
            return new Difference(
                    all.size(),
                    Figures.mean(all, Double::doubleValue),
                    Figures.sd(all, Double::doubleValue));
        }

        /** Half of the confidence interval. */
        double margin() {
            return TDistribution.of(pairs - 1.0).inverseSurvivalProbability((1 - CONFIDENCE) / 2)
                    * sd
                    / Math.sqrt(pairs);
        }

        /**
         * About how many pairs would show a difference of this size, by the normal distribution
         * (Cohen 1988, Statistical Power Analysis, 2.3).
         */
        double pairsNeeded() {
            NormalDistribution normal = NormalDistribution.of(0, 1);
            double factor =
                    normal.inverseSurvivalProbability((1 - CONFIDENCE) / 2)
                            + normal.inverseCumulativeProbability(POWER);
            return Math.ceil(Math.pow(factor * sd / mean, 2));
        }

        String describe() {
            return String.format(
                    Locale.ROOT, "%+.2f (%+.2f to %+.2f)", mean, mean - margin(), mean + margin());
        }

        String verdict() {
            if (mean + margin() < 0) {
                return "confirmed";
            }
            if (mean - margin() > 0) {
                return "the opposite was found";
            }
            return mean == 0
                    ? "no difference was found"
                    : "not shown either way; a difference of this size would take some %s seeds"
                            .formatted(Figures.plain(Math.min(pairsNeeded(), 1e9)));
        }
    }

    /** Whether dead units come back, by the layer. */
    private String returns() {
        List<Run> runs =
                Stream.of(Step.values())
                        .flatMap(step -> of(Unit.RELU, Weights.HE, step).runs().stream())
                        .toList();
        int layers = runs.get(0).last().hiddenUnits().size();
        long first = runs.stream().filter(run -> everFalls(run, 0)).count();
        long later =
                runs.stream()
                        .filter(
                                run ->
                                        IntStream.range(1, layers)
                                                .anyMatch(layer -> everFalls(run, layer)))
                        .count();
        return ("Dead units of the first layer never return, those of later layers may: their number"
                        + " fell from one epoch to the next in %d of %d runs of relu in the first"
                        + " layer, in %d in a later one: %s.")
                .formatted(
                        first,
                        runs.size(),
                        later,
                        first > 0
                                ? "the opposite was found"
                                : later > 0 ? "confirmed" : "not shown either way");
    }

    private static boolean everFalls(Run run, int layer) {
        List<EpochReport> epochs = run.epochs();
        return IntStream.range(1, epochs.size())
                .anyMatch(
                        i ->
                                epochs.get(i).hiddenUnits().get(layer).dead()
                                        < epochs.get(i - 1).hiddenUnits().get(layer).dead());
    }
}
