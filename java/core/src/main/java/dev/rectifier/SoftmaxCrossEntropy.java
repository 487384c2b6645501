package dev.rectifier;

import dev.rectifier.spi.Backend;
import java.util.Objects;
import java.util.Optional;

/**
 * Softmax and cross-entropy in one, of rows of logits: the loss of a row with a label is −log
 * softmax(x)[label], with label smoothing (1 − smoothing)·that + smoothing·the mean of −log
 * softmax(x) (Szegedy et al. 2015, arXiv 1512.00567, section 7), as in PyTorch.
 *
 * <p>Losses are within 2 units in the last place, 4 with smoothing, however certain the network is.
 * The gradient is scale·(softmax(x) − target), rounded once after softmax, which is within 2. A row
 * with NaN or +∞, or of nothing but −∞, has the loss NaN and gradients NaN; a −∞ beside finite
 * numbers makes the loss infinite if it is the label's, or if there is smoothing.
 *
 * @param smoothing from 0 to 1; 0 is none
 * @param ignoredLabel the label of rows that don't count: their loss and gradients are exactly +0.
 *     −100 in PyTorch
 */
public record SoftmaxCrossEntropy(double smoothing, int ignoredLabel) {
    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if {@code smoothing} isn't in 0..1
     */
    public SoftmaxCrossEntropy {
        if (!(smoothing >= 0 && smoothing <= 1)) {
            throw new IllegalArgumentException("smoothing must be from 0 to 1, not " + smoothing);
        }
    }

    /** No smoothing; ignores the label −100, as PyTorch by default. */
    public SoftmaxCrossEntropy() {
        this(0, -100);
    }

    /**
     * The loss of each row and, if wanted, scale times the gradient of its logits.
     *
     * @param x [rows, classes], logits
     * @param labels from 0 to classes − 1, or the ignored one; as many as rows
     * @param scale what gradients are multiplied by, such as 1 / rows for that of the mean
     * @param loss [rows]
     * @param dx may be the same memory as {@code x}
     * @param classes the number of classes
     * @throws IllegalArgumentException if types or lengths don't fit, a label is none, {@code
     *     scale} isn't finite, a destination is read-only, or it overlaps another span in a way
     *     that isn't allowed
     */
    public void apply(
            Span x, int[] labels, double scale, Span loss, Optional<Span> dx, int classes) {
        int rows = Objects.requireNonNull(labels, "labels").length;
        long elements = Checks.elements("[rows, classes]", Long.MAX_VALUE, rows, classes);
        Checks.source("x", x, x.dtype(), elements);
        Checks.destination("loss", loss, x.dtype(), rows);
        dx.ifPresent(span -> Checks.destination("dx", span, x.dtype(), elements));
        Checks.fits("scale", scale, x.dtype());
        for (int i = 0; i < rows; i++) {
            if (labels[i] != ignoredLabel && (labels[i] < 0 || labels[i] >= classes)) {
                throw new IllegalArgumentException(
                        "labels["
                                + i
                                + "] is "
                                + labels[i]
                                + ", neither in 0.."
                                + (classes - 1)
                                + " nor the ignored "
                                + ignoredLabel);
            }
        }
        Backend backend = Rectifier.backend();
        Checks.disjoint(backend, "loss", loss, "x", x);
        if (dx.isPresent()) {
            Checks.sameOrDisjoint(backend, "dx", dx.get(), "x", x);
            Checks.disjoint(backend, "dx", dx.get(), "loss", loss);
        }
        backend.crossEntropy(this, x, labels, scale, loss, dx, classes, Rectifier.threads());
    }
}
