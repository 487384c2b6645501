package dev.rectifier.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * An activation or an initializer, with the text that asked for it.
 *
 * @param label such as {@code relu} or {@code rrelu:lower=0.1:upper=0.3}, written so because a
 *     shell leaves it alone
 * @param value what it is
 * @param <T> {@link dev.rectifier.Activation} or {@link dev.rectifier.Initializer}
 */
public record Named<T>(String label, T value) {
    /**
     * Looks up what {@code text} names.
     *
     * @param text the name, and the parameters after it
     * @param registry makes the value from a name and parameters
     * @throws IllegalArgumentException if a parameter isn't written as key=value or is given twice,
     *     or the registry doesn't have them
     */
    public static <T> Named<T> parse(
            String text, BiFunction<String, Map<String, String>, T> registry) {
        String label = text.strip();
        String[] parts = label.split(":", -1);
        Map<String, String> parameters = new LinkedHashMap<>();
        for (int i = 1; i < parts.length; i++) {
            String[] pair = parts[i].split("=", 2);
            if (pair.length < 2) {
                throw new IllegalArgumentException(
                        "a parameter is written as name:key=value, not " + label);
            }
            if (parameters.put(pair[0], pair[1]) != null) {
                throw new IllegalArgumentException(pair[0] + " is given twice in " + label);
            }
        }
        return new Named<>(label, registry.apply(parts[0], parameters));
    }
}
