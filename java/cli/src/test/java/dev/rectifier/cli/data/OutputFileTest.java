package dev.rectifier.cli.data;

import static java.nio.charset.StandardCharsets.UTF_8;
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
        file.write(out -> out.write("new ±".getBytes(UTF_8)));
        assertEquals("new ±", Files.readString(path));
        assertEquals(List.of(path), files());
    }

    @Test
    void aLinkIsFollowed() throws IOException {
        Path target = Files.writeString(folder.resolve("target.html"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link.html"), target);
        OutputFile.claim(link).write(out -> out.write("new".getBytes(UTF_8)));
        assertTrue(Files.isSymbolicLink(link));
        assertEquals("new", Files.readString(target));
    }

    @Test
    void whatFailsOnTheWayLeavesTheOldContentAndNothingElse() throws IOException {
        Path path = Files.writeString(folder.resolve("r.html"), "old");
        OutputFile.Writer fails =
                out -> {
                    out.write("half".getBytes(UTF_8));
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
        assertEquals(folder + ": can't be written: it is a folder", e.getMessage());
        Path nowhere = folder.resolve("no/r.html");
        e = assertThrows(DataException.class, () -> OutputFile.claim(nowhere));
        assertEquals(nowhere + ": can't be written: no such file or folder", e.getMessage());
    }
}
