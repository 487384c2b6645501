import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sorts the exported functions of the C++ file given as argument. JavaCPP writes them in the order
 * in which the JVM happens to list a class's methods, which would make each build another library.
 */
class SortedFunctions {
    private static final Pattern FUNCTION =
            Pattern.compile(
                    "^JNIEXPORT \\w+ JNICALL Java_.*?^}$", Pattern.MULTILINE | Pattern.DOTALL);

    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[0]);
        String source = Files.readString(file);
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
