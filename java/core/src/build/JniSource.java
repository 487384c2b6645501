import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Changes the C++ file that JavaCPP generated, given as argument, in two ways:
 *
 * <ul>
 *   <li>The functions called from Java are sorted. JavaCPP writes them in the order in which the
 *       JVM happens to list a class's methods, which would make each build another library.
 *   <li>JNI_OnLoad and JNI_OnUnload are left out. JavaCPP's initialize its class Pointer, which
 *       starts a thread and unpacks and loads a library of JavaCPP's, all for field IDs that the
 *       functions generated for us never use.
 * </ul>
 */
class JniSource {
    private static final Pattern FUNCTION =
            Pattern.compile(
                    "^JNIEXPORT \\w+ JNICALL Java_.*?^}$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern ON_LOAD =
            Pattern.compile(
                    "^JNIEXPORT \\w+ JNICALL JNI_On\\w+\\([^)]*\\)(;| \\{.*?^})$",
                    Pattern.MULTILINE | Pattern.DOTALL);

    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[0]);
        String source = ON_LOAD.matcher(Files.readString(file)).replaceAll("");
        Iterator<String> sorted =
                FUNCTION.matcher(source).results().map(MatchResult::group).sorted().iterator();
        if (!sorted.hasNext()) {
            throw new IOException("no exported function in " + file);
        }
        Files.writeString(
                file,
                FUNCTION.matcher(source)
                        .replaceAll(place -> Matcher.quoteReplacement(sorted.next())));
    }
}
