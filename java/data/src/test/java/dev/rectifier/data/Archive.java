package dev.rectifier.data;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Writes zip archives in each way that NumPy and others do, and ill ones. */
final class Archive {
    /** Where sizes stand. */
    enum Sizes {
        /** In the header of the entry. */
        AHEAD,
        /** In the header, in 64 bits: NumPy into a file. */
        AHEAD_64,
        /** Behind the entry: Java. */
        BEHIND,
        /** Behind the entry, in 64 bits: NumPy into a pipe. */
        BEHIND_64
    }

    private final boolean deflated;
    private final Sizes sizes;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream directory = new ByteArrayOutputStream();
    private int entries;

    /** What the directory says in addition to the true sizes. */
    private int lie;

    Archive(boolean deflated, Sizes sizes) {
        this.deflated = deflated;
        this.sizes = sizes;
    }

    Archive lyingBy(int bytes) {
        lie = bytes;
        return this;
    }

    Archive add(String name, byte[] content) {
        byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        byte[] packed = deflated ? deflate(content) : content;
        boolean behind = sizes == Sizes.BEHIND || sizes == Sizes.BEHIND_64;
        boolean long64 = sizes == Sizes.AHEAD_64 || sizes == Sizes.BEHIND_64;
        CRC32 crc = new CRC32();
        crc.update(content);
        int offset = out.size();
        ByteBuffer header = little(30 + nameBytes.length + (long64 ? 20 : 0));
        header.putInt(0x04034b50).putShort((short) 45).putShort((short) (behind ? 8 : 0));
        header.putShort((short) (deflated ? 8 : 0)).putInt(0);
        header.putInt(behind ? 0 : (int) crc.getValue());
        header.putInt(long64 ? -1 : behind ? 0 : packed.length);
        header.putInt(long64 ? -1 : behind ? 0 : content.length);
        header.putShort((short) nameBytes.length).putShort((short) (long64 ? 20 : 0));
        header.put(nameBytes);
        if (long64) {
            header.putShort((short) 1).putShort((short) 16);
            header.putLong(behind ? 0 : content.length).putLong(behind ? 0 : packed.length);
        }
        out.writeBytes(header.array());
        out.writeBytes(packed);
        if (behind) {
            ByteBuffer descriptor = little(long64 ? 24 : 16);
            descriptor.putInt(0x08074b50).putInt((int) crc.getValue());
            if (long64) {
                descriptor.putLong(packed.length).putLong(content.length);
            } else {
                descriptor.putInt(packed.length).putInt(content.length);
            }
            out.writeBytes(descriptor.array());
        }
        ByteBuffer entry = little(46 + nameBytes.length);
        entry.putInt(0x02014b50).putInt(45 << 16 | 45).putShort((short) (behind ? 8 : 0));
        entry.putShort((short) (deflated ? 8 : 0)).putInt(0).putInt((int) crc.getValue());
        entry.putInt(packed.length).putInt(content.length + lie);
        entry.putShort((short) nameBytes.length).putInt(42, offset).position(46);
        entry.put(nameBytes);
        directory.writeBytes(entry.array());
        entries++;
        return this;
    }

    byte[] bytes() {
        ByteBuffer end = little(22).putInt(0x06054b50).putInt(0);
        end.putShort((short) entries).putShort((short) entries);
        end.putInt(directory.size()).putInt(out.size());
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(out.toByteArray());
        all.writeBytes(directory.toByteArray());
        all.writeBytes(end.array());
        return all.toByteArray();
    }

    private static byte[] deflate(byte[] content) {
        Deflater deflater = new Deflater(6, true);
        deflater.setInput(content);
        deflater.finish();
        byte[] packed = new byte[content.length + 100];
        int length = deflater.deflate(packed);
        deflater.end();
        return Arrays.copyOf(packed, length);
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A .npy file of float64, of any shape. */
    static byte[] npy(String shape, double... values) {
        byte[] header =
                "{'descr': '<f8', 'fortran_order': False, 'shape': %s, }\n"
                        .formatted(shape)
                        .getBytes(StandardCharsets.US_ASCII);
        ByteBuffer bytes = little(10 + header.length + Double.BYTES * values.length);
        bytes.put(NpyFile.MAGIC).put((byte) 1).put((byte) 0).putShort((short) header.length);
        bytes.put(header);
        for (double value : values) {
            bytes.putDouble(value);
        }
        return bytes.array();
    }
}
