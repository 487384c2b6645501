package dev.rectifier.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class IdxReaderTest {
    private static final byte[] IMAGES = idx(new int[] {3, 2, 2}, 0, 255, 51, 3, 4, 5, 6, 7, 8, 9);
    private static final byte[] LABELS = idx(new int[] {3}, 1, 0, 2);

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({
        "a-images-idx3-ubyte, a-labels-idx1-ubyte",
        "a-images.idx3-ubyte, a-labels.idx1-ubyte",
        "a-images.idx3-ubyte, a-labels-idx1-ubyte",
        "a-images-idx3-ubyte.gz, a-labels-idx1-ubyte.gz",
        "a-images-idx3-ubyte, a-labels.idx1-ubyte.gz",
        "emnist-letters-train-images-idx3-ubyte, emnist-letters-train-labels-idx1-ubyte",
    })
    void imagesFindTheirLabelsByName(String imagesName, String labelsName) throws IOException {
        Path images = put(imagesName, IMAGES);
        put(labelsName, LABELS);
        LabelledData data = IdxReader.read(images);
        assertEquals(imagesName + ": 3 rows, 4 columns, 3 classes", data.toString());
        assertArrayEquals(new int[] {1, 0, 2}, data.labels());
        assertArrayEquals(new float[] {0, 1, 0.2f, 3 / 255f}, Arrays.copyOf(data.features(), 4));
    }

    @Test
    void compressionIsToldByContentNotByName() throws IOException {
        Path images = folder.resolve("a-images-idx3-ubyte");
        Files.write(images, Damage.gzip(IMAGES));
        Files.write(folder.resolve("a-labels-idx1-ubyte.gz"), LABELS);
        assertEquals(3, IdxReader.read(images).rows());
    }

    @Test
    void imagesMayHaveAnyRankFromTwo() throws IOException {
        put("a-labels-idx1-ubyte", LABELS);
        Path flat = put("a-images-idx2-ubyte", idx(new int[] {3, 5}, new int[15]));
        assertEquals(5, IdxReader.read(flat).columns());
        Path colour = put("a-images-idx4-ubyte", idx(new int[] {3, 2, 1, 3}, new int[18]));
        assertEquals(6, IdxReader.read(colour).columns());
    }

    @Test
    void aFolderHoldsATrainAndATestSet() throws IOException {
        put("train-images-idx3-ubyte.gz", IMAGES);
        put("train-labels-idx1-ubyte.gz", LABELS);
        put("t10k-images.idx3-ubyte", idx(new int[] {2, 4, 1}, 1, 2, 3, 4, 5, 6, 7, 8));
        put("t10k-labels.idx1-ubyte", idx(new int[] {2}, 5, 0));
        TrainTest data = IdxReader.readDirectory(folder);
        assertArrayEquals(new int[] {1, 0, 2}, data.train().labels());
        assertArrayEquals(new int[] {5, 0}, data.test().labels());
        assertEquals(6, data.train().classes());
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 1, 3", "1, 5, 5, 6", "2, 1, 1, 3", "2, 2, 2, 3"})
    void aTestPartMayHaveOneImageOrOneClass(int images, int first, int second, int classes)
            throws IOException {
        put("train-images-idx3-ubyte", IMAGES);
        put("train-labels-idx1-ubyte", LABELS);
        put("t10k-images-idx3-ubyte", idx(new int[] {images, 2, 2}));
        put(
                "t10k-labels-idx1-ubyte",
                idx(new int[] {images}, Arrays.copyOf(new int[] {first, second}, images)));
        TrainTest data = IdxReader.readDirectory(folder);
        assertEquals(images, data.test().rows());
        assertEquals(classes, data.test().classes());
    }

    @Test
    void aTrainPartOfOneClassIsRefused() throws IOException {
        put("train-images-idx3-ubyte", IMAGES);
        Path labels = put("train-labels-idx1-ubyte", idx(new int[] {3}, 4, 4, 4));
        put("t10k-images-idx3-ubyte", IMAGES);
        put("t10k-labels-idx1-ubyte", LABELS);
        assertEquals(
                labels + ": at least two classes are needed, but every label (3 of them) is 4",
                assertThrows(DataException.class, () -> IdxReader.readDirectory(folder))
                        .getMessage());
    }

    @Test
    void aFolderWithoutASetIsRefused() throws IOException {
        assertEquals(
                folder + ": there is no train-images-idx3-ubyte[.gz] in this folder",
                assertThrows(DataException.class, () -> IdxReader.readDirectory(folder))
                        .getMessage());
        put("train-images-idx3-ubyte", IMAGES);
        put("train-labels-idx1-ubyte", LABELS);
        assertEquals(
                folder + ": there is no t10k-images-idx3-ubyte[.gz] in this folder",
                assertThrows(DataException.class, () -> IdxReader.readDirectory(folder))
                        .getMessage());
    }

    @Test
    void setsOfDifferentImageSizesAreRefused() throws IOException {
        put("train-images-idx3-ubyte", IMAGES);
        put("train-labels-idx1-ubyte", LABELS);
        Path test = put("t10k-images-idx3-ubyte", idx(new int[] {2, 1, 1}, 1, 2));
        put("t10k-labels-idx1-ubyte", idx(new int[] {2}, 5, 0));
        assertEquals(
                test + ": its images have 1 pixels, but those of the train set have 4",
                assertThrows(DataException.class, () -> IdxReader.readDirectory(folder))
                        .getMessage());
    }

    @Test
    void imagesWithoutLabelsAreRefused() throws IOException {
        Path images = put("a-images.idx3-ubyte", IMAGES);
        assertRefused(images, images + ": its labels, a-labels.idx1-ubyte[.gz], are not beside it");
        Path other = put("other.idx", IMAGES);
        assertRefused(
                other,
                other
                        + ": can't tell where its labels are: a file of IDX images is named"
                        + " NAME-images-idx3-ubyte or NAME-images.idx3-ubyte");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0000080300000003000000020000|byte 14: the file ends inside its axes, after 10 of"
                        + " 12 bytes",
                "5000080300|byte 0: this looks like binary data of no kind that is known here, but"
                        + " an IDX file of images was expected",
                "00000d0300|byte 2: expected the type code 08 (unsigned bytes), found 0d",
                "0000080100|byte 3: expected rank 2 or more, found 1",
                "0000080000|byte 3: expected rank 2 or more, found 0",
                "00000802ffffffffffffffff|byte 4: with this axis of 4294967295 the file holds"
                        + " 4294967295 bytes; 1 to 2147483639 can be read",
                "000008020001000000010000|byte 8: with this axis of 65536 the file holds"
                        + " 4294967296 bytes; 1 to 2147483639 can be read",
                "000008020000000300000000|byte 8: with this axis of 0 the file holds 0 bytes;"
                        + " 1 to 2147483639 can be read",
                "00000802000000010000000205|byte 13: the file ends inside its data, after 1 of 2"
                        + " bytes",
                "0000080200007fff0000ffff05|byte 13: the file ends inside its data, after 1 of"
                        + " 2147385345 bytes",
                "0000080200000001000000010506|byte 13: more bytes follow the 1 that the axes make",
            })
    void brokenImagesAreRefusedWhereTheyBreak(String hex, String problem) throws IOException {
        put("a-labels-idx1-ubyte", LABELS);
        byte[] bytes = HexFormat.of().parseHex(hex);
        Path plain = put("a-images-idx3-ubyte", bytes);
        assertRefused(plain, plain + ": " + problem);
        Path zipped = put("a-images-idx3-ubyte.gz", bytes);
        assertRefused(zipped, zipped + ": " + problem);
    }

    @Test
    void labelsMustFitTheImages() throws IOException {
        Path images = put("a-images-idx3-ubyte", IMAGES);
        Path labels = put("a-labels-idx1-ubyte", idx(new int[] {2}, 1, 0));
        assertRefused(images, labels + ": byte 4: 2 labels, but 3 images in " + images);
        put("a-labels-idx1-ubyte", IMAGES);
        assertRefused(images, labels + ": byte 3: expected rank 1, found 3");
        put("a-labels-idx1-ubyte", idx(new int[] {3}, 4, 4, 4));
        assertRefused(
                images,
                labels + ": at least two classes are needed, but every label (3 of them) is 4");
    }

    @Test
    void aCorruptGzipIsRefused() throws IOException {
        put("a-labels-idx1-ubyte", LABELS);
        byte[] zipped = Damage.gzip(IMAGES);
        zipped[zipped.length - 6] ^= 1;
        Path images = folder.resolve("a-images-idx3-ubyte");
        Files.write(images, zipped);
        assertRefused(
                images,
                images + ": byte 0: can't be read: Gzip-compressed data is corrupt (CRC32 error).");
        zipped[2] = 0;
        Files.write(images, zipped);
        assertRefused(
                images,
                images
                        + ": byte 0: can't be read: Unsupported compression method 0 in the .gz header");
        Files.write(images, Arrays.copyOf(Damage.gzip(IMAGES), 20));
        assertRefused(images, images + ": byte 0: can't be read: unexpected end");
        zipped[2] = 8;
        zipped[3] = 32;
        Files.write(images, zipped);
        assertRefused(
                images,
                images + ": byte 0: can't be read: Reserved flags are set in the .gz header.");
    }

    @ParameterizedTest
    @CsvSource({"-idx3-ubyte, -idx1-ubyte", "-idx3-ubyte.gz, -idx1-ubyte.gz"})
    @Tag("thorough")
    void damagedFilesAreReadOrRefused(String imagesEnd, String labelsEnd) throws IOException {
        Path images = put("a-images" + imagesEnd, IMAGES);
        Path labels = put("a-labels" + labelsEnd, LABELS);
        Damage.everyTruncationIsRefused(images, IdxReader::read);
        Damage.everyTruncationIsRefused(labels, file -> IdxReader.read(images));
        Damage.flippedBytesAreReadOrRefused(images, IdxReader::read);
        Damage.flippedBytesAreReadOrRefused(labels, file -> IdxReader.read(images));
    }

    private static void assertRefused(Path images, String message) {
        DataException e = assertThrows(DataException.class, () -> IdxReader.read(images));
        assertEquals(message, e.getMessage());
    }

    /** An IDX file of unsigned bytes; values not given are 0. */
    private static byte[] idx(int[] axes, int... values) {
        int length = Arrays.stream(axes).reduce(1, (a, b) -> a * b);
        ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * axes.length + length);
        bytes.put(new byte[] {0, 0, 8, (byte) axes.length});
        for (int axis : axes) {
            bytes.putInt(axis);
        }
        for (int value : values) {
            bytes.put((byte) value);
        }
        return bytes.array();
    }

    private Path put(String name, byte[] content) throws IOException {
        return Files.write(
                folder.resolve(name), name.endsWith(".gz") ? Damage.gzip(content) : content);
    }
}
