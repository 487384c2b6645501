package dev.rectifier;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.ToLongFunction;

/**
 * Off-heap memory of the calling thread, through which short arrays reach the native library:
 * copying up to {@value #LENGTH} elements there and back takes less time than pinning the arrays.
 */
final class Stage {
    /** The most elements that a place holds. */
    static final int LENGTH = 32;

    private static final int PLACE = LENGTH * Double.BYTES;

    /** What a thread keeps is a class of the JDK's, so that it holds no class loader of ours. */
    private static final ThreadLocal<ByteBuffer> MEMORY = new ThreadLocal<>();

    private Stage() {}

    /** The thread's memory, which begins with its own address. */
    static ByteBuffer memory(ToLongFunction<ByteBuffer> addressOf) {
        ByteBuffer memory = MEMORY.get();
        if (memory == null) {
            memory = ByteBuffer.allocateDirect(offset(2)).order(ByteOrder.nativeOrder());
            memory.putLong(0, addressOf.applyAsLong(memory));
            MEMORY.set(memory);
        }
        return memory;
    }

    static long address(ByteBuffer memory, int place) {
        return memory.getLong(0) + offset(place);
    }

    /** Where a place begins, in bytes from the start of the memory, behind the address. */
    private static int offset(int place) {
        return Long.BYTES + place * PLACE;
    }

    /** Copies the elements of an array to a place, 0 or 1. */
    static void load(ByteBuffer memory, int place, Span array) {
        int at = offset(place);
        int from = (int) array.offset();
        int n = (int) array.length();
        if (array.owner() instanceof float[] floats) {
            for (int i = 0; i < n; i++) {
                memory.putFloat(at + i * Float.BYTES, floats[from + i]);
            }
        } else if (array.owner() instanceof double[] doubles) {
            for (int i = 0; i < n; i++) {
                memory.putDouble(at + i * Double.BYTES, doubles[from + i]);
            }
        } else {
            short[] shorts = (short[]) array.owner();
            for (int i = 0; i < n; i++) {
                memory.putShort(at + i * Short.BYTES, shorts[from + i]);
            }
        }
    }

    /** Copies the elements of a place to an array. */
    static void store(ByteBuffer memory, int place, Span array) {
        int at = offset(place);
        int to = (int) array.offset();
        int n = (int) array.length();
        if (array.owner() instanceof float[] floats) {
            for (int i = 0; i < n; i++) {
                floats[to + i] = memory.getFloat(at + i * Float.BYTES);
            }
        } else if (array.owner() instanceof double[] doubles) {
            for (int i = 0; i < n; i++) {
                doubles[to + i] = memory.getDouble(at + i * Double.BYTES);
            }
        } else {
            short[] shorts = (short[]) array.owner();
            for (int i = 0; i < n; i++) {
                shorts[to + i] = memory.getShort(at + i * Short.BYTES);
            }
        }
    }
}
