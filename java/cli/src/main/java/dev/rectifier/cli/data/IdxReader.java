package dev.rectifier.cli.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads images with labels from IDX files as MNIST has them, gzipped or not.
 *
 * <p>Images are unsigned bytes of rank 2 or more, the first axis counting the images, and become
 * features by division by 255. Labels are unsigned bytes of rank 1, in a file beside that of the
 * images: {@code X-images-idx3-ubyte} belongs with {@code X-labels-idx1-ubyte}; a dot may stand for
 * the hyphen before {@code idx}, and {@code .gz} may follow.
 */
public final class IdxReader {
    private static final Pattern IMAGES_NAME =
            Pattern.compile("(?<set>.*-)images(?<hyphen>[-.])idx\\d+-ubyte(?<gz>(?:\\.gz)?)");
    private static final int UNSIGNED_BYTE = 8;
    private static final float LARGEST_BYTE = 255;

    private IdxReader() {}

    /**
     * Reads one set, given its images; the labels file is found by its name.
     *
     * @throws DataException if a file is missing or malformed, or the two don't fit each other
     */
    public static LabelledData read(Path images) {
        Matcher name = IMAGES_NAME.matcher(fileName(images));
        if (!name.matches()) {
            throw DataException.of(
                    images,
                    "can't tell where its labels are: a file of IDX images is named"
                            + " NAME-images-idx3-ubyte or NAME-images.idx3-ubyte");
        }
        return read(images, labelsBeside(images, name));
    }

    /**
     * Reads the sets {@code train-…} and {@code t10k-…} of a directory; the latter is the test
     * part.
     *
     * @throws DataException if a file is missing or malformed, or the sets don't fit each other
     */
    public static TrainTest readDirectory(Path directory) {
        LabelledData train = read(imagesIn(directory, "train-"));
        Path testImages = imagesIn(directory, "t10k-");
        LabelledData test = read(testImages);
        if (test.columns() != train.columns()) {
            throw DataException.of(
                    testImages,
                    "its images have %d pixels, but those of the train set have %d",
                    test.columns(),
                    train.columns());
        }
        int classes = Math.max(train.classes(), test.classes());
        return new TrainTest(train.withClasses(classes), test.withClasses(classes));
    }

    private static LabelledData read(Path imagesFile, Path labelsFile) {
        Content images = Content.read(imagesFile, 2, 255);
        Content labels = Content.read(labelsFile, 1, 1);
        int rows = labels.data.length;
        if (images.count != rows) {
            throw DataException.atByte(
                    labelsFile,
                    Content.COUNT_OFFSET,
                    "%d labels, but %d images in %s",
                    rows,
                    images.count,
                    imagesFile);
        }
        int[] classOfRow = new int[rows];
        for (int i = 0; i < rows; i++) {
            classOfRow[i] = Byte.toUnsignedInt(labels.data[i]);
        }
        float[] features = new float[images.data.length];
        for (int i = 0; i < features.length; i++) {
            features[i] = Byte.toUnsignedInt(images.data[i]) / LARGEST_BYTE;
        }
        int classes = LabelledData.countClasses(labelsFile, classOfRow);
        return new LabelledData(
                fileName(imagesFile), features, rows, features.length / rows, classOfRow, classes);
    }

    private static Path labelsBeside(Path images, Matcher name) {
        String stem = name.group("set") + "labels";
        String same = name.group("hyphen");
        for (String hyphen : List.of(same, same.equals("-") ? "." : "-")) {
            for (String gz : List.of(name.group("gz"), name.group("gz").isEmpty() ? ".gz" : "")) {
                Path labels = images.resolveSibling(stem + hyphen + "idx1-ubyte" + gz);
                if (Files.exists(labels)) {
                    return labels;
                }
            }
        }
        throw DataException.of(
                images, "its labels, %s%sidx1-ubyte[.gz], are not beside it", stem, same);
    }

    private static Path imagesIn(Path directory, String set) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> isImagesOf(set, fileName(file)))
                    .min(Path::compareTo)
                    .orElseThrow(
                            () ->
                                    DataException.of(
                                            directory,
                                            "there is no %simages-idx3-ubyte[.gz] in this folder",
                                            set));
        } catch (IOException e) {
            throw DataException.unreadable(directory, e);
        } catch (UncheckedIOException e) {
            throw DataException.unreadable(directory, e.getCause());
        }
    }

    private static boolean isImagesOf(String set, String fileName) {
        Matcher name = IMAGES_NAME.matcher(fileName);
        return name.matches() && name.group("set").equals(set);
    }

    private static String fileName(Path path) {
        return String.valueOf(path.getFileName());
    }

    /** One IDX file of unsigned bytes; {@code count} is the length of its first axis. */
    private static final class Content {
        static final int COUNT_OFFSET = 4;

        private final Path file;
        private final InputStream in;
        private long offset;
        private int count;
        private byte[] data;

        private Content(Path file, InputStream in) {
            this.file = file;
            this.in = in;
        }

        static Content read(Path file, int leastRank, int mostRank) {
            try (InputStream in = Gunzip.open(file)) {
                Content content = new Content(file, in);
                content.parse(leastRank, mostRank);
                return content;
            } catch (IOException e) {
                throw DataException.unreadable(file, e);
            }
        }

        private void parse(int leastRank, int mostRank) {
            byte[] magic = bytes(4, "magic number");
            if (magic[0] != 0 || magic[1] != 0) {
                throw error(
                        0, "not an IDX file: expected 00 00, found %02x %02x", magic[0], magic[1]);
            }
            if (magic[2] != UNSIGNED_BYTE) {
                throw error(2, "expected the type code 08 (unsigned bytes), found %02x", magic[2]);
            }
            int rank = Byte.toUnsignedInt(magic[3]);
            if (rank < leastRank || rank > mostRank) {
                throw error(
                        3,
                        "expected rank %s, found %d",
                        mostRank == 1 ? "1" : leastRank + " or more",
                        rank);
            }
            int total = total(ByteBuffer.wrap(bytes(rank * Integer.BYTES, "axes")));
            data = bytes(total, "data");
            if (read(1, "end of the file").length > 0) {
                throw error(offset - 1, "more bytes follow the %d that the axes make", total);
            }
        }

        private int total(ByteBuffer axes) {
            long total = 1;
            while (axes.hasRemaining()) {
                int axisOffset = COUNT_OFFSET + axes.position();
                long axis = Integer.toUnsignedLong(axes.getInt());
                total *= axis;
                if (total == 0 || total > NpyArray.MAX_ELEMENTS) {
                    throw error(
                            axisOffset,
                            "with this axis of %d the file holds %d bytes; 1 to %d can be read",
                            axis,
                            total,
                            NpyArray.MAX_ELEMENTS);
                }
            }
            count = axes.getInt(0);
            return (int) total;
        }

        private byte[] bytes(int length, String what) {
            byte[] bytes = read(length, what);
            if (bytes.length < length) {
                throw error(
                        offset,
                        "the file ends inside its %s, after %d of %d bytes",
                        what,
                        bytes.length,
                        length);
            }
            return bytes;
        }

        /** Allocates no more than there is to read, whatever the header claims. */
        private byte[] read(int length, String what) {
            try {
                byte[] bytes = in.readNBytes(length);
                offset += bytes.length;
                return bytes;
            } catch (IOException e) {
                throw error(offset, "the %s can't be read: %s", what, DataException.reason(e));
            }
        }

        private DataException error(long at, String format, Object... arguments) {
            return DataException.atByte(file, at, format, arguments);
        }
    }
}
