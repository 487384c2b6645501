package dev.rectifier.network;

import dev.rectifier.DType;
import java.util.List;
import java.util.Objects;

/**
 * A rule by which gradients change weights: an immutable, thread-safe value. Computes in the type
 * of the weights.
 */
public sealed interface Optimizer permits Sgd, Adam, Lbfgs {
    /**
     * Stochastic gradient descent without momentum.
     *
     * @param learningRate finite and &gt; 0; Keras's default is 0.01
     * @return the optimizer
     */
    static Sgd sgd(double learningRate) {
        return new Sgd(learningRate, 0);
    }

    /**
     * Stochastic gradient descent with momentum; see {@link Sgd} for whose convention it is.
     *
     * @param learningRate finite and &gt; 0
     * @param momentum from 0 to 1
     * @return the optimizer
     */
    static Sgd sgd(double learningRate, double momentum) {
        return new Sgd(learningRate, momentum);
    }

    /**
     * Adam with beta1 0.9, beta2 0.999 and epsilon 1e-7, as in Keras; PyTorch's epsilon is 1e-8.
     *
     * @param learningRate finite and &gt; 0; 0.001 is the default elsewhere
     * @return the optimizer
     */
    static Adam adam(double learningRate) {
        return new Adam(learningRate, 0.9, 0.999, 1e-7);
    }

    /**
     * Adam with decoupled weight decay (Loshchilov and Hutter 2019, arXiv 1711.05101), Keras's and
     * PyTorch's {@code AdamW}; otherwise as {@link #adam}.
     *
     * @param learningRate finite and &gt; 0; 0.001 is the default elsewhere
     * @param weightDecay finite and ≥ 0; Keras's default is 0.004, PyTorch's 0.01
     * @return the optimizer
     */
    static Adam adamW(double learningRate, double weightDecay) {
        return new Adam(learningRate, 0.9, 0.999, 1e-7, weightDecay);
    }

    /**
     * L-BFGS with a history of 10 and at most 20 trials for each step.
     *
     * @return the optimizer
     */
    static Lbfgs lbfgs() {
        return new Lbfgs(10, 20);
    }

    /**
     * {@return whether each step takes all examples, and the loss must be the same in each pass}
     */
    default boolean isFullBatch() {
        return false;
    }

    /**
     * Requires all hyperparameters to be legal for weights of this type, too, to which they are
     * rounded: a learning rate that is 0 there would train nothing, and an epsilon make NaN.
     *
     * @param dtype the type of the elements
     * @throws IllegalArgumentException if one isn't, naming it
     */
    void requireFits(DType dtype);

    /**
     * Starts on these weights, remembering nothing yet.
     *
     * @param weights the weights
     * @return what updates the weights
     * @throws IllegalArgumentException if a hyperparameter isn't legal in their type
     * @throws IllegalStateException if their network has been closed
     */
    default Updater start(List<Weights> weights) {
        Objects.requireNonNull(weights, "weights");
        List<Updater> each = weights.stream().map(this::start).toList();
        return factor -> each.forEach(updater -> updater.update(factor));
    }

    /**
     * Starts on one tensor, remembering nothing yet.
     *
     * @param weights the weights
     * @return what updates the weights
     * @throws IllegalArgumentException if a hyperparameter isn't legal in its type
     * @throws IllegalStateException if its network has been closed
     */
    Updater start(Weights weights);
}
