package dev.rectifier.binding;

import dev.rectifier.Span;
import dev.rectifier.spi.Region;
import java.nio.Buffer;

/**
 * Keeps memory from being unmapped by another thread while a kernel is at work on it.
 *
 * <p>Java counts the calls that use the scope of a memory segment, and refuses to end it meanwhile,
 * but counts only calls that are given the segment itself, not its address. The counter has no
 * public method. JNI finds it; where it isn't, nothing can be held, and {@link Stage} copies.
 * Thread-safe.
 */
final class Hold {
    /** What counts; null if this Java has none. */
    private static final Class<?> COUNTER = find();

    private Hold() {}

    /** Whether a span that isn't steady can be held. */
    static boolean isPossible(Span span) {
        return COUNTER != null && COUNTER.isInstance(scope(span));
    }

    /** That of an off-heap span; null if there is none to be seen. */
    private static Object scope(Span span) {
        return span.owner() instanceof Buffer buffer
                ? scope(buffer)
                : ((Region) span.owner()).scope().orElse(null);
    }

    /** Whether {@link #scope(Buffer)} sees what buffers are over. */
    static boolean seesBuffers() {
        return COUNTER != null;
    }

    /** The scope of the segment that a direct buffer is over; null if it is over none. */
    static native Object scope(Buffer direct);

    /**
     * Holds the memory of a span open.
     *
     * @throws IllegalStateException if it has been closed
     */
    static void acquire(Span span) {
        try {
            acquire(scope(span));
        } catch (IllegalStateException e) {
            throw new IllegalStateException(span + " has been closed", e);
        }
    }

    /** Ends what {@link #acquire(Span)} began. */
    static void release(Span span) {
        release(scope(span));
    }

    private static native Class<?> find();

    private static native void acquire(Object scope);

    private static native void release(Object scope);
}
