package dev.rectifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many threads with short-lived arrays in a heap that is small for them. */
@Tag("child-jvm")
class GarbageCollectorTest {
    private static final int THREADS = 32;
    private static final int LENGTH = 60_000;

    @ParameterizedTest
    @ValueSource(strings = {"Serial", "Parallel", "G1", "Shenandoah", "Z"})
    @Tag("thorough")
    void noThreadRunsOutOfMemory(String collector) throws Exception {
        assertNoThreadRunsOutOfMemory(collector, 1);
    }

    /**
     * Five minutes: {@code mvn -B verify -pl java/core -Dtest=GarbageCollectorTest -Dgroups=large
     * -DexcludedGroups=none}.
     */
    @Tag("large")
    @ParameterizedTest
    @ValueSource(strings = {"Serial", "Parallel", "G1", "Shenandoah", "Z"})
    void noThreadRunsOutOfMemoryInAMinute(String collector) throws Exception {
        assertNoThreadRunsOutOfMemory(collector, 60);
    }

    private static void assertNoThreadRunsOutOfMemory(String collector, int seconds)
            throws Exception {
        List<String> options =
                List.of(
                        "-XX:+UnlockExperimentalVMOptions",
                        "-XX:+Use" + collector + "GC",
                        "-Xmx256m",
                        "-Xlog:gc*=warning:stdout");
        ChildJvm child = ChildJvm.run(120 + seconds, Child.class, options, seconds);
        assumeFalse(
                child.output().matches("(?s).*(not supported|Unrecognized VM option).*"),
                () -> "this JVM has no " + collector + ": " + child.output());
        assertEquals(0, child.exit(), child.output());
        System.out.printf(
                "%s, Java %d, %s%n",
                collector, Runtime.version().feature(), child.output().strip());
    }

    static final class Child {
        public static void main(String[] args) throws InterruptedException {
            Rectifier.backend();
            long end = System.nanoTime() + Long.parseLong(args[0]) * 1_000_000_000L;
            AtomicLong calls = new AtomicLong();
            List<Throwable> failures = new ArrayList<>();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                threads.add(
                        new Thread(
                                () -> {
                                    while (System.nanoTime() < end) {
                                        float[] x = new float[LENGTH];
                                        float[] y = new float[LENGTH];
                                        Elementwise.tanh().forward(x, y);
                                        calls.incrementAndGet();
                                    }
                                }));
            }
            for (Thread thread : threads) {
                thread.setUncaughtExceptionHandler(
                        (t, e) -> {
                            synchronized (failures) {
                                failures.add(e);
                            }
                        });
                thread.start();
            }
            long longest = longestStall(end);
            for (Thread thread : threads) {
                thread.join();
            }
            System.out.printf(
                    "%d of %d threads failed%s, %d calls, longest stall of an allocating thread %d ms%n",
                    failures.size(),
                    THREADS,
                    failures.isEmpty() ? "" : " (" + failures.get(0) + ")",
                    calls.get(),
                    longest / 1_000_000);
            System.exit(failures.isEmpty() ? 0 : 1);
        }

        /** The longest time that a thread took for a step in which it does nothing but allocate. */
        private static long longestStall(long end) throws InterruptedException {
            long longest = 0;
            long before = System.nanoTime();
            byte[] kept = null;
            while (before < end) {
                kept = new byte[1024];
                long after = System.nanoTime();
                longest = Math.max(longest, after - before);
                before = after;
            }
            return kept == null ? 0 : longest;
        }
    }
}
