package dev.rectifier.benchmarks;

import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Rectifier;
import dev.rectifier.Span;
import dev.rectifier.network.Predictor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Several Java threads that call at once, each on memory of its own: with the budget of threads
 * that the library has by default, and with one thread for each caller, in turns.
 *
 * @param task what they call
 * @param caller makes the call of one of them, with its memory
 */
record Callers(String task, Supplier<Runnable> caller) {
    static final String SECTION = "callers";
    static final String RATIO = "throughput by default, relative to serial callers";
    static final String SCALE = "throughput by default, relative to one caller on each processor";

    private static final int CALLERS = 8;
    private static final long LOOK_MILLIS = 5;

    /** What is measured. */
    static List<Callers> all() {
        List<Callers> all = new ArrayList<>();
        for (Elementwise f : List.of(Elementwise.relu(), Elementwise.tanh(), Elementwise.mish())) {
            for (int length : new int[] {1 << 12, 1 << 16, 1 << 20}) {
                all.add(of(f, length));
            }
        }
        for (Functions.Stack network : Functions.networks()) {
            if (network.batch() == 1) {
                all.add(of(network));
            }
        }
        return all;
    }

    static Callers of(Elementwise f, int length) {
        return new Callers(
                "forward/%s/float32, n = %s".formatted(f.name(), Figures.length(length)),
                () -> {
                    Span x = Span.allocate(DType.FLOAT32, length);
                    Span y = Span.allocate(DType.FLOAT32, length);
                    for (long at = 0; at < length; at++) {
                        x.set(at, Inputs.x(at));
                    }
                    return () -> f.forward(x, y);
                });
    }

    /** One predictor for all of them. */
    static Callers of(Functions.Stack network) {
        int outputs = network.units(network.layers() - 1);
        Task task = new Task(Task.Kind.SERVE, network.name(), DType.FLOAT32, outputs);
        ServeOperation operation = new ServeOperation(task);
        List<Span> operands =
                operation.inputs().stream()
                        .map(in -> in.write(Span.allocate(DType.FLOAT32, (int) in.length())))
                        .toList();
        Predictor predictor = operation.predictor(operands);
        return new Callers(
                task.label(),
                () -> {
                    float[] row = new float[network.inputs(0)];
                    operation.inputs().get(0).write(Span.of(row));
                    float[] scores = new float[outputs];
                    return () -> predictor.predict(row, scores);
                });
    }

    private String subject() {
        return CALLERS + " callers of " + task;
    }

    List<Measurement> measure(int rounds, long millis) throws InterruptedException {
        int budget = Rectifier.threads();
        int processors = Runtime.getRuntime().availableProcessors();
        AtomicInteger peak = new AtomicInteger();
        List<Double> byDefault = new ArrayList<>();
        List<Double> serial = new ArrayList<>();
        List<Double> single = new ArrayList<>();
        // The first round is for the compiler.
        for (int round = -1; round < rounds; round++) {
            Rectifier.setThreads(budget);
            double shared = callsPerMilli(CALLERS, millis, peak);
            Rectifier.setThreads(1);
            double alone = callsPerMilli(CALLERS, millis, new AtomicInteger());
            double one = callsPerMilli(1, millis, new AtomicInteger());
            if (round >= 0) {
                byDefault.add(shared);
                serial.add(alone);
                single.add(one * processors);
            }
        }
        Rectifier.setThreads(budget);
        return List.of(
                measurement(RATIO, "", ratios(byDefault, serial)),
                measurement(SCALE, "", ratios(byDefault, single)),
                measurement("throughput by default", "calls per ms", byDefault),
                measurement("throughput of serial callers", "calls per ms", serial),
                measurement(
                        "threads of the process at the peak, the JVM's included",
                        "",
                        List.of(peak.doubleValue())));
    }

    private static List<Double> ratios(List<Double> above, List<Double> below) {
        return IntStream.range(0, above.size()).mapToObj(i -> above.get(i) / below.get(i)).toList();
    }

    private Measurement measurement(String what, String unit, List<Double> values) {
        return new Measurement(SECTION, subject(), what, unit, values);
    }

    private double callsPerMilli(int callers, long millis, AtomicInteger peak)
            throws InterruptedException {
        CountDownLatch ready = new CountDownLatch(callers);
        CountDownLatch start = new CountDownLatch(1);
        AtomicLong calls = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        long[] end = new long[1];
        for (int i = 0; i < callers; i++) {
            Runnable call = caller.get();
            Thread thread =
                    new Thread(
                            () -> {
                                call.run();
                                ready.countDown();
                                await(start);
                                long done = 0;
                                while (System.nanoTime() < end[0]) {
                                    call.run();
                                    done++;
                                }
                                calls.addAndGet(done);
                            });
            thread.start();
            threads.add(thread);
        }
        ready.await();
        long begin = System.nanoTime();
        end[0] = begin + TimeUnit.MILLISECONDS.toNanos(millis);
        start.countDown();
        while (System.nanoTime() < end[0]) {
            peak.accumulateAndGet(Host.threads(), Math::max);
            Thread.sleep(LOOK_MILLIS);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return calls.get() * 1e6 / (System.nanoTime() - begin);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
