package dev.rectifier.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * A file in the making. It goes away if it isn't finished, also when a signal ends the process; an
 * end that nobody can catch, such as SIGKILL or a power failure, leaves it.
 */
final class PartFile implements AutoCloseable {
    private static final Set<Path> PARTS = new HashSet<>();
    private static boolean ended;

    private final Path path;

    private PartFile(Path path) {
        this.path = path;
    }

    /** Creates an empty file. */
    static PartFile create(Path path, FileAttribute<?>... attributes) throws IOException {
        Ending.watch();
        synchronized (PARTS) {
            stayIfEnded();
            Files.createFile(path, attributes);
            PARTS.add(path);
            return new PartFile(path);
        }
    }

    Path path() {
        return path;
    }

    /** Finishes the file, which takes the place of another in one step. */
    void become(Path target) throws IOException {
        synchronized (PARTS) {
            stayIfEnded();
            Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
            PARTS.remove(path);
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (PARTS) {
            if (PARTS.remove(path)) {
                Files.deleteIfExists(path);
            }
        }
    }

    /** The process is gone before anyone can miss what its threads still wanted to do. */
    private static void stayIfEnded() {
        while (ended) {
            LockSupport.park();
        }
    }

    static void deleteAll() {
        synchronized (PARTS) {
            ended = true;
            for (Path part : PARTS) {
                try {
                    Files.deleteIfExists(part);
                } catch (IOException e) {
                    // It can't be helped, and there is nobody left to tell.
                }
            }
        }
    }
}
