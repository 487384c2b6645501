package dev.rectifier.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which module of Java uses which. */
class RoomsTest {
    /** What each uses of the others; its tests may use more. */
    private static final Map<String, Set<String>> USES =
            Map.ofEntries(
                    Map.entry("core", Set.of()),
                    Map.entry("reference", Set.of("core")),
                    Map.entry("segments", Set.of("core")),
                    Map.entry("data", Set.of()),
                    Map.entry("report", Set.of()),
                    Map.entry("network", Set.of("core")),
                    Map.entry("models", Set.of("core", "network")),
                    Map.entry("cli", Set.of("core", "data", "report", "network", "models")),
                    Map.entry(
                            "benchmarks", Set.of("core", "reference", "data", "report", "network")),
                    Map.entry("docs", Set.of("core")),
                    Map.entry("spark", Set.of("core", "network")));

    private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");

    /** An import, or a name in full. */
    private static final Pattern NAME = Pattern.compile("\\bdev(?:\\.[a-z]\\w*)+(?=\\.[A-Z])");

    private final Path java = Book.ROOT.resolve("java");

    @Test
    void noModuleUsesWhatIsNotBelowIt() throws IOException {
        Map<String, List<String>> sources = new TreeMap<>();
        for (String module : USES.keySet()) {
            sources.put(module, sources(module));
        }
        Map<String, String> homes = new HashMap<>();
        sources.forEach(
                (module, texts) ->
                        texts.stream()
                                .flatMap(text -> PACKAGE.matcher(text).results())
                                .forEach(found -> homes.put(found.group(1), module)));
        Map<String, Set<String>> used = new TreeMap<>();
        sources.forEach((module, texts) -> used.put(module, used(module, texts, homes)));
        assertEquals(new TreeMap<>(USES), used);
    }

    private List<String> sources(String module) throws IOException {
        try (Stream<Path> files = Files.walk(java.resolve(module).resolve("src/main/java"))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .map(RoomsTest::read)
                    .toList();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<String> used(String module, List<String> texts, Map<String, String> homes) {
        return texts.stream()
                .flatMap(text -> NAME.matcher(text).results())
                .map(MatchResult::group)
                .map(name -> homes.getOrDefault(name, module))
                .filter(home -> !home.equals(module))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void allModulesWithSourcesAreOnTheMap() throws IOException {
        try (Stream<Path> folders = Files.list(java)) {
            assertEquals(
                    new TreeSet<>(USES.keySet()),
                    folders.filter(folder -> Files.isDirectory(folder.resolve("src/main/java")))
                            .map(folder -> folder.getFileName().toString())
                            .collect(Collectors.toCollection(TreeSet::new)));
        }
    }
}
