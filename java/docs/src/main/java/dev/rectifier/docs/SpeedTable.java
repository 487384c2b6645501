package dev.rectifier.docs;

import dev.rectifier.docs.Contests.Time;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The functions people use beside the best peer, as Markdown. */
record SpeedTable(Contests contests) {
    private static final String NONE = "–";

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(
                "| function | ns per float | error, ULP | fastest peer: ns, ULP | times as fast"
                        + " | … as one within %d ULP | gradient, times as fast |"
                                .formatted(Contests.EXACT));
        lines.add("|---|---:|---:|---|---:|---:|---:|");
        Contests.FUNCTIONS.forEach(function -> lines.add(row(function)));
        lines.add("");
        lines.add("- Forward: " + verdict(f -> contests.timesAsFast("FORWARD", f)));
        lines.add(
                "- Forward, beside the fastest peer within %d ULP: %s"
                        .formatted(Contests.EXACT, verdict(contests::timesAsFastAsExact)));
        lines.add("- Gradients: " + verdict(contests::gradientTimesAsFast));
        lines.add("");
        lines.add(
                "64K floats off-heap, one thread, %s; %s; %s; the command:"
                        .formatted(
                                contests.fact("Machine"),
                                Figures.instructionSet(contests.instructionSet()),
                                contests.fact("Date").substring(0, 10)));
        lines.add("");
        lines.add("```sh");
        lines.add("java/benchmarks/" + command());
        lines.add("```");
        return lines;
    }

    /** The words with what a shell would take for something else in quotes. */
    private String command() {
        return Arrays.stream(contests.fact("Command").replaceAll(" --out \\S+", "").split(" "))
                .map(word -> word.matches("[\\w./,=-]+") ? word : "'" + word + "'")
                .collect(Collectors.joining(" "));
    }

    private String row(String function) {
        Time ours = contests.ours("FORWARD", function).orElseThrow();
        Optional<Time> peer = contests.bestPeer("FORWARD", function);
        return "| `%s` | %s | %s | %s | %s | %s | %s |"
                .formatted(
                        function,
                        Figures.digits(ours.perElement()),
                        Figures.error(ours.error()),
                        peer.map(
                                        time ->
                                                "%s: %s, %s"
                                                        .formatted(
                                                                time.contender(),
                                                                Figures.digits(time.perElement()),
                                                                Figures.error(time.error())))
                                .orElse(NONE),
                        times(contests.timesAsFast("FORWARD", function)),
                        times(contests.timesAsFastAsExact(function)),
                        times(contests.gradientTimesAsFast(function)));
    }

    private static String times(Optional<Double> ratio) {
        return ratio.map(r -> (r < 1 ? "**%s×**" : "%s×").formatted(Figures.digits(r)))
                .orElse(NONE);
    }

    /** How many are faster, by which mean, and the names of those that are not. */
    private static String verdict(Function<String, Optional<Double>> ratios) {
        List<String> known =
                Contests.FUNCTIONS.stream().filter(f -> ratios.apply(f).isPresent()).toList();
        List<String> slower = known.stream().filter(f -> ratios.apply(f).get() < 1).toList();
        double mean =
                Math.exp(
                        known.stream()
                                .mapToDouble(f -> Math.log(ratios.apply(f).get()))
                                .average()
                                .orElse(0));
        String below =
                slower.isEmpty()
                        ? "none is slower"
                        : "slower: "
                                + slower.stream()
                                        .map(name -> "`" + name + "`")
                                        .collect(Collectors.joining(", "));
        return "%s× in the geometric mean, %d of %d at least as fast; %s."
                .formatted(Figures.digits(mean), known.size() - slower.size(), known.size(), below);
    }
}
