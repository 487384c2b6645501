package dev.rectifier.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.data.DataOptions.Header;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TableTest {
    @TempDir private Path folder;
    private final List<String> notes = new ArrayList<>();

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("t.csv"), text);
    }

    private Table read(Path file, String label) {
        return Table.read(
                file, Header.AUTO, Table.labelled(Optional.ofNullable(label)), notes::add);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a,b,c\n1,2.5,x\n3,-4,y\n",
                "a;b;c\n1;2,5;x\n3;-4;y\n",
                "1\t2,5\tx\n3\t-4\ty"
            })
    void rowsOfAnySeparatorAreRead(String text) throws IOException {
        Table table = read(file(text), null);
        assertEquals(2, table.rows());
        assertEquals(2, table.columns());
        assertArrayEquals(new double[] {1, 2.5, 3, -4}, table.features());
        assertEquals(List.of("x", "y"), table.targets());
        assertEquals(text.startsWith("a") ? List.of("a", "b") : List.of(), table.names());
        assertEquals(text.contains("2,5") ? 1 : 0, notes.size());
    }

    @ParameterizedTest
    @CsvSource({"first, 1 3", "last, x y", "b, 2.5 -4"})
    void theTargetIsTheColumnThatIsNamed(String label, String targets) throws IOException {
        Path file =
                file(
                        label.equals("last")
                                ? "a,b,c\n1,2.5,x\n3,-4,y\n"
                                : "a,b,c\n1,2.5,7\n3,-4,8\n");
        Table table = read(file, label);
        assertEquals(List.of(targets.split(" ")), table.targets());
        assertEquals(2, table.columns());
        assertTrue(!table.names().contains(label));
    }

    @Test
    void columnsAreChosenByTheirNames() throws IOException {
        Table table =
                Table.read(
                        file("id,b,a\nx7,1,2\nx8,3,4\n"),
                        Header.AUTO,
                        (names, count) -> {
                            if (names.isEmpty()) {
                                throw new IllegalArgumentException("no names");
                            }
                            return new Table.Columns(
                                    new int[] {names.indexOf("a"), names.indexOf("b")}, -1);
                        },
                        notes::add);
        assertEquals(List.of("a", "b"), table.names());
        assertArrayEquals(new double[] {2, 1, 4, 3}, table.features());
        assertEquals(List.of(), table.targets());
    }

    @Test
    void anArrayAndAGzippedFileAreTables() throws IOException {
        Path array = folder.resolve("t.npy");
        NpyFile.write(array, NpyArray.of(new double[] {1, 2, 0, 4, 5, 1}, 2, 3));
        Table table = read(array, null);
        assertArrayEquals(new double[] {1, 2, 4, 5}, table.features());
        assertEquals(List.of("0", "1"), table.targets());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            zip.write("1,2,0\n4,5,1\n".getBytes(StandardCharsets.US_ASCII));
        }
        Table same = read(Files.write(folder.resolve("t.gz"), bytes.toByteArray()), null);
        assertArrayEquals(table.features(), same.features());
        assertEquals(table.targets(), same.targets());
    }

    @Test
    void targetsAreTheSameNumbersWithADecimalComma() throws IOException {
        Table table = read(file("1;2,5\n2;x,y\n"), null);
        assertEquals(List.of("2.5", "x,y"), table.targets());
        assertEquals(2.5, Table.number(table.targets().get(0)));
        assertTrue(Double.isNaN(Table.number("x")));
    }

    @Test
    void aLabelInWordsMakesNoHeader() throws IOException {
        assertEquals(List.of("x", "y"), read(file("x,1,2\ny,3,4\n"), "first").targets());
        assertEquals(List.of("x", "y"), read(file("1,2,x\n3,4,y\n"), null).targets());
    }

    @Test
    void aHeaderIsWhatOneSays() throws IOException {
        Path file = file("0,1,2\n3,4,5\n");
        assertEquals(2, read(file, null).rows());
        Table named = Table.read(file, Header.YES, Table.labelled(Optional.of("1")), notes::add);
        assertEquals(List.of("0", "2"), named.names());
        assertEquals(List.of("4"), named.targets());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'a,b\n1,x\ny,z'      |     | line 3: 'y' in column 1 is no finite number",
                "'a,b\n1,2\n3'        |     | line 3: 1 values, but the first row has 2",
                "'a,b\n1,2'           | c   | no column is named 'c'; there are [a, b]",
                "'a,b,b\n1,2,3'       | b   | several columns are named 'b'",
                "'1,2\n3,4'           | b   | no column is named 'b'; there are no names",
                "'a\n1'               |     | expected features and a label, found one column",
                "'a,b'                |     | the file has no rows of numbers",
                "'a,b\n1e999,1'       |     | '1e999' in column 1 is no finite number"
            })
    void whatIsWrongIsSaidWithItsPlace(String text, String label, String message)
            throws IOException {
        Path file = file(text);
        DataException e = assertThrows(DataException.class, () -> read(file, label));
        assertTrue(e.getMessage().startsWith(file + ": "), e::getMessage);
        assertTrue(e.getMessage().contains(message), e::getMessage);
    }

    @Test
    void whatIsNoTableIsRefused() throws IOException {
        Path file = Files.write(folder.resolve("t"), new byte[] {0, 0, 8, 3, 0, 0, 0, 0, 0});
        assertThrows(DataException.class, () -> read(file, null));
        Path empty = Files.write(folder.resolve("empty"), new byte[0]);
        assertThrows(DataException.class, () -> read(empty, null));
    }
}
