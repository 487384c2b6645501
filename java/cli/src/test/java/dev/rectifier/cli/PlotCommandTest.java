package dev.rectifier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.Activation;
import dev.rectifier.Definition;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PlotCommandTest {
    private static final int LARGEST_FILE = 60_000;

    @TempDir Path folder;
    private Path out;

    @BeforeEach
    void nameOutput() {
        out = folder.resolve("picture.svg");
    }

    static Stream<String> ofOneVariable() {
        return names(true);
    }

    static Stream<String> alongAnAxis() {
        return names(false);
    }

    private static Stream<String> names(boolean plottable) {
        return Activation.definitions().stream()
                .filter(d -> PlotCommand.isPlottable(d.withDefaults()) == plottable)
                .map(Definition::name);
    }

    private static List<String> text(Object... args) {
        List<Object> all = new ArrayList<>(List.of("plot"));
        all.addAll(List.of(args));
        return Outcome.success(all.toArray()).out().lines().toList();
    }

    private String svg(Object... args) throws IOException {
        List<Object> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--out", out));
        assertEquals(List.of(), text(all.toArray()));
        return Files.readString(out);
    }

    private static Outcome bad(Object... args) {
        List<Object> all = new ArrayList<>(List.of("plot"));
        all.addAll(List.of(args));
        return Outcome.of(all.toArray());
    }

    private static List<String> labels(String svg) {
        return Pattern.compile("<text[^>]*>\\s*([^<]*?)\\s*</text>")
                .matcher(svg)
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("ofOneVariable")
    void everyFunctionOfOneVariableIsDrawnInTheTerminal(String name) {
        List<String> lines = text(name);
        assertEquals(name, lines.get(0));
        assertTrue(lines.get(1).matches(" +f\\(x\\) +f[′']\\(x\\)"), lines.get(1));
        Pattern dots = Pattern.compile("[\u2801-\u28ff*]");
        for (int half = 0; half < 2; half++) {
            int from = 41 * half;
            long columns =
                    lines.stream()
                            .skip(2)
                            .filter(line -> line.length() > from)
                            .map(line -> line.substring(from, Math.min(line.length(), from + 39)))
                            .flatMap(line -> dots.matcher(line).results())
                            .map(match -> match.start())
                            .distinct()
                            .count();
            assertTrue(columns > 15, String.join("\n", lines));
        }
        lines.forEach(line -> assertTrue(line.length() <= 80, line));
        assertTrue(lines.size() < 24, "a terminal has 24 lines");
    }

    @ParameterizedTest
    @MethodSource("ofOneVariable")
    @Tag("thorough")
    void everyFunctionOfOneVariableIsDrawnAsSvg(String name) throws Exception {
        String svg = svg(name);
        assertTrue(svg.length() < LARGEST_FILE);
        assertTrue(labels(svg).containsAll(List.of(name, "f(x)", "f′(x)", "x", "-6", "0", "6")));
        assertFalse(Pattern.compile("[ \"ML]-?(NaN|Infinity)").matcher(svg).find(), svg);
        DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @MethodSource("alongAnAxis")
    void whatHasNoCurveIsAUsageError(String name) {
        bad(name, "--out", out).isUsageError(name + " has no curve");
        bad("relu", name).isUsageError(name + " has no curve");
        assertTrue(Files.notExists(out));
    }

    @Test
    void theSameFileIsWrittenEveryTime() throws IOException {
        String first = svg("elu", "selu", "relu");
        assertEquals(first, svg("elu", "selu", "relu"));
    }

    @Test
    void severalFunctionsHaveALegend() throws IOException {
        assertEquals(
                "a relu  b leakyRelu:negativeSlope=0.2",
                text("relu", "leakyRelu:negativeSlope=0.2").get(0));
        String svg = svg("relu", "leakyRelu:negativeSlope=0.2", "elu:alpha=3");
        assertTrue(
                labels(svg)
                        .containsAll(List.of("relu", "leakyRelu:negativeSlope=0.2", "elu:alpha=3")),
                svg);
    }

    @Test
    void asManyAsCanBeToldApartFitIntoTheTerminal() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            names.add("leakyRelu:negativeSlope=" + (i - 12) / 12.0);
        }
        List<String> lines = text(names.toArray());
        lines.forEach(line -> assertTrue(line.length() <= 80, line));
        names.add("elu");
        bad(names.toArray()).isUsageError("more than 24");
    }

    @Test
    void aFunctionIsDrawnOnce() {
        assertEquals(text("tanh"), text("tanh", " tanh"));
    }

    @Test
    void parametersOfASingleFunctionMayBeOptions() {
        assertEquals(text("elu:alpha=3"), text("elu", "-p", "alpha=3"));
        bad("elu", "relu", "-p", "alpha=3").isUsageError("-p is for a single function");
        bad("elu:alpha=2", "-p", "alpha=3").isUsageError("alpha is given twice");
        bad("elu", "-p", "beta=3").isUsageError("elu has no parameter beta");
        bad("elu:alpha=one").isUsageError("alpha must be finite");
    }

    @Test
    void anUnknownNameGetsTheRegistrysMessage() {
        bad("reluu").isUsageError("no activation is named reluu; there are [linear");
        bad().isUsageError("NAME");
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "NaN, 1", "0, Infinity", "0, 1e300", "1, 1.0000001", "0, 1e-300"})
    void aRangeThatCannotBeDrawnIsAUsageError(String from, String to) {
        bad("relu", "--from", from, "--to", to).isUsageError("can't plot from");
    }

    @ParameterizedTest
    @CsvSource({
        "-1e30, 1e30",
        "0, 1e-30",
        "1e6, 1.00001e6",
        "999999, 1000000",
        "-0.001, 0.0005",
        "10, 1000",
        "-1000, -10",
        "0, 800"
    })
    void anyOtherRangeIsDrawn(String from, String to) throws IOException {
        for (String name : List.of("sigmoid", "selu", "leakyRelu:negativeSlope=1e300")) {
            List<String> lines = text(name, "--from", from, "--to", to);
            lines.forEach(line -> assertTrue(line.length() <= 80, line));
            assertTrue(svg(name, "--from", from, "--to", to).contains("<path"));
        }
    }

    @Test
    void aFileIsReplacedOnlyByAPicture() throws IOException {
        Files.writeString(out, "old");
        bad("reluu", "--out", out).isUsageError("reluu");
        assertEquals("old", Files.readString(out));
        assertTrue(svg("relu").startsWith("<svg"));
        assertEquals(List.of(out), Files.list(folder).toList());
    }

    @Test
    void aFileThatCannotBeWrittenIsADataError() {
        bad("relu", "--out", folder).isDataError(folder.toString(), "it is a folder");
        bad("relu", "--out", folder.resolve("none/x.svg")).isDataError("no such file or folder");
    }
}
