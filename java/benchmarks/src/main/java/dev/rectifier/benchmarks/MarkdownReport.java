package dev.rectifier.benchmarks;

import java.util.stream.Collectors;

/** The results as Markdown. */
record MarkdownReport(Results results) {
    String text() {
        StringBuilder text = new StringBuilder("# Rectifier beside others\n\n");
        results.findings().forEach(finding -> text.append("- " + finding + "\n"));
        text.append("\n");
        results.facts().forEach((name, fact) -> text.append("- **" + name + "**: " + fact + "\n"));
        text.append("\n" + results.contenders().markdown());
        for (Section section : results.sections()) {
            text.append("\n## " + section.title() + "\n");
            text.append(
                    section.tables().stream()
                            .map(table -> "\n" + table.title() + ":\n\n" + table.markdown())
                            .collect(Collectors.joining()));
        }
        return text.toString();
    }
}
