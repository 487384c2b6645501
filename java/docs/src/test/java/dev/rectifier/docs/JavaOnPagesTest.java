package dev.rectifier.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rectifier.docs.Book.Fence;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The Java of each page is compiled and run as one program, from the top to the bottom, and prints
 * what the page says.
 */
class JavaOnPagesTest {
    private static final String MARK = "----- end of the block in line ";

    @TempDir Path folder;

    static Stream<Path> pages() {
        return Book.pages().stream()
                .filter(page -> !java(page).isEmpty())
                // Spark isn't here; a test of java/spark runs its page.
                .filter(page -> !page.endsWith("spark.md"));
    }

    private static List<Fence> java(Path page) {
        return Book.fences(page).stream().filter(f -> f.language().equals("java")).toList();
    }

    @Test
    void thereAreSuchPages() {
        assertTrue(pages().toList().contains(Book.README));
        assertTrue(pages().count() >= 4);
    }

    @ParameterizedTest
    @MethodSource("pages")
    void theCodeOfAPageRunsAndPrintsWhatThePageSays(Path page) throws Exception {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assumeTrue(compiler != null, "this Java has no compiler");
        Path source = Files.writeString(folder.resolve("OnPage.java"), program(java(page)));
        StringWriter messages = new StringWriter();
        String classPath = System.getProperty("java.class.path");
        boolean compiled =
                compiler.getTask(
                                messages,
                                null,
                                null,
                                List.of("-d", folder.toString(), "-cp", classPath),
                                null,
                                compiler.getStandardFileManager(null, null, null)
                                        .getJavaFileObjects(source))
                        .call();
        assertTrue(compiled, () -> page + ": " + messages);
        String printed = run(classPath);
        for (Fence fence : java(page)) {
            int end = printed.indexOf(MARK + fence.line() + "\n");
            assertTrue(end >= 0, fence + " didn't come to its end: " + printed);
            String own = printed.substring(0, end).strip();
            printed = printed.substring(printed.indexOf('\n', end) + 1);
            assertEquals(fence.output() == null ? "" : fence.output(), own, fence.toString());
        }
    }

    private static String program(List<Fence> fences) {
        Set<String> imports = new LinkedHashSet<>();
        StringBuilder body = new StringBuilder();
        for (Fence fence : fences) {
            fence.text()
                    .lines()
                    .forEach(
                            line -> {
                                if (line.startsWith("import ")) {
                                    imports.add(line);
                                } else {
                                    body.append(line).append('\n');
                                }
                            });
            body.append("System.out.println(\"%s%d\");%n".formatted(MARK, fence.line()));
        }
        return "%s%npublic class OnPage {%npublic static void main(String[] args) throws Exception {%n%s}}%n"
                .formatted(String.join("\n", imports), body);
    }

    private String run(String classPath) throws Exception {
        Path out = folder.resolve("out");
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-Dorg.bytedeco.javacpp.cachedir="
                                        + System.getProperty("org.bytedeco.javacpp.cachedir"),
                                "-Dfile.encoding=UTF-8",
                                "-Dstdout.encoding=UTF-8",
                                "-cp",
                                folder + java.io.File.pathSeparator + classPath,
                                "OnPage")
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
        assertTrue(process.waitFor(5, TimeUnit.MINUTES), "the code of the page doesn't end");
        String printed = Files.readString(out, StandardCharsets.UTF_8).replace("\r", "");
        assertEquals(0, process.exitValue(), printed);
        assertFalse(printed.contains("WARNING"), printed);
        return printed;
    }
}
