package dev.rectifier.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/** Runs commands from tests of other packages. */
public final class Commands {
    private Commands() {}

    /** How a command ended. */
    public record Result(int code, String out, String err) {}

    /** Parses the words of one, and does nothing. */
    public static void parse(String... args) {
        Main.commandLine().parseArgs(args);
    }

    /** Runs one. */
    public static Result run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code =
                Main.commandLine()
                        .setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(err))
                        .execute(args);
        return new Result(code, out.toString(), err.toString());
    }
}
