package dev.rectifier.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.UUID;

/**
 * A file to be written, which is replaced in one step: the old content stays until the new one is
 * complete, so a failure or a signal leaves no half file.
 *
 * <p>A link stays, and the file it leads to is replaced, or created if it isn't there. A file that
 * is replaced keeps its permissions, and its owner and group where the system lets us; its other
 * names (hard links) keep the old content. What is no regular file, such as a named pipe or {@code
 * /dev/null}, is written to as it is. {@code -} and {@code /dev/stdout} are standard output.
 */
public final class OutputFile {
    /** The name of standard output; {@code ./-} is a file. */
    public static final Path STANDARD_OUTPUT = Path.of("-");

    private static final int MOST_LINKS = 40;

    private enum Way {
        REPLACE,
        WRITE_TO,
        STANDARD_OUTPUT
    }

    private final Path named;
    private final Path target;
    private final Way way;

    private OutputFile(Path named, Path target, Way way) {
        this.named = named;
        this.target = target;
        this.way = way;
    }

    /** Writes what is in a file. */
    public interface Writer {
        /**
         * Writes everything.
         *
         * @param out where to; need not be closed
         * @throws IOException if that fails
         */
        void write(OutputStream out) throws IOException;
    }

    /**
     * Makes sure that a file can be written, and leaves it as it is.
     *
     * @param path the file, which need not exist
     * @throws DataException if it can't be written
     */
    public static OutputFile claim(Path path) {
        if (path.equals(STANDARD_OUTPUT)) {
            return new OutputFile(path, path, Way.STANDARD_OUTPUT);
        }
        try {
            Path target = follow(path.toAbsolutePath());
            if (isDescriptor(target)) {
                return new OutputFile(
                        path,
                        target,
                        isOwn(target) && target.endsWith("1") ? Way.STANDARD_OUTPUT : Way.WRITE_TO);
            }
            target = inRealFolder(target);
            Optional<BasicFileAttributes> old = attributes(target);
            if (old.isEmpty()) {
                // Only the name itself tells whether the file system takes it.
                PartFile.create(target).close();
                return new OutputFile(path, target, Way.REPLACE);
            }
            if (old.get().isDirectory()) {
                throw new FileSystemException(target.toString(), null, "it is a folder");
            }
            if (!Files.isWritable(target)) {
                throw new AccessDeniedException(target.toString());
            }
            // Renaming over a device, say /dev/null, would take the device away.
            if (!old.get().isRegularFile()) {
                return new OutputFile(path, target, Way.WRITE_TO);
            }
            PartFile.create(part(target)).close();
            return new OutputFile(path, target, Way.REPLACE);
        } catch (IOException e) {
            throw DataException.unwritable(path, e);
        }
    }

    /** Where links lead, whether there is something or not; an open file's descriptor stays. */
    private static Path follow(Path path) throws IOException {
        Path at = path;
        for (int links = 0; Files.isSymbolicLink(at) && !isDescriptor(at); links++) {
            if (links == MOST_LINKS) {
                throw new FileSystemLoopException(path.toString());
            }
            at = at.resolveSibling(Files.readSymbolicLink(at));
        }
        return at;
    }

    private static Path inRealFolder(Path path) throws IOException {
        Path folder = path.getParent();
        return folder == null ? path : folder.toRealPath().resolve(path.getFileName());
    }

    /** Whether this is a name of an open file, such as {@code /dev/fd/3}. */
    private static boolean isDescriptor(Path path) throws IOException {
        Path folder = path.getParent();
        if (folder == null || !folder.endsWith("fd") || !Files.exists(path)) {
            return false;
        }
        Path real = folder.toRealPath();
        return real.startsWith("/proc") || real.equals(Path.of("/dev/fd"));
    }

    private static boolean isOwn(Path descriptor) throws IOException {
        Path folder = descriptor.getParent().toRealPath();
        return !folder.startsWith("/proc")
                || folder.equals(
                        Path.of("/proc", Long.toString(ProcessHandle.current().pid()), "fd"));
    }

    private static Optional<BasicFileAttributes> attributes(Path path) throws IOException {
        try {
            return Optional.of(Files.readAttributes(path, BasicFileAttributes.class));
        } catch (NoSuchFileException e) {
            return Optional.empty();
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
            switch (way) {
                case REPLACE -> replace(writer);
                case WRITE_TO -> {
                    try (OutputStream out =
                            Files.newOutputStream(target, StandardOpenOption.APPEND)) {
                        writer.write(out);
                    }
                }
                case STANDARD_OUTPUT -> writer.write(StandardOutput.INSTANCE);
            }
        } catch (IOException e) {
            throw DataException.unwritable(named, e);
        }
    }

    /**
     * Replaces the file by a text in UTF-8.
     *
     * @throws DataException if that fails
     */
    public void writeText(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        write(out -> out.write(bytes));
    }

    private void replace(Writer writer) throws IOException {
        Optional<PosixFileAttributes> old = posix(target);
        // Nobody may read the new content who may not read the old.
        FileAttribute<?>[] mode =
                old.isEmpty()
                        ? new FileAttribute<?>[0]
                        : new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------"))
                        };
        try (PartFile part = PartFile.create(part(target), mode)) {
            try (OutputStream out = Files.newOutputStream(part.path(), StandardOpenOption.WRITE)) {
                writer.write(out);
            }
            if (old.isPresent()) {
                inherit(part.path(), old.get());
            }
            part.become(target);
        }
    }

    /** The attributes of the file, if it is there and the file system has such. */
    private static Optional<PosixFileAttributes> posix(Path path) throws IOException {
        PosixFileAttributeView view =
                Files.getFileAttributeView(path, PosixFileAttributeView.class);
        try {
            return view == null ? Optional.empty() : Optional.of(view.readAttributes());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static void inherit(Path part, PosixFileAttributes old) throws IOException {
        PosixFileAttributeView view =
                Files.getFileAttributeView(part, PosixFileAttributeView.class);
        PosixFileAttributes now = view.readAttributes();
        try {
            if (!now.group().equals(old.group())) {
                view.setGroup(old.group());
            }
            if (!now.owner().equals(old.owner())) {
                view.setOwner(old.owner());
            }
        } catch (IOException e) {
            // Only root may give files away.
        }
        view.setPermissions(old.permissions());
    }

    /** Whether this is standard output. */
    public boolean isStandardOutput() {
        return way == Way.STANDARD_OUTPUT;
    }

    /** Where the file really is. */
    public Path path() {
        return target;
    }
}
