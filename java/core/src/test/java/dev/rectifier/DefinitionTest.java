package dev.rectifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DefinitionTest {
    private static final Definition<String> LINE =
            new Definition<>(
                    "line",
                    "slope * x + offset",
                    List.of(Parameter.finite("slope", 1), Parameter.number("offset", 0, -1, 1)),
                    p -> p[0] + "x + " + p[1]);
    private static final Definition<String> NOTHING =
            new Definition<>("nothing", "0", List.of(), p -> "0");

    private static void assertRejected(String message, Runnable call) {
        var e = assertThrows(IllegalArgumentException.class, call::run);
        assertEquals(message, e.getMessage());
    }

    @Test
    void whatIsNotGivenTakesItsDefault() {
        assertEquals("1.0x + 0.0", LINE.withDefaults());
        assertEquals("1.0x + 0.0", LINE.parse(Map.of()));
        assertEquals("1.0x + 0.5", LINE.parse(Map.of("offset", "0.5")));
        assertEquals("3.0x + -1.0", LINE.create(3, -1));
    }

    @Test
    void defaultsAreANewArray() {
        LINE.defaults()[0] = 9;
        assertEquals(1, LINE.defaults()[0]);
    }

    @Test
    void theWrongNumberOfParametersIsRejectedWithTheValues() {
        assertRejected("line takes 2 parameters, not [3.0]", () -> LINE.create(3));
        assertRejected("nothing takes 0 parameters, not [1.0]", () -> NOTHING.create(1));
    }

    @Test
    void anIllegalValueIsRejectedByItsParameter() {
        assertRejected("offset must be from -1.0 to 1.0, not 2.0", () -> LINE.create(1, 2));
        assertRejected(
                "offset must be from -1.0 to 1.0, not 2.0",
                () -> LINE.parse(Map.of("offset", "2")));
        assertRejected("slope must be finite, not NaN", () -> LINE.create(Double.NaN, 0));
    }

    @Test
    void anUnknownParameterIsRejectedWithTheKnownOnes() {
        assertRejected(
                "line has no parameter slop; it has [slope, offset]",
                () -> LINE.parse(Map.of("slop", "1")));
        assertRejected("nothing has no parameter slope", () -> NOTHING.parse(Map.of("slope", "1")));
    }

    @Test
    void anUnknownNameIsRejectedWithTheKnownOnes() {
        List<Definition<String>> registry = List.of(LINE, NOTHING);
        assertEquals(NOTHING, Definition.find("curve", "nothing", registry));
        assertRejected(
                "no curve is named Line; there are [line, nothing]",
                () -> Definition.find("curve", "Line", registry));
    }

    @Test
    void aCallIsWrittenWithNumbersAndWords() {
        assertEquals("line(2.0, 0.5)", LINE.call(2, 0.5));
        assertTrue(
                RRelu.DEFINITION
                        .call(RRelu.DEFINITION.defaults())
                        .endsWith(", RRelu.Parametrization.SLOPE)"));
    }
}
