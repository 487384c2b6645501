package dev.rectifier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.Activation;
import dev.rectifier.Definition;
import dev.rectifier.Initializer;
import dev.rectifier.InitializerPresets;
import dev.rectifier.Parameter;
import dev.rectifier.Presets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ListCommandTest {
    @Test
    void everyActivationHasItsLine() {
        List<String> lines = Outcome.success("list", "activations").out().lines().toList();
        int definitions = Activation.definitions().size();
        check(lines.subList(0, definitions), Activation.definitions());
        assertEquals(
                List.of(
                        "bilinear\t\tnew Glu(Elementwise.linear(), false, -1)",
                        "crelu\t\tnew ConcatenatedRelu(-1)",
                        "geGlu\t\tnew Glu(Elementwise.gelu(), false, -1)",
                        "geGluTanh\t\tnew Glu(Elementwise.geluTanh(), false, -1)",
                        "identity\t\tElementwise.linear()",
                        "quickGelu\t\tElementwise.swish(1.702)",
                        "reGlu\t\tnew Glu(Elementwise.relu(), false, -1)",
                        "swiGlu\t\tnew Glu(Elementwise.silu(), false, -1)"),
                lines.subList(definitions, lines.size()));
    }

    @Test
    void everyInitializerHasItsLine() {
        check(
                Outcome.success("list", "initializers").out().lines().toList(),
                Initializer.definitions());
    }

    @Test
    void everyPresetHasItsNameAndTheCodeOfItsValue() {
        List<String> lines = Outcome.success("list", "presets").out().lines().toList();
        assertEquals(Presets.names().size(), lines.size());
        assertTrue(
                lines.contains("keras.layers.LeakyReLU\tElementwise.leakyRelu(0.3)"),
                lines::toString);
    }

    @Test
    void everyPresetOfAnInitializerHasItsNameAndTheCodeOfItsValue() {
        List<String> lines = Outcome.success("list", "initializer-presets").out().lines().toList();
        assertEquals(InitializerPresets.names().size(), lines.size());
        assertTrue(
                lines.contains("torch.nn.init.xavier_normal_\tInitializer.xavierNormal(1.0, 0)"),
                lines::toString);
    }

    private static <T> void check(List<String> lines, List<Definition<T>> definitions) {
        assertEquals(definitions.size(), lines.size());
        for (int i = 0; i < lines.size(); i++) {
            Definition<T> definition = definitions.get(i);
            String[] fields = lines.get(i).split("\t", -1);
            assertEquals(3, fields.length, lines.get(i));
            assertEquals(definition.name(), fields[0]);
            assertEquals(definition.formula(), fields[2]);
            assertEquals(definition.parameters().isEmpty(), fields[1].isEmpty());
            for (Parameter parameter : definition.parameters()) {
                String value = parameter.format(parameter.defaultValue());
                String shown = parameter.name() + "=" + value + " (" + parameter.range() + ")";
                assertTrue(fields[1].contains(shown), lines.get(i));
            }
        }
    }

    @Test
    void defaultAndRangeOfAParameterAreReadable() {
        String list = Outcome.success("list", "activations").out();
        String line = "leakyRelu\tnegativeSlope=0.01 (finite)\tx > 0 ? x : negativeSlope * x";
        assertTrue(list.lines().anyMatch(line::equals), list);
    }

    @Test
    void anythingElseIsAUsageErrorWithASuggestion() {
        Outcome.of("list", "activation").isUsageError("activations", "initializers");
        Outcome.of("list").isUsageError("Missing required subcommand");
    }
}
