package dev.rectifier.report.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextPlotTest {
    private static final Range X = Range.horizontal(-6, 6);

    private static final Curve RELU = curve("relu", x -> Math.max(x, 0));
    private static final Curve RELU_DERIVATIVE = curve("relu", x -> x > 0 ? 1 : 0);
    private static final Curve ELU = curve("elu", x -> x > 0 ? x : Math.expm1(x));
    private static final Curve ELU_DERIVATIVE = curve("elu", x -> x > 0 ? 1 : Math.exp(x));

    private static Curve curve(String name, DoubleUnaryOperator f) {
        return new Curve(name, x -> Arrays.stream(x).map(f).toArray());
    }

    /** A text block has the line ends of Unix. */
    private static String text(Picture picture, Signs signs) {
        return picture.text(signs).replace(System.lineSeparator(), "\n");
    }

    @Test
    void aSingleFunctionIsDrawnInBraille() {
        assertEquals(
                """
                relu
                                   f(x)                                     f′(x)
                6 ┤                  ┊                ⡠    1 ┤                 ⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤
                  │                  ┊               ⡔⠁      │                 ┊
                  │                  ┊             ⢀⠎        │                 ┊
                  │                  ┊            ⢠⠊     0.8 ┤                 ┊
                  │                  ┊           ⡰⠁          │                 ┊
                4 ┤                  ┊         ⢀⠜            │                 ┊
                  │                  ┊        ⢀⠎         0.6 ┤                 ┊
                  │                  ┊       ⡠⠃              │                 ┊
                  │                  ┊      ⡔⠁           0.4 ┤                 ┊
                2 ┤                  ┊    ⢀⠎                 │                 ┊
                  │                  ┊   ⢠⠃                  │                 ┊
                  │                  ┊  ⡰⠁               0.2 ┤                 ┊
                  │                  ┊⢀⠜                     │                 ┊
                  │                  ⢠⠊                      │                 ┊
                0 ┤⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠃┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈    0 ┤⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠂┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈
                  └┬─────┬─────┬─────┬────┬─────┬─────┬      └┬────┬─────┬─────┬────┬─────┬────┬
                   -6    -4    -2    0    2     4     6       -6   -4    -2    0    2     4    6""",
                text(Picture.of(List.of(RELU), List.of(RELU_DERIVATIVE), X), Signs.UNICODE));
    }

    @Test
    void severalFunctionsInAsciiTakeTurnsWhereTheyCoincide() {
        Picture picture =
                Picture.of(List.of(RELU, ELU), List.of(RELU_DERIVATIVE, ELU_DERIVATIVE), X);
        assertEquals(
                """
                a relu  b elu
                                   f(x)                                     f'(x)
                  |                  :                       |                 :
                6 +                  :               ab    1 +                bbabababababababab
                  |                  :             ab        |                b:
                  |                  :            b      0.8 +                b:
                4 +                  :          ba           |                b:
                  |                  :        ba             |               b :
                  |                  :       a           0.6 +               b :
                  |                  :     ab                |              bb :
                2 +                  :    b              0.4 +              b  :
                  |                  :  ba                   |             bb  :
                  |                  :ba                     |             b   :
                  |                  a                   0.2 +           bb    :
                0 +aaaaaaaaaaaaaaaaaba.................      |          bb     :
                  |bbbbbbbbbbbbbbbb  :                     0 +abababababaaaaaaaa................
                  |                  :                       |                 :
                  ++-----+-----+-----+----+-----+-----+      ++-----+----+-----+----+-----+----+
                   -6    -4    -2    0    2     4     6       -6    -4   -2    0    2     4    6""",
                text(picture, Signs.ASCII));
    }

    @Test
    void inBrailleEveryCurveHasItsLetterHoweverMany() {
        List<Curve> curves =
                IntStream.range(0, 10)
                        .mapToObj(i -> curve("c" + i, x -> 0.1 * i * Math.tanh(x + i - 5)))
                        .toList();
        String text = text(Picture.of(curves, curves, X), Signs.UNICODE);
        String drawing = text.substring(text.indexOf("f′(x)") + 5);
        for (char mark = 'a'; mark < 'a' + 10; mark++) {
            assertTrue(drawing.indexOf(mark) >= 0, mark + text);
        }
    }

    @Test
    void aCurveThatIsSeenOnlyInPartHasItsLetterThere() {
        Curve exp = curve("exp", x -> Math.exp(40 * x));
        String text = text(Picture.of(List.of(RELU, exp), List.of(RELU, exp), X), Signs.UNICODE);
        assertTrue(text.substring(text.indexOf("f(x)")).contains("b"), text);
    }

    @ParameterizedTest
    @CsvSource({"-6, 6", "999999, 1000000", "-1e-5, 1e-5", "-1e30, 1e30", "1e29, 1e30"})
    void numbersOfAnyLengthLeaveRoomForTheCurves(double from, double to) {
        Range x = Range.horizontal(from, to);
        for (Signs signs : Signs.values()) {
            String text = text(Picture.of(List.of(RELU), List.of(RELU_DERIVATIVE), x), signs);
            List<String> lines = text.lines().toList();
            assertEquals(19, lines.size(), text);
            lines.forEach(line -> assertTrue(line.length() <= 80, text));
            assertTrue(lines.get(18).strip().split(" +").length >= 2, text);
        }
    }

    @Test
    void valuesThatAreNotNumbersLeaveTheFrameEmpty() {
        Curve nan = curve("nan", x -> Double.NaN);
        Curve infinite = curve("infinite", x -> Double.NEGATIVE_INFINITY);
        String text = text(Picture.of(List.of(nan), List.of(infinite), X), Signs.ASCII);
        assertFalse(text.contains("*"), text);
    }

    @Test
    void manyNamesAreWrapped() {
        List<Curve> curves =
                IntStream.range(0, 20).mapToObj(i -> curve("function" + i, x -> i)).toList();
        List<String> lines = text(Picture.of(curves, curves, X), Signs.ASCII).lines().toList();
        assertTrue(lines.get(0).startsWith("a function0  b function1"), lines.get(0));
        assertTrue(lines.get(3).endsWith("t function19"), lines.get(3));
        lines.forEach(line -> assertTrue(line.length() <= 80, line));
    }

    @ParameterizedTest
    @CsvSource({
        "UTF-8, UNICODE",
        "UTF-16, UNICODE",
        "GB18030, UNICODE",
        "US-ASCII, ASCII",
        "ISO-8859-1, ASCII",
        "windows-1252, ASCII",
        "IBM437, ASCII"
    })
    void theSignsAreThoseOfTheCharset(String charset, Signs expected) {
        assertEquals(expected, Signs.of(Charset.forName(charset)));
    }

    @Test
    void asciiIsAscii() {
        Picture picture = Picture.of(List.of(RELU), List.of(RELU_DERIVATIVE), X);
        String text = picture.text(Signs.ASCII);
        assertTrue(StandardCharsets.US_ASCII.newEncoder().canEncode(text), text);
    }
}
