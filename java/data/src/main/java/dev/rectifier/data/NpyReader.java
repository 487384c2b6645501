package dev.rectifier.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/** Reads one .npy array from an input, trusting nothing that it says about itself. */
final class NpyReader {
    /** No header of a supported type comes near this, and a corrupt length must not exhaust us. */
    private static final long MAX_HEADER = 1 << 20;

    private static final int FIRST_ELEMENTS = 1 << 16;

    private final Input in;
    private final Consumer<String> notes;

    NpyReader(Input in, Consumer<String> notes) {
        this.in = in;
        this.notes = notes;
    }

    /** The array, which must be all that there is. */
    NpyArray array() {
        NpyHeader header = header();
        int elements = elements(header);
        Object data = data(header, elements);
        if (in.read() >= 0) {
            throw in.error(
                    in.offset() - 1,
                    "more bytes follow the %d that %s needs",
                    bytes(header),
                    header);
        }
        if (header.fortranOrder && header.shape.length > 1 && elements > 1) {
            Object reordered = allocate(header, elements);
            toRowMajor(header.shape, data, reordered, elements);
            data = reordered;
        }
        NpyArray array =
                data instanceof double[] doubles
                        ? NpyArray.of(doubles, header.shape)
                        : NpyArray.of((float[]) data, header.shape);
        if (header.type.isWidened()) {
            notes.accept("%s: %s is read as %s".formatted(in.name(), header, array.type()));
        }
        return array;
    }

    private NpyHeader header() {
        if (!FileKind.NPY.startsIn(in.peek(NpyFile.MAGIC.length))) {
            throw in.unexpected("a NumPy array (.npy)");
        }
        in.bytes(NpyFile.MAGIC.length, "magic string");
        byte[] version = in.bytes(2, "format version");
        int major = version[0];
        if (major < 1 || major > 3 || version[1] != 0) {
            throw in.error(
                    NpyFile.MAGIC.length,
                    "format version %d.%d is not supported; 1.0, 2.0 and 3.0 are",
                    Byte.toUnsignedInt(version[0]),
                    Byte.toUnsignedInt(version[1]));
        }
        long lengthAt = in.offset();
        byte[] lengthBytes = in.bytes(major == 1 ? Short.BYTES : Integer.BYTES, "header length");
        ByteBuffer number = ByteBuffer.wrap(lengthBytes).order(ByteOrder.LITTLE_ENDIAN);
        long length =
                major == 1
                        ? Short.toUnsignedLong(number.getShort())
                        : Integer.toUnsignedLong(number.getInt());
        if (length > MAX_HEADER) {
            throw in.error(
                    lengthAt,
                    "the header is said to have %d bytes, more than the %d that are read",
                    length,
                    MAX_HEADER);
        }
        long start = in.offset();
        return NpyHeader.parse(in.name(), start, in.bytes((int) length, "header"));
    }

    private int elements(NpyHeader header) {
        long elements = NpyArray.elements(header.shape);
        if (elements > NpyArray.MAX_ELEMENTS) {
            throw in.error(
                    in.offset(),
                    "%s has %s elements; at most %d can be read",
                    header,
                    elements == Long.MAX_VALUE ? "2^63 or more" : elements,
                    NpyArray.MAX_ELEMENTS);
        }
        return (int) elements;
    }

    private static long bytes(NpyHeader header) {
        return NpyArray.elements(header.shape) * header.type.bytes();
    }

    /** The elements, for which no more is allocated than fits to what there is to read. */
    private Object data(NpyHeader header, int elements) {
        boolean all = in.known() >= bytes(header) || elements <= FIRST_ELEMENTS;
        int room = all ? elements : FIRST_ELEMENTS;
        Object data = allocate(header, room);
        int width = header.type.bytes();
        int bufferBytes = (int) Math.min(bytes(header), NpyFile.BUFFER_BYTES);
        ByteBuffer buffer = ByteBuffer.allocate(bufferBytes).order(header.type.order());
        for (int done = 0, count; done < elements; done += count) {
            if (done == room) {
                room = (int) Math.min(elements, 2L * room);
                Object larger = allocate(header, room);
                System.arraycopy(data, 0, larger, 0, done);
                data = larger;
            }
            count = Math.min(room - done, NpyFile.BUFFER_BYTES / width);
            read(buffer.array(), count * width, header);
            buffer.clear().limit(count * width);
            if (data instanceof double[] doubles) {
                header.type.get(buffer, doubles, done, count);
            } else {
                header.type.get(buffer, (float[]) data, done, count);
            }
        }
        return data;
    }

    private void read(byte[] to, int count, NpyHeader header) {
        if (in.readNBytes(to, 0, count) < count) {
            throw in.error(
                    in.offset(), "the file ends before the %d bytes of %s", bytes(header), header);
        }
    }

    private Object allocate(NpyHeader header, int elements) {
        try {
            return header.type.float64() ? new double[elements] : new float[elements];
        } catch (OutOfMemoryError e) {
            throw DataException.outOfMemory(in.name(), header);
        }
    }

    /** Walks the source, whose first axis is fastest, and keeps the target's index in step. */
    private static void toRowMajor(long[] shape, Object from, Object to, int elements) {
        int rank = shape.length;
        int[] stride = new int[rank];
        stride[rank - 1] = 1;
        for (int axis = rank - 1; axis > 0; axis--) {
            stride[axis - 1] = stride[axis] * (int) shape[axis];
        }
        int[] index = new int[rank];
        int target = 0;
        for (int source = 0; source < elements; source++) {
            if (from instanceof double[] doubles) {
                ((double[]) to)[target] = doubles[source];
            } else {
                ((float[]) to)[target] = ((float[]) from)[source];
            }
            int axis = 0;
            while (axis < rank && ++index[axis] == shape[axis]) {
                target -= stride[axis] * (index[axis] - 1);
                index[axis++] = 0;
            }
            target += axis < rank ? stride[axis] : 0;
        }
    }
}
