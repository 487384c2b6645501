package dev.rectifier.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rectifier.network.Examples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Javadoc as a site, and the code on its overview. */
class SiteTest {
    @TempDir Path folder;

    @Test
    void theSiteHasItsOverviewItsSnippetsAndItsPlots() throws IOException {
        assumeTrue(Site.isPossible(), "this Java has no memory segments; 22 does");
        Site.make(Book.ROOT, folder);
        String overview = Files.readString(folder.resolve("index.html"));
        assertTrue(overview.contains("banner-light.svg"));
        assertTrue(overview.contains("gelu.backward(x,"), "no snippet");
        for (String page : List.of("index.html", "dev.rectifier/dev/rectifier/Elementwise.html")) {
            Path file = folder.resolve(page);
            List<String> missing =
                    Pattern.compile("<img src=\"([^\"]+)\"")
                            .matcher(Files.readString(file))
                            .results()
                            .map(match -> match.group(1))
                            .filter(picture -> !Files.exists(file.resolveSibling(picture)))
                            .toList();
            assertEquals(List.of(), missing, page);
        }
        String functions =
                Files.readString(folder.resolve("dev.rectifier/dev/rectifier/Elementwise.html"));
        for (String function : List.of("relu", "leakyRelu", "gelu", "tanh", "softsign")) {
            assertTrue(functions.contains("alt=\"" + function + " beside"), function);
        }
    }

    @Test
    void anOldJavaIsToldWhatItTakes() {
        assumeFalse(Site.isPossible(), "this Java can make the site");
        String message =
                assertThrows(IllegalStateException.class, () -> Site.make(Book.ROOT, folder))
                        .getMessage();
        assertTrue(message.startsWith("the site takes a JDK 22 or newer"), message);
    }

    @Test
    void theCodeOfTheOverviewDoesWhatItShows() {
        assertEquals(0.5f, Tour.forward()[2]);
        assertTrue(Tour.spans() >= 0);
        assertTrue(Tour.weights()[0] != Tour.weights()[1]);
        Examples xor =
                new Examples(new float[] {0, 0, 0, 1, 1, 0, 1, 1}, 2, new int[] {0, 1, 1, 0}, 2);
        assertEquals(1, Tour.network(xor, xor));
    }
}
