package dev.rectifier.docs;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** All pages that are written for people, and what stands on them. */
final class Book {
    static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();
    static final Path README = ROOT.resolve("README.md");

    /**
     * A block between fences.
     *
     * @param line where it begins, from 1
     * @param output what the text says that is right after it, or nothing if there is none
     */
    record Fence(Path page, int line, String language, String text, String output) {
        @Override
        public String toString() {
            return ROOT.relativize(page) + ":" + line;
        }
    }

    private Book() {}

    /** The pages of Markdown. Reports that are written by programs are not among them. */
    static List<Path> pages() {
        List<Path> pages = new ArrayList<>(List.of(README, ROOT.resolve("java/CHANGELOG.md")));
        for (String folder : List.of("java/docs", "native/docs", ".github")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
                files.filter(file -> file.toString().endsWith(".md"))
                        .filter(file -> !file.toString().contains("/target/"))
                        .sorted(Comparator.naturalOrder())
                        .forEach(pages::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return pages;
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Fence> fences(Path page) {
        List<String> lines = read(page).lines().toList();
        List<Fence> fences = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith("```")) {
                int end = end(page, lines, i);
                int next = end + 1;
                while (next < lines.size() && lines.get(next).isBlank()) {
                    next++;
                }
                boolean hasOutput = next < lines.size() && lines.get(next).equals("```text");
                fences.add(
                        new Fence(
                                page,
                                i + 1,
                                lines.get(i).substring(3),
                                String.join("\n", lines.subList(i + 1, end)),
                                hasOutput
                                        ? String.join(
                                                "\n",
                                                lines.subList(next + 1, end(page, lines, next)))
                                        : null));
                i = end;
            }
        }
        return fences;
    }

    private static int end(Path page, List<String> lines, int begin) {
        int end = begin + 1;
        while (end < lines.size() && !lines.get(end).equals("```")) {
            end++;
        }
        assertTrue(end < lines.size(), page + ": no end of the block in line " + (begin + 1));
        return end;
    }

    /** Without the blocks between fences and without code within lines. */
    static String prose(Path page) {
        return read(page).replaceAll("(?ms)^```.*?^```$", "").replaceAll("`[^`\n]*`", "");
    }
}
