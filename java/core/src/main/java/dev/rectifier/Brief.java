package dev.rectifier;

import dev.rectifier.spi.Backend;
import java.lang.ref.Reference;
import java.nio.Buffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Calls of so few elements that to look at spans would take longer than to compute: what does that
 * is too large to be inlined, so that the spans would be made, too. A method here takes what is as
 * usual and in order, and returns false for all else, with nothing written; spans then take it, or
 * say what is wrong.
 */
final class Brief {
    /** Whether a backend can have a short way at all, which takes Java's foreign functions. */
    private static final boolean IS_USED = Runtime.version().feature() >= 22;

    private Brief() {}

    static boolean forward(Elementwise f, float[] x, float[] y) {
        if (!IS_USED) {
            return false;
        }
        Backend backend = backend();
        return x != null
                && y != null
                && areBrief(f, x.length, y.length, backend)
                && backend.forward(f, x, y);
    }

    static boolean backward(Elementwise f, float[] x, float[] dy, float[] dx) {
        if (!IS_USED) {
            return false;
        }
        Backend backend = backend();
        return x != null
                && dy != null
                && dx != null
                && x.length == dy.length
                && areBrief(f, x.length, dx.length, backend)
                && backend.backward(f, x, dy, dx);
    }

    static boolean forward(Elementwise f, double[] x, double[] y) {
        if (!IS_USED) {
            return false;
        }
        Backend backend = backend();
        return x != null
                && y != null
                && areBrief(f, x.length, y.length, backend)
                && backend.forward(f, x, y);
    }

    static boolean backward(Elementwise f, double[] x, double[] dy, double[] dx) {
        if (!IS_USED) {
            return false;
        }
        Backend backend = backend();
        return x != null
                && dy != null
                && dx != null
                && x.length == dy.length
                && areBrief(f, x.length, dx.length, backend)
                && backend.backward(f, x, dy, dx);
    }

    /** Whether the lengths are the same and few, and the parameters are those of any type. */
    private static boolean areBrief(Elementwise f, int n, int m, Backend backend) {
        return n == m && n <= backend.brief() && f.fitsAll();
    }

    static boolean forward(Elementwise f, FloatBuffer x, FloatBuffer y) {
        if (!IS_USED) {
            return false;
        }
        Backend backend = backend();
        if (!isBrief(x, backend) || !isBrief(y, backend) || !isNative(x) || !isNative(y)) {
            return false;
        }
        return !y.isReadOnly() && forward(f, DType.FLOAT32, x, y, backend);
    }

    private static boolean isNative(FloatBuffer buffer) {
        if (buffer.limit() > 0) {
            // Notices if the memory behind it has been closed.
            buffer.get(0);
        }
        return buffer.order() == ByteOrder.nativeOrder();
    }

    static boolean forward(Elementwise f, DoubleBuffer x, DoubleBuffer y) {
        if (!IS_USED) {
            return false;
        }
        Backend backend = backend();
        if (!isBrief(x, backend) || !isBrief(y, backend) || !isNative(x) || !isNative(y)) {
            return false;
        }
        return !y.isReadOnly() && forward(f, DType.FLOAT64, x, y, backend);
    }

    private static boolean isNative(DoubleBuffer buffer) {
        if (buffer.limit() > 0) {
            // Notices if the memory behind it has been closed.
            buffer.get(0);
        }
        return buffer.order() == ByteOrder.nativeOrder();
    }

    private static boolean isBrief(Buffer buffer, Backend backend) {
        return buffer != null
                && buffer.position() == 0
                && buffer.limit() <= backend.brief()
                && buffer.isDirect();
    }

    private static boolean forward(
            Elementwise f, DType dtype, Buffer x, Buffer y, Backend backend) {
        long from = backend.steadyAddress(x);
        long to = backend.steadyAddress(y);
        boolean isDone =
                from != 0
                        && to != 0
                        && x.limit() == y.limit()
                        && forward(f, dtype, from, to, x.limit(), backend);
        Reference.reachabilityFence(x);
        Reference.reachabilityFence(y);
        return isDone;
    }

    static boolean forward(Elementwise f, FloatPointer x, FloatPointer y) {
        return forward(f, DType.FLOAT32, x, y);
    }

    static boolean forward(Elementwise f, DoublePointer x, DoublePointer y) {
        return forward(f, DType.FLOAT64, x, y);
    }

    private static boolean forward(Elementwise f, DType dtype, Pointer x, Pointer y) {
        if (!IS_USED) {
            return false;
        }
        Backend backend = backend();
        boolean isDone =
                isBrief(x, backend)
                        && isBrief(y, backend)
                        && x.limit() == y.limit()
                        && forward(f, dtype, x.address(), y.address(), (int) x.limit(), backend);
        Reference.reachabilityFence(x);
        Reference.reachabilityFence(y);
        return isDone;
    }

    private static boolean isBrief(Pointer pointer, Backend backend) {
        return pointer != null
                && !pointer.isNull()
                && pointer.position() == 0
                && pointer.limit() > 0
                && pointer.limit() <= Math.min(pointer.capacity(), backend.brief());
    }

    /** By addresses, unless some but not all of the memory is both. */
    private static boolean forward(
            Elementwise f, DType dtype, long x, long y, int n, Backend backend) {
        long apart = Math.abs(x - y);
        return (apart == 0 || apart >= (long) n * dtype.bytes())
                && f.fitsAll()
                && backend.forward(f, dtype, x, y, n);
    }

    /** What computes, when all settings have been found to be in order. */
    private static Backend backend() {
        Backend backend = Rectifier.backend();
        Rectifier.threads();
        return backend;
    }
}
