package dev.rectifier.network;

import dev.rectifier.Activation;
import dev.rectifier.AxisFunction;
import dev.rectifier.ConcatenatedRelu;
import dev.rectifier.Glu;
import dev.rectifier.GumbelSoftmax;
import dev.rectifier.Initializer;
import dev.rectifier.Parameter;
import java.util.Objects;

/**
 * A fully connected layer y = f(x·W + b), as a description: an immutable, thread-safe value.
 *
 * <p>The output for one example is the same, to the last bit, in whatever batch it is: {@link
 * dev.rectifier.DenseKernel} sums in one order.
 *
 * <p>The bias starts at 0. {@link dev.rectifier.PRelu} learns one slope per unit; {@link
 * dev.rectifier.RRelu} draws its slopes while training and uses their middle at inference.
 *
 * @param units the number of outputs, at least 1
 * @param activation f; an {@link AxisFunction} is for the last layer of a network alone; GLU and
 *     Gumbel-softmax are for none
 * @param kernelInitializer the values that W starts with; its seed and stream are replaced by those
 *     of the {@link Network}
 * @param dropout the share of outputs that are set to 0 while training, others in each pass, from 0
 *     to less than 1; the rest are divided by 1 − dropout, so that nothing is to be done at
 *     inference (Srivastava et al. 2014, JMLR 15; Keras's and PyTorch's {@code Dropout} behind the
 *     layer). Which ones, is drawn from the seed of the network and not kept.
 */
public record Dense(
        int units, Activation activation, Initializer kernelInitializer, double dropout) {
    private static final Parameter DROPOUT = Parameter.number("dropout", 0, 0, Math.nextDown(1.0));

    /**
     * A layer without dropout.
     *
     * @param units the number of columns of w
     * @param activation the activation
     * @param kernelInitializer what the weights are drawn from
     */
    public Dense(int units, Activation activation, Initializer kernelInitializer) {
        this(units, activation, kernelInitializer, 0);
    }

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if {@code units < 1}, an {@link AxisFunction} isn't along
     *     the units, the activation is none for a layer, or {@code dropout} is out of its range
     */
    public Dense {
        if (units < 1) {
            throw new IllegalArgumentException("units must be at least 1, not " + units);
        }
        Objects.requireNonNull(activation, "activation");
        Objects.requireNonNull(kernelInitializer, "kernelInitializer");
        if (activation instanceof AxisFunction f && f.axis() != -1 && f.axis() != 1) {
            throw new IllegalArgumentException(
                    "axis of %s must be -1 or 1, the units, in [batch, units], not %d"
                            .formatted(f.name(), f.axis()));
        }
        DROPOUT.check(dropout);
        if (activation instanceof Glu
                || activation instanceof ConcatenatedRelu
                || activation instanceof GumbelSoftmax) {
            throw new IllegalArgumentException(activation + " is no activation of a dense layer");
        }
    }
}
