package dev.rectifier.data;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Text that the system holds as bytes: arguments, and names of files, which on Linux may be any
 * bytes. Java decodes them by the locale and loses what isn't text in it; here, a byte b that is no
 * text is kept as the lone surrogate U+DC00 + b.
 */
public final class SystemText {
    private static final char LOST = '\ufffd';
    private static final int ESCAPE = 0xdc00;
    private static final int BYTES = 256;

    /** What Java decodes and encodes names of files by. */
    private static final Charset JAVA =
            Charset.forName(
                    System.getProperty(
                            "sun.jnu.encoding", System.getProperty("native.encoding", "UTF-8")));

    private SystemText() {}

    /**
     * The charset of the locale. It is UTF-8 where the locale has nothing but ASCII, as in most
     * containers: terminals show it, and a question mark for each sign of the tables helps nobody.
     */
    public static Charset charset() {
        Charset charset = Charset.forName(System.getProperty("native.encoding"));
        return charset.equals(US_ASCII) ? UTF_8 : charset;
    }

    /** Whether Java lost something in decoding this. */
    public static boolean isLossy(String decodedByJava) {
        return decodedByJava.indexOf(LOST) >= 0;
    }

    /** Whether Java would have decoded these bytes so. */
    public static boolean javaDecodes(byte[] bytes, String asThis) {
        return new String(bytes, JAVA).equals(asThis);
    }

    /** The name of the charset by which Java decodes arguments and names of files. */
    public static String javaCharset() {
        return JAVA.name();
    }

    /** The text of these bytes; nothing is lost. */
    public static String decode(byte[] bytes) {
        CharsetDecoder decoder = charset().newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out =
                CharBuffer.allocate((int) Math.ceil(bytes.length * decoder.maxCharsPerByte()));
        CoderResult result = decoder.decode(in, out, true);
        while (result.isError()) {
            for (int i = 0; i < result.length(); i++) {
                out.put((char) (ESCAPE + Byte.toUnsignedInt(in.get())));
            }
            result = decoder.decode(in, out, true);
        }
        return out.flip().toString();
    }

    /**
     * The bytes of a text.
     *
     * @throws CharacterCodingException if the locale has no bytes for it
     */
    static byte[] encode(String text) throws CharacterCodingException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int point : text.codePoints().toArray()) {
            if (isEscape(point)) {
                bytes.write(point - ESCAPE);
            } else {
                ByteBuffer some =
                        charset().newEncoder().encode(CharBuffer.wrap(Character.toString(point)));
                bytes.write(some.array(), 0, some.limit());
            }
        }
        return bytes.toByteArray();
    }

    private static boolean isEscape(int point) {
        return point >= ESCAPE && point < ESCAPE + BYTES;
    }

    /** The text with {@code \xff} for each byte that is no text. */
    public static String printable(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints()
                .forEach(
                        point ->
                                shown.append(
                                        isEscape(point)
                                                ? "\\x%02x".formatted(point - ESCAPE)
                                                : Character.toString(point)));
        return shown.toString();
    }

    /**
     * The file of this name, also where Java has no way to write the name down.
     *
     * @throws InvalidPathException if it can be the name of no file here
     */
    public static Path path(String name) {
        String folder = System.getProperty("user.dir");
        if (JAVA.newEncoder().canEncode(name) && !isLossy(folder)) {
            return Path.of(name);
        }
        try {
            // Of all that makes a path, only a URI takes bytes.
            String base = name.startsWith("/") ? "" : workingFolder() + "/";
            return Path.of(URI.create("file://" + base + percent(encode(name))));
        } catch (IOException | IllegalArgumentException e) {
            throw new InvalidPathException(
                    printable(name), "not the name of a file in the charset " + JAVA);
        }
    }

    private static String workingFolder() throws IOException {
        Path real = Path.of("/proc/self/cwd").toRealPath();
        return real.toUri().getRawPath().replaceFirst("/$", "");
    }

    private static String percent(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte b : bytes) {
            text.append(b == '/' ? "/" : String.format(Locale.ROOT, "%%%02X", b));
        }
        return text.toString();
    }

    /** The name of a file as it is shown in messages. */
    public static String show(Path path) {
        String name = path.toString();
        if (!isLossy(name)) {
            return name;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Pattern.compile("%(..)|(.)")
                .matcher(path.toUri().getRawPath())
                .results()
                .forEach(
                        one ->
                                bytes.write(
                                        one.group(1) == null
                                                ? one.group(2).charAt(0)
                                                : Integer.parseInt(one.group(1), 16)));
        return printable(decode(bytes.toByteArray()));
    }
}
