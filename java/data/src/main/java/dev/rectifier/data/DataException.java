package dev.rectifier.data;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Says what is wrong with a data file, and where: the message names the file and, where the trouble
 * is at some place within it, the byte offset (after unzipping) or the line.
 */
public final class DataException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST_QUOTE = 40;

    private DataException(Object file, String format, Object... arguments) {
        super(shown(file) + ": " + String.format(Locale.ROOT, format, arguments));
    }

    private static Object shown(Object file) {
        return file instanceof Path path ? SystemText.show(path) : file;
    }

    /**
     * An exception about a file as a whole.
     *
     * @param file which one
     * @param format what is wrong, as {@link String#format} takes it
     * @param arguments of the format
     */
    public static DataException of(Object file, String format, Object... arguments) {
        return new DataException(file, format, arguments);
    }

    static DataException atByte(Object file, long offset, String format, Object... arguments) {
        return new DataException(file, "byte " + offset + ": " + format, arguments);
    }

    static DataException atLine(Object file, long line, String format, Object... arguments) {
        return new DataException(file, "line " + line + ": " + format, arguments);
    }

    /** For what goes wrong in opening a file. */
    static DataException unreadable(Object file, IOException cause) {
        return of(file, "can't be read: %s", reason(cause));
    }

    static DataException unwritable(Object file, IOException cause) {
        return of(file, "can't be written: %s", reason(cause));
    }

    static DataException outOfMemory(Object file, Object what) {
        return of(
                file,
                "%s doesn't fit into the Java heap of %d MiB; raise it with -Xmx",
                what,
                Runtime.getRuntime().maxMemory() >> 20);
    }

    /** Says in words what some exceptions tell only by their class. */
    static String reason(IOException cause) {
        if (cause instanceof NoSuchFileException) {
            return "no such file or folder";
        }
        if (cause instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (cause instanceof EOFException) {
            return "unexpected end";
        }
        if (cause instanceof FileSystemLoopException) {
            return "its links lead in a circle";
        }
        // The message would begin with a file, and not always with the one that the user knows.
        if (cause instanceof FileSystemException e && e.getReason() != null) {
            return e.getReason();
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    /** Shows text from a file in quotes, cut and escaped so that it can't garble a terminal. */
    public static String quote(String text) {
        StringBuilder shown = new StringBuilder("'");
        for (char c : text.substring(0, Math.min(text.length(), LONGEST_QUOTE)).toCharArray()) {
            boolean unprintable = Character.isISOControl(c) || Character.isSurrogate(c);
            shown.append(unprintable ? String.format(Locale.ROOT, "\\u%04x", (int) c) : c);
        }
        return shown.append(text.length() > LONGEST_QUOTE ? "…'" : "'").toString();
    }
}
