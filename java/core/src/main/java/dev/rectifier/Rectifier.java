package dev.rectifier;

import dev.rectifier.binding.NativeBackend;
import dev.rectifier.binding.NativeLibrary;
import dev.rectifier.spi.Backend;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.ServiceLoader;

/**
 * The library as a whole: which backend computes, and with how many threads.
 *
 * <p>System properties, read at first use: {@code rectifier.backend} is {@code native} (default) or
 * {@code java} for the pure-Java reference; {@code rectifier.threads} is the most threads that all
 * calls together may use, by default and at most the number of available processors; {@code
 * rectifier.library.path} is the file of the native library or its directory; {@code
 * rectifier.door} is {@code jni} or {@code foreign}, by default whichever is faster. The
 * environment variable {@code RECTIFIER_ISA} is the instruction set to use of those that the
 * machine has. Case doesn't matter but in the path. A value that means nothing is a {@link
 * SettingException} of whatever call needs it, before anything is computed. Thread-safe.
 */
public final class Rectifier {
    private static final String THREADS = "rectifier.threads";
    private static final String BACKEND = "rectifier.backend";

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
     * @param door how calls reach the kernels, {@code foreign} or {@code jni}, and why; {@code
     *     java} for the pure-Java reference
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
            String door,
            String parallel) {}

    /**
     * {@return what is in use; loads the backend if that hasn't happened yet}
     *
     * @throws NativeLibraryException if it can't be loaded
     * @throws SettingException if a setting has a value that means nothing
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
                b.door(),
                b.parallelStatus());
    }

    /** {@return the version of this library} */
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
     * {@return the most threads that calls may use, together}
     *
     * @throws SettingException if the system property {@code rectifier.threads} is no number of
     *     threads
     */
    public static int threads() {
        int current = threads;
        return current > 0 ? current : readThreads();
    }

    private static int readThreads() {
        String given = System.getProperty(THREADS);
        setThreads(given == null ? Integer.MAX_VALUE : threads(given));
        return threads;
    }

    private static int threads(String given) {
        if (!given.strip().matches("0*[1-9][0-9]*")) {
            throw new SettingException(THREADS, given, "a whole number of at least 1");
        }
        return new BigInteger(given.strip())
                .min(BigInteger.valueOf(Integer.MAX_VALUE))
                .intValueExact();
    }

    /**
     * Sets the most threads that calls may use, together. More than the available processors count
     * as that many.
     *
     * @param threads the most threads, counting the caller
     * @throws IllegalArgumentException if {@code threads < 1}
     */
    public static void setThreads(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, not " + threads);
        }
        Rectifier.threads = Math.min(threads, Runtime.getRuntime().availableProcessors());
    }

    /**
     * {@return the backend in use} A failure to load isn't remembered: the next call tries again.
     *
     * @throws NativeLibraryException if the native library can't be loaded
     * @throws SettingException if {@code rectifier.backend} names one that isn't there, or another
     *     setting of the backend has a value that means nothing
     */
    public static Backend backend() {
        Backend current = backend;
        return current != null ? current : load();
    }

    private static synchronized Backend load() {
        if (backend == null) {
            String name = System.getProperty(BACKEND, NativeBackend.NAME);
            // Known by name, since a search of the class path takes milliseconds of every start.
            backend =
                    name.strip().equalsIgnoreCase(NativeBackend.NAME)
                            ? new NativeBackend()
                            : find(name);
        }
        return backend;
    }

    private static Backend find(String name) {
        return ServiceLoader.load(Backend.class, Rectifier.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .filter(candidate -> candidate.name().equalsIgnoreCase(name.strip()))
                .findFirst()
                .orElseThrow(
                        () ->
                                new SettingException(
                                        BACKEND,
                                        name,
                                        "native or, with dev.rectifier:rectifier-reference:"
                                                + version()
                                                + " on the class path, java"));
    }
}
