package dev.rectifier.binding;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.NativeLibraryException;
import dev.rectifier.Rectifier;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NativeLibraryTest {
    private static final String PLATFORM = Loader.Detector.getPlatform();
    private static final String FILE = System.mapLibraryName("jnirectifier");
    private static final ClassLoader RESOURCES = NativeLibrary.class.getClassLoader();

    @TempDir private Path directory;
    private final Map<String, String> properties = new HashMap<>();
    private Path cache;
    private Path temporary;
    private Path blocked;

    @BeforeEach
    void everythingHappensInOneDirectory() throws IOException {
        cache = directory.resolve("cache");
        temporary = Files.createDirectory(directory.resolve("tmp"));
        blocked = Files.createFile(directory.resolve("blocked"));
        properties.put("os.name", System.getProperty("os.name"));
        properties.put("os.arch", System.getProperty("os.arch"));
        properties.put("java.library.path", directory.resolve("nowhere").toString());
        properties.put("org.bytedeco.javacpp.cachedir", cache.toString());
        properties.put("java.io.tmpdir", temporary.toString());
        properties.put("user.home", directory.resolve("home").toString());
    }

    @Test
    void theFilesAreUnpackedIntoADirectoryOfTheCacheThatIsPrivate() throws IOException {
        Path file = library().loadOnce();

        assertTrue(file.startsWith(cache.resolve("rectifier")), file.toString());
        assertEquals(
                "rwx------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())));
        assertEquals(indexedNames(), names(file.getParent()));
        assertEquals(List.of(), names(temporary));
    }

    @Test
    void withoutACachePropertyTheCacheIsInTheHomeDirectory() {
        properties.remove("org.bytedeco.javacpp.cachedir");

        Path file = library().loadOnce();

        assertTrue(file.startsWith(directory.resolve("home/.javacpp/cache")), file.toString());
    }

    @Test
    void aSecondRunFindsTheFilesOfTheFirst() throws IOException {
        Path file = library().loadOnce();
        Object inode = Files.getAttribute(file, "unix:ino");

        assertEquals(file, library().loadOnce());
        assertEquals(inode, Files.getAttribute(file, "unix:ino"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1000, -1})
    void aCachedFileThatIsNotWholeIsReplaced(int length) throws IOException {
        NativeFiles files = new NativeFiles(RESOURCES, PLATFORM);
        Path target = Files.createDirectories(cache.resolve("rectifier").resolve(files.id()));
        files.unpackInto(target);
        byte[] whole = Files.readAllBytes(target.resolve(FILE));
        Files.write(target.resolve(FILE), damaged(whole, length));

        Path file = library().loadOnce();

        assertEquals(target.resolve(FILE), file);
        assertArrayEquals(whole, Files.readAllBytes(file));
        assertEquals(indexedNames(), names(target));
    }

    @Test
    void aDirectoryOfTheCacheThatOthersCanChangeIsMadePrivate() throws IOException {
        Path target = cache.resolve("rectifier").resolve(new NativeFiles(RESOURCES, PLATFORM).id());
        Files.createDirectories(target);
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxrwxrwx"));

        library().loadOnce();

        assertEquals(
                "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(target)));
    }

    @Test
    void aFileOnTheClassPathThatIsNotWholeIsNamed() throws IOException {
        Path resource = copyOfTheResources().resolve("dev/rectifier/binding").resolve(PLATFORM);
        Files.write(resource.resolve(FILE), damaged(Files.readAllBytes(resource.resolve(FILE)), 9));
        try (URLClassLoader damaged = isolated(directory.resolve("resources"))) {
            NativeLibrary library = new NativeLibrary(damaged, PLATFORM, properties::get);

            String message =
                    assertThrows(NativeLibraryException.class, library::loadOnce).getMessage();

            assertTrue(message.contains(FILE + " is corrupt: its CRC-32 "), message);
            assertFalse(Files.exists(cache.resolve("rectifier").resolve(FILE)));
        }
    }

    @Test
    void anUnusableCacheIsReplacedByTheTemporaryDirectory() throws IOException {
        properties.put("org.bytedeco.javacpp.cachedir", blocked.toString());

        Path file = library().loadOnce();

        assertTrue(file.startsWith(temporary), file.toString());
        assertEquals(indexedNames(), names(file.getParent()));
    }

    @Test
    void aUserWithoutAHomeDirectoryGetsTheTemporaryDirectory() {
        properties.remove("org.bytedeco.javacpp.cachedir");
        properties.put("user.home", "?");

        assertTrue(library().loadOnce().startsWith(temporary));
    }

    @Test
    void aFailureNamesEveryAttemptWithItsCauseAndWhatHelps() {
        properties.put("org.bytedeco.javacpp.cachedir", blocked.toString());
        properties.put("java.io.tmpdir", blocked.toString());

        NativeLibraryException e = assertThrows(NativeLibraryException.class, library()::loadOnce);

        assertEquals(3, e.getSuppressed().length);
        String message = e.getMessage();
        for (Throwable cause : e.getSuppressed()) {
            assertTrue(message.contains(": " + cause), message);
        }
        assertTrue(message.contains("java.library.path=" + directory), message);
        assertTrue(message.contains("into the cache: java.nio.file.FileSystemException"), message);
        assertTrue(
                message.contains("into java.io.tmpdir: java.nio.file.FileSystemException"),
                message);
        assertTrue(message.contains("-Drectifier.backend=java"), message);
    }

    @Test
    void aPlatformWithoutALibraryIsNamedWithTheDependencyToAdd() {
        NativeLibrary library = new NativeLibrary(RESOURCES, "plan9-mips", properties::get);

        String message = assertThrows(NativeLibraryException.class, library::loadOnce).getMessage();

        assertTrue(
                message.contains("for plan9-mips (os.name=" + System.getProperty("os.name")),
                message);
        assertTrue(message.contains("no resource dev/rectifier/binding/plan9-mips/"), message);
        assertTrue(
                message.contains(
                        "dev.rectifier:rectifier:"
                                + Rectifier.version()
                                + " with classifier plan9-mips"),
                message);
    }

    @Test
    void aFailureIsNotRemembered() {
        properties.put("org.bytedeco.javacpp.cachedir", blocked.toString());
        properties.put("java.io.tmpdir", blocked.toString());
        NativeLibrary library = library();
        assertThrows(NativeLibraryException.class, library::loadOnce);

        properties.put("org.bytedeco.javacpp.cachedir", cache.toString());

        assertTrue(library.loadOnce().startsWith(cache));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aNamedFileOrDirectoryIsUsedInPlace(boolean file) throws IOException {
        Path named = unpacked();
        properties.put("rectifier.library.path", (file ? named.resolve(FILE) : named).toString());

        assertEquals(named.resolve(FILE), library().loadOnce());
        assertFalse(Files.exists(cache));
        assertEquals(List.of(), names(temporary));
    }

    @Test
    void aNamedFileThatIsUnusableIsAnErrorAndNothingElseIsTried() {
        String named = directory.resolve("missing").toString();
        properties.put("rectifier.library.path", named);

        NativeLibraryException e = assertThrows(NativeLibraryException.class, library()::loadOnce);

        assertEquals(1, e.getSuppressed().length);
        assertEquals(UnsatisfiedLinkError.class, e.getSuppressed()[0].getClass());
        assertTrue(e.getMessage().contains("rectifier.library.path=" + named), e.getMessage());
        assertFalse(Files.exists(cache));
    }

    @Test
    void theLibraryPathOfJavaComesBeforeTheClassPath() throws IOException {
        Path installed = unpacked();
        properties.merge(
                "java.library.path",
                installed.toString(),
                (nowhere, path) -> nowhere + System.getProperty("path.separator") + path);

        assertEquals(installed.resolve(FILE), library().loadOnce());
    }

    @Test
    void anInterruptDoesNotStopLoading() {
        Thread.currentThread().interrupt();
        try {
            assertTrue(library().loadOnce().startsWith(cache));
        } finally {
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void everyClassLoaderCanHaveTheLibrary() throws Exception {
        List<Object> versions = new ArrayList<>(List.of(RectifierNative.rectifier_version()));
        for (int i = 0; i < 2; i++) {
            try (URLClassLoader other =
                    isolated(copyOfTheResources(), locationOf(NativeLibrary.class))) {
                Class<?> binding = other.loadClass(RectifierNative.class.getName());
                versions.add(binding.getMethod("rectifier_version").invoke(null));
            }
        }

        assertEquals(Collections.nCopies(3, Rectifier.version()), versions);
        Path usedCache = Path.of(System.getProperty("org.bytedeco.javacpp.cachedir"));
        List<String> left = names(usedCache.resolve("rectifier"));
        assertTrue(left.stream().noneMatch(name -> name.startsWith("copy-")), left.toString());
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_25, disabledReason = "only JDK 24 and later can deny")
    void aJvmThatDeniesNativeAccessIsToldWhichOptionAllowsIt() throws Exception {
        String command = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process =
                new ProcessBuilder(
                                command,
                                "--illegal-native-access=deny",
                                "-cp",
                                System.getProperty("java.class.path"),
                                NativeLibraryTest.class.getName())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);

        assertTrue(output.contains("with --enable-native-access=ALL-UNNAMED"), output);
    }

    /** What the JVM that denies native access runs. */
    public static void main(String[] args) {
        NativeLibrary.load();
    }

    private NativeLibrary library() {
        return new NativeLibrary(RESOURCES, PLATFORM, properties::get);
    }

    private Path unpacked() throws IOException {
        Path target = Files.createDirectory(directory.resolve("unpacked"));
        new NativeFiles(RESOURCES, PLATFORM).unpackInto(target);
        return target;
    }

    private Path copyOfTheResources() throws IOException {
        NativeFiles files = new NativeFiles(RESOURCES, PLATFORM);
        Path root = directory.resolve("resources");
        Path index = root.resolve(files.index());
        files.unpackInto(Files.createDirectories(index.getParent()));
        try (InputStream in = RESOURCES.getResourceAsStream(files.index())) {
            Files.write(index, in.readAllBytes());
        }
        return root;
    }

    /** A class loader that shares no class with the test but those of Java. */
    private static URLClassLoader isolated(Path... locations) throws IOException {
        List<URL> urls = new ArrayList<>();
        for (Path location : locations) {
            urls.add(location.toUri().toURL());
        }
        urls.add(locationOf(Loader.class).toUri().toURL());
        return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    private static Path locationOf(Class<?> type) {
        return Path.of(
                URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString()));
    }

    private static byte[] damaged(byte[] whole, int length) {
        if (length >= 0) {
            return Arrays.copyOf(whole, length);
        }
        byte[] damaged = whole.clone();
        damaged[damaged.length / 2] ^= 1;
        return damaged;
    }

    private static List<String> indexedNames() throws IOException {
        try (InputStream index =
                RESOURCES.getResourceAsStream(new NativeFiles(RESOURCES, PLATFORM).index())) {
            return new String(index.readAllBytes(), UTF_8)
                    .lines()
                    .skip(1)
                    .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                    .sorted()
                    .toList();
        }
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
