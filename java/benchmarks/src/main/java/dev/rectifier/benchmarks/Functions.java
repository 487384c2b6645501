package dev.rectifier.benchmarks;

import dev.rectifier.Activation;
import dev.rectifier.Definition;
import dev.rectifier.Elementwise;
import dev.rectifier.Initializer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is benchmarked: all elementwise activations with their defaults, and the standard fills. */
public final class Functions {
    static final long SEED = 42;

    private static final Map<String, Initializer> INITIALIZERS = new LinkedHashMap<>();

    static {
        INITIALIZERS.put("uniform", Initializer.randomUniform(0, 1, SEED));
        INITIALIZERS.put("normal", Initializer.randomNormal(0, 1, SEED));
        INITIALIZERS.put("truncatedNormal", Initializer.truncatedNormal(0, 1, SEED));
    }

    private Functions() {}

    /** The names of the fills. */
    static List<String> fills() {
        return List.copyOf(INITIALIZERS.keySet());
    }

    /** The names of the activations. */
    static List<String> activations() {
        return Activation.definitions().stream()
                .filter(definition -> definition.withDefaults() instanceof Elementwise)
                .map(Definition::name)
                .toList();
    }

    /** The fill of this name: U[0, 1), N(0, 1), or N(0, 1) cut at ±2. */
    public static Initializer initializer(String name) {
        return INITIALIZERS.get(name);
    }

    /** The activation of this name. */
    public static Elementwise activation(String name) {
        return (Elementwise) Activation.of(name, Map.of());
    }

    /**
     * The name under which other libraries have an activation: with its defaults, ours may be one
     * that they know.
     */
    public static String commonName(String activation) {
        return switch (activation) {
            case "generalizedRelu" -> "relu";
            case "swish" -> "silu";
            default -> activation;
        };
    }
}
