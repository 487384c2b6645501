package dev.rectifier;

import java.util.List;
import java.util.Optional;

/** What the registry knows about one elementwise activation. */
final class ElementwiseRule {
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

    private final int ordinal;
    private final Definition<Activation> definition;
    private final Formula value;
    private final Formula derivative;
    private Optional<Formula> derivativeFromOutput = Optional.empty();
    private Condition fromOutputIf = p -> true;
    private String fromOutputIfInWords = "";
    private Condition legalIf = p -> true;
    private String legalIfInWords = "";

    ElementwiseRule(
            int ordinal,
            String name,
            String formula,
            List<Parameter> parameters,
            Formula value,
            Formula derivative) {
        this.ordinal = ordinal;
        this.value = value;
        this.derivative = derivative;
        definition = new Definition<>(name, formula, parameters, p -> new Elementwise(this, p));
    }

    /** The derivative can be had from the output y, too. */
    ElementwiseRule fromOutput(Formula derivative) {
        derivativeFromOutput = Optional.of(derivative);
        return this;
    }

    /** The derivative can be had from the output y, too, for some parameters. */
    ElementwiseRule fromOutput(Formula derivative, Condition condition, String inWords) {
        fromOutputIf = condition;
        fromOutputIfInWords = inWords;
        return fromOutput(derivative);
    }

    /** How parameters must be related, beyond the range of each. */
    ElementwiseRule require(Condition condition, String inWords) {
        legalIf = condition;
        legalIfInWords = inWords;
        return this;
    }

    int ordinal() {
        return ordinal;
    }

    Definition<Activation> definition() {
        return definition;
    }

    double[] defaults() {
        return definition.defaults();
    }

    /** The parameters, if they are legal. */
    double[] check(double[] parameters) {
        for (int i = 0; i < parameters.length; i++) {
            definition.parameters().get(i).check(parameters[i]);
        }
        if (!legalIf.holds(parameters)) {
            throw new IllegalArgumentException(
                    legalIfInWords + " doesn't hold: " + definition.call(parameters));
        }
        return parameters;
    }

    double valueAt(double x, double[] parameters) {
        return Double.isNaN(x) ? x : value.at(x, parameters);
    }

    double derivativeAt(double x, double[] parameters) {
        return Double.isNaN(x) ? x : derivative.at(x, parameters);
    }

    double derivativeFromOutputAt(double y, double[] parameters) {
        return Double.isNaN(y) ? y : derivativeFromOutput.orElseThrow().at(y, parameters);
    }

    boolean hasFromOutput(double[] parameters) {
        return derivativeFromOutput.isPresent() && fromOutputIf.holds(parameters);
    }

    /** With which parameters there is a derivative from the output, if with any. */
    String fromOutputRemedy() {
        return derivativeFromOutput.isPresent() ? ", but with " + fromOutputIfInWords : "";
    }
}
