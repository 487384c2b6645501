package dev.rectifier.data;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** What a file looks like, told by its first bytes, for messages. */
enum FileKind {
    NPY("a NumPy array (.npy)", "\u0093NUMPY"),
    ZIP("a zip archive, such as .npz, .xlsx or .keras", "PK\3\4", "PK\5\6"),
    GZIP("gzipped data within gzipped data", "\u001f\u008b"),
    IDX_IMAGES("IDX images", "\0\0\b\2", "\0\0\b\3", "\0\0\b\4"),
    IDX_LABELS("IDX labels", "\0\0\b\1"),
    IDX(
            "an IDX file of other than unsigned bytes",
            "\0\0\t",
            "\0\0\u000b",
            "\0\0\f",
            "\0\0\r",
            "\0\0\u000e"),
    HDF5("an HDF5 file, such as .h5 or .mat", "\u0089HDF\r\n"),
    MATLAB("a MATLAB file", "MATLAB 5.0 MAT-file"),
    PARQUET("a Parquet file", "PAR1"),
    ARROW("an Arrow or Feather file", "ARROW1", "FEA1", "\u00ff\u00ff\u00ff\u00ff"),
    AVRO("an Avro file", "Obj\1"),
    ORC("an ORC file", "ORC"),
    SQLITE("an SQLite database", "SQLite format 3\0"),
    PICKLE("a Python pickle", "\u0080\2", "\u0080\3", "\u0080\4", "\u0080\5"),
    BZIP2("a bzip2 file", "BZh"),
    XZ("an xz file", "\u00fd7zXZ\0"),
    ZSTD("a zstd file", "(\u00b5/\u00fd"),
    LZ4("an lz4 file", "\4\"M\30"),
    SEVEN_ZIP("a 7z archive", "7z\u00bc\u00af'\u001c"),
    RAR("a RAR archive", "Rar!"),
    PDF("a PDF document", "%PDF"),
    PNG("a PNG image", "\u0089PNG"),
    JPEG("a JPEG image", "\u00ff\u00d8\u00ff"),
    GIF("a GIF image", "GIF8"),
    TIFF("a TIFF image", "II*\0", "MM\0*"),
    NETPBM("a Netpbm image", "P5\n", "P6\n", "P5 ", "P6 "),
    OLE("an old Office document, such as .xls", "\u00d0\u00cf\u0011\u00e0"),
    ELF("an ELF program", "\u007fELF");

    /** As many as {@link #describe} looks at. */
    static final int BYTES = 512;

    private static final int TAR_OFFSET = 257;

    private final String description;
    private final List<String> starts;

    FileKind(String description, String... starts) {
        this.description = description;
        this.starts = List.of(starts);
    }

    /** Whether content starts so. */
    boolean startsIn(byte[] content) {
        String text = text(content);
        boolean binary = isBinary(text);
        // A header of a table may start with PAR1 or FEA1.
        return starts.stream()
                .anyMatch(start -> text.startsWith(start) && (binary || !isPrintable(start)));
    }

    /** Whether content is text that may be a table. */
    static boolean isTable(byte[] content) {
        return describe(content).equals("text");
    }

    /** What content looks like, in words. */
    static String describe(byte[] content) {
        if (content.length == 0) {
            return "an empty file";
        }
        for (FileKind kind : values()) {
            if (kind.startsIn(content)) {
                return kind.description;
            }
        }
        String text = text(content);
        if (text.startsWith("ustar", TAR_OFFSET)) {
            return "a tar archive";
        }
        // UTF-16, as spreadsheets write it.
        if (text.startsWith("\u00ff\u00fe") || text.startsWith("\u00fe\u00ff")) {
            return "text";
        }
        return isBinary(text)
                ? "binary data of no kind that is known here"
                : describeText(text.replaceFirst("^\u00ef\u00bb\u00bf", "").strip());
    }

    private static boolean isBinary(String text) {
        return text.chars().anyMatch(c -> c < ' ' && "\t\n\r\f\u000b\u001a".indexOf(c) < 0);
    }

    private static boolean isPrintable(String text) {
        return text.chars().allMatch(c -> c >= ' ' && c <= '~');
    }

    private static String describeText(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.startsWith("<!doctype html") || lower.startsWith("<html")) {
            return "a web page (HTML)";
        }
        if (text.matches("(?s)<[a-z?!].*")) {
            return "XML or HTML";
        }
        if (text.startsWith("%PDF")) {
            return "a PDF document";
        }
        if (lower.startsWith("@relation")) {
            return "a Weka ARFF file";
        }
        if (text.startsWith("version https://git-lfs")) {
            return "the stand-in that Git LFS leaves for a file";
        }
        return text.matches("(?s)(\\{|\\[\\s*[\\[{\"\\d]).*") ? "JSON" : "text";
    }

    /** A character for each byte. */
    private static String text(byte[] content) {
        return new String(content, StandardCharsets.ISO_8859_1);
    }
}
