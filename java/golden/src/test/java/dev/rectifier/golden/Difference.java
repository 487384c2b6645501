package dev.rectifier.golden;

import dev.rectifier.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A point where a preset and its model differ by more than the sum of their errors.
 *
 * @param preset the name of the preset
 * @param dtype the type of the data
 * @param direction {@code forward} or {@code backward}
 * @param x where
 * @param theirs what the other system computes
 * @param ours what we compute
 */
record Difference(
        String preset, DType dtype, String direction, double x, double theirs, double ours) {
    /**
     * The points that {@code exceptions.txt} lists, each line with a reason.
     *
     * <p>A line is {@code presets|dtype|direction|x|theirs|ours|reason}, with several presets
     * separated by semicolons, several x by blanks, and * for both types.
     */
    static Stream<Difference> listed() {
        return GoldenCase.lines("exceptions.txt").flatMap(Difference::parse);
    }

    private static Stream<Difference> parse(String line) {
        String[] parts = line.split("\\|");
        if (parts.length != 7 || parts[6].isBlank()) {
            throw new IllegalArgumentException(
                    "not presets|dtype|direction|x|theirs|ours|reason: " + line);
        }
        List<DType> types =
                parts[1].equals("*")
                        ? DType.arithmeticTypes()
                        : List.of(DType.valueOf(parts[1].toUpperCase(Locale.ROOT)));
        List<Difference> points = new ArrayList<>();
        double theirs = Double.parseDouble(parts[4]);
        double ours = Double.parseDouble(parts[5]);
        for (String preset : parts[0].split(";")) {
            for (DType dtype : types) {
                for (String x : parts[3].split(" ")) {
                    double at = dtype.round(Double.parseDouble(x));
                    points.add(new Difference(preset.strip(), dtype, parts[2], at, theirs, ours));
                }
            }
        }
        return points.stream();
    }

    /** Where it is, without the values. */
    String place() {
        return preset + "|" + dtype + "|" + direction + "|" + x;
    }

    /** The same point, and values that agree in the digits that people write. */
    boolean isSameAs(Difference other) {
        return place().equals(other.place())
                && agree(theirs, other.theirs)
                && agree(ours, other.ours);
    }

    private static boolean agree(double a, double b) {
        return Double.compare(a, b) == 0
                || a != 0 && b != 0 && Math.abs(a - b) <= 1e-4 * Math.abs(a);
    }

    @Override
    public String toString() {
        return String.join(
                "|",
                preset,
                dtype.name().toLowerCase(Locale.ROOT),
                direction,
                Double.toString(x),
                Double.toString(theirs),
                Double.toString(ours));
    }
}
