package dev.rectifier.report.plot;

import dev.rectifier.report.plot.Stroke.Point;
import java.util.ArrayList;
import java.util.List;

/**
 * Draws a curve as far as it is in a frame. It is lifted where the curve leaves the frame, where it
 * jumps and where it is NaN.
 */
final class Pen {
    /** A change by more than this share of the frame within no distance is a jump. */
    private static final double JUMP = 1.0 / 500;

    /** This share of the horizontal axis is no distance; a slope is steep for much more of it. */
    private static final double NO_DISTANCE = 0x1p-40;

    /** Less than a tenth of a pixel. */
    private static final double TOLERANCE = 1.0 / 4000;

    private final Curve curve;
    private final Range x;
    private final Range y;
    private final List<Stroke> strokes = new ArrayList<>();
    private List<Point> stroke = new ArrayList<>();

    private Pen(Curve curve, Range x, Range y) {
        this.curve = curve;
        this.x = x;
        this.y = y;
    }

    /**
     * The strokes of a curve.
     *
     * @param at where it has been computed, in ascending order
     * @param values what came out
     */
    static List<Stroke> draw(Curve curve, Range x, Range y, double[] at, double[] values) {
        Pen pen = new Pen(curve, x, y);
        for (int i = 0; i + 1 < at.length; i++) {
            pen.draw(point(at[i], values[i]), point(at[i + 1], values[i + 1]));
        }
        pen.lift();
        return pen.strokes.stream().map(s -> s.simplified(TOLERANCE * y.size())).toList();
    }

    /** An infinite value is one that is far out of the frame. */
    private static Point point(double x, double y) {
        return new Point(x, Math.max(-Frame.LIMIT, Math.min(Frame.LIMIT, y)));
    }

    private void draw(Point a, Point b) {
        Point left = a;
        Point right = b;
        while (differ(left, right) && right.x() - left.x() > NO_DISTANCE * x.size()) {
            double middle = left.x() + (right.x() - left.x()) / 2;
            if (middle == left.x() || middle == right.x()) {
                break;
            }
            Point point = point(middle, curve.at(middle));
            if (change(left, point) >= change(point, right)) {
                right = point;
            } else {
                left = point;
            }
        }
        if (differ(left, right)) {
            line(a, left);
            lift();
            line(right, b);
        } else {
            line(a, b);
        }
    }

    private boolean differ(Point a, Point b) {
        return change(a, b) > JUMP * y.size();
    }

    /** How much of the frame lies between them; infinitely much if just one is NaN. */
    private double change(Point a, Point b) {
        if (Double.isNaN(a.y()) || Double.isNaN(b.y())) {
            return Double.isNaN(a.y()) == Double.isNaN(b.y()) ? 0 : Double.POSITIVE_INFINITY;
        }
        return Math.abs(y.clamp(a.y()) - y.clamp(b.y()));
    }

    /** Draws what is in the frame of a straight line. */
    private void line(Point a, Point b) {
        boolean above = Math.min(a.y(), b.y()) > y.high();
        boolean below = Math.max(a.y(), b.y()) < y.low();
        if (Double.isNaN(a.y() + b.y()) || above || below) {
            lift();
            return;
        }
        double rise = b.y() - a.y();
        double atLow = rise == 0 ? 0 : (y.low() - a.y()) / rise;
        double atHigh = rise == 0 ? 1 : (y.high() - a.y()) / rise;
        double enters = Math.max(0, Math.min(atLow, atHigh));
        double leaves = Math.min(1, Math.max(atLow, atHigh));
        if (enters > 0) {
            lift();
        }
        add(between(a, b, enters));
        add(between(a, b, leaves));
        if (leaves < 1) {
            lift();
        }
    }

    private Point between(Point a, Point b, double share) {
        double height = share == 1 ? b.y() : a.y() + share * (b.y() - a.y());
        return new Point(a.x() + share * (b.x() - a.x()), y.clamp(height));
    }

    private void add(Point point) {
        if (stroke.isEmpty() || !stroke.get(stroke.size() - 1).equals(point)) {
            stroke.add(point);
        }
    }

    private void lift() {
        if (!stroke.isEmpty()) {
            strokes.add(new Stroke(stroke));
            stroke = new ArrayList<>();
        }
    }
}
