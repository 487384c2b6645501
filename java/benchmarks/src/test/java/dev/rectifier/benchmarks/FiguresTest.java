package dev.rectifier.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "0.0001234, 0.000123",
        "0.0999, 0.0999",
        "1, 1.00",
        "9.996, 10.0",
        "12345, 12345"
    })
    void figuresHaveThreeDigits(double value, String text) {
        assertEquals(text, Figures.digits(value));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "64, 64", "1000, 1000", "1024, 1K", "65536, 64K", "16777216, 16M"})
    void lengthsAreReadAsTheyAreWritten(int length, String text) {
        assertEquals(text, Figures.length(length));
        assertEquals(length, new BenchCommand.SizeConverter().convert(text));
    }
}
