package dev.rectifier.cli.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.Elementwise;
import dev.rectifier.Initializer;
import dev.rectifier.RRelu;
import dev.rectifier.cli.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamedTest {
    @Test
    void aNameAloneTakesTheDefaults() {
        assertEquals(new Named<>("relu", Elementwise.relu()), Samples.activation(" relu "));
        assertEquals(Initializer.heNormal(0), Samples.initializer("heNormal").value());
    }

    @Test
    void parametersFollowTheName() {
        assertEquals(
                Elementwise.leakyRelu(0.2),
                Samples.activation("leakyRelu:negativeSlope=0.2").value());
        Named<?> rrelu = Samples.activation("rrelu:lower=3:upper=8:parametrization=divisor");
        assertEquals(RRelu.xu(3, 8), rrelu.value());
        assertEquals("rrelu:lower=3:upper=8:parametrization=divisor", rrelu.label());
        assertEquals(
                Initializer.randomNormal(0, 1, 0),
                Samples.initializer("randomNormal:stddev=1").value());
    }

    @ParameterizedTest
    @CsvSource({
        "tanhh, no activation is named tanhh",
        "relu:alpha=1, relu has no parameter alpha",
        "elu:alpha=one, alpha must be finite",
        "elu:alpha, a parameter is written as name:key=value",
        "elu:, a parameter is written as name:key=value",
        "elu:alpha=1:alpha=2, alpha is given twice",
    })
    void aMistakeIsRejectedByName(String text, String message) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> Samples.activation(text));
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }
}
