package dev.rectifier.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rectifier.data.Archive.Sizes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class InputTest {
    /** More than any buffer holds, in which the third column is the label. */
    private static final int ROWS = 20_000;

    private static final double[] VALUES = values();
    private static final TrainTest EXPECTED = examples();

    @TempDir Path folder;

    /** How content arrives. */
    enum Way {
        FILE,
        NAMED_PIPE,
        STANDARD_INPUT
    }

    /** How content is packed. */
    enum Packing {
        PLAIN,
        GZIP,
        GZIP_OF_TWO_MEMBERS
    }

    /** Every format of a single file, all with the same examples. */
    enum Format {
        COMMAS {
            @Override
            byte[] content() {
                return text(',');
            }
        },
        SEMICOLONS {
            @Override
            byte[] content() {
                return text(';');
            }
        },
        TABS {
            @Override
            byte[] content() {
                return text('\t');
            }
        },
        NPY {
            @Override
            byte[] content() {
                return Archive.npy("(%d, 3)".formatted(ROWS), VALUES);
            }
        },
        NPZ_STORED {
            @Override
            byte[] content() {
                return archive(new Archive(false, Sizes.BEHIND_64));
            }
        },
        NPZ_DEFLATED {
            @Override
            byte[] content() {
                return archive(new Archive(true, Sizes.AHEAD_64));
            }
        };

        abstract byte[] content();
    }

    private static double[] values() {
        Random random = new Random(1);
        double[] values = new double[3 * ROWS];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 3 == 2 ? random.nextInt(5) : random.nextInt(100_000) / 8.0;
        }
        return values;
    }

    /** The values without any format between. */
    private static TrainTest examples() {
        float[] features = new float[2 * ROWS];
        int[] labels = new int[ROWS];
        for (int i = 0; i < VALUES.length; i++) {
            if (i % 3 == 2) {
                labels[i / 3] = (int) VALUES[i];
            } else {
                features[i / 3 * 2 + i % 3] = (float) VALUES[i];
            }
        }
        LabelledData.scale(features);
        return new LabelledData("expected", features, ROWS, 2, labels, 5)
                .split(DataSets.TEST_SHARE, DataSets.SPLIT_SEED);
    }

    private static byte[] text(char separator) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < VALUES.length; i++) {
            text.append(VALUES[i]).append(i % 3 == 2 ? '\n' : separator);
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] archive(Archive archive) {
        double[] x = new double[2 * ROWS];
        double[] y = new double[ROWS];
        for (int i = 0; i < ROWS; i++) {
            x[2 * i] = VALUES[3 * i];
            x[2 * i + 1] = VALUES[3 * i + 1];
            y[i] = VALUES[3 * i + 2];
        }
        return archive.add("x.npy", Archive.npy("(%d, 2)".formatted(ROWS), x))
                .add("y.npy", Archive.npy("(%d,)".formatted(ROWS), y))
                .bytes();
    }

    private static byte[] pack(byte[] content, Packing packing) {
        if (packing == Packing.PLAIN) {
            return content;
        }
        if (packing == Packing.GZIP) {
            return Damage.gzip(content);
        }
        int half = content.length / 2;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(Damage.gzip(Arrays.copyOf(content, half)));
        bytes.writeBytes(Damage.gzip(Arrays.copyOfRange(content, half, content.length)));
        return bytes.toByteArray();
    }

    static Stream<Arguments> everyWayAndPacking() {
        return Stream.of(Way.values())
                .flatMap(way -> Stream.of(Packing.values()).map(p -> Arguments.of(way, p)));
    }

    static Stream<Arguments> everyFormatWayAndPacking() {
        return Stream.of(Format.values())
                .flatMap(
                        format ->
                                everyWayAndPacking()
                                        .map(
                                                rest ->
                                                        Arguments.of(
                                                                format,
                                                                rest.get()[0],
                                                                rest.get()[1])));
    }

    /** Reads from a path to which the content comes in this way. */
    private <T> T through(Way way, byte[] content, Reader<T> reader) throws Exception {
        Path path = folder.resolve("data");
        Files.deleteIfExists(path);
        if (way == Way.FILE) {
            return reader.read(Files.write(path, content));
        }
        if (way == Way.STANDARD_INPUT) {
            InputStream before = System.in;
            System.setIn(Damage.trickle(content));
            try {
                return reader.read(Path.of("-"));
            } finally {
                System.setIn(before);
            }
        }
        makePipe(path);
        Thread writer = writeTo(path, content);
        T result = reader.read(path);
        writer.join();
        return result;
    }

    private interface Reader<T> {
        T read(Path path);
    }

    private static void makePipe(Path path) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/mkfifo")), "no /usr/bin/mkfifo here");
        assertEquals(0, new ProcessBuilder("/usr/bin/mkfifo", path.toString()).start().waitFor());
    }

    private static Thread writeTo(Path path, byte[] content) {
        Thread writer =
                new Thread(
                        () -> {
                            try {
                                Files.write(path, content);
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        });
        writer.setDaemon(true);
        writer.start();
        return writer;
    }

    @ParameterizedTest
    @MethodSource("everyFormatWayAndPacking")
    void everyFormatIsReadToItsLastRowInEveryWay(Format format, Way way, Packing packing)
            throws Exception {
        TrainTest data =
                through(
                        way,
                        pack(format.content(), packing),
                        path -> DataSets.load(path, DataOptions.DEFAULT, note -> {}));
        assertEquals(ROWS, data.train().rows() + data.test().rows());
        assertArrayEquals(EXPECTED.train().features(), data.train().features());
        assertArrayEquals(EXPECTED.train().labels(), data.train().labels());
        assertArrayEquals(EXPECTED.test().features(), data.test().features());
        assertArrayEquals(EXPECTED.test().labels(), data.test().labels());
    }

    @ParameterizedTest
    @MethodSource("everyWayAndPacking")
    void anArrayIsReadToItsLastElementInEveryWay(Way way, Packing packing) throws Exception {
        byte[] content = pack(Archive.npy("(%d,)".formatted(3 * ROWS), VALUES), packing);
        NpyArray array = through(way, content, NpyFile::read);
        assertArrayEquals(VALUES, array.doubles());
    }

    @Test
    void imagesAndLabelsMayBeNamedPipes() throws Exception {
        byte[] images = {0, 0, 8, 2, 0, 0, 0, 3, 0, 0, 0, 1, 1, 2, 3};
        byte[] labels = {0, 0, 8, 1, 0, 0, 0, 3, 0, 1, 1};
        Path imagesPipe = folder.resolve("a-images-idx2-ubyte");
        Path labelsPipe = folder.resolve("a-labels-idx1-ubyte");
        makePipe(imagesPipe);
        makePipe(labelsPipe);
        writeTo(imagesPipe, images);
        writeTo(labelsPipe, Damage.gzip(labels));
        TrainTest data = DataSets.load(imagesPipe, DataOptions.DEFAULT, note -> {});
        assertEquals(3, data.train().rows() + data.test().rows());
    }

    @Test
    void imagesFromStandardInputHaveNoLabels() {
        DataException e =
                assertThrows(
                        DataException.class,
                        () ->
                                through(
                                        Way.STANDARD_INPUT,
                                        new byte[] {0, 0, 8, 2, 0, 0, 0, 1},
                                        path ->
                                                DataSets.load(
                                                        path, DataOptions.DEFAULT, note -> {})));
        assertTrue(
                e.getMessage().startsWith("standard input: can't tell where its labels are"),
                e.getMessage());
    }

    @ParameterizedTest
    @MethodSource("everyWayAndPacking")
    void whatEndsTooEarlyIsRefusedInEveryWay(Way way, Packing packing) {
        byte[] whole = Archive.npy("(%d,)".formatted(3 * ROWS), VALUES);
        byte[] cut = Arrays.copyOf(whole, whole.length - 1);
        DataException e =
                assertThrows(
                        DataException.class, () -> through(way, pack(cut, packing), NpyFile::read));
        assertTrue(
                e.getMessage()
                        .endsWith(
                                "byte %d: the file ends before the 480000 bytes of float64 (60000,)"
                                        .formatted(cut.length)),
                e.getMessage());
    }

    @Test
    void nothingButAFurtherMemberMayFollowGzippedData() throws IOException {
        Path file = folder.resolve("data");
        byte[] zipped = Damage.gzip(Archive.npy("(1,)", 7));
        for (byte next : new byte[] {0, 'x', 0x1f}) {
            byte[] more = Arrays.copyOf(zipped, zipped.length + 99);
            more[zipped.length] = next;
            Files.write(file, more);
            refused(file, "can't be read: Unexpected data after a valid .gz stream.");
        }
    }

    @Test
    void noMoreThanFitsIsCopiedToSeekInIt() throws IOException {
        byte[] content = {'P', 'K', 3, 4, 5};
        try (Input in = Input.of("a", Damage.trickle(content))) {
            assertEquals(5, in.seekable(5).size());
        }
        try (Input in = Input.of("a", Damage.trickle(Damage.gzip(content)))) {
            assertEquals(
                    "a: more than 4 bytes of a zip archive can't be read from a pipe or gzipped, but"
                            + " from a file as it is",
                    assertThrows(DataException.class, () -> in.seekable(4)).getMessage());
        }
        Path file = Files.write(folder.resolve("data"), content);
        try (Input in = Input.open(file)) {
            assertEquals(5, in.seekable(4).size());
        }
    }

    @Test
    @Tag("thorough")
    void aFurtherMemberThatIsCutIsRefused() throws IOException {
        Path file = folder.resolve("data");
        byte[] zipped = pack(Archive.npy("(1,)", 7), Packing.GZIP_OF_TWO_MEMBERS);
        Files.write(file, zipped);
        Damage.everyTruncationIsRefused(file, NpyFile::read);
        Damage.flippedBytesAreReadOrRefused(file, NpyFile::read);
    }

    @Test
    void everyFieldOfAGzipHeaderIsSkipped() throws IOException {
        byte[] zipped = Damage.gzip(Archive.npy("(1,)", 7));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        zipped[3] = 4 | 8 | 16;
        bytes.write(zipped, 0, 10);
        bytes.writeBytes(new byte[] {5, 0, 'a', 'b', 1, 0, 'c', 'n', 'a', 'm', 'e', 0, 'c', 0});
        bytes.write(zipped, 10, zipped.length - 10);
        Path file = Files.write(folder.resolve("data"), bytes.toByteArray());
        assertEquals(7, NpyFile.read(file).doubles()[0]);
    }

    private static void refused(Path file, String problem) {
        DataException e = assertThrows(DataException.class, () -> NpyFile.read(file));
        assertTrue(e.getMessage().startsWith(file + ": byte "), e.getMessage());
        assertTrue(e.getMessage().endsWith(problem), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "\u0089PNG|a PNG image",
                "MATLAB 5.0 MAT-file\u0001|a MATLAB file",
                "PAR1\u0015|a Parquet file",
                "\u0080\u0004\u0095|a Python pickle",
                "%PDF-1.7|a PDF document",
                "BZh91AY\u0001|a bzip2 file",
                "<!DOCTYPE html>|a web page (HTML)",
                "<?xml version|XML or HTML",
                " {\"a\": 1}|JSON",
                "[[1, 2]]|JSON",
                "version https://git-lfs.github.com|the stand-in that Git LFS leaves for a file",
                "\u0001\u0002\u0003|binary data of no kind that is known here",
            })
    void aFileThatIsNotWhatWasExpectedIsToldAsWhatItLooksLike(String start, String kind)
            throws IOException {
        byte[] bytes = start.getBytes(StandardCharsets.ISO_8859_1);
        Path file = folder.resolve("data");
        for (byte[] content : new byte[][] {bytes, Damage.gzip(bytes)}) {
            Files.write(file, content);
            String looks = file + ": byte 0: this looks like " + kind + ", but ";
            assertEquals(
                    looks + "a NumPy array (.npy) was expected",
                    assertThrows(DataException.class, () -> NpyFile.read(file)).getMessage());
            assertEquals(
                    looks + "CSV, .npy, .npz, IDX images or a folder of IDX files was expected",
                    assertThrows(
                                    DataException.class,
                                    () -> DataSets.load(file, DataOptions.DEFAULT, note -> {}))
                            .getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PAR1", "FEA1", "ORCID", "BZh", "P5 ", "<5", "[cm]", "GIF8", "Rar!"})
    void aTableMayStartAsAnotherKindDoes(String name) throws IOException {
        Path file = Files.writeString(folder.resolve("data"), name + ",b,c\n1,2,0\n3,4,1\n");
        TrainTest data = DataSets.load(file, DataOptions.DEFAULT, note -> {});
        assertEquals(2, data.train().rows() + data.test().rows());
    }

    @Test
    void whatIsGzippedTwiceOrEmptyIsToldSo() throws IOException {
        Path file = folder.resolve("data");
        Files.write(file, Damage.gzip(Damage.gzip(text(','))));
        assertLooksLike(file, "gzipped data within gzipped data");
        Files.write(file, new byte[0]);
        assertLooksLike(file, "an empty file");
        Files.write(file, Damage.gzip(new byte[0]));
        assertLooksLike(file, "an empty file");
        Files.write(file, new byte[] {0, 0, 8, 1, 0, 0, 0, 1, 1});
        assertLooksLike(file, "IDX labels");
    }

    private static void assertLooksLike(Path file, String kind) {
        DataException e =
                assertThrows(
                        DataException.class,
                        () -> DataSets.load(file, DataOptions.DEFAULT, note -> {}));
        assertTrue(e.getMessage().contains("this looks like " + kind + ","), e.getMessage());
    }
}
