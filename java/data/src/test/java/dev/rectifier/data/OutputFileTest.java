package dev.rectifier.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    private static void write(Path path, String text) {
        OutputFile.claim(path).writeText(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-------", "rw-r-----", "rw-rw-rw-", "rwxr-xr-x"})
    void aFileThatIsReplacedKeepsItsPermissions(String mode) throws IOException {
        Path path = Files.writeString(folder.resolve("r.html"), "old");
        assumeTrue(isPosix(path), "no permissions of POSIX here");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
        OutputFile.claim(path)
                .write(
                        out -> {
                            out.write(1);
                            Path part =
                                    files().stream().filter(f -> !f.equals(path)).findAny().get();
                            // Whoever may not read the result may not read it earlier, either.
                            assertEquals("rw-------", mode(part));
                        });
        assertEquals(mode, mode(path));
        assertEquals(1, Files.size(path));
    }

    private static boolean isPosix(Path path) {
        return Files.getFileAttributeView(path, PosixFileAttributeView.class) != null;
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void aFileThatIsReplacedKeepsItsOwnerAndGroupIfWeMayGiveFilesAway() throws Exception {
        Path path = Files.writeString(folder.resolve("r.html"), "old");
        boolean root =
                new ProcessBuilder("chown", "12345:23456", path.toString()).start().waitFor() == 0;
        assumeTrue(root, "only root may give files away");
        write(path, "new");
        assertEquals(12345, Files.getAttribute(path, "unix:uid"));
        assertEquals(23456, Files.getAttribute(path, "unix:gid"));
    }

    @Test
    void aNewFileHasThePermissionsOfAnyNewFile() throws IOException {
        Path path = folder.resolve("r.html");
        assumeTrue(isPosix(folder), "no permissions of POSIX here");
        write(path, "new");
        assertEquals(mode(Files.writeString(folder.resolve("other"), "")), mode(path));
    }

    @Test
    void aLinkThatLeadsNowhereGetsItsTarget() throws IOException {
        Path target = folder.resolve("target.html");
        Path second = Files.createSymbolicLink(folder.resolve("2.html"), Path.of("target.html"));
        Path first = Files.createSymbolicLink(folder.resolve("1.html"), second);
        write(first, "new");
        assertTrue(Files.isSymbolicLink(first) && Files.isSymbolicLink(second));
        assertEquals("new", Files.readString(target));
        assertEquals(3, files().size());
    }

    @Test
    void linksThatLeadInACircleAreRefused() throws IOException {
        Path path = Files.createSymbolicLink(folder.resolve("l"), Path.of("l"));
        DataException e = assertThrows(DataException.class, () -> OutputFile.claim(path));
        assertEquals(path + ": can't be written: its links lead in a circle", e.getMessage());
    }

    @Test
    void aNamedPipeIsWrittenTo() throws Exception {
        Path pipe = folder.resolve("pipe");
        assumeTrue(
                new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0,
                "no named pipes here");
        CompletableFuture<String> read =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return Files.readString(pipe);
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        });
        write(pipe, "new");
        assertEquals("new", read.get());
        assertEquals(List.of(pipe), files());
    }

    @Test
    void aDeviceIsWrittenToAndStays() {
        Path device = Path.of("/dev/null");
        assumeTrue(Files.exists(device), "no /dev/null");
        write(device, "new");
        assertTrue(Files.exists(device) && !Files.isRegularFile(device));
    }

    @Test
    void aFullDiskIsSaid() {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "no /dev/full, which is a full disk");
        DataException e = assertThrows(DataException.class, () -> write(full, "new"));
        assertEquals(full + ": can't be written: No space left on device", e.getMessage());
    }

    @Test
    void theMessageNamesTheFileThatWasAskedForAndNoOther() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        Path below = file.resolve("r.html");
        Path tooLong = folder.resolve("x".repeat(300));
        for (Path path : List.of(below, tooLong, folder.resolve("no/r.html"), folder)) {
            DataException e = assertThrows(DataException.class, () -> OutputFile.claim(path));
            assertTrue(e.getMessage().startsWith(path + ": can't be written: "), e.getMessage());
            String cause = e.getMessage().substring(path.toString().length());
            assertFalse(cause.contains("rectifier-") || cause.contains("/"), cause);
        }
        assertEquals(List.of(file), files());
    }

    @Test
    void aFolderThatGoesMeanwhileIsSaid() throws IOException {
        Path gone = Files.createDirectory(folder.resolve("gone"));
        OutputFile file = OutputFile.claim(gone.resolve("r.html"));
        Files.delete(gone);
        DataException e = assertThrows(DataException.class, () -> file.writeText("new"));
        assertEquals(
                gone.resolve("r.html") + ": can't be written: no such file or folder",
                e.getMessage());
    }
}
