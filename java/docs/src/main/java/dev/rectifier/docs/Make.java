package dev.rectifier.docs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes all that is made on the pages: the figures of the first page, its pictures, what calls cost
 * from each language where that has been measured, and, of a study's JSON, the table of the study.
 * It is what {@code java/docs/make} runs.
 */
public final class Make {
    private final Path root;

    Make(Path root) {
        this.root = root;
    }

    /**
     * Writes what has changed, or says it.
     *
     * @param args the root of the repository, then {@code --check} to change nothing and end with 1
     *     if something would change, {@code --study FILE} for the table of the study, and {@code
     *     --claims FILE} for what a study found of the book's claims
     */
    public static void main(String[] args) throws IOException {
        List<String> options = Arrays.asList(args).subList(1, args.length);
        Make make = new Make(Path.of(args[0]));
        Map<Path, String> stale = make.stale(file(options, "--study"), file(options, "--claims"));
        for (Map.Entry<Path, String> file : stale.entrySet()) {
            System.out.println(difference(file.getKey(), file.getValue()));
            if (!options.contains("--check")) {
                Files.createDirectories(file.getKey().getParent());
                Files.writeString(file.getKey(), file.getValue());
            }
        }
        if (stale.isEmpty()) {
            System.out.println("All that is made on the pages is as it is made.");
        } else if (options.contains("--check")) {
            System.err.println("Not as it is made; java/docs/make mends that.");
            System.exit(1);
        }
    }

    private static Optional<Path> file(List<String> options, String name) {
        int at = options.indexOf(name);
        return at < 0 ? Optional.empty() : Optional.of(Path.of(options.get(at + 1)));
    }

    /** The files that aren't as they are made, and what they would be. */
    Map<Path, String> stale(Optional<Path> study, Optional<Path> claims) throws IOException {
        Contests contests = Contests.newest(root.resolve("java/benchmarks/results"));
        Map<Path, String> made = new LinkedHashMap<>();
        Path readme = root.resolve("README.md");
        made.put(
                readme,
                Page.read(readme)
                        .with(
                                "errors",
                                old ->
                                        Accuracy.read(root.resolve("native/docs/accuracy.md"))
                                                .lines())
                        .with("speed", old -> new SpeedTable(contests).lines())
                        .text());
        for (Colours colours : Colours.values()) {
            made.put(
                    root.resolve("java/docs/pictures/" + colours.file()),
                    new Banner(contests, colours).svg());
        }
        Optional<Languages> languages = Languages.newest(root.resolve("java/benchmarks/results"));
        if (languages.isPresent()) {
            Path page = root.resolve("java/docs/speed.md");
            made.put(
                    page, Page.read(page).with("languages", old -> languages.get().lines()).text());
            made.put(root.resolve("java/docs/pictures/languages.svg"), languages.get().svg());
        }
        Path choosing = root.resolve("java/docs/choosing.md");
        Page page = Page.read(choosing);
        if (study.isPresent()) {
            StudyTable table = new StudyTable(new ObjectMapper().readTree(study.get().toFile()));
            page = page.with("study", table::again);
        }
        if (claims.isPresent()) {
            JsonNode found = new ObjectMapper().readTree(claims.get().toFile()).get("claims");
            page = page.with("claims", old -> list(found));
        }
        made.put(choosing, page.text());
        Map<Path, String> stale = new LinkedHashMap<>();
        for (Map.Entry<Path, String> file : made.entrySet()) {
            if (!old(file.getKey()).equals(file.getValue())) {
                stale.put(file.getKey(), file.getValue());
            }
        }
        return stale;
    }

    /** What comes before the first colon in bold, in lines as long as others. */
    private static List<String> list(JsonNode sentences) {
        List<String> lines = new ArrayList<>();
        for (JsonNode sentence : sentences) {
            String item = "- **" + sentence.asText().replaceFirst(": ", "**: ");
            lines.addAll(
                    item.replaceAll("(.{1,124})( |$)", "$1\n  ").stripTrailing().lines().toList());
        }
        return lines;
    }

    private static String old(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file) : "";
    }

    /** The lines that go and come; of a picture its name alone. */
    private static String difference(Path file, String made) throws IOException {
        List<String> lines = new ArrayList<>(List.of(file + ":"));
        if (file.toString().endsWith(".md")) {
            List<String> before = old(file).lines().toList();
            List<String> after = made.lines().toList();
            before.stream().filter(line -> !after.contains(line)).forEach(l -> lines.add("- " + l));
            after.stream().filter(line -> !before.contains(line)).forEach(l -> lines.add("+ " + l));
        }
        return String.join("\n", lines);
    }
}
