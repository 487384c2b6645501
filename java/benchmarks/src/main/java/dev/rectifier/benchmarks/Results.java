package dev.rectifier.benchmarks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * All that a run has measured.
 *
 * @param facts how it was measured, by name
 * @param contests each time of each round, in nanoseconds per call
 */
public record Results(Map<String, String> facts, List<Contest> contests) {
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

    /** What the figures show, one sentence each: first what is not to be relied on. */
    List<String> findings() {
        Stream<String> trouble =
                contests.stream()
                        .flatMap(
                                contest ->
                                        contest.entries().stream()
                                                .filter(entry -> !entry.counts())
                                                .map(entry -> trouble(contest.task(), entry)))
                        .distinct();
        return Stream.concat(
                        trouble,
                        sections().stream().flatMap(section -> section.findings().stream()))
                .toList();
    }

    private static String trouble(Task task, Entry entry) {
        return entry.failure() != null
                ? "%s failed at %s: %s".formatted(entry.label(), task.label(), entry.failure())
                : "%s is wrong at %s and was not timed: off by %s"
                        .formatted(entry.label(), task.label(), entry.verdict().text());
    }
}
