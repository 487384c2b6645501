package dev.rectifier.benchmarks;

import java.util.stream.Collectors;

/** The results as Markdown. */
record MarkdownReport(Results results) {
    String text() {
        StringBuilder text = new StringBuilder("# Rectifier beside others\n\n");
        new Headline(results).tables().forEach(table -> text.append(titled(table) + "\n"));
        text.append(titled(new Targets(results).table()) + "\n");
        text.append(titled(results.summary()) + "\n");
        results.troubles().forEach(trouble -> text.append("- " + trouble + ".\n"));
        results.facts().forEach((name, fact) -> text.append("- " + name + ": " + fact + ".\n"));
        text.append("\n" + titled(results.contenders()));
        results.measured().forEach(table -> text.append("\n" + titled(table)));
        for (Section section : results.sections()) {
            text.append("\n## " + section.title() + "\n");
            text.append(
                    section.tables().stream()
                            .map(table -> "\n" + titled(table))
                            .collect(Collectors.joining()));
        }
        return text.toString();
    }

    private static String titled(Table table) {
        return table.title() + ":\n\n" + table.markdown();
    }
}
