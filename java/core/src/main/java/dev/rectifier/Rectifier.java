package dev.rectifier;

import dev.rectifier.binding.NativeLibrary;
import dev.rectifier.spi.Backend;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.ServiceLoader;

/**
 * The library as a whole: which backend computes, and with how many threads.
 *
 * <p>System properties, read at first use: {@code rectifier.backend} is {@code native} (default) or
 * {@code java} for the pure-Java reference; {@code rectifier.threads} is the most threads that all
 * calls together may use, by default and at most the number of available processors. Thread-safe.
 */
public final class Rectifier {
    private static volatile Backend backend;
    private static volatile int threads;

    private Rectifier() {}

    /**
     * What is in use, for logs and bug reports.
     *
     * @param version of this library
     * @param platform operating system and processor as JavaCPP names them; on musl, with {@code
     *     -musl}
     * @param backend {@code native} or {@code java}
     * @param instructionSet which kernels run
     * @param instructionSets which kernels could run, worst first
     * @param threads the most threads that calls may use
     * @param library the file the kernels come from
     * @param parallel whether threads are to be had
     */
    public record Info(
            String version,
            String platform,
            String backend,
            String instructionSet,
            List<String> instructionSets,
            int threads,
            Optional<String> library,
            String parallel) {}

    /**
     * What is in use; loads the backend if that hasn't happened yet.
     *
     * @throws NativeLibraryException if it can't be loaded
     */
    public static Info info() {
        Backend b = backend();
        return new Info(
                version(),
                NativeLibrary.platform(),
                b.name(),
                b.instructionSet(),
                b.instructionSets(),
                threads(),
                b.library().map(Object::toString),
                b.parallelStatus());
    }

    /** The version of this library. */
    public static String version() {
        try (InputStream in = Rectifier.class.getResourceAsStream("version.properties")) {
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The most threads that calls may use, together.
     *
     * @throws IllegalArgumentException if the system property {@code rectifier.threads} is no
     *     number of threads
     */
    public static int threads() {
        int current = threads;
        return current > 0 ? current : readThreads();
    }

    private static int readThreads() {
        String given = System.getProperty("rectifier.threads");
        if (given == null) {
            setThreads(Integer.MAX_VALUE);
        } else if (given.matches("0*[1-9][0-9]{0,8}")) {
            setThreads(Integer.parseInt(given));
        } else {
            throw new IllegalArgumentException(
                    "rectifier.threads must be a whole number of at least 1, not " + given);
        }
        return threads;
    }

    /**
     * Sets the most threads that calls may use, together. More than the available processors count
     * as that many.
     *
     * @throws IllegalArgumentException if {@code threads < 1}
     */
    public static void setThreads(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, not " + threads);
        }
        Rectifier.threads = Math.min(threads, Runtime.getRuntime().availableProcessors());
    }

    /**
     * The backend in use. A failure to load isn't remembered: the next call tries again.
     *
     * @throws NativeLibraryException if the native library can't be loaded
     * @throws IllegalStateException if {@code rectifier.backend} names one that isn't there
     */
    public static Backend backend() {
        Backend current = backend;
        return current != null ? current : load();
    }

    private static synchronized Backend load() {
        if (backend == null) {
            String name = System.getProperty("rectifier.backend", NativeBackend.NAME);
            backend = name.equals(NativeBackend.NAME) ? new NativeBackend() : find(name);
        }
        return backend;
    }

    private static Backend find(String name) {
        return ServiceLoader.load(Backend.class, Rectifier.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalStateException(
                                        "rectifier.backend="
                                                + name
                                                + " is not there: legal values are native and, with"
                                                + " dev.rectifier:rectifier-reference:"
                                                + version()
                                                + " on the class path, java"));
    }
}
