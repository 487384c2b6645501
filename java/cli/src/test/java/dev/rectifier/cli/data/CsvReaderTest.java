package dev.rectifier.cli.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class CsvReaderTest {
    @TempDir Path folder;

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
            LabelledData data = CsvReader.read(put(text, zipped));
            assertEquals("data.csv: 2 rows, 2 columns, 4 classes", data.toString());
            assertArrayEquals(new float[] {0.25f, 0.5f, -1, 0.125f}, data.features());
            assertArrayEquals(new int[] {0, 3}, data.labels());
        }
    }

    @Test
    void featuresThatAreAllZeroStayZero() throws IOException {
        assertArrayEquals(new float[2], CsvReader.read(put("0,0\n-0,1\n", false)).features(), 0);
    }

    @Test
    void manyRowsAreKeptInOrder() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 5000; i++) {
            text.append(i).append(",4999,").append(i % 7).append('\n');
        }
        LabelledData data = CsvReader.read(put(text.toString(), true));
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
                "5~6~|line 1: expected features and a label, found one value",
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
                "1,2,3~1,2,3~|at least two classes are needed, but every label (2 of them) is 3",
            })
    void aBrokenRowIsRefusedWithItsLine(String text, String problem) throws IOException {
        Path file = put(text.replace('~', '\n'), false);
        DataException e = assertThrows(DataException.class, () -> CsvReader.read(file));
        assertEquals(file + ": " + problem, e.getMessage());
    }

    @Test
    void aQuoteWithoutEndIsRefusedWithTheLineItStartsOn() throws IOException {
        Path file = put("1,2,0\n1,\"2,1\n3,4,0\n", false);
        DataException e = assertThrows(DataException.class, () -> CsvReader.read(file));
        String start = file + ": line 2: can't be read: ";
        assertEquals(start, e.getMessage().substring(0, start.length()));
    }

    @Test
    void aMissingFileIsNamed() {
        Path file = folder.resolve("missing.csv");
        DataException e = assertThrows(DataException.class, () -> CsvReader.read(file));
        assertEquals(file + ": can't be read: no such file or folder", e.getMessage());
    }

    @Test
    void damagedFilesAreReadOrRefused() throws IOException {
        String text = "a,b,c\n1,2,0\n-4,0.5,3\n1e3,\"7\",1\n";
        Damage.flippedBytesAreReadOrRefused(put(text, false), CsvReader::read);
        Path zipped = put(text, true);
        Damage.flippedBytesAreReadOrRefused(zipped, CsvReader::read);
        Damage.everyTruncationIsRefused(zipped, CsvReader::read);
    }

    private Path put(String text, boolean zipped) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return Files.write(folder.resolve("data.csv"), zipped ? Damage.gzip(bytes) : bytes);
    }
}
