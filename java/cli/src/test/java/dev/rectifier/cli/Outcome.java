package dev.rectifier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.Stream;
import picocli.CommandLine;

/** What a command left behind. */
record Outcome(int code, String out, String err) {
    /** Runs a command in this process. */
    static Outcome of(Object... args) {
        return of(Main::execute, args);
    }

    static Outcome of(CommandLine commandLine, Object... args) {
        return of((out, err, texts) -> commandLine.setOut(out).setErr(err).execute(texts), args);
    }

    private static Outcome of(Execution execution, Object... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] texts = Stream.of(args).map(Object::toString).toArray(String[]::new);
        int code = execution.run(new PrintWriter(out, true), new PrintWriter(err, true), texts);
        return new Outcome(code, out.toString(), err.toString());
    }

    private interface Execution {
        int run(PrintWriter out, PrintWriter err, String... args);
    }

    /** Runs a command that must succeed in silence on standard error. */
    static Outcome success(Object... args) {
        Outcome outcome = of(args);
        assertEquals("", outcome.err);
        assertEquals(0, outcome.code);
        return outcome;
    }

    void isDataError(String... parts) {
        fails(Main.DATA, parts);
    }

    void isUsageError(String... parts) {
        fails(Main.USAGE, parts);
        assertTrue(err.contains("--help'"), err);
    }

    private void fails(int expected, String... parts) {
        assertEquals(expected, code, err);
        assertEquals("", out);
        assertTrue(err.startsWith("rectifier: "), err);
        assertFalse(err.contains("\tat "), err);
        for (String part : parts) {
            assertTrue(err.contains(part), () -> "'" + part + "' is not in: " + err);
        }
    }
}
