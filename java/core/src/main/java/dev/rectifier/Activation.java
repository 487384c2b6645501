package dev.rectifier;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * An activation function with its parameters: an immutable, thread-safe value. {@link
 * #definitions()} is the registry of all of them.
 */
public sealed interface Activation
        permits AxisFunction, ConcatenatedRelu, Elementwise, Glu, GumbelSoftmax, Learned, RRelu {
    /** {@return the name in the registry} */
    String name();

    /** {@return all activations} */
    static List<Definition<Activation>> definitions() {
        return Stream.of(
                        Elementwise.definitions(),
                        List.of(
                                PRelu.DEFINITION,
                                LearnedSwish.DEFINITION,
                                Snake.DEFINITION,
                                RRelu.DEFINITION),
                        AxisFunction.definitions(),
                        List.of(
                                Glu.DEFINITION,
                                ConcatenatedRelu.DEFINITION,
                                GumbelSoftmax.DEFINITION))
                .flatMap(List::stream)
                .toList();
    }

    /**
     * {@return other names in use for members of {@link #definitions()}, with what they stand for}
     */
    static SortedMap<String, Activation> synonyms() {
        return new TreeMap<>(
                Map.of(
                        "identity", Elementwise.linear(),
                        "crelu", new ConcatenatedRelu(),
                        "quickGelu", Elementwise.quickGelu(),
                        "swiGlu", Glu.of(Elementwise.silu()),
                        "geGlu", Glu.of(Elementwise.gelu()),
                        "geGluTanh", Glu.of(Elementwise.geluTanh()),
                        "reGlu", Glu.of(Elementwise.relu()),
                        "bilinear", Glu.of(Elementwise.linear())));
    }

    /**
     * {@return the activation of this name, which is one of {@link #definitions()}, {@link
     * #synonyms()} or {@link Presets#names()}}
     *
     * @param name a name of the registry
     * @param parameters texts by parameter name; those not given take their defaults; a synonym and
     *     a preset have none
     * @throws IllegalArgumentException if there is no such activation or parameter, or a value is
     *     illegal
     */
    static Activation of(String name, Map<String, String> parameters) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(parameters, "parameters");
        if (PresetTable.isPreset(name)) {
            return Presets.TABLE.of(name, parameters);
        }
        Activation complete = synonyms().get(name);
        if (complete == null) {
            return Definition.find("activation", name, definitions()).parse(parameters);
        }
        PresetTable.requireComplete(name, complete, parameters);
        return complete;
    }
}
