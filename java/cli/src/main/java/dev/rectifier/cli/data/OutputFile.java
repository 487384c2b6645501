package dev.rectifier.cli.data;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/**
 * A file to be written, which is replaced in one step: the old content stays until the new one is
 * complete, so a failure leaves no half file. A link stays, and the file it leads to is replaced.
 */
public final class OutputFile {
    private final Path named;
    private final Path target;

    private OutputFile(Path named, Path target) {
        this.named = named;
        this.target = target;
    }

    /** Writes a file that isn't there yet. */
    public interface Writer {
        /**
         * Creates the file and all that is in it.
         *
         * @param path where
         * @throws IOException if that fails
         */
        void write(Path path) throws IOException;
    }

    /**
     * Makes sure that a file can be written, and leaves it as it is.
     *
     * @param path the file, which need not exist
     * @throws DataException if it can't be written
     */
    public static OutputFile claim(Path path) {
        // Renaming over a device, say /dev/null, would take the device away.
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw DataException.of(path, "can't be written: it exists and is not a regular file");
        }
        try {
            if (Files.exists(path) && !Files.isWritable(path)) {
                throw new AccessDeniedException(path.toString());
            }
            Path target = Files.exists(path) ? path.toRealPath() : path.toAbsolutePath();
            Files.delete(Files.createFile(part(target)));
            return new OutputFile(path, target);
        } catch (IOException e) {
            throw DataException.unwritable(path, e);
        }
    }

    private static Path part(Path target) {
        return target.resolveSibling(".rectifier-" + UUID.randomUUID() + ".part");
    }

    /**
     * Replaces the file.
     *
     * @throws DataException if that fails
     */
    public void write(Writer writer) {
        try {
            Path part = part(target);
            try {
                writer.write(part);
                Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw DataException.unwritable(named, e);
        }
    }

    /** Where the file really is. */
    public Path path() {
        return target;
    }
}
