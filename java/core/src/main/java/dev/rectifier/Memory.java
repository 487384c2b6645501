package dev.rectifier;

import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Off-heap memory that is given back at once when it is closed, whenever the garbage collector
 * runs: others that are made after that take theirs from it. It is a direct buffer all the same,
 * which the collector frees when nothing is in use of it, and also where nobody closes.
 *
 * <p>A span of it that is used after it has been closed is an {@link IllegalStateException}.
 * Whoever closes it while another thread works on a span of it gets undefined results there, but
 * nothing worse: the memory is never unmapped under anybody. Thread-safe.
 */
public final class Memory implements AutoCloseable {
    /** What is taken from the system at once, for those that need less. */
    private static final int BLOCK = 1 << 20;

    /** A line of the cache, which no two parts share. */
    private static final int LINE = 64;

    private static final byte[] ZEROS = new byte[1 << 16];

    /** Weakly, so that the collector frees those of which nothing is in use. */
    private static final List<WeakReference<Block>> BLOCKS = new ArrayList<>();

    private record Part(Block block, int from, int size) {}

    /** A direct buffer, of which parts are in use. */
    private static final class Block {
        private final ByteBuffer bytes;

        /** The sizes of what isn't in use, by where it begins; no two of them are neighbours. */
        private final TreeMap<Integer, Integer> free = new TreeMap<>();

        /** What is from here on has never been in use and is 0. */
        private int untouched;

        Block(int size) {
            bytes = ByteBuffer.allocateDirect(size);
            free.put(0, size);
        }

        /** A part that is all 0; null if there is no room. */
        Part take(int size) {
            for (Map.Entry<Integer, Integer> place : free.entrySet()) {
                if (place.getValue() >= size) {
                    int from = place.getKey();
                    int rest = place.getValue() - size;
                    free.remove(from);
                    if (rest > 0) {
                        free.put(from + size, rest);
                    }
                    clear(from, Math.min(from + size, untouched));
                    untouched = Math.max(untouched, from + size);
                    return new Part(this, from, size);
                }
            }
            return null;
        }

        private void clear(int from, int to) {
            for (int i = from; i < to; i += ZEROS.length) {
                bytes.put(i, ZEROS, 0, Math.min(ZEROS.length, to - i));
            }
        }

        void giveBack(int from, int size) {
            int first = from;
            int all = size;
            Map.Entry<Integer, Integer> before = free.lowerEntry(from);
            if (before != null && before.getKey() + before.getValue() == from) {
                first = before.getKey();
                all += before.getValue();
            }
            Integer after = free.remove(from + size);
            free.put(first, after == null ? all : all + after);
        }
    }

    private final List<Part> parts = new ArrayList<>();
    private volatile boolean closed;

    /** Empty, and open. */
    public Memory() {}

    /**
     * Memory for {@code length} elements, all 0.
     *
     * @param dtype the type of the elements
     * @param length the number of elements
     * @return the span
     * @throws IllegalArgumentException if they don't fit a direct buffer, of 2 GiB
     * @throws IllegalStateException if this has been closed
     * @throws OutOfMemoryError if there isn't that much; the message says how to allow more
     */
    public synchronized Span allocate(DType dtype, long length) {
        requireOpen("memory");
        int size = bytes(dtype, length);
        Part part =
                take((int) Math.min(Integer.MAX_VALUE, (Math.max(1, size) + LINE - 1L) & -LINE));
        parts.add(part);
        ByteBuffer bytes = part.block.bytes.slice(part.from, size).order(ByteOrder.nativeOrder());
        return Span.of(dtype, bytes, this);
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

    private static Part take(int size) {
        synchronized (BLOCKS) {
            // A small part that stays would keep all of a large block from being freed.
            long most = Math.max(BLOCK, 8L * size);
            Part part = takeOfBlocks(size, most);
            if (part != null) {
                return part;
            }
            try {
                part = newBlock(size).take(size);
            } catch (OutOfMemoryError e) {
                part = takeOfBlocks(size, Integer.MAX_VALUE);
                if (part == null) {
                    throw withAdvice(e);
                }
                return part;
            }
            BLOCKS.add(new WeakReference<>(part.block));
            return part;
        }
    }

    private static Block newBlock(int size) {
        if (size < BLOCK) {
            try {
                return new Block(BLOCK);
            } catch (OutOfMemoryError e) {
                // Perhaps there still is as much as is needed.
            }
        }
        return new Block(size);
    }

    private static OutOfMemoryError withAdvice(OutOfMemoryError cause) {
        OutOfMemoryError withAdvice =
                new OutOfMemoryError(
                        cause.getMessage()
                                + "; -XX:MaxDirectMemorySize=<bytes> allows more, by default it is"
                                + " what -Xmx gives the heap");
        withAdvice.initCause(cause);
        return withAdvice;
    }

    private static Part takeOfBlocks(int size, long most) {
        for (Iterator<WeakReference<Block>> i = BLOCKS.iterator(); i.hasNext(); ) {
            Block block = i.next().get();
            if (block == null) {
                i.remove();
            } else if (block.bytes.capacity() <= most) {
                Part part = block.take(size);
                if (part != null) {
                    return part;
                }
            }
        }
        return null;
    }

    /** {@return whether it has been closed} */
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
        synchronized (BLOCKS) {
            for (Part part : parts) {
                part.block.giveBack(part.from, part.size);
            }
        }
        parts.clear();
    }
}
