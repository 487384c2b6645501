package dev.rectifier.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java of the page about Spark is one program, and prints what the page says. */
class PageTest {
    private static final Path PAGE = Path.of("..", "docs", "spark.md");
    private static final Pattern CODE =
            Pattern.compile("(?ms)^```java\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?");

    @TempDir private Path folder;

    @Test
    void theCodeOfThePagePrintsWhatThePageSays() throws Exception {
        StringBuilder imports = new StringBuilder();
        StringBuilder body = new StringBuilder();
        StringBuilder expected = new StringBuilder();
        Matcher code = CODE.matcher(Files.readString(PAGE));
        while (code.find()) {
            for (String line : code.group(1).lines().toList()) {
                (line.startsWith("import ") ? imports : body).append(line).append('\n');
            }
            expected.append(code.group(2) == null ? "" : code.group(2));
        }
        assertTrue(expected.length() > 0);
        Path source =
                Files.writeString(
                        folder.resolve("OnPage.java"),
                        imports
                                + "public class OnPage { public static void main(String[] args) throws"
                                + " Exception {\n"
                                + body
                                + "}}\n");
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        String classPath =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
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
        assertTrue(compiled, messages::toString);
        SparkSession session = Sessions.local(2);
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (URLClassLoader loader =
                new URLClassLoader(
                        new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            loader.loadClass("OnPage")
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) new String[0]);
        } finally {
            System.setOut(before);
        }
        assertEquals(expected.toString(), printed.toString(StandardCharsets.UTF_8));
        assertEquals("local[2]", session.sparkContext().master());
    }
}
