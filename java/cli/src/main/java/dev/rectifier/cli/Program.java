package dev.rectifier.cli;

import dev.rectifier.Rectifier;
import java.util.LinkedHashMap;
import java.util.Map;

/** What computed the figures of a report. */
public final class Program {
    private Program() {}

    /** For programs. */
    public static Map<String, Object> byName() {
        Rectifier.Info info = Rectifier.info();
        Map<String, Object> program = new LinkedHashMap<>();
        program.put("version", info.version());
        program.put("platform", info.platform());
        program.put("backend", info.backend());
        program.put("instructionSet", info.instructionSet());
        program.put("threads", info.threads());
        program.put("java", Runtime.version().toString());
        return program;
    }

    /** For people. */
    public static String text() {
        Rectifier.Info info = Rectifier.info();
        return "Rectifier %s, %s backend, instruction set %s, on %s with Java %s"
                .formatted(
                        info.version(),
                        info.backend(),
                        info.instructionSet(),
                        info.platform(),
                        Runtime.version());
    }
}
