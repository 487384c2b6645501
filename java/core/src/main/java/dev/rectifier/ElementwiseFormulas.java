package dev.rectifier;

import java.util.Optional;

/**
 * What one elementwise activation computes, in plain double precision: what the reference, plots
 * and tests need, and who asks for a derivative from the output. Immutable.
 *
 * @param value f(x)
 * @param derivative f'(x)
 * @param derivativeFromOutput f'(x) from f(x), if it can be had for any parameters
 * @param fromOutputIf for which parameters it can
 * @param fromOutputIfInWords the same in words; empty if it is for all
 */
record ElementwiseFormulas(
        Formula value,
        Formula derivative,
        Optional<Formula> derivativeFromOutput,
        Condition fromOutputIf,
        String fromOutputIfInWords) {
    /** A function of one variable in double precision; NaN never arrives. */
    @FunctionalInterface
    interface Formula {
        double at(double x, double[] parameters);
    }

    /** A condition on the parameters. */
    @FunctionalInterface
    interface Condition {
        boolean holds(double[] parameters);
    }

    /** Those of a function whose output doesn't tell its derivative. */
    ElementwiseFormulas(Formula value, Formula derivative) {
        this(value, derivative, Optional.empty(), p -> false, "");
    }

    /** The same, and the derivative can be had from the output y, too. */
    ElementwiseFormulas fromOutput(Formula derivative) {
        return fromOutput(derivative, p -> true, "");
    }

    /** The same, and the derivative can be had from the output y, too, for some parameters. */
    ElementwiseFormulas fromOutput(Formula derivative, Condition condition, String inWords) {
        return new ElementwiseFormulas(
                value, this.derivative, Optional.of(derivative), condition, inWords);
    }
}
