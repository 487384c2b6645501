package dev.rectifier.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** That pages are found, and what they lead to is there. */
class LinksTest {
    private static final Pattern LINK =
            Pattern.compile("\\]\\(([^)\\s]+)\\)|(?:src|srcset)=\"([^\"]+)\"");
    private static final Path CONTENTS = Book.ROOT.resolve("java/docs/README.md");

    static List<Path> pages() {
        return Book.pages();
    }

    private static List<String> links(Path page) {
        return LINK.matcher(Book.prose(page))
                .results()
                .map(match -> match.group(1) == null ? match.group(2) : match.group(1))
                .filter(link -> !link.startsWith("https://") && !link.startsWith("mailto:"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyLinkLeadsToSomething(Path page) {
        List<String> broken = new ArrayList<>();
        for (String link : links(page)) {
            String[] parts = link.split("#", 2);
            Path target = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
            if (!Files.exists(target) || parts.length == 2 && !anchors(target).contains(parts[1])) {
                broken.add(link);
            }
        }
        assertEquals(List.of(), broken);
    }

    /** As GitHub makes them of headings. */
    private static Set<String> anchors(Path page) {
        return Book.read(page)
                .lines()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT))
                .map(line -> line.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    @Test
    void theContentsLeadToEveryPageOfTheBook() throws IOException {
        Set<String> pages;
        try (Stream<Path> files = Files.list(CONTENTS.getParent())) {
            pages =
                    files.map(file -> file.getFileName().toString())
                            .filter(file -> file.endsWith(".md") && !file.equals("README.md"))
                            .collect(Collectors.toCollection(TreeSet::new));
        }
        pages.removeAll(Set.copyOf(links(CONTENTS)));
        assertEquals(Set.of(), pages);
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyPageBeginsWithItsNameAndWhatItIsFor(Path page) {
        List<String> lines =
                Book.read(page)
                        .replaceFirst("(?s)^---\n.*?\n---\n", "# \n\n")
                        .lines()
                        .filter(line -> !line.isBlank())
                        .toList();
        assertTrue(lines.get(0).startsWith("# "), lines.get(0));
        assertTrue(lines.get(1).matches("\\p{Lu}.*"), () -> "not a sentence: " + lines.get(1));
    }

    @Test
    void noPageSaysWhatAnotherOneSays() {
        Set<String> said = new TreeSet<>();
        List<String> twice = new ArrayList<>();
        for (Path page : pages()) {
            // Sentences that are long enough to say something.
            for (String sentence : Book.prose(page).replaceAll("\\s+", " ").split("(?<=[.:]) ")) {
                if (sentence.length() > 70 && !sentence.contains("|") && !said.add(sentence)) {
                    twice.add(sentence);
                }
            }
        }
        assertEquals(List.of(), twice);
    }
}
