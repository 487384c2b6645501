package dev.rectifier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.Definition;
import dev.rectifier.Fill;
import dev.rectifier.Initializer;
import dev.rectifier.InitializerPresets;
import dev.rectifier.Shape;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.statistics.distribution.TruncatedNormalDistribution;
import org.junit.jupiter.api.Test;

/** The tables of java/docs/initializers.md are what the registries say. */
class InitializersPageTest {
    private static final double CUT_STDDEV = 0.87962566103423978;

    private static String page() throws IOException {
        return Files.readString(Path.of("..", "docs", "initializers.md"));
    }

    /** The rows of the table with this heading, without the line under it. */
    private static List<String> rows(String heading) throws IOException {
        List<String> lines = page().lines().toList();
        int first = lines.indexOf(heading);
        assertTrue(first >= 0, heading);
        return lines.stream().skip(first + 2).takeWhile(line -> line.startsWith("|")).toList();
    }

    private static Definition<Initializer> definition(Initializer initializer) {
        return Initializer.definitions().stream()
                .filter(definition -> definition.name().equals(initializer.name()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void everyInitializerIsThereWithItsParametersAndFormula() throws IOException {
        List<String> expected =
                Outcome.success("list", "initializers")
                        .out()
                        .lines()
                        .map(line -> line.split("\t", -1))
                        .map(line -> "| `%s` | %s | %s |".formatted(line[0], line[1], line[2]))
                        .toList();
        assertEquals(
                String.join("\n", expected),
                String.join("\n", rows("| initializer | parameters | weights |")));
    }

    @Test
    void everyPresetIsThereWithWhatItIsAndWhatThatComesTo() throws IOException {
        List<String> expected =
                InitializerPresets.names().stream()
                        .map(
                                name -> {
                                    Initializer value = InitializerPresets.of(name);
                                    return "| `%s` | `%s` | %s | %s |"
                                            .formatted(
                                                    name,
                                                    value.toString().replace("Initializer.", ""),
                                                    definition(value).formula(),
                                                    comesTo(name, value));
                                })
                        .toList();
        assertEquals(
                String.join("\n", expected),
                String.join(
                        "\n", rows("| there | here | weights | from 784 inputs to 100 outputs |")));
    }

    private static String comesTo(String name, Initializer initializer) {
        Shape shape = name.startsWith("torch.") ? Shape.torch(100, 784) : Shape.keras(784, 100);
        return initializer.fill(shape).map(InitializersPageTest::inWords).orElse("");
    }

    private static String inWords(Fill fill) {
        double a = fill.a();
        double b = fill.b();
        return switch (fill.distribution()) {
            case CONSTANT -> number(a);
            case UNIFORM ->
                    a == -b ? "within ±" + number(b) : "from " + number(a) + " to " + number(b);
            case NORMAL -> "σ " + number(b);
            case TRUNCATED_NORMAL -> "σ " + number(CUT_STDDEV * b) + ", within ±" + number(2 * b);
            case BOUNDED_NORMAL ->
                    "σ "
                            + number(
                                    Math.sqrt(
                                            TruncatedNormalDistribution.of(
                                                            a, b, fill.low(), fill.high())
                                                    .getVariance()))
                            + ", from "
                            + number(fill.low())
                            + " to "
                            + number(fill.high());
        };
    }

    private static String number(double value) {
        return new BigDecimal(value).round(new MathContext(4)).stripTrailingZeros().toPlainString();
    }
}
