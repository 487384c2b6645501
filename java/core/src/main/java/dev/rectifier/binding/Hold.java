package dev.rectifier.binding;

import dev.rectifier.Span;
import dev.rectifier.spi.Region;

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

    /** Whether a span must be held, and can't be. */
    static boolean isImpossible(Span span) {
        return span.isOffHeap() && !span.isSteady() && !isCounted(scope(span));
    }

    private static boolean isCounted(Object scope) {
        return COUNTER != null && COUNTER.isInstance(scope);
    }

    private static Object scope(Span span) {
        return ((Region) span.owner()).scope().orElseThrow();
    }

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
