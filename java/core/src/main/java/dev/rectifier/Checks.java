package dev.rectifier;

import dev.rectifier.spi.Backend;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/**
 * The argument checks of all doors: each throws before a byte is written, and names the argument
 * and its value.
 */
final class Checks {
    private Checks() {}

    static void range(String name, long length, long offset, long count) {
        if (offset < 0 || count < 0 || offset > length - count) {
            throw new IndexOutOfBoundsException(
                    "offset "
                            + offset
                            + " and length "
                            + count
                            + " are not within "
                            + name
                            + " of length "
                            + length);
        }
    }

    /**
     * The product of sizes.
     *
     * @param name of the array of sizes
     * @param most what the product may be, also of those sizes that aren't 0, lest it depend on
     *     their order which of them can be multiplied
     * @throws IllegalArgumentException if a size is negative or the product is larger
     */
    static long elements(String name, long most, long... sizes) {
        long product = 1;
        boolean empty = false;
        for (long size : sizes) {
            if (size < 0) {
                throw new IllegalArgumentException(
                        "negative size in " + name + ": " + Arrays.toString(sizes));
            }
            empty |= size == 0;
            if (product > most / Math.max(1, size)) {
                throw new IllegalArgumentException(
                        "more than "
                                + most
                                + " elements in "
                                + name
                                + ": "
                                + Arrays.toString(sizes));
            }
            product *= Math.max(1, size);
        }
        return empty ? 0 : product;
    }

    static void nativeOrder(ByteOrder order) {
        if (order != ByteOrder.nativeOrder()) {
            throw new IllegalArgumentException(
                    "buffer has byte order "
                            + order
                            + ", not the machine's "
                            + ByteOrder.nativeOrder()
                            + "; call ByteBuffer.order(ByteOrder.nativeOrder()) before asFloatBuffer(),"
                            + " asDoubleBuffer() or asShortBuffer()");
        }
    }

    /** A number that a kernel of type {@code dtype} works with must not become infinite there. */
    static void fits(String name, double value, DType dtype) {
        if (!Double.isFinite(dtype.round(value))) {
            throw outOfRange(name, value, dtype);
        }
    }

    static IllegalArgumentException outOfRange(String name, double value, DType dtype) {
        return new IllegalArgumentException(
                name
                        + " "
                        + value
                        + " is out of the range of "
                        + dtype
                        + (dtype.round(value) == 0 ? ", where it is 0" : ""));
    }

    /** The source of a function that takes the {@link DType#arithmeticTypes} alone. */
    static void source(String name, Span span, DType dtype, long length) {
        storedSource(name, span, dtype, length);
        requireArithmetic(name, dtype);
    }

    static void destination(String name, Span span, DType dtype, long length) {
        storedDestination(name, span, dtype, length);
        requireArithmetic(name, dtype);
    }

    private static void requireArithmetic(String name, DType dtype) {
        if (dtype.isHalf()) {
            throw new IllegalArgumentException(
                    name + " is " + dtype + ", which only elementwise activations take");
        }
    }

    /** The source of a function that takes every type. */
    static void storedSource(String name, Span span, DType dtype, long length) {
        Objects.requireNonNull(span, name);
        if (span.dtype() != dtype) {
            throw new IllegalArgumentException(name + " is " + span.dtype() + ", not " + dtype);
        }
        if (span.length() != length) {
            throw new IllegalArgumentException(
                    name + " has length " + span.length() + ", not " + length);
        }
        span.requireOpen(name);
    }

    static void storedDestination(String name, Span span, DType dtype, long length) {
        storedSource(name, span, dtype, length);
        if (span.isReadOnly()) {
            throw new IllegalArgumentException(name + " is read-only: " + span);
        }
    }

    /** A destination may be the same memory as a source, but must not overlap it in another way. */
    static void sameOrDisjoint(
            Backend backend, String name, Span destination, String sourceName, Span source) {
        if (destination.overlaps(source, backend) && !destination.isSame(source, backend)) {
            throw overlap(name, destination, sourceName, source);
        }
    }

    static void disjoint(
            Backend backend, String name, Span destination, String otherName, Span other) {
        if (destination.overlaps(other, backend)) {
            throw overlap(name, destination, otherName, other);
        }
    }

    private static IllegalArgumentException overlap(String name, Span a, String otherName, Span b) {
        return new IllegalArgumentException(name + " " + a + " overlaps " + otherName + " " + b);
    }
}
