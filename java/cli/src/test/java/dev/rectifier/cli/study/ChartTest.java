package dev.rectifier.cli.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.report.Chart;
import dev.rectifier.report.Chart.Line;
import dev.rectifier.report.Chart.Scale;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChartTest {
    private static final double NAN = Double.NaN;

    private static String svg(Scale scale, int steps, double... values) {
        return svg(steps, scale, List.of(new Line("column", "row", "relu", values)));
    }

    private static String svg(int steps, Scale scale, List<Line> lines) {
        List<String> names = lines.stream().map(Line::name).distinct().toList();
        return new Chart("across", steps, "up", scale, names, lines).svg();
    }

    private static int count(String pattern, String svg) {
        return (int) Pattern.compile(pattern).matcher(svg).results().count();
    }

    /** The labels of the vertical axis. */
    private static List<String> ticks(String svg) {
        List<String> labels = new ArrayList<>(Samples.labels(svg));
        labels.removeAll(List.of("across", "up", "column", "row", "relu", "1", "2", "3"));
        return labels;
    }

    @Test
    void everyTitleAndNameIsWrittenAndNoneIsMarkup() throws Exception {
        String svg =
                svg(
                        2,
                        Scale.PERCENT,
                        List.of(
                                new Line("<a>", "&", "x<y", new double[] {0, 1}),
                                new Line("b", "&", "\"z\"", new double[] {1, 0})));
        String text =
                DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)))
                        .getDocumentElement()
                        .getTextContent();
        List<String> words = Arrays.asList(text.split("\\s+"));
        assertTrue(
                words.containsAll(List.of("across", "up", "<a>", "b", "&", "x<y", "\"z\"")), text);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "0.004, 1", "0.61, 61", "1, 100"})
    void aPercentAxisReachesFromZeroToTheLargestShareOrOnePercent(double share, double top) {
        List<String> ticks = ticks(svg(Scale.PERCENT, 3, 0, share, 0));
        double[] values = ticks.stream().mapToDouble(Double::parseDouble).sorted().toArray();
        assertEquals(0, values[0]);
        double highest = values[values.length - 1];
        assertTrue(highest <= top && highest > 0.7 * top, ticks.toString());
    }

    @Test
    void aLogarithmicAxisIsOfWholePowersOfTen() {
        assertEquals(
                List.of("1e-12", "1e-10", "1e-8", "1e-6", "1e-4", "1e-2", "1e+0", "1e+2"),
                ticks(svg(Scale.LOGARITHMIC, 3, 1.5e-12, 1, 31)));
        assertEquals(List.of("1e-1", "1e+0"), ticks(svg(Scale.LOGARITHMIC, 3, 0.3, 0.3, 0.3)));
        assertEquals(List.of("1e+0", "1e+1"), ticks(svg(Scale.LOGARITHMIC, 3, 1, 1, 1)));
        assertEquals(List.of("1e+0", "1e+1"), ticks(svg(Scale.LOGARITHMIC, 3, 0, -1, NAN)));
    }

    @Test
    void whatHasNoPlaceIsLeftOut() {
        assertEquals(3, count("<circle", svg(Scale.LOGARITHMIC, 3, 1, 2, 3)));
        String svg = svg(Scale.LOGARITHMIC, 3, 0, 0.1, Double.POSITIVE_INFINITY);
        assertEquals(1, count("<circle", svg));
        // Not just anywhere: Lets-Plot's random ids might have it.
        assertEquals(0, count("[ \"][ML]?(NaN|-?Infinity)", svg), svg);
        assertEquals(0, count("<circle", svg(Scale.PERCENT, 3, NAN, NAN, NAN)));
    }

    @Test
    void fewPointsAreMarkedAndSoIsTheEndOfALineThatStopsEarly() {
        assertEquals(12, count("<circle", svg(Scale.PERCENT, 12, new double[12])));
        assertEquals(0, count("<circle", svg(Scale.PERCENT, 20, new double[20])));
        double[] stops = new double[20];
        Arrays.fill(stops, 3, 20, NAN);
        assertEquals(1, count("<circle", svg(Scale.PERCENT, 20, stops)));
    }

    @Test
    void twentyFourLinesLookDifferent() {
        List<Line> lines =
                IntStream.range(0, 24)
                        .mapToObj(i -> new Line("column", "row", "line " + i, new double[] {0, 1}))
                        .toList();
        String svg = svg(2, Scale.PERCENT, lines);
        Pattern look = Pattern.compile("<path[^>]* stroke=\"([^\"]*)\"[^>]*>");
        long looks =
                look.matcher(svg)
                        .results()
                        .filter(match -> match.group().contains("fill=\"none\""))
                        .map(match -> match.group(1) + match.group().replaceAll(".*dasharray", ""))
                        .distinct()
                        .count();
        assertEquals(24, looks);
    }
}
