package dev.rectifier.cli.study;

import dev.rectifier.Rectifier;
import dev.rectifier.cli.Program;
import dev.rectifier.data.DataSets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How a study was made.
 *
 * @param command the command line
 * @param data where the examples come from, if they aren't the embedded digits
 * @param notes on how the data were read
 * @param date the end of the last run
 * @param duration of all runs together
 */
record Facts(
        String command,
        Optional<Path> data,
        List<String> notes,
        ZonedDateTime date,
        Duration duration) {
    private static final String DIGITS =
            "Optical Recognition of Handwritten Digits, E. Alpaydin and C. Kaynak, UCI Machine"
                    + " Learning Repository, 1998, doi:10.24432/C50P49, CC BY 4.0";

    /**
     * All that one needs to do it again, by name.
     *
     * @param runs how many are over
     */
    Map<String, String> byName(Plan plan, int runs) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Command", command);
        facts.put("Data", source() + ": " + examples(plan));
        if (!notes.isEmpty()) {
            facts.put("Notes on the data", String.join("; ", notes));
        }
        facts.put("Network", network(plan));
        facts.put("Training", training(plan));
        facts.put("Program", Program.text());
        facts.put("Date", written() + "; " + effort(runs, duration));
        return facts;
    }

    String source() {
        return data.map(DataSets::nameOf).orElse(DIGITS);
    }

    private static String examples(Plan plan) {
        return "%d examples to train and %d to test, of %d features in %d classes"
                .formatted(
                        plan.training().rows(),
                        plan.test().rows(),
                        plan.training().columns(),
                        plan.training().classes());
    }

    private static String network(Plan plan) {
        return "hidden layers: %d, of %d units each; softmax over %d classes; float32"
                .formatted(plan.layers(), plan.units(), plan.training().classes());
    }

    private static String training(Plan plan) {
        return ("%s, batches of %d, epochs: %d, cross-entropy; seeds 1 to %d decide the weights"
                        + " and the order of the examples")
                .formatted(plan.rule().describe(), plan.batchSize(), plan.epochs(), plan.seeds());
    }

    private String written() {
        return DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm xxx").format(date);
    }

    /** How many runs, how long and on how many threads. */
    static String effort(int runs, Duration duration) {
        return String.format(
                Locale.ROOT,
                "%d runs took %.1f s, %d at a time",
                runs,
                duration.toMillis() / 1e3,
                Rectifier.threads());
    }
}
