package dev.rectifier.network;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;

/**
 * Says what is wrong with the file of a network: the message begins with the file and names the
 * tensor, the layer or the node that is at fault.
 */
public final class ModelException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST_QUOTE = 60;

    private ModelException(String message, Throwable cause) {
        super(message, cause);
    }

    /**
     * {@return an exception about a file}
     *
     * @param file the file
     * @param format what is wrong, as {@link String#format} takes it
     * @param arguments what the message is made with
     */
    public static ModelException of(Path file, String format, Object... arguments) {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(format, "format");
        return new ModelException(
                file + ": " + String.format(Locale.ROOT, format, arguments), null);
    }

    /**
     * That a file can't be read, or written.
     *
     * @param file the file
     * @param verb what could not be done
     * @param cause what was thrown
     * @return the exception
     */
    public static ModelException unreadable(Path file, String verb, IOException cause) {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(verb, "verb");
        Objects.requireNonNull(cause, "cause");
        String reason =
                cause instanceof NoSuchFileException
                        ? "no such file or folder"
                        : cause instanceof AccessDeniedException
                                ? "permission denied"
                                : cause.getMessage() == null
                                        ? cause.toString()
                                        : cause.getMessage();
        return new ModelException(file + ": can't be " + verb + ": " + reason, cause);
    }

    /**
     * Text from a file in quotes, cut and without what could garble a terminal.
     *
     * @param text what is read
     * @return the text
     */
    public static String quote(String text) {
        StringBuilder shown = new StringBuilder("'");
        Objects.requireNonNull(text, "text");
        for (char c : text.substring(0, Math.min(text.length(), LONGEST_QUOTE)).toCharArray()) {
            shown.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '?' : c);
        }
        return shown.append(text.length() > LONGEST_QUOTE ? "…'" : "'").toString();
    }
}
