package dev.rectifier.network;

/** What the outputs of a {@link Network} mean. */
public enum Task {
    /** Each output is the probability of a class, of which a row has one. */
    CLASSIFICATION,
    /** Each output is the probability that something is so; outputs don't exclude each other. */
    BINARY,
    /** Each output is a number. */
    REGRESSION
}
