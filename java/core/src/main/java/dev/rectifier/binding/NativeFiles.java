package dev.rectifier.binding;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * The files of the native library for one platform, as resources on the class path. An index among
 * them, written when they were built, has a name for them all on its first line and then, for each,
 * its CRC-32, its length and its name.
 *
 * <p>The checksum is there to find damage; it is no defence against malice, which would change the
 * index as well. A cryptographic one would cost every start of a program 60 ms instead of one.
 */
final class NativeFiles {
    private static final int PIECE = 1 << 14;

    private static final String UNPACKING = "unpacking-";
    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

    private final ClassLoader resources;
    private final String folder;

    /** The index once it has been read: to look into a jar takes milliseconds. */
    private String[] lines;

    NativeFiles(ClassLoader resources, String platform) {
        this.resources = resources;
        this.folder = "dev/rectifier/binding/" + platform + "/";
    }

    /** The resource name of the index. */
    String index() {
        return folder + "rectifier-natives.index";
    }

    /** Whether the class path has the files. */
    boolean exist() {
        try {
            return indexLines().length > 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** A name for this content and no other. */
    String id() throws IOException {
        return indexLines()[0];
    }

    /**
     * Makes a directory have all the files, whole. What is there and whole stays; what isn't is
     * replaced in one step, since other processes may be using the directory.
     *
     * @return the files
     */
    List<Path> unpackInto(Path directory) throws IOException {
        List<Path> files = new ArrayList<>();
        String[] lines = indexLines();
        for (int i = 1; i < lines.length; i++) {
            String line = lines[i];
            int end = line.lastIndexOf(' ');
            files.add(unpack(line.substring(end + 1), line.substring(0, end), directory));
        }
        return files;
    }

    private Path unpack(String name, String sum, Path directory) throws IOException {
        Path file = directory.resolve(name);
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && sum(file).equals(sum)) {
            return file;
        }
        String resource = folder + name;
        byte[] content = read(resource);
        if (!sum(content).equals(sum)) {
            throw new IOException(
                    resources.getResource(resource)
                            + " is corrupt: its CRC-32 and length are "
                            + sum(content)
                            + ", not "
                            + sum
                            + ". Fetch its jar again");
        }
        deleteAbandoned(directory);
        Path temporary = Files.createTempFile(directory, UNPACKING, ".tmp");
        try {
            Files.write(temporary, content);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
        return file;
    }

    /** Files of processes that were killed while they wrote them: it takes less than a minute. */
    private static void deleteAbandoned(Path directory) {
        long limit = System.currentTimeMillis() - 60_000;
        File[] files = directory.toFile().listFiles((parent, name) -> name.startsWith(UNPACKING));
        for (File file : files == null ? new File[0] : files) {
            if (file.lastModified() < limit) {
                file.delete();
            }
        }
    }

    private String[] indexLines() throws IOException {
        if (lines == null) {
            lines = new String(read(index()), UTF_8).split("\n");
        }
        return lines;
    }

    private byte[] read(String resource) throws IOException {
        try (InputStream in = resources.getResourceAsStream(resource)) {
            if (in == null) {
                throw new FileNotFoundException("no resource " + resource);
            }
            return in.readAllBytes();
        }
    }

    private static String sum(byte[] content) {
        CRC32 crc = new CRC32();
        crc.update(content);
        return sum(crc, content.length);
    }

    /** Not by NIO, whose channels cost the start of a program several milliseconds. */
    private static String sum(Path file) throws IOException {
        CRC32 crc = new CRC32();
        long length = 0;
        try (InputStream in = new FileInputStream(file.toFile())) {
            byte[] piece = new byte[PIECE];
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                crc.update(piece, 0, count);
                length += count;
            }
        }
        return sum(crc, length);
    }

    private static String sum(CRC32 crc, long length) {
        return HexFormat.of().toHexDigits((int) crc.getValue()) + " " + length;
    }

    /** Makes a directory, and those above it, that only the current user may read and change. */
    static Path createPrivate(Path directory) throws IOException {
        if (!POSIX) {
            return Files.createDirectories(directory);
        }
        Set<PosixFilePermission> ownerOnly = PosixFilePermissions.fromString("rwx------");
        Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(ownerOnly));
        if (!Files.getPosixFilePermissions(directory).equals(ownerOnly)) {
            // Also the check that it belongs to the current user: otherwise this fails.
            Files.setPosixFilePermissions(directory, ownerOnly);
        }
        return directory;
    }
}
