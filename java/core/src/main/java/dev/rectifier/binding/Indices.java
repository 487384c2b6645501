package dev.rectifier.binding;

import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;

/** The numbers that the native library knows functions of one kind by. Immutable. */
final class Indices {
    private final Map<String, Integer> byName = new HashMap<>();

    Indices(int count, IntFunction<String> name) {
        for (int i = 0; i < count; i++) {
            byName.put(name.apply(i), i);
        }
    }

    int count() {
        return byName.size();
    }

    int of(String name) {
        return byName.get(name);
    }
}
