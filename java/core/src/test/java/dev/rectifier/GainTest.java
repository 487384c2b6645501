package dev.rectifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GainTest {
    @Test
    void theTableIsThatOfPyTorch() {
        assertEquals(1, Gain.calculate(Nonlinearity.LINEAR, 0.01));
        assertEquals(1, Gain.calculate(Nonlinearity.SIGMOID, 0.01));
        assertEquals(5.0 / 3, Gain.calculate(Nonlinearity.TANH, 0.01));
        assertEquals(Math.sqrt(2), Gain.calculate(Nonlinearity.RELU, 0.01));
        assertEquals(1.4141428569978354, Gain.calculate(Nonlinearity.LEAKY_RELU, 0.01));
        assertEquals(
                1 / Math.sqrt(3), Gain.calculate(Nonlinearity.LEAKY_RELU, Math.sqrt(5)), 1e-15);
        assertEquals(0.75, Gain.calculate(Nonlinearity.SELU, 0.01));
    }

    /** Closed forms, and figures that were computed independently. */
    static Stream<Arguments> secondMoments() {
        return Stream.of(
                Arguments.of(Elementwise.linear(), 1, 1e-11),
                Arguments.of(Elementwise.relu(), Math.sqrt(2), 1e-11),
                Arguments.of(Elementwise.leakyRelu(0.01), Math.sqrt(2 / 1.0001), 1e-11),
                Arguments.of(Elementwise.exponential(), Math.exp(-1), 1e-11),
                Arguments.of(Elementwise.selu(), 1, 1e-11),
                Arguments.of(Elementwise.leakyRelu(11.0 / 48), 1.378480, 5e-7),
                Arguments.of(Elementwise.tanh(), 1.592537, 5e-7),
                Arguments.of(Elementwise.sigmoid(), 1.846229, 5e-7),
                Arguments.of(Elementwise.elu(1), 1.245198, 5e-7),
                Arguments.of(Elementwise.gelu(), 1.533530, 5e-7),
                Arguments.of(Elementwise.silu(), 1.676532, 5e-7));
    }

    @ParameterizedTest
    @MethodSource("secondMoments")
    void theGainForAUnitSecondMomentIsTheKnownOne(
            Elementwise f, double expected, double tolerance) {
        assertEquals(expected, Gain.unitSecondMoment(f), tolerance);
    }

    static Stream<Elementwise> elementwise() {
        return Stream.concat(
                Activation.definitions().stream()
                        .map(Definition::withDefaults)
                        .filter(Elementwise.class::isInstance)
                        .map(Elementwise.class::cast),
                Stream.of(
                        Elementwise.hardShrink(0.3),
                        Elementwise.threshold(0.123, -7),
                        Elementwise.softplus(50, 20)));
    }

    /** By a sum of small steps, coarse beside jumps. */
    @ParameterizedTest
    @MethodSource("elementwise")
    void theGainMakesTheSecondMomentOne(Elementwise f) {
        int steps = 1 << 20;
        double width = 32.0 / steps;
        double sum = 0;
        for (int i = 0; i < steps; i++) {
            double z = (i + 0.5) * width - 16;
            double value = f.valueAt(z);
            sum += value * value * Math.exp(-z * z / 2) * width;
        }
        double moment = sum / Math.sqrt(2 * Math.PI);
        double gain = Gain.unitSecondMoment(f);
        assertEquals(1, gain * gain * moment, 1e-4);
    }

    @Test
    void aFunctionThatGivesNothingHasNoGain() {
        Elementwise nothing = Elementwise.threshold(100, 0);
        var e = assertThrows(IllegalArgumentException.class, () -> Gain.unitSecondMoment(nothing));
        assertEquals(
                nothing + " has no gain: the mean of its square under N(0, 1) is 0.0",
                e.getMessage());
    }
}
