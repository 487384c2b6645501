package dev.rectifier.cli.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class NpyFileTest {
    private static final int PREFIX_V1 = 10;

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void everyFormatVersionIsRead(int version) throws IOException {
        Path file = npy(version, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 24);
        NpyArray array = NpyFile.read(file);
        assertArrayEquals(new long[] {2, 3}, array.shape());
        assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5}, array.floats());
    }

    @ParameterizedTest
    @ValueSource(strings = {"<f4", ">f4", "<f8", ">f8"})
    void everySupportedTypeIsReadInNativeOrder(String descr) throws IOException {
        Path file = npy(1, header(descr, false, "(4,)"), descr.endsWith("4") ? 16 : 32);
        NpyArray array = NpyFile.read(file);
        assertEquals(descr.endsWith("8"), array.isFloat64());
        if (array.isFloat64()) {
            assertArrayEquals(new double[] {0, 1, 2, 3}, array.doubles());
        } else {
            assertArrayEquals(new float[] {0, 1, 2, 3}, array.floats());
        }
    }

    @Test
    void everyBitOfANumberSurvives() throws IOException {
        int[] bits = {0x80000000, 1, 0x7f800000, 0xff800000, 0x7fc12345, 0xffedcba9, 0x7f7fffff};
        float[] values = new float[bits.length];
        for (int i = 0; i < bits.length; i++) {
            values[i] = Float.intBitsToFloat(bits[i]);
        }
        Path file = folder.resolve("bits.npy");
        NpyFile.write(file, NpyArray.of(values, bits.length));
        float[] back = NpyFile.read(file).floats();
        assertArrayEquals(bits, IntStream.range(0, 7).map(i -> rawBits(back[i])).toArray());
    }

    @ParameterizedTest
    @CsvSource({"2, 3, 4", "4, 1, 5", "1, 1, 1", "7, 2, 3"})
    void fortranOrderIsTransposedIntoCOrder(int a, int b, int c) throws IOException {
        String shape = "(%d, %d, %d)".formatted(a, b, c);
        double[] data = NpyFile.read(npy(1, header("<f8", true, shape), a * b * c * 8)).doubles();
        for (int i = 0; i < a; i++) {
            for (int j = 0; j < b; j++) {
                for (int k = 0; k < c; k++) {
                    assertEquals(i + a * (j + b * k), data[(i * b + j) * c + k]);
                }
            }
        }
    }

    @Test
    void fortranOrderOfAFloatMatrixIsTransposed() throws IOException {
        NpyArray array = NpyFile.read(npy(1, header(">f4", true, "(2, 3)"), 24));
        assertArrayEquals(new float[] {0, 2, 4, 1, 3, 5}, array.floats());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aScalarHasRankZero(boolean fortran) throws IOException {
        NpyArray array = NpyFile.read(npy(1, header("<f8", fortran, "()"), 8));
        assertEquals(0, array.shape().length);
        assertArrayEquals(new double[] {0}, array.doubles());
    }

    @ParameterizedTest
    @ValueSource(strings = {"(0,)", "(3, 0, 2)", "(0, 5000000000)", "(5000000000, 5000000000, 0)"})
    void anAxisMayBeEmpty(String shape) throws IOException {
        for (boolean fortran : new boolean[] {false, true}) {
            NpyArray array = NpyFile.read(npy(1, header("<f4", fortran, shape), 0));
            assertEquals(0, array.floats().length);
            assertEquals("float32 " + shape, array.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'shape':(2,2),'fortran_order':False,'descr':'<f4'}",
                "{\"descr\": \"<f4\", \"fortran_order\": False, \"shape\": (2, 2,)}",
                " { 'fortran_order' : False , 'descr' : '<f4' , 'shape' : ( 2 , 2 , ) , } \n \n"
            })
    void keysAndSpacesMayStandInAnyOrder(String header) throws IOException {
        assertArrayEquals(new float[] {0, 1, 2, 3}, NpyFile.read(npy(1, header, 16)).floats());
    }

    @Test
    void whatIsWrittenIsTheDocumentedFormat() throws IOException {
        Path file = folder.resolve("out.npy");
        NpyFile.write(file, NpyArray.of(new float[] {1, -2}, 2));
        String text =
                "\u0093NUMPY\u0001\u0000\u0076\u0000"
                        + "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
        text += " ".repeat(127 - text.length()) + "\n" + "\0\0\u0080\u003f" + "\0\0\0\u00c0";
        assertArrayEquals(text.getBytes(StandardCharsets.ISO_8859_1), Files.readAllBytes(file));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16383, 16384, 16385, 40000})
    void whatIsWrittenIsReadBack(int length) {
        double[] doubles = IntStream.range(0, length).mapToDouble(i -> i / 3.0).toArray();
        Path file = folder.resolve("doubles.npy");
        NpyFile.write(file, NpyArray.of(doubles, length));
        assertArrayEquals(doubles, NpyFile.read(file).doubles());

        float[] floats = new float[3 * length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = i / 3f;
        }
        NpyFile.write(file, NpyArray.of(floats, 3, 1, length));
        assertArrayEquals(floats, NpyFile.read(file).floats());
        assertArrayEquals(new long[] {3, 1, length}, NpyFile.read(file).shape());
    }

    @Test
    void aScalarAndTheHighestRankAreWrittenAndReadBack() {
        Path file = folder.resolve("rank.npy");
        NpyFile.write(file, NpyArray.of(new float[] {7}));
        assertEquals("float32 ()", NpyFile.read(file).toString());
        long[] ones = IntStream.range(0, 64).mapToLong(i -> 1).toArray();
        NpyFile.write(file, NpyArray.of(new float[] {7}, ones));
        assertArrayEquals(ones, NpyFile.read(file).shape());
    }

    @Test
    void anArrayMayReplaceTheFileItCameFrom() throws IOException {
        Path file = npy(1, header("<f4", false, "(2,)"), 8);
        NpyArray array = NpyFile.read(file);
        array.floats()[0] = 9;
        NpyFile.write(file, array);
        assertArrayEquals(new float[] {9, 1}, NpyFile.read(file).floats());
        assertEquals(List.of(file), files());
    }

    @Test
    void writingThroughALinkReplacesItsTarget() throws IOException {
        Path file = npy(1, header("<f4", false, "(2,)"), 8);
        Path link = Files.createSymbolicLink(folder.resolve("link.npy"), file);
        NpyFile.write(link, NpyArray.of(new float[] {5}, 1));
        assertTrue(Files.isSymbolicLink(link));
        assertArrayEquals(new float[] {5}, NpyFile.read(file).floats());
    }

    @Test
    void aFailedWriteLeavesNothingBehind() throws IOException {
        Path occupied = Files.createDirectory(folder.resolve("occupied.npy"));
        NpyArray array = NpyArray.of(new float[] {1}, 1);
        assertEquals(
                occupied + ": can't be written: it exists and is not a regular file",
                assertThrows(DataException.class, () -> NpyFile.write(occupied, array))
                        .getMessage());
        Path nowhere = folder.resolve("missing/out.npy");
        assertEquals(
                nowhere + ": can't be written: no such file or folder",
                assertThrows(DataException.class, () -> NpyFile.write(nowhere, array))
                        .getMessage());
        assertEquals(List.of(occupied), files());
    }

    @Test
    void aMissingFileIsNamed() {
        Path file = folder.resolve("missing.npy");
        assertRefused(file, "can't be read: no such file or folder");
    }

    @Test
    void aForeignFileIsRefusedWithWhatWasFound() throws IOException {
        Path file = Files.writeString(folder.resolve("x.npy"), "PK\3\4 something");
        assertRefused(
                file,
                "byte 0: not a NumPy file: expected '\\x93NUMPY', found 'PK\\u0003\\u0004 s'");
    }

    @Test
    void anUnknownVersionIsRefused() throws IOException {
        Path file = npy(1, header("<f4", false, "()"), 4);
        overwrite(file, 6, 4, 0);
        assertRefused(file, "byte 6: format version 4.0 is not supported; 1.0, 2.0 and 3.0 are");
        overwrite(file, 6, 0, 255);
        assertRefused(file, "byte 6: format version 0.255 is not supported; 1.0, 2.0 and 3.0 are");
    }

    @Test
    void aHeaderLengthBeyondTheFileIsRefused() throws IOException {
        Path file = npy(2, header("<f4", false, "()"), 4);
        overwrite(file, 8, 0xff, 0xff, 0xff, 0xff);
        long left = Files.size(file) - 12;
        assertRefused(
                file,
                "byte 8: the header is said to have 4294967295 bytes, but the file has only "
                        + left
                        + " more");
    }

    @Test
    void anEnormousHeaderIsRefused() throws IOException {
        Path file = npy(2, " ".repeat(2_000_000), 0);
        assertRefused(
                file,
                "byte 8: the header is said to have 2000000 bytes, more than the 1048576 that are"
                        + " read");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }|10"
                        + "|the data type '<i8' is not supported; float32 ('<f4', '>f4') and"
                        + " float64 ('<f8', '>f8') are",
                "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }|10"
                        + "|the data type '[('a', '<f4')], 'fortran_order': False, …' is not"
                        + " supported; float32 ('<f4', '>f4') and float64 ('<f8', '>f8') are",
                "{'descr': '<f4', 'fortran_order': false, 'shape': (2,), }|34"
                        + "|expected True or False, found 'f'",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }|51"
                        + "|the shape has the negative axis -2",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775808,), }|51"
                        + "|the axis 9223372036854775808 is above 2^63 - 1",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2), }|52"
                        + "|expected ',' after the only axis of a shape, found ')'",
                "{'descr': '<f4', 'fortran_order': False, 'shape': 2, }|50|expected '(', found '2'",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2.5,), }|52"
                        + "|expected ',' or ')', found '.'",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (,), }|51"
                        + "|expected the length of an axis, found ','",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)|54"
                        + "|expected '}', found the end of the header",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} x|56"
                        + "|expected nothing but spaces after the header, found 'x'",
                "{'descr': '<f4', 'fortran_order': False}|40|the header has no 'shape'",
                "{'descr': '<f4', 'shape': (2,)}|31|the header has no 'fortran_order'",
                "{}|2|the header has no 'descr'",
                "{'descr': '<f4', 'descr': '<f4'}|17|the key 'descr' is given twice",
                "{'type': '<f4'}|1|expected the key 'descr', 'fortran_order' or 'shape', found"
                        + " 'type'",
                "{'descr: <f4}|1|the string that starts here has no end",
                "{descr: '<f4'}|1|expected a string, found 'd'",
                "['descr']|0|expected '{', found '['",
            })
    void aBrokenHeaderIsRefusedWhereItBreaks(String header, int at, String problem)
            throws IOException {
        assertRefused(npy(1, header, 8), "byte " + (PREFIX_V1 + at) + ": " + problem);
    }

    @Test
    void aShapeOfTooHighRankIsRefused() throws IOException {
        String shape = "(" + "1, ".repeat(65) + ")";
        assertRefused(
                npy(1, header("<f4", false, shape), 4),
                "byte " + (PREFIX_V1 + 51 + 64 * 3) + ": the shape has more than 64 axes");
    }

    @Test
    void missingDataIsRefused() throws IOException {
        Path file = npy(1, header("<f4", false, "(2, 3)"), 23);
        assertRefused(
                file,
                "byte %d: the file ends after 23 bytes of data; float32 (2, 3) needs 24"
                        .formatted(Files.size(file)));
    }

    @Test
    void trailingBytesAreRefused() throws IOException {
        Path file = npy(1, header("<f8", false, "(2, 3)"), 51);
        assertRefused(
                file,
                "byte %d: 3 bytes follow the 48 that float64 (2, 3) needs"
                        .formatted(Files.size(file) - 3));
    }

    @ParameterizedTest
    @CsvSource({
        "'(3, 2000000000)', 6000000000",
        "'(4294967296, 4294967296)', 2^63 or more",
        "'(3037000500, 3037000500)', 2^63 or more",
        "'(2147483640,)', 2147483640"
    })
    void moreElementsThanAJavaArrayHoldsAreRefused(String shape, String count) throws IOException {
        Path file = npy(1, header("<f8", false, shape), 8);
        assertRefused(
                file,
                "byte %d: float64 %s has %s elements; at most 2147483639 can be read"
                        .formatted(Files.size(file) - 8, shape, count));
    }

    @Test
    void anEnormousShapeIsRefusedBeforeAnythingIsAllocated() throws IOException {
        Path file = npy(1, header("<f8", true, "(46340, 46340)"), 8);
        assertRefused(
                file,
                "byte %d: the file ends after 8 bytes of data; float64 (46340, 46340) needs"
                                .formatted(Files.size(file))
                        + " 17179164800");
    }

    @Test
    void everyTruncationIsRefused() throws IOException {
        for (int version = 1; version <= 3; version++) {
            Path file = npy(version, header(">f8", true, "(2, 3)"), 48);
            Damage.everyTruncationIsRefused(file, NpyFile::read);
        }
    }

    @Test
    void flippedBytesAreReadOrRefused() throws IOException {
        for (int version = 1; version <= 3; version++) {
            Path file = npy(version, header("<f4", true, "(2, 3)"), 24);
            Damage.flippedBytesAreReadOrRefused(file, NpyFile::read);
        }
    }

    @Test
    void anArrayChecksItsShape() {
        assertEquals(
                "shape (2, 3) doesn't hold data.length = 5",
                assertThrows(IllegalArgumentException.class, () -> NpyArray.of(new float[5], 2, 3))
                        .getMessage());
        assertEquals(
                "shape (-1, -5) has the negative axis -1",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> NpyArray.of(new double[5], -1, -5))
                        .getMessage());
        assertEquals(
                "shape: rank 65 is above 64",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> NpyArray.of(new double[0], new long[65]))
                        .getMessage());
    }

    @Test
    void anArrayGivesOnlyTheTypeItHas() {
        NpyArray floats = NpyArray.of(new float[1], 1);
        assertFalse(floats.isFloat64());
        assertThrows(IllegalStateException.class, floats::doubles);
        NpyArray doubles = NpyArray.of(new double[1], 1);
        assertTrue(doubles.isFloat64());
        assertThrows(IllegalStateException.class, doubles::floats);
        doubles.shape()[0] = 2;
        assertEquals(1, doubles.shape()[0]);
    }

    private static void assertRefused(Path file, String problem) {
        DataException e = assertThrows(DataException.class, () -> NpyFile.read(file));
        assertEquals(file + ": " + problem, e.getMessage());
    }

    private static int rawBits(float value) {
        return Float.floatToRawIntBits(value);
    }

    private static String header(String descr, boolean fortran, String shape) {
        return "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }"
                .formatted(descr, fortran ? "True" : "False", shape);
    }

    private static void overwrite(Path file, int at, int... values) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        for (int i = 0; i < values.length; i++) {
            bytes[at + i] = (byte) values[i];
        }
        Files.write(file, bytes);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    /** A file laid out as NumPy's documentation says; its elements are 0, 1, 2 and so on. */
    private Path npy(int version, String header, int dataBytes) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer bytes =
                ByteBuffer.allocate(12 + text.length + dataBytes + 8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
        if (version == 1) {
            bytes.putShort((short) text.length);
        } else {
            bytes.putInt(text.length);
        }
        bytes.put(text);
        int end = bytes.position() + dataBytes;
        bytes.order(header.contains("'>f") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; bytes.position() < end; i++) {
            if (header.contains("f8'")) {
                bytes.putDouble(i);
            } else {
                bytes.putFloat(i);
            }
        }
        Path file = folder.resolve("array.npy");
        return Files.write(file, Arrays.copyOf(bytes.array(), end));
    }
}
