package dev.rectifier.docs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * What a run of {@code java/benchmarks/rectifier-bench} has measured of the functions that people
 * use: 64K floats, off-heap and on one thread, in the cache.
 *
 * @param json its results as it wrote them
 */
record Contests(Path file, JsonNode json) {
    /** Those that the report of the benchmarks begins with. */
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

    private static final int LENGTH = 1 << 16;

    /** What the benchmark's report calls accurate, too. */
    static final int EXACT = 4;

    private static final List<String> SETS = List.of("baseline", "avx2", "avx512");

    /**
     * What a contender needed, or nothing if it was wrong or failed.
     *
     * @param error the largest one on the inputs that were timed, in units in the last place
     */
    record Time(String contender, String role, double error, List<Double> nanos) {
        double perElement() {
            return median(nanos) / LENGTH;
        }
    }

    /** The newest of the results in a folder, with the widest instruction set that any has. */
    static Contests newest(Path folder) throws IOException {
        List<Contests> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
                Contests contests = new Contests(file, new ObjectMapper().readTree(file.toFile()));
                if (contests.isComplete()) {
                    all.add(contests);
                }
            }
        }
        return all.stream()
                .max(
                        Comparator.comparingInt(Contests::width)
                                .thenComparing(contests -> contests.fact("Date")))
                .orElseThrow(
                        () ->
                                new IllegalStateException(
                                        folder
                                                + " has no results of all functions that people"
                                                + " use, forward, on 64K floats"));
    }

    private boolean isComplete() {
        return FUNCTIONS.stream().allMatch(function -> ours("FORWARD", function).isPresent());
    }

    String fact(String name) {
        return json.get("facts").get(name).asText();
    }

    /** The name of the instruction set that our kernels used. */
    String instructionSet() {
        return entries("FORWARD", FUNCTIONS.get(0))
                .filter(entry -> entry.get("contender").asText().equals("pointer"))
                .map(entry -> entry.get("version").asText().replaceAll(".* ", ""))
                .findFirst()
                .orElseThrow();
    }

    private int width() {
        return SETS.indexOf(instructionSet());
    }

    Optional<Time> ours(String kind, String function) {
        return times(kind, function).filter(t -> t.contender().equals("pointer")).findFirst();
    }

    Stream<Time> peers(String kind, String function) {
        return times(kind, function).filter(time -> time.role().equals("PEER"));
    }

    Optional<Time> bestPeer(String kind, String function) {
        return peers(kind, function).min(Comparator.comparingDouble(Time::perElement));
    }

    /** How many times as fast as the best peer: the median of the ratios within a round. */
    Optional<Double> timesAsFast(String kind, String function) {
        return ours(kind, function)
                .flatMap(
                        ours ->
                                bestPeer(kind, function)
                                        .map(peer -> ratio(peer.nanos(), ours.nanos())));
    }

    /**
     * The same beside the fastest peer whose largest error is as small as ours may be, or nearly.
     */
    Optional<Double> timesAsFastAsExact(String function) {
        return ours("FORWARD", function)
                .flatMap(
                        ours ->
                                peers("FORWARD", function)
                                        .filter(peer -> peer.error() <= EXACT)
                                        .min(Comparator.comparingDouble(Time::perElement))
                                        .map(peer -> ratio(peer.nanos(), ours.nanos())));
    }

    /** The same for the derivative, which some functions have from their output alone. */
    Optional<Double> gradientTimesAsFast(String function) {
        return timesAsFast("BACKWARD", function).or(() -> timesAsFast("FROM_OUTPUT", function));
    }

    private static double ratio(List<Double> above, List<Double> below) {
        return median(
                IntStream.range(0, above.size())
                        .mapToObj(i -> above.get(i) / below.get(i))
                        .toList());
    }

    private static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int n = sorted.length;
        return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    }

    private Stream<Time> times(String kind, String function) {
        return entries(kind, function)
                .filter(entry -> entry.get("threads").asInt() == 1)
                .filter(entry -> entry.get("failure").isNull() && !entry.get("nanos").isEmpty())
                .map(Contests::time);
    }

    private static Time time(JsonNode entry) {
        List<Double> nanos = new ArrayList<>();
        entry.get("nanos").forEach(value -> nanos.add(value.asDouble()));
        return new Time(
                entry.get("contender").asText(),
                entry.get("role").asText(),
                entry.get("verdict").get("error").asDouble(),
                nanos);
    }

    private Stream<JsonNode> entries(String kind, String function) {
        return StreamSupport.stream(json.get("contests").spliterator(), false)
                .filter(contest -> isTask(contest.get("task"), kind, function))
                .flatMap(
                        contest ->
                                StreamSupport.stream(contest.get("entries").spliterator(), false));
    }

    private static boolean isTask(JsonNode task, String kind, String function) {
        return task.get("kind").asText().equals(kind)
                && task.get("function").asText().equals(function)
                && task.get("dtype").asText().equals("FLOAT32")
                && task.get("length").asInt() == LENGTH;
    }
}
