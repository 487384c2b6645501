package dev.rectifier.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Rows of numbers as they are in a file, a CSV file (also with semicolons or tabs) or a NumPy array
 * whose first axis is that of the rows, gzipped or not; and a column of targets, which may be
 * words. The arrays are handed over, not copied.
 *
 * @param features [rows, columns] in row-major order, finite if they come from CSV
 * @param rows how many there are
 * @param columns the number of features of a row, at least 1
 * @param names of the features; empty without a header
 * @param targets the target of each row as it is written, but for a decimal comma; empty if none
 *     was asked for
 */
public record Table(
        double[] features, int rows, int columns, List<String> names, List<String> targets) {
    /**
     * Which columns are wanted.
     *
     * @param features in the order that they are wanted in
     * @param target that of the targets; −1 for none
     */
    public record Columns(int[] features, int target) {}

    /** Chooses columns. */
    @FunctionalInterface
    public interface Choice {
        /**
         * Those that are wanted.
         *
         * @param names of all columns; empty without a header
         * @param count of all columns
         * @throws IllegalArgumentException if they aren't there
         */
        Columns of(List<String> names, int count);
    }

    /**
     * The features are all columns but one, which is the target: the last, or what {@code label}
     * says, {@code first}, {@code last} or a name from the header.
     */
    public static Choice labelled(Optional<String> label) {
        return (names, count) -> {
            int target =
                    label.isEmpty() || label.get().equals("last")
                            ? count - 1
                            : label.get().equals("first") ? 0 : names.indexOf(label.get());
            if (label.isPresent() && names.lastIndexOf(label.get()) > target) {
                throw new IllegalArgumentException(
                        "several columns are named " + DataException.quote(label.get()));
            }
            if (target < 0 || count < 2) {
                throw new IllegalArgumentException(
                        count < 2
                                ? "expected features and a label, found one column"
                                : "no column is named %s; there are %s"
                                        .formatted(
                                                DataException.quote(label.orElseThrow()),
                                                names.isEmpty() ? "no names" : names));
            }
            int[] features = new int[count - 1];
            Arrays.setAll(features, i -> i < target ? i : i + 1);
            return new Columns(features, target);
        };
    }

    /**
     * Reads a table.
     *
     * @param path the file, or {@code -} for standard input
     * @param header whether the first row of a CSV file is names; by itself it is if one of its
     *     wanted features is no number
     * @param notes gets a sentence for each thing that the content left open
     * @throws DataException if the file can't be read, is malformed, lacks a column, or a feature
     *     in CSV isn't a finite number
     */
    public static Table read(
            Path path, DataOptions.Header header, Choice choice, Consumer<String> notes) {
        try (Input in = Input.open(path)) {
            byte[] start = in.peek(FileKind.BYTES);
            if (FileKind.NPY.startsIn(start)) {
                if (header != DataOptions.Header.AUTO) {
                    throw DataException.of(in.name(), "--header is for CSV; this is a .npy file");
                }
                return of(in.name(), new NpyReader(in, notes).array(), choice);
            }
            if (!FileKind.isTable(start)) {
                throw in.unexpected("CSV or .npy");
            }
            return new Rows(in, header, choice, notes).read();
        }
    }

    private static Table of(String file, NpyArray array, Choice choice) {
        long[] shape = array.shape();
        if (shape.length == 0 || shape[0] == 0) {
            throw DataException.of(file, "is %s, which has no rows", array);
        }
        int rows = (int) shape[0];
        int count = array.length() / rows;
        Columns columns = chosen(file, choice, List.of(), count);
        int[] wanted = columns.features;
        double[] features = new double[rows * wanted.length];
        List<String> targets = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < wanted.length; i++) {
                features[row * wanted.length + i] = element(array, row * count + wanted[i]);
            }
            if (columns.target >= 0) {
                double value = element(array, row * count + columns.target);
                targets.add(value == (long) value ? Long.toString((long) value) : value + "");
            }
        }
        return new Table(features, rows, wanted.length, List.of(), targets);
    }

    private static double element(NpyArray array, int index) {
        return array.isFloat64() ? array.doubles()[index] : array.floats()[index];
    }

    private static Columns chosen(String file, Choice choice, List<String> names, int count) {
        try {
            return choice.of(names, count);
        } catch (IllegalArgumentException e) {
            throw DataException.of(file, "%s", e.getMessage());
        }
    }

    /** Those of a CSV file. */
    private static final class Rows {
        private final Input in;
        private final String file;
        private final DataOptions.Header header;
        private final Choice choice;
        private final Consumer<String> notes;
        private final char separator;
        private int cells;
        private Columns columns;
        private double[] features = new double[1 << 10];
        private int rows;
        private long commas;
        private final List<String> names = new ArrayList<>();
        private final List<String> targets = new ArrayList<>();

        Rows(Input in, DataOptions.Header header, Choice choice, Consumer<String> notes) {
            this.in = in;
            this.header = header;
            this.choice = choice;
            this.notes = notes;
            file = in.name();
            separator = CsvReader.separator(CsvReader.firstLine(in));
        }

        Table read() {
            long line = 0;
            try (Reader text =
                            new BufferedReader(new InputStreamReader(in, CsvReader.charset(in)));
                    CSVParser parser = open(text)) {
                for (CSVRecord row : parser) {
                    line = parser.getCurrentLineNumber();
                    if (row.size() == 1 && row.get(0).isEmpty()) {
                        continue;
                    }
                    if (columns == null) {
                        begin(row);
                        continue;
                    }
                    add(row, line);
                }
            } catch (IOException e) {
                throw DataException.atLine(
                        file, line + 1, "can't be read: %s", DataException.reason(e));
            } catch (UncheckedIOException e) {
                throw DataException.atLine(
                        file, line + 1, "can't be read: %s", DataException.reason(e.getCause()));
            }
            if (rows == 0) {
                throw DataException.atLine(file, 1, "the file has no rows of numbers");
            }
            if (commas > 0) {
                notes.accept(file + ": a comma in a number is taken as its decimal point");
            }
            int width = columns.features.length;
            return new Table(
                    Arrays.copyOf(features, rows * width), rows, width, chosenNames(), targets);
        }

        private CSVParser open(Reader text) throws IOException {
            CsvReader.skipByteOrderMark(text);
            return CSVFormat.DEFAULT
                    .builder()
                    .setDelimiter(separator)
                    .setIgnoreEmptyLines(true)
                    .setIgnoreSurroundingSpaces(true)
                    .get()
                    .parse(text);
        }

        private void begin(CSVRecord first) {
            cells = first.size();
            boolean named =
                    header == DataOptions.Header.YES
                            || header == DataOptions.Header.AUTO && isHeader(first);
            if (named) {
                names.addAll(first.toList());
            }
            columns = chosen(file, choice, List.copyOf(names), cells);
            if (!named) {
                add(first, 1);
            }
        }

        private boolean isHeader(CSVRecord first) {
            Columns unnamed;
            try {
                unnamed = choice.of(List.of(), cells);
            } catch (IllegalArgumentException e) {
                // Perhaps names help.
                return first.stream().anyMatch(this::isWord);
            }
            return Arrays.stream(unnamed.features).anyMatch(i -> isWord(first.get(i)));
        }

        private boolean isWord(String cell) {
            return !cell.isEmpty() && !CsvReader.isNumber(cell, separator != ',');
        }

        private void add(CSVRecord row, long line) {
            if (row.size() != cells) {
                throw DataException.atLine(
                        file, line, "%d values, but the first row has %d", row.size(), cells);
            }
            int width = columns.features.length;
            long needed = (rows + 1L) * width;
            if (needed > NpyArray.MAX_ELEMENTS) {
                throw DataException.atLine(
                        file, line, "more than %d values can't be read", NpyArray.MAX_ELEMENTS);
            }
            if (needed > features.length) {
                features = Arrays.copyOf(features, CsvReader.grown(needed));
            }
            for (int i = 0; i < width; i++) {
                String cell = row.get(columns.features[i]);
                double value = CsvReader.number(cell, separator != ',');
                if (!Double.isFinite(value)) {
                    throw DataException.atLine(
                            file,
                            line,
                            "%s in column %d is no finite number",
                            DataException.quote(cell),
                            columns.features[i] + 1);
                }
                commas += separator != ',' && cell.indexOf(',') >= 0 ? 1 : 0;
                features[rows * width + i] = value;
            }
            if (columns.target >= 0) {
                String cell = row.get(columns.target);
                // Numbers look the same in all tables.
                targets.add(
                        separator != ',' && CsvReader.isNumber(cell, true)
                                ? cell.replace(',', '.')
                                : cell);
            }
            rows++;
        }

        private List<String> chosenNames() {
            return names.isEmpty()
                    ? List.of()
                    : Arrays.stream(columns.features).mapToObj(names::get).toList();
        }
    }

    /** What number a target is; NaN if it is none. */
    public static double number(String target) {
        return CsvReader.number(target, false);
    }
}
