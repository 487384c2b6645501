package dev.rectifier;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Values under the names that other systems give them. Not changed after its owner has filled it.
 */
final class PresetTable<T> {
    private final Map<String, T> presets = new LinkedHashMap<>();

    /**
     * Whether a name is one of another system: no name of ours has a dot, each of theirs has one.
     */
    static boolean isPreset(String name) {
        return name.contains(".");
    }

    void put(String name, T value) {
        presets.put(name, value);
    }

    /** In the order in which they were put. */
    List<String> names() {
        return List.copyOf(presets.keySet());
    }

    T of(String name) {
        T preset = presets.get(name);
        if (preset == null) {
            throw new IllegalArgumentException(
                    "no preset is named " + name + "; near are " + near(name));
        }
        return preset;
    }

    /** The same for callers with parameters, which a preset takes none of. */
    T of(String name, Map<String, String> parameters) {
        T preset = of(name);
        requireComplete(name, preset, parameters);
        return preset;
    }

    /**
     * @throws IllegalArgumentException if there are parameters for a name that stands for a value
     */
    static void requireComplete(String name, Object value, Map<String, String> parameters) {
        if (!parameters.isEmpty()) {
            throw new IllegalArgumentException(
                    name + " takes no parameters; they are those of " + value);
        }
    }

    /** Five names: those of nearly the same function first, and of them the nearest as a whole. */
    private List<String> near(String name) {
        String wanted = lower(name);
        return presets.keySet().stream()
                .sorted(
                        Comparator.comparingInt(
                                        (String preset) ->
                                                distance(function(wanted), function(lower(preset))))
                                .thenComparingInt(preset -> distance(wanted, lower(preset))))
                .limit(5)
                .toList();
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /** What stands after the last dot, without underscores: systems differ in them. */
    private static String function(String name) {
        int arguments = name.indexOf('(');
        String path = arguments < 0 ? name : name.substring(0, arguments);
        return path.substring(path.lastIndexOf('.') + 1).replace("_", "");
    }

    /** The number of characters to insert, delete or replace. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
