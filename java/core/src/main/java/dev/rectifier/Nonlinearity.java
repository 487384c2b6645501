package dev.rectifier;

/** The functions for which PyTorch recommends a {@linkplain Gain gain}. */
public enum Nonlinearity {
    /** The identity; so are PyTorch's convolutions. */
    LINEAR,
    /** {@link Elementwise#sigmoid}. */
    SIGMOID,
    /** {@link Elementwise#tanh}. */
    TANH,
    /** {@link Elementwise#relu}. */
    RELU,
    /** {@link Elementwise#leakyRelu}. */
    LEAKY_RELU,
    /** {@link Elementwise#selu}. */
    SELU
}
