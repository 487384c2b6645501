package dev.rectifier.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class CsvReaderTest {
    @TempDir Path folder;
    private final List<String> notes = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1,2,0\n-4,0.5,3\n",
                "1,2,0\r\n-4,0.5,3",
                "\n1 , 2 , 0\n\n-4,5e-1, 3.0\n\n",
                "a,b,label\n1,2,0\n-4,.5,3\n",
                "\"1d\",\"0x1\",\"nan\"\n1,2,0\n\"-4\",0.5,3\n",
                ",b,c\n1,2,0\n-4,0.5,3\n",
                "\ufeff1,2,0\n-4,0.5,3\n",
            })
    void rowsAreScaledByTheLargestAbsoluteValue(String text) throws IOException {
        for (boolean zipped : new boolean[] {false, true}) {
            LabelledData data = read(put(text, zipped));
            assertEquals("data.csv: 2 rows, 2 columns, 4 classes", data.toString());
            assertArrayEquals(new float[] {0.25f, 0.5f, -1, 0.125f}, data.features());
            assertArrayEquals(new int[] {0, 3}, data.labels());
        }
    }

    @Test
    void featuresThatAreAllZeroStayZero() throws IOException {
        assertArrayEquals(new float[2], read(put("0,0\n-0,1\n", false)).features(), 0);
    }

    @Test
    void manyRowsAreKeptInOrder() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 5000; i++) {
            text.append(i).append(",4999,").append(i % 7).append('\n');
        }
        LabelledData data = read(put(text.toString(), true));
        assertEquals(5000, data.rows());
        assertEquals(1234 / 4999f, data.features()[2 * 1234]);
        assertEquals(1234 % 7, data.labels()[1234]);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            quoteCharacter = '`',
            value = {
                "``|line 1: the file has no rows of numbers",
                "a,b,c~|line 1: the file has no rows of numbers",
                "5~6~|line 1: expected features and a label between commas, semicolons or tabs,"
                        + " found one value",
                "1,2,0~1,2,3,1~|line 2: 4 values, but the first row has 3",
                "a,b,c~~1,0~|line 3: 2 values, but the first row has 3",
                "1,2,0~1,x,1|line 2: value 2, 'x', is not a finite float32 number",
                "1,2,0~1,,1~|line 2: value 2, '', is not a finite float32 number",
                "1,,0~1,2,1~|line 1: value 2, '', is not a finite float32 number",
                "1,NaN,0~1,2,1~|line 1: value 2, 'NaN', is not a finite float32 number",
                "-inf,1,0~1,2,1~|line 1: value 1, '-inf', is not a finite float32 number",
                "1,2,0~1,1e39,1~|line 2: value 2, '1e39', is not a finite float32 number",
                "1,2,0~1,2f,1~|line 2: value 2, '2f', is not a finite float32 number",
                "1,2,0~1,0x1p3,1~|line 2: value 2, '0x1p3', is not a finite float32 number",
                "1,2,0~1,2,-1~|line 2: the label, '-1', is not an integer within 0..65535",
                "1,2,0~1,2,1.00000001~|line 2: the label, '1.00000001', is not an integer within"
                        + " 0..65535",
                "1,2,0~1,2,65536~|line 2: the label, '65536', is not an integer within 0..65535",
                "1,2,0~1,2,cat~|line 2: the label, 'cat', is not an integer within 0..65535",
                "1.5,2,cat~1,2,dog~1,2,7~|line 3: the label, '7', is not a name, but those before it"
                        + " are",
                "1.5,2,cat~1,2,dog~1,2,~|line 3: the label, '', is not a name, but those before it"
                        + " are",
                "1,2,~1,2,0~|line 1: the label, '', is not an integer within 0..65535",
                "1,2,cat~1,2,cat~|at least two classes are needed, but every label (2 of them) is"
                        + " 0",
                "1;2,5;0~1.5;2;1~|line 2: '1.5': numbers with a point and numbers with a comma (the"
                        + " first in lines 2 and 1) can't be told apart from thousands",
                "1;2;0~1.000,5;2;1~|line 2: value 1, '1.000,5', is not a finite float32 number",
                "1;2;0~1,000,5;2;1~|line 2: value 1, '1,000,5', is not a finite float32 number",
                "1 2 0~2 3 1~|line 1: expected features and a label between commas, semicolons or"
                        + " tabs, found spaces",
                "1,2,3~1,2,3~|at least two classes are needed, but every label (2 of them) is 3",
            })
    void aBrokenRowIsRefusedWithItsLine(String text, String problem) throws IOException {
        Path file = put(text.replace('~', '\n'), false);
        DataException e = assertThrows(DataException.class, () -> read(file));
        assertEquals(file + ": " + problem, e.getMessage());
    }

    @Test
    void aQuoteWithoutEndIsRefusedWithTheLineItStartsOn() throws IOException {
        Path file = put("1,2,0\n1,\"2,1\n3,4,0\n", false);
        DataException e = assertThrows(DataException.class, () -> read(file));
        String start = file + ": line 2: can't be read: ";
        assertEquals(start, e.getMessage().substring(0, start.length()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            quoteCharacter = '`',
            value = {
                "1;2;0~-4;0.5;3~",
                "1;2;0~-4;0,5;3,0~",
                "a,1;b,2;c~1;2;0~-4;,5;3~",
                "1\t2\t0~-4\t0.5\t3~",
                "1\t2\t0~-4\t0,5\t3~",
                "a;1\tb,2\tc~1\t2\t0~-4\t0.5\t3~",
                "1,\t2,\t0~-4,\t0.5,\t3~",
                "\"a;b\",\"c\td\",e~1,2,0~-4,0.5,3~",
                "~ ~1;2;0~-4;0,5;3~",
            })
    void whatSeparatesIsToldByTheFirstLine(String text) throws IOException {
        LabelledData data = read(put(text.replace('~', '\n'), false));
        assertArrayEquals(new float[] {0.25f, 0.5f, -1, 0.125f}, data.features());
        assertArrayEquals(new int[] {0, 3}, data.labels());
    }

    @Test
    void aDecimalCommaIsSaid() throws IOException {
        Path file = put("1;2;0\n-4;0,5;3\n", false);
        read(file, DataOptions.DEFAULT);
        assertEquals(List.of(file + ": a comma in a number is taken as its decimal point"), notes);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "first|0,1,2~3,-4,0.5~",
                "first|l,a,b~0,1,2~3,-4,.5~",
                "b|a,b,c~1,0,2~-4,3,.5~",
                "b|^a^, b ,c~1,0,2~-4,3,.5~",
                "b c|^a^,^b c^,c~1,0,2~-4,3,.5~",
                "784|1,784,785~1,0,2~-4,3,.5~",
                "last|1,2,0~-4,.5,3",
                "label|a;b;label~1;2;0~-4;0,5;3",
            })
    void labelsMayStandInAnyColumn(String label, String text) throws IOException {
        DataOptions options = new DataOptions(Optional.of(label), DataOptions.Header.AUTO);
        LabelledData data = read(put(text.replace('~', '\n').replace('^', '"'), false), options);
        assertArrayEquals(new float[] {0.25f, 0.5f, -1, 0.125f}, data.features());
        assertArrayEquals(new int[] {0, 3}, data.labels());
    }

    @ParameterizedTest
    @CsvSource({"d, no columns are named 'd'", "a, several columns are named 'a'"})
    void aColumnThatIsNotThereOnceIsRefusedWithThoseThatAre(String name, String problem)
            throws IOException {
        Path file = put("a,b,a\n1,2,0\n3,4,1\n", false);
        DataOptions options = new DataOptions(Optional.of(name), DataOptions.Header.AUTO);
        DataException e = assertThrows(DataException.class, () -> read(file, options));
        assertEquals(
                "%s: line 1: %s, as --label says; the first row has 'a', 'b', 'a'"
                        .formatted(file, problem),
                e.getMessage());
    }

    @Test
    void namesAreClassesInTheOrderOfTheirCharacters() throws IOException {
        Path file = put("1,2,dog\n1,3,\"a, b\"\n2,2,Zebra\n5,5,dog\n", false);
        assertArrayEquals(new int[] {2, 1, 0, 2}, read(file, DataOptions.DEFAULT).labels());
        assertEquals(List.of(file + ": the classes are 0 'Zebra', 1 'a, b', 2 'dog'"), notes);
    }

    @Test
    void manyNamesAreNotAllSaid() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            text.append("1,").append(i).append(",n").append(i).append('\n');
        }
        assertEquals(100, read(put(text.toString(), false), DataOptions.DEFAULT).classes());
        assertTrue(notes.get(0).endsWith("9 'n17' and so on"), notes.get(0));
    }

    @Test
    @Tag("thorough")
    void moreNamesThanClassesThereMayBeAreRefused() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i <= 65_536; i++) {
            text.append("1,n").append(i).append('\n');
        }
        Path file = put(text.toString(), false);
        DataException e = assertThrows(DataException.class, () -> read(file));
        assertEquals(
                file
                        + ": line 65537: the label, 'n65536', is one too many: there are 65536"
                        + " others",
                e.getMessage());
    }

    @Test
    void namesThatAreNotUtf8AreRefusedSinceTheyCouldNotBeToldApart() throws IOException {
        byte[] latin1 = "1,2,a\n3,4,\u00e9\n5,6,\u00e8\n".getBytes(StandardCharsets.ISO_8859_1);
        Path file = Files.write(folder.resolve("data.csv"), latin1);
        DataException e = assertThrows(DataException.class, () -> read(file));
        assertEquals(file + ": line 2: the label, '\ufffd', is not UTF-8", e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-8"})
    void aByteOrderMarkTellsTheEncoding(String charset) throws IOException {
        byte[] bytes = "\ufeffa\tb\tc\n1\t2\t\u00e9\n-4\t0.5\t\u00e8\n".getBytes(charset);
        Path file = Files.write(folder.resolve("data.csv"), bytes);
        LabelledData data = read(file, DataOptions.DEFAULT);
        assertArrayEquals(new float[] {0.25f, 0.5f, -1, 0.125f}, data.features());
        assertEquals(List.of(file + ": the classes are 0 '\u00e8', 1 '\u00e9'"), notes);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0,1,2,3~5,6,7,8~5,6,7,9~|header",
                "1,2,3,4~5,6,7,8~5,6,7,9~|header",
                "0,1,2,label~5,6,7,8~5,6,7,9~|header",
                "7,3.5,label~5,6,8~5,6,9~|header",
                "0,1,2,cat~5,6,7,dog~|header",
                "1,5,9,3~5,6,7,8~|data",
                "0,1,3~5,6,1~|",
                "1,5.5,9,3~5,6,7,8~|",
                "5,3,9,3~5,6,7,8~|",
                "7,3.5,2,cat~5,6,7,dog~|",
                "a,b,c~5,6,1~5,6,2~|",
                ",1,2,c~5,6,7,1~5,6,7,2~|header",
            })
    void aFirstRowOfNumbersIsSaidWhichWayItWasTaken(String text, String taken) throws IOException {
        Path file = put(text.replace('~', '\n'), false);
        try {
            read(file, DataOptions.DEFAULT);
        } catch (DataException e) {
            assertTrue(e.getMessage().contains("at least two classes"), e.getMessage());
        }
        List<String> said = notes.stream().filter(note -> note.contains("first row")).toList();
        assertEquals(taken == null ? 0 : 1, said.size(), said.toString());
        if (taken != null) {
            String expected =
                    taken.equals("data")
                            ? "is taken as data; --header=yes"
                            : "is taken as a header; --header=no";
            assertTrue(said.get(0).contains(expected), said.get(0));
        }
    }

    @Test
    void aHeaderCanBeForcedEitherWay() throws IOException {
        Path file = put("0,1,2,0\n3,4,5,1\n5,6,8,2\n", false);
        assertEquals(2, rows(file, DataOptions.Header.AUTO));
        assertEquals(2, rows(file, DataOptions.Header.YES));
        assertEquals(3, rows(file, DataOptions.Header.NO));
        Path plain = put("0.5,1,2,0\n3,4,5,1\n5,6,8,2\n", false);
        assertEquals(3, rows(plain, DataOptions.Header.AUTO));
        assertEquals(2, rows(plain, DataOptions.Header.YES));
        Path named = put("a,b,0\n1,2,0\n3,4,1\n", false);
        DataException e =
                assertThrows(DataException.class, () -> rows(named, DataOptions.Header.NO));
        assertEquals(
                named + ": line 1: value 1, 'a', is not a finite float32 number", e.getMessage());
    }

    private int rows(Path file, DataOptions.Header header) {
        return read(file, new DataOptions(Optional.empty(), header)).rows();
    }

    @Test
    void aNameOfAColumnNeedsAHeader() {
        Optional<String> name = Optional.of("species");
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> new DataOptions(name, DataOptions.Header.NO));
        assertEquals("--label species is a name from a header, but --header is no", e.getMessage());
    }

    @Test
    @Tag("thorough")
    void damagedFilesAreReadOrRefused() throws IOException {
        String text = "a,b,c\n1,2,0\n-4,0.5,3\n1e3,\"7\",1\n";
        Damage.flippedBytesAreReadOrRefused(put(text, false), CsvReaderTest::read);
        Path zipped = put(text, true);
        Damage.flippedBytesAreReadOrRefused(zipped, CsvReaderTest::read);
        Damage.everyTruncationIsRefused(zipped, CsvReaderTest::read);
    }

    private static LabelledData read(Path file) {
        return read(file, DataOptions.DEFAULT, note -> {});
    }

    private LabelledData read(Path file, DataOptions options) {
        notes.clear();
        return read(file, options, notes::add);
    }

    private static LabelledData read(Path file, DataOptions options, Consumer<String> notes) {
        try (Input in = Input.open(file)) {
            return CsvReader.read(in, file.getFileName().toString(), options, notes);
        }
    }

    private Path put(String text, boolean zipped) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return Files.write(folder.resolve("data.csv"), zipped ? Damage.gzip(bytes) : bytes);
    }
}
