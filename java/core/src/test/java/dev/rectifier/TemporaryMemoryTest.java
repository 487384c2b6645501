package dev.rectifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.binding.NativeMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * What calls on the heap take outside of it, in JVMs that have little and that don't collect it.
 */
@Tag("child-jvm")
class TemporaryMemoryTest {
    private static final int LENGTH = 1 << 20;

    /** The heap is there from the beginning, so that it is no news in the resident memory. */
    private static final List<String> SERVICE =
            List.of(
                    "-XX:+UseSerialGC",
                    "-Xms256m",
                    "-Xmx256m",
                    "-XX:+AlwaysPreTouch",
                    "-XX:MaxDirectMemorySize=16m",
                    "-XX:+DisableExplicitGC");

    @Test
    @Tag("thorough")
    void everyFunctionGivesItBackAtOnce() throws Exception {
        ChildJvm child = ChildJvm.run(300, EveryFunction.class, SERVICE);
        assertEquals(0, child.exit(), child.output());
    }

    static final class EveryFunction {
        public static void main(String[] args) throws IOException {
            // Arrays to arrays first, since this is where the library and its threads come from.
            check("array", new HeapCalls(LENGTH, HeapCalls::array, HeapCalls::array));
            check("view", new HeapCalls(LENGTH, HeapCalls::view, HeapCalls::view));
            Span direct = Span.allocate(DType.FLOAT32, LENGTH);
            check("from direct", new HeapCalls(LENGTH, n -> direct, HeapCalls::array));
            check("to direct", new HeapCalls(LENGTH, HeapCalls::array, n -> direct));
        }

        private static void check(String memory, HeapCalls calls) throws IOException {
            for (Map.Entry<String, Runnable> call : calls.byName().entrySet()) {
                boolean isSoftmax = call.getKey().equals("softmax");
                check(memory, call.getKey(), call.getValue(), isSoftmax ? 300 : 6);
            }
        }

        private static void check(String memory, String name, Runnable call, int times)
                throws IOException {
            String what = name + ", " + memory;
            try {
                call.run();
                long resident = residentKiB();
                for (int i = 0; i < times; i++) {
                    call.run();
                }
                // One copy is 4 MiB; the compiler works meanwhile.
                if (residentKiB() - resident > 40_000) {
                    throw new AssertionError(what + " took " + (residentKiB() - resident) + " KiB");
                }
            } catch (OutOfMemoryError e) {
                throw new AssertionError(what, e);
            }
        }

        /** What the process has in memory; 0 where the system doesn't say so in a file. */
        private static long residentKiB() throws IOException {
            Path status = Path.of("/proc/self/status");
            if (!Files.exists(status)) {
                return 0;
            }
            return Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .sum();
        }
    }

    @Test
    @DisabledOnOs(
            value = {OS.WINDOWS, OS.MAC},
            disabledReason = "a shell can't limit the address space there")
    void whereThereIsNoneNothingIsWritten() throws Exception {
        List<String> command =
                new ArrayList<>(List.of("sh", "-c", "ulimit -v 8000000; exec \"$@\"", "sh"));
        command.addAll(
                ChildJvm.command(
                        NoMemory.class,
                        List.of("-XX:+UseSerialGC", "-Xmx256m", "-XX:TieredStopAtLevel=1")));
        ChildJvm child = ChildJvm.run(120, command);
        assertEquals(0, child.exit(), child.output());
        assertTrue(
                child.output().contains("no 16777216 bytes of native memory for a copy"),
                child.output());
    }

    static final class NoMemory {
        public static void main(String[] args) {
            int n = 1 << 22;
            float[] x = new float[n];
            float[] y = new float[n];
            Arrays.fill(y, 7);
            Axis row = Axis.ofRows(1, n);
            AxisFunction.softmax().forward(Span.of(x), Span.of(x), row);
            List<NativeMemory> taken = new ArrayList<>();
            for (long bytes = 1L << 30; bytes >= 1L << 23; ) {
                try {
                    taken.add(NativeMemory.of(bytes));
                } catch (OutOfMemoryError e) {
                    bytes /= 2;
                }
            }
            try {
                AxisFunction.softmax().forward(Span.of(x), Span.of(y), row);
                throw new AssertionError("there was memory");
            } catch (OutOfMemoryError e) {
                System.out.println(e.getMessage());
            }
            for (float value : y) {
                if (value != 7) {
                    throw new AssertionError(value);
                }
            }
            // Pieces need no more than what the library has anyway.
            Elementwise.tanh().forward(x, y);
            taken.forEach(NativeMemory::close);
            AxisFunction.softmax().forward(Span.of(x), Span.of(y), row);
        }
    }
}
