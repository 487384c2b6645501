package dev.rectifier.benchmarks;

import dev.rectifier.DType;
import dev.rectifier.benchmarks.Task.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How the functions that networks are made of compare with the best peer: what a reader wants to
 * know first. The mean over all tasks says more of functions that no peer has ever tuned.
 */
record Headline(Results results) {
    /** What today's networks have between their products. */
    static final List<String> FUNCTIONS =
            List.of(
                    "relu",
                    "hardSwish",
                    "sigmoid",
                    "tanh",
                    "elu",
                    "selu",
                    "softplus",
                    "silu",
                    "mish",
                    "gelu",
                    "geluTanh",
                    "softmax",
                    "logSoftmax");

    private static final List<String> HEADER =
            List.of(
                    "function",
                    "forward, ns per element",
                    "best peer",
                    "times as fast",
                    "gradient, ns per element",
                    "best peer",
                    "times as fast");

    /** A table for each type and length, of off-heap memory and one thread. */
    List<Table> tables() {
        List<Table> tables = new ArrayList<>();
        for (DType dtype : DType.arithmeticTypes()) {
            results.contests().stream()
                    .filter(contest -> contest.task().dtype() == dtype && isUsed(contest))
                    .map(contest -> contest.task().length())
                    .distinct()
                    .sorted()
                    .forEach(length -> tables.add(table(dtype, length)));
        }
        return tables;
    }

    private static boolean isUsed(Contest contest) {
        Task task = contest.task();
        return FUNCTIONS.contains(task.function())
                && (task.kind() == Kind.FORWARD
                        || task.kind() == Kind.BACKWARD
                        || task.kind() == Kind.FROM_OUTPUT);
    }

    private Table table(DType dtype, int length) {
        Map<String, Double> forward = new LinkedHashMap<>();
        Map<String, Double> gradient = new LinkedHashMap<>();
        List<List<String>> rows = new ArrayList<>();
        for (String function : FUNCTIONS) {
            Optional<Contest> there = contest(Kind.FORWARD, function, dtype, length);
            Optional<Contest> back =
                    contest(Kind.BACKWARD, function, dtype, length)
                            .or(() -> contest(Kind.FROM_OUTPUT, function, dtype, length));
            if (there.isPresent() || back.isPresent()) {
                List<String> row = new ArrayList<>(List.of(function));
                row.addAll(cells(function, there, forward));
                row.addAll(cells(function, back, gradient));
                rows.add(row);
            }
        }
        rows.add(last("geometric mean", mean(forward), mean(gradient)));
        rows.add(last("below 1×", below(forward), below(gradient)));
        return new Table(
                "The functions people use, %s, arrays of %s, one thread"
                        .formatted(dtype.name().toLowerCase(Locale.ROOT), Figures.length(length)),
                HEADER,
                rows);
    }

    private Optional<Contest> contest(Kind kind, String function, DType dtype, int length) {
        Task task = new Task(kind, function, dtype, length);
        return results.contests().stream()
                .filter(contest -> contest.task().equals(task))
                .findFirst();
    }

    /** Our time, the best peer's, and the ratio, which {@code ratios} takes too. */
    private static List<String> cells(
            String function, Optional<Contest> held, Map<String, Double> ratios) {
        Optional<Entry> ours = held.flatMap(contest -> contest.entry(Contenders.POINTER));
        Optional<Entry> peer = held.flatMap(contest -> contest.bestPeer(1));
        Optional<Spread> ratio = ours.flatMap(entry -> held.orElseThrow().timesBestPeer(entry));
        ratio.ifPresent(r -> ratios.put(function, r.median()));
        return List.of(
                ours.map(entry -> nanos(held.orElseThrow(), entry)).orElse(Figures.NONE),
                peer.map(entry -> entry.label() + " " + nanos(held.orElseThrow(), entry))
                        .orElse(Figures.NONE),
                ratio.map(Figures::times).orElse(Figures.NONE));
    }

    private static String nanos(Contest contest, Entry entry) {
        return Figures.digits(contest.perElement(entry).median());
    }

    private static List<String> last(String what, String forward, String gradient) {
        return List.of(what, "", "", forward, "", "", gradient);
    }

    private static String mean(Map<String, Double> ratios) {
        return ratios.isEmpty()
                ? Figures.NONE
                : Figures.digits(Spread.geometricMean(ratios.values())) + "×";
    }

    private static String below(Map<String, Double> ratios) {
        String names =
                ratios.entrySet().stream()
                        .filter(ratio -> ratio.getValue() < 1)
                        .map(Map.Entry::getKey)
                        .collect(Collectors.joining(", "));
        return names.isEmpty() ? "none" : names;
    }
}
