package dev.rectifier.binding;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rectifier.Elementwise;
import dev.rectifier.Rectifier;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Loads the library in JVMs of their own, from a single jar such as maven-shade makes. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the conditions are made by a POSIX shell")
@Tag("child-jvm")
class NativeLibraryProcessTest {
    private static final String PLATFORM = NativeLibrary.platform();
    private static final String CACHE = "org.bytedeco.javacpp.cachedir";
    private static final String FILE = System.mapLibraryName("jnirectifier");
    private static final ClassLoader RESOURCES = NativeLibrary.class.getClassLoader();

    @TempDir private static Path shared;
    private static Map<String, byte[]> shaded;
    private static Path shadedJar;

    @TempDir private Path directory;
    private final List<String> launcher = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, String> properties = new LinkedHashMap<>();
    private Path jar = shadedJar;
    private Path cache;
    private Path home;
    private Path temporary;

    /** What the JVMs run. */
    static final class Child {
        public static void main(String[] args) throws IOException {
            if (args.length > 0) {
                System.out.println("ready");
                System.in.read();
            }
            FloatBuffer x = direct(1 << 22);
            FloatBuffer y = direct(1 << 22);
            x.put(x.capacity() - 1, 1);
            Elementwise.tanh().forward(x, y);
            if (y.get(0) != 0 || Math.abs(y.get(y.capacity() - 1) - Math.tanh(1)) > 1e-6) {
                throw new AssertionError(y.get(0) + " " + y.get(y.capacity() - 1));
            }
            Rectifier.Info info = Rectifier.info();
            if (!info.parallel().equals(info.threads() > 1 ? "loaded" : "unused")) {
                throw new AssertionError(info);
            }
            // All ASCII, whatever the locale.
            System.out.println(Path.of(info.library().orElseThrow()).toUri());
        }

        private static FloatBuffer direct(int length) {
            return ByteBuffer.allocateDirect(length * Float.BYTES)
                    .order(ByteOrder.nativeOrder())
                    .asFloatBuffer();
        }
    }

    private record Outcome(int exit, String output) {
        /** The library that was loaded. */
        Path file() {
            assertEquals(0, exit, output);
            return Path.of(URI.create(output.strip()));
        }

        String failure() {
            assertEquals(1, exit, output);
            return output;
        }
    }

    @BeforeAll
    static void shade() throws IOException {
        readableByAll(shared);
        shaded = new LinkedHashMap<>();
        addClasses(NativeLibraryTest.locationOf(NativeLibrary.class), "");
        addClasses(NativeLibraryTest.locationOf(Loader.class), "");
        addClasses(
                NativeLibraryTest.locationOf(Child.class),
                Child.class.getName().replace('.', '/') + ".class");
        Path natives = Files.createDirectory(shared.resolve("natives"));
        NativeFiles files = new NativeFiles(RESOURCES, PLATFORM);
        String folder = files.index().substring(0, files.index().lastIndexOf('/') + 1);
        String otherFolder = folder.replace(PLATFORM, "windows-x86_64");
        for (Path file : files.unpackInto(natives)) {
            shaded.put(folder + file.getFileName(), Files.readAllBytes(file));
            shaded.put(otherFolder + file.getFileName(), "another platform's".getBytes(UTF_8));
        }
        try (InputStream index = RESOURCES.getResourceAsStream(files.index())) {
            shaded.put(files.index(), index.readAllBytes());
            shaded.put(files.index().replace(PLATFORM, "windows-x86_64"), new byte[] {'0', '\n'});
        }
        shadedJar = write(shared.resolve("shaded.jar"), shaded);
    }

    @BeforeEach
    void aHomeAndADirectoryForTemporaryFiles() throws IOException {
        readableByAll(directory);
        cache = directory.resolve("cache");
        home = Files.createDirectory(directory.resolve("home"));
        temporary = Files.createDirectory(directory.resolve("tmp"));
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxrwxrwx"));
        properties.put("user.home", home.toString());
        properties.put("java.io.tmpdir", temporary.toString());
    }

    @Test
    void anUberJarOfTwoPlatformsHasTheRightLibrary() throws Exception {
        Path file = run().file();

        assertTrue(file.startsWith(home.resolve(".javacpp/cache/rectifier")), file.toString());
        assertEquals(NativeLibraryTest.indexedNames(), NativeLibraryTest.names(file.getParent()));
        assertEquals(List.of(), NativeLibraryTest.names(temporary));
    }

    @Test
    void anUberJarThatRenamesOurPackagesSaysThatItMustNot() throws Exception {
        Map<String, byte[]> renamed = new LinkedHashMap<>();
        shaded.forEach(
                (name, content) -> {
                    boolean java = name.endsWith(".class");
                    renamed.put(
                            name.replace("dev/rectifier/", "org/rectifier/"),
                            java ? withOtherPackage(content) : content);
                });
        jar = write(directory.resolve("renamed.jar"), renamed);

        String output = run(Child.class.getName().replace("dev.", "org.")).failure();

        assertTrue(
                output.contains("dev.rectifier.binding has been renamed to org.rectifier.binding"),
                output);
        assertTrue(output.contains("Exclude Rectifier from relocation"), output);
    }

    @Test
    @Tag("thorough")
    void tenJvmsMayStartAtOnceOnAnEmptyCache() throws Exception {
        properties.put(CACHE, cache.toString());
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            processes.add(start(Child.class.getName(), "wait"));
        }
        for (Process process : processes) {
            assertEquals("ready\n", new String(process.getInputStream().readNBytes(6), UTF_8));
        }
        for (Process process : processes) {
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
        }

        List<Path> files = new ArrayList<>();
        for (Process process : processes) {
            files.add(outcome(process).file());
        }

        assertEquals(Collections.nCopies(10, files.get(0)), files);
        assertTrue(files.get(0).startsWith(cache), files.get(0).toString());
        assertEquals(
                NativeLibraryTest.indexedNames(),
                NativeLibraryTest.names(files.get(0).getParent()));
        assertEquals(List.of(), NativeLibraryTest.names(temporary));
    }

    @Test
    @Tag("thorough")
    void whatAProcessThatWasKilledWhileUnpackingLeftIsMadeWhole() throws Exception {
        properties.put(CACHE, cache.toString());
        Path target = cache.resolve("rectifier/slow");
        Map<String, byte[]> slow = new LinkedHashMap<>(shaded);
        byte[] large = slowToUnpack(slow);
        jar = write(directory.resolve("slow.jar"), slow);
        Optional<Path> unfinished = Optional.empty();
        for (int attempt = 0; attempt < 20 && unfinished.isEmpty(); attempt++) {
            delete(cache);
            Files.createDirectories(target);
            Process process = start(Child.class.getName());
            while (process.isAlive() && unfinishedIn(target, large.length).isEmpty()) {
                Thread.onSpinWait();
            }
            process.destroyForcibly().waitFor();
            unfinished = unfinishedIn(target, large.length);
        }
        assumeTrue(unfinished.isPresent(), "no process could be killed while it unpacked");
        assertFalse(Files.exists(target.resolve(FILE)), "what has its final name must be whole");

        assertEquals(target.resolve(FILE), run().file());

        assertArrayEquals(large, Files.readAllBytes(target.resolve(FILE)));
    }

    /** Makes the library so large that it takes a while to write, and returns it. */
    private static byte[] slowToUnpack(Map<String, byte[]> entries) {
        String index = new NativeFiles(RESOURCES, PLATFORM).index();
        String resource = index.substring(0, index.lastIndexOf('/') + 1) + FILE;
        // What follows the end of a library is ignored.
        byte[] large = Arrays.copyOf(entries.get(resource), 1 << 26);
        CRC32 crc = new CRC32();
        crc.update(large);
        entries.put(resource, large);
        entries.put(
                index,
                new String(entries.get(index), UTF_8)
                        .replaceFirst(".*", "slow")
                        .replaceFirst(
                                "\n.* " + FILE,
                                "\n%08x %d %s".formatted(crc.getValue(), large.length, FILE))
                        .getBytes(UTF_8));
        return large;
    }

    @Test
    void aLibraryThatWasCutShortIsReplaced() throws Exception {
        properties.put(CACHE, cache.toString());
        Path file = run().file();
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));

        assertEquals(file, run().file());
        assertArrayEquals(whole, Files.readAllBytes(file));
    }

    private static void assumeHonoured(String options) {
        assumeTrue(
                !options.equals("noexec") || System.getenv("RECTIFIER_EMULATED") == null,
                "an emulator runs what it may only read");
    }

    @ParameterizedTest
    @ValueSource(strings = {"noexec", "ro", "size=64k"})
    void aCacheThatCannotBeUsedIsReplacedByTheTemporaryDirectory(String options) throws Exception {
        assumeHonoured(options);
        mounting("mount -t tmpfs -o " + options + " none " + home);

        Path file = run().file();

        assertTrue(file.startsWith(temporary), file.toString());
        assertEquals(List.of(), NativeLibraryTest.names(temporary));
    }

    @ParameterizedTest
    @ValueSource(strings = {"noexec", "ro"})
    void withNoDirectoryToUseTheErrorNamesTheProperty(String options) throws Exception {
        assumeHonoured(options);
        mounting(
                "mount -t tmpfs -o " + options + " none " + home,
                "mount -t tmpfs -o " + options + " none " + temporary);

        String output = run().failure();

        String cause = options.equals("ro") ? "Read-only file system" : "failed to map segment";
        assertTrue(output.matches("(?s).*into the cache: [^\n]*" + cause + ".*"), output);
        assertTrue(output.matches("(?s).*into java.io.tmpdir: [^\n]*" + cause + ".*"), output);
        assertTrue(
                output.contains(
                        "-D"
                                + CACHE
                                + "=<a directory that "
                                + System.getProperty("user.name")
                                + " can write to, on a file system that isn't mounted noexec>"),
                output);

        properties.put(CACHE, cache.toString());

        assertTrue(run().file().startsWith(cache));
    }

    @Test
    void aFilledCacheMayBeReadOnly() throws Exception {
        Path file = run().file();
        mounting(
                "mount --bind " + home + " " + home,
                "mount -o remount,bind,ro " + home,
                "mount -t tmpfs -o ro none " + temporary);

        assertEquals(file, run().file());
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "ISO-8859-1"})
    void aPathMayHaveSpacesAndLettersOfAnyAlphabet(String fileEncoding) throws Exception {
        environment.put("LC_ALL", "C.UTF-8");
        properties.put("file.encoding", fileEncoding);
        // The second thread needs the second library, which is beside the first.
        launcher.addAll(shellWithProperty(CACHE, directory + "/" + UMLAUT_AND_KANJI));

        Outcome outcome = run();

        assertEquals(0, outcome.exit, outcome.output);
        assertTrue(
                outcome.output.contains("/sp%20%C3%A4ce%20%E6%97%A5/rectifier/"), outcome.output);
        assertEquals(List.of(), NativeLibraryTest.names(temporary));
    }

    @ParameterizedTest
    @ValueSource(strings = {CACHE, "user.home"})
    void aCacheWhoseNameTheLocaleHasNoLettersForIsReplacedByTheTemporaryDirectory(String property)
            throws Exception {
        environment.put("LC_ALL", "C");
        properties.remove("user.home");
        launcher.addAll(shellWithProperty(property, directory + "/" + UMLAUT_AND_KANJI));

        assertTrue(run().file().startsWith(temporary));
        assertEquals(
                List.of("home", "sp", "tmp"),
                NativeLibraryTest.names(directory).stream()
                        .map(name -> name.replaceFirst(" .*", ""))
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(ints = {65534, 54321})
    void aUserWithoutAHomeNeedsOnlyADirectoryForTemporaryFiles(int user) throws Exception {
        // In place of the home that the system's database has, or hasn't, for the user.
        properties.remove("user.home");
        unprivileged(user);

        Path file = run().file();

        assertTrue(file.startsWith(temporary), file.toString());
        assertEquals(List.of(), NativeLibraryTest.names(temporary));
    }

    @Test
    void theCacheOfAnotherUserIsNotUsed() throws Exception {
        properties.put(CACHE, cache.toString());
        assertTrue(run().file().startsWith(cache));
        unprivileged(65534);

        assertTrue(run().file().startsWith(temporary));
    }

    /** For printf, so that neither the locale of this JVM nor the compiler's matters. */
    private static final String UMLAUT_AND_KANJI = "sp \\303\\244ce \\346\\227\\245";

    private static List<String> shellWithProperty(String name, String value) {
        String script =
                "directory=\"$(printf \"$1\")\" && mkdir -p \"$directory\""
                        + " && java=\"$3\" && option=\"-D$2=$directory\" && shift 3"
                        + " && exec \"$java\" \"$option\" \"$@\"";
        return List.of("sh", "-c", script, "sh", value, name);
    }

    /** Lets the JVMs run with these mounts, which only they see. */
    private void mounting(String... mounts) throws Exception {
        String script = String.join(" && ", mounts) + " && exec \"$@\"";
        List<List<String>> ways =
                List.of(
                        List.of("unshare", "--mount"),
                        List.of("unshare", "--mount", "--map-root-user"));
        List<String> refusals = new ArrayList<>();
        for (List<String> way : ways) {
            launcher.clear();
            launcher.addAll(way);
            launcher.addAll(List.of("sh", "-c", script, "sh"));
            Outcome outcome = probe();
            if (outcome.exit == 0) {
                return;
            }
            refusals.add(outcome.output.strip());
        }
        assumeTrue(false, "nothing can be mounted here: " + refusals);
    }

    private void unprivileged(int user) throws Exception {
        launcher.addAll(List.of("setpriv", "--reuid=" + user, "--regid=" + user, "--clear-groups"));
        Outcome outcome = probe();
        assumeTrue(outcome.exit == 0, "no JVM runs as another user: " + outcome.output.strip());
    }

    /** Whether the launcher works, by starting a JVM that loads nothing. */
    private Outcome probe() throws Exception {
        List<String> command = new ArrayList<>(launcher);
        command.addAll(List.of(java(), "-version"));
        try {
            return outcome(processOf(command));
        } catch (IOException e) {
            return new Outcome(-1, e.getMessage());
        }
    }

    private Outcome run() throws Exception {
        return run(Child.class.getName());
    }

    private Outcome run(String main) throws Exception {
        return outcome(start(main));
    }

    private Process start(String main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(launcher);
        command.addAll(List.of(java(), "--enable-native-access=ALL-UNNAMED", "-XX:-UsePerfData"));
        properties.forEach((name, value) -> command.add("-D" + name + "=" + value));
        command.addAll(List.of("-cp", jar.toString(), main));
        command.addAll(List.of(arguments));
        return processOf(command);
    }

    private Process processOf(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        return builder.directory(directory.toFile()).start();
    }

    private static Outcome outcome(Process process) throws Exception {
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Outcome(process.waitFor(), output);
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static void readableByAll(Path directory) throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** The library, if it is being written; the other files are small. */
    private static Optional<Path> unfinishedIn(Path target, long length) throws IOException {
        try (Stream<Path> files = Files.list(target)) {
            return files.filter(file -> file.toFile().length() > 1 << 24)
                    .filter(file -> file.toFile().length() < length)
                    .findAny();
        }
    }

    private static void delete(Path tree) throws IOException {
        if (Files.exists(tree)) {
            try (Stream<Path> files = Files.walk(tree)) {
                for (Path file : files.sorted(Collections.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** Adds what a jar or a directory has below a path. */
    private static void addClasses(Path location, String below) throws IOException {
        if (Files.isDirectory(location)) {
            addTree(location, location.resolve(below));
        } else {
            try (FileSystem zip = FileSystems.newFileSystem(location)) {
                addTree(zip.getPath("/"), zip.getPath("/", below));
            }
        }
    }

    private static void addTree(Path root, Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = root.relativize(file).toString();
                if (!name.endsWith("module-info.class") && !name.startsWith("META-INF/maven")) {
                    shaded.put(name, Files.readAllBytes(file));
                }
            }
        }
    }

    private static Path write(Path jar, Map<String, byte[]> entries) throws IOException {
        try (OutputStream file = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(file)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
        }
        return jar;
    }

    /** As relocation to a package whose name is as long does it. */
    private static byte[] withOtherPackage(byte[] type) {
        return new String(type, ISO_8859_1)
                .replace("dev/rectifier", "org/rectifier")
                .replace("dev.rectifier", "org.rectifier")
                .getBytes(ISO_8859_1);
    }
}
