package dev.rectifier.segments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.Axis;
import dev.rectifier.AxisFunction;
import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Span;
import java.lang.foreign.Arena;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Arenas that are closed while others compute: memory that went away would end this JVM. */
@Timeout(120)
class RacingCloseTest {
    /** So long that it gives back what it unmaps: a small block the C library would keep. */
    private static final int LONG = 1 << 23;

    /** Calls until the arena is closed, which another thread does meanwhile. */
    private static final class Caller extends Thread {
        private final Span x;
        private final Span y;
        private final CountDownLatch isCalling = new CountDownLatch(1);
        private final AtomicReference<Throwable> end = new AtomicReference<>();

        Caller(Span x, Span y) {
            this.x = x;
            this.y = y;
        }

        @Override
        public void run() {
            try {
                while (true) {
                    isCalling.countDown();
                    Elementwise.gelu().forward(x, y);
                    AxisFunction.softmax().forward(y, y, Axis.ofRows(x.length() / 8, 8));
                    // Of several, some would always be at it, and the arena never be closed.
                    LockSupport.parkNanos(1000);
                }
            } catch (Throwable e) {
                end.set(e);
            }
        }
    }

    /** {@return how often the arena couldn't be closed because of a call} */
    private static long close(Arena arena) {
        for (long refused = 0; ; refused++) {
            try {
                arena.close();
                return refused;
            } catch (IllegalStateException e) {
                Thread.yield();
            }
        }
    }

    /** {@return how often the arena couldn't be closed because of a call} */
    private static long race(int length, int callers) throws InterruptedException {
        Arena arena = Arena.ofShared();
        Span x = Segments.span(DType.FLOAT32, arena.allocate(4L * length));
        Caller[] threads = new Caller[callers];
        for (int i = 0; i < callers; i++) {
            threads[i] = new Caller(x, Segments.span(DType.FLOAT32, arena.allocate(4L * length)));
            threads[i].start();
        }
        for (Caller caller : threads) {
            caller.isCalling.await();
        }
        long refused = close(arena);
        for (Caller caller : threads) {
            caller.join();
            Throwable end = caller.end.get();
            assertEquals(IllegalStateException.class, end.getClass(), end::toString);
            assertTrue(end.getMessage().contains("has been closed"), end.getMessage());
        }
        return refused;
    }

    @Test
    void aLongCallKeepsItsMemoryAndTheNextOneIsRefused() throws InterruptedException {
        long refused = 0;
        for (int i = 0; i < 20; i++) {
            refused += race(LONG, 1);
        }
        assertTrue(refused > 0, "no arena was in use when it was to be closed");
    }

    @Test
    void shortCallsOfManyThreadsKeepTheirs() throws InterruptedException {
        for (int i = 0; i < 200; i++) {
            race(64, 3);
        }
    }

    @Test
    void anExhaustedStackEndsNoJvmAndLeavesResultsWhole() {
        Arena arena = Arena.ofShared();
        Span x = Segments.span(DType.FLOAT32, arena.allocate(4L * 100));
        for (int i = 0; i < 20; i++) {
            descend(x, i);
        }
        Elementwise.gelu().forward(x, x);
        assertEquals(0, x.get(99));
    }

    private static int descend(Span x, int extra) {
        try {
            Elementwise.gelu().forward(x, x);
            return descend(x, extra) + extra;
        } catch (StackOverflowError e) {
            return 0;
        }
    }
}
