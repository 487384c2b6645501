package dev.rectifier.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** A Markdown page, some parts of which are made by {@link Make}. */
record Page(Path file, List<String> lines) {
    private static final String BEGIN = "<!-- made by java/docs/make: %s -->";
    private static final String END = "<!-- end -->";

    static Page read(Path file) throws IOException {
        return new Page(file, Files.readAllLines(file));
    }

    String text() {
        return String.join("\n", lines) + "\n";
    }

    /** The same page with another text between the comments that name the part. */
    Page with(String part, UnaryOperator<List<String>> made) {
        int begin = find(BEGIN.formatted(part), 0);
        int end = find(END, begin);
        List<String> now = new ArrayList<>(lines.subList(0, begin + 1));
        now.addAll(made.apply(lines.subList(begin + 1, end)));
        now.addAll(lines.subList(end, lines.size()));
        return new Page(file, List.copyOf(now));
    }

    private int find(String line, int from) {
        int found = lines.subList(from, lines.size()).indexOf(line);
        if (found < 0) {
            throw new IllegalStateException("%s has no line %s".formatted(file, line));
        }
        return from + found;
    }
}
