package dev.rectifier.cli.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Loads a data set of any kind we read, in two parts. */
public final class DataSets {
    /** How much of a data set without a test part of its own becomes one. */
    static final double TEST_SHARE = 0.2;

    /** Fixed, so that every study of a data set is judged by the same rows. */
    static final long SPLIT_SEED = 1;

    private DataSets() {}

    /**
     * Loads the given data, whose kind is told by its content: a directory of IDX files as MNIST
     * has them, with a test part of its own; or an IDX file of images, with its labels beside it,
     * or a CSV file, either of which may be gzipped and is split at random, but always in the same
     * way, into 80 % to train and 20 % to test.
     *
     * @param data where to look; null means the embedded {@link Digits}
     * @throws DataException if something is missing or malformed
     */
    public static TrainTest load(Path data) {
        if (data == null) {
            return Digits.load().split(TEST_SHARE, SPLIT_SEED);
        }
        if (Files.isDirectory(data)) {
            return IdxReader.readDirectory(data);
        }
        LabelledData all = isIdx(data) ? IdxReader.read(data) : CsvReader.read(data);
        return all.split(TEST_SHARE, SPLIT_SEED);
    }

    private static boolean isIdx(Path file) {
        try (InputStream in = Gunzip.open(file)) {
            return Gunzip.startsWith(in, 0, 0);
        } catch (IOException e) {
            throw DataException.unreadable(file, e);
        }
    }
}
