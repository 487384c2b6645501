package dev.rectifier.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of the study and all pictures, in Chromium. */
@Tag("thorough")
class BrowserTest {
    private static final int WIDE = 1400;
    private static final int PHONE = 400;

    private static Browser browser;

    @TempDir Path folder;

    @BeforeAll
    static void thereIsOne() {
        Optional<Browser> found = Browser.find();
        assumeTrue(found.isPresent(), "no Chromium on the path");
        browser = found.get();
    }

    private void isFine(String html) throws Exception {
        for (int width : new int[] {WIDE, PHONE}) {
            assertEquals(List.of(), browser.findings(html, width, folder), width + " pixels");
        }
        assertEquals(
                List.of(),
                browser.findings(html, WIDE, folder, "--blink-settings=preferredColorScheme=0"));
    }

    @Test
    void thePageOfAStudyIsFine() throws Exception {
        Path page = folder.resolve("report.html");
        Process study =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-Dorg.bytedeco.javacpp.cachedir="
                                        + System.getProperty("org.bytedeco.javacpp.cachedir"),
                                "-cp",
                                System.getProperty("java.class.path"),
                                "dev.rectifier.cli.Main",
                                "study",
                                "--epochs",
                                "2",
                                "--seeds",
                                "1",
                                "--out",
                                page.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("study.log").toFile())
                        .start();
        assertEquals(0, study.waitFor(), Files.readString(folder.resolve("study.log")));
        isFine(Files.readString(page));
    }

    @Test
    void everyPictureIsFine() throws Exception {
        StringBuilder all = new StringBuilder("<!DOCTYPE html><html><body>");
        for (String directory : List.of("java/docs", "java/docs/pictures")) {
            try (Stream<Path> files = Files.list(Book.ROOT.resolve(directory))) {
                for (Path file : files.filter(f -> f.toString().endsWith(".svg")).toList()) {
                    all.append("<div style=\"width: 1300px\">")
                            .append(Files.readString(file).replaceFirst("(?s)^<\\?xml.*?\\?>", ""))
                            .append("</div>");
                }
            }
        }
        assertEquals(
                List.of(), browser.findings(all.append("</body></html>").toString(), WIDE, folder));
    }

    @Test
    void whatIsWrongIsFound() throws Exception {
        String wrong =
                """
                <!DOCTYPE html><html><body style="width: 300px; margin: 0">
                <div style="width: 50px">unbreakableunbreakable</div>
                <div style="width: 2000px">wide</div>
                <svg width="100" height="100"><text x="90" y="20">too far right</text>
                <text x="2" y="60">over</text><text x="4" y="60">under</text></svg>
                <script>console.error("an error"); nothing();</script></body></html>
                """;
        List<String> findings = new ArrayList<>(browser.findings(wrong, PHONE, folder));
        for (String part :
                List.of(
                        "pixels wide",
                        "text leaves its box: div \"unbreakable",
                        "text leaves its picture: text \"too far right\"",
                        "texts lie over each other: text \"over\", text \"under\"",
                        "an error",
                        "nothing is not defined")) {
            assertTrue(
                    findings.stream().anyMatch(finding -> finding.contains(part)),
                    part + " is not in " + findings);
        }
    }
}
