package dev.rectifier.network;

import dev.rectifier.DType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.DoubleSupplier;

/**
 * L-BFGS (Nocedal 1980, Mathematics of Computation 35; algorithm 7.4 of Nocedal and Wright,
 * Numerical Optimization): steps along −H·g, where H is made of the last changes of weights and
 * gradients, as long as is found by halving and quadratic interpolation until the loss has fallen
 * by 1e-4 of what its slope promises (Armijo). For small networks and few examples, of which each
 * step takes all: a {@link Trainer}'s batch size doesn't matter, and an epoch is one step. Sums are
 * in double and in one order.
 *
 * <p>PyTorch's {@code LBFGS} has history 100 and no line search unless {@code strong_wolfe} is
 * asked for; scikit-learn's has history 10.
 *
 * @param history how many changes are remembered, at least 1
 * @param trials how many lengths of a step are tried, at least 1
 */
public record Lbfgs(int history, int trials) implements Optimizer {
    private static final double SUFFICIENT = 1e-4;

    /** Less curvature than this is noise. */
    private static final double LEAST_CURVATURE = 1e-10;

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if a value is out of its range
     */
    public Lbfgs {
        if (history < 1 || trials < 1) {
            throw new IllegalArgumentException(
                    "history and trials must be at least 1, not " + history + " and " + trials);
        }
    }

    @Override
    public void requireFits(DType dtype) {
        Objects.requireNonNull(dtype, "dtype");
    }

    @Override
    public boolean isFullBatch() {
        return true;
    }

    @Override
    public Updater start(List<Weights> weights) {
        return new State(List.copyOf(Objects.requireNonNull(weights, "weights")));
    }

    @Override
    public Updater start(Weights weights) {
        return start(List.of(Objects.requireNonNull(weights, "weights")));
    }

    /** A change of the weights and the change of the gradient that came with it. */
    private record Change(double[] step, double[] turn, double curvature) {}

    private final class State implements Updater {
        private final List<Weights> weights;
        private final int n;
        private final Deque<Change> changes = new ArrayDeque<>();

        State(List<Weights> weights) {
            this.weights = weights;
            n = (int) weights.stream().mapToLong(w -> w.value().length()).sum();
        }

        /** A step whose length isn't searched for. */
        @Override
        public void update(double factor) {
            double[] x = values();
            double[] g = gradients();
            double[] direction = direction(g);
            write(x, direction, factor * firstLength(g));
        }

        @Override
        public boolean minimize(double factor, double loss, DoubleSupplier objective) {
            Objects.requireNonNull(objective, "objective");
            double[] x = values();
            double[] g = gradients();
            double[] direction = direction(g);
            double slope = dot(g, direction);
            if (!(slope < 0)) {
                changes.clear();
                direction = direction(g);
                slope = dot(g, direction);
            }
            double length = factor * firstLength(g);
            for (int trial = 0; trial < trials && slope < 0; trial++) {
                write(x, direction, length);
                double reached = objective.getAsDouble();
                if (reached <= loss + SUFFICIENT * length * slope) {
                    remember(x, g);
                    return true;
                }
                double bend = reached - loss - length * slope;
                double best = -slope * length * length / (2 * bend);
                // Written so that a loss that is no number makes the step shorter, too.
                length = best > 0.1 * length ? Math.min(best, 0.5 * length) : 0.1 * length;
            }
            write(x, direction, 0);
            boolean more = !changes.isEmpty();
            changes.clear();
            return more;
        }

        private double firstLength(double[] g) {
            if (!changes.isEmpty()) {
                return 1;
            }
            double sum = 0;
            for (double v : g) {
                sum += Math.abs(v);
            }
            return sum > 1 ? 1 / sum : 1;
        }

        private double[] direction(double[] g) {
            double[] q = new double[n];
            for (int i = 0; i < n; i++) {
                q[i] = -g[i];
            }
            double[] alphas = new double[changes.size()];
            int k = 0;
            for (Iterator<Change> newest = changes.descendingIterator(); newest.hasNext(); k++) {
                Change change = newest.next();
                alphas[k] = dot(change.step, q) / change.curvature;
                add(q, -alphas[k], change.turn);
            }
            if (!changes.isEmpty()) {
                Change last = changes.getLast();
                double scale = last.curvature / dot(last.turn, last.turn);
                for (int i = 0; i < n; i++) {
                    q[i] *= scale;
                }
            }
            for (Change change : changes) {
                double beta = dot(change.turn, q) / change.curvature;
                add(q, alphas[--k] - beta, change.step);
            }
            return q;
        }

        private void remember(double[] x, double[] g) {
            double[] step = values();
            double[] turn = gradients();
            add(step, -1, x);
            add(turn, -1, g);
            double curvature = dot(step, turn);
            if (curvature > LEAST_CURVATURE * Math.sqrt(dot(step, step) * dot(turn, turn))) {
                if (changes.size() == history) {
                    changes.removeFirst();
                }
                changes.addLast(new Change(step, turn, curvature));
            }
        }

        private double[] values() {
            double[] all = new double[n];
            int at = 0;
            for (Weights tensor : weights) {
                at += Elements.readAll(tensor.value(), all, at);
            }
            return all;
        }

        private double[] gradients() {
            double[] all = new double[n];
            int at = 0;
            for (Weights tensor : weights) {
                at += Elements.readAll(tensor.gradient(), all, at);
            }
            return all;
        }

        /** Sets the weights to x + length·direction. */
        private void write(double[] x, double[] direction, double length) {
            int at = 0;
            for (Weights tensor : weights) {
                double[] values = new double[(int) tensor.value().length()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = x[at + i] + length * direction[at + i];
                }
                Elements.write(values, tensor.value(), values.length);
                at += values.length;
            }
        }
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static void add(double[] to, double factor, double[] from) {
        for (int i = 0; i < to.length; i++) {
            to[i] += factor * from[i];
        }
    }
}
