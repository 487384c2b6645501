package dev.rectifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.Fill.Distribution;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class InitializerPresetsTest {
    static Stream<String> names() {
        return InitializerPresets.names().stream();
    }

    private static Fill fill(String name) {
        Shape shape = name.startsWith("torch.") ? Shape.torch(100, 784) : Shape.keras(784, 100);
        return InitializerPresets.of(name).fill(shape).orElseThrow();
    }

    /**
     * For 784 inputs and 100 outputs: the limit, or the standard deviation before any truncation.
     */
    static Stream<Arguments> meanings() {
        double cut = 0.87962566103423978;
        Distribution truncated = Distribution.TRUNCATED_NORMAL;
        Distribution normal = Distribution.NORMAL;
        Distribution uniform = Distribution.UNIFORM;
        double glorot = Math.sqrt(2.0 / 884);
        double he = Math.sqrt(2.0 / 784);
        double lecun = Math.sqrt(1.0 / 784);
        return Stream.of(
                Arguments.of("keras.initializers.GlorotNormal", truncated, glorot / cut),
                Arguments.of("torch.nn.init.xavier_normal_", normal, glorot),
                Arguments.of("jax.nn.initializers.glorot_normal", truncated, glorot / cut),
                Arguments.of("jax.nn.initializers.xavier_normal", truncated, glorot / cut),
                Arguments.of("keras.initializers.HeNormal", truncated, he / cut),
                Arguments.of("torch.nn.init.kaiming_normal_", normal, he),
                Arguments.of("jax.nn.initializers.he_normal", truncated, he / cut),
                Arguments.of("jax.nn.initializers.kaiming_normal", truncated, he / cut),
                Arguments.of("keras.initializers.LecunNormal", truncated, lecun / cut),
                Arguments.of("keras.initializers.VarianceScaling", truncated, lecun / cut),
                Arguments.of("flax.linen.Dense.kernel", truncated, lecun / cut),
                Arguments.of("keras.initializers.GlorotUniform", uniform, Math.sqrt(3) * glorot),
                Arguments.of("keras.layers.Dense.kernel", uniform, Math.sqrt(3) * glorot),
                Arguments.of("torch.nn.init.xavier_uniform_", uniform, Math.sqrt(3) * glorot),
                Arguments.of("torch.nn.init.kaiming_uniform_", uniform, Math.sqrt(3) * he),
                Arguments.of("torch.nn.Linear.weight", uniform, lecun),
                Arguments.of("torch.nn.Conv2d.weight", uniform, lecun),
                Arguments.of("keras.initializers.RandomNormal", normal, 0.05),
                Arguments.of("torch.nn.init.normal_", normal, 1),
                Arguments.of("jax.nn.initializers.normal", normal, 0.01),
                Arguments.of("keras.initializers.RandomUniform", uniform, 0.05),
                Arguments.of("torch.nn.init.uniform_", uniform, 1),
                Arguments.of("jax.nn.initializers.uniform", uniform, 0.01),
                Arguments.of("keras.initializers.TruncatedNormal", truncated, 0.05),
                Arguments.of("torch.nn.init.trunc_normal_", Distribution.BOUNDED_NORMAL, 1),
                Arguments.of("jax.nn.initializers.truncated_normal", truncated, 0.01));
    }

    @ParameterizedTest
    @MethodSource("meanings")
    void aNameMeansWhatItMeansInItsSystem(String name, Distribution distribution, double b) {
        assertEquals(distribution, fill(name).distribution());
        assertEquals(b, fill(name).b(), 1e-15);
    }

    @Test
    void uniformStartsAtZeroInPyTorchAndJax() {
        assertEquals(0, fill("torch.nn.init.uniform_").a());
        assertEquals(0, fill("jax.nn.initializers.uniform").a());
        assertEquals(-0.05, fill("keras.initializers.RandomUniform").a());
    }

    @Test
    void namesAreInOrderAndCannotBeChanged() {
        List<String> names = InitializerPresets.names();
        assertEquals("keras.initializers.Constant", names.get(0));
        assertEquals(names.size(), new HashSet<>(names).size());
        assertThrows(UnsupportedOperationException.class, () -> names.remove(0));
    }

    @ParameterizedTest
    @MethodSource("names")
    void aPresetIsAnInitializerByItsName(String name) {
        assertEquals(InitializerPresets.of(name).withSeed(7), Initializer.of(name, Map.of(), 7));
        assertFalse(Presets.names().contains(name));
    }

    @Test
    void noInitializerOfOursHasADot() {
        Initializer.definitions()
                .forEach(definition -> assertFalse(definition.name().contains(".")));
    }

    @Test
    void anUnknownNameIsRejectedWithTheNearestOnes() {
        assertNear("keras.initializers.glorot_normal", "keras.initializers.GlorotNormal");
        assertNear("torch.nn.init.xavier_normal", "torch.nn.init.xavier_normal_");
        assertNear("jax.initializers.he_normal", "jax.nn.initializers.he_normal");
    }

    private static void assertNear(String unknown, String known) {
        var e = assertThrows(IllegalArgumentException.class, () -> InitializerPresets.of(unknown));
        assertTrue(
                e.getMessage().startsWith("no preset is named " + unknown + "; near are ["),
                e.getMessage());
        assertTrue(e.getMessage().contains(known), e.getMessage());
    }
}
