package dev.rectifier.reference;

import dev.rectifier.Axis;
import dev.rectifier.Span;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Where the elements of a slice along an axis are.
 *
 * @param first the place of the first
 * @param stride the distance from one to the next
 * @param size how many there are
 */
record Slice(long first, long stride, int size) {
    static void each(Axis axis, Consumer<Slice> body) {
        if (axis.elements() == 0) {
            return;
        }
        for (long outer = 0; outer < axis.outer(); outer++) {
            for (long inner = 0; inner < axis.inner(); inner++) {
                body.accept(
                        new Slice(
                                outer * axis.size() * axis.inner() + inner,
                                axis.inner(),
                                Math.toIntExact(axis.size())));
            }
        }
    }

    double[] load(Span span) {
        return IntStream.range(0, size).mapToDouble(i -> span.get(first + i * stride)).toArray();
    }

    void store(double[] values, Span span) {
        for (int i = 0; i < size; i++) {
            span.set(first + i * stride, values[i]);
        }
    }
}
