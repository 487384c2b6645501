package dev.rectifier.benchmarks;

import dev.rectifier.Span;
import java.util.Arrays;
import java.util.function.LongToDoubleFunction;

/**
 * An array that a call reads.
 *
 * @param name as in our API
 * @param value that of each element, in row-major order
 */
public record Operand(String name, LongToDoubleFunction value, long... shape) {
    /** The number of elements. */
    public long length() {
        return elements(shape);
    }

    /** The number of elements of an array of this shape. */
    public static long elements(long... shape) {
        return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }

    /** The elements of a vector from one on. */
    Operand from(long first) {
        return new Operand(name, i -> value.applyAsDouble(first + i), length() - first);
    }

    /** Writes the elements, or the first of them. */
    public Span write(Span to) {
        for (long i = 0; i < to.length(); i++) {
            to.set(i, value.applyAsDouble(i));
        }
        return to;
    }
}
