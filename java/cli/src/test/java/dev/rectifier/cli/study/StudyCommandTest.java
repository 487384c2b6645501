package dev.rectifier.cli.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rectifier.Rectifier;
import dev.rectifier.data.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class StudyCommandTest {
    @TempDir Path folder;
    private Path out;
    private final StringWriter stdout = new StringWriter();
    private final StringWriter stderr = new StringWriter();
    private Exception thrown;

    @BeforeEach
    void nameTheReport() {
        out = folder.resolve("report.html");
    }

    @AfterEach
    void useAllThreadsAgain() {
        Rectifier.setThreads(Integer.MAX_VALUE);
    }

    /** Runs a tiny study with these options; the last one of a kind counts. */
    private int study(Object... options) {
        List<String> all = new ArrayList<>();
        String tiny =
                "--layers 3 --units 8 --epochs 2 --seeds 2 --activations sigmoid,relu,prelu"
                        + " --initializers glorotUniform,heNormal --learning-rate 0.01,0.1";
        all.addAll(List.of(tiny.split(" ")));
        all.addAll(List.of("--out", out.toString()));
        for (Object option : options) {
            all.add(option.toString());
        }
        return execute(all);
    }

    private int execute(List<String> all) {
        CommandLine command =
                new CommandLine(new StudyCommand())
                        .setOverwrittenOptionsAllowed(true)
                        .setCaseInsensitiveEnumValuesAllowed(true)
                        .setOut(new PrintWriter(stdout, true))
                        .setErr(new PrintWriter(stderr, true));
        command.setExecutionExceptionHandler(
                (e, c, arguments) -> {
                    thrown = e;
                    return 1;
                });
        return command.execute(all.toArray(String[]::new));
    }

    private void assertNothingTrained() throws IOException {
        assertEquals("", stdout.toString());
        assertFalse(stderr.toString().contains("runs"), stderr.toString());
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(), files.filter(file -> !file.endsWith("bad.csv")).toList());
        }
    }

    private static String withoutTimes(String text) {
        return text.replaceAll("\\d+ runs took .*", "");
    }

    @Test
    void theTableTheFindingsAndTheReportAreMade() throws IOException {
        assertEquals(0, study(), stderr.toString());
        String text = stdout.toString();
        for (String initializer : List.of("glorotUniform", "heNormal")) {
            for (String rate : List.of("0.01", "0.1")) {
                for (String activation : List.of("sigmoid", "relu", "prelu")) {
                    String row = "(?m)^%s +%s +%s +[0-9]".formatted(initializer, rate, activation);
                    assertTrue(
                            text.lines().anyMatch(line -> (line + "\n").split(row).length == 2),
                            text);
                }
            }
        }
        assertTrue(text.contains("What this shows"), text);
        assertTrue(text.contains("Best: "), text);
        assertTrue(text.contains("24 runs took "), text);
        assertTrue(text.contains(out.toRealPath().toString()), text);
        assertTrue(stderr.toString().contains("24/24 runs"), stderr.toString());

        String html = Files.readString(out);
        assertTrue(html.contains("study --layers 3 --units 8"), html);
        assertTrue(html.contains("doi:10.24432/C50P49, CC BY 4.0: 1438 examples to train"), html);
        assertTrue(html.contains(Rectifier.info().instructionSet()), html);
    }

    @Test
    void theClaimsOfTheBookHaveAPlanOfTheirOwn() throws IOException {
        assertEquals(2, study("--claims"));
        String message = "--claims decides --activations, which is given, too";
        assertTrue(stderr.toString().contains(message), stderr.toString());
        assertNothingTrained();

        Path figures = folder.resolve("figures.json");
        List<String> tiny =
                List.of("--claims --layers 2 --units 4 --epochs 2 --seeds 2".split(" "));
        List<String> all = new ArrayList<>(tiny);
        all.addAll(List.of("--out", out.toString(), "--json", figures.toString()));
        assertEquals(0, execute(all), stderr.toString());
        String text = stdout.toString();
        assertTrue(text.contains("What the book claims, and what was found"), text);
        assertTrue(text.contains("- Leaky ReLU beats strict ReLU: test error of leakyRelu"), text);
        assertTrue(text.contains("48 runs took "), text);
        JsonNode claims = new ObjectMapper().readTree(figures.toFile()).get("claims");
        assertEquals(10, claims.size());
        String page = Files.readString(out);
        assertTrue(page.contains("Dead units of the first layer never return"), page);
    }

    @Test
    void theFiguresAreTheSameForAnyNumberOfThreads() {
        assertEquals(0, study("--threads", 1));
        String serial = stdout.toString();
        stdout.getBuffer().setLength(0);
        assertEquals(0, study("--threads", 2));
        assertEquals(withoutTimes(serial), withoutTimes(stdout.toString()));
    }

    @Test
    void theNameOfTheDataIsEscaped() throws IOException {
        StringBuilder csv = new StringBuilder("a,b,label\n");
        for (int row = 0; row < 20; row++) {
            csv.append(row % 2)
                    .append(',')
                    .append(row % 5)
                    .append(',')
                    .append(row % 2)
                    .append('\n');
        }
        Path data = Files.writeString(folder.resolve("a&b'.csv"), csv);
        assertEquals(0, study("--data", data), stderr.toString());
        String html = Files.readString(out);
        assertTrue(html.contains("a&amp;b&#39;.csv: 16 examples to train"), html);
        assertFalse(html.contains("a&b"), html);
    }

    @Test
    @Tag("thorough")
    void allRowsOfStandardInputAreUsedAndTheTableIsThatOfTheFile() throws IOException {
        StringBuilder csv = new StringBuilder();
        for (int row = 0; row < 3000; row++) {
            csv.append("%d,%d,%d.5,%d\n".formatted(row % 7, row % 11, row % 5, row % 3));
        }
        Path data = Files.writeString(folder.resolve("data.csv"), csv);
        assertEquals(0, study("--data", data), stderr.toString());
        String table = stdout.toString();
        stdout.getBuffer().setLength(0);
        InputStream before = System.in;
        try (InputStream stream = Files.newInputStream(data)) {
            System.setIn(stream);
            assertEquals(0, study("--data", "-"), stderr.toString());
        } finally {
            System.setIn(before);
        }
        assertEquals(withoutTimes(table), withoutTimes(stdout.toString()));
        String html = Files.readString(out);
        assertTrue(html.contains("standard input: 2400 examples to train and 600"), html);
    }

    @Test
    void howTheDataWereReadIsSaidOnTheTerminalAndThePage() throws IOException {
        StringBuilder csv = new StringBuilder("0,1,2,kind\n");
        for (int row = 0; row < 20; row++) {
            csv.append("%d,%d,%d,%s\n".formatted(row % 2, row, 3, row % 2 == 0 ? "dog" : "cat"));
        }
        Path data = Files.writeString(folder.resolve("data.csv"), csv);
        assertEquals(0, study("--data", data, "--label", "kind"), stderr.toString());
        String note = "data.csv: the classes are 0 'cat', 1 'dog'";
        assertTrue(stderr.toString().contains("rectifier: " + data.getParent()), stderr.toString());
        assertTrue(stderr.toString().contains(note), stderr.toString());
        String html = Files.readString(out);
        assertTrue(html.contains("data.csv: the classes are 0 &#39;cat&#39;, 1 &#39;dog"), html);
        assertTrue(html.contains("16 examples to train and 4 to test, of 3 features"), html);
        assertEquals(0, study("--data", data), stderr.toString());
        assertTrue(stderr.toString().contains("is taken as a header; --header=no"));
        assertEquals(2, study("--data", data, "--label", "kind", "--header", "no"));
        assertTrue(stderr.toString().contains("--label kind"), stderr.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "--header, maybe, --header",
        "--header, yes, --label and --header need --data",
        "--label, first, --label and --header need --data",
        "--activations, reluu, no activation is named reluu",
        "--activations, softmax, softmax is for the last layer",
        "--activations, elu:alpha=x, alpha must be finite",
        "--activations, leakyRelu:negativeSlope=1e300, negativeSlope",
        "--initializers, he, no initializer is named he",
        "--initializers, constant:value=1e300, constant(1.0E300)",
        "--initializers, dirac, needs 3 to 5 axes",
        "--learning-rate, 0, '--learning-rate must be > 0 and finite in float32'",
        "--learning-rate, 1e-300, 'makes 0.0 of 1.0E-300'",
        "--learning-rate, 1e39, 'makes Infinity of 1.0E39'",
        "--learning-rate, -1, 'makes -1.0 of -1.0'",
        "--learning-rate, NaN, 'makes NaN of NaN'",
        "--learning-rate, +INF, 'makes Infinity of Infinity'",
        "--learning-rate, fast, 'fast' is not a number",
        "--learning-rate, 1e999, '1e999' is not a number",
        "--seeds, 2000000000, makes 24000000000 trainings",
        "--optimizer, lbfgs, lbfgs",
        "--layers, 0, '--layers must be at least 1, not 0'",
        "--units, -1, '--units must be at least 1, not -1'",
        "--units, 100000, larger than 2 GiB",
        "--epochs, 0, '--epochs must be at least 1, not 0'",
        "--batch-size, 0, '--batch-size must be at least 1, not 0'",
        "--seeds, 0, '--seeds must be at least 1, not 0'",
        "--threads, 0, threads must be at least 1",
    })
    void aWrongOptionIsAUsageErrorBeforeAnyTraining(String option, String value, String message)
            throws IOException {
        assertEquals(2, study(option, value));
        assertTrue(stderr.toString().contains(message), stderr.toString());
        assertNothingTrained();
    }

    @Test
    @Tag("thorough")
    void aBatchThatCannotBeHeldIsFoundOutBeforeAnyTraining() throws IOException {
        assertEquals(2, study("--layers", 1, "--units", 400_000, "--batch-size", 2000));
        String message = "a batch of dense0's outputs, a matrix [1438, 400000] of FLOAT32, is";
        assertTrue(stderr.toString().contains(message), stderr.toString());
        assertNothingTrained();
    }

    @Test
    void aReportThatCannotBeWrittenIsFoundOutBeforeAnyTraining() throws IOException {
        Path nowhere = folder.resolve("no/report.html");
        assertEquals(1, study("--out", nowhere));
        assertInstanceOf(DataException.class, thrown);
        assertEquals(nowhere + ": can't be written: no such file or folder", thrown.getMessage());
        assertNothingTrained();
    }

    @Test
    void badDataIsFoundOutBeforeAnyTraining() throws IOException {
        Path data = Files.writeString(folder.resolve("bad.csv"), "1,2,x,0\n");
        assertEquals(1, study("--data", data));
        assertInstanceOf(DataException.class, thrown);
        assertNothingTrained();
    }

    private static void fieldNames(JsonNode node, Set<String> names) {
        if (node.has("row")) {
            ((ObjectNode) node).putObject("row");
        }
        node.fieldNames().forEachRemaining(names::add);
        node.forEach(child -> fieldNames(child, names));
    }

    @Test
    void theFiguresAreWrittenAsJsonWhoseFieldsAreDocumented() throws IOException {
        Path json = folder.resolve("study.json");
        assertEquals(0, study("--json", json, "--learning-rate", "0.01,1e30"), stderr.toString());
        JsonNode figures = new ObjectMapper().readTree(json.toFile());
        assertTrue(figures.get("complete").asBoolean());
        assertEquals(Rectifier.version(), figures.at("/program/version").asText());
        assertEquals("[1,2]", figures.at("/plan/seeds").toString());
        assertEquals("[0.01,1.0E30]", figures.at("/plan/learningRates").toString());
        assertEquals(12, figures.get("combinations").size());
        JsonNode first = figures.get("combinations").get(0);
        assertEquals("sigmoid", first.get("activation").asText());
        JsonNode last = first.at("/runs/1/epochs/1");
        assertEquals(2, last.get("epoch").asInt());
        assertEquals(3, last.get("deadUnits").size());
        double mean =
                (first.at("/runs/0/epochs/1/testAccuracy").asDouble()
                                + last.get("testAccuracy").asDouble())
                        / 2;
        assertEquals(mean, first.get("testAccuracy").asDouble(), 1e-15);
        String row = first.at("/row/test accuracy, %").asText();
        assertTrue(stdout.toString().contains(row), row);
        assertTrue(figures.toString().contains("\"trainingLoss\":null"));
        assertFalse(figures.toString().contains("NaN"));

        Set<String> names = new TreeSet<>();
        fieldNames(figures, names);
        String page = Files.readString(Path.of("..", "docs", "study.md"));
        for (String name : names) {
            assertTrue(page.contains("`" + name + "`"), name);
        }
        Pattern.compile("(?m)^\\| (`[^|]*) \\|")
                .matcher(page)
                .results()
                .flatMap(match -> Stream.of(match.group(1).replace("`", "").split(", ")))
                .forEach(name -> assertTrue(names.contains(name), name));
    }

    @Test
    void aPageThatCannotBeWrittenInTheEndCostsNothingElse() throws IOException {
        assumeTrue(Files.exists(Path.of("/dev/full")), "no /dev/full, which is a full disk");
        Path json = folder.resolve("study.json");
        assertEquals(1, study("--out", "/dev/full", "--json", json));
        assertEquals("/dev/full: can't be written: No space left on device", thrown.getMessage());
        assertTrue(stdout.toString().contains("What this shows"), stdout.toString());
        assertFalse(stdout.toString().contains("Plots: "), stdout.toString());
        assertTrue(new ObjectMapper().readTree(json.toFile()).get("complete").asBoolean());
    }

    @Test
    void thenTheFiguresAreKeptSomewhereEvenIfNobodyAskedForThem() throws IOException {
        assumeTrue(Files.exists(Path.of("/dev/full")), "no /dev/full, which is a full disk");
        assertEquals(1, study("--out", "/dev/full"));
        Matcher kept = Pattern.compile("All figures are in (.*)\\.").matcher(stderr.toString());
        assertTrue(kept.find(), stderr.toString());
        Path json = Path.of(kept.group(1));
        assertTrue(new ObjectMapper().readTree(json.toFile()).get("complete").asBoolean());
        Files.delete(json);
    }

    @Test
    void figuresThatCannotBeWrittenDoNotCostThePage() throws IOException {
        assumeTrue(Files.exists(Path.of("/dev/full")), "no /dev/full, which is a full disk");
        assertEquals(1, study("--json", "/dev/full"));
        assertEquals("/dev/full: can't be written: No space left on device", thrown.getMessage());
        assertTrue(stdout.toString().contains("Plots: "), stdout.toString());
        assertTrue(Files.size(out) > 0);
    }

    @Test
    void thePageAndTheFiguresAreNotTheSameFile() throws IOException {
        assertEquals(
                2, study("--json", folder.resolve("../" + folder.getFileName() + "/report.html")));
        assertTrue(stderr.toString().contains("--out and --json are the same"), stderr.toString());
        assertNothingTrained();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--out", "--json"})
    void aNameThatIsTooLongIsFoundOutBeforeAnyTraining(String option) throws IOException {
        Path file = folder.resolve("x".repeat(300));
        assertEquals(1, study(option, file));
        assertEquals(file + ": can't be written: File name too long", thrown.getMessage());
        assertNothingTrained();
    }
}
