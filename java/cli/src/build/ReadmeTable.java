import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Makes the figures of the study's table in the README those of a study. Which combinations are
 * rows, the README says itself.
 *
 * <p>Arguments: the JSON of the study, the README, and {@code --check} to change nothing and end
 * with 1 if something would change.
 */
final class ReadmeTable {
    private static final String BEGIN = "| initializer | learning rate | activation |";
    private static final String DEAD = "dead units, %, in layer ";

    private ReadmeTable() {}

    public static void main(String[] args) throws IOException {
        JsonNode study = new ObjectMapper().readTree(Path.of(args[0]).toFile());
        Path readme = Path.of(args[1]);
        boolean check = args.length > 2 && args[2].equals("--check");
        if (!study.get("complete").asBoolean()) {
            throw new IllegalStateException(args[0] + " is not complete");
        }
        List<String> lines = Files.readAllLines(readme);
        List<String> made = new ArrayList<>(lines);
        int first = begin(lines) + 2;
        int changed = 0;
        for (int i = first; i < lines.size() && lines.get(i).startsWith("|"); i++) {
            made.set(i, row(study, lines.get(i)));
            if (!made.get(i).equals(lines.get(i))) {
                changed++;
                System.out.println("- " + lines.get(i));
                System.out.println("+ " + made.get(i));
            }
        }
        if (changed > 0 && check) {
            System.err.println(
                    changed + " rows of the README are not what the study gives;"
                            + " java/cli/readme-table mends that.");
            System.exit(1);
        }
        Files.writeString(readme, String.join("\n", made) + "\n");
        System.out.println("The table in the README is that of the study.");
    }

    private static int begin(List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith(BEGIN)) {
                return i;
            }
        }
        throw new IllegalStateException("no table begins with " + BEGIN);
    }

    /** The row of the same combination. */
    private static String row(JsonNode study, String old) {
        String[] cells = old.split("\\|");
        JsonNode combination = find(study, cells[1].strip(), cells[2].strip(), cells[3].strip());
        JsonNode row = combination.get("row");
        List<String> made = new ArrayList<>();
        for (String title : List.of("initializer", "rate", "activation", "test accuracy, %")) {
            made.add(row.get(title).asText().replaceAll(" +", " "));
        }
        made.add(row.get("epochs to 95 %").asText());
        made.add(dead(row));
        made.add(gradients(row));
        return made.stream().collect(Collectors.joining(" | ", "| ", " |"));
    }

    private static JsonNode find(JsonNode study, String initializer, String rate, String name) {
        for (JsonNode combination : study.get("combinations")) {
            JsonNode row = combination.get("row");
            if (row.get("initializer").asText().equals(initializer)
                    && row.get("rate").asText().equals(rate)
                    && row.get("activation").asText().equals(name)) {
                return combination;
            }
        }
        throw new IllegalStateException(
                "the study has no %s, %s, %s".formatted(initializer, rate, name));
    }

    private static String dead(JsonNode row) {
        List<String> layers = new ArrayList<>();
        for (int layer = 1; row.has(DEAD + layer); layer++) {
            layers.add(row.get(DEAD + layer).asText().replace("*", ""));
        }
        return layers.stream().allMatch("0"::equals) ? "none" : String.join(" ", layers);
    }

    private static String gradients(JsonNode row) {
        for (String title : (Iterable<String>) row::fieldNames) {
            if (title.startsWith("sd at the start") && title.endsWith("gradients")) {
                return row.get(title).asText().replace("→", " → ");
            }
        }
        throw new IllegalStateException("no gradients at the start");
    }
}
