package dev.rectifier.benchmarks;

import dev.rectifier.DType;
import dev.rectifier.benchmarks.Task.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/** How far the library has come: a line for each thing that it wants to be good at. */
record Targets(Results results) {
    private static final int IN_CACHE = 1 << 16;
    private static final int PARALLEL = 1 << 20;
    private static final int OUT_OF_CACHE = 1 << 24;
    private static final List<Integer> SMALL = List.of(1, 64);

    /** Nanoseconds per element in cache; with less, memory is what a long array waits for. */
    private static final double CHEAP = 0.4;

    private static final String ARRAY = "array";
    private static final String PLAIN_JAVA = "plain Java";
    private static final String POINTERS = Contenders.POINTER + " ×2";

    private static final Set<Kind> ACTIVATIONS =
            Set.of(Kind.FORWARD, Kind.BACKWARD, Kind.FROM_OUTPUT);

    Table table() {
        List<List<String>> rows = new ArrayList<>();
        for (DType dtype : DType.arithmeticTypes()) {
            String type = ", " + dtype.name().toLowerCase(Locale.ROOT);
            Predicate<Task> activations =
                    task -> ACTIVATIONS.contains(task.kind()) && task.dtype() == dtype;
            inCache(rows, type, activations);
            outOfCache(rows, type, activations);
            small(rows, type, activations);
        }
        border(rows);
        add(
                rows,
                "Two threads at 1M, times as fast as one",
                least(
                        figures(
                                task -> task.length() == PARALLEL,
                                contest ->
                                        contest.ratio(
                                                contest.entry(Contenders.POINTER),
                                                contest.entry(POINTERS)))));
        dense(rows);
        measured(rows);
        return new Table("What it comes to", List.of("", "figure"), rows);
    }

    private void inCache(List<List<String>> rows, String type, Predicate<Task> activations) {
        Predicate<Task> inCache = activations.and(task -> task.length() == IN_CACHE);
        add(
                rows,
                "Activations in cache (64K)" + type + ": times as fast as the best peer",
                least(figures(inCache, Targets::timesBestPeer)));
        add(
                rows,
                "… as the best peer within %.0f ULP".formatted(Verdict.ACCURATE) + type,
                least(
                        figures(
                                inCache,
                                contest ->
                                        contest.ratio(
                                                contest.bestAccuratePeer(1),
                                                contest.entry(Contenders.POINTER)))));
    }

    private static Optional<Double> timesBestPeer(Contest contest) {
        return contest.ratio(contest.bestPeer(1), contest.entry(Contenders.POINTER));
    }

    private void outOfCache(List<List<String>> rows, String type, Predicate<Task> activations) {
        Predicate<Task> outOfCache = activations.and(task -> task.length() == OUT_OF_CACHE);
        add(
                rows,
                "Out of cache (16M)" + type + ": times as fast as the best peer",
                least(figures(outOfCache, Targets::timesBestPeer)));
        add(
                rows,
                "Out of cache, functions of less than "
                        + CHEAP
                        + " ns per element in cache"
                        + type
                        + ": speed of the fastest copy of as many bytes that is reached",
                least(
                        figures(
                                outOfCache.and(this::isCheap),
                                contest ->
                                        contest.entry(Contenders.POINTER)
                                                .flatMap(contest::shareOfLimit)
                                                .map(Spread::median))));
    }

    private boolean isCheap(Task task) {
        Task inCache = new Task(task.kind(), task.function(), task.dtype(), IN_CACHE);
        return results.contests().stream()
                .filter(contest -> contest.task().equals(inCache))
                .flatMap(
                        contest ->
                                contest.entry(Contenders.POINTER).map(contest::perElement).stream())
                .anyMatch(time -> time.median() < CHEAP);
    }

    private void small(List<List<String>> rows, String type, Predicate<Task> activations) {
        for (int n : SMALL) {
            Predicate<Task> small = activations.and(task -> task.length() == n);
            add(
                    rows,
                    "n = " + n + type + ": time off-heap, in empty calls",
                    greatest(
                            figures(
                                    small,
                                    contest ->
                                            contest.ratio(
                                                    contest.entry(Contenders.POINTER),
                                                    contest.entry(Contenders.EMPTY_CALL)))));
            Map<String, Double> differences =
                    figures(
                            small,
                            contest ->
                                    contest.entry(ARRAY)
                                            .flatMap(
                                                    ours ->
                                                            contest.entry(PLAIN_JAVA)
                                                                    .map(
                                                                            loop ->
                                                                                    nanos(ours)
                                                                                            - nanos(
                                                                                                    loop))));
            if (!differences.isEmpty()) {
                Map.Entry<String, Double> worst = worst(differences);
                add(
                        rows,
                        "n = " + n + type + ": time on an array beyond that of a loop in Java",
                        Optional.of(
                                "%s ns on average (worst %s %s ns)"
                                        .formatted(
                                                Figures.digits(mean(differences.values())),
                                                worst.getKey(),
                                                Figures.digits(worst.getValue()))));
            }
        }
    }

    private static double nanos(Entry entry) {
        return Spread.of(entry.nanos()).median();
    }

    private static double mean(Collection<Double> values) {
        return values.stream().mapToDouble(value -> value).average().orElseThrow();
    }

    private void border(List<List<String>> rows) {
        results.contests().stream()
                .map(contest -> contest.task().length())
                .distinct()
                .sorted()
                .forEach(
                        n ->
                                add(
                                        rows,
                                        "Border, n = "
                                                + Figures.length(n)
                                                + ": time from Java, of that from C++",
                                        greatest(
                                                figures(
                                                        task -> task.length() == n,
                                                        contest ->
                                                                contest.ratio(
                                                                        contest.entry(
                                                                                Contenders.POINTER),
                                                                        contest.entry(
                                                                                Contenders
                                                                                        .CPP))))));
    }

    private void dense(List<List<String>> rows) {
        for (Contest contest : results.contests()) {
            Kind kind = contest.task().kind();
            if (kind == Kind.DENSE_FORWARD || kind == Kind.DENSE_BACKWARD || kind == Kind.SERVE) {
                add(
                        rows,
                        contest.task().label() + ": times as fast as the best peer",
                        timesBestPeer(contest).map(ratio -> Figures.digits(ratio) + "×"));
            }
        }
    }

    private void measured(List<List<String>> rows) {
        for (Measurement measurement : results.measurements()) {
            Spread spread = measurement.spread();
            if (measurement.what().equals(Callers.RATIO)
                    || measurement.what().equals(Callers.SCALE)) {
                add(
                        rows,
                        measurement.subject() + ": " + measurement.what(),
                        Optional.of(Figures.times(spread)));
            } else if (measurement.what().equals(Guest.IDLE)) {
                add(
                        rows,
                        measurement.subject() + ": " + measurement.what(),
                        Optional.of(Figures.digits(spread.median())));
            } else if (measurement.section().equals(Probes.START_UP)) {
                add(
                        rows,
                        "Start-up, " + measurement.subject(),
                        Optional.of(
                                "%s ms (least %s)"
                                        .formatted(
                                                Figures.digits(spread.median()),
                                                Figures.digits(spread.min()))));
            }
        }
    }

    private static void add(List<List<String>> rows, String what, Optional<String> figure) {
        figure.ifPresent(text -> rows.add(List.of(what, text)));
    }

    /** By the name of the task, of those that have the figure. */
    private Map<String, Double> figures(
            Predicate<Task> which, Function<Contest, Optional<Double>> figure) {
        Map<String, Double> figures = new LinkedHashMap<>();
        for (Contest contest : results.contests()) {
            if (which.test(contest.task())) {
                figure.apply(contest)
                        .ifPresent(value -> figures.put(contest.task().label(), value));
            }
        }
        return figures;
    }

    private static Optional<String> least(Map<String, Double> ratios) {
        return mean(ratios, ratios.entrySet().stream().min(Map.Entry.comparingByValue()));
    }

    private static Optional<String> greatest(Map<String, Double> ratios) {
        return mean(ratios, ratios.entrySet().stream().max(Map.Entry.comparingByValue()));
    }

    private static Map.Entry<String, Double> worst(Map<String, Double> values) {
        return values.entrySet().stream()
                .max(Comparator.comparing(Map.Entry::getValue))
                .orElseThrow();
    }

    private static Optional<String> mean(
            Map<String, Double> ratios, Optional<Map.Entry<String, Double>> extreme) {
        return extreme.map(
                e ->
                        "%s× by the geometric mean of %d (worst %s %s×)"
                                .formatted(
                                        Figures.digits(Spread.geometricMean(ratios.values())),
                                        ratios.size(),
                                        e.getKey(),
                                        Figures.digits(e.getValue())));
    }
}
