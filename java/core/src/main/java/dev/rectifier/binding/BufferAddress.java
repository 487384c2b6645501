package dev.rectifier.binding;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.nio.Buffer;
import java.nio.ByteBuffer;

/**
 * Where direct buffers begin. To ask by JNI takes 35 ns, several times what a small call takes; a
 * handle takes 1 or 2, but milliseconds to make, so that it is made for those who ask often.
 *
 * <p>Nothing is kept, and so nothing can be out of date: a buffer's address is a field that is
 * written when it is made. Whether the memory behind it is still there is another question, which
 * {@link dev.rectifier.Span} answers by reading from it. Thread-safe; a race makes the count
 * inexact.
 */
final class BufferAddress {
    private static final int PATIENCE = 1000;

    private static final boolean HAS_SEGMENTS = Runtime.version().feature() >= Door.FOREIGN;

    private static int asked;

    private BufferAddress() {}

    /** The address of the first byte of a direct buffer whose position is 0. */
    static long of(Buffer direct) {
        if (asked < PATIENCE) {
            asked++;
            return ofDirect(direct);
        }
        return Quick.of(direct);
    }

    /**
     * The same, or 0 if another thread could unmap the memory while the buffer is in use, as only
     * that of a memory segment can be.
     */
    static long ofSteady(Buffer direct) {
        if (!HAS_SEGMENTS) {
            return of(direct);
        }
        return asked < PATIENCE && Hold.seesBuffers()
                ? Hold.scope(direct) == null ? of(direct) : 0
                : Quick.ofSteady(direct);
    }

    private static native long ofDirect(Buffer direct);

    private static final class Quick {
        /** Of a Buffer; null if there is none. */
        private static final MethodHandle ADDRESS = find();

        static long of(Buffer direct) {
            if (ADDRESS == null) {
                return ofDirect(direct);
            }
            try {
                return (long) ADDRESS.invokeExact(direct);
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }

        /** The same, but 0 of a buffer that isn't steady; null if there is none. */
        private static final MethodHandle STEADY_ADDRESS = findSteady();

        static long ofSteady(Buffer direct) {
            if (STEADY_ADDRESS == null) {
                return 0;
            }
            try {
                return (long) STEADY_ADDRESS.invokeExact(direct);
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }

        private static boolean isOf(Class<?> type, Object scope) {
            return scope.getClass() == type;
        }

        private static MethodHandle findSteady() {
            try {
                Class<?> segment = Class.forName("java.lang.foreign.MemorySegment");
                Class<?> scope = Class.forName("java.lang.foreign.MemorySegment$Scope");
                MethodHandles.Lookup lookup = MethodHandles.lookup();
                MethodHandle ofBuffer =
                        lookup.findStatic(
                                segment, "ofBuffer", MethodType.methodType(segment, Buffer.class));
                MethodHandle scopeOf =
                        lookup.findVirtual(segment, "scope", MethodType.methodType(scope))
                                .asType(MethodType.methodType(Object.class, segment));
                // Scopes that never end are of one class, which is that of a buffer over no
                // segment.
                Object endless =
                        scopeOf.invoke(ofBuffer.invoke((Buffer) ByteBuffer.allocateDirect(0)));
                MethodHandle isEndless =
                        MethodHandles.insertArguments(
                                lookup.findStatic(
                                        Quick.class,
                                        "isOf",
                                        MethodType.methodType(
                                                boolean.class, Class.class, Object.class)),
                                0,
                                endless.getClass());
                MethodHandle address =
                        lookup.findVirtual(segment, "address", MethodType.methodType(long.class));
                MethodHandle none =
                        MethodHandles.dropArguments(
                                MethodHandles.constant(long.class, 0L), 0, segment);
                return MethodHandles.filterReturnValue(
                        ofBuffer,
                        MethodHandles.guardWithTest(
                                MethodHandles.filterReturnValue(scopeOf, isEndless),
                                address,
                                none));
            } catch (Throwable e) {
                return null;
            }
        }

        private static MethodHandle find() {
            try {
                return Runtime.version().feature() < Door.FOREIGN ? ofField() : ofSegment();
            } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
                return null;
            }
        }

        /** Java has an interface for this only since the foreign-function interface. */
        private static MethodHandle ofSegment() throws ReflectiveOperationException {
            Class<?> segment = Class.forName("java.lang.foreign.MemorySegment");
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            return MethodHandles.filterReturnValue(
                    lookup.findStatic(
                            segment, "ofBuffer", MethodType.methodType(segment, Buffer.class)),
                    lookup.findVirtual(segment, "address", MethodType.methodType(long.class)));
        }

        /**
         * Before that, the module jdk.unsupported lets everybody read the field. Later it warns of
         * that.
         */
        private static MethodHandle ofField() throws ReflectiveOperationException {
            Class<?> type = Class.forName("sun.misc.Unsafe");
            Field instance = type.getDeclaredField("theUnsafe");
            instance.setAccessible(true);
            Object unsafe = instance.get(null);
            Object offset =
                    type.getMethod("objectFieldOffset", Field.class)
                            .invoke(unsafe, Buffer.class.getDeclaredField("address"));
            MethodHandle read =
                    MethodHandles.publicLookup()
                            .findVirtual(
                                    type,
                                    "getLong",
                                    MethodType.methodType(long.class, Object.class, long.class))
                            .bindTo(unsafe);
            return MethodHandles.insertArguments(read, 1, offset)
                    .asType(MethodType.methodType(long.class, Buffer.class));
        }
    }
}
