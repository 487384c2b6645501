package dev.rectifier.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Reads labelled examples from rows of values between commas, semicolons or tabs, in UTF-8 or, with
 * a byte order mark, UTF-16. Cells may be quoted.
 *
 * <p>The first line decides what separates: tabs if there are any but behind a comma or semicolon,
 * else semicolons if there are any, else commas. Where commas don't separate, one in a number is
 * its decimal point; a file with both is refused.
 *
 * <p>Each row holds the features of an example and its {@link Labels label}, by default last. The
 * features are scaled as {@link LabelledData#scale} does.
 *
 * <p>Unless {@link DataOptions#header} says, the first row is a header, and left out, if one of its
 * features is neither empty nor a number; or if its label is a name, and that of the second row a
 * number; or if its features are 0, 1, 2, … or 1, 2, 3, …, at least three of them. Where that may
 * be wrong, a note says which way the row was taken.
 */
final class CsvReader {
    private static final int LONGEST_ROW_SHOWN = 10;
    private static final int LEAST_COUNTED = 3;

    private final Input in;
    private final DataOptions options;
    private final Consumer<String> notes;
    private final String file;
    private final char separator;
    private final boolean decimalComma;
    private final Labels labels;

    private int cells;
    private int labelColumn;
    private float[] features = new float[1 << 10];
    private long pointLine;
    private long commaLine;

    private CsvReader(Input in, DataOptions options, Consumer<String> notes) {
        this.in = in;
        this.options = options;
        this.notes = notes;
        this.file = in.name();
        this.separator = separator(firstLine(in));
        this.decimalComma = separator != ',';
        this.labels = new Labels(file, decimalComma);
    }

    /**
     * Reads all rows.
     *
     * @throws DataException if the text is malformed, or has fewer than 2 classes
     */
    static LabelledData read(Input in, String name, DataOptions options, Consumer<String> notes) {
        CsvReader reader = new CsvReader(in, options, notes);
        reader.addAll();
        return reader.data(name);
    }

    static Charset charset(Input in) {
        byte[] mark = in.peek(2);
        boolean two = mark.length == 2;
        if (two && mark[0] == (byte) 0xff && mark[1] == (byte) 0xfe) {
            return StandardCharsets.UTF_16LE;
        }
        return two && mark[0] == (byte) 0xfe && mark[1] == (byte) 0xff
                ? StandardCharsets.UTF_16BE
                : StandardCharsets.UTF_8;
    }

    static String firstLine(Input in) {
        String start = new String(in.peek(Input.BUFFER_BYTES), charset(in));
        return start.lines().filter(line -> !line.isBlank()).findFirst().orElse("");
    }

    /** What separates the values of a line, outside of quotes. */
    static char separator(String line) {
        boolean quoted = false;
        char before = ' ';
        char found = ',';
        for (char c : line.toCharArray()) {
            quoted ^= c == '"';
            if (!quoted && c == '\t' && before != ',' && before != ';') {
                return '\t';
            }
            if (!quoted && c == ';') {
                found = ';';
            }
            before = c == ' ' ? before : c;
        }
        return found;
    }

    private void addAll() {
        CSVFormat format =
                CSVFormat.DEFAULT
                        .builder()
                        .setDelimiter(separator)
                        .setIgnoreEmptyLines(true)
                        .setIgnoreSurroundingSpaces(true)
                        .get();
        long line = 0;
        try (Reader text = new BufferedReader(new InputStreamReader(in, charset(in)))) {
            skipByteOrderMark(text);
            CSVRecord first = null;
            long firstLine = 0;
            CSVParser parser = format.parse(text);
            for (CSVRecord row : parser) {
                line = parser.getCurrentLineNumber();
                if (row.size() == 1 && row.get(0).isEmpty()) {
                    continue;
                }
                if (cells == 0) {
                    first = row;
                    firstLine = line;
                    begin(first, line);
                    continue;
                }
                if (first != null) {
                    addUnlessHeader(first, firstLine, row);
                    first = null;
                }
                add(row, line);
            }
            if (first != null) {
                addUnlessHeader(first, firstLine, first);
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

    static void skipByteOrderMark(Reader text) throws IOException {
        text.mark(1);
        if (text.read() != '\ufeff') {
            text.reset();
        }
    }

    private void begin(CSVRecord first, long line) {
        cells = first.size();
        if (cells < 2) {
            boolean spaces = first.get(0).matches("\\S+(\\s+\\S+)+");
            throw DataException.atLine(
                    file,
                    line,
                    "expected features and a label between commas, semicolons or tabs, found %s",
                    spaces ? "spaces" : "one value");
        }
        labelColumn =
                options.labelName()
                        .map(name -> column(name, first, line))
                        .orElseGet(() -> options.labelColumn(cells));
    }

    private int column(String name, CSVRecord header, long line) {
        List<String> names = header.toList();
        int column = names.indexOf(name);
        if (column < 0 || names.lastIndexOf(name) > column) {
            String shown =
                    names.stream()
                            .limit(LONGEST_ROW_SHOWN)
                            .map(DataException::quote)
                            .collect(Collectors.joining(", "));
            throw DataException.atLine(
                    file,
                    line,
                    "%s columns are named %s, as --label says; the first row has %s%s",
                    column < 0 ? "no" : "several",
                    DataException.quote(name),
                    shown,
                    cells > LONGEST_ROW_SHOWN ? " and others" : "");
        }
        return column;
    }

    private void addUnlessHeader(CSVRecord first, long line, CSVRecord second) {
        if (!isHeader(first, second)) {
            add(first, line);
        }
    }

    private boolean isHeader(CSVRecord first, CSVRecord second) {
        if (options.header() != DataOptions.Header.AUTO || options.labelName().isPresent()) {
            return options.header() != DataOptions.Header.NO;
        }
        double[] numbers = new double[cells - 1];
        for (int i = 0, at = 0; i < cells; i++) {
            if (i != labelColumn) {
                String cell = first.get(i);
                if (!cell.isEmpty() && !isNumber(cell, decimalComma)) {
                    return true;
                }
                numbers[at++] = number(cell, decimalComma);
            }
        }
        boolean header =
                isCounted(numbers)
                        || labels.isName(first.get(labelColumn))
                                && second.size() == cells
                                && isNumber(second.get(labelColumn), decimalComma);
        if (header || looksCounted(numbers)) {
            notes.accept(
                    "%s: the first row, %s…, is taken as %s; --header=%s if it isn't"
                            .formatted(
                                    file,
                                    first.stream()
                                            .limit(LEAST_COUNTED)
                                            .map(DataException::quote)
                                            .collect(Collectors.joining(", ")),
                                    header ? "a header" : "data",
                                    header ? "no" : "yes"));
        }
        return header;
    }

    /** Whether the numbers are 0, 1, 2, … or 1, 2, 3, …, as columns without names are numbered. */
    private static boolean isCounted(double[] numbers) {
        for (int i = 0; i < numbers.length; i++) {
            if (numbers[i] != numbers[0] + i) {
                return false;
            }
        }
        return numbers.length >= LEAST_COUNTED && (numbers[0] == 0 || numbers[0] == 1);
    }

    /** Whether the numbers are integers that rise, as those of a header may, if of data seldom. */
    private static boolean looksCounted(double[] numbers) {
        for (int i = 0; i < numbers.length; i++) {
            if (numbers[i] != Math.rint(numbers[i]) || i > 0 && !(numbers[i] > numbers[i - 1])) {
                return false;
            }
        }
        return numbers.length >= LEAST_COUNTED;
    }

    private void add(CSVRecord row, long line) {
        if (row.size() != cells) {
            throw DataException.atLine(
                    file, line, "%d values, but the first row has %d", row.size(), cells);
        }
        int at = labels.count() * (cells - 1);
        makeRoom(line);
        for (int i = 0; i < cells; i++) {
            if (i != labelColumn) {
                features[at++] = feature(row.get(i), i + 1, line);
            }
        }
        labels.add(row.get(labelColumn), line);
    }

    private float feature(String cell, int column, long line) {
        float value = (float) number(cell, decimalComma);
        if (!Float.isFinite(value)) {
            throw DataException.atLine(
                    file,
                    line,
                    "value %d, %s, is not a finite float32 number",
                    column,
                    DataException.quote(cell));
        }
        if (decimalComma) {
            requireOneMark(cell, line);
        }
        return value;
    }

    /** Thousands may be marked by the one and decimals by the other. */
    private void requireOneMark(String cell, long line) {
        if (pointLine == 0 && cell.indexOf('.') >= 0) {
            pointLine = line;
        }
        if (commaLine == 0 && cell.indexOf(',') >= 0) {
            commaLine = line;
        }
        if (pointLine > 0 && commaLine > 0) {
            throw DataException.atLine(
                    file,
                    line,
                    "%s: numbers with a point and numbers with a comma (the first in lines %d and"
                            + " %d) can't be told apart from thousands",
                    DataException.quote(cell),
                    pointLine,
                    commaLine);
        }
    }

    static boolean isNumber(String cell, boolean decimalComma) {
        return !Double.isNaN(number(cell, decimalComma)) || cell.equalsIgnoreCase("nan");
    }

    /** The value of a cell; NaN if it is not a number. */
    static double number(String cell, boolean decimalComma) {
        // Java would also take 1f, 1d and hexadecimal numbers, which mean something else in a CSV.
        char last = cell.isEmpty() ? ' ' : cell.charAt(cell.length() - 1);
        boolean decimal = last == '.' || last >= '0' && last <= '9';
        if (!decimal || cell.indexOf('x') >= 0 || cell.indexOf('X') >= 0) {
            return isInfinity(cell) ? Double.POSITIVE_INFINITY : Double.NaN;
        }
        boolean both = cell.indexOf(',') >= 0 && cell.indexOf('.') >= 0;
        try {
            return Double.parseDouble(decimalComma && !both ? cell.replace(',', '.') : cell);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    private static boolean isInfinity(String cell) {
        return cell.matches("(?i)[+-]?inf(inity)?");
    }

    private void makeRoom(long line) {
        long needed = (labels.count() + 1L) * (cells - 1);
        if (needed > NpyArray.MAX_ELEMENTS) {
            throw DataException.atLine(
                    file, line, "more than %d values can't be read", NpyArray.MAX_ELEMENTS);
        }
        if (needed > features.length) {
            features = Arrays.copyOf(features, grown(needed));
        }
    }

    static int grown(long needed) {
        return (int) Math.min(needed + needed / 2, NpyArray.MAX_ELEMENTS);
    }

    private LabelledData data(String name) {
        int rows = labels.count();
        if (rows == 0) {
            throw DataException.atLine(file, 1, "the file has no rows of numbers");
        }
        int columns = cells - 1;
        features = Arrays.copyOf(features, rows * columns);
        LabelledData.scale(features);
        int[] classOfRow = labels.classes();
        int classes = LabelledData.countClasses(file, classOfRow);
        note();
        return new LabelledData(name, features, rows, columns, classOfRow, classes);
    }

    private void note() {
        if (commaLine > 0) {
            notes.accept(file + ": a comma in a number is taken as its decimal point");
        }
        List<String> names = labels.names();
        if (!names.isEmpty()) {
            StringBuilder shown = new StringBuilder(file).append(": the classes are ");
            for (int i = 0; i < Math.min(names.size(), LONGEST_ROW_SHOWN); i++) {
                shown.append(i == 0 ? "" : ", ")
                        .append(i)
                        .append(' ')
                        .append(DataException.quote(names.get(i)));
            }
            notes.accept(
                    shown.append(names.size() > LONGEST_ROW_SHOWN ? " and so on" : "").toString());
        }
    }
}
