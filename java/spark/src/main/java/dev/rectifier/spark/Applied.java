package dev.rectifier.spark;

import dev.rectifier.Activation;
import dev.rectifier.AxisFunction;
import dev.rectifier.Elementwise;
import dev.rectifier.network.FunctionText;
import java.io.Serializable;
import java.util.Arrays;

/** An activation applied to values of a column, in a form that can be sent. Thread-safe. */
final class Applied implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String text;
    private transient volatile Activation activation;

    /**
     * @throws IllegalArgumentException if there is no such activation, or it is none of single
     *     values or rows
     */
    Applied(String text) {
        this.text = text;
        activation();
    }

    private Activation activation() {
        Activation made = activation;
        if (made == null) {
            made = FunctionText.activation(text);
            if (!(made instanceof Elementwise) && !(made instanceof AxisFunction)) {
                throw new IllegalArgumentException(
                        "activation must have no weights and no chance, unlike " + text);
            }
            activation = made;
        }
        return made;
    }

    /** Whether it needs all values of a row, as softmax does. */
    boolean isAlongRow() {
        return activation() instanceof AxisFunction;
    }

    /** Values to overwrite with their results; those that are null stay so. */
    void apply(double[] values, boolean[] isNull) {
        Worker.prepareTask();
        if (activation() instanceof AxisFunction f) {
            requireNone(isNull);
            if (values.length > 0) {
                f.forward(values, values, 1, values.length);
            }
        } else {
            ((Elementwise) activation()).forward(values, values);
        }
    }

    /** {@link #apply(double[], boolean[])} in float. */
    void apply(float[] values, boolean[] isNull) {
        Worker.prepareTask();
        if (activation() instanceof AxisFunction f) {
            requireNone(isNull);
            if (values.length > 0) {
                f.forward(values, values, 1, values.length);
            }
        } else {
            ((Elementwise) activation()).forward(values, values);
        }
    }

    private void requireNone(boolean[] isNull) {
        for (int i = 0; i < isNull.length; i++) {
            if (isNull[i]) {
                throw new IllegalArgumentException(
                        "%s of values of which number %d is null".formatted(text, i));
            }
        }
    }

    double apply(double value) {
        double[] values = {value};
        apply(values, new boolean[1]);
        return values[0];
    }

    float apply(float value) {
        float[] values = {value};
        apply(values, new boolean[1]);
        return values[0];
    }

    double[] copyOf(double[] values) {
        double[] results = Arrays.copyOf(values, values.length);
        apply(results, new boolean[values.length]);
        return results;
    }
}
