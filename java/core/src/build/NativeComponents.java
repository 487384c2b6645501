import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Adds to the bill of materials given as first argument what the native libraries have inside: the
 * lines of each components.jsonl that CMake wrote below the directory given as second.
 */
class NativeComponents {
    private static final Pattern REFERENCE = Pattern.compile("\"bom-ref\":(\"[^\"]+\")");

    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[0]);
        TreeSet<String> components = new TreeSet<>();
        for (Path list : lists(Path.of(arguments[1]))) {
            components.addAll(Files.readAllLines(list));
        }
        if (components.isEmpty()) {
            throw new IOException("no components.jsonl below " + arguments[1]);
        }
        List<String> references = components.stream().map(NativeComponents::reference).toList();
        String bom = Files.readString(file);
        if (!bom.contains(references.get(0))) {
            bom = extended(bom, "\n  \"components\" : [", components.stream().toList());
            // The first list is that of the artifact itself.
            bom = extended(bom, "\"dependsOn\" : [", references);
            Files.writeString(file, bom);
        }
    }

    private static List<Path> lists(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory, 3)) {
            return files.filter(file -> file.endsWith("components.jsonl")).toList();
        }
    }

    private static String reference(String component) {
        Matcher matcher = REFERENCE.matcher(component);
        if (!matcher.find()) {
            throw new IllegalArgumentException("no reference in " + component);
        }
        return matcher.group(1);
    }

    /** With values put before those of a list that has some already. */
    private static String extended(String json, String list, List<String> values)
            throws IOException {
        int end = json.indexOf(list) + list.length();
        if (end < list.length()) {
            throw new IOException("no list " + list.strip());
        }
        return json.substring(0, end)
                + "\n"
                + String.join(",\n", values)
                + ","
                + json.substring(end);
    }
}
