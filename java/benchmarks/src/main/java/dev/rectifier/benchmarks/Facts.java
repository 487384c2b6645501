package dev.rectifier.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** How a run was made. */
final class Facts {
    private Facts() {}

    /** All that one needs to do it again, by name. */
    static Map<String, String> of(String command, Plan plan, Duration duration) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Command", command);
        facts.put("Machine", machine());
        facts.put("Java", Runtime.version() + ", " + System.getProperty("java.vm.name"));
        facts.put("Method", method(plan));
        plan.isa().ifPresent(isa -> facts.put("Instruction set", "all are held to " + isa));
        facts.put(
                "Date",
                "%s; took %d s"
                        .formatted(
                                DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm xxx")
                                        .format(ZonedDateTime.now()),
                                duration.toSeconds()));
        return facts;
    }

    private static String machine() {
        return "%s, %d processors, %s %s %s"
                .formatted(
                        processor(),
                        Runtime.getRuntime().availableProcessors(),
                        System.getProperty("os.name"),
                        System.getProperty("os.version"),
                        System.getProperty("os.arch"));
    }

    private static String processor() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown processor");
        } catch (IOException e) {
            return "unknown processor";
        }
    }

    private static String method(Plan plan) {
        return String.format(
                Locale.ROOT,
                "one process per contender%s; JMH in it; every contender once in each of %d"
                        + " rounds, %d ms after %d ms untimed (%d at first, more for loops in"
                        + " Java); medians, and in brackets the least and the greatest of all"
                        + " rounds; ratios are taken within a round",
                plan.freshProcesses() ? " and function" : "",
                plan.rounds(),
                plan.millis(),
                plan.warmupMillis(),
                plan.firstWarmupMillis());
    }
}
