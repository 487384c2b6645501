package dev.rectifier.data;

import java.io.IOException;
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
        try (Input in = Input.open(images)) {
            return read(images, in);
        }
    }

    /** Reads one set, given its images, which are open already. */
    static LabelledData read(Path images, Input in) {
        Set set = Set.read(images, in);
        return set.data(LabelledData.countClasses(set.labelsFile, set.labels));
    }

    private static Path labelsOf(Path images) {
        Matcher name = IMAGES_NAME.matcher(fileName(images));
        if (!name.matches()) {
            throw DataException.of(
                    Input.nameOf(images),
                    "can't tell where its labels are: a file of IDX images is named"
                            + " NAME-images-idx3-ubyte or NAME-images.idx3-ubyte");
        }
        return labelsBeside(images, name);
    }

    /**
     * Reads the sets {@code train-…} and {@code t10k-…} of a directory; the latter is the test
     * part, of which any number of images and classes will do.
     *
     * @throws DataException if a file is missing or malformed, or the sets don't fit each other
     */
    public static TrainTest readDirectory(Path directory) {
        Set train = Set.read(imagesIn(directory, "train-"));
        Set test = Set.read(imagesIn(directory, "t10k-"));
        if (test.columns() != train.columns()) {
            throw DataException.of(
                    test.imagesFile,
                    "its images have %d pixels, but those of the train set have %d",
                    test.columns(),
                    train.columns());
        }
        int classes = LabelledData.countClasses(train.labelsFile, train.labels, test.labels);
        return new TrainTest(train.data(classes), test.data(classes));
    }

    /** Images and their labels, with the files they are from. */
    private record Set(Path imagesFile, byte[] pixels, String labelsFile, int[] labels) {
        static Set read(Path images) {
            try (Input in = Input.open(images)) {
                return read(images, in);
            }
        }

        static Set read(Path imagesFile, Input in) {
            Path labelsFile = labelsOf(imagesFile);
            Content images = Content.read(in, 2, 255);
            Content labels;
            try (Input labelsIn = Input.open(labelsFile)) {
                labels = Content.read(labelsIn, 1, 1);
                if (images.count != labels.data.length) {
                    throw labelsIn.error(
                            Content.COUNT_OFFSET,
                            "%d labels, but %d images in %s",
                            labels.data.length,
                            images.count,
                            imagesFile);
                }
            }
            int[] classes = new int[labels.data.length];
            for (int i = 0; i < classes.length; i++) {
                classes[i] = Byte.toUnsignedInt(labels.data[i]);
            }
            return new Set(imagesFile, images.data, labelsFile.toString(), classes);
        }

        int columns() {
            return pixels.length / labels.length;
        }

        LabelledData data(int classes) {
            float[] features = new float[pixels.length];
            for (int i = 0; i < features.length; i++) {
                features[i] = Byte.toUnsignedInt(pixels[i]) / LARGEST_BYTE;
            }
            return new LabelledData(
                    fileName(imagesFile), features, labels.length, columns(), labels, classes);
        }
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

        private final Input in;
        private int count;
        private byte[] data;

        private Content(Input in) {
            this.in = in;
        }

        static Content read(Input in, int leastRank, int mostRank) {
            Content content = new Content(in);
            content.parse(leastRank, mostRank);
            return content;
        }

        private void parse(int leastRank, int mostRank) {
            byte[] start = in.peek(2);
            if (start.length < 2 || start[0] != 0 || start[1] != 0) {
                throw in.unexpected("an IDX file of " + (mostRank == 1 ? "labels" : "images"));
            }
            byte[] magic = in.bytes(4, "magic number");
            if (magic[2] != UNSIGNED_BYTE) {
                throw in.error(
                        2, "expected the type code 08 (unsigned bytes), found %02x", magic[2]);
            }
            int rank = Byte.toUnsignedInt(magic[3]);
            if (rank < leastRank || rank > mostRank) {
                throw in.error(
                        3,
                        "expected rank %s, found %d",
                        mostRank == 1 ? "1" : leastRank + " or more",
                        rank);
            }
            int total = total(ByteBuffer.wrap(in.bytes(rank * Integer.BYTES, "axes")));
            data = in.bytes(total, "data");
            if (in.read() >= 0) {
                throw in.error(
                        in.offset() - 1, "more bytes follow the %d that the axes make", total);
            }
        }

        private int total(ByteBuffer axes) {
            long total = 1;
            while (axes.hasRemaining()) {
                int axisOffset = COUNT_OFFSET + axes.position();
                long axis = Integer.toUnsignedLong(axes.getInt());
                total *= axis;
                if (total == 0 || total > NpyArray.MAX_ELEMENTS) {
                    throw in.error(
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
    }
}
