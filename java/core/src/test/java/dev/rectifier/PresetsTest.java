package dev.rectifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PresetsTest {
    static Stream<String> names() {
        return Presets.names().stream();
    }

    @Test
    void theDefaultsOfALeakySlopeAreThoseOfEachSystem() {
        assertEquals(Elementwise.leakyRelu(0.01), Presets.of("torch.nn.LeakyReLU"));
        assertEquals(Elementwise.leakyRelu(0.2), Presets.of("keras.activations.leaky_relu"));
        assertEquals(Elementwise.leakyRelu(0.3), Presets.of("keras.layers.LeakyReLU"));
        assertEquals(Elementwise.leakyRelu(0.2), Presets.of("tf.nn.leaky_relu"));
        assertEquals(Elementwise.leakyRelu(0.01), Presets.of("jax.nn.leaky_relu"));
        assertEquals(Elementwise.leakyRelu(1 / 5.5), Presets.of("xu2015.veryLeakyRelu"));
    }

    @Test
    void oneNameStandsForDifferentFunctions() {
        assertEquals(Elementwise.gelu(), Presets.of("torch.nn.GELU"));
        assertEquals(Elementwise.geluTanh(), Presets.of("torch.nn.GELU(approximate='tanh')"));
        assertEquals(Elementwise.geluTanh(), Presets.of("jax.nn.gelu"));
        assertEquals(Elementwise.swish(1.702), Presets.of("nd4j.GELU"));
        assertEquals(Elementwise.hardSigmoid(), Presets.of("torch.nn.Hardsigmoid"));
        assertEquals(Elementwise.hardSigmoid(0.2, 0.5), Presets.of("nd4j.HARDSIGMOID"));
        assertEquals(Elementwise.softplus(1, 20), Presets.of("torch.nn.Softplus"));
        assertEquals(Elementwise.softplus(), Presets.of("keras.activations.softplus"));
        assertEquals(new PRelu(0.25), Presets.of("torch.nn.PReLU"));
        assertEquals(new PRelu(0), Presets.of("keras.layers.PReLU"));
        assertEquals(RRelu.uniformSlope(0.125, 1.0 / 3), Presets.of("torch.nn.RReLU"));
        assertEquals(RRelu.xu(3, 8), Presets.of("xu2015.rrelu"));
    }

    @Test
    void theAttributesOfOnnxAreInSinglePrecision() {
        assertEquals(Elementwise.leakyRelu(0.01f), Presets.of("onnx.LeakyRelu"));
        assertEquals(Elementwise.hardSigmoid(0.2f, 0.5), Presets.of("onnx.HardSigmoid"));
    }

    @Test
    void namesAreInOrderAndCannotBeChanged() {
        List<String> names = Presets.names();
        assertEquals("keras.activations.celu", names.get(0));
        assertEquals(names.size(), new HashSet<>(names).size());
        assertThrows(UnsupportedOperationException.class, () -> names.remove(0));
    }

    @ParameterizedTest
    @MethodSource("names")
    void aPresetIsAnActivationByItsName(String name) {
        assertSame(Presets.of(name), Activation.of(name, Map.of()));
        assertTrue(
                Activation.definitions().stream()
                        .anyMatch(definition -> definition.name().equals(Presets.of(name).name())));
    }

    /** The command line and the documentation put it into columns. */
    @ParameterizedTest
    @MethodSource("names")
    void aNameHasADotAndNoBlank(String name) {
        assertTrue(name.contains("."));
        assertTrue(name.chars().noneMatch(Character::isWhitespace));
        assertFalse(name.contains(";") || name.contains("|"));
    }

    @Test
    void noActivationOfOursHasADot() {
        Activation.definitions()
                .forEach(definition -> assertFalse(definition.name().contains(".")));
    }

    @Test
    void aPresetTakesNoParameters() {
        var e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> Activation.of("torch.nn.LeakyReLU", Map.of("negativeSlope", "0.1")));
        assertEquals(
                "torch.nn.LeakyReLU takes no parameters; they are those of"
                        + " Elementwise.leakyRelu(0.01)",
                e.getMessage());
    }

    @Test
    void anUnknownNameIsRejectedWithTheNearestOnes() {
        assertNear("torch.nn.GeLU", "torch.nn.GELU");
        assertNear("torch.nn.LeakyRelu", "torch.nn.LeakyReLU");
        assertNear("keras.LeakyReLU", "keras.layers.LeakyReLU");
        assertNear("tf.keras.activations.swish", "keras.activations.swish");
        assertNear("torch.leaky_relu", "torch.nn.LeakyReLU");
    }

    private static void assertNear(String unknown, String known) {
        var e = assertThrows(IllegalArgumentException.class, () -> Presets.of(unknown));
        assertTrue(
                e.getMessage().startsWith("no preset is named " + unknown + "; near are ["),
                e.getMessage());
        assertTrue(e.getMessage().contains(known), e.getMessage());
        assertEquals(5, e.getMessage().split(", ").length, e.getMessage());
    }
}
