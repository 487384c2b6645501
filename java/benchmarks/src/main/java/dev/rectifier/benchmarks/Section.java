package dev.rectifier.benchmarks;

import dev.rectifier.DType;
import dev.rectifier.benchmarks.Contender.Role;
import dev.rectifier.benchmarks.Task.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The contests of one kind and type, which are shown together. */
record Section(Kind kind, DType dtype, List<Contest> contests) {
    /** All that there are, in the order of kinds. */
    static List<Section> of(List<Contest> contests) {
        return Arrays.stream(Kind.values())
                .flatMap(
                        kind ->
                                DType.arithmeticTypes().stream()
                                        .map(dtype -> of(kind, dtype, contests)))
                .filter(section -> !section.contests.isEmpty())
                .toList();
    }

    private static Section of(Kind kind, DType dtype, List<Contest> contests) {
        Predicate<Task> belongs = task -> task.kind() == kind && task.dtype() == dtype;
        return new Section(
                kind,
                dtype,
                contests.stream().filter(contest -> belongs.test(contest.task())).toList());
    }

    String title() {
        return kind.label() + ", " + dtype.toString().toLowerCase(Locale.ROOT);
    }

    List<Table> tables() {
        return List.of(ratios(), times(), errors());
    }

    /** How our doors compare with the best peer and with the limit of the machine. */
    Table ratios() {
        List<String> ours = labels(Role.OURS);
        List<String> header = new ArrayList<>(List.of("function", "n", "best peer on one thread"));
        ours.forEach(label -> header.add(label + " to best peer"));
        ours.forEach(label -> header.add(label + " of the limit"));
        List<List<String>> rows = new ArrayList<>();
        for (Contest contest : contests) {
            List<String> row = start(contest);
            row.add(contest.bestPeer(1).map(Entry::label).orElse(Figures.NONE));
            ours.forEach(
                    label -> row.add(cell(contest, label, contest::timesBestPeer, Figures::times)));
            ours.forEach(
                    label ->
                            row.add(cell(contest, label, contest::shareOfLimit, Figures::percent)));
            rows.add(row);
        }
        return new Table("Ratios", header, rows);
    }

    /** Nanoseconds per element of all that were timed. */
    Table times() {
        List<String> labels =
                Stream.of(Role.values()).flatMap(role -> labels(role).stream()).toList();
        List<String> header = new ArrayList<>(List.of("function", "n"));
        header.addAll(labels);
        List<List<String>> rows = new ArrayList<>();
        for (Contest contest : contests) {
            List<String> row = start(contest);
            labels.forEach(
                    label ->
                            row.add(
                                    cell(
                                            contest,
                                            label,
                                            entry -> Optional.of(contest.perElement(entry)),
                                            time -> Figures.digits(time.median()))));
            rows.add(row);
        }
        return new Table("Nanoseconds per element", header, rows);
    }

    /** The worst that the checks of each contender's results said of each function. */
    Table errors() {
        List<String> functions =
                contests.stream().map(contest -> contest.task().function()).distinct().toList();
        List<String> contenders =
                contests.stream()
                        .flatMap(contest -> contest.entries().stream())
                        .filter(entry -> entry.role() != Role.LIMIT)
                        .sorted(Contenders.order())
                        .map(Entry::contender)
                        .distinct()
                        .toList();
        List<String> header = new ArrayList<>(List.of("function"));
        header.addAll(contenders);
        List<List<String>> rows = new ArrayList<>();
        for (String function : functions) {
            List<String> row = new ArrayList<>(List.of(function));
            contenders.forEach(name -> row.add(worst(function, name)));
            rows.add(row);
        }
        return new Table("Largest error against the reference", header, rows);
    }

    private String worst(String function, String contender) {
        List<Entry> entries =
                contests.stream()
                        .filter(contest -> contest.task().function().equals(function))
                        .flatMap(contest -> contest.entries().stream())
                        .filter(entry -> entry.contender().equals(contender))
                        .toList();
        if (entries.stream().anyMatch(entry -> entry.failure() != null)) {
            return "failed";
        }
        return entries.stream()
                .map(Entry::verdict)
                .max(Comparator.comparing(Verdict::error))
                .map(verdict -> verdict.text() + (verdict.right() ? "" : ", wrong"))
                .orElse(Figures.NONE);
    }

    private static List<String> start(Contest contest) {
        Task task = contest.task();
        return new ArrayList<>(List.of(task.function(), Figures.length(task.length())));
    }

    private static String cell(
            Contest contest,
            String label,
            Function<Entry, Optional<Spread>> figure,
            Function<Spread, String> text) {
        return contest.entry(label).flatMap(figure).map(text).orElse(Figures.NONE);
    }

    /** Of all that were timed. */
    List<String> labels(Role role) {
        return contests.stream()
                .flatMap(contest -> contest.counting(role))
                .sorted(Contenders.order())
                .map(Entry::label)
                .distinct()
                .toList();
    }

    /**
     * A row for each length: for each door of ours, how many times as fast it is as the best peer,
     * by the geometric mean over all functions, and where that is the least.
     */
    List<List<String>> summary(List<String> doors) {
        return contests.stream()
                .map(contest -> contest.task().length())
                .distinct()
                .sorted()
                .map(length -> summary(length, doors))
                .toList();
    }

    private List<String> summary(int length, List<String> doors) {
        List<String> row = new ArrayList<>(List.of(title(), Figures.length(length)));
        for (String door : doors) {
            Map<String, Double> ratios = new LinkedHashMap<>();
            for (Contest contest : contests) {
                if (contest.task().length() == length) {
                    contest.entry(door)
                            .flatMap(contest::timesBestPeer)
                            .ifPresent(
                                    ratio -> ratios.put(contest.task().function(), ratio.median()));
                }
            }
            row.add(summary(ratios));
        }
        return row;
    }

    private static String summary(Map<String, Double> ratios) {
        return ratios.entrySet().stream()
                .min(Map.Entry.comparingByValue())
                .map(
                        least ->
                                "%s× (%s %s×)"
                                        .formatted(
                                                Figures.digits(
                                                        Spread.geometricMean(ratios.values())),
                                                least.getKey(),
                                                Figures.digits(least.getValue())))
                .orElse(Figures.NONE);
    }
}
