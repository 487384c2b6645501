package dev.rectifier.cli.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Reads labelled examples from comma-separated values in UTF-8, gzipped or not.
 *
 * <p>Each row holds the features of an example and last its label, an integer from 0 to 65,535. The
 * first row is a header, and is left out, if any of its cells is neither empty nor a number. The
 * features are divided by the largest absolute value among them in the whole file, so that they lie
 * within −1..1, and keep their proportions and their zero.
 */
public final class CsvReader {
    /** Beyond this a label is surely no class, and the output layer would exhaust the memory. */
    private static final int LARGEST_LABEL = 65_535;

    private static final int BYTE_ORDER_MARK = 0xfeff;
    private static final CSVFormat FORMAT =
            CSVFormat.DEFAULT
                    .builder()
                    .setIgnoreEmptyLines(true)
                    .setIgnoreSurroundingSpaces(true)
                    .get();

    private final String file;
    private int cells;
    private int rows;
    private float[] features = new float[1 << 10];
    private int[] labels = new int[1 << 5];

    private CsvReader(String file) {
        this.file = file;
    }

    /**
     * Reads a file.
     *
     * @throws DataException if the file can't be read or is malformed, or has fewer than 2 classes
     */
    public static LabelledData read(Path path) {
        try (InputStream in = Gunzip.open(path)) {
            return read(path.toString(), String.valueOf(path.getFileName()), in);
        } catch (IOException e) {
            throw DataException.unreadable(path, e);
        }
    }

    static LabelledData read(String file, String name, InputStream in) {
        CsvReader reader = new CsvReader(file);
        reader.addAll(in);
        return reader.data(name);
    }

    private void addAll(InputStream in) {
        long line = 0;
        Reader text = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        try {
            skipByteOrderMark(text);
            try (CSVParser parser = FORMAT.parse(text)) {
                for (CSVRecord row : parser) {
                    line = parser.getCurrentLineNumber();
                    add(row, line);
                }
            }
        } catch (IOException e) {
            throw unreadable(line + 1, e);
        } catch (UncheckedIOException e) {
            throw unreadable(line + 1, e.getCause());
        }
    }

    private DataException unreadable(long line, IOException cause) {
        return DataException.atLine(file, line, "can't be read: %s", DataException.reason(cause));
    }

    private static void skipByteOrderMark(Reader text) throws IOException {
        text.mark(1);
        if (text.read() != BYTE_ORDER_MARK) {
            text.reset();
        }
    }

    private void add(CSVRecord row, long line) {
        if (cells == 0) {
            cells = row.size();
            if (cells < 2) {
                throw DataException.atLine(
                        file, line, "expected features and a label, found one value");
            }
            if (isHeader(row)) {
                return;
            }
        }
        if (row.size() != cells) {
            throw DataException.atLine(
                    file, line, "%d values, but the first row has %d", row.size(), cells);
        }
        makeRoom(line);
        int columns = cells - 1;
        for (int i = 0; i < columns; i++) {
            float value = (float) number(row.get(i));
            if (!Float.isFinite(value)) {
                throw DataException.atLine(
                        file,
                        line,
                        "value %d, %s, is not a finite float32 number",
                        i + 1,
                        DataException.quote(row.get(i)));
            }
            features[rows * columns + i] = value;
        }
        labels[rows++] = label(row.get(columns), line);
    }

    private static boolean isHeader(CSVRecord row) {
        return row.stream().anyMatch(cell -> !cell.isEmpty() && !isNumber(cell));
    }

    private static boolean isNumber(String cell) {
        return !Double.isNaN(number(cell)) || cell.equalsIgnoreCase("nan");
    }

    /** The value of a cell; NaN if it is not a number. */
    private static double number(String cell) {
        // Java would also take 1f, 1d and hexadecimal numbers, which mean something else in a CSV.
        char last = cell.isEmpty() ? ' ' : cell.charAt(cell.length() - 1);
        boolean decimal = last == '.' || last >= '0' && last <= '9';
        if (!decimal || cell.indexOf('x') >= 0 || cell.indexOf('X') >= 0) {
            return isInfinity(cell) ? Double.POSITIVE_INFINITY : Double.NaN;
        }
        try {
            return Double.parseDouble(cell);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    private static boolean isInfinity(String cell) {
        return cell.matches("(?i)[+-]?inf(inity)?");
    }

    private int label(String cell, long line) {
        double value = number(cell);
        if (!(value >= 0 && value <= LARGEST_LABEL && value == (int) value)) {
            throw DataException.atLine(
                    file,
                    line,
                    "the label, %s, is not an integer within 0..%d",
                    DataException.quote(cell),
                    LARGEST_LABEL);
        }
        return (int) value;
    }

    private void makeRoom(long line) {
        long needed = (rows + 1L) * (cells - 1);
        if (needed > NpyArray.MAX_ELEMENTS) {
            throw DataException.atLine(
                    file, line, "more than %d values can't be read", NpyArray.MAX_ELEMENTS);
        }
        if (needed > features.length) {
            features = Arrays.copyOf(features, grown(needed));
        }
        if (rows == labels.length) {
            labels = Arrays.copyOf(labels, grown(rows + 1L));
        }
    }

    private static int grown(long needed) {
        return (int) Math.min(needed + needed / 2, NpyArray.MAX_ELEMENTS);
    }

    private LabelledData data(String name) {
        if (rows == 0) {
            throw DataException.atLine(file, 1, "the file has no rows of numbers");
        }
        int columns = cells - 1;
        labels = Arrays.copyOf(labels, rows);
        features = Arrays.copyOf(features, rows * columns);
        float largest = 0;
        for (float value : features) {
            largest = Math.max(largest, Math.abs(value));
        }
        if (largest > 0) {
            for (int i = 0; i < features.length; i++) {
                features[i] /= largest;
            }
        }
        int classes = LabelledData.countClasses(file, labels);
        return new LabelledData(name, features, rows, columns, labels, classes);
    }
}
