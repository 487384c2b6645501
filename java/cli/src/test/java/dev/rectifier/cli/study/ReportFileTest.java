package dev.rectifier.cli.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportFileTest {
    @TempDir Path folder;

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.toList();
        }
    }

    @Test
    void claimingAFileLeavesNothingBehind() throws IOException {
        ReportFile.claim(folder.resolve("r.html"));
        assertEquals(List.of(), files());
    }

    @Test
    void theOldReportStaysUntilTheNewOneIsComplete() throws IOException {
        Path path = Files.writeString(folder.resolve("r.html"), "old");
        ReportFile file = ReportFile.claim(path);
        assertEquals("old", Files.readString(path));
        file.write("new ±");
        assertEquals("new ±", Files.readString(path));
        assertEquals(List.of(path), files());
    }

    @Test
    void aLinkIsFollowed() throws IOException {
        Path target = Files.writeString(folder.resolve("target.html"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link.html"), target);
        ReportFile.claim(link).write("new");
        assertTrue(Files.isSymbolicLink(link));
        assertEquals("new", Files.readString(target));
    }

    @Test
    void whatCannotBeWrittenIsFoundOutAtOnce() {
        IOException e = assertThrows(IOException.class, () -> ReportFile.claim(folder));
        assertEquals("it exists and is not a regular file", ReportFile.reason(e));
        Path nowhere = folder.resolve("no/r.html");
        e = assertThrows(IOException.class, () -> ReportFile.claim(nowhere));
        assertEquals("no such folder", ReportFile.reason(e));
    }
}
