package dev.rectifier.benchmarks;

import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Rectifier;
import dev.rectifier.Span;
import java.util.ArrayList;
import java.util.List;

/** What the library leaves behind in the process whose guest it is. */
final class Guest {
    static final String SECTION = "guest";
    static final String IDLE = "processors in use";

    private static final int LENGTH = 1 << 20;
    private static final int PARALLEL_CALLS = 50;
    private static final long IDLE_MILLIS = 200;
    private static final int SHORT_LIVED = 10_000;
    private static final int SHORT_LENGTH = 1 << 15;

    private Guest() {}

    static List<Measurement> measure(int rounds) throws InterruptedException {
        List<Measurement> found = new ArrayList<>();
        found.add(idle(rounds));
        found.addAll(shortLived());
        return found;
    }

    private static Measurement idle(int rounds) throws InterruptedException {
        Elementwise mish = Elementwise.mish();
        Span x = Span.allocate(DType.FLOAT32, LENGTH);
        Span y = Span.allocate(DType.FLOAT32, LENGTH);
        List<Double> shares = new ArrayList<>();
        // The first round is for the compiler, which works on after the calls.
        for (int round = -1; round < rounds; round++) {
            for (int i = 0; i < PARALLEL_CALLS; i++) {
                mish.forward(x, y);
            }
            long cpu = Host.cpuNanos();
            long begin = System.nanoTime();
            Thread.sleep(IDLE_MILLIS);
            if (round >= 0) {
                shares.add((double) (Host.cpuNanos() - cpu) / (System.nanoTime() - begin));
            }
        }
        return new Measurement(
                SECTION,
                "%d ms without a call, after calls with %d threads"
                        .formatted(IDLE_MILLIS, Rectifier.threads()),
                IDLE,
                "",
                shares);
    }

    private static List<Measurement> shortLived() throws InterruptedException {
        run(SHORT_LIVED / 100);
        int threads = Host.threads();
        double memory = Host.residentMebibytes();
        run(SHORT_LIVED);
        return List.of(
                one("threads of the process before", "", threads),
                one("threads of the process after", "", Host.threads()),
                one("resident memory before", "MiB", memory),
                one("resident memory after", "MiB", Host.residentMebibytes()));
    }

    private static Measurement one(String what, String unit, double value) {
        return new Measurement(
                SECTION,
                "%d Java threads that call once".formatted(SHORT_LIVED),
                what,
                unit,
                List.of(value));
    }

    private static void run(int threads) throws InterruptedException {
        Elementwise mish = Elementwise.mish();
        Span x = Span.allocate(DType.FLOAT32, SHORT_LENGTH);
        Span y = Span.allocate(DType.FLOAT32, SHORT_LENGTH);
        for (int i = 0; i < threads; i++) {
            Thread thread = new Thread(() -> mish.forward(x, y));
            thread.start();
            thread.join();
        }
    }
}
