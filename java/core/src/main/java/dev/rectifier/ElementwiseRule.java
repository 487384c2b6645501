package dev.rectifier;

import java.util.List;
import java.util.function.Function;

/**
 * What the registry knows about one elementwise activation. Its formulas are made when they are
 * asked for: Java makes a class of each lambda, which would be most of the time that a program
 * takes to its first result.
 */
final class ElementwiseRule implements Function<double[], Elementwise> {
    private final int ordinal;
    private final Definition<Activation> definition;
    private int least;
    private int most;
    private String orderInWords = "";

    /** Null before they are asked for. They are immutable; a race makes equal ones twice. */
    private ElementwiseFormulas formulas;

    ElementwiseRule(int ordinal, String name, String formula, List<Parameter> parameters) {
        this.ordinal = ordinal;
        definition = new Definition<>(name, formula, parameters, this);
    }

    /** Parameter {@code least} must not be larger than parameter {@code most}. */
    ElementwiseRule requireOrder(int least, int most, String inWords) {
        this.least = least;
        this.most = most;
        orderInWords = inWords;
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

    /** The function with these parameters. */
    @Override
    public Elementwise apply(double[] parameters) {
        return new Elementwise(this, parameters);
    }

    /** The parameters, if they are legal. */
    double[] check(double[] parameters) {
        for (int i = 0; i < parameters.length; i++) {
            definition.parameters().get(i).check(parameters[i]);
        }
        if (least != most && parameters[least] > parameters[most]) {
            throw new IllegalArgumentException(
                    orderInWords + " doesn't hold: " + definition.call(parameters));
        }
        return parameters;
    }

    private ElementwiseFormulas formulas() {
        ElementwiseFormulas current = formulas;
        if (current == null) {
            current = Elementwise.formulasOf(definition.name());
            formulas = current;
        }
        return current;
    }

    double valueAt(double x, double[] parameters) {
        return Double.isNaN(x) ? x : formulas().value().at(x, parameters);
    }

    double derivativeAt(double x, double[] parameters) {
        return Double.isNaN(x) ? x : formulas().derivative().at(x, parameters);
    }

    double derivativeFromOutputAt(double y, double[] parameters) {
        return Double.isNaN(y)
                ? y
                : formulas().derivativeFromOutput().orElseThrow().at(y, parameters);
    }

    boolean hasFromOutput(double[] parameters) {
        return formulas().fromOutputIf().holds(parameters);
    }

    /** With which parameters there is a derivative from the output, if with any. */
    String fromOutputRemedy() {
        return formulas().derivativeFromOutput().isPresent()
                ? ", but with " + formulas().fromOutputIfInWords()
                : "";
    }
}
