package dev.rectifier.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * The process of one contender with one number of threads: reads an order per line and answers each
 * with a line. Between orders it waits, so that others can be timed.
 */
final class Worker {
    /** Begins an answer, since libraries may print too. */
    static final String ANSWER = "rectifier-bench: ";

    private final Contender contender;
    private final int threads;
    private Adapter adapter;
    private Optional<Work> work = Optional.empty();

    private Worker(Contender contender, int threads) {
        this.contender = contender;
        this.threads = threads;
    }

    /**
     * Runs until its input ends.
     *
     * @param args the contender's name and the number of threads
     */
    public static void main(String[] args) throws IOException {
        PrintStream answers = System.out;
        System.setOut(System.err);
        Worker worker = new Worker(Contenders.named(args[0]), Integer.parseInt(args[1]));
        ObjectMapper json = new ObjectMapper();
        BufferedReader orders =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = orders.readLine(); line != null; line = orders.readLine()) {
            Answer answer = worker.answer(json.readValue(line, Order.class));
            answers.println(ANSWER + json.writeValueAsString(answer));
            answers.flush();
        }
        // Not all libraries end their threads.
        Runtime.getRuntime().halt(0);
    }

    private Answer answer(Order order) {
        try {
            return switch (order.verb()) {
                case PREPARE -> prepare(order.task());
                case TIME -> time(order);
                case RELEASE -> release();
            };
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            e.printStackTrace();
            return Answer.failed(e.toString());
        }
    }

    private Answer prepare(Task task) {
        if (adapter == null) {
            adapter = contender.adapter().apply(threads);
        }
        work = adapter.prepare(task);
        Verdict verdict = work.map(w -> Check.of(contender.role(), task, w)).orElse(null);
        return Answer.prepared(adapter.version(), verdict);
    }

    private Answer time(Order order) {
        return Answer.timed(
                work.orElseThrow()
                        .nanosPerCall(
                                Duration.ofMillis(order.warmupMillis()),
                                Duration.ofMillis(order.millis())));
    }

    private Answer release() {
        work.ifPresent(Work::close);
        work = Optional.empty();
        Stopwatch.forget();
        System.gc();
        return Answer.released();
    }
}
