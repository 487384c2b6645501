package dev.rectifier.network;

import dev.rectifier.DType;
import dev.rectifier.Memory;
import dev.rectifier.SoftmaxCrossEntropy;
import dev.rectifier.Span;
import java.util.Optional;

/** Computes losses of whole passes. Keeps memory from call to call, hence not thread-safe. */
final class LossPass {
    private double[] before = {};
    private double[] after = {};

    /** Those of the rows, where a kernel computes them. */
    private Span losses;

    private double[] ofRows = {};

    /**
     * What came of a pass.
     *
     * @param loss the mean over all rows, each with its weight
     * @param correct how many rows are right; NaN if that means nothing
     */
    record Score(double loss, double correct) {}

    /**
     * Looks at the last layer's last forward pass.
     *
     * @param targets {@link Loss#width} for each row
     * @param weights one for each row
     * @param gradient where the loss's derivatives go, if wanted
     */
    Score score(
            Loss loss, Layer last, double[] targets, double[] weights, Optional<Span> gradient) {
        int rows = weights.length;
        int outputs = last.dense().units();
        int width = loss.width(outputs);
        Elements.read(last.output(), 0, after, rows * outputs);
        double correct = 0;
        for (int row = 0; row < rows; row++) {
            correct += loss.correct(after, row * outputs, outputs, targets, row * width);
        }
        return new Score(loss.sum(this, last, targets, weights, gradient) / rows, correct);
    }

    /** {@link Loss#sum} of one that is computed here. */
    double sum(
            Loss.ByRow loss,
            Layer last,
            double[] targets,
            double[] weights,
            Optional<Span> gradient) {
        int rows = weights.length;
        int outputs = last.dense().units();
        int width = loss.width(outputs);
        int n = rows * outputs;
        if (loss.isByLogits()) {
            Elements.read(last.preActivation(), 0, before, n);
        }
        double sum = 0;
        for (int row = 0; row < rows; row++) {
            int from = row * outputs;
            sum += weights[row] * loss.row(before, after, from, outputs, targets, row * width);
        }
        if (gradient.isPresent()) {
            for (int i = 0; i < n; i++) {
                after[i] = after[i] * weights[i / outputs] / rows;
            }
            Elements.write(after, gradient.get(), n);
        }
        return sum;
    }

    /** {@link Loss#sum} of a kernel, which is called once for all rows in a row of one weight. */
    double sum(
            SoftmaxCrossEntropy kernel,
            Layer last,
            double[] targets,
            double[] weights,
            Optional<Span> gradient) {
        int rows = weights.length;
        int outputs = last.dense().units();
        int from = 0;
        while (from < rows) {
            int to = from + 1;
            while (to < rows && weights[to] == weights[from]) {
                to++;
            }
            long at = (long) from * outputs;
            long n = (long) (to - from) * outputs;
            kernel.apply(
                    last.preActivation().slice(at, n),
                    labels(targets, from, to),
                    weights[from] / rows,
                    losses.slice(from, to - from),
                    gradient.map(span -> span.slice(at, n)),
                    outputs);
            from = to;
        }
        Elements.read(losses, 0, ofRows, rows);
        double sum = 0;
        for (int row = 0; row < rows; row++) {
            sum += weights[row] * ofRows[row];
        }
        return sum;
    }

    private static int[] labels(double[] targets, int from, int to) {
        int[] labels = new int[to - from];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = (int) targets[from + i];
        }
        return labels;
    }

    /** Makes room for that many rows, off heap in {@code memory}. */
    void reserve(Memory memory, DType dtype, int rows, int outputs) {
        losses = Elements.matrix(memory, dtype, rows, 1);
        ofRows = new double[rows];
        before = new double[rows * outputs];
        after = new double[rows * outputs];
    }
}
