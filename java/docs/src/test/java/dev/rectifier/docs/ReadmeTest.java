package dev.rectifier.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.Activation;
import dev.rectifier.AxisFunction;
import dev.rectifier.Elementwise;
import dev.rectifier.Initializer;
import dev.rectifier.InitializerPresets;
import dev.rectifier.Presets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The first page is short, and no number on it is only claimed. */
class ReadmeTest {
    private static final int MOST_LINES = 150;

    /** Words that have digits in them, and count nothing. */
    private static final List<String> NAMES =
            List.of(
                    "Apache-2.0",
                    "bfloat16",
                    "float16",
                    "float32",
                    "float64",
                    "AVX-512",
                    "AVX2",
                    "ND4J");

    private static String match(String file, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(Book.read(Book.ROOT.resolve(file)));
        assertTrue(matcher.find(), () -> file + " has no " + pattern);
        return matcher.group(1);
    }

    private static long activations(Predicate<Activation> which) {
        return Activation.definitions().stream()
                .filter(definition -> which.test(definition.withDefaults()))
                .count();
    }

    /** What the page says, and where that comes from. */
    private static List<String> checked() {
        String version = match("pom.xml", "<version>([\\d.]+)</version>");
        String java = match("pom.xml", "<maven.compiler.release>(\\d+)<");
        return List.of(
                activations(Elementwise.class::isInstance) + " elementwise functions",
                activations(AxisFunction.class::isInstance) + " along an axis",
                Initializer.definitions().size() + " initializers",
                Presets.names().size() + " presets of activations",
                InitializerPresets.names().size() + " of initializers",
                "Java " + java,
                "JDK " + match(".ci/common", "temurin-(\\d+)-jdk"),
                "Debian " + match(".ci/run", "as root on Debian (\\d+)"),
                "Ubuntu " + match("java/docs/getting-started.md", "Ubuntu ([\\d.]+)"),
                version,
                match("native/docs/accuracy.md", "Every function is (within \\d ULP)"),
                "all 2³² floats",
                match("native/docs/accuracy.md", "(10⁸) stratified doubles") + " doubles");
    }

    @Test
    void itIsShort() {
        long lines = Book.read(Book.README).lines().count();
        assertTrue(lines <= MOST_LINES, lines + " lines");
    }

    @Test
    void noNumberIsOnlyClaimed() {
        // What is made has a test of its own, and so has the code.
        String page =
                Book.read(Book.README)
                        .replaceAll("(?ms)^<!-- made by .*?^<!-- end -->$", "")
                        .replaceAll("(?ms)^```.*?^```$", "")
                        .replaceAll("\\]\\([^)]*\\)|<[^>]*>", "");
        for (String statement : checked()) {
            page = page.replace(statement, "");
        }
        for (String name : NAMES) {
            page = page.replace(name, "");
        }
        assertEquals(
                List.of(),
                page.lines().filter(line -> line.matches(".*[\\p{Nd}\\p{No}].*")).toList());
    }

    @Test
    void whatIsCountedIsSaid() {
        String page = Book.read(Book.README);
        for (String statement : checked().subList(0, 5)) {
            assertTrue(page.contains(statement), statement);
        }
    }

    @Test
    void theFunctionsAreThoseThatTheBenchmarkReportsFirst() {
        String headline =
                Book.read(
                        Book.ROOT.resolve(
                                "java/benchmarks/src/main/java/dev/rectifier/benchmarks/Headline.java"));
        String list = headline.substring(headline.indexOf("FUNCTIONS ="));
        List<String> there =
                Pattern.compile("\"(\\w+)\"")
                        .matcher(list.substring(0, list.indexOf(';')))
                        .results()
                        .map(match -> match.group(1))
                        .toList();
        assertEquals(there, Contests.FUNCTIONS);
    }

    @Test
    void theDependenciesAreThoseOfTheSamples() {
        String page = Book.read(Book.README);
        String version = match("pom.xml", "<version>([\\d.]+)</version>");
        Map<String, String> samples = new LinkedHashMap<>();
        samples.put(
                "java/examples/gradle/build.gradle",
                "(runtimeOnly \"dev.rectifier:rectifier:\\$rectifierVersion:\\$rectifierPlatform\")");
        samples.put(
                "java/examples/sbt/build.sbt",
                "(\"dev.rectifier\" % \"rectifier\" % sys.props\\(\"rectifier.version\"\\) classifier)");
        samples.put(
                "java/examples/maven-platform/pom.xml",
                "<artifactId>(rectifier-platform)</artifactId>\\s+<version>\\$\\{rectifier.version\\}");
        samples.forEach(ReadmeTest::match);
        assertTrue(
                page.contains(
                        "runtimeOnly(\"dev.rectifier:rectifier:%s:linux-x86_64\")"
                                .formatted(version)));
        assertTrue(
                page.contains(
                        "\"dev.rectifier\" %% \"rectifier\" %% \"%s\" classifier \"linux-x86_64\""
                                .formatted(version)));
        assertTrue(
                page.contains(
                        "<artifactId>rectifier-platform</artifactId>\n  <version>%s</version>"
                                .formatted(version)));
    }
}
