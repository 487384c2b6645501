package dev.rectifier.models;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.Set;

/** A layer in the architecture of a Keras file. */
record KerasLayer(JsonNode node) {
    private static final Set<String> WITH_WEIGHTS = Set.of("Dense", "BatchNormalization", "PReLU");

    String kind() {
        return node.path("class_name").asText();
    }

    JsonNode config() {
        return node.path("config");
    }

    /** The name, which functional models also have outside of the configuration. */
    String name() {
        String name = config().path("name").asText("");
        return name.isEmpty() ? node.path("name").asText("") : name;
    }

    boolean mustHaveWeights() {
        return WITH_WEIGHTS.contains(kind());
    }

    /** A number under one of several keys, since Keras renamed many. */
    Optional<Double> number(String... keys) {
        for (String key : keys) {
            JsonNode value = config().path(key);
            // NumPy numbers were written with their type.
            if (value.isObject() && value.has("value")) {
                value = value.get("value");
            }
            if (value.isNumber()) {
                return Optional.of(value.asDouble());
            }
        }
        return Optional.empty();
    }

    boolean flag(boolean otherwise, String... keys) {
        for (String key : keys) {
            if (config().path(key).isBoolean()) {
                return config().path(key).asBoolean();
            }
        }
        return otherwise;
    }

    /** For messages. */
    @Override
    public String toString() {
        return "layer '" + name() + "' of class " + kind();
    }
}
