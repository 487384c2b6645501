package dev.rectifier.network;

/**
 * An {@link Optimizer} at work on some weights: its hyperparameters together with what it remembers
 * of earlier steps. Not thread-safe.
 */
@FunctionalInterface
public interface Updater {
    /** Moves the weights by one step along their present gradients. */
    void update();
}
