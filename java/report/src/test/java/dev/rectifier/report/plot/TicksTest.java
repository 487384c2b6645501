package dev.rectifier.report.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TicksTest {
    @ParameterizedTest
    @CsvSource({
        "-6, 6, 7, -6 -4 -2 0 2 4 6",
        "-6, 6, 6, -5 0 5",
        "-0.04, 1.04, 6, 0 0.2 0.4 0.6 0.8 1",
        "0, 100, 3, 0 50 100",
        "0, 1e9, 3, 0 5e8 1e9",
        "-3e-9, 3e-9, 3, -2e-9 0 2e-9",
        "999999, 1000001, 3, 999999 1e6 1000001",
        "-1e30, 1e30, 3, -1e30 0 1e30",
        "0.1, 0.9, 1, 0.5",
        "1000000, 1000000.5, 2, 1e6 1000000.5"
    })
    void ticksAreRoundAndNotTooMany(double low, double high, int most, String labels) {
        assertEquals(
                labels,
                Ticks.of(new Range(low, high), most).stream()
                        .map(Ticks::label)
                        .collect(Collectors.joining(" ")));
    }

    @ParameterizedTest
    @CsvSource({
        "0.000, 0",
        "-0.50, -0.5",
        "100000, 100000",
        "1500000, 1.5e6",
        "0.00025, 2.5e-4",
        "0.0025, 0.0025",
        "-1234567, -1234567"
    })
    void aLabelIsShort(BigDecimal tick, String label) {
        assertEquals(label, Ticks.label(tick));
    }
}
