package dev.rectifier.benchmarks;

import static dev.rectifier.benchmarks.Samples.contest;
import static dev.rectifier.benchmarks.Samples.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.rectifier.benchmarks.Contender.Role;
import dev.rectifier.benchmarks.Task.Kind;
import dev.rectifier.benchmarks.Verdict.Measure;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TargetsTest {
    private static final int IN_CACHE = 1 << 16;
    private static final int OUT_OF_CACHE = 1 << 24;

    private static Map<String, String> rows(List<Measurement> measurements, Contest... contests) {
        Results results = new Results(Map.of(), List.of(contests), measurements);
        return new Targets(results)
                .table().rows().stream().collect(Collectors.toMap(r -> r.get(0), r -> r.get(1)));
    }

    private static Contest forward(String function, int length, Entry... entries) {
        return contest(Samples.task(Kind.FORWARD, function, length), entries);
    }

    private static Entry ours(double nanos) {
        return entry(Role.OURS, Contenders.POINTER, 1, nanos);
    }

    private static Entry peer(double nanos, double ulp) {
        return new Entry(
                "peer " + nanos,
                Role.PEER,
                1,
                "1.0",
                new Verdict(true, ulp, Measure.ULP),
                List.of(nanos),
                null);
    }

    @Test
    void nothingMeasuredComesToNothing() {
        assertEquals(Map.of(), rows(List.of()));
    }

    @Test
    void inCacheTheBestPeerCountsAndBesideItTheBestAccurateOne() {
        Map<String, String> rows =
                rows(
                        List.of(),
                        forward("relu", IN_CACHE, ours(10), peer(20, 0)),
                        forward("tanh", IN_CACHE, ours(10), peer(80, 1e6), peer(180, 4)));
        assertEquals(
                "4.00× by the geometric mean of 2 (worst forward/relu/float32 2.00×)",
                rows.get("Activations in cache (64K), float32: times as fast as the best peer"));
        assertEquals(
                "6.00× by the geometric mean of 2 (worst forward/relu/float32 2.00×)",
                rows.get("… as the best peer within 4 ULP, float32"));
    }

    @Test
    void outOfCacheOnlyCheapFunctionsAreHeldAgainstTheCopy() {
        Entry call = entry(Role.LIMIT, Contenders.EMPTY_CALL, 1, 1.0);
        Entry copy = entry(Role.LIMIT, "streaming", 1, 90.0);
        Map<String, String> rows =
                rows(
                        List.of(),
                        forward("relu", IN_CACHE, ours(0.3 * IN_CACHE)),
                        forward("tanh", IN_CACHE, ours(0.5 * IN_CACHE)),
                        forward("relu", OUT_OF_CACHE, ours(100), call, copy),
                        forward("tanh", OUT_OF_CACHE, ours(200), call, copy));
        String figure =
                rows.entrySet().stream()
                        .filter(row -> row.getKey().contains("fastest copy"))
                        .map(Map.Entry::getValue)
                        .collect(Collectors.joining());
        assertEquals(
                "0.900× by the geometric mean of 1 (worst forward/relu/float32 0.900×)", figure);
    }

    @Test
    void theBorderIsTheTimeFromJavaByThatFromCpp() {
        Entry cpp = entry(Role.KERNELS, Contenders.CPP, 1, 8.0);
        Map<String, String> rows = rows(List.of(), forward("relu", 64, ours(10), cpp));
        assertEquals(
                "1.25× by the geometric mean of 1 (worst forward/relu/float32 1.25×)",
                rows.get("Border, n = 64: time from Java, of that from C++"));
    }

    @Test
    void aShortArrayIsComparedWithALoopInNanoseconds() {
        Map<String, String> rows =
                rows(
                        List.of(),
                        forward(
                                "relu",
                                64,
                                entry(Role.OURS, "array", 1, 30.0),
                                entry(Role.PEER, "plain Java", 1, 25.0)));
        assertEquals(
                "5.00 ns on average (worst forward/relu/float32 5.00 ns)",
                rows.get("n = 64, float32: time on an array beyond that of a loop in Java"));
        assertFalse(rows.containsKey("n = 1, float32: time off-heap, in empty calls"));
    }

    @Test
    void callersAndStartUpAreThere() {
        Map<String, String> rows =
                rows(
                        List.of(
                                new Measurement(
                                        Callers.SECTION,
                                        "8 callers",
                                        Callers.RATIO,
                                        "",
                                        List.of(0.9, 1.0, 1.1)),
                                new Measurement(
                                        Probes.START_UP,
                                        "Rectifier",
                                        "first result",
                                        "ms",
                                        List.of(30.0, 20.0, 40.0))));
        assertEquals("1.00× (0.900–1.10)", rows.get("8 callers: " + Callers.RATIO));
        assertEquals("30.0 ms (least 20.0)", rows.get("Start-up, Rectifier"));
    }
}
