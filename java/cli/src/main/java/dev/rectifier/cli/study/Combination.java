package dev.rectifier.cli.study;

import dev.rectifier.Activation;
import dev.rectifier.Initializer;
import dev.rectifier.cli.Named;

/** What is compared: networks that differ in nothing else but their seeds. */
record Combination(
        Named<Activation> activation, Named<Initializer> initializer, double learningRate) {
    String rate() {
        return Figures.plain(learningRate);
    }

    @Override
    public String toString() {
        return activation.label() + ", " + initializer.label() + ", " + rate();
    }
}
