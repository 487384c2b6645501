package dev.rectifier;

import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Off-heap memory that is given back at once when it is closed, whenever the garbage collector
 * runs: what the next one needs is taken from it. Of what nobody needs any more the collector
 * decides, as of any direct buffer; so it does where nobody closes.
 *
 * <p>A span of it that is used after it has been closed is an {@link IllegalStateException}.
 * Whoever closes it while another thread works on a span of it gets undefined results there, but
 * nothing worse. Thread-safe.
 */
public final class Memory implements AutoCloseable {
    /** The least that a block has: a line of the cache. */
    private static final int LEAST = 64;

    private static final byte[] ZEROS = new byte[1 << 16];

    /** Blocks of those that have been closed; weakly, so that no collection finds them in use. */
    private static final List<WeakReference<ByteBuffer>> FREE = new ArrayList<>();

    private final List<ByteBuffer> blocks = new ArrayList<>();
    private volatile boolean closed;

    /** Empty, and open. */
    public Memory() {}

    /**
     * Memory for {@code length} elements, all 0.
     *
     * @throws IllegalArgumentException if they don't fit a direct buffer, of 2 GiB
     * @throws IllegalStateException if this has been closed
     * @throws OutOfMemoryError if there isn't that much; the message says how to allow more
     */
    public synchronized Span allocate(DType dtype, long length) {
        requireOpen("memory");
        int bytes = bytes(dtype, length);
        ByteBuffer block = take(bytes);
        blocks.add(block);
        return Span.of(dtype, block.slice(0, bytes).order(ByteOrder.nativeOrder()), this);
    }

    /** The size of so many elements, which a direct buffer must hold. */
    static int bytes(DType dtype, long length) {
        int most = Integer.MAX_VALUE / dtype.bytes();
        if (length < 0 || length > most) {
            throw new IllegalArgumentException(
                    "length "
                            + length
                            + " of "
                            + dtype
                            + " doesn't fit a direct buffer: 0 to "
                            + most);
        }
        return (int) length * dtype.bytes();
    }

    private static synchronized ByteBuffer take(int bytes) {
        int most = (int) Math.min(Integer.MAX_VALUE, 2L * Math.max(LEAST, bytes));
        ByteBuffer free = poll(bytes, most);
        if (free != null) {
            return free;
        }
        try {
            return ByteBuffer.allocateDirect(rounded(bytes));
        } catch (OutOfMemoryError e) {
            // Rather a block that is much too large than none.
            free = poll(bytes, Integer.MAX_VALUE);
            if (free != null) {
                return free;
            }
            OutOfMemoryError outOfMemory =
                    new OutOfMemoryError(
                            e.getMessage()
                                    + "; -XX:MaxDirectMemorySize=<bytes> allows more, by default it"
                                    + " is what -Xmx gives the heap");
            outOfMemory.initCause(e);
            throw outOfMemory;
        }
    }

    /** A block of the smallest size from {@code bytes} to {@code most}, emptied; null for none. */
    private static ByteBuffer poll(int bytes, int most) {
        ByteBuffer best = null;
        WeakReference<ByteBuffer> place = null;
        for (Iterator<WeakReference<ByteBuffer>> i = FREE.iterator(); i.hasNext(); ) {
            WeakReference<ByteBuffer> candidate = i.next();
            ByteBuffer block = candidate.get();
            if (block == null) {
                i.remove();
            } else if (block.capacity() >= bytes
                    && block.capacity() <= most
                    && (best == null || block.capacity() < best.capacity())) {
                best = block;
                place = candidate;
            }
        }
        if (best != null) {
            FREE.remove(place);
            for (int i = 0; i < bytes; i += ZEROS.length) {
                best.put(i, ZEROS, 0, Math.min(ZEROS.length, bytes - i));
            }
        }
        return best;
    }

    /** A little more, so that what differs by little takes the same blocks. */
    private static int rounded(int bytes) {
        int step = Math.max(LEAST, Integer.highestOneBit(bytes) >> 4);
        return (int) Math.min(Integer.MAX_VALUE, (Math.max(1, bytes) + step - 1L) / step * step);
    }

    private static synchronized void giveBack(List<ByteBuffer> blocks) {
        blocks.forEach(block -> FREE.add(new WeakReference<>(block)));
    }

    /** Whether it has been closed. */
    public boolean isClosed() {
        return closed;
    }

    void requireOpen(String name) {
        if (closed) {
            throw new IllegalStateException(name + " has been closed");
        }
    }

    /** Gives the memory back. Closing it once more does nothing. */
    @Override
    public synchronized void close() {
        closed = true;
        giveBack(blocks);
        blocks.clear();
    }
}
