package dev.rectifier.benchmarks;

import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Rectifier;
import dev.rectifier.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Several Java threads that call at once, each on memory of its own: with the budget of threads
 * that the library has by default, and with one thread for each caller, in turns.
 */
record Callers(Elementwise f, int length) {
    static final String SECTION = "callers";
    static final String RATIO = "throughput by default, relative to serial callers";

    private static final int CALLERS = 8;
    private static final long LOOK_MILLIS = 5;

    /** What is measured. */
    static List<Callers> all() {
        List<Callers> all = new ArrayList<>();
        for (Elementwise f : List.of(Elementwise.relu(), Elementwise.tanh(), Elementwise.mish())) {
            for (int length : new int[] {1 << 12, 1 << 16, 1 << 20}) {
                all.add(new Callers(f, length));
            }
        }
        return all;
    }

    private String subject() {
        return "%d callers of forward/%s/float32, n = %s"
                .formatted(CALLERS, f.name(), Figures.length(length));
    }

    List<Measurement> measure(int rounds, long millis) throws InterruptedException {
        int budget = Rectifier.threads();
        AtomicInteger peak = new AtomicInteger();
        List<Double> byDefault = new ArrayList<>();
        List<Double> serial = new ArrayList<>();
        // The first round is for the compiler.
        for (int round = -1; round < rounds; round++) {
            Rectifier.setThreads(budget);
            double shared = elementsPerNano(millis, peak);
            Rectifier.setThreads(1);
            double alone = elementsPerNano(millis, new AtomicInteger());
            if (round >= 0) {
                byDefault.add(shared);
                serial.add(alone);
            }
        }
        Rectifier.setThreads(budget);
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            ratios.add(byDefault.get(i) / serial.get(i));
        }
        return List.of(
                measurement(RATIO, "", ratios),
                measurement("throughput by default", "elements per ns", byDefault),
                measurement("throughput of serial callers", "elements per ns", serial),
                measurement(
                        "threads of the process at the peak, the JVM's included",
                        "",
                        List.of(peak.doubleValue())));
    }

    private Measurement measurement(String what, String unit, List<Double> values) {
        return new Measurement(SECTION, subject(), what, unit, values);
    }

    private double elementsPerNano(long millis, AtomicInteger peak) throws InterruptedException {
        CountDownLatch ready = new CountDownLatch(CALLERS);
        CountDownLatch start = new CountDownLatch(1);
        AtomicLong calls = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        long[] end = new long[1];
        for (int i = 0; i < CALLERS; i++) {
            Span x = Span.allocate(DType.FLOAT32, length);
            Span y = Span.allocate(DType.FLOAT32, length);
            Thread thread =
                    new Thread(
                            () -> {
                                for (long at = 0; at < length; at++) {
                                    x.set(at, Inputs.x(at));
                                }
                                f.forward(x, y);
                                ready.countDown();
                                await(start);
                                long done = 0;
                                while (System.nanoTime() < end[0]) {
                                    f.forward(x, y);
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
        return (double) calls.get() * length / (System.nanoTime() - begin);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
