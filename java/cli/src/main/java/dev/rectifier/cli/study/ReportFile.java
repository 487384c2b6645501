package dev.rectifier.cli.study;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** Where the report goes: the old one stays until the new one is complete. */
final class ReportFile {
    private final Path path;

    private ReportFile(Path path) {
        this.path = path;
    }

    /**
     * Makes sure that the file can be written, which leaves it as it is.
     *
     * @throws IOException if it can't
     */
    static ReportFile claim(Path path) throws IOException {
        // Renaming over a device, say /dev/null, would take the device away.
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new FileSystemException(
                    path.toString(), null, "it exists and is not a regular file");
        }
        if (Files.exists(path) && !Files.isWritable(path)) {
            throw new AccessDeniedException(path.toString());
        }
        Path target = Files.exists(path) ? path.toRealPath() : path.toAbsolutePath();
        Files.delete(Files.createFile(part(target)));
        return new ReportFile(target);
    }

    private static Path part(Path target) {
        return target.resolveSibling(".rectifier-" + UUID.randomUUID() + ".part");
    }

    void write(String text) throws IOException {
        Path part = part(path);
        try {
            Files.writeString(part, text);
            Files.move(part, path, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    Path path() {
        return path;
    }

    /** Says why in words; some exceptions tell it only by their class. */
    static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "no such folder";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        return e instanceof FileSystemException file && file.getReason() != null
                ? file.getReason()
                : e.toString();
    }
}
