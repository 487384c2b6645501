package dev.rectifier.binding;

/**
 * Whether a function can be called by {@link Foreign} already. To link one takes as long as
 * thousands of calls save, and the first 90 ms: so it is done when a program has shown that it
 * makes them, and on a thread of its own. Thread-safe; races only make counts inexact.
 */
final class Gate implements Runnable {
    /** Calls by JNI before a function is linked. */
    private static final int PATIENCE = 10_000;

    private final String holder;
    private boolean isOpen;
    private int calls;

    /**
     * @param holder the name of the class whose initializer links the function
     */
    Gate(String holder) {
        this.holder = holder;
    }

    boolean isOpen() {
        return Foreign.IS_USED && (isOpen || opens());
    }

    private boolean opens() {
        if (Foreign.IS_FORCED) {
            run();
        } else if (++calls == PATIENCE) {
            start();
        }
        return isOpen;
    }

    private void start() {
        try {
            // A thread that inherited variables or a class loader could keep an application.
            Thread thread = new Thread(null, this, "rectifier-linker", 0, false);
            thread.setContextClassLoader(null);
            thread.setDaemon(true);
            thread.start();
        } catch (OutOfMemoryError e) {
            // No thread is to be had; calls go on as before.
            Foreign.failed(e);
        }
    }

    @Override
    public void run() {
        try {
            Class.forName(holder, true, Gate.class.getClassLoader());
            isOpen = true;
        } catch (ClassNotFoundException | LinkageError e) {
            Foreign.failed(e);
        }
    }
}
