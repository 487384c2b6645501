package dev.rectifier.network;

import dev.rectifier.Span;

/** Softmax cross-entropy. Keeps working memory from call to call, hence not thread-safe. */
final class CrossEntropy {
    private double[] logits = {};
    private double[] probabilities = {};

    /**
     * The mean of −log p[label] = log Σ exp(z) − z[label], and its gradient by z, (p − onehot) /
     * rows.
     *
     * @param z [rows, classes] before the softmax
     * @param p after it
     */
    double backward(Span z, Span p, int[] labels, int classes, Span dz) {
        int n = labels.length * classes;
        reserve(labels.length, classes);
        Elements.read(z, 0, logits, n);
        Elements.read(p, 0, probabilities, n);
        double sum = 0;
        for (int row = 0; row < labels.length; row++) {
            int from = row * classes;
            sum += logSumExp(from, classes) - logits[from + labels[row]];
            probabilities[from + labels[row]] -= 1;
        }
        for (int i = 0; i < n; i++) {
            probabilities[i] /= labels.length;
        }
        Elements.write(probabilities, dz, n);
        return sum / labels.length;
    }

    private double logSumExp(int from, int classes) {
        double max = logits[from];
        for (int i = from + 1; i < from + classes; i++) {
            max = Math.max(max, logits[i]);
        }
        double sum = 0;
        for (int i = from; i < from + classes; i++) {
            sum += Math.exp(logits[i] - max);
        }
        return max + Math.log(sum);
    }

    /** How many rows of {@code p} have their first largest value at their label. */
    int correct(Span p, int[] labels, int classes) {
        int n = labels.length * classes;
        reserve(labels.length, classes);
        Elements.read(p, 0, probabilities, n);
        int correct = 0;
        for (int row = 0; row < labels.length; row++) {
            correct += isFirstLargest(row * classes, labels[row], classes) ? 1 : 0;
        }
        return correct;
    }

    private boolean isFirstLargest(int from, int label, int classes) {
        double value = probabilities[from + label];
        for (int i = 0; i < classes; i++) {
            double other = probabilities[from + i];
            // Written so that NaN on either side is a no.
            if (!(i < label ? value > other : value >= other)) {
                return false;
            }
        }
        return true;
    }

    /** Makes room for that many rows. */
    void reserve(int rows, int classes) {
        int n = rows * classes;
        if (n > logits.length) {
            logits = new double[n];
            probabilities = new double[n];
        }
    }
}
