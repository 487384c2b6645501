package dev.rectifier;

import java.util.Collection;

/**
 * Says that the native library can't be used: on which platform, where it was looked for, what went
 * wrong at each place, and what helps. What was thrown at each place is among {@link
 * #getSuppressed()}.
 *
 * <p>An exception and not a {@link LinkageError}, since a program can go on after it: with another
 * library path, or with {@code rectifier.backend=java}.
 */
public final class NativeLibraryException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * An exception with all that was tried.
     *
     * @param message for a person to read
     * @param attempts what was thrown by each attempt, in order
     */
    public NativeLibraryException(String message, Collection<? extends Throwable> attempts) {
        super(message);
        attempts.forEach(this::addSuppressed);
    }
}
