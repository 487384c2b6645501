package dev.rectifier.network;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/** Files that are whole at any time. Thread-safe. */
public final class WholeFile {
    private WholeFile() {}

    /** What is to be in a file. */
    @FunctionalInterface
    public interface Content {
        /**
         * Writes it.
         *
         * @param channel where to write
         * @throws IOException if that fails
         */
        void write(FileChannel channel) throws IOException;
    }

    /**
     * Writes a file under another name beside its own, and renames it when all is there. It keeps
     * the permissions of the one that it replaces.
     *
     * @param path the file
     * @param content what writes it
     * @throws ModelException if it can't be written
     */
    public static void write(Path path, Content content) {
        Objects.requireNonNull(content, "content");
        Path target = Objects.requireNonNull(path, "path").toAbsolutePath();
        Path part = null;
        try {
            part = Files.createTempFile(target.getParent(), "." + target.getFileName(), ".part");
            try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
                content.write(channel);
                channel.force(true);
            }
            inherit(part, target);
            move(part, target);
        } catch (IOException e) {
            deleteQuietly(part);
            throw ModelException.unreadable(path, "written", e);
        } catch (RuntimeException | Error e) {
            deleteQuietly(part);
            throw e;
        }
    }

    /** A temporary file is its owner's alone; a new file is for whom the folder's files are. */
    private static void inherit(Path part, Path target) throws IOException {
        if (!part.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return;
        }
        if (Files.exists(target)) {
            Files.setPosixFilePermissions(part, Files.getPosixFilePermissions(target));
            return;
        }
        // What the process's mask leaves of a file's rights is told by a file only.
        Path probe = part.resolveSibling(part.getFileName() + ".mode");
        Files.createFile(probe);
        try {
            Files.setPosixFilePermissions(part, Files.getPosixFilePermissions(probe));
        } finally {
            Files.delete(probe);
        }
    }

    private static void move(Path part, Path target) throws IOException {
        try {
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void deleteQuietly(Path part) {
        try {
            if (part != null) {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            // What went wrong before says more.
        }
    }
}
