package dev.rectifier.report.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SvgPlotTest {
    private static Curve curve(String name, DoubleUnaryOperator f) {
        return new Curve(name, x -> Arrays.stream(x).map(f).toArray());
    }

    private static String svg(double from, double to, Curve... curves) {
        List<Curve> all = List.of(curves);
        return Picture.of(all, all, Range.horizontal(from, to)).svg();
    }

    private static long count(String pattern, String svg) {
        return Pattern.compile(pattern).matcher(svg).results().count();
    }

    @Test
    void everyStrokeIsAPathInTheColourOfItsCurve() {
        String svg = svg(-6, 6, curve("step", x -> x > 0 ? 1 : 0), curve("line", x -> x));
        assertEquals(4, count("<path[^>]* stroke=\"rgb\\(0,114,178\\)\"", svg));
        assertEquals(2, count("<path[^>]* stroke=\"rgb\\(213,94,0\\)\"[^>]*dasharray", svg));
    }

    /** What the paths of so many curves are drawn with: width, colour and dashes. */
    private static Stream<String> looks(int count) {
        Curve[] curves =
                IntStream.range(0, count)
                        .mapToObj(i -> curve("curve" + i, x -> i))
                        .toArray(Curve[]::new);
        return Pattern.compile("<path d=[^>]* (stroke-width=\"(1.98|3.96)\" stroke=[^>]*)>")
                .matcher(svg(-6, 6, curves))
                .results()
                .map(match -> match.group(1));
    }

    @Test
    void twentyFourCurvesLookDifferent() {
        assertEquals(24, looks(24).distinct().count());
    }

    @Test
    void twelveCurvesLookDifferentWithoutColour() {
        Stream<String> grey = looks(12).map(look -> look.replaceAll("rgb\\([^)]*\\)", ""));
        assertEquals(12, grey.distinct().count());
    }

    @Test
    void thereIsAPictureEvenOfNothing() {
        assertTrue(svg(1, 2, curve("nan", x -> Double.NaN)).contains("f(x)"));
        String svg = svg(1, 2, curve("exp", Math::exp));
        assertEquals(0, count("rgb\\(168,168,168\\)", svg), "neither axis has a zero");
    }

    @Test
    void idsAreNumberedAndCoordinatesRounded() {
        String svg = svg(-1, 1, curve("sin", Math::sin));
        assertEquals(count(" id=\"", svg), count(" id=\"id\\d+\"", svg));
        assertEquals(count("url\\(#", svg), count("url\\(#id\\d+\\)", svg));
        assertFalse(Pattern.compile("\"[^\"<>]*\\.\\d{3,}").matcher(svg).find(), svg);
    }

    @Test
    void theNumbersOfTheAxesAreNotRounded() {
        assertTrue(svg(0, 0.001, curve("x", x -> x)).contains("0.0002"));
    }

    @Test
    void itCanBeShrunk() {
        assertTrue(
                Pattern.compile(
                                "^<svg [^>]*viewBox=\"0 0 (\\S+) (\\S+)\" width=\"\\1\" height=\"\\2\"")
                        .matcher(svg(-1, 1, curve("x", x -> x)))
                        .find());
    }
}
