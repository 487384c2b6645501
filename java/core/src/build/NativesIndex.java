import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * Writes the index that NativeFiles reads, for each platform with a directory in the one given as
 * argument: the SHA-256 of all its files, then a line for each with its CRC-32, its length and its
 * name.
 */
class NativesIndex {
    public static void main(String[] arguments) throws IOException, GeneralSecurityException {
        for (Path platform : sortedFiles(Path.of(arguments[0]))) {
            write(platform.resolve("dev/rectifier/binding").resolve(platform.getFileName()));
        }
    }

    private static void write(Path directory) throws IOException, GeneralSecurityException {
        Path index = directory.resolve("rectifier-natives.index");
        Files.deleteIfExists(index);
        MessageDigest all = MessageDigest.getInstance("SHA-256");
        StringBuilder lines = new StringBuilder();
        for (Path file : sortedFiles(directory)) {
            byte[] content = Files.readAllBytes(file);
            all.update(content);
            CRC32 crc = new CRC32();
            crc.update(content);
            lines.append(HexFormat.of().toHexDigits((int) crc.getValue()))
                    .append(' ')
                    .append(content.length)
                    .append(' ')
                    .append(file.getFileName())
                    .append('\n');
        }
        Files.writeString(index, HexFormat.of().formatHex(all.digest()) + "\n" + lines);
    }

    private static List<Path> sortedFiles(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }
}
