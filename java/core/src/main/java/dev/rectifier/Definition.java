package dev.rectifier;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * An entry of a registry: what the command line lists, what tests enumerate, and how a name and
 * parameters become a value.
 *
 * @param name the name, which is also the factory method's
 * @param formula what is computed, in one line
 * @param parameters in the order of the factory's arguments
 * @param factory makes the value from one legal number per parameter
 * @param <T> {@link Activation} or {@link Initializer}
 */
public record Definition<T>(
        String name,
        String formula,
        List<Parameter> parameters,
        Function<double[], ? extends T> factory) {
    /** Copies the list of parameters. */
    public Definition {
        parameters = List.copyOf(parameters);
    }

    /** {@return the value with all parameters at their defaults} */
    public T withDefaults() {
        return create(defaults());
    }

    /** {@return the default of each parameter} */
    public double[] defaults() {
        // Not by a stream: factory methods ask for this, and the first one costs milliseconds.
        double[] defaults = new double[parameters.size()];
        for (int i = 0; i < defaults.length; i++) {
            defaults[i] = parameters.get(i).defaultValue();
        }
        return defaults;
    }

    /**
     * {@return the value with these parameters}
     *
     * @param values one number for each parameter
     * @throws IllegalArgumentException if the number of them is wrong or one is out of its range
     */
    public T create(double... values) {
        if (values.length != parameters.size()) {
            throw new IllegalArgumentException(
                    name
                            + " takes "
                            + parameters.size()
                            + " parameters, not "
                            + Arrays.toString(values));
        }
        for (int i = 0; i < values.length; i++) {
            parameters.get(i).check(values[i]);
        }
        return factory.apply(values.clone());
    }

    /**
     * {@return the value with these parameters, as text by name; what is not given takes its
     * default}
     *
     * @param values one number for each parameter
     * @throws IllegalArgumentException if a name is unknown or a value illegal
     */
    public T parse(Map<String, String> values) {
        List<String> names = parameters.stream().map(Parameter::name).toList();
        for (String given : values.keySet()) {
            if (!names.contains(given)) {
                throw new IllegalArgumentException(
                        name
                                + " has no parameter "
                                + given
                                + (names.isEmpty() ? "" : "; it has " + names));
            }
        }
        double[] parsed = defaults();
        for (int i = 0; i < parsed.length; i++) {
            String text = values.get(names.get(i));
            if (text != null) {
                parsed[i] = parameters.get(i).parse(text);
            }
        }
        return create(parsed);
    }

    /** What {@link #parse} takes, from one number per parameter, in their order. */
    Map<String, String> texts(double[] values) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (int i = 0; i < values.length; i++) {
            texts.put(parameters.get(i).name(), parameters.get(i).format(values[i]));
        }
        return Collections.unmodifiableMap(texts);
    }

    /** The definition named {@code name}. */
    static <T> Definition<T> find(String kind, String name, List<Definition<T>> registry) {
        return registry.stream()
                .filter(definition -> definition.name.equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "no "
                                                + kind
                                                + " is named "
                                                + name
                                                + "; there are "
                                                + registry.stream()
                                                        .map(Definition::name)
                                                        .toList()));
    }

    /** {@code name(value, value)}, as Java code. */
    String call(double... values) {
        return call(values, Stream.empty());
    }

    /** {@code name(value, value)}, as Java code, with more arguments at the end. */
    String call(double[] values, Stream<String> more) {
        return Stream.concat(
                        IntStream.range(0, values.length)
                                .mapToObj(i -> parameters.get(i).code(values[i])),
                        more)
                .collect(Collectors.joining(", ", name + "(", ")"));
    }
}
