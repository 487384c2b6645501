package dev.rectifier;

import dev.rectifier.spi.Backend;
import dev.rectifier.spi.Region;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.Objects;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.ShortPointer;

/**
 * A run of {@code float} or {@code double} elements, or of {@code short}s that hold the bits of a
 * type of 16 bits, that somebody else owns: a heap array, an NIO buffer, a JavaCPP pointer or, by
 * {@code rectifier-segments}, a memory segment. It is what every kernel reads from and writes to;
 * making one copies nothing.
 *
 * <p>A span of a buffer covers its position to its limit at the time of the call, and later changes
 * of either don't matter. A span of a pointer covers its position to its limit and may be longer
 * than 2³¹ elements. Off-heap spans are the fastest door into the kernels and the only one that
 * always runs in parallel.
 *
 * <p>Calls that go by JNI copy what is on the heap off-heap and back, in pieces of a few thousand
 * elements where the function allows that, since to pin an array holds up the garbage collector:
 * with G1 before JDK 22 threads then die of an {@code OutOfMemoryError} that isn't one. Brief calls
 * and elementwise ones work on arrays where they are, since JDK 22. Functions along an axis are cut
 * between slices, one of which may be as large as its array; the gradients of learned parameters,
 * dense layers and orthogonal matrices aren't cut, and take a copy of each array. Copies are in
 * native memory of the library's own, a pool or what is freed with the call: no direct buffer is
 * made, and no thread keeps any. If there is none left, an {@code OutOfMemoryError} says how many
 * bytes were wanted, and nothing has been written.
 *
 * <p>What copies cost, against arrays pinned in pieces of 65536 elements as they were before, both
 * measured alternately in one run on a machine under load (Zen 5, JDK 17, float32): up to 64
 * elements it is faster (0.7× to 0.9× the time); relu and tanh of 1K elements take 1.0× and 1.1×,
 * of 64K 1.5× and 1.3×, of 1M 1.2× and 1.7×.
 *
 * <p>A buffer over a file mapped into memory is a fine span, but if another process cuts the file
 * short, touching what is gone ends a JVM (SIGBUS), whoever touches it.
 *
 * <p>JavaCPP makes pointers with natives of its own, which the artifact {@code rectifier-platform}
 * brings for the platforms that JavaCPP has (not for musl); beside the natives of one platform
 * alone they take {@code org.bytedeco:javacpp} with its classifier.
 *
 * <p>Overlaps are found between spans of one array, and between addresses. They can't be seen
 * between two views of one heap {@code ByteBuffer}, between an array and a read-only buffer over
 * it, and, with the pure-Java backend, between direct buffers; results are then undefined, but
 * nothing outside of the destination is written.
 *
 * <p>Spans are immutable and thread-safe; their elements are as thread-safe as the memory they
 * stand for.
 */
public final class Span {
    private static final long UNKNOWN = 0;

    /** Elements of a region that are copied at once, as many as a buffer may have. */
    private static final int PART = 1 << 24;

    /** What {@link #owner} is. */
    private enum Kind {
        ARRAY,
        HEAP_BUFFER,
        DIRECT_BUFFER,
        POINTER,
        /** A {@link Region} that nobody can close during a call. */
        STEADY_REGION,
        /** One that another thread could. */
        REGION
    }

    /** Asked for at every turn, for which instanceof would be too long. */
    private final Kind kind;

    private final DType dtype;
    private final Object owner;
    private final long offset;
    private final long length;

    /** What the elements are part of and may be closed with; null if they aren't of any. */
    private final Memory memory;

    /** The address of a direct buffer, found at first use; a race finds the same value twice. */
    private long bufferAddress = UNKNOWN;

    /** Whether that buffer is steady; a race that sees the address alone takes the slow way. */
    private boolean isBufferSteady;

    private Span(Kind kind, DType dtype, Object owner, long offset, long length) {
        this(kind, dtype, owner, offset, length, null);
    }

    private Span(Kind kind, DType dtype, Object owner, long offset, long length, Memory memory) {
        this.memory = memory;
        this.kind = kind;
        this.dtype = dtype;
        this.owner = owner;
        this.offset = offset;
        this.length = length;
    }

    /**
     * {@return all elements of an array}
     *
     * @param array the elements
     */
    public static Span of(float[] array) {
        Objects.requireNonNull(array, "array");
        return new Span(Kind.ARRAY, DType.FLOAT32, array, 0, array.length);
    }

    /**
     * {@return all elements of an array}
     *
     * @param array the elements
     */
    public static Span of(double[] array) {
        Objects.requireNonNull(array, "array");
        return new Span(Kind.ARRAY, DType.FLOAT64, array, 0, array.length);
    }

    /**
     * {@return all elements of an array}
     *
     * @param dtype what the bits mean: {@link DType#BFLOAT16} or {@link DType#FLOAT16}
     * @param array the elements
     * @throws IllegalArgumentException if {@code dtype} is another
     */
    public static Span of(DType dtype, short[] array) {
        Objects.requireNonNull(array, "array");
        return new Span(Kind.ARRAY, dtype.requireHalf(), array, 0, array.length);
    }

    /**
     * {@return elements {@code offset} to {@code offset + length} of an array}
     *
     * @param array the elements
     * @param offset the index of the first element
     * @param length the number of elements
     * @throws IndexOutOfBoundsException if the array doesn't hold them all
     */
    public static Span of(float[] array, int offset, int length) {
        return of("array", array, offset, length);
    }

    static Span of(String name, float[] array, int offset, int length) {
        Objects.requireNonNull(array, name);
        Checks.range(name, array.length, offset, length);
        return new Span(Kind.ARRAY, DType.FLOAT32, array, offset, length);
    }

    /**
     * {@return elements {@code offset} to {@code offset + length} of an array}
     *
     * @param array the elements
     * @param offset the index of the first element
     * @param length the number of elements
     * @throws IndexOutOfBoundsException if the array doesn't hold them all
     */
    public static Span of(double[] array, int offset, int length) {
        return of("array", array, offset, length);
    }

    static Span of(String name, double[] array, int offset, int length) {
        Objects.requireNonNull(array, name);
        Checks.range(name, array.length, offset, length);
        return new Span(Kind.ARRAY, DType.FLOAT64, array, offset, length);
    }

    /**
     * {@return elements {@code offset} to {@code offset + length} of an array}
     *
     * @param dtype what the bits mean: {@link DType#BFLOAT16} or {@link DType#FLOAT16}
     * @param array the elements
     * @param offset the index of the first element
     * @param length the number of elements
     * @throws IllegalArgumentException if {@code dtype} is another
     * @throws IndexOutOfBoundsException if the array doesn't hold them all
     */
    public static Span of(DType dtype, short[] array, int offset, int length) {
        Objects.requireNonNull(array, "array");
        dtype.requireHalf();
        Checks.range("array", array.length, offset, length);
        return new Span(Kind.ARRAY, dtype, array, offset, length);
    }

    /**
     * {@return the elements of a buffer from its position to its limit}
     *
     * @param buffer the elements
     * @throws IllegalArgumentException if the buffer's byte order isn't the machine's
     */
    public static Span of(FloatBuffer buffer) {
        Objects.requireNonNull(buffer, "buffer");
        return ofBuffer(DType.FLOAT32, buffer, buffer.order(), buffer.duplicate());
    }

    /**
     * {@return the elements of a buffer from its position to its limit}
     *
     * @param buffer the elements
     * @throws IllegalArgumentException if the buffer's byte order isn't the machine's
     */
    public static Span of(DoubleBuffer buffer) {
        Objects.requireNonNull(buffer, "buffer");
        return ofBuffer(DType.FLOAT64, buffer, buffer.order(), buffer.duplicate());
    }

    /**
     * {@return the elements of a buffer from its position to its limit}
     *
     * @param dtype what the bits mean: {@link DType#BFLOAT16} or {@link DType#FLOAT16}
     * @param buffer the elements
     * @throws IllegalArgumentException if {@code dtype} is another, or the buffer's byte order
     *     isn't the machine's
     */
    public static Span of(DType dtype, ShortBuffer buffer) {
        Objects.requireNonNull(buffer, "buffer");
        return ofBuffer(dtype.requireHalf(), buffer, buffer.order(), buffer.duplicate());
    }

    private static Span ofBuffer(DType dtype, Buffer buffer, ByteOrder order, Buffer duplicate) {
        Checks.nativeOrder(order);
        return buffer.hasArray()
                ? new Span(
                        Kind.ARRAY,
                        dtype,
                        buffer.array(),
                        buffer.arrayOffset() + buffer.position(),
                        buffer.remaining())
                : new Span(
                        kindOf(buffer),
                        dtype,
                        duplicate.clear(),
                        buffer.position(),
                        buffer.remaining());
    }

    private static Kind kindOf(Buffer withoutArray) {
        return withoutArray.isDirect() ? Kind.DIRECT_BUFFER : Kind.HEAP_BUFFER;
    }

    /**
     * {@return the elements of a pointer from its position to its limit}
     *
     * @param pointer the elements
     * @throws IllegalArgumentException if the pointer is null or closed, or has no limit that could
     *     be checked
     */
    public static Span of(FloatPointer pointer) {
        return ofPointer(DType.FLOAT32, pointer);
    }

    /**
     * {@return the elements of a pointer from its position to its limit}
     *
     * @param pointer the elements
     * @throws IllegalArgumentException if the pointer is null or closed, or has no limit that could
     *     be checked
     */
    public static Span of(DoublePointer pointer) {
        return ofPointer(DType.FLOAT64, pointer);
    }

    /**
     * {@return the elements of a pointer from its position to its limit}
     *
     * @param dtype what the bits mean: {@link DType#BFLOAT16} or {@link DType#FLOAT16}
     * @param pointer the elements
     * @throws IllegalArgumentException if {@code dtype} is another, or the pointer is null or
     *     closed, or has no limit that could be checked
     */
    public static Span of(DType dtype, ShortPointer pointer) {
        return ofPointer(dtype.requireHalf(), pointer);
    }

    private static Span ofPointer(DType dtype, Pointer pointer) {
        Objects.requireNonNull(pointer, "pointer");
        if (pointer.isNull()) {
            throw new IllegalArgumentException("pointer is null or closed: " + pointer);
        }
        if (pointer.capacity() <= 0) {
            throw new IllegalArgumentException(
                    "pointer has no capacity, so that its bounds can't be checked; set capacity() or limit(): "
                            + pointer);
        }
        if (pointer.position() < 0
                || pointer.position() > pointer.limit()
                || pointer.limit() > pointer.capacity()) {
            throw new IllegalArgumentException(
                    "pointer breaks position <= limit <= capacity: " + pointer);
        }
        return new Span(
                Kind.POINTER,
                dtype,
                pointer,
                pointer.position(),
                pointer.limit() - pointer.position());
    }

    /**
     * {@return the first elements of off-heap memory that somebody else owns} For those who bring a
     * kind of memory to this library; a {@code java.lang.foreign.MemorySegment} becomes a span by
     * {@code Segments.span} of {@code rectifier-segments}.
     *
     * @param dtype the type of the elements
     * @param region where they are, in native byte order, as many as {@code length} at least
     * @param length the number of elements
     * @throws IllegalArgumentException if {@code length} is negative
     */
    public static Span of(DType dtype, Region region, long length) {
        Objects.requireNonNull(dtype, "dtype");
        Objects.requireNonNull(region, "region");
        if (length < 0) {
            throw new IllegalArgumentException("length must be at least 0, not " + length);
        }
        Kind kind = region.scope().isEmpty() ? Kind.STEADY_REGION : Kind.REGION;
        return new Span(kind, dtype, region, 0, length);
    }

    /**
     * {@return new off-heap memory for {@code length} elements, all 0, in a direct buffer, which
     * the garbage collector frees some time; a {@link Memory} is free when it is closed}
     *
     * @param dtype the type of the elements
     * @param length the number of elements
     */
    public static Span allocate(DType dtype, int length) {
        int bytes = Memory.bytes(dtype, length);
        return of(dtype, ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder()), null);
    }

    static Span of(DType dtype, ByteBuffer bytes, Memory memory) {
        Buffer elements = dtype.elements(bytes);
        return new Span(Kind.DIRECT_BUFFER, dtype, elements, 0, elements.capacity(), memory);
    }

    /**
     * {@return elements {@code start} to {@code start + count} of this span}
     *
     * @param start the index of the first element
     * @param count how many
     * @throws IndexOutOfBoundsException if this span doesn't hold them all
     */
    public Span slice(long start, long count) {
        Checks.range("span", length, start, count);
        return new Span(kind, dtype, owner, offset + start, count, memory);
    }

    /** {@return the type of the elements} */
    public DType dtype() {
        return dtype;
    }

    /** {@return the number of elements} */
    public long length() {
        return length;
    }

    /** {@return whether the memory may not be written} */
    public boolean isReadOnly() {
        if (kind == Kind.ARRAY) {
            return false;
        }
        return owner instanceof Buffer buffer
                ? buffer.isReadOnly()
                : isRegion() && ((Region) owner).isReadOnly();
    }

    /** {@return whether the elements are in a Java array that this span can reach} */
    public boolean isHeap() {
        return kind == Kind.ARRAY;
    }

    /** {@return whether the elements have a fixed address outside of the Java heap} */
    public boolean isOffHeap() {
        return kind != Kind.ARRAY && kind != Kind.HEAP_BUFFER;
    }

    /**
     * {@return whether the elements are off-heap, where no other thread can unmap them during a
     * call, as it can those of a memory segment or of a buffer over one}
     *
     * @param backend what computes
     */
    public boolean isSteady(Backend backend) {
        if (kind != Kind.DIRECT_BUFFER) {
            return kind == Kind.POINTER || kind == Kind.STEADY_REGION;
        }
        if (bufferAddress == UNKNOWN) {
            findAddress(backend);
        }
        return isBufferSteady;
    }

    private void findAddress(Backend backend) {
        long steady = backend.steadyAddress((Buffer) owner);
        isBufferSteady = steady != UNKNOWN;
        bufferAddress = isBufferSteady ? steady : backend.address((Buffer) owner);
    }

    private boolean isRegion() {
        return kind == Kind.STEADY_REGION || kind == Kind.REGION;
    }

    /**
     * {@return the array, buffer, pointer or region; of a buffer, a duplicate without position}
     * {@link #offset} counts from its start.
     */
    public Object owner() {
        return owner;
    }

    /**
     * Where in {@link #owner} the first element is, in elements.
     *
     * @return the number
     */
    public long offset() {
        return offset;
    }

    /**
     * {@return the address of the first element of an off-heap span, or 0 if {@code backend} can't
     * tell}
     *
     * @param backend what computes
     * @throws IllegalStateException if the memory has been closed
     */
    public long address(Backend backend) {
        requireOpen("span");
        return addressIfOpen(backend);
    }

    private long addressIfOpen(Backend backend) {
        if (owner instanceof Pointer pointer) {
            return pointer.address() + offset * dtype.bytes();
        }
        if (isRegion()) {
            return ((Region) owner).address() + offset * dtype.bytes();
        }
        if (bufferAddress == UNKNOWN) {
            findAddress(backend);
        }
        return bufferAddress == UNKNOWN ? UNKNOWN : bufferAddress + offset * dtype.bytes();
    }

    void requireOpen(String name) {
        if (kind == Kind.ARRAY) {
            return;
        }
        if (memory != null) {
            memory.requireOpen(name);
        }
        if (isRegion()) {
            ((Region) owner).requireOpen(name);
        } else if (owner instanceof Pointer pointer) {
            if (pointer.isNull()) {
                throw new IllegalStateException(name + " has been closed: " + pointer);
            }
        } else if (length > 0 && owner instanceof Buffer) {
            // A buffer over a closed memory segment keeps its address; only an ordinary read
            // notices.
            get(0);
        }
    }

    /**
     * {@return element {@code index}, widened to {@code double}} For tests, reference code and
     * small loops.
     *
     * @param index which element, from 0
     * @throws IndexOutOfBoundsException if {@code index} is outside of this span
     */
    public double get(long index) {
        long i = offset + Objects.checkIndex(index, length);
        if (memory != null) {
            memory.requireOpen("span");
        }
        if (owner instanceof float[] array) {
            return array[(int) i];
        }
        if (owner instanceof double[] array) {
            return array[(int) i];
        }
        if (owner instanceof FloatBuffer buffer) {
            return buffer.get((int) i);
        }
        if (owner instanceof DoubleBuffer buffer) {
            return buffer.get((int) i);
        }
        if (owner instanceof FloatPointer pointer) {
            return pointer.get(i - pointer.position());
        }
        if (owner instanceof DoublePointer pointer) {
            return pointer.get(i - pointer.position());
        }
        if (isRegion()) {
            return inBuffer(index, 1).get(0);
        }
        return dtype.half().value(bits(i));
    }

    /** Some elements, of which those of a region are in a buffer. */
    private Span inBuffer(long from, int n) {
        if (!isRegion()) {
            return slice(from, n);
        }
        int size = dtype.bytes();
        ByteBuffer bytes = ((Region) owner).bytes((offset + from) * size, n * size);
        return of(dtype, bytes, null);
    }

    /** The bits of an element of a type of 16 bits. */
    private short bits(long i) {
        if (owner instanceof short[] array) {
            return array[(int) i];
        }
        if (owner instanceof ShortBuffer buffer) {
            return buffer.get((int) i);
        }
        ShortPointer pointer = (ShortPointer) owner;
        return pointer.get(i - pointer.position());
    }

    /**
     * Sets element {@code index} to {@code value}, rounded to the element type, once.
     *
     * @param index which element, from 0
     * @param value what the element becomes, rounded to its type
     * @throws IndexOutOfBoundsException if {@code index} is outside of this span
     */
    public void set(long index, double value) {
        long i = offset + Objects.checkIndex(index, length);
        if (memory != null) {
            memory.requireOpen("span");
        }
        if (isRegion()) {
            inBuffer(index, 1).set(0, value);
        } else if (owner instanceof float[] array) {
            array[(int) i] = (float) value;
        } else if (owner instanceof double[] array) {
            array[(int) i] = value;
        } else if (owner instanceof FloatBuffer buffer) {
            buffer.put((int) i, (float) value);
        } else if (owner instanceof DoubleBuffer buffer) {
            buffer.put((int) i, value);
        } else if (owner instanceof FloatPointer pointer) {
            pointer.put(i - pointer.position(), (float) value);
        } else if (owner instanceof DoublePointer pointer) {
            pointer.put(i - pointer.position(), value);
        } else {
            setBits(i, dtype.half().nearest(value));
        }
    }

    private void setBits(long i, short bits) {
        if (owner instanceof short[] array) {
            array[(int) i] = bits;
        } else if (owner instanceof ShortBuffer buffer) {
            buffer.put((int) i, bits);
        } else {
            ShortPointer pointer = (ShortPointer) owner;
            pointer.put(i - pointer.position(), bits);
        }
    }

    /**
     * Copies all elements of {@code source}, which must not overlap this span, into it.
     *
     * @param source what is copied
     * @throws IllegalArgumentException if lengths or types differ, or this span is read-only
     */
    public void copyFrom(Span source) {
        Checks.storedSource("source", source, source.dtype, source.length);
        Checks.storedDestination("destination", this, source.dtype, source.length);
        if (isRegion() || source.isRegion()) {
            for (long done = 0; done < length; done += PART) {
                int n = (int) Math.min(PART, length - done);
                inBuffer(done, n).copyFrom(source.inBuffer(done, n));
            }
            return;
        }
        int to = (int) offset;
        int from = (int) source.offset;
        int n = (int) length;
        if (buffer() instanceof FloatBuffer floats && source.buffer() instanceof FloatBuffer x) {
            floats.put(to, x, from, n);
        } else if (buffer() instanceof DoubleBuffer doubles
                && source.buffer() instanceof DoubleBuffer x) {
            doubles.put(to, x, from, n);
        } else if (buffer() instanceof ShortBuffer shorts
                && source.buffer() instanceof ShortBuffer x) {
            shorts.put(to, x, from, n);
        } else {
            for (long i = 0; i < length; i++) {
                set(i, source.get(i));
            }
        }
    }

    /** All of the owner as a buffer, or null if it may be longer than one. */
    private Buffer buffer() {
        if (owner instanceof float[] array) {
            return FloatBuffer.wrap(array);
        }
        if (owner instanceof double[] array) {
            return DoubleBuffer.wrap(array);
        }
        if (owner instanceof short[] array) {
            return ShortBuffer.wrap(array);
        }
        return owner instanceof Buffer buffer ? buffer : null;
    }

    /** Whether {@code other} is the very same run of elements. */
    boolean isSame(Span other, Backend backend) {
        return length == other.length
                && (owner == other.owner
                        ? offset == other.offset
                        : isOffHeap()
                                && other.isOffHeap()
                                && addressIfOpen(backend) != UNKNOWN
                                && addressIfOpen(backend) == other.addressIfOpen(backend));
    }

    /** Whether any byte belongs to both. */
    boolean overlaps(Span other, Backend backend) {
        if (length == 0 || other.length == 0) {
            return false;
        }
        if (owner == other.owner) {
            return offset < other.offset + other.length && other.offset < offset + length;
        }
        if (!isOffHeap() || !other.isOffHeap()) {
            return false;
        }
        long from = addressIfOpen(backend);
        long otherFrom = other.addressIfOpen(backend);
        return from != UNKNOWN
                && otherFrom != UNKNOWN
                && from < otherFrom + other.length * other.dtype.bytes()
                && otherFrom < from + length * dtype.bytes();
    }

    @Override
    public String toString() {
        return owner.getClass().getSimpleName() + "[" + offset + ", " + (offset + length) + ")";
    }
}
