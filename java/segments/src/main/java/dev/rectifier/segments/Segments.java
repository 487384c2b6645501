package dev.rectifier.segments;

import dev.rectifier.DType;
import dev.rectifier.Span;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * Memory segments as spans, which every function of this library takes. Results have the bits that
 * they have on arrays. Thread-safe.
 */
public final class Segments {
    private Segments() {}

    /**
     * {@return the elements of a segment, of which nothing is copied} They are in the machine's
     * byte order, and needn't be aligned.
     *
     * <p>A native or mapped segment may have more than 2³¹ elements. Kernels work on it where it
     * is, on several threads if that repays them. A segment on the heap is of a {@code byte[]}, or
     * of the array that has the elements as they are, {@code short[]} for types of 16 bits; that of
     * a {@code byte[]} is copied in pieces, and so is a read-only one.
     *
     * <p>Whether the segment is still there is asked in each call, which throws an {@code
     * IllegalStateException} if its arena has been closed, and a {@code WrongThreadException} on a
     * thread that may not use it, before a byte is written. As long as a call is under way the
     * arena can't be closed: who tries gets an {@code IllegalStateException}, as with Java's own
     * calls. A mapped file that another process cuts short ends a JVM (SIGBUS), whoever reads it.
     *
     * @param dtype what the bits are
     * @param segment the elements, one after the other; a read-only segment is a source alone
     * @throws IllegalArgumentException if the segment is no whole number of elements, or on the
     *     heap in an array of others
     * @throws IllegalStateException if its arena has been closed
     * @throws WrongThreadException if this thread may not use it
     */
    public static Span span(DType dtype, MemorySegment segment) {
        Objects.requireNonNull(dtype, "dtype");
        Objects.requireNonNull(segment, "segment");
        if (segment.byteSize() % dtype.bytes() != 0) {
            throw new IllegalArgumentException(
                    "segment has "
                            + segment.byteSize()
                            + " bytes, which is no whole number of "
                            + dtype
                            + " of "
                            + dtype.bytes()
                            + ": "
                            + segment);
        }
        if (segment.isNative()) {
            Segment region = new Segment(segment);
            region.requireOpen("segment");
            return Span.of(dtype, region, segment.byteSize() / dtype.bytes());
        }
        Object array = segment.heapBase().orElse(null);
        return array == null || array instanceof byte[]
                ? ofBytes(dtype, segment)
                : ofArray(dtype, segment, array);
    }

    private static Span ofArray(DType dtype, MemorySegment segment, Object array) {
        Class<?> type =
                switch (dtype) {
                    case FLOAT32 -> float[].class;
                    case FLOAT64 -> double[].class;
                    case FLOAT16, BFLOAT16 -> short[].class;
                };
        if (!type.isInstance(array)) {
            throw new IllegalArgumentException(
                    "segment is of a "
                            + array.getClass().getSimpleName()
                            + ", not of a "
                            + type.getSimpleName()
                            + " or byte[], which "
                            + dtype
                            + " is in: "
                            + segment);
        }
        // Of a segment on the heap, that counts from the start of its array.
        long offset = segment.address();
        if (offset % dtype.bytes() != 0) {
            throw new IllegalArgumentException(
                    "segment begins within an element of its "
                            + type.getSimpleName()
                            + ", at byte "
                            + offset
                            + ": "
                            + segment);
        }
        int first = (int) (offset / dtype.bytes());
        int length = (int) (segment.byteSize() / dtype.bytes());
        return switch (dtype) {
            case FLOAT32 -> Span.of((float[]) array, first, length);
            case FLOAT64 -> Span.of((double[]) array, first, length);
            case FLOAT16, BFLOAT16 -> Span.of(dtype, (short[]) array, first, length);
        };
    }

    /** A read-only segment keeps its array to itself, of which only bytes make a buffer. */
    private static Span ofBytes(DType dtype, MemorySegment segment) {
        ByteBuffer bytes;
        try {
            bytes = segment.asByteBuffer().order(ByteOrder.nativeOrder());
        } catch (UnsupportedOperationException e) {
            throw new IllegalArgumentException(
                    "segment is read-only and on the heap, which only one of a byte[] may be: "
                            + segment
                            + "; a read-only buffer of the array makes a span, too",
                    e);
        }
        return switch (dtype) {
            case FLOAT32 -> Span.of(bytes.asFloatBuffer());
            case FLOAT64 -> Span.of(bytes.asDoubleBuffer());
            case FLOAT16, BFLOAT16 -> Span.of(dtype, bytes.asShortBuffer());
        };
    }
}
