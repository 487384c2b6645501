package dev.rectifier.network;

import dev.rectifier.Span;
import java.util.Optional;

/** Computes losses of whole passes. Keeps memory from call to call, hence not thread-safe. */
final class LossPass {
    private double[] before = {};
    private double[] after = {};

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
        int n = rows * outputs;
        reserve(rows, outputs);
        if (loss.isByLogits()) {
            Elements.read(last.preActivation(), 0, before, n);
        }
        Elements.read(last.output(), 0, after, n);
        double sum = 0;
        double correct = 0;
        for (int row = 0; row < rows; row++) {
            int from = row * outputs;
            correct += loss.correct(after, from, outputs, targets, row * width);
            sum += weights[row] * loss.row(before, after, from, outputs, targets, row * width);
        }
        if (gradient.isPresent()) {
            for (int i = 0; i < n; i++) {
                after[i] = after[i] * weights[i / outputs] / rows;
            }
            Elements.write(after, gradient.get(), n);
        }
        return new Score(sum / rows, correct);
    }

    /** Makes room for that many rows. */
    void reserve(int rows, int outputs) {
        int n = rows * outputs;
        if (n > after.length) {
            before = new double[n];
            after = new double[n];
        }
    }
}
