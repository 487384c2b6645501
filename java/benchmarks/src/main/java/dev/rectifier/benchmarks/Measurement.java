package dev.rectifier.benchmarks;

import java.util.List;

/**
 * A figure that isn't the time of one call.
 *
 * @param subject whose or of what task
 * @param values one of each round
 */
public record Measurement(
        String section, String subject, String what, String unit, List<Double> values) {
    Measurement with(List<Double> values) {
        return new Measurement(section, subject, what, unit, values);
    }

    Spread spread() {
        return Spread.of(values);
    }
}
