package dev.rectifier.network;

import dev.rectifier.Activation;
import dev.rectifier.AxisFunction;
import dev.rectifier.Definition;
import dev.rectifier.Elementwise;
import dev.rectifier.Initializer;
import dev.rectifier.Learned;
import dev.rectifier.Parameter;
import dev.rectifier.RRelu;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Activations and initializers as text, such as {@code relu} or {@code
 * leakyRelu:negativeSlope=0.2}, with names and parameters as the registries take them. Thread-safe.
 */
public final class FunctionText {
    private FunctionText() {}

    /**
     * {@return the text that {@link #activation} makes {@code activation} from}
     *
     * @param activation the activation
     */
    public static String of(Activation activation) {
        Objects.requireNonNull(activation, "activation");
        Definition<Activation> definition =
                Activation.definitions().stream()
                        .filter(d -> d.name().equals(activation.name()))
                        .findFirst()
                        .orElseThrow();
        double[] values = values(activation);
        StringBuilder text = new StringBuilder(activation.name());
        for (int i = 0; i < values.length; i++) {
            Parameter parameter = definition.parameters().get(i);
            append(text, parameter.name(), parameter.format(values[i]));
        }
        return text.toString();
    }

    private static double[] values(Activation activation) {
        if (activation instanceof Elementwise f) {
            double[] values = new double[f.parameterCount()];
            for (int i = 0; i < values.length; i++) {
                values[i] = f.parameter(i);
            }
            return values;
        }
        if (activation instanceof Learned f) {
            return new double[] {f.initialParameter()};
        }
        if (activation instanceof RRelu f) {
            return new double[] {f.lower(), f.upper(), f.parametrization().ordinal()};
        }
        if (activation instanceof AxisFunction f) {
            return new double[] {f.axis()};
        }
        throw new IllegalArgumentException(activation + " is no activation of a dense layer");
    }

    /**
     * {@return the text that {@link #initializer} makes {@code initializer} from; without its seed}
     *
     * @param initializer the initializer
     */
    public static String of(Initializer initializer) {
        Objects.requireNonNull(initializer, "initializer");
        StringBuilder text = new StringBuilder(initializer.name());
        initializer.parameters().forEach((name, value) -> append(text, name, value));
        return text.toString();
    }

    private static void append(StringBuilder text, String name, String value) {
        text.append(':').append(name).append('=').append(value);
    }

    /**
     * {@return the activation that {@code text} names}
     *
     * @param text what is read
     * @throws IllegalArgumentException if there is none, or a parameter is unknown, illegal, given
     *     twice or not written as key=value
     */
    public static Activation activation(String text) {
        List<String> parts = List.of(Objects.requireNonNull(text, "text").split(":", -1));
        return Activation.of(parts.get(0), parameters(text, parts));
    }

    /**
     * {@return the initializer that {@code text} names, with seed 0}
     *
     * @param text what is read
     * @throws IllegalArgumentException as {@link #activation}
     */
    public static Initializer initializer(String text) {
        List<String> parts = List.of(Objects.requireNonNull(text, "text").split(":", -1));
        return Initializer.of(parts.get(0), parameters(text, parts), 0);
    }

    private static Map<String, String> parameters(String text, List<String> parts) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String part : parts.subList(1, parts.size())) {
            int equals = part.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException(
                        "a parameter is written as name:key=value, not " + text);
            }
            if (parameters.put(part.substring(0, equals), part.substring(equals + 1)) != null) {
                throw new IllegalArgumentException(
                        part.substring(0, equals) + " is given twice in " + text);
            }
        }
        return parameters;
    }
}
