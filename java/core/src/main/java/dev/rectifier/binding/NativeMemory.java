package dev.rectifier.binding;

import dev.rectifier.DType;
import dev.rectifier.Span;
import dev.rectifier.spi.Region;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Off-heap memory for the time of a call, through which data on the heap reach the kernels.
 *
 * <p>Up to {@link #BLOCK} bytes come from a pool without locks that the library has in its own data
 * section: it belongs to no thread, so that a million virtual threads need no more of it than the
 * processors do that run them, and it goes when the library goes. What is larger, or finds the pool
 * in use, is freed by {@link #close()} at once. So nothing here waits for the garbage collector, or
 * counts towards {@code -XX:MaxDirectMemorySize}.
 */
public final class NativeMemory implements AutoCloseable {
    /** The bytes of a part of the pool. */
    public static final int BLOCK = 1 << 16;

    /** What places in the memory are multiples of, a cache line. */
    public static final int ALIGNMENT = 64;

    /** A power of two; as many as jni.cpp has. */
    private static final int BLOCKS = 64;

    /** References between the blocks of two threads: more than a cache line. */
    private static final int SPREAD = 32;

    /** Block i when it isn't in use, at i·{@link #SPREAD}. */
    private static final AtomicReferenceArray<NativeMemory> POOL =
            new AtomicReferenceArray<>(BLOCKS * SPREAD);

    static {
        long first = blocks();
        for (int i = 0; i < BLOCKS; i++) {
            POOL.set(i * SPREAD, new NativeMemory(first + (long) i * BLOCK, BLOCK, i * SPREAD));
        }
    }

    /** The memory from each multiple of this many bytes on is seen through a buffer. */
    private static final int WINDOW = 1 << 30;

    private static final int NOT_POOLED = -1;

    private final long address;
    private final long bytes;

    /** Where in the pool it belongs. */
    private final int home;

    /** Each reaches into the next, so that no run of {@link #WINDOW} bytes is in two of them. */
    private FloatBuffer[] floats;

    private DoubleBuffer[] doubles;
    private ShortBuffer[] shorts;

    private NativeMemory(long address, long bytes, int home) {
        this.address = address;
        this.bytes = bytes;
        this.home = home;
    }

    /**
     * Memory with undefined contents.
     *
     * @param bytes the number of bytes
     * @return the memory
     * @throws OutOfMemoryError if it can't be had
     */
    public static NativeMemory of(long bytes) {
        if (bytes <= BLOCK) {
            int start = (int) Thread.currentThread().getId();
            for (int i = 0; i < BLOCKS; i++) {
                int home = (start + i & BLOCKS - 1) * SPREAD;
                NativeMemory memory = POOL.get(home) == null ? null : POOL.getAndSet(home, null);
                if (memory != null) {
                    return memory.floats == null ? memory.seen() : memory;
                }
            }
        }
        long address = allocate(Math.max(bytes, 1));
        if (address == 0) {
            throw new OutOfMemoryError(
                    "no "
                            + bytes
                            + " bytes of native memory for a copy of what is on the heap; data in direct buffers or"
                            + " pointers aren't copied");
        }
        return new NativeMemory(address, bytes, NOT_POOLED).seen();
    }

    /** This memory with its buffers; it is given back if they can't be had. */
    private NativeMemory seen() {
        boolean isSeen = false;
        try {
            int windows = (int) ((bytes + WINDOW - 1) / WINDOW);
            DoubleBuffer[] doubles = new DoubleBuffer[windows];
            ShortBuffer[] shorts = new ShortBuffer[windows];
            FloatBuffer[] floats = new FloatBuffer[windows];
            for (int i = 0; i < windows; i++) {
                long start = (long) i * WINDOW;
                long length = Math.min(bytes - start, Integer.MAX_VALUE);
                ByteBuffer window = view(address + start, length).order(ByteOrder.nativeOrder());
                doubles[i] = window.asDoubleBuffer();
                shorts[i] = window.asShortBuffer();
                floats[i] = window.asFloatBuffer();
            }
            this.doubles = doubles;
            this.shorts = shorts;
            this.floats = floats;
            isSeen = true;
            return this;
        } finally {
            if (!isSeen) {
                close();
            }
        }
    }

    /**
     * Where it begins.
     *
     * @return the number
     */
    public long address() {
        return address;
    }

    /**
     * Copies elements {@code from} to {@code from + n} of a span that is copied.
     *
     * @param at to where, in bytes from the start of this memory; a multiple of the elements' size
     * @param source what is copied
     * @param from the index of the first element
     * @param n the number of elements
     */
    public void load(long at, Span source, long from, long n) {
        for (long done = 0; done < n; ) {
            long here = at + done * source.dtype().bytes();
            int count = (int) Math.min(n - done, WINDOW / source.dtype().bytes());
            long first = source.offset() + from + done;
            if (source.owner() instanceof Region region) {
                load(here, elements(source.dtype(), region, first, count), 0, count);
            } else {
                load(here, source.owner(), (int) first, count);
            }
            done += count;
        }
    }

    private static Buffer elements(DType dtype, Region region, long first, int count) {
        return dtype.elements(region.bytes(first * dtype.bytes(), count * dtype.bytes()));
    }

    /** Copies numbers to {@code at}, a multiple of their size. */
    void load(long at, int[] source) {
        for (int done = 0; done < source.length; ) {
            long here = at + (long) done * Integer.BYTES;
            int count = Math.min(source.length - done, WINDOW / Integer.BYTES);
            view(address + here, (long) count * Integer.BYTES)
                    .order(ByteOrder.nativeOrder())
                    .asIntBuffer()
                    .put(source, done, count);
            done += count;
        }
    }

    private void load(long at, Object owner, int from, int n) {
        int window = (int) (at / WINDOW);
        int in = (int) (at % WINDOW);
        if (owner instanceof float[] array) {
            floats[window].put(in / Float.BYTES, array, from, n);
        } else if (owner instanceof double[] array) {
            doubles[window].put(in / Double.BYTES, array, from, n);
        } else if (owner instanceof short[] array) {
            shorts[window].put(in / Short.BYTES, array, from, n);
        } else if (owner instanceof FloatBuffer buffer) {
            floats[window].put(in / Float.BYTES, buffer, from, n);
        } else if (owner instanceof DoubleBuffer buffer) {
            doubles[window].put(in / Double.BYTES, buffer, from, n);
        } else {
            shorts[window].put(in / Short.BYTES, (ShortBuffer) owner, from, n);
        }
    }

    /**
     * Copies to elements {@code from} to {@code from + n} of a span that is copied.
     *
     * @param at from where, in bytes from the start of this memory; a multiple of the elements'
     *     size
     * @param destination where it is copied to
     * @param from the index of the first element
     * @param n the number of elements
     */
    public void store(long at, Span destination, long from, long n) {
        for (long done = 0; done < n; ) {
            long here = at + done * destination.dtype().bytes();
            int count = (int) Math.min(n - done, WINDOW / destination.dtype().bytes());
            long first = destination.offset() + from + done;
            if (destination.owner() instanceof Region region) {
                store(here, elements(destination.dtype(), region, first, count), 0, count);
            } else {
                store(here, destination.owner(), (int) first, count);
            }
            done += count;
        }
    }

    private void store(long at, Object owner, int from, int n) {
        int window = (int) (at / WINDOW);
        int in = (int) (at % WINDOW);
        if (owner instanceof float[] array) {
            floats[window].get(in / Float.BYTES, array, from, n);
        } else if (owner instanceof double[] array) {
            doubles[window].get(in / Double.BYTES, array, from, n);
        } else if (owner instanceof short[] array) {
            shorts[window].get(in / Short.BYTES, array, from, n);
        } else if (owner instanceof FloatBuffer buffer) {
            buffer.put(from, floats[window], in / Float.BYTES, n);
        } else if (owner instanceof DoubleBuffer buffer) {
            buffer.put(from, doubles[window], in / Double.BYTES, n);
        } else {
            ((ShortBuffer) owner).put(from, shorts[window], in / Short.BYTES, n);
        }
    }

    /** Gives the memory back. It must not be used any more. */
    @Override
    public void close() {
        if (home == NOT_POOLED) {
            free(address);
        } else {
            POOL.setRelease(home, this);
        }
    }

    /** The address of {@link #BLOCKS} times {@link #BLOCK} bytes that nobody needs to free. */
    private static native long blocks();

    /** The address of new memory, or 0 if there is none. */
    private static native long allocate(long bytes);

    private static native void free(long address);

    /** A buffer over memory that it doesn't keep. */
    private static native ByteBuffer view(long address, long bytes);
}
