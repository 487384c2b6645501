package dev.rectifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParameterTest {
    private static final Parameter SLOPE = Parameter.finite("slope", 0.01);
    private static final Parameter SHARE = Parameter.number("share", 0.5, 0, 1);
    private static final Parameter MODE = Parameter.word("mode", Initializer.Mode.FAN_AVG);

    @Test
    void aNumberInItsRangeIsLegal() {
        for (double value : new double[] {0, 0.25, 1, Double.MIN_VALUE}) {
            assertEquals(value, SHARE.check(value));
            assertEquals(value, SHARE.parse(Double.toString(value)));
        }
        assertEquals(-Double.MAX_VALUE, SLOPE.check(-Double.MAX_VALUE));
    }

    @ParameterizedTest
    @ValueSource(
            doubles = {-Double.MIN_VALUE, 1.0000000000000002, Double.NaN, Double.POSITIVE_INFINITY})
    void aNumberOutOfItsRangeIsRejectedWithNameValueAndRange(double value) {
        var e = assertThrows(IllegalArgumentException.class, () -> SHARE.check(value));
        assertEquals("share must be from 0.0 to 1.0, not " + value, e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "abc", "0,5", "NaN", "-Infinity", "1e999"})
    void aTextThatIsNoLegalNumberIsRejectedWithNameAndRange(String text) {
        var e = assertThrows(IllegalArgumentException.class, () -> SLOPE.parse(text));
        assertTrue(e.getMessage().startsWith("slope must be finite, not "), e.getMessage());
    }

    @Test
    void aTextThatIsNoNumberIsQuoted() {
        var e = assertThrows(IllegalArgumentException.class, () -> SLOPE.parse("steep"));
        assertEquals("slope must be finite, not steep", e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "inf, Infinity",
        "+inf, Infinity",
        "-inf, -Infinity",
        "INF, Infinity",
        "-Inf, -Infinity",
        "infinity, Infinity",
        "Infinity, Infinity",
        "+INFINITY, Infinity",
        "-infinity, -Infinity",
        "nan, NaN",
        "NaN, NaN",
        "NAN, NaN",
        "-nan, NaN",
        "' inf ', Infinity",
        "1e3, 1000",
        "-0.0, -0.0",
        "1e-400, 0"
    })
    void infinityAndNanMayBeWrittenInAnyUsualWay(String text, double value) {
        assertEquals(value, Parameter.parseNumber(text));
        Parameter any =
                Parameter.number("any", 0, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
        if (Double.isNaN(value)) {
            var e = assertThrows(IllegalArgumentException.class, () -> any.parse(text));
            assertEquals("any must be finite or -Infinity or Infinity, not NaN", e.getMessage());
        } else {
            assertEquals(value, any.parse(text));
        }
        if (!Double.isFinite(value)) {
            var e = assertThrows(IllegalArgumentException.class, () -> SHARE.parse(text));
            assertEquals("share must be from 0.0 to 1.0, not " + value, e.getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "in", "infi", "+-inf", "inf inity", "nano", "1e999", "-1e999"})
    void whatIsNoNumberOrBeyondDoubleIsNoInfinity(String text) {
        assertThrows(NumberFormatException.class, () -> Parameter.parseNumber(text));
    }

    static Stream<Arguments> ends() {
        double max = Double.MAX_VALUE;
        float floatMax = Float.MAX_VALUE;
        return Stream.of(
                Arguments.of(-1e30, 1e30, -1e30, 1e30),
                Arguments.of(-max, max, -floatMax, floatMax),
                Arguments.of(Double.MIN_VALUE, max, Float.MIN_VALUE, floatMax),
                Arguments.of(Double.MIN_NORMAL, max, Float.MIN_NORMAL, floatMax),
                Arguments.of(0, 0.1, 0, 0.1));
    }

    @ParameterizedTest
    @MethodSource("ends")
    void theEndsOfARangeAreLegalInEachTypeAndWhatIsBeyondIsNot(
            double min, double max, double least, double most) {
        Parameter parameter = Parameter.number("p", min, min, max);
        for (double end : new double[] {min, max}) {
            assertEquals(end, parameter.check(end, DType.FLOAT64));
        }
        assertEquals((float) least, parameter.check(least, DType.FLOAT32));
        assertEquals((float) most, parameter.check(most, DType.FLOAT32));
        for (float beyond : new float[] {Math.nextDown((float) least), Math.nextUp((float) most)}) {
            var e =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> parameter.check(beyond, DType.FLOAT32));
            assertTrue(
                    e.getMessage().startsWith("p " + (double) beyond + " is out of the range of"),
                    e.getMessage());
        }
    }

    @Test
    void aWordIsTheIndexOfAConstantInCamelCase() {
        assertEquals(List.of("fanIn", "fanOut", "fanAvg", "fanGeoAvg"), MODE.words());
        assertEquals(Initializer.Mode.FAN_AVG.ordinal(), MODE.defaultValue());
        for (Initializer.Mode mode : Initializer.Mode.values()) {
            assertEquals(mode.ordinal(), MODE.check(mode.ordinal()));
            assertEquals(mode.ordinal(), MODE.parse(MODE.words().get(mode.ordinal())));
            assertEquals(MODE.words().get(mode.ordinal()), MODE.format(mode.ordinal()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "FAN_IN", "fanin", "0"})
    void aTextThatIsNoneOfTheWordsIsRejectedWithAllOfThem(String text) {
        var e = assertThrows(IllegalArgumentException.class, () -> MODE.parse(text));
        assertEquals(
                "mode must be one of fanIn, fanOut, fanAvg, fanGeoAvg, not " + text,
                e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, 0.5, 4, Double.NaN})
    void aNumberThatIsNoIndexOfAWordIsRejected(double value) {
        assertThrows(IllegalArgumentException.class, () -> MODE.check(value));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.01, 1e-300, -5e20, 1.0 / 3})
    void whatIsFormattedCanBeParsed(double value) {
        assertEquals(value, SLOPE.parse(SLOPE.format(value)));
    }

    @Test
    void rangesAreSaidInWords() {
        assertEquals("finite", SLOPE.range());
        assertEquals("from 0.0 to 1.0", SHARE.range());
        assertEquals(
                "finite and > 0",
                Parameter.number("scale", 1, Double.MIN_VALUE, Double.MAX_VALUE).range());
        assertEquals(
                "finite and >= 0.0", Parameter.number("stddev", 1, 0, Double.MAX_VALUE).range());
        assertEquals("one of fanIn, fanOut, fanAvg, fanGeoAvg", MODE.range());
    }
}
