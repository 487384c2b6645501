package dev.rectifier.benchmarks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.rectifier.benchmarks.Contender.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All that a run has measured.
 *
 * @param facts how it was measured, by name
 * @param contests each time of each round, in nanoseconds per call
 * @param measurements other figures
 */
public record Results(
        Map<String, String> facts, List<Contest> contests, List<Measurement> measurements) {
    /** As JSON. */
    String json() {
        try {
            return new ObjectMapper()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("results can't be written as JSON", e);
        }
    }

    /** Who took part, in which version and how. */
    Table contenders() {
        Map<String, String> versions = new LinkedHashMap<>();
        contests.stream()
                .flatMap(contest -> contest.entries().stream())
                .filter(entry -> entry.version() != null)
                .sorted(Contenders.order())
                .forEach(entry -> versions.putIfAbsent(entry.contender(), entry.version()));
        List<List<String>> rows = new ArrayList<>();
        versions.forEach(
                (name, version) ->
                        rows.add(List.of(name, version, Contenders.named(name).remark())));
        return new Table("Who took part", List.of("name", "version", "how it is called"), rows);
    }

    /** By kind and type. */
    List<Section> sections() {
        return Section.of(contests);
    }

    /** Callers at once, what is left behind in the host process, and start-up. */
    List<Table> measured() {
        List<Table> tables = new ArrayList<>();
        measurements.stream()
                .map(Measurement::section)
                .distinct()
                .forEach(section -> tables.add(measured(section)));
        return tables;
    }

    private Table measured(String section) {
        List<List<String>> rows = new ArrayList<>();
        for (Measurement measurement : measurements) {
            if (measurement.section().equals(section)) {
                Spread spread = measurement.spread();
                rows.add(
                        List.of(
                                measurement.subject(),
                                measurement.what(),
                                measurement.unit(),
                                Figures.digits(spread.median()),
                                Figures.digits(spread.min()),
                                Figures.digits(spread.max())));
            }
        }
        return new Table(section, List.of("", "what", "unit", "median", "least", "greatest"), rows);
    }

    /** Our doors and the best peers in a line per kind, type and length. */
    Table summary() {
        List<String> doors =
                sections().stream()
                        .flatMap(section -> section.labels(Role.OURS).stream())
                        .distinct()
                        .toList();
        List<String> header = new ArrayList<>(List.of("", "n"));
        header.addAll(doors);
        return new Table(
                "Times as fast as the best peer: geometric mean over the functions (the least)",
                header,
                sections().stream().flatMap(section -> section.summary(doors).stream()).toList());
    }

    /** Who was wrong or failed, and where, in a sentence for each thing that happened. */
    List<String> troubles() {
        Map<String, Set<String>> places = new LinkedHashMap<>();
        for (Contest contest : contests) {
            for (Entry entry : contest.entries()) {
                if (!entry.counts()) {
                    places.computeIfAbsent(trouble(entry), what -> new LinkedHashSet<>())
                            .add(contest.task().label());
                }
            }
        }
        List<String> troubles = new ArrayList<>();
        places.forEach((what, where) -> troubles.add(what + ", at " + String.join(", ", where)));
        return troubles;
    }

    private static String trouble(Entry entry) {
        return entry.contender()
                + (entry.failure() != null
                        ? " failed (" + entry.failure() + ")"
                        : " is wrong by " + entry.verdict().text() + " and was not timed");
    }
}
