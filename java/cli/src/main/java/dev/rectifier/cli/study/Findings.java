package dev.rectifier.cli.study;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the figures show, in sentences for which they are the only source. */
final class Findings {
    /** A gradient of which less is left in the first layer than this has vanished. */
    private static final double VANISHED = 0.01;

    private final Plan plan;
    private final List<Result> results;

    Findings(Plan plan, List<Result> results) {
        this.plan = plan;
        this.results = results;
    }

    List<String> sentences() {
        List<Result> stalled = where(this::stalled);
        return Stream.of(
                        stalled(stalled).stream(),
                        vanished(stalled).stream(),
                        exploded().stream(),
                        trained(),
                        plan.learningRates().stream().flatMap(rate -> dead(rate).stream()),
                        diverged().stream(),
                        best().stream())
                .flatMap(Function.identity())
                .toList();
    }

    private List<Result> where(Predicate<Result> condition) {
        return results.stream().filter(condition).toList();
    }

    /** Whether no run ever came half of the way from chance to the target. */
    private boolean stalled(Result result) {
        return result.diverged() < result.runs().size()
                && result.bestAccuracy() < (plan.chance() + Plan.TARGET) / 2;
    }

    private Optional<String> stalled(List<Result> stalled) {
        return sentence(
                stalled,
                "Stalled, with no seed ever above %s %% test accuracy where guessing gives %s %%:"
                        + " %s.",
                Figures.percent(range(stalled, Result::bestAccuracy).getMax()),
                Figures.percent(plan.chance()),
                describe(stalled));
    }

    private Optional<String> vanished(List<Result> stalled) {
        List<Result> vanished =
                stalled.stream().filter(result -> gradientRatio(result) < VANISHED).toList();
        String whose =
                vanished.size() == stalled.size()
                        ? "Their gradients vanish"
                        : "The gradients vanish for " + describe(vanished);
        return sentence(
                vanished,
                "%s: before training, the first hidden layer gets at most %s of the gradient in the"
                        + " last.",
                whose,
                Figures.scale(range(vanished, Findings::gradientRatio).getMax()));
    }

    private Optional<String> exploded() {
        List<Result> exploded = where(result -> gradientRatio(result) > 1 / VANISHED);
        return sentence(
                exploded,
                "The gradients explode for %s: before training, the first hidden layer gets at"
                        + " least %s times the gradient in the last.",
                describe(exploded),
                Figures.scale(range(exploded, Findings::gradientRatio).getMin()));
    }

    private static double gradientRatio(Result result) {
        double[] gradients = result.startGradients();
        return gradients[0] / gradients[gradients.length - 1];
    }

    private Stream<String> trained() {
        List<Result> trained = where(Result::everySeedReachedTarget);
        String target = Figures.wholePercent(Plan.TARGET);
        Optional<String> which =
                sentence(
                        trained,
                        "Every seed reached %s %% test accuracy: %s.",
                        target,
                        describe(trained));
        Set<String> successful = labels(trained, Findings::initializer);
        Stream<String> failures =
                labels(results, Findings::initializer).stream()
                        .filter(initializer -> !successful.contains(initializer))
                        .map(
                                initializer ->
                                        "With %s no activation reached %s %% with every seed."
                                                .formatted(initializer, target));
        return Stream.concat(which.stream(), failures);
    }

    private Optional<String> dead(double rate) {
        List<Result> here =
                where(
                        result ->
                                result.combination().learningRate() == rate
                                        && result.diverged() < result.runs().size());
        List<Result> dead = here.stream().filter(result -> result.deadShare() > 0).toList();
        Set<String> killers = labels(dead, Findings::activation);
        String shares =
                killers.stream()
                        .map(name -> name + " " + deadShares(dead, name))
                        .collect(Collectors.joining(", "));
        List<String> harmless =
                labels(here, Findings::activation).stream()
                        .filter(name -> !killers.contains(name))
                        .toList();
        return sentence(
                dead,
                "Hidden units dead in the end, with learning rate %s: %s%s.",
                Figures.plain(rate),
                shares,
                harmless.isEmpty() ? "" : "; none with " + join(harmless));
    }

    private static String deadShares(List<Result> dead, String activation) {
        DoubleSummaryStatistics shares =
                range(
                        dead.stream().filter(r -> activation(r).equals(activation)).toList(),
                        Result::deadShare);
        String min = Figures.percent(shares.getMin());
        String max = Figures.percent(shares.getMax());
        return (min.equals(max) ? max : min + " to " + max) + " %";
    }

    private Optional<String> diverged() {
        List<Result> diverged = where(result -> result.diverged() > 0);
        return sentence(
                diverged,
                "Diverged, %d of all %d runs: %s.",
                diverged.stream().mapToInt(Result::diverged).sum(),
                plan.runs(),
                describe(diverged));
    }

    private Optional<String> best() {
        return results.stream()
                .filter(result -> !Double.isNaN(result.accuracy()))
                .max(Comparator.comparingDouble(Result::accuracy))
                .map(
                        result ->
                                "Best: %s with %s and learning rate %s, %s %% test accuracy."
                                        .formatted(
                                                activation(result),
                                                initializer(result),
                                                result.combination().rate(),
                                                Figures.percent(result.accuracy())));
    }

    /** A sentence about these results, if there are any. */
    private static Optional<String> sentence(List<Result> about, String format, Object... values) {
        return about.isEmpty() ? Optional.empty() : Optional.of(format.formatted(values));
    }

    private static DoubleSummaryStatistics range(List<Result> of, ToDoubleFunction<Result> figure) {
        return of.stream().mapToDouble(figure).summaryStatistics();
    }

    private static String activation(Result result) {
        return result.combination().activation().label();
    }

    private static String initializer(Result result) {
        return result.combination().initializer().label();
    }

    private static Set<String> labels(List<Result> of, Function<Result, String> label) {
        return of.stream().map(label).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /**
     * Names results in few words: what has the same learning rates is put together by initializers,
     * and then what has the same initializers by activations.
     */
    private String describe(List<Result> some) {
        Map<List<String>, Set<String>> rates = new LinkedHashMap<>();
        for (Result result : some) {
            add(
                    rates,
                    List.of(activation(result), initializer(result)),
                    result.combination().rate());
        }
        Map<List<String>, Set<String>> initializers = new LinkedHashMap<>();
        rates.forEach(
                (names, at) -> add(initializers, List.of(names.get(0), at(at)), names.get(1)));
        Map<List<String>, Set<String>> activations = new LinkedHashMap<>();
        initializers.forEach(
                (names, with) -> add(activations, List.of(with(with), names.get(1)), names.get(0)));
        List<String> phrases = new ArrayList<>();
        activations.forEach((where, who) -> phrases.add(join(who) + where.get(0) + where.get(1)));
        return String.join("; ", phrases);
    }

    private static void add(Map<List<String>, Set<String>> groups, List<String> key, String value) {
        groups.computeIfAbsent(key, k -> new LinkedHashSet<>()).add(value);
    }

    private String at(Set<String> rates) {
        return rates.size() == plan.learningRates().size() ? "" : " at " + join(rates);
    }

    private String with(Set<String> initializers) {
        boolean all = initializers.size() == plan.initializers().size() && initializers.size() > 1;
        return " with " + (all ? "every initializer" : join(initializers));
    }

    /** {@code a}, {@code a and b}, {@code a, b and c}. */
    private static String join(Iterable<String> names) {
        String all = String.join(", ", names);
        int last = all.lastIndexOf(", ");
        return last < 0 ? all : all.substring(0, last) + " and" + all.substring(last + 1);
    }
}
