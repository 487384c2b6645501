package dev.rectifier.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rectifier.DType;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How long calls with one row for a network take, of which a mean hides the slow ones. */
final class Latency {
    static final String SECTION = "latency";

    /** Those that score networks, by the memory that a service has. */
    static final List<String> CONTENDERS =
            List.of("array", "ONNX Runtime", "PyTorch", "plain Java");

    private static final Map<String, Double> QUANTILES =
            new TreeMap<>(Map.of("p50", 0.5, "p99", 0.99, "p99.9", 0.999));

    /** So many are kept. */
    private static final int MOST_CALLS = 1_000_000;

    private Latency() {}

    /**
     * Measures one contender in this process and prints what it finds as JSON.
     *
     * @param args the contender and milliseconds for each network
     */
    public static void main(String[] args) throws IOException {
        Contender contender = Contenders.named(args[0]);
        Adapter adapter = contender.adapter().apply(1);
        Duration time = Duration.ofMillis(Long.parseLong(args[1]));
        List<Measurement> found = new ArrayList<>();
        for (Functions.Stack network : Functions.networks()) {
            if (network.batch() > 1) {
                continue;
            }
            int length = network.units(network.layers() - 1);
            Task task = new Task(Task.Kind.SERVE, network.name(), DType.FLOAT32, length);
            try (Work work = adapter.prepare(task).orElseThrow()) {
                // For the compiler, and for what is done at the first calls.
                nanos(work, time);
                long[] nanos = nanos(work, time);
                Arrays.sort(nanos);
                QUANTILES.forEach(
                        (name, quantile) ->
                                found.add(
                                        new Measurement(
                                                SECTION,
                                                task.label() + ", " + contender.name(),
                                                name,
                                                "µs",
                                                List.of(at(nanos, quantile) / 1e3))));
            }
        }
        System.out.println(new ObjectMapper().writeValueAsString(found));
    }

    private static double at(long[] sorted, double quantile) {
        return sorted[(int) (quantile * (sorted.length - 1))];
    }

    /** Of each call, for so long. */
    private static long[] nanos(Work work, Duration time) {
        long[] nanos = new long[MOST_CALLS];
        int calls = 0;
        long end = System.nanoTime() + time.toNanos();
        long before = System.nanoTime();
        while (before < end && calls < nanos.length) {
            work.run();
            long after = System.nanoTime();
            nanos[calls++] = after - before;
            before = after;
        }
        return Arrays.copyOf(nanos, calls);
    }
}
