package dev.rectifier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The pictures of java/docs/activations.md, and the commands under them. */
class ActivationsPageTest {
    private static final Path DOCS = Path.of("..", "docs");

    @TempDir Path folder;

    private static String page() throws IOException {
        return Files.readString(DOCS.resolve("activations.md"));
    }

    /** What the pattern's group matches. */
    private static Stream<String> all(String pattern, String text) {
        return Pattern.compile(pattern).matcher(text).results().map(match -> match.group(1));
    }

    static Stream<String> pictures() throws IOException {
        return all("!\\[[^\\]]+\\]\\(([^)]+)\\)", page())
                .filter(picture -> Files.exists(DOCS.resolve(picture)));
    }

    @ParameterizedTest
    @MethodSource("pictures")
    @Tag("thorough")
    void everyPictureIsWhatItsCommandMakes(String picture) throws IOException {
        String commands = page().replaceAll("\\\\\n *", "");
        Path out = folder.resolve(picture);
        String command =
                all("(?m)^java/cli/rectifier (plot .* --out java/docs/" + picture + ")$", commands)
                        .findFirst()
                        .orElseThrow()
                        .replace("java/docs/" + picture, out.toString());
        Outcome.success((Object[]) command.split(" +"));
        // Coordinates may differ in the last digit between instruction sets.
        assertEquals(labels(DOCS.resolve(picture)), labels(out));
    }

    private static List<String> labels(Path svg) throws IOException {
        return all("<text[^>]*>\\s*([^<]*?)\\s*</text>", Files.readString(svg)).toList();
    }

    @Test
    void thereIsNoOtherPicture() throws IOException {
        Set<String> shown = pictures().collect(Collectors.toSet());
        try (Stream<Path> files = Files.list(DOCS)) {
            files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".svg"))
                    .forEach(file -> assertTrue(shown.contains(file), file));
        }
    }
}
