package dev.rectifier.cli.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "0.0123, 0.012",
        "0.5, 0.50",
        "1, 1.0",
        "42.4, 42",
        "99.4, 99",
        "99.6, 1.0e2",
        "0.0099, 9.9e-3",
        "1.234e-12, 1.2e-12",
        "5e20, 5.0e20",
        "NaN, –",
        "Infinity, ∞",
    })
    void aScaleHasTwoDigits(double value, String text) {
        assertEquals(text, Figures.scale(value));
    }

    @ParameterizedTest
    @CsvSource({
        "0.001, 0.001",
        "1, 1",
        "1e-5, 0.00001",
        "2.50, 2.5",
        "1000, 1000",
        "1e-6, 1e-6",
        "0.00025, 0.00025",
        "1.25e-30, 1.25e-30",
        "1e-45, 1e-45",
        "3e38, 3e38",
        "12345678, 12345678",
        "-1e-30, -1e-30",
        "0, 0",
    })
    void aLearningRateIsShort(double value, String text) {
        assertEquals(text, Figures.plain(value));
    }

    @Test
    void noNumberIsLong() {
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            double value = Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(value)) {
                String text = Figures.plain(value);
                assertEquals(value, Double.parseDouble(text));
                assertTrue(text.length() <= Double.toString(value).length(), text);
            }
        }
    }

    @Test
    void theMedianOfAnEvenNumberIsBetweenTheTwoInTheMiddle() {
        assertEquals(2.5, Figures.median(List.of(9.0, 2.0, 3.0, 1.0), v -> v));
        assertEquals(3, Figures.median(List.of(9.0, 3.0, 1.0), v -> v));
        double never = Double.POSITIVE_INFINITY;
        assertEquals(never, Figures.median(List.of(1.0, never), v -> v));
        assertEquals("2.5", Figures.epochs(2.5));
        assertEquals("–", Figures.epochs(never));
    }

    @Test
    void theStandardDeviationIsThatOfASample() {
        assertEquals(Math.sqrt(2), Figures.sd(List.of(1.0, 3.0), v -> v), 1e-15);
        assertEquals(Double.NaN, Figures.sd(List.of(1.0), v -> v));
        assertEquals(Double.NaN, Figures.mean(List.<Double>of(), v -> v));
    }
}
