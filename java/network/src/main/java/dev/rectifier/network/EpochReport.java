package dev.rectifier.network;

import java.util.List;
import java.util.Objects;

/**
 * How training stands after an epoch.
 *
 * @param epoch the number of the epoch, from 1
 * @param trainingLoss the mean loss of all batches of the epoch, each taken just before its step,
 *     as Keras reports it
 * @param trainingAccuracy the share of examples classified correctly, in the same passes; NaN if
 *     outputs are numbers
 * @param testLoss the mean loss of the test examples after the epoch
 * @param testAccuracy the share of test examples classified correctly after the epoch; NaN if
 *     outputs are numbers
 * @param hiddenUnits of each hidden layer, after the epoch, on all training examples
 * @param signals of each layer, after the epoch, on a sample of the training examples
 */
public record EpochReport(
        int epoch,
        double trainingLoss,
        double trainingAccuracy,
        double testLoss,
        double testAccuracy,
        List<LayerUnits> hiddenUnits,
        List<LayerSignals> signals) {
    /** Copies the lists. */
    public EpochReport {
        hiddenUnits = List.copyOf(Objects.requireNonNull(hiddenUnits, "hiddenUnits"));
        signals = List.copyOf(Objects.requireNonNull(signals, "signals"));
    }

    /**
     * {@return whether the loss still was a number; if not, training has diverged and this is its
     * end}
     */
    public boolean finite() {
        return Double.isFinite(trainingLoss);
    }
}
