package dev.rectifier.network;

/**
 * Ends a training that gets no better on the examples that it isn't trained with, and gives the
 * network the weights of its best epoch back: Keras's {@code EarlyStopping} on {@code val_loss}
 * with {@code restore_best_weights}, which there is off by default.
 *
 * @param patience after how many epochs in a row without a better loss it ends, at least 1
 * @param minDelta by how much a loss must be lower than the best to be better, finite and ≥ 0
 */
public record EarlyStopping(int patience, double minDelta) {
    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if a value is out of its range
     */
    public EarlyStopping {
        if (patience < 1) {
            throw new IllegalArgumentException("patience must be at least 1, not " + patience);
        }
        if (!(minDelta >= 0 && minDelta <= Double.MAX_VALUE)) {
            throw new IllegalArgumentException(
                    "minDelta must be finite and at least 0, not " + minDelta);
        }
    }

    /**
     * Any lower loss is better, Keras's default.
     *
     * @param patience how many epochs without a better one are borne
     */
    public EarlyStopping(int patience) {
        this(patience, 0);
    }
}
