package dev.rectifier.cli.data;

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

class OutputFileTest {
    @TempDir Path folder;

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.toList();
        }
    }

    @Test
    void claimingAFileLeavesNothingBehind() throws IOException {
        OutputFile.claim(folder.resolve("r.html"));
        assertEquals(List.of(), files());
    }

    @Test
    void theOldReportStaysUntilTheNewOneIsComplete() throws IOException {
        Path path = Files.writeString(folder.resolve("r.html"), "old");
        OutputFile file = OutputFile.claim(path);
        assertEquals("old", Files.readString(path));
        file.write(part -> Files.writeString(part, "new ±"));
        assertEquals("new ±", Files.readString(path));
        assertEquals(List.of(path), files());
    }

    @Test
    void aLinkIsFollowed() throws IOException {
        Path target = Files.writeString(folder.resolve("target.html"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link.html"), target);
        OutputFile.claim(link).write(part -> Files.writeString(part, "new"));
        assertTrue(Files.isSymbolicLink(link));
        assertEquals("new", Files.readString(target));
    }

    @Test
    void whatFailsOnTheWayLeavesTheOldContentAndNothingElse() throws IOException {
        Path path = Files.writeString(folder.resolve("r.html"), "old");
        OutputFile.Writer fails =
                part -> {
                    Files.writeString(part, "half");
                    throw new IOException("disk full");
                };
        DataException e =
                assertThrows(DataException.class, () -> OutputFile.claim(path).write(fails));
        assertEquals(path + ": can't be written: disk full", e.getMessage());
        assertEquals("old", Files.readString(path));
        assertEquals(List.of(path), files());
    }

    @Test
    void whatCannotBeWrittenIsFoundOutAtOnce() {
        DataException e = assertThrows(DataException.class, () -> OutputFile.claim(folder));
        assertEquals(
                folder + ": can't be written: it exists and is not a regular file", e.getMessage());
        Path nowhere = folder.resolve("no/r.html");
        e = assertThrows(DataException.class, () -> OutputFile.claim(nowhere));
        assertEquals(nowhere + ": can't be written: no such file or folder", e.getMessage());
    }
}
