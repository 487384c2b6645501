package dev.rectifier.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Loads a data set of any kind we read, in two parts. */
public final class DataSets {
    /** How much of a data set without a test part of its own becomes one. */
    static final double TEST_SHARE = 0.2;

    /** Fixed, so that every study of a data set is judged by the same rows. */
    static final long SPLIT_SEED = 1;

    private static final String EXPECTED = "CSV, .npy, .npz, IDX images or a folder of IDX files";

    private DataSets() {}

    /**
     * Loads the given data, whose kind is told by its content: a directory of IDX files as MNIST
     * has them, with a test part of its own; or an IDX file of images, with its labels beside it; a
     * CSV file; a matrix in a .npy file; or arrays in an .npz file, which may have a test part of
     * their own. All may be gzipped, and pipes. What has no test part is split at random, but
     * always in the same way, into 80 % to train and 20 % to test.
     *
     * @param data where to look, {@code -} being standard input; null means the embedded {@link
     *     Digits}
     * @param options how to read tables
     * @param notes gets a sentence for each thing that the content left open
     * @throws DataException if something is missing or malformed, or an option isn't for this kind
     */
    public static TrainTest load(Path data, DataOptions options, Consumer<String> notes) {
        if (data == null) {
            return split(Digits.load());
        }
        if (Files.isDirectory(data)) {
            options.refuseFor(data.toString(), "a folder");
            return IdxReader.readDirectory(data);
        }
        try (Input in = Input.open(data)) {
            return load(data, in, options, notes);
        }
    }

    private static TrainTest load(
            Path data, Input in, DataOptions options, Consumer<String> notes) {
        byte[] start = in.peek(FileKind.BYTES);
        String name = shortName(data);
        if (FileKind.IDX_LABELS.startsIn(start)) {
            throw in.unexpected(EXPECTED);
        }
        if (start.length >= 2 && start[0] == 0 && start[1] == 0) {
            options.refuseFor(in.name(), "an IDX file");
            return split(IdxReader.read(data, in));
        }
        if (FileKind.NPY.startsIn(start)) {
            options.refuseHeaderFor(in.name(), "a .npy file");
            return split(ArrayReader.matrix(in, name, options, notes));
        }
        if (FileKind.ZIP.startsIn(start)) {
            options.refuseFor(in.name(), "an .npz file");
            return ArrayReader.archive(in, name, notes);
        }
        if (!FileKind.isTable(start)) {
            throw in.unexpected(EXPECTED);
        }
        return split(CsvReader.read(in, name, options, notes));
    }

    private static TrainTest split(LabelledData all) {
        return all.split(TEST_SHARE, SPLIT_SEED);
    }

    private static String shortName(Path path) {
        return path.equals(path.getFileName()) ? nameOf(path) : String.valueOf(path.getFileName());
    }

    /** What to call a path of data in a report. */
    public static String nameOf(Path data) {
        return Input.nameOf(data);
    }
}
