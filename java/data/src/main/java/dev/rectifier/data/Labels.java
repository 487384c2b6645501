package dev.rectifier.data;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Labels as they come from a table: either integers from 0 to 65,535, which are the classes, or
 * names, whose classes are counted from 0 in the order of the names' characters, {@code A} before
 * {@code a}.
 */
final class Labels {
    /** Beyond this a label is surely no class, and the output layer would exhaust the memory. */
    static final int LARGEST = 65_535;

    private static final char UNDECODABLE = '\ufffd';

    private final String file;
    private final boolean decimalComma;
    private final Map<String, Integer> firstSeen = new HashMap<>();
    private int[] labels = new int[1 << 5];
    private int count;

    Labels(String file, boolean decimalComma) {
        this.file = file;
        this.decimalComma = decimalComma;
    }

    void add(String cell, long line) {
        if (count == labels.length) {
            labels = Arrays.copyOf(labels, CsvReader.grown(count + 1L));
        }
        boolean named = count == 0 ? isName(cell) : !firstSeen.isEmpty();
        labels[count] = named ? name(cell, line) : number(cell, line);
        count++;
    }

    /** Whether a cell is a label, but no number. */
    boolean isName(String cell) {
        return !cell.isEmpty() && !CsvReader.isNumber(cell, decimalComma);
    }

    private int name(String cell, long line) {
        if (!isName(cell)) {
            throw error(line, "the label, %s, is not a name, but those before it are", cell);
        }
        if (cell.indexOf(UNDECODABLE) >= 0) {
            throw error(line, "the label, %s, is not UTF-8", cell);
        }
        if (firstSeen.size() > LARGEST && !firstSeen.containsKey(cell)) {
            throw error(line, "the label, %s, is one too many: there are 65536 others", cell);
        }
        return firstSeen.computeIfAbsent(cell, name -> firstSeen.size());
    }

    private int number(String cell, long line) {
        double value = CsvReader.number(cell, decimalComma);
        if (!(value >= 0 && value <= LARGEST && value == (int) value)) {
            throw error(line, "the label, %s, is not an integer within 0..65535", cell);
        }
        return (int) value;
    }

    private DataException error(long line, String problem, String cell) {
        return DataException.atLine(file, line, problem, DataException.quote(cell));
    }

    int count() {
        return count;
    }

    /** The names of the classes; none if the labels are numbers. */
    List<String> names() {
        return firstSeen.keySet().stream().sorted().toList();
    }

    /** The class of each row. */
    int[] classes() {
        int[] classes = Arrays.copyOf(labels, count);
        List<String> names = names();
        int[] order = new int[names.size()];
        for (int i = 0; i < order.length; i++) {
            order[firstSeen.get(names.get(i))] = i;
        }
        for (int i = 0; i < count && order.length > 0; i++) {
            classes[i] = order[classes[i]];
        }
        return classes;
    }
}
