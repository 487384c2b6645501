package dev.rectifier.cli;

import dev.rectifier.DType;
import dev.rectifier.Fill;
import dev.rectifier.Initializer;
import dev.rectifier.Parameter;
import dev.rectifier.Shape;
import java.util.Locale;
import java.util.Map;

/** Refuses numbers that a type makes 0, which would silently mean something else. */
public final class Precision {
    private Precision() {}

    /**
     * Checks the parameters of a function.
     *
     * @throws IllegalArgumentException if one isn't 0, but is so in the type
     */
    public static void requireNonzero(Map<String, String> parameters, DType type) {
        parameters.forEach(
                (name, text) -> {
                    try {
                        requireNonzero(name, Parameter.parseNumber(text), type);
                    } catch (NumberFormatException e) {
                        // A word, or nothing that any function takes.
                    }
                });
    }

    /**
     * Checks the distribution of weights.
     *
     * @throws IllegalArgumentException if it has a bound, mean or deviation that isn't 0, but is so
     *     in the type
     */
    public static void requireNonzero(Initializer initializer, Shape shape, DType type) {
        initializer.fill(shape).ifPresent(fill -> requireNonzero(fill, type));
    }

    private static void requireNonzero(Fill fill, DType type) {
        switch (fill.distribution()) {
            case CONSTANT -> requireNonzero("the value", fill.a(), type);
            case UNIFORM -> {
                requireNonzero("the lower bound", fill.a(), type);
                requireNonzero("the upper bound", fill.b(), type);
            }
            case NORMAL, TRUNCATED_NORMAL -> {
                requireNonzero("the mean", fill.a(), type);
                requireNonzero("the standard deviation", fill.b(), type);
            }
            // Drawn in double, so that only what is drawn may become 0.
            case BOUNDED_NORMAL -> requireNonzero("the standard deviation", fill.b(), type);
        }
    }

    private static void requireNonzero(String what, double value, DType type) {
        if (value != 0 && type.round(value) == 0) {
            throw new IllegalArgumentException(
                    "%s %s is 0 in %s"
                            .formatted(what, value, type.name().toLowerCase(Locale.ROOT)));
        }
    }
}
