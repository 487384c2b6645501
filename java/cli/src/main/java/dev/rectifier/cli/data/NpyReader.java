package dev.rectifier.cli.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** Reads one .npy file, trusting nothing that it says about itself. */
final class NpyReader {
    /** No header of a supported type comes near this, and a corrupt length must not exhaust us. */
    private static final long MAX_HEADER = 1 << 20;

    private final Path path;
    private final FileChannel channel;
    private final long size;

    NpyReader(Path path, FileChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        this.size = channel.size();
    }

    NpyArray array() throws IOException {
        NpyHeader header = header();
        long elements = checkedElements(header);
        Object data = allocate(header, (int) elements);
        readData(header, data, (int) elements);
        if (header.fortranOrder && header.shape.length > 1 && elements > 1) {
            Object reordered = allocate(header, (int) elements);
            toRowMajor(header.shape, data, reordered, (int) elements);
            data = reordered;
        }
        return data instanceof double[] doubles
                ? NpyArray.of(doubles, header.shape)
                : NpyArray.of((float[]) data, header.shape);
    }

    private NpyHeader header() throws IOException {
        byte[] magic = bytes(NpyFile.MAGIC.length, "magic string");
        if (!Arrays.equals(magic, NpyFile.MAGIC)) {
            String found = new String(magic, StandardCharsets.ISO_8859_1);
            throw error(
                    0,
                    "not a NumPy file: expected '\\x93NUMPY', found %s",
                    DataException.quote(found));
        }
        byte[] version = bytes(2, "format version");
        int major = version[0];
        if (major < 1 || major > 3 || version[1] != 0) {
            throw error(
                    NpyFile.MAGIC.length,
                    "format version %d.%d is not supported; 1.0, 2.0 and 3.0 are",
                    Byte.toUnsignedInt(version[0]),
                    Byte.toUnsignedInt(version[1]));
        }
        long lengthAt = channel.position();
        byte[] lengthBytes = bytes(major == 1 ? Short.BYTES : Integer.BYTES, "header length");
        ByteBuffer number = ByteBuffer.wrap(lengthBytes).order(ByteOrder.LITTLE_ENDIAN);
        long length =
                major == 1
                        ? Short.toUnsignedLong(number.getShort())
                        : Integer.toUnsignedLong(number.getInt());
        long start = channel.position();
        if (length > size - start) {
            throw error(
                    lengthAt,
                    "the header is said to have %d bytes, but the file has only %d more",
                    length,
                    size - start);
        }
        if (length > MAX_HEADER) {
            throw error(
                    lengthAt,
                    "the header is said to have %d bytes, more than the %d that are read",
                    length,
                    MAX_HEADER);
        }
        return NpyHeader.parse(path, start, bytes((int) length, "header"));
    }

    private byte[] bytes(int count, String what) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count);
        fill(buffer, what);
        return buffer.array();
    }

    private void fill(ByteBuffer buffer, String what) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw error(channel.position(), "the file ends inside its %s", what);
            }
        }
    }

    /** Compares the claimed shape with the file before anything is allocated for it. */
    private long checkedElements(NpyHeader header) throws IOException {
        long start = channel.position();
        long elements = NpyArray.elements(header.shape);
        if (elements > NpyArray.MAX_ELEMENTS) {
            throw error(
                    start,
                    "%s has %s elements; at most %d can be read",
                    header.describe(),
                    elements == Long.MAX_VALUE ? "2^63 or more" : elements,
                    NpyArray.MAX_ELEMENTS);
        }
        long expected = elements * header.elementBytes();
        long found = size - start;
        if (found < expected) {
            throw error(
                    size,
                    "the file ends after %d bytes of data; %s needs %d",
                    found,
                    header.describe(),
                    expected);
        }
        if (found > expected) {
            throw error(
                    start + expected,
                    "%d bytes follow the %d that %s needs",
                    found - expected,
                    expected,
                    header.describe());
        }
        return elements;
    }

    private Object allocate(NpyHeader header, int elements) {
        try {
            return header.float64 ? new double[elements] : new float[elements];
        } catch (OutOfMemoryError e) {
            throw DataException.of(
                    path,
                    "%s doesn't fit into the Java heap of %d MiB; raise it with -Xmx",
                    header.describe(),
                    Runtime.getRuntime().maxMemory() >> 20);
        }
    }

    private void readData(NpyHeader header, Object data, int elements) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(NpyFile.BUFFER_BYTES).order(header.byteOrder);
        int width = header.elementBytes();
        for (int done = 0, count; done < elements; done += count) {
            count = Math.min(elements - done, NpyFile.BUFFER_BYTES / width);
            fill(buffer.clear().limit(count * width), "data");
            buffer.flip();
            if (data instanceof double[] doubles) {
                buffer.asDoubleBuffer().get(doubles, done, count);
            } else {
                buffer.asFloatBuffer().get((float[]) data, done, count);
            }
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

    private DataException error(long offset, String format, Object... arguments) {
        return DataException.atByte(path, offset, format, arguments);
    }
}
