package dev.rectifier.spark;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;

/**
 * L-BFGS (Nocedal and Wright, <i>Numerical Optimization</i>, 2nd edition, algorithms 7.4 and 7.5)
 * with a line search for the strong Wolfe conditions (algorithms 3.5 and 3.6), all in double and in
 * one order.
 */
final class Lbfgs {
    private static final int PAIRS = 10;
    private static final double DECREASE = 1e-4;
    private static final double CURVATURE = 0.9;
    private static final int MOST_TRIALS = 30;
    private static final int REMEMBERED = 20;
    private static final double SMALLEST_GRADIENT = 1e-8;

    /** What is minimized. */
    interface Objective {
        /** The value at {@code x}; overwrites {@code gradient}. */
        double at(double[] x, double[] gradient);
    }

    /** Hears of each iteration. */
    interface Listener {
        /** Whether to go on, after the iteration that led to {@code x}. */
        boolean iterated(double[] x, double value);
    }

    private record Pair(double[] s, double[] y, double rho) {}

    private record Point(double step, double value, double slope, double[] x, double[] gradient) {}

    private final Objective objective;
    private final int maxIter;
    private final double tol;
    private final Deque<Pair> pairs = new ArrayDeque<>();

    Lbfgs(Objective objective, int maxIter, double tol) {
        this.objective = objective;
        this.maxIter = maxIter;
        this.tol = tol;
    }

    /**
     * Goes down from {@code start}.
     *
     * @param listener hears of the start first, which is no iteration
     * @return the last point
     */
    double[] minimize(double[] start, Listener listener) {
        double[] x = start.clone();
        double[] gradient = new double[x.length];
        double value = objective.at(x, gradient);
        double first = Math.abs(value);
        Deque<Double> last = new ArrayDeque<>();
        last.add(value);
        boolean goOn = listener.iterated(x, value) && !isFlat(gradient, value);
        for (int i = 0; i < maxIter && goOn && Double.isFinite(value); i++) {
            double[] direction = direction(gradient);
            double slope = dot(direction, gradient);
            if (!(slope < 0)) {
                pairs.clear();
                direction = direction(gradient);
                slope = dot(direction, gradient);
            }
            double step = pairs.isEmpty() ? Math.min(1, 1 / norm(gradient)) : 1;
            Point next = search(new Point(0, value, slope, x, gradient), direction, step);
            if (next == null && !pairs.isEmpty()) {
                // What is remembered of the curvature may be wrong.
                pairs.clear();
                direction = direction(gradient);
                slope = dot(direction, gradient);
                next =
                        search(
                                new Point(0, value, slope, x, gradient),
                                direction,
                                Math.min(1, 1 / norm(gradient)));
            }
            if (next == null) {
                break;
            }
            remember(x, gradient, next);
            x = next.x;
            gradient = next.gradient;
            value = next.value;
            double highest = last.stream().mapToDouble(v -> v).max().orElseThrow();
            goOn =
                    listener.iterated(x, value)
                            && !isFlat(gradient, value)
                            && Math.abs(highest - value) > tol * first;
            last.add(value);
            if (last.size() > REMEMBERED) {
                last.remove();
            }
        }
        return x;
    }

    private boolean isFlat(double[] gradient, double value) {
        return norm(gradient) <= Math.max(tol * Math.abs(value), SMALLEST_GRADIENT);
    }

    private void remember(double[] x, double[] gradient, Point next) {
        double[] s = new double[x.length];
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            s[i] = next.x[i] - x[i];
            y[i] = next.gradient[i] - gradient[i];
        }
        double sy = dot(s, y);
        if (sy > 0) {
            pairs.addLast(new Pair(s, y, 1 / sy));
            if (pairs.size() > PAIRS) {
                pairs.removeFirst();
            }
        }
    }

    /** −H·gradient, H being the approximate inverse of the Hessian. */
    private double[] direction(double[] gradient) {
        double[] q = gradient.clone();
        double[] alpha = new double[pairs.size()];
        int k = pairs.size();
        for (Iterator<Pair> it = pairs.descendingIterator(); it.hasNext(); ) {
            Pair pair = it.next();
            alpha[--k] = pair.rho * dot(pair.s, q);
            add(-alpha[k], pair.y, q);
        }
        if (!pairs.isEmpty()) {
            Pair newest = pairs.getLast();
            scale(1 / (newest.rho * dot(newest.y, newest.y)), q);
        }
        for (Pair pair : pairs) {
            add(alpha[k++] - pair.rho * dot(pair.y, q), pair.s, q);
        }
        scale(-1, q);
        return q;
    }

    private Point at(Point from, double[] direction, double step) {
        double[] x = from.x.clone();
        add(step, direction, x);
        double[] gradient = new double[x.length];
        double value = objective.at(x, gradient);
        return new Point(step, value, dot(direction, gradient), x, gradient);
    }

    /** A point on the line that satisfies the conditions; or the lowest tried; null if none is. */
    private Point search(Point start, double[] direction, double first) {
        Point before = start;
        Point lowest = null;
        double step = first;
        for (int trial = 0; trial < MOST_TRIALS; trial++) {
            Point here = at(start, direction, step);
            if (here.value < start.value && (lowest == null || here.value < lowest.value)) {
                lowest = here;
            }
            if (!isLower(here, start) || trial > 0 && here.value >= before.value) {
                return zoom(start, direction, before, here, lowest, MOST_TRIALS - trial);
            }
            if (Math.abs(here.slope) <= -CURVATURE * start.slope) {
                return here;
            }
            if (here.slope >= 0) {
                return zoom(start, direction, here, before, lowest, MOST_TRIALS - trial);
            }
            before = here;
            step *= 2;
        }
        return lowest;
    }

    private boolean isLower(Point here, Point start) {
        return here.value <= start.value + DECREASE * here.step * start.slope;
    }

    private Point zoom(
            Point start, double[] direction, Point low, Point high, Point lowest, int trials) {
        Point best = lowest;
        Point a = low;
        Point b = high;
        for (int trial = 0; trial < trials; trial++) {
            double step = between(a, b);
            if (step == a.step || step == b.step) {
                break;
            }
            Point here = at(start, direction, step);
            if (here.value < start.value && (best == null || here.value < best.value)) {
                best = here;
            }
            if (!isLower(here, start) || here.value >= a.value) {
                b = here;
            } else {
                if (Math.abs(here.slope) <= -CURVATURE * start.slope) {
                    return here;
                }
                if (here.slope * (b.step - a.step) >= 0) {
                    b = a;
                }
                a = here;
            }
        }
        return best;
    }

    /** Where the cubic through both has its minimum, but not near an end. */
    private static double between(Point a, Point b) {
        double width = b.step - a.step;
        double middle = a.step + width / 2;
        double d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.step - b.step);
        double square = d1 * d1 - a.slope * b.slope;
        if (!(square >= 0) || !Double.isFinite(square)) {
            return middle;
        }
        double d2 = Math.copySign(Math.sqrt(square), width);
        double step = b.step - width * (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2);
        double margin = Math.abs(width) / 10;
        boolean inside =
                step >= Math.min(a.step, b.step) + margin
                        && step <= Math.max(a.step, b.step) - margin;
        return inside ? step : middle;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static double norm(double[] a) {
        return Math.sqrt(dot(a, a));
    }

    private static void add(double factor, double[] a, double[] to) {
        for (int i = 0; i < a.length; i++) {
            to[i] += factor * a[i];
        }
    }

    private static void scale(double factor, double[] a) {
        Arrays.setAll(a, i -> factor * a[i]);
    }
}
