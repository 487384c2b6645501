package dev.rectifier.segments;

import dev.rectifier.spi.Region;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** A native or mapped segment. */
final class Segment implements Region {
    /** Who asks what others may do; it is never started. */
    private static final Thread OTHER = new Thread(() -> {});

    private final MemorySegment segment;
    private final Optional<Object> scope;

    Segment(MemorySegment segment) {
        this.segment = segment;
        scope =
                isOfOneThread(segment) || segment.scope().equals(Arena.global().scope())
                        ? Optional.empty()
                        : Optional.of(segment.scope());
    }

    /** Who alone may use a segment may alone close it, too, and is busy during a call. */
    private static boolean isOfOneThread(MemorySegment segment) {
        return !segment.isAccessibleBy(OTHER);
    }

    @Override
    public long address() {
        return segment.address();
    }

    @Override
    public boolean isReadOnly() {
        return segment.isReadOnly();
    }

    @Override
    public void requireOpen(String name) {
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException(name + " has been closed: " + segment);
        }
        Thread current = Thread.currentThread();
        if (!segment.isAccessibleBy(current)) {
            throw new WrongThreadException(
                    name + " belongs to another thread than " + current + ": " + segment);
        }
    }

    @Override
    public Optional<Object> scope() {
        return scope;
    }

    @Override
    public ByteBuffer bytes(long from, int count) {
        return segment.asSlice(from, count).asByteBuffer().order(ByteOrder.nativeOrder());
    }
}
