package dev.rectifier;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * An activation function with its parameters: an immutable, thread-safe value. {@link
 * #definitions()} is the registry of all of them.
 */
public sealed interface Activation permits Elementwise, Learned, RRelu, Softmax {
    /** The name in the registry. */
    String name();

    /** All activations. */
    static List<Definition<Activation>> definitions() {
        return Stream.concat(
                        Elementwise.DEFINITIONS.stream(),
                        Stream.of(
                                PRelu.DEFINITION,
                                LearnedSwish.DEFINITION,
                                RRelu.DEFINITION,
                                Softmax.DEFINITION))
                .toList();
    }

    /**
     * The activation of this name.
     *
     * @param parameters texts by parameter name; those not given take their defaults
     * @throws IllegalArgumentException if there is no such activation or parameter, or a value is
     *     illegal
     */
    static Activation of(String name, Map<String, String> parameters) {
        return Definition.find("activation", name, definitions()).parse(parameters);
    }
}
