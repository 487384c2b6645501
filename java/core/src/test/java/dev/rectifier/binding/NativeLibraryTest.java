package dev.rectifier.binding;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.NativeLibraryException;
import dev.rectifier.Rectifier;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NativeLibraryTest {
    private static final String PLATFORM = NativeLibrary.platform();
    private static final String FILE = System.mapLibraryName("jnirectifier");
    private static final String NO_MAPS = "/nonexistent/maps";
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
        properties.put("org.bytedeco.javacpp.platform", PLATFORM);
        properties.put("java.io.tmpdir", temporary.toString());
        properties.put("user.name", "someone");
        properties.put("user.home", directory.resolve("home").toString());
    }

    @Test
    void whatIsShippedIsWhatIsBuiltPackedAndRequired() throws IOException {
        Set<String> shipped = new TreeSet<>(NativeLibrary.SHIPPED);
        Set<String> others = new TreeSet<>(shipped);
        // Where all others are built, and whose jar each build makes.
        others.remove("linux-x86_64");
        Path root = Path.of("../..");

        assertEquals(
                shipped,
                matches("PLATFORM STREQUAL \"(.*?)\"", root.resolve("native/cross/zig.cmake")));
        assertEquals(others, matches("<classifier>(\\w+-\\w.*?)<", Path.of("pom.xml")));
        assertEquals(
                others,
                matches("<classifier>(\\w+-\\w.*?)<", root.resolve("java/platform/pom.xml")));
    }

    private static Set<String> matches(String pattern, Path file) throws IOException {
        return Pattern.compile(pattern)
                .matcher(Files.readString(file))
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
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
    void withoutACachePropertyTheCacheIsInTheHomeDirectory() throws IOException {
        properties.remove("org.bytedeco.javacpp.cachedir");
        Files.createDirectory(directory.resolve("home"));

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
            NativeLibrary library = new NativeLibrary(damaged, properties::get, NO_MAPS);

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
    void aUserWithoutAnEntryInTheSystemsDatabaseGetsTheTemporaryDirectory() {
        properties.remove("org.bytedeco.javacpp.cachedir");
        properties.put("user.home", "?");

        assertTrue(library().loadOnce().startsWith(temporary));
    }

    @Test
    void aHomeDirectoryThatDoesNotExistIsNotMade() {
        properties.remove("org.bytedeco.javacpp.cachedir");

        assertTrue(library().loadOnce().startsWith(temporary));
        assertFalse(Files.exists(directory.resolve("home")));
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
        assertTrue(
                message.contains(
                        "-Dorg.bytedeco.javacpp.cachedir=<a directory that someone can write to"),
                message);
        assertTrue(message.contains("-Drectifier.backend=java"), message);
        assertFalse(message.contains("with classifier"), message);
    }

    @Test
    void aPlatformThatHasAJarIsNamedWithTheDependencyToAdd() {
        properties.put("org.bytedeco.javacpp.platform", "linux-x86_64-musl");

        String message =
                assertThrows(NativeLibraryException.class, library()::loadOnce).getMessage();

        String wanted = "dev.rectifier:rectifier:" + Rectifier.version();
        assertTrue(message.contains(wanted + " with classifier linux-x86_64-musl"), message);
        assertTrue(
                message.contains("for linux-x86_64-musl (os.name=" + System.getProperty("os.name")),
                message);
        assertTrue(
                message.contains(
                        "no resource dev/rectifier/binding/linux-x86_64-musl/rectifier-natives.index"
                                + ", only that for "
                                + PLATFORM),
                message);
        assertFalse(message.contains("cachedir"), message);
    }

    @Test
    void aPlatformThatHasNoJarIsNamedWithThoseThatHaveOne() {
        properties.put("org.bytedeco.javacpp.platform", "plan9-mips");

        String message =
                assertThrows(NativeLibraryException.class, library()::loadOnce).getMessage();

        assertTrue(message.contains("for plan9-mips (os.name="), message);
        assertTrue(message.contains("only made for linux-x86_64, "), message);
        assertTrue(
                message.contains(
                        "-Drectifier.library.path=<a directory with "
                                + FILE
                                + ", built for this platform>"),
                message);
        assertTrue(message.contains("-Drectifier.backend=java"), message);
        assertFalse(message.contains("with classifier"), message);
    }

    @ParameterizedTest
    @EnabledOnOs(value = OS.LINUX, disabledReason = "only Linux has several C libraries")
    @CsvSource({
        "/lib/ld-musl-x86_64.so.1, true",
        "/usr/lib/ld-musl-aarch64.so.1, true",
        "/lib/libc.musl-x86_64.so.1, true",
        "/usr/lib/x86_64-linux-musl/libc.so, true",
        "/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2, false",
        "/lib/ld-linux-aarch64.so.1, false",
        "/lib/x86_64-linux-gnu/ld-2.17.so, false",
        "/usr/lib/x86_64-linux-gnu/libc.so.6, false",
        "/opt/ld-musl-tools/libx.so /lib64/ld-linux-x86-64.so.2, false"
    })
    void aJvmThatRunsOnMuslIsOneOfAnotherPlatform(String mapped, boolean musl) throws IOException {
        properties.remove("org.bytedeco.javacpp.platform");
        Path maps = directory.resolve("maps");
        Files.writeString(maps, "7f2a5c1f0000-7f2a5c1f8000 r--p 0 08:01 4 /usr/bin/java\n");
        for (String file : mapped.split(" ")) {
            Files.writeString(
                    maps, "7f2a5c2f0000-7f2a5c2f8000 r--p 0 08:01 5 " + file + "\n", APPEND);
        }

        String platform = new NativeLibrary(RESOURCES, properties::get, maps.toString()).platform;

        assertEquals(Loader.Detector.getPlatform() + (musl ? "-musl" : ""), platform);
    }

    @Test
    void aGivenPlatformIsTakenAsItIs() throws IOException {
        Path maps = directory.resolve("maps");
        Files.writeString(
                maps, "7f2a5c1f0000-7f2a5c1f8000 r--p 0 08:01 43 /lib/ld-musl-x86_64.so.1");
        properties.put("org.bytedeco.javacpp.platform", "linux-x86_64");

        assertEquals(
                "linux-x86_64",
                new NativeLibrary(RESOURCES, properties::get, maps.toString()).platform);
    }

    @Test
    void theFilesThatKilledProcessesLeftAreDeletedButNotThoseThatAreBeingWritten()
            throws IOException {
        Path target = cache.resolve("rectifier").resolve(new NativeFiles(RESOURCES, PLATFORM).id());
        Files.createDirectories(target);
        Path abandoned = Files.createFile(target.resolve("unpacking-1.tmp"));
        Path fresh = Files.createFile(target.resolve("unpacking-2.tmp"));
        Instant now = Instant.now();
        Files.setLastModifiedTime(abandoned, FileTime.from(now.minusSeconds(61)));
        Files.setLastModifiedTime(fresh, FileTime.from(now.minusSeconds(30)));

        library().loadOnce();

        assertFalse(Files.exists(abandoned));
        assertTrue(Files.exists(fresh));
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
        assertEquals(FileNotFoundException.class, e.getSuppressed()[0].getClass());
        assertTrue(e.getMessage().contains("rectifier.library.path=" + named), e.getMessage());
        assertFalse(Files.exists(cache));
    }

    /** Java takes an empty path for the current directory. */
    @Test
    void anEmptyDirectoryIsNoneToUnpackInto() {
        properties.put("org.bytedeco.javacpp.cachedir", "");

        assertTrue(library().loadOnce().startsWith(temporary));

        properties.put("java.io.tmpdir", " ");

        String message =
                assertThrows(NativeLibraryException.class, library()::loadOnce).getMessage();

        assertTrue(message.contains("org.bytedeco.javacpp.cachedir is empty"), message);
        assertTrue(message.contains("java.io.tmpdir is empty"), message);
        assertFalse(Files.exists(Path.of("rectifier")));
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
    void everyClassLoaderCanHaveTheLibraryAtTheSameTime() throws Exception {
        Callable<Object> here = () -> RectifierNative.rectifier_version();
        List<Callable<Object>> calls = new ArrayList<>(List.of(here));
        Path natives = copyOfTheResources();
        for (int i = 0; i < 4; i++) {
            URLClassLoader other = isolated(natives, locationOf(NativeLibrary.class));
            calls.add(() -> versionIn(other));
        }

        List<Object> versions = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(calls.size());
        for (Future<Object> version : threads.invokeAll(calls)) {
            versions.add(version.get());
        }
        threads.shutdown();

        assertEquals(Collections.nCopies(calls.size(), Rectifier.version()), versions);
        Path usedCache = Path.of(System.getProperty("org.bytedeco.javacpp.cachedir"));
        List<String> left = names(usedCache.resolve("rectifier"));
        assertTrue(left.stream().noneMatch(name -> name.startsWith("copy-")), left.toString());
    }

    @Test
    void javaCppMayBeInTheClassLoaderAboveOurs() throws Exception {
        URL[] ours = {
            copyOfTheResources().toUri().toURL(), locationOf(NativeLibrary.class).toUri().toURL()
        };

        assertEquals(Rectifier.version(), versionIn(new URLClassLoader(ours, isolated())));
    }

    private static Object versionIn(URLClassLoader loader) throws Exception {
        try (loader) {
            Class<?> binding = loader.loadClass(RectifierNative.class.getName());
            return binding.getMethod("rectifier_version").invoke(null);
        }
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
        return new NativeLibrary(RESOURCES, properties::get, NO_MAPS);
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

    static Path locationOf(Class<?> type) {
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

    static List<String> indexedNames() throws IOException {
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

    static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
