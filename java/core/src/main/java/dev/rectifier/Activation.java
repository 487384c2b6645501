package dev.rectifier;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * An activation function with its parameters: an immutable, thread-safe value. {@link
 * #definitions()} is the registry of all of them.
 */
public sealed interface Activation
        permits AxisFunction, Elementwise, Glu, GumbelSoftmax, Learned, RRelu {
    /** The name in the registry. */
    String name();

    /** All activations. */
    static List<Definition<Activation>> definitions() {
        return Stream.of(
                        Elementwise.DEFINITIONS,
                        List.of(PRelu.DEFINITION, LearnedSwish.DEFINITION, RRelu.DEFINITION),
                        AxisFunction.DEFINITIONS,
                        List.of(Glu.DEFINITION, GumbelSoftmax.DEFINITION))
                .flatMap(List::stream)
                .toList();
    }

    /**
     * The activation of this name, which is one of {@link #definitions()} or of {@link
     * Presets#names()}.
     *
     * @param parameters texts by parameter name; those not given take their defaults; a preset has
     *     none
     * @throws IllegalArgumentException if there is no such activation or parameter, or a value is
     *     illegal
     */
    static Activation of(String name, Map<String, String> parameters) {
        return PresetTable.isPreset(name)
                ? Presets.TABLE.of(name, parameters)
                : Definition.find("activation", name, definitions()).parse(parameters);
    }
}
