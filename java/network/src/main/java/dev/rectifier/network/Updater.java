package dev.rectifier.network;

import java.util.Objects;
import java.util.function.DoubleSupplier;

/**
 * An {@link Optimizer} at work on some weights: its hyperparameters together with what it remembers
 * of earlier steps. Not thread-safe.
 */
@FunctionalInterface
public interface Updater {
    /**
     * Moves the weights by one step along their present gradients.
     *
     * @param factor what the learning rate is multiplied with in this step
     */
    void update(double factor);

    /** A step with the learning rate as it is. */
    default void update() {
        update(1);
    }

    /**
     * Moves the weights by one step, for which it may try several.
     *
     * @param factor what the learning rate is multiplied with in this step
     * @param loss the loss at the present weights, whose gradients are there
     * @param objective computes the loss at changed weights and writes their gradients
     * @return whether it got anywhere; if not, another step won't either
     */
    default boolean minimize(double factor, double loss, DoubleSupplier objective) {
        Objects.requireNonNull(objective, "objective");
        update(factor);
        return true;
    }
}
