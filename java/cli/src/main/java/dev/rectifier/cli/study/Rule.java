package dev.rectifier.cli.study;

import dev.rectifier.network.Optimizer;

/** The optimizers to choose from. */
enum Rule {
    /** Stochastic gradient descent. */
    SGD,
    /** The same with momentum 0.9. */
    MOMENTUM,
    /** Adam with Keras's defaults. */
    ADAM;

    private static final double USUAL_MOMENTUM = 0.9;

    Optimizer optimizer(double learningRate) {
        return switch (this) {
            case SGD -> Optimizer.sgd(learningRate);
            case MOMENTUM -> Optimizer.sgd(learningRate, USUAL_MOMENTUM);
            case ADAM -> Optimizer.adam(learningRate);
        };
    }

    /** The name and what there is besides a learning rate. */
    String describe() {
        return switch (this) {
            case SGD -> "SGD";
            case MOMENTUM -> "SGD with momentum " + USUAL_MOMENTUM;
            case ADAM -> "Adam with Keras's defaults";
        };
    }
}
