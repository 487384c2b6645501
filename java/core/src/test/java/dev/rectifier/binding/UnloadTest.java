package dev.rectifier.binding;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rectifier.Elementwise;
import java.io.File;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an application server does: the library goes with the class loader that had it loaded. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "only Linux lists threads and mappings as files")
@Tag("child-jvm")
class UnloadTest {
    private static final int THREADS = 3;
    private static final int ROUNDS = 25;

    /** Redeploys, with so many deployments at a time, and says what is left. */
    static final class Child {
        public static void main(String[] arguments) throws Exception {
            int deployments = Integer.parseInt(arguments[0]);
            Deque<WeakReference<ClassLoader>> old = new ArrayDeque<>();
            Deque<ClassLoader> running = new ArrayDeque<>();
            int before = 0;
            for (int round = 0; round < ROUNDS + deployments; round++) {
                running.add(deploy());
                if (running.size() == deployments) {
                    old.add(new WeakReference<>(running.remove()));
                    collect(old.remove());
                }
                if (round == deployments) {
                    before = threads();
                }
            }
            while (!running.isEmpty()) {
                old.add(new WeakReference<>(running.remove()));
            }
            for (WeakReference<ClassLoader> loader : old) {
                collect(loader);
            }
            int left = settled(() -> mapped("libjnirectifier"), 0);
            int more = settled(UnloadTest.Child::threads, before - deployments) - before;
            System.out.println((more <= 0 ? "no" : "" + more) + " more threads");
            System.out.println(left + " libraries mapped");
        }

        private static ClassLoader deploy() throws Exception {
            URL[] urls =
                    Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                            .map(Child::url)
                            .toArray(URL[]::new);
            URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
            loader.loadClass("dev.rectifier.binding.UnloadTest$Application")
                    .getMethod("run")
                    .invoke(null);
            return loader;
        }

        private static URL url(String entry) {
            try {
                return Path.of(entry).toUri().toURL();
            } catch (IOException e) {
                throw new IllegalArgumentException(e);
            }
        }

        private static void collect(WeakReference<ClassLoader> loader) throws Exception {
            for (int i = 0; i < 100 && loader.get() != null; i++) {
                System.gc();
                Thread.sleep(10);
            }
            if (loader.get() != null) {
                throw new AssertionError("the class loader isn't collected");
            }
        }

        /** The number as soon as it is small enough, or what it is after some seconds. */
        private static int settled(IntSupplier number, int enough) throws Exception {
            for (int i = 0; i < 500 && number.getAsInt() > enough; i++) {
                System.gc();
                Thread.sleep(10);
            }
            return number.getAsInt();
        }

        private static int threads() {
            return new File("/proc/self/task").list().length;
        }

        private static int mapped(String library) {
            try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
                return (int)
                        lines.filter(line -> line.contains(library) && line.contains("r-xp"))
                                .count();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** What is deployed: its classes are loaded anew each time. */
    public static final class Application {
        /** Makes calls that go parallel. */
        public static void run() throws Exception {
            FloatBuffer x =
                    ByteBuffer.allocateDirect(1 << 24)
                            .order(ByteOrder.nativeOrder())
                            .asFloatBuffer();
            // By address, since the library allows no more threads than there are processors.
            Method call =
                    RectifierNative.class.getMethod(
                            "rectifier_activation_forward_f32",
                            int.class,
                            double.class,
                            double.class,
                            double.class,
                            long.class,
                            long.class,
                            long.class,
                            int.class);
            // By the foreign door, where there is one.
            Elementwise.relu().forward(new float[1], new float[1]);
            long address = BufferAddress.of(x);
            for (int i = 0; i < 3; i++) {
                call.invoke(null, 0, 0., 0., 0., address, address, 1L << 22, THREADS);
            }
            if (!RectifierNative.rectifier_parallel_status().equals("loaded")) {
                throw new AssertionError(RectifierNative.rectifier_parallel_status());
            }
        }
    }

    /** With two, the library is a copy of that of the application that hasn't been collected. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Tag("thorough")
    void aCollectedClassLoaderLeavesNeitherThreadsNorCode(int deployments) throws Exception {
        assumeTrue(!NativeLibrary.platform().endsWith("-musl"), "musl never unmaps a library");
        List<String> command =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-XX:-UseDynamicNumberOfCompilerThreads",
                        "-Drectifier.door="
                                + (Runtime.version().feature() < Door.FOREIGN ? "jni" : "foreign"),
                        "-Dorg.bytedeco.javacpp.cachedir="
                                + System.getProperty("org.bytedeco.javacpp.cachedir"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        Integer.toString(deployments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertEquals(0, process.waitFor(), output);
        assertEquals("no more threads\n0 libraries mapped\n", output);
    }
}
