package dev.rectifier.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rectifier.Rectifier;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what is in use, for bug reports and comparisons. */
@Command(
        name = "info",
        description = "Prints version, platform, instruction sets, threads and library in use.",
        footer = "  rectifier info --json")
final class InfoCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(names = "--json", description = "As JSON.")
    private boolean json;

    @Override
    public Integer call() throws JsonProcessingException {
        PrintWriter out = spec.commandLine().getOut();
        Map<String, Object> facts = facts();
        if (json) {
            out.println(
                    new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(facts));
        } else {
            facts.forEach((name, value) -> out.printf("%-16s %s%n", name, value));
        }
        return 0;
    }

    private Map<String, Object> facts() {
        Rectifier.Info info = Usage.check(spec, Rectifier::info);
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("version", info.version());
        facts.put("platform", info.platform());
        facts.put("backend", info.backend());
        facts.put("instructionSet", info.instructionSet());
        facts.put("instructionSets", info.instructionSets());
        facts.put("threads", info.threads());
        info.library().ifPresent(library -> facts.put("library", library));
        facts.put("door", info.door());
        facts.put("parallel", info.parallel());
        facts.put("java", Runtime.version().toString());
        return facts;
    }
}
