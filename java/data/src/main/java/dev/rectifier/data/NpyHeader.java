package dev.rectifier.data;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What an .npy file says about its data: element type, byte order, axis order and shape. */
final class NpyHeader {
    final NpyType type;
    final boolean fortranOrder;
    final long[] shape;

    private NpyHeader(NpyType type, boolean fortranOrder, long[] shape) {
        this.type = type;
        this.fortranOrder = fortranOrder;
        this.shape = shape;
    }

    @Override
    public String toString() {
        return type + " " + NpyArray.describe(shape);
    }

    /** The dictionary that describes an array as {@link NpyFile} writes it. */
    static String text(NpyArray array) {
        return "{'descr': '<f"
                + (array.isFloat64() ? 8 : 4)
                + "', 'fortran_order': False, 'shape': "
                + NpyArray.describe(array.shape())
                + ", }";
    }

    /** Parses the dictionary, which stands at the given offset of the file. */
    static NpyHeader parse(String file, long offset, byte[] dictionary) {
        return new Parser(file, offset, dictionary).header();
    }

    /** Understands just that part of Python's literals which can occur in a supported header. */
    private static final class Parser {
        private final String file;
        private final long offset;
        private final String text;
        private int at;

        private NpyType type;
        private Boolean fortranOrder;
        private long[] shape;

        Parser(String file, long offset, byte[] dictionary) {
            this.file = file;
            this.offset = offset;
            // One character per byte, so that positions in the text are offsets in the file.
            this.text = new String(dictionary, StandardCharsets.ISO_8859_1);
        }

        NpyHeader header() {
            expect('{');
            while (!take('}')) {
                entry();
                if (!take(',')) {
                    expect('}');
                    break;
                }
            }
            skipSpace();
            if (at < text.length()) {
                throw found("nothing but spaces after the header");
            }
            require(type, "descr");
            require(fortranOrder, "fortran_order");
            require(shape, "shape");
            return new NpyHeader(type, fortranOrder, shape);
        }

        private void require(Object value, String key) {
            if (value == null) {
                throw error(at, "the header has no '%s'", key);
            }
        }

        private void entry() {
            skipSpace();
            int start = at;
            String key = string();
            expect(':');
            skipSpace();
            boolean repeated;
            switch (key) {
                case "descr" -> {
                    repeated = type != null;
                    type = type();
                }
                case "fortran_order" -> {
                    repeated = fortranOrder != null;
                    fortranOrder = bool();
                }
                case "shape" -> {
                    repeated = shape != null;
                    shape = tuple();
                }
                default ->
                        throw error(
                                start,
                                "expected the key 'descr', 'fortran_order' or 'shape', found %s",
                                DataException.quote(key));
            }
            if (repeated) {
                throw error(start, "the key '%s' is given twice", key);
            }
        }

        private NpyType type() {
            int start = at;
            boolean plain = peek('\'') || peek('"');
            String name = plain ? string() : text.substring(at).strip();
            return NpyType.of(name).orElseThrow(() -> notRead(start, name));
        }

        private DataException notRead(int start, String name) {
            return error(
                    start,
                    "the data type %s %s; float16, float32, float64, bool and integers are read",
                    DataException.quote(name),
                    NpyType.whyNot(name));
        }

        private boolean bool() {
            for (String word : new String[] {"True", "False"}) {
                if (text.startsWith(word, at)) {
                    at += word.length();
                    return word.equals("True");
                }
            }
            throw found("True or False");
        }

        private long[] tuple() {
            expect('(');
            long[] axes = new long[NpyArray.MAX_RANK];
            int rank = 0;
            boolean comma = true;
            while (!take(')')) {
                if (!comma) {
                    throw found("',' or ')'");
                }
                if (rank == axes.length) {
                    throw error(at, "the shape has more than %d axes", axes.length);
                }
                axes[rank++] = axis();
                comma = take(',');
            }
            if (rank == 1 && !comma) {
                throw error(at - 1, "expected ',' after the only axis of a shape, found ')'");
            }
            return Arrays.copyOf(axes, rank);
        }

        private long axis() {
            skipSpace();
            int start = at;
            boolean negative = take('-');
            int digits = at;
            while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
                at++;
            }
            if (at == digits) {
                throw found("the length of an axis");
            }
            String number = text.substring(start, at);
            takePython2Mark();
            if (negative) {
                throw error(start, "the shape has the negative axis %s", number);
            }
            try {
                return Long.parseLong(number);
            } catch (NumberFormatException tooLong) {
                throw error(start, "the axis %s is above 2^63 - 1", number);
            }
        }

        /** Python 2 wrote many axes as long integers, such as 2L. */
        private void takePython2Mark() {
            if (text.startsWith("L", at)) {
                at++;
            }
        }

        private String string() {
            char mark = peek('"') ? '"' : '\'';
            expect(mark);
            int start = at;
            int end = text.indexOf(mark, at);
            if (end < 0) {
                throw error(start - 1, "the string that starts here has no end");
            }
            at = end + 1;
            return text.substring(start, end);
        }

        private void skipSpace() {
            while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }

        private boolean peek(char c) {
            skipSpace();
            return at < text.length() && text.charAt(at) == c;
        }

        private boolean take(char c) {
            boolean there = peek(c);
            if (there) {
                at++;
            }
            return there;
        }

        private void expect(char c) {
            if (!take(c)) {
                throw found(c == '\'' ? "a string" : "'" + c + "'");
            }
        }

        private DataException found(String expected) {
            String there =
                    at < text.length()
                            ? DataException.quote(text.substring(at, at + 1))
                            : "the end of the header";
            return error(at, "expected %s, found %s", expected, there);
        }

        private DataException error(int position, String format, Object... arguments) {
            return DataException.atByte(file, offset + position, format, arguments);
        }
    }
}
