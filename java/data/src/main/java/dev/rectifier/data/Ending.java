package dev.rectifier.data;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What is still done when a signal ends the process: work that can be cut short is, and saves what
 * it has; then files that aren't complete are deleted. The process ends with 128 plus the signal.
 */
public final class Ending {
    private static final int PATIENCE_SECONDS = 60;
    private static final Set<Runnable> STOPS = ConcurrentHashMap.newKeySet();
    private static final CountDownLatch OVER = new CountDownLatch(1);

    static {
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(Ending::end, "rectifier-ending"));
        } catch (IllegalStateException e) {
            // The process is ending already, before there was anything to save.
        }
    }

    private Ending() {}

    /** A part of the work that can be cut short. */
    public interface Stoppable extends AutoCloseable {
        /** The work is over. */
        @Override
        void close();
    }

    /**
     * Begins a part of the work that saves what it has when it is cut short.
     *
     * @param stop cuts it short, from another thread
     */
    public static Stoppable begin(Runnable stop) {
        STOPS.add(stop);
        return () -> STOPS.remove(stop);
    }

    /** The command is over, and all that it had to say is said. */
    public static void over() {
        OVER.countDown();
    }

    /** For those whose loading must not wait until the process ends. */
    static void watch() {}

    private static void end() {
        if (!STOPS.isEmpty()) {
            STOPS.forEach(Runnable::run);
            try {
                OVER.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        PartFile.deleteAll();
    }
}
