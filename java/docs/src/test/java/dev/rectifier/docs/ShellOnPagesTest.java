package dev.rectifier.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.rectifier.docs.Book.Fence;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The shell commands of each page: those of the command line that are quick are run, of all others
 * the files, options, modules, profiles and targets must exist.
 */
class ShellOnPagesTest {
    /** Too long for a test, or with files that aren't here; of these the options are looked up. */
    private static final Set<String> LONG =
            Set.of("study", "quality", "train", "predict", "convert", "show");

    private static final Set<String> MAVEN_GOALS =
            Set.of("package", "verify", "install", "deploy", "spotless:apply");

    /** Properties of Maven and its plugins, which no pom of ours mentions. */
    private static final Set<String> MAVEN_PROPERTIES = Set.of("groups", "test");

    private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)");

    @TempDir Path folder;

    static Stream<Path> pages() {
        // Those of the native tests' pages take hours.
        return Book.pages().stream()
                .filter(page -> !page.startsWith(Book.ROOT.resolve("native")))
                .filter(page -> !shell(page).isEmpty());
    }

    private static List<Fence> shell(Path page) {
        return Book.fences(page).stream().filter(f -> f.language().equals("sh")).toList();
    }

    /** A block's commands in words. */
    static List<List<String>> commands(String text) {
        return text.replaceAll("\\\\\n *", "")
                .lines()
                .map(line -> line.replaceFirst("(^| +)# .*", ""))
                .flatMap(line -> Stream.of(line.split(" && | \\| ")))
                .map(ShellOnPagesTest::words)
                .filter(words -> !words.isEmpty())
                .toList();
    }

    private static List<String> words(String command) {
        return WORD.matcher(command.replaceAll("\\$\\([^)]*\\)\\)?", "."))
                .results()
                .map(
                        m ->
                                m.group(1) != null
                                        ? m.group(1)
                                        : m.group(2) != null ? m.group(2) : m.group(3))
                .filter(word -> !word.matches("[A-Z][A-Z_0-9]*=.*"))
                .toList();
    }

    @Test
    void thereAreSuchPages() {
        assertTrue(pages().count() >= 8);
    }

    @ParameterizedTest
    @MethodSource("pages")
    @Tag("thorough")
    void theCommandsOfAPageExistAndRun(Path page) throws Exception {
        Files.createDirectories(folder.resolve("java/docs"));
        for (Fence fence : shell(page)) {
            for (List<String> command : commands(fence.text())) {
                check(fence, command);
            }
        }
    }

    private void check(Fence fence, List<String> command) throws Exception {
        String name = command.get(0);
        List<String> arguments = command.subList(1, command.size());
        String where = fence + ": " + String.join(" ", command);
        if (name.equals("java/cli/rectifier")) {
            commandLine(where, arguments);
        } else if (name.equals("mvn")) {
            maven(where, arguments);
        } else if (name.equals("cmake")) {
            cmake(where, arguments);
        } else if (name.equals("ctest")) {
            int label = arguments.indexOf("-L") + 1;
            mentions(where, "native/test/CMakeLists.txt", arguments.get(label));
        } else if (name.equals("java")) {
            assertTrue(Files.exists(Book.ROOT.resolve(arguments.get(0))), where);
        } else if (name.equals("bash")) {
            script(where, arguments.get(0), arguments.subList(1, arguments.size()));
        } else if (name.startsWith("build/native/")) {
            // Google Benchmark knows its options.
            mentions(where, "native/benchmark/CMakeLists.txt", Path.of(name).getFileName() + "");
        } else if (name.startsWith("java/core/target/cmake/native/test/")) {
            mentions(where, "native/test/CMakeLists.txt", Path.of(name).getFileName() + "");
        } else if (name.equals("java/benchmarks/rectifier-bench")) {
            script(where, name, List.of());
            options(arguments)
                    .forEach(
                            option ->
                                    mentions(
                                            where,
                                            "java/benchmarks/src/main/java/dev/rectifier/benchmarks/BenchCommand.java",
                                            option.equals("--help")
                                                    ? "mixinStandardHelpOptions"
                                                    : '"' + option + '"'));
        } else if (name.contains("/")) {
            assertTrue(Files.isExecutable(Book.ROOT.resolve(name)), where);
            script(where, name, arguments);
        } else if (name.equals("cc")) {
            mentions(where, "native/test/install/try.cmake", arguments.get(0));
        } else if (!Set.of("sudo", "clang-format", "git").contains(name)) {
            fail(where + ": no test knows " + name);
        }
    }

    private static List<String> options(List<String> arguments) {
        return arguments.stream()
                .filter(argument -> argument.startsWith("--"))
                .map(argument -> argument.replaceFirst("=.*", ""))
                .toList();
    }

    private static void mentions(String where, String file, String text) {
        assertTrue(
                Book.read(Book.ROOT.resolve(file)).contains(text),
                () -> "%s: there is no %s in %s".formatted(where, text, file));
    }

    private static void script(String where, String file, List<String> arguments) {
        assertTrue(Files.exists(Book.ROOT.resolve(file)), where);
        options(arguments).forEach(option -> mentions(where, file, option));
    }

    private void commandLine(String where, List<String> arguments) throws Exception {
        if (LONG.contains(arguments.get(0)) && !arguments.contains("--help")) {
            String help = run(where, List.of(arguments.get(0), "--help"));
            options(arguments)
                    .forEach(
                            option ->
                                    assertTrue(
                                            help.contains(option),
                                            () -> where + ": no option " + option));
        } else {
            run(where, arguments);
        }
    }

    private String run(String where, List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add(
                "-Dorg.bytedeco.javacpp.cachedir="
                        + System.getProperty("org.bytedeco.javacpp.cachedir"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add("dev.rectifier.cli.Main");
        command.addAll(arguments);
        Path out = folder.resolve("out");
        Process process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
        assertTrue(process.waitFor(5, TimeUnit.MINUTES), where);
        assertEquals(0, process.exitValue(), where + ": " + Files.readString(out));
        return Files.readString(out);
    }

    private static void maven(String where, List<String> arguments) {
        List<Path> poms = poms();
        String all = poms.stream().map(Book::read).collect(Collectors.joining());
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.startsWith("-P")) {
                for (String profile : argument.substring(2).split(",")) {
                    assertTrue(all.contains("<id>" + profile + "</id>"), where);
                }
            } else if (argument.startsWith("-D")) {
                String property = argument.substring(2).replaceFirst("=.*", "");
                assertTrue(
                        MAVEN_PROPERTIES.contains(property) || all.contains(property),
                        () -> where + ": no pom has " + property);
            } else if (argument.equals("-pl")) {
                for (String module : arguments.get(++i).split(",")) {
                    assertTrue(poms.contains(Book.ROOT.resolve(module + "/pom.xml")), where);
                }
            } else if (argument.equals("-T")) {
                i++;
            } else if (!argument.startsWith("-")) {
                assertTrue(MAVEN_GOALS.contains(argument), () -> where + ": " + argument);
            }
        }
    }

    private static List<Path> poms() {
        try (Stream<Path> files =
                Files.find(Book.ROOT, 3, (file, is) -> file.endsWith("pom.xml"))) {
            return files.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void cmake(String where, List<String> arguments) {
        int target = arguments.indexOf("--target");
        if (target >= 0) {
            mentions(where, "native/test/CMakeLists.txt", "add_check(" + arguments.get(target + 1));
        }
        arguments.stream()
                .filter(argument -> argument.startsWith("-D"))
                .map(argument -> argument.substring(2).replaceFirst("=.*", ""))
                .forEach(option -> mentions(where, "native/CMakeLists.txt", "option(" + option));
    }

    @Test
    void commandsAreTakenApart() {
        assertEquals(
                List.of(
                        List.of("a", "--only", "x|(y z)"),
                        List.of("b", "--c=d"),
                        List.of("e", "f.npy")),
                commands("# first\na --only 'x|(y z)' && b \\\n    --c=d   # last\nE=1 e f.npy"));
    }

    @Test
    @Tag("thorough")
    void whatDoesNotExistIsFound() {
        Path page = Book.README;
        for (String command :
                List.of(
                        "nothing",
                        "mvn package -Pnothing",
                        "mvn nothing",
                        "mvn -pl java/nothing verify",
                        "java/cli/rectifier plot relu --nothing",
                        "java/cli/rectifier study --nothing",
                        "java/docs/make --nothing",
                        "bash .ci/nothing",
                        "java/benchmarks/rectifier-bench --nothing",
                        "cmake --build x --target nothing")) {
            Fence fence = new Fence(page, 1, "sh", command, null);
            try {
                check(fence, commands(command).get(0));
            } catch (AssertionError e) {
                continue;
            } catch (Exception e) {
                throw new AssertionError(command, e);
            }
            fail(command + " passes");
        }
    }
}
