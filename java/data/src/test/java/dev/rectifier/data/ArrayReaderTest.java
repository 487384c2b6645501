package dev.rectifier.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.data.Archive.Sizes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class ArrayReaderTest {
    private static final byte[] X = Archive.npy("(3, 2)", 1, 2, 3, -4, 0, 2);
    private static final byte[] Y = Archive.npy("(3,)", 0, 2, 1);
    private static final byte[] X_TEST = Archive.npy("(1, 2)", 8, 1);
    private static final byte[] Y_TEST = Archive.npy("(1, 1)", 3);

    @TempDir Path folder;
    private final List<String> notes = new ArrayList<>();

    static Stream<Arguments> archives() {
        return Stream.of(Sizes.values())
                .flatMap(s -> Stream.of(Arguments.of(false, s), Arguments.of(true, s)));
    }

    @ParameterizedTest
    @MethodSource("archives")
    void everyKindOfArchiveIsRead(boolean deflated, Sizes sizes) throws IOException {
        Archive archive =
                new Archive(deflated, sizes)
                        .add("x_train.npy", X)
                        .add("other.npy", X)
                        .add("Y_TEST.npy", Y_TEST)
                        .add("x_test.npy", X_TEST)
                        .add("y_train.npy", Y);
        Path file = put(archive);
        TrainTest data = load(file);
        float[] train = {1 / 8f, 2 / 8f, 3 / 8f, -4 / 8f, 0, 2 / 8f};
        assertArrayEquals(train, data.train().features());
        assertArrayEquals(new int[] {0, 2, 1}, data.train().labels());
        assertArrayEquals(new float[] {1, 1 / 8f}, data.test().features());
        assertArrayEquals(new int[] {3}, data.test().labels());
        assertEquals(4, data.train().classes());
        assertEquals(List.of(file + ": not used: 'other.npy'"), notes);
    }

    @ParameterizedTest
    @CsvSource({"false, AHEAD_64", "false, BEHIND_64", "true, AHEAD", "true, BEHIND"})
    @Tag("thorough")
    void damagedArchivesAreReadOrRefused(boolean deflated, Sizes sizes) throws IOException {
        Archive archive =
                new Archive(deflated, sizes).add("x.npy", X).add("z.npy", X).add("y.npy", Y);
        Path file = put(archive);
        Damage.everyTruncationIsRefused(file, this::load);
        Damage.flippedBytesAreReadOrRefused(file, this::load);
    }

    @ParameterizedTest
    @CsvSource({
        "x, y",
        "X, y",
        "features, labels",
        "x_train, y_train",
        "Features_Train, Labels_Train",
        "x, labels",
    })
    void arraysWithoutATestPartAreSplit(String x, String y) throws IOException {
        Path file = put(new Archive(false, Sizes.AHEAD).add(x + ".npy", X).add(y + ".npy", Y));
        TrainTest data = load(file);
        assertEquals(2, data.train().rows());
        assertEquals(1, data.test().rows());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x|expected x and y, or features and labels, each alone or as in x_train and x_test;"
                        + " found 'features'",
                "a b|expected x and y, or features and labels, each alone or as in x_train and"
                        + " x_test; found 'a.npy', 'b.npy'",
                "x_train y_train x_test|expected x and y, or features and labels, each alone or as"
                        + " in x_train and x_test; found 'features_test', 'features_train',"
                        + " 'labels_train'",
                "x_test y_test|expected x and y, or features and labels, each alone or as in x_train"
                        + " and x_test; found 'features_test', 'labels_test'",
                "x y features|features is there twice, once as 'features.npy'",
                "x x y|features is there twice, once as 'x.npy'",
            })
    void archivesWithoutTheRightArraysAreRefused(String names, String problem) throws IOException {
        Archive archive = new Archive(false, Sizes.AHEAD);
        for (String name : names.split(" ")) {
            archive.add(name + ".npy", name.startsWith("x") ? X : Y);
        }
        refused(put(archive), problem);
    }

    @Test
    void anArchiveOfSomethingElseIsRefusedWithWhatItHolds() throws IOException {
        byte[] xml = ("<workbook/>" + " ".repeat(600)).getBytes(StandardCharsets.UTF_8);
        refused(
                put(new Archive(true, Sizes.BEHIND).add("xl/workbook.xml", xml)),
                "expected x and y, or features and labels, each alone or as in x_train and x_test;"
                        + " found 'xl/workbook.xml'");
        refused(
                put(new Archive(true, Sizes.BEHIND)),
                "expected x and y, or features and labels, each alone or as in x_train and x_test;"
                        + " found nothing");
        refused(
                put(new Archive(true, Sizes.BEHIND).add("x.npy", xml)),
                "x.npy: byte 0: this looks like XML or HTML, but a NumPy array (.npy) was expected");
    }

    @ParameterizedTest
    @MethodSource("archives")
    void sizesThatAreNoSizesAreRefused(boolean deflated, Sizes sizes) throws IOException {
        Archive archive = new Archive(deflated, sizes).lyingBy(1).add("x.npy", X).add("y.npy", Y);
        DataException e = assertThrows(DataException.class, () -> load(put(archive)));
        assertTrue(
                e.getMessage()
                        .endsWith(
                                ": corrupt zip archive: 'x.npy' has another checksum or size than is"
                                        + " said"),
                e.getMessage());
    }

    @Test
    void anotherChecksumIsRefused() throws IOException {
        byte[] bytes = new Archive(false, Sizes.AHEAD).add("x.npy", X).add("y.npy", Y).bytes();
        // The lowest byte of the last number of x.
        bytes[30 + "x.npy".length() + X.length - Double.BYTES] ^= 1;
        refused(
                Files.write(folder.resolve("data.npz"), bytes),
                "corrupt zip archive: 'x.npy' has another checksum or size than is said");
    }

    @Test
    void anArchiveThatIsCutIsRefusedWithTheCause() throws IOException {
        byte[] bytes = new Archive(true, Sizes.BEHIND).add("x.npy", X).bytes();
        refused(
                Files.write(folder.resolve("data.npz"), Arrays.copyOf(bytes, bytes.length - 1)),
                "corrupt zip archive: Archive is not a ZIP archive");
    }

    @Test
    void whatIsNotUsedIsNotReadEither() throws IOException {
        Path file =
                put(
                        new Archive(false, Sizes.BEHIND_64)
                                .add("readme.txt", "text".getBytes(StandardCharsets.UTF_8))
                                .add("x.npy", X)
                                .add("y.npy", Y)
                                .add("empty", new byte[0]));
        assertEquals(2, load(file).train().rows());
        assertEquals(List.of(file + ": not used: 'readme.txt', 'empty'"), notes);
    }

    @Test
    @Tag("thorough")
    void aBombIsRefusedWithoutItsMemory() throws IOException {
        byte[] zeros = new byte[1 << 26];
        byte[] claim = Archive.npy("(2147483639, 1)");
        System.arraycopy(claim, 0, zeros, 0, claim.length);
        Path file = put(new Archive(true, Sizes.BEHIND).add("x.npy", zeros));
        assertTrue(Files.size(file) < 1 << 17);
        refused(
                file,
                "x.npy: byte 67108864: the file ends before the 17179869112 bytes of float64"
                        + " (2147483639, 1)");
    }

    @Test
    void anEncryptedOrOtherwiseCompressedEntryIsRefused() throws IOException {
        byte[] bytes = new Archive(false, Sizes.AHEAD).add("x.npy", X).bytes();
        int directory = 30 + "x.npy".length() + X.length;
        Path file = folder.resolve("data.npz");
        bytes[directory + 8] = 1;
        Files.write(file, bytes);
        refused(file, "its entry 'x.npy' is encrypted");
        bytes[directory + 8] = 0;
        // The library reads 12, too; 93 by another library that isn't here; 99 by none.
        for (byte method : new byte[] {12, 93, 99}) {
            bytes[directory + 10] = method;
            Files.write(file, bytes);
            refused(
                    file,
                    "its entry 'x.npy' has compression method %d; 0 (stored) and 8 (deflated) are read"
                            .formatted(method));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "(3,)|3|expected rows of features and as many of labels with one label each, found"
                        + " float64 (2, 2) and float64 (3,)",
                "(2, 2)|4|expected rows of features and as many of labels with one label each, found"
                        + " float64 (2, 2) and float64 (2, 2)",
                "()|1|expected rows of features and as many of labels with one label each, found"
                        + " float64 (2, 2) and float64 ()",
                "(2,)|2|labels: the label [0], 0.5, is not an integer within 0..65535",
            })
    void labelsMustFitTheFeatures(String shape, int length, String problem) throws IOException {
        double[] labels = new double[length];
        labels[0] = 0.5;
        refused(
                put(
                        new Archive(false, Sizes.AHEAD)
                                .add("x.npy", Archive.npy("(2, 2)", 1, 2, 3, 4))
                                .add("y.npy", Archive.npy(shape, labels))),
                problem);
    }

    @Test
    void partsMustFitEachOther() throws IOException {
        refused(
                put(
                        new Archive(false, Sizes.AHEAD)
                                .add("x_train.npy", X)
                                .add("y_train.npy", Y)
                                .add("x_test.npy", Archive.npy("(1, 3)", 1, 2, 3))
                                .add("y_test.npy", Y_TEST)),
                "the test part has 3 features, but the train part 2");
    }

    @ParameterizedTest
    @CsvSource({"first, 3 2", "last, 1 0", ", 1 0"})
    void aMatrixHasItsLabelsInAColumn(String label, String labels) throws IOException {
        Path file =
                Files.write(folder.resolve("data.npy"), Archive.npy("(2, 3)", 3, 4, 1, 2, -8, 0));
        TrainTest data =
                load(file, new DataOptions(Optional.ofNullable(label), DataOptions.Header.AUTO));
        List<String> found = new ArrayList<>();
        for (LabelledData part : List.of(data.train(), data.test())) {
            found.add(part.labels()[0] + ":" + part.features()[0] + ":" + part.features()[1]);
        }
        String[] expected =
                "first".equals(label)
                        ? new String[] {"3:0.5:0.125", "2:-1.0:0.0"}
                        : new String[] {"1:0.375:0.5", "0:0.25:-1.0"};
        assertTrue(found.containsAll(List.of(expected)), found.toString());
        assertTrue(labels.startsWith(expected[0].substring(0, 1)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "(6,)|expected a matrix of at least one row with features and a label, found float64"
                        + " (6,)",
                "(6, 1)|expected a matrix of at least one row with features and a label, found"
                        + " float64 (6, 1)",
                "(1, 2, 3)|expected a matrix of at least one row with features and a label, found"
                        + " float64 (1, 2, 3)",
                "(2, 3)|element [0, 1], NaN, is not a finite float32 number",
                "(3, 2)|the label [0, 1], NaN, is not an integer within 0..65535",
            })
    void aMatrixThatIsNoTableIsRefused(String shape, String problem) throws IOException {
        byte[] bytes = Archive.npy(shape, 1, Double.NaN, 2, 3, 1, 1);
        refused(Files.write(folder.resolve("data.npy"), bytes), problem);
    }

    @Test
    void optionsThatMeanNothingForAKindAreRefused() throws IOException {
        Path npz = put(new Archive(false, Sizes.AHEAD).add("x.npy", X).add("y.npy", Y));
        DataOptions first = new DataOptions(Optional.of("first"), DataOptions.Header.AUTO);
        DataOptions header = new DataOptions(Optional.empty(), DataOptions.Header.YES);
        DataOptions named = new DataOptions(Optional.of("a"), DataOptions.Header.AUTO);
        Path npy = Files.write(folder.resolve("data.npy"), X);
        Path idx = Files.write(folder.resolve("a-images-idx2-ubyte"), new byte[] {0, 0, 8, 2});
        refused(
                npz,
                first,
                "--label is for tables; an .npz file, as this is, has its labels apart");
        refused(idx, first, "--label is for tables; an IDX file, as this is, has its labels apart");
        refused(folder, first, "--label is for tables; a folder, as this is, has its labels apart");
        refused(npz, header, "--header is for CSV; this is an .npz file");
        refused(idx, header, "--header is for CSV; this is an IDX file");
        refused(npy, header, "--header is for CSV; this is a .npy file");
        refused(
                npy,
                named,
                "--label is first or last for .npy, which has no names of columns such as 'a'");
    }

    private void refused(Path file, String problem) {
        refused(file, DataOptions.DEFAULT, problem);
    }

    private void refused(Path file, DataOptions options, String problem) {
        DataException e = assertThrows(DataException.class, () -> load(file, options));
        assertEquals(file + ": " + problem, e.getMessage());
    }

    private TrainTest load(Path file) {
        return load(file, DataOptions.DEFAULT);
    }

    private TrainTest load(Path file, DataOptions options) {
        return DataSets.load(file, options, notes::add);
    }

    private Path put(Archive archive) throws IOException {
        return Files.write(folder.resolve("data.npz"), archive.bytes());
    }
}
