package dev.rectifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Short calls from many threads that don't live long. */
@Tag("child-jvm")
class VirtualThreadsTest {
    @Test
    void aHundredThousandTakeNoMemoryEach() throws Exception {
        assertTakeNoMemory(100_000);
    }

    @Test
    @Tag("large")
    void aMillionTakeNoMemoryEach() throws Exception {
        assertTakeNoMemory(1_000_000);
    }

    private static void assertTakeNoMemory(int threads) throws Exception {
        int version = Runtime.version().feature();
        assumeTrue(version >= 21, () -> "Java " + version + " has no virtual threads");
        List<String> options = List.of("-Xmx512m", "-XX:MaxDirectMemorySize=1m");
        ChildJvm child = ChildJvm.run(30 + threads / 10_000, Child.class, options, threads);
        assertEquals(0, child.exit(), child.output());
        System.out.println(child.output().strip());
    }

    static final class Child {
        public static void main(String[] args) throws Exception {
            int threads = Integer.parseInt(args[0]);
            Method newExecutor = Executors.class.getMethod("newVirtualThreadPerTaskExecutor");
            AtomicInteger right = new AtomicInteger();
            long start = System.nanoTime();
            ExecutorService executor = (ExecutorService) newExecutor.invoke(null);
            for (int i = 0; i < threads; i++) {
                float at = i % 7 - 3;
                executor.execute(
                        () -> {
                            float[] x = {at, at, at, at, at, at, at, at};
                            float[] y = new float[8];
                            Elementwise.gelu().forward(x, y);
                            double error = y[7] - Elementwise.gelu().valueAt(at);
                            right.addAndGet(Math.abs(error) < 1e-6 ? 1 : 0);
                        });
            }
            executor.shutdown();
            executor.awaitTermination(1, TimeUnit.HOURS);
            System.out.printf(
                    "%d virtual threads in %d ms%n",
                    right.get(), (System.nanoTime() - start) / 1_000_000);
            System.exit(right.get() == threads ? 0 : 1);
        }
    }
}
