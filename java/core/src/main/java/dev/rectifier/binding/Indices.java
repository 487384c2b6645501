package dev.rectifier.binding;

import java.util.HashMap;
import java.util.Map;

/** The numbers that the native library knows functions of one kind by. Immutable. */
final class Indices {
    private final Map<String, Integer> byName = new HashMap<>();

    /**
     * @param names in the order of the numbers
     */
    Indices(String[] names) {
        for (int i = 0; i < names.length; i++) {
            byName.put(names[i], i);
        }
    }

    int count() {
        return byName.size();
    }

    int of(String name) {
        return byName.get(name);
    }
}
