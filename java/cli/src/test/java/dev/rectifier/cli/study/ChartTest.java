package dev.rectifier.cli.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.cli.study.Chart.Axes;
import dev.rectifier.cli.study.Chart.Decades;
import dev.rectifier.cli.study.Chart.Line;
import dev.rectifier.cli.study.Chart.Pen;
import dev.rectifier.cli.study.Chart.Percent;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChartTest {
    private static String svg(int steps, Chart.Scale scale, double... values) {
        Line line = new Line("relu", Pen.number(2), values);
        return new Chart("t", new Axes("x", steps, "y", scale), List.of(line)).svg();
    }

    private static int count(String part, String in) {
        return in.split(part, -1).length - 1;
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, 0.2, 0.0 0.2 0.4 0.6 0.8 1.0",
        "0.03, 3, 1, 0 1 2 3",
        "0.65, 80, 20, 0 20 40 60 80",
        "1, 100, 20, 0 20 40 60 80 100",
    })
    void aPercentScaleHasFewRoundTicks(double share, double max, double step, String labels) {
        Percent scale = Percent.upTo(share);
        assertEquals(max, scale.max(), 1e-9);
        assertEquals(step, scale.step(), 1e-9);
        assertEquals(labels, String.join(" ", scale.ticks().stream().map(scale::label).toList()));
    }

    @Test
    void decadesReachAroundAllThatCanBeShown() {
        assertEquals(
                new Decades(-12, 2),
                Decades.around(new double[] {0, 1.5e-12, 31, Double.NaN, 1.0 / 0}));
        assertEquals(new Decades(-1, 0), Decades.around(new double[] {0.1}));
        assertEquals(new Decades(0, 1), Decades.around(new double[] {0, -1}));
        assertEquals(0.5, new Decades(-2, 0).position(0.1), 1e-15);
        assertEquals(
                List.of(1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2, 1.0, 1e2).toString(),
                new Decades(-12, 2).ticks().toString());
        assertTrue(new Decades(-12, 2).label(1e-10).contains(">−10<"));
    }

    @Test
    void aLineRunsFromTheBottomLeftToTheTopRight() {
        String svg = svg(3, Percent.upTo(1), 0, 0.5, 1);
        assertTrue(svg.contains("d=\"M64.0 226.0L222.0 128.0L380.0 30.0\""), svg);
    }

    @Test
    void whatHasNoPlaceIsLeftOut() {
        String svg = svg(3, new Decades(-2, 0), 0, 0.1, Double.NaN);
        assertTrue(svg.contains("d=\"M222.0 128.0\""), svg);
        assertFalse(svg.contains("NaN"), svg);
        assertTrue(svg(3, new Decades(-2, 0), 0, 0, 0).contains("nothing to show"));
    }

    @Test
    void fewPointsAreMarkedAndSoIsTheEndOfALineThatStopsEarly() {
        assertEquals(3, count("<circle", svg(3, Percent.upTo(1), 0, 0.5, 1)));
        assertEquals(0, count("<circle", svg(20, Percent.upTo(1), new double[20])));
        assertEquals(1, count("<circle", svg(20, Percent.upTo(1), 0, 0.5, 1)));
        assertEquals(1, count("<circle", svg(1, Percent.upTo(1), 0.5)));
    }

    @ParameterizedTest
    @CsvSource({"8, 8", "10, 10", "20, 10", "30, 6", "1000, 10"})
    void theXAxisHasAtMostTenLabels(int steps, int labels) {
        String svg = svg(steps, new Decades(0, 1));
        assertEquals(labels, count("y=\"242.0\"", svg), svg);
    }

    @Test
    void pensDiffer() {
        Set<Pen> pens = new HashSet<>();
        for (int i = 0; i < 24; i++) {
            pens.add(Pen.number(i));
        }
        assertEquals(24, pens.size());
        assertNotEquals(Pen.number(0).colour(), Pen.number(1).colour());
    }
}
