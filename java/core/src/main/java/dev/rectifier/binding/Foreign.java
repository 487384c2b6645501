package dev.rectifier.binding;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.util.Optional;

/**
 * Links functions of the native library by the foreign-function interface, which Java has since
 * version 22. All is by reflection, since this is compiled for 17; nothing of that is left in a
 * handle.
 *
 * <p>A call doesn't leave the state in which a thread runs Java ({@code Linker.Option.critical}),
 * and so takes 3 ns instead of 9 and reads and writes arrays where they are. It holds up every
 * garbage collector as long as it lasts, and must be brief.
 */
final class Foreign {
    private static final Door DOOR = Door.choose();

    /** Whether there may be handles at all. */
    static final boolean IS_USED = DOOR.isForeign();

    /** Whether a function is linked at its first call. */
    static final boolean IS_FORCED = DOOR.isForced();

    /**
     * Elements of a brief call. The slowest function takes less than 25 ns for one, on a processor
     * without fused multiply-add.
     */
    static final int BRIEF = 1 << 11;

    private static volatile Throwable failure;

    private Foreign() {}

    /** Which door is in use, and why. */
    static String status() {
        if (failure != null) {
            return "jni (linking failed: " + failure + ")";
        }
        return (IS_USED ? "foreign" : "jni") + " (" + DOOR.reason() + ")";
    }

    /** Remembers that a function couldn't be linked, which leaves it to JNI. */
    static void failed(Throwable e) {
        failure = e;
    }

    /**
     * A handle on a function whose last parameter is the number of threads, which will be 1.
     *
     * @param signature the parameters' types, I for int32_t, J for int64_t, D for double and P for
     *     an array
     * @param array the type of all arrays, which are Java's; null for arrays elsewhere, which are
     *     passed by their addresses
     * @param isSliced whether each array of Java's has an offset in bytes after it
     */
    static MethodHandle link(String name, String signature, Class<?> array, boolean isSliced) {
        try {
            Class<?> linker = Class.forName("java.lang.foreign.Linker");
            Class<?> lookup = Class.forName("java.lang.foreign.SymbolLookup");
            Class<?> option = Class.forName("java.lang.foreign.Linker$Option");
            Class<?> segment = Class.forName("java.lang.foreign.MemorySegment");
            Class<?> descriptor = Class.forName("java.lang.foreign.FunctionDescriptor");
            Class<?> layout = Class.forName("java.lang.foreign.MemoryLayout");
            Object layouts = Array.newInstance(layout, signature.length());
            for (int i = 0; i < signature.length(); i++) {
                Array.set(layouts, i, layout(signature.charAt(i), array != null));
            }
            Object options = Array.newInstance(option, 1);
            Array.set(
                    options,
                    0,
                    option.getMethod("critical", boolean.class).invoke(null, array != null));
            Object found =
                    lookup.getMethod("find", String.class)
                            .invoke(lookup.getMethod("loaderLookup").invoke(null), name);
            Object symbol =
                    ((Optional<?>) found).orElseThrow(() -> new UnsatisfiedLinkError("no " + name));
            MethodHandle handle =
                    (MethodHandle)
                            linker.getMethod(
                                            "downcallHandle",
                                            segment,
                                            descriptor,
                                            options.getClass())
                                    .invoke(
                                            linker.getMethod("nativeLinker").invoke(null),
                                            symbol,
                                            descriptor
                                                    .getMethod("ofVoid", layouts.getClass())
                                                    .invoke(null, layouts),
                                            options);
            handle = MethodHandles.insertArguments(handle, signature.length() - 1, 1);
            if (array == null) {
                return handle;
            }
            MethodHandle toSegment = toSegment(segment, array, isSliced);
            for (int i = signature.length() - 1; i >= 0; i--) {
                if (signature.charAt(i) == 'P') {
                    handle = MethodHandles.collectArguments(handle, i, toSegment);
                }
            }
            return handle;
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(name, e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(name, e);
        }
    }

    private static MethodHandle toSegment(Class<?> segment, Class<?> array, boolean isSliced)
            throws ReflectiveOperationException {
        MethodHandles.Lookup lookup = MethodHandles.publicLookup();
        MethodHandle ofArray =
                lookup.findStatic(segment, "ofArray", MethodType.methodType(segment, array));
        MethodType fromOffset = MethodType.methodType(segment, long.class);
        return isSliced
                ? MethodHandles.collectArguments(
                        lookup.findVirtual(segment, "asSlice", fromOffset), 0, ofArray)
                : ofArray;
    }

    private static Object layout(char type, boolean isOnHeap) throws ReflectiveOperationException {
        String name =
                switch (type) {
                    case 'I' -> "JAVA_INT";
                    case 'D' -> "JAVA_DOUBLE";
                    // To a C function on a machine of 64 bits, an address is a number of 64 bits.
                    default -> type == 'P' && isOnHeap ? "ADDRESS" : "JAVA_LONG";
                };
        return Class.forName("java.lang.foreign.ValueLayout").getField(name).get(null);
    }
}
