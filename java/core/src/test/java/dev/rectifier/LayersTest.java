package dev.rectifier;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LayersTest {
    @Test
    void ofWhatUsersCallOneClassKnowsTheNativeBackend() throws Exception {
        assertEquals(List.of("Rectifier.class"), classesThatName("dev/rectifier/binding/"));
    }

    /** Those of the package whose class file has a text in it, as it has the name of each class. */
    private static List<String> classesThatName(String text)
            throws IOException, URISyntaxException {
        Path root =
                Path.of(
                        Rectifier.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI());
        try (Stream<Path> files = Files.list(root.resolve("dev/rectifier"))) {
            return files.filter(file -> file.toString().endsWith(".class"))
                    .filter(file -> read(file).contains(text))
                    .map(file -> file.getFileName().toString())
                    .toList();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, ISO_8859_1);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
