package dev.rectifier.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;

/**
 * Makes labelled data of NumPy arrays: a matrix that has the labels in a column, or an .npz archive
 * of features and labels. Features are scaled as {@link LabelledData#scale} does, those of a train
 * and a test part by the same factor; labels are integers from 0 to 65,535.
 */
final class ArrayReader {
    private static final Pattern ROLE =
            Pattern.compile(
                    "(?<what>x|features|y|labels)(?:_(?<part>train|test))?\\.npy",
                    Pattern.CASE_INSENSITIVE);
    private static final String EXPECTED =
            "x and y, or features and labels, each alone or as in x_train and x_test";
    private static final int MOST_NAMES = 10;

    private ArrayReader() {}

    /** Reads a .npy file of a matrix; the first or the last column has the labels. */
    static LabelledData matrix(Input in, String name, DataOptions options, Consumer<String> notes) {
        NpyArray array = new NpyReader(in, notes).array();
        options.labelName()
                .ifPresent(
                        label -> {
                            throw DataException.of(
                                    in.name(),
                                    "--label is first or last for .npy, which has no names of"
                                            + " columns such as %s",
                                    DataException.quote(label));
                        });
        long[] shape = array.shape();
        if (shape.length != 2 || shape[0] < 1 || shape[1] < 2) {
            throw DataException.of(
                    in.name(),
                    "expected a matrix of at least one row with features and a label, found %s",
                    array);
        }
        int rows = (int) shape[0];
        int columns = (int) shape[1] - 1;
        int labelColumn = options.labelColumn(columns + 1);
        float[] features = new float[rows * columns];
        int[] labels = new int[rows];
        int at = 0;
        for (int i = 0; i < rows * (columns + 1); i++) {
            if (i % (columns + 1) == labelColumn) {
                labels[i / (columns + 1)] = label(in.name(), array, i);
            } else {
                features[at++] = feature(in.name(), array, i);
            }
        }
        LabelledData.scale(features);
        int classes = LabelledData.countClasses(in.name(), labels);
        return new LabelledData(name, features, rows, columns, labels, classes);
    }

    /** Reads an .npz file, and splits it if it has no test part. */
    static TrainTest archive(Input in, String name, Consumer<String> notes) {
        Map<String, NpyArray> arrays = new TreeMap<>();
        List<String> ignored = new ArrayList<>();
        try (NpzReader npz = new NpzReader(in)) {
            for (ZipArchiveEntry entry : npz.entries()) {
                Optional<String> role = role(entry.getName());
                if (role.isEmpty()) {
                    ignored.add(entry.getName());
                    continue;
                }
                if (arrays.containsKey(role.get())) {
                    throw DataException.of(
                            in.name(),
                            "%s is there twice, once as %s",
                            role.get(),
                            DataException.quote(entry.getName()));
                }
                // Of labels nothing is kept but an integer, whatever type they had.
                boolean labels = role.get().startsWith("labels");
                arrays.put(role.get(), npz.array(entry, labels ? note -> {} : notes));
            }
        }
        String train = arrays.containsKey("features_train") ? "_train" : "";
        boolean tests = arrays.containsKey("features_test") || arrays.containsKey("labels_test");
        List<String> wanted = new ArrayList<>(List.of("features" + train, "labels" + train));
        if (tests) {
            wanted.addAll(List.of("features_test", "labels_test"));
        }
        if (!arrays.keySet().equals(Set.copyOf(wanted)) || tests && train.isEmpty()) {
            throw DataException.of(
                    in.name(), "expected %s; found %s", EXPECTED, list(arrays.keySet(), ignored));
        }
        if (!ignored.isEmpty()) {
            notes.accept("%s: not used: %s".formatted(in.name(), list(ignored, List.of())));
        }
        String file = in.name();
        Part first = Part.of(file, arrays, wanted.get(0), wanted.get(1));
        if (!tests) {
            LabelledData.scale(first.features);
            int classes = LabelledData.countClasses(file, first.labels);
            return first.data(name, classes).split(DataSets.TEST_SHARE, DataSets.SPLIT_SEED);
        }
        Part second = Part.of(file, arrays, wanted.get(2), wanted.get(3));
        if (first.columns() != second.columns()) {
            throw DataException.of(
                    file,
                    "the test part has %d features, but the train part %d",
                    second.columns(),
                    first.columns());
        }
        LabelledData.scale(first.features, second.features);
        int classes = LabelledData.countClasses(file, first.labels, second.labels);
        return new TrainTest(first.data(name, classes), second.data(name, classes));
    }

    private static Optional<String> role(String entry) {
        Matcher name = ROLE.matcher(entry);
        if (!name.matches()) {
            return Optional.empty();
        }
        String what = name.group("what").toLowerCase(Locale.ROOT);
        String role = what.equals("x") || what.equals("features") ? "features" : "labels";
        String part = name.group("part");
        return Optional.of(part == null ? role : role + "_" + part.toLowerCase(Locale.ROOT));
    }

    private static String list(Iterable<String> names, List<String> more) {
        List<String> all = new ArrayList<>();
        names.forEach(name -> all.add(DataException.quote(name)));
        more.forEach(name -> all.add(DataException.quote(name)));
        if (all.isEmpty()) {
            return "nothing";
        }
        String shown = String.join(", ", all.subList(0, Math.min(all.size(), MOST_NAMES)));
        return all.size() <= MOST_NAMES ? shown : shown + " and others";
    }

    /** Features and labels of the same rows. */
    private record Part(float[] features, int[] labels) {
        static Part of(String file, Map<String, NpyArray> arrays, String x, String y) {
            NpyArray features = arrays.get(x);
            NpyArray labels = arrays.get(y);
            long rows = features.shape().length == 0 ? 0 : features.shape()[0];
            if (features.length() < 1
                    || labels.shape().length == 0
                    || labels.shape()[0] != rows
                    || labels.length() != rows) {
                throw DataException.of(
                        file,
                        "expected rows of %s and as many of %s with one label each, found %s and"
                                + " %s",
                        x,
                        y,
                        features,
                        labels);
            }
            float[] values = new float[features.length()];
            for (int i = 0; i < values.length; i++) {
                values[i] = feature(file + ": " + x, features, i);
            }
            int[] classes = new int[(int) rows];
            for (int i = 0; i < classes.length; i++) {
                classes[i] = label(file + ": " + y, labels, i);
            }
            return new Part(values, classes);
        }

        int columns() {
            return features.length / labels.length;
        }

        LabelledData data(String name, int classes) {
            return new LabelledData(name, features, labels.length, columns(), labels, classes);
        }
    }

    private static float feature(String file, NpyArray array, int at) {
        float value = (float) array.get(at);
        if (!Float.isFinite(value)) {
            throw DataException.of(
                    file,
                    "element %s, %s, is not a finite float32 number",
                    index(array, at),
                    array.get(at));
        }
        return value;
    }

    private static int label(String file, NpyArray array, int at) {
        double value = array.get(at);
        if (!(value >= 0 && value <= Labels.LARGEST && value == (int) value)) {
            throw DataException.of(
                    file,
                    "the label %s, %s, is not an integer within 0..%d",
                    index(array, at),
                    value,
                    Labels.LARGEST);
        }
        return (int) value;
    }

    /** Where an element is, such as {@code [3, 0]}. */
    private static String index(NpyArray array, int at) {
        long[] index = array.shape();
        long left = at;
        for (int axis = index.length - 1; axis >= 0; axis--) {
            long length = index[axis];
            index[axis] = left % length;
            left /= length;
        }
        return Arrays.toString(index);
    }
}
