package dev.rectifier.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
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

    @ParameterizedTest
    @CsvSource({
        "|b1, float32, 0 1 ff, 0 1 1",
        "|i1, float32, 0 7f 80, 0 127 -128",
        "|u1, float32, 0 7f 80, 0 127 128",
        "<i2, float32, 0000 ff7f 0080, 0 32767 -32768",
        ">i2, float32, 0000 7fff 8000, 0 32767 -32768",
        "<u2, float32, ff00 ff7f 0080, 255 32767 32768",
        ">u2, float32, 00ff 7fff 8000, 255 32767 32768",
        "<i4, float64, 01000000 00000080, 1 -2147483648",
        ">i4, float64, 00000001 80000000, 1 -2147483648",
        "<u4, float64, 01000000 ffffffff, 1 4294967295",
        ">u4, float64, 00000001 ffffffff, 1 4294967295",
        "<i8, float64, 0100000000000000 0000000000000080, 1 -9223372036854775808",
        ">i8, float64, 0020000000000001 0020000000000003, 9007199254740992 9007199254740996",
        ">u8, float64, 8000000000000400 8000000000000401, 9223372036854775808"
                + " 9223372036854777856",
        "<u8, float64, ffffffffffffffff 0000000000000080, 18446744073709551616"
                + " 9223372036854775808",
        "<f2, float32, 003c 0080 0100 00fc, 1 -0.0 5.9604644775390625e-8 -Infinity",
        ">f2, float32, 3c00 7bff 03ff 7e00, 1 65504 6.097555160522461e-5 NaN",
        "u1, float32, 00 ff, 0 255",
        "?, float32, 00 01, 0 1",
    })
    void smallAndWholeNumbersAreWidenedAndThatIsSaid(
            String descr, String type, String hex, String values) throws IOException {
        String[] bytes = hex.split(" ");
        String[] texts = values.split(" ");
        StringBuilder digits = new StringBuilder();
        for (String element : bytes) {
            digits.append(element.length() % 2 == 0 ? "" : "0").append(element);
        }
        for (boolean fortran : new boolean[] {false, true}) {
            String shape = "(%d, 1)".formatted(bytes.length);
            Path file = npy(1, header(descr, fortran, shape), 0);
            Files.write(file, HexFormat.of().parseHex(digits), StandardOpenOption.APPEND);
            List<String> notes = new ArrayList<>();
            NpyArray array = NpyFile.read(file, notes::add);
            assertEquals(type + " " + shape, array.toString());
            for (int i = 0; i < texts.length; i++) {
                assertEquals(Double.parseDouble(texts[i]), array.get(i));
            }
            assertEquals(1, notes.size());
            assertTrue(notes.get(0).startsWith(file + ": "), notes.get(0));
            assertTrue(notes.get(0).endsWith(" is read as " + type), notes.get(0));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"<f4", ">f8"})
    void whatIsNotWidenedIsNotSaid(String descr) throws IOException {
        Path file = npy(1, header(descr, false, "(2,)"), descr.endsWith("4") ? 8 : 16);
        NpyFile.read(file, note -> fail(note));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "'<c16'#'<c16' is complex",
                "'|O'#'|O' is Python objects, which only Python can read, by running what they say",
                "'<U7'#'<U7' is text",
                "'|S3'#'|S3' is text",
                "'|V2'#'|V2' is raw bytes, as which ml_dtypes' bfloat16 and others are saved",
                "'<M8[s]'#'<M8[s]' is dates or times",
                "'<f16'#'<f16' is no float of 16, 32 or 64 bits",
                "'<i3'#'<i3' is not known",
                "''#'' is not known",
                "[('a', '<f4')]#'[('a', '<f4')], 'fortran_order': False, …' is structured, and not"
                        + " one number an element",
                "('<f4', (2,))#'('<f4', (2,)), 'fortran_order': False, '…' is structured, and not"
                        + " one number an element",
            })
    void whatIsNoRealNumberIsRefusedWithTheCause(String descr, String cause) throws IOException {
        String header = "{'descr': %s, 'fortran_order': False, 'shape': (1,), }".formatted(descr);
        assertRefused(
                npy(1, header, 16),
                "byte 20: the data type "
                        + cause
                        + "; float16, float32, float64, bool and integers are read");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"(2L, 3L)|(2, 3)", "(6L,)|(6,)", "( 6L , )|(6,)"})
    void headersOfPython2AreRead(String shape, String read) throws IOException {
        assertEquals(
                "float32 " + read,
                NpyFile.read(npy(1, header("<f4", false, shape), 24)).toString());
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
                occupied + ": can't be written: it is a folder",
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
                "byte 0: this looks like a zip archive, such as .npz, .xlsx or .keras, but a NumPy"
                        + " array (.npy) was expected");
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
        long left = Files.size(file) - 12;
        overwrite(file, 8, 0xff, 0xff, 0, 0);
        assertRefused(
                file,
                "byte %d: the file ends inside its header, after %d of 65535 bytes"
                        .formatted(Files.size(file), left));
        overwrite(file, 8, 0xff, 0xff, 0xff, 0xff);
        assertRefused(
                file,
                "byte 8: the header is said to have 4294967295 bytes, more than the 1048576 that"
                        + " are read");
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
                "byte %d: the file ends before the 24 bytes of float32 (2, 3)"
                        .formatted(Files.size(file)));
    }

    @Test
    void trailingBytesAreRefused() throws IOException {
        Path file = npy(1, header("<f8", false, "(2, 3)"), 51);
        assertRefused(
                file,
                "byte %d: more bytes follow the 48 that float64 (2, 3) needs"
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
                "byte %d: the file ends before the 17179164800 bytes of float64 (46340, 46340)"
                        .formatted(Files.size(file)));
    }

    @Test
    void everyTruncationIsRefused() throws IOException {
        for (int version = 1; version <= 3; version++) {
            Path file = npy(version, header(">f8", true, "(2, 3)"), 48);
            Damage.everyTruncationIsRefused(file, NpyFile::read);
        }
    }

    @Test
    @Tag("thorough")
    void flippedBytesAreReadOrRefused() throws IOException {
        for (int version = 1; version <= 3; version++) {
            Path file = npy(version, header("<f4", true, "(2L, 3L)"), 24);
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
