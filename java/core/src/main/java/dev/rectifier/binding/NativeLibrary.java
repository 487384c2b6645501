package dev.rectifier.binding;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.rectifier.NativeLibraryException;
import dev.rectifier.Rectifier;
import dev.rectifier.SettingException;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.Loader;

/**
 * Finds the native library and loads it into the class loader of this class.
 *
 * <p>It is taken from the first of these places that works:
 *
 * <ol>
 *   <li>the file or directory named by the system property {@code rectifier.library.path}. It is
 *       loaded in place, and no other place is tried. Nor is it if that names nothing;
 *   <li>the directories of {@code java.library.path};
 *   <li>the class path, where the jar with the platform's classifier has it. It is unpacked into
 *       JavaCPP's cache, which is {@code org.bytedeco.javacpp.cachedir} or {@code .javacpp/cache}
 *       in an existing {@code user.home}, where later runs find it again and check that it is
 *       whole;
 *   <li>the same, but unpacked into a new directory in {@code java.io.tmpdir} that is deleted when
 *       the JVM ends. So a cache that can't be written to, is full, is mounted {@code noexec},
 *       belongs to another user, or has a name that the locale of the JVM has no letters for costs
 *       time at each start and nothing else.
 * </ol>
 *
 * <p>On the class path it is in the directory of the {@linkplain #platform() platform} below {@code
 * dev/rectifier/binding}, so that one jar may have it for several.
 *
 * <p>A file that another class loader has loaded can't be loaded again; a copy of it is, which is
 * deleted at once or when the JVM ends.
 *
 * <p>A failure isn't remembered: a later call tries again. Call {@link #load()} before the first
 * use of the generated binding, since a class whose initializer has failed can't be tried again.
 * Thread-safe.
 */
public final class NativeLibrary {
    private static final String LIBRARY_PATH = "rectifier.library.path";
    private static final String JAVA_LIBRARY_PATH = "java.library.path";
    private static final String CACHED = "class path, unpacked into the cache";
    private static final String TEMPORARY = "class path, unpacked into java.io.tmpdir";
    private static final String CLASS_PATH = "class path";
    private static final String CACHE = "org.bytedeco.javacpp.cachedir";
    private static final String PLATFORM = "org.bytedeco.javacpp.platform";

    /** What there are jars for. */
    static final List<String> SHIPPED =
            List.of(
                    "linux-x86_64",
                    "linux-x86_64-musl",
                    "linux-arm64",
                    "windows-x86_64",
                    "macosx-x86_64",
                    "macosx-arm64");

    private static final NativeLibrary INSTANCE =
            new NativeLibrary(
                    NativeLibrary.class.getClassLoader(),
                    new SystemProperties(),
                    "/proc/self/maps");

    /** No lambda, the first of which costs the start of a program 10 ms. */
    private static final class SystemProperties implements UnaryOperator<String> {
        @Override
        public String apply(String name) {
            return System.getProperty(name);
        }
    }

    private final ClassLoader resources;
    private final NativeFiles files;
    final String platform;
    private final UnaryOperator<String> properties;
    private final String fileName = System.mapLibraryName("jnirectifier");
    private Optional<Path> loaded = Optional.empty();

    /**
     * One that hasn't been loaded.
     *
     * @param maps the file that names what is mapped into this process, if it runs on Linux
     */
    NativeLibrary(ClassLoader resources, UnaryOperator<String> properties, String maps) {
        this.resources = resources;
        this.properties = properties;
        this.platform = detect(properties.apply(PLATFORM), maps);
        this.files = new NativeFiles(resources, platform);
    }

    private static String detect(String given, String maps) {
        if (given != null) {
            return given;
        }
        String detected = Loader.Detector.getPlatform();
        return detected.startsWith("linux-") && isMusl(maps) ? detected + "-musl" : detected;
    }

    private static boolean isMusl(String maps) {
        try (InputStream in = new FileInputStream(maps)) {
            String mapped = new String(in.readAllBytes(), ISO_8859_1);
            // The dynamic loader is the last file or nearly so, and the search isn't compiled yet.
            int loader = mapped.lastIndexOf("/ld-");
            // Where musl is installed as its authors do it, its loader is a link to this file.
            return loader < 0
                    ? mapped.contains("/libc.so\n") || mapped.contains("/libc.musl-")
                    : mapped.startsWith("musl-", loader + 4);
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Loads the library unless it is loaded already.
     *
     * @return the file, which has the other files of the library beside it
     * @throws NativeLibraryException if no place has a library that can be loaded
     * @throws SettingException if {@code rectifier.library.path} or {@code
     *     org.bytedeco.javacpp.platform} is empty
     */
    public static Path load() {
        return INSTANCE.loadOnce();
    }

    /**
     * {@return the platform the library is looked for: the system property {@code
     * org.bytedeco.javacpp.platform}, or else operating system and processor as JavaCPP names them,
     * with {@code -musl} appended on a Linux whose JVM runs on musl, as Alpine's does} It is also
     * the classifier of the jar with the library.
     */
    public static String platform() {
        return INSTANCE.platform;
    }

    /**
     * What {@code Module.isNativeAccessEnabled} says, which this isn't compiled for; false if there
     * is no such method. Takes the library. To ask by reflection would cost a start on Java 18 and
     * later several milliseconds.
     */
    static native boolean isNativeAccessEnabled(Module module);

    synchronized Path loadOnce() {
        if (loaded.isEmpty()) {
            requireOwnPackage();
            if (platform.isBlank()) {
                throw new SettingException(
                        PLATFORM, platform, "one of " + String.join(", ", SHIPPED));
            }
            loaded = Optional.of(loadFromFirst(places()));
        }
        return loaded.get();
    }

    /** The functions of the library are named after the package of the binding. */
    private static void requireOwnPackage() {
        // Joined here, since what renames packages renames them in string constants as well.
        String own = String.join(".", "dev", "rectifier", "binding");
        String renamed = NativeLibrary.class.getPackageName();
        if (!renamed.equals(own)) {
            throw new NativeLibraryException(
                    "The package "
                            + own
                            + " has been renamed to "
                            + renamed
                            + ", where it has no native library. Exclude Rectifier from relocation",
                    List.of());
        }
    }

    /** What is tried in turn. */
    private List<String> places() {
        String explicit = properties.apply(LIBRARY_PATH);
        if (explicit != null) {
            if (explicit.isBlank()) {
                throw new SettingException(LIBRARY_PATH, explicit, "a directory or a file");
            }
            return List.of(LIBRARY_PATH);
        }
        return files.exist()
                ? List.of(JAVA_LIBRARY_PATH, CACHED, TEMPORARY)
                : List.of(JAVA_LIBRARY_PATH, CLASS_PATH);
    }

    private Path loadFrom(String place) throws IOException {
        return switch (place) {
            case LIBRARY_PATH -> loadNamed(new File(properties.apply(place)));
            case JAVA_LIBRARY_PATH -> loadFromPath(properties.apply(place));
            case CACHED -> loadFromCache();
            case TEMPORARY -> loadFromTemporary();
            default -> throw missing();
        };
    }

    private Path loadFromFirst(List<String> places) {
        Map<String, Throwable> failures = new LinkedHashMap<>();
        for (String place : places) {
            try {
                return loadFrom(place);
            } catch (IllegalCallerException e) {
                throw new NativeLibraryException(accessDenied(e), List.of(e));
            } catch (IOException | LinkageError | RuntimeException e) {
                String value = properties.apply(place);
                failures.put(value == null ? place : place + "=" + value, e);
            }
        }
        throw new NativeLibraryException(describe(failures), failures.values());
    }

    private Path loadNamed(File named) throws IOException {
        if (!named.exists()) {
            throw new FileNotFoundException("no such file or directory");
        }
        File file = named.isDirectory() ? new File(named, fileName) : named;
        if (!file.exists()) {
            throw new FileNotFoundException("a directory without " + fileName);
        }
        return open(file);
    }

    private Path loadFromPath(String libraryPath) throws IOException {
        for (String directory : libraryPath.split(File.pathSeparator)) {
            File file = new File(directory, fileName);
            // An empty name would be that of the root.
            if (!directory.isEmpty() && file.isFile()) {
                return open(file);
            }
        }
        throw new FileNotFoundException("no " + fileName);
    }

    private Path loadFromCache() throws IOException {
        Path directory = NativeFiles.createPrivate(cache().resolve(files.id()));
        files.unpackInto(directory);
        return open(directory.resolve(fileName).toFile());
    }

    private Path loadFromTemporary() throws IOException {
        Path directory = Files.createTempDirectory(temporary(), "rectifier-");
        directory.toFile().deleteOnExit();
        for (Path file : files.unpackInto(directory)) {
            file.toFile().deleteOnExit();
        }
        return open(directory.resolve(fileName).toFile());
    }

    private IOException missing() {
        String message = "no resource " + files.index();
        List<String> others = new ArrayList<>(SHIPPED);
        others.removeIf(other -> !new NativeFiles(resources, other).exist());
        if (!others.isEmpty()) {
            message += ", only that for " + String.join(", ", others);
        }
        if (NativeLibrary.class.getModule().isNamed()) {
            String module = "dev.rectifier." + platform.replace('-', '.');
            message += "; an image made by jlink takes --add-modules " + module;
        }
        return new FileNotFoundException(message);
    }

    private Path cache() throws IOException {
        if (properties.apply(CACHE) != null) {
            return directory(CACHE).resolve("rectifier");
        }
        Path home = Path.of(properties.apply("user.home"));
        // Java says "?" of a user without an entry in the system's database, and writes it for each
        // letter that the locale doesn't have. To make what isn't there would litter.
        if (!home.isAbsolute() || !Files.isDirectory(home)) {
            throw new FileNotFoundException("user.home=" + home + " is not a directory");
        }
        return home.resolve(".javacpp/cache/rectifier");
    }

    private Path temporary() throws IOException {
        return directory("java.io.tmpdir");
    }

    private Path directory(String property) throws IOException {
        String given = properties.apply(property);
        if (given.isBlank()) {
            // Java takes it for the current directory, where nobody expects files.
            throw new FileNotFoundException(property + " is empty");
        }
        return Path.of(given).toAbsolutePath();
    }

    private Path open(File file) throws IOException {
        File absolute = file.getAbsoluteFile();
        try {
            System.load(absolute.getPath());
        } catch (UnsatisfiedLinkError e) {
            if (!String.valueOf(e.getMessage()).contains("already loaded in another classloader")) {
                throw e;
            }
            openCopy(absolute.toPath());
        }
        return absolute.toPath();
    }

    private void openCopy(Path file) throws IOException {
        try {
            openCopy(file, NativeFiles.createPrivate(cache()));
        } catch (IOException | LinkageError e) {
            try {
                openCopy(file, temporary());
            } catch (IOException | LinkageError f) {
                f.addSuppressed(e);
                throw f;
            }
        }
    }

    private static void openCopy(Path file, Path parent) throws IOException {
        Path directory = Files.createTempDirectory(parent, "copy-");
        Path copy = directory.resolve(file.getFileName());
        try {
            Files.copy(file, copy);
            System.load(copy.toString());
        } finally {
            // A loaded library can do without its file, except on Windows.
            if (copy.toFile().delete()) {
                Files.delete(directory);
            } else {
                directory.toFile().deleteOnExit();
                copy.toFile().deleteOnExit();
            }
        }
    }

    private String describe(Map<String, Throwable> failures) {
        StringBuilder text = new StringBuilder("The native library for ").append(platform);
        text.append(" (os.name=").append(properties.apply("os.name"));
        text.append(", os.arch=").append(properties.apply("os.arch"));
        text.append(") can't be loaded. Tried:");
        failures.forEach((place, e) -> text.append("\n  ").append(place).append(": ").append(e));
        String version = Rectifier.version();
        boolean shipped = SHIPPED.contains(platform);
        if (!shipped) {
            text.append("\nIt is only made for ").append(String.join(", ", SHIPPED)).append('.');
        }
        text.append("\nEach of these helps:");
        if (properties.apply(LIBRARY_PATH) != null) {
            text.append("\n  no ").append(LIBRARY_PATH);
            text.append(", for it to be looked for on the class path");
        } else if (files.exist()) {
            text.append("\n  -D").append(CACHE).append("=<a directory that ");
            text.append(properties.apply("user.name"));
            text.append(" can write to, on a file system that isn't mounted noexec>");
        } else if (shipped) {
            text.append("\n  the dependency dev.rectifier:rectifier:").append(version);
            text.append(" with classifier ").append(platform);
            text.append(", or dev.rectifier:rectifier-platform:").append(version);
        }
        text.append("\n  -D").append(LIBRARY_PATH).append("=<a directory with ").append(fileName);
        text.append(shipped ? ">" : ", built for this platform>");
        text.append("\n  -Drectifier.backend=java for plain Java, with the dependency");
        text.append(" dev.rectifier:rectifier-reference:").append(version);
        return text.toString();
    }

    private static String accessDenied(IllegalCallerException e) {
        Module module = NativeLibrary.class.getModule();
        return "Java doesn't let Rectifier load its native library ("
                + e.getMessage()
                + "). Start it with --enable-native-access="
                + (module.isNamed() ? module.getName() : "ALL-UNNAMED");
    }
}
