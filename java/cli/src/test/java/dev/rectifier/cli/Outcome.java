package dev.rectifier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** What a command left behind. */
record Outcome(int code, String out, String err) {
    /** Runs a command in this process. */
    static Outcome of(Object... args) {
        return of(Main.commandLine(), args);
    }

    static Outcome of(CommandLine commandLine, Object... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        commandLine.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        String[] texts = new String[args.length];
        for (int i = 0; i < args.length; i++) {
            texts[i] = args[i].toString();
        }
        int code = commandLine.execute(texts);
        return new Outcome(code, out.toString(), err.toString());
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
