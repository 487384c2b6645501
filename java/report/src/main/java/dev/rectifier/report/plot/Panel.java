package dev.rectifier.report.plot;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Some curves in one frame.
 *
 * @param title what is written above it
 * @param x its horizontal axis
 * @param y its vertical axis
 * @param drawings one per curve
 */
record Panel(String title, Range x, Range y, List<Drawing> drawings) {
    /** A power of two, so that round numbers are among the places, knees above all. */
    private static final int STEPS = 1024;

    /**
     * What is seen of a curve.
     *
     * @param name the curve's
     */
    record Drawing(String name, List<Stroke> strokes) {}

    /**
     * Draws curves.
     *
     * @param usual the magnitude that values of such curves have
     */
    static Panel of(String title, List<Curve> curves, Range x, double usual) {
        double[] at = IntStream.rangeClosed(0, STEPS).mapToDouble(i -> place(x, i)).toArray();
        List<double[]> values = curves.stream().map(curve -> curve.values().at(at)).toList();
        Range y = Frame.of(values, usual);
        List<Drawing> drawings =
                IntStream.range(0, curves.size())
                        .mapToObj(
                                i ->
                                        new Drawing(
                                                curves.get(i).name(),
                                                Pen.draw(curves.get(i), x, y, at, values.get(i))))
                        .toList();
        return new Panel(title, x, y, drawings);
    }

    private static double place(Range x, int step) {
        return step == STEPS ? x.high() : x.at((double) step / STEPS);
    }
}
