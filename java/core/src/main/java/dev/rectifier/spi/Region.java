package dev.rectifier.spi;

import dev.rectifier.DType;
import dev.rectifier.Span;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Off-heap memory of any size that somebody else owns, and may close: what a {@link Span#of(DType,
 * Region, long) span} can be of besides arrays, buffers and pointers. For those who bring a kind of
 * memory to this library, as {@code rectifier-segments} does, not for callers.
 *
 * <p>Who implements it vouches for the address: kernels read and write there, as they do where a
 * pointer says. No alignment is needed. Implementations are immutable and thread-safe.
 */
public interface Region {
    /** {@return the address of the first byte} */
    long address();

    /** {@return whether it may not be written} */
    boolean isReadOnly();

    /**
     * Asked before each call.
     *
     * @param name what the caller calls it, for the message
     * @throws IllegalStateException if it has been closed
     * @throws RuntimeException if this thread may not use it
     */
    void requireOpen(String name);

    /**
     * {@return the scope, a {@code java.lang.foreign.MemorySegment.Scope}, that another thread
     * could end while this one computes, unmapping the memory; nothing if none can} A call holds it
     * open; where that can't be, it computes in a copy.
     */
    Optional<Object> scope();

    /**
     * Some of it as a buffer in native byte order, access to which fails if it has been closed, and
     * isn't writable if it is read-only.
     *
     * @param from the offset of the first byte
     * @param count the number of bytes
     * @return the buffer, of just these
     */
    ByteBuffer bytes(long from, int count);
}
