package dev.rectifier.network;

import dev.rectifier.Activation;
import dev.rectifier.Initializer;
import dev.rectifier.Softmax;
import java.util.Objects;

/**
 * A fully connected layer y = f(x·W + b), as a description: an immutable, thread-safe value.
 *
 * <p>The bias starts at 0. {@link dev.rectifier.PRelu} learns one slope per unit; {@link
 * dev.rectifier.RRelu} draws its slopes while training and uses their middle at inference.
 *
 * @param units the number of outputs, at least 1
 * @param activation f; {@link Softmax} is for the last layer of a network alone
 * @param kernelInitializer the values that W starts with; its seed and stream are replaced by those
 *     of the {@link Network}
 */
public record Dense(int units, Activation activation, Initializer kernelInitializer) {
    /**
     * @throws IllegalArgumentException if {@code units < 1}, or a softmax isn't along the units
     */
    public Dense {
        if (units < 1) {
            throw new IllegalArgumentException("units must be at least 1, not " + units);
        }
        Objects.requireNonNull(activation, "activation");
        Objects.requireNonNull(kernelInitializer, "kernelInitializer");
        if (activation instanceof Softmax softmax && softmax.axis() != -1 && softmax.axis() != 1) {
            throw new IllegalArgumentException(
                    "axis of softmax must be -1 or 1, the units, in [batch, units], not "
                            + softmax.axis());
        }
    }
}
