package dev.rectifier.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The table of {@code native/docs/accuracy.md}. */
record Accuracy(List<Row> rows) {
    private static final String HEADER = "| function | type | instruction set |";
    private static final int FORWARD = 5;
    private static final int DERIVATIVE = 7;
    private static final int FROM_OUTPUT = 9;

    /** Largest errors in units in the last place; of what a function hasn't, 0. */
    record Row(String function, String type, String inputs, double forward, double derivative) {
        private static Row of(String line) {
            String[] cells = line.split("\\|", -1);
            return new Row(
                    cells[1].strip(),
                    cells[2].strip(),
                    cells[4].strip(),
                    number(cells[FORWARD]),
                    Math.max(number(cells[DERIVATIVE]), number(cells[FROM_OUTPUT])));
        }

        private static double number(String cell) {
            return cell.isBlank() ? 0 : Double.parseDouble(cell.strip());
        }

        boolean isOfAllInputs() {
            return inputs.equals("all");
        }
    }

    static Accuracy read(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int header = 0;
        while (!lines.get(header).startsWith(HEADER)) {
            header++;
        }
        return new Accuracy(
                lines.stream()
                        .skip(header + 2)
                        .takeWhile(line -> line.startsWith("|"))
                        .map(Row::of)
                        .toList());
    }

    /** What the first page says of errors. */
    List<String> lines() {
        Row forward = worst(Row::forward);
        Row derivative = worst(Row::derivative);
        long all = rows.stream().filter(Row::isOfAllInputs).count();
        List<String> lines = new ArrayList<>();
        lines.add(
                "The largest in the table is %.3f ULP forward (`%s`) and %.3f for a derivative (`%s`);"
                        .formatted(
                                forward.forward(),
                                forward.function(),
                                derivative.derivative(),
                                derivative.function()));
        lines.add("%d of its %d rows are sweeps of all 2³² floats.".formatted(all, rows.size()));
        return lines;
    }

    private Row worst(ToDoubleFunction<Row> error) {
        return rows.stream().max(Comparator.comparingDouble(error)).orElseThrow();
    }
}
