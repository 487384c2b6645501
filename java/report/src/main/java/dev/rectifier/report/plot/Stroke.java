package dev.rectifier.report.plot;

import java.util.ArrayList;
import java.util.List;

/**
 * A line to be drawn without lifting the pen.
 *
 * @param points from left to right
 */
record Stroke(List<Point> points) {
    /** A place in the picture, in the units of its axes. */
    record Point(double x, double y) {}

    /**
     * The same line with fewer points, by Ramer, Douglas and Peucker.
     *
     * @param tolerance by how much it may differ vertically
     */
    Stroke simplified(double tolerance) {
        List<Point> kept = new ArrayList<>(List.of(points.get(0)));
        keep(0, points.size() - 1, tolerance, kept);
        return new Stroke(kept);
    }

    /** Adds what is needed of the points after the first one up to the last one. */
    private void keep(int first, int last, double tolerance, List<Point> kept) {
        if (first == last) {
            return;
        }
        Point a = points.get(first);
        Point b = points.get(last);
        double largest = tolerance;
        int farthest = last;
        for (int i = first + 1; i < last; i++) {
            Point p = points.get(i);
            double chord = a.y + (b.y - a.y) * ((p.x - a.x) / (b.x - a.x));
            double distance = Math.abs(p.y - chord);
            if (distance > largest) {
                largest = distance;
                farthest = i;
            }
        }
        if (farthest == last) {
            kept.add(b);
        } else {
            keep(first, farthest, tolerance, kept);
            keep(farthest, last, tolerance, kept);
        }
    }
}
