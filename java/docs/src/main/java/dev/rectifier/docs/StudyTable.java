package dev.rectifier.docs;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Some combinations of a study, as Markdown. Which ones, the page says itself. */
record StudyTable(JsonNode study) {
    private static final String DEAD = "dead units, %, in layer ";

    StudyTable {
        if (!study.get("complete").asBoolean()) {
            throw new IllegalStateException("the study is not complete");
        }
    }

    /** The same table with the figures of this study. */
    List<String> again(List<String> old) {
        List<String> made = new ArrayList<>(old.subList(0, 2));
        old.stream().skip(2).forEach(line -> made.add(row(line)));
        return made;
    }

    private String row(String old) {
        String[] cells = old.split("\\|");
        JsonNode row = find(cells[1].strip(), cells[2].strip(), cells[3].strip());
        List<String> made = new ArrayList<>();
        for (String title : List.of("initializer", "rate", "activation", "test accuracy, %")) {
            made.add(row.get(title).asText().replaceAll(" +", " "));
        }
        made.add(row.get("epochs to 95 %").asText());
        made.add(dead(row));
        made.add(gradients(row));
        return made.stream().collect(Collectors.joining(" | ", "| ", " |"));
    }

    private JsonNode find(String initializer, String rate, String activation) {
        for (JsonNode combination : study.get("combinations")) {
            JsonNode row = combination.get("row");
            if (row.get("initializer").asText().equals(initializer)
                    && row.get("rate").asText().equals(rate)
                    && row.get("activation").asText().equals(activation)) {
                return row;
            }
        }
        throw new IllegalStateException(
                "the study has no %s, %s, %s".formatted(initializer, rate, activation));
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
