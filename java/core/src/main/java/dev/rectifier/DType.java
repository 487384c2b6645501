package dev.rectifier;

/** The element type of a {@link Span}, named as in NumPy. */
public enum DType {
    /** IEEE-754 binary32, Java {@code float}. */
    FLOAT32(Float.BYTES),
    /** IEEE-754 binary64, Java {@code double}. */
    FLOAT64(Double.BYTES);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** The size of one element in bytes. */
    public int bytes() {
        return bytes;
    }

    /** Rounds a value to this type: the nearest {@code float} for {@link #FLOAT32}. */
    public double round(double value) {
        return this == FLOAT32 ? (float) value : value;
    }
}
