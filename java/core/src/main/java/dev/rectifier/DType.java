package dev.rectifier;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * The element type of a {@link Span}, named as in NumPy, which has no bfloat16, and PyTorch.
 *
 * <p>{@link #BFLOAT16} and {@link #FLOAT16} are for storage, in Java {@code short}s that hold their
 * bits. {@link Elementwise} activations alone take them: they compute in {@link #FLOAT32}, with
 * parameters of that type, and round each result once more, to the nearest number, of two to that
 * whose last bit is 0, as most of PyTorch's kernels for CPUs do. A result beyond the greatest
 * number by half a unit becomes infinite, as in NumPy and in ONNX's {@code Cast}, denormal numbers
 * are kept, and a NaN stays NaN: it becomes quiet, and keeps its sign and the upper bits of its
 * payload.
 */
public enum DType {
    /**
     * bfloat16, the upper half of a binary32: the range of {@code float}, to 3.39e38, with 8
     * significant bits.
     */
    BFLOAT16(Short.BYTES, new HalfFormat(7)),
    /**
     * IEEE-754 binary16: 11 significant bits, up to 65504, and denormal numbers from 6e-8 to 6e-5.
     */
    FLOAT16(Short.BYTES, new HalfFormat(10)),
    /** IEEE-754 binary32, Java {@code float}. */
    FLOAT32(Float.BYTES, null),
    /** IEEE-754 binary64, Java {@code double}. */
    FLOAT64(Double.BYTES, null);

    private final int bytes;

    /** Null for what is a type of Java's. */
    private final HalfFormat half;

    DType(int bytes, HalfFormat half) {
        this.bytes = bytes;
        this.half = half;
    }

    /** {@return the types that every function takes: {@link #FLOAT32} and {@link #FLOAT64}} */
    public static List<DType> arithmeticTypes() {
        return Arrays.stream(values()).filter(dtype -> !dtype.isHalf()).toList();
    }

    /** {@return the size of one element in bytes} */
    public int bytes() {
        return bytes;
    }

    /** {@return whether this is a type of 16 bits, for storage} */
    public boolean isHalf() {
        return half != null;
    }

    /**
     * {@return what elements of this type are computed with: {@link #FLOAT32} for those of 16 bits}
     */
    public DType arithmetic() {
        return isHalf() ? FLOAT32 : this;
    }

    /**
     * Rounds a value to this type, once: the nearest {@code float} for {@link #FLOAT32}. That of a
     * NaN is NaN.
     *
     * @param value the number to round
     * @return the number
     */
    public double round(double value) {
        return this == FLOAT64
                ? value
                : this == FLOAT32 ? (float) value : half.value(half.nearest(value));
    }

    HalfFormat half() {
        return half;
    }

    /**
     * {@return bytes as elements of this type: a {@code FloatBuffer}, a {@code DoubleBuffer}, or a
     * {@code ShortBuffer} for those of 16 bits}
     *
     * @param bytes from the position to the limit, in the order that they have
     */
    public Buffer elements(ByteBuffer bytes) {
        return switch (this) {
            case BFLOAT16, FLOAT16 -> bytes.asShortBuffer();
            case FLOAT32 -> bytes.asFloatBuffer();
            case FLOAT64 -> bytes.asDoubleBuffer();
        };
    }

    /** Requires this to be a type whose elements are {@code short}s. */
    DType requireHalf() {
        if (!isHalf()) {
            throw new IllegalArgumentException(
                    "dtype is " + this + ", not one of 16 bits: BFLOAT16 or FLOAT16");
        }
        return this;
    }
}
