package dev.rectifier.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number type of .npy files. float32 and float64 stay what they are; others are widened to the
 * type that NumPy makes of them together with a float32: float16, bool and integers of 8 and 16
 * bits to float32, those of 32 and 64 bits to float64, all exactly but for integers of 64 bits
 * beyond 2<sup>53</sup>, which are rounded to the nearest.
 *
 * @param kind NumPy's letter: f, i, u or b
 * @param bytes of an element
 * @param order of the bytes
 */
record NpyType(char kind, int bytes, ByteOrder order) {
    private static final Pattern DESCR =
            Pattern.compile("(?<order>[<>=|]?)(?<type>f[248]|[iu][1248]|b1|\\?)");
    private static final Pattern ANY = Pattern.compile("[<>=|]?(?<kind>[A-Za-z])(?<bytes>\\d*).*");

    /** The type of a {@code descr}, if it is one that is read. */
    static Optional<NpyType> of(String descr) {
        Matcher parts = DESCR.matcher(descr);
        if (!parts.matches()) {
            return Optional.empty();
        }
        String type = parts.group("type").replace("?", "b1");
        ByteOrder order =
                switch (parts.group("order")) {
                    case "<" -> ByteOrder.LITTLE_ENDIAN;
                    case ">" -> ByteOrder.BIG_ENDIAN;
                    default -> ByteOrder.nativeOrder();
                };
        return Optional.of(new NpyType(type.charAt(0), type.charAt(1) - '0', order));
    }

    /** Why a {@code descr}, as it stands in the header, isn't read. */
    static String whyNot(String descr) {
        if (descr.startsWith("[") || descr.startsWith("(")) {
            return "is structured, and not one number an element";
        }
        Matcher parts = ANY.matcher(descr);
        return switch (parts.matches() ? parts.group("kind").charAt(0) : ' ') {
            case 'c' -> "is complex";
            case 'O' -> "is Python objects, which only Python can read, by running what they say";
            case 'S', 'a', 'U' -> "is text";
            case 'V' -> "is raw bytes, as which ml_dtypes' bfloat16 and others are saved";
            case 'M', 'm' -> "is dates or times";
            case 'f' -> "is no float of 16, 32 or 64 bits";
            default -> "is not known";
        };
    }

    /** Whether elements become float64. */
    boolean float64() {
        return bytes >= Integer.BYTES && !isFloat32();
    }

    private boolean isFloat32() {
        return kind == 'f' && bytes == Float.BYTES;
    }

    /** Whether elements aren't of the type that they become. */
    boolean isWidened() {
        return kind != 'f' || bytes < Float.BYTES;
    }

    /** Takes elements from a buffer, in which they are {@link #bytes} apart. */
    void get(ByteBuffer from, double[] to, int at, int count) {
        if (kind == 'f') {
            from.asDoubleBuffer().get(to, at, count);
            return;
        }
        for (int i = at; i < at + count; i++) {
            to[i] = bytes == Integer.BYTES ? integer(from.getInt()) : integer(from.getLong());
        }
    }

    /** Takes elements from a buffer, in which they are {@link #bytes} apart. */
    void get(ByteBuffer from, float[] to, int at, int count) {
        if (isFloat32()) {
            from.asFloatBuffer().get(to, at, count);
            return;
        }
        for (int i = at; i < at + count; i++) {
            to[i] =
                    switch (kind) {
                        case 'f' -> float16(from.getShort());
                        case 'b' -> from.get() == 0 ? 0 : 1;
                        default ->
                                bytes == 1 ? integer(from.get()) : (float) integer(from.getShort());
                    };
        }
    }

    private int integer(byte bits) {
        return kind == 'u' ? Byte.toUnsignedInt(bits) : bits;
    }

    private int integer(short bits) {
        return kind == 'u' ? Short.toUnsignedInt(bits) : bits;
    }

    private double integer(int bits) {
        return kind == 'u' ? Integer.toUnsignedLong(bits) : bits;
    }

    private double integer(long bits) {
        // The bit that is shifted out decides a tie only.
        return kind == 'u' && bits < 0 ? (bits >>> 1 | bits & 1) * 2.0 : bits;
    }

    private static float float16(short bits) {
        int magnitude = (bits & 0x7fff) << 13;
        int sign = (bits & 0x8000) << 16;
        if (magnitude >= 0x0f800000) {
            return Float.intBitsToFloat(sign | 0x70000000 | magnitude);
        }
        float value = Float.intBitsToFloat(magnitude) * 0x1p112f;
        return sign == 0 ? value : -value;
    }

    /** NumPy's name, such as {@code uint8}. */
    @Override
    public String toString() {
        return switch (kind) {
            case 'f' -> "float" + 8 * bytes;
            case 'b' -> "bool";
            default -> (kind == 'u' ? "uint" : "int") + 8 * bytes;
        };
    }
}
