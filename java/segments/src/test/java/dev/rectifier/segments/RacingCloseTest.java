package dev.rectifier.segments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.Axis;
import dev.rectifier.AxisFunction;
import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Span;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Arenas that are closed while others compute: memory that went away would end this JVM. */
@Timeout(120)
class RacingCloseTest {
    /** So long that it gives back what it unmaps: a small block the C library would keep. */
    private static final int LONG = 1 << 23;

    /** Calls until the arena is closed, which another thread does meanwhile. */
    private static final class Caller extends Thread {
        private final Runnable call;
        private final CountDownLatch isCalling = new CountDownLatch(1);
        private final AtomicReference<Throwable> end = new AtomicReference<>();

        Caller(Runnable call) {
            this.call = call;
        }

        @Override
        public void run() {
            try {
                while (true) {
                    isCalling.countDown();
                    call.run();
                    // Of several, some would always be at it, and the arena never be closed.
                    LockSupport.parkNanos(1000);
                }
            } catch (Throwable e) {
                end.set(e);
            }
        }
    }

    /** How callers name the memory of two segments. */
    enum Way {
        SEGMENTS(
                (x, y) -> {
                    Span a = Segments.span(DType.FLOAT32, x);
                    Span b = Segments.span(DType.FLOAT32, y);
                    Axis rows = Axis.ofRows(a.length() / 8, 8);
                    return () -> {
                        Elementwise.gelu().forward(a, b);
                        AxisFunction.softmax().forward(b, b, rows);
                    };
                }),
        SPANS_OF_BUFFERS(
                (x, y) -> {
                    Span a = Span.of(buffer(x));
                    Span b = Span.of(buffer(y));
                    return () -> Elementwise.gelu().forward(a, b);
                }),
        BUFFERS(
                (x, y) -> {
                    FloatBuffer a = buffer(x);
                    FloatBuffer b = buffer(y);
                    return () -> Elementwise.gelu().forward(a, b);
                });

        private final BiFunction<MemorySegment, MemorySegment, Runnable> call;

        Way(BiFunction<MemorySegment, MemorySegment, Runnable> call) {
            this.call = call;
        }

        private static FloatBuffer buffer(MemorySegment segment) {
            return segment.asByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer();
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
    private static long race(Way way, int length, int callers) throws InterruptedException {
        Arena arena = Arena.ofShared();
        MemorySegment x = arena.allocate(4L * length);
        Caller[] threads = new Caller[callers];
        for (int i = 0; i < callers; i++) {
            threads[i] = new Caller(way.call.apply(x, arena.allocate(4L * length)));
            threads[i].start();
        }
        for (Caller caller : threads) {
            caller.isCalling.await();
        }
        if (length == LONG) {
            // For a call to be under way, which takes longer than this.
            Thread.sleep(5);
        }
        long refused = close(arena);
        for (Caller caller : threads) {
            caller.join();
            Throwable end = caller.end.get();
            assertEquals(IllegalStateException.class, end.getClass(), end::toString);
            assertTrue(end.getMessage().toLowerCase().contains("closed"), end.getMessage());
        }
        return refused;
    }

    @ParameterizedTest
    @EnumSource
    void aLongCallKeepsItsMemoryAndTheNextOneIsRefused(Way way) throws InterruptedException {
        long refused = 0;
        for (int i = 0; i < 10; i++) {
            refused += race(way, LONG, 1);
        }
        assertTrue(refused > 0, "no arena was in use when it was to be closed");
    }

    @ParameterizedTest
    @EnumSource
    void shortCallsOfManyThreadsKeepTheirs(Way way) throws InterruptedException {
        for (int i = 0; i < 100; i++) {
            race(way, 64, 3);
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
