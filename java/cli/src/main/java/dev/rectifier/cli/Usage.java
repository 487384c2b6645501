package dev.rectifier.cli;

import dev.rectifier.data.SystemText;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Tells mistakes on the command line from mistakes in the data, and both from notes. */
public final class Usage {
    private Usage() {}

    /** The value, where all that can be wrong with it was given on the command line. */
    public static <T> T check(CommandSpec command, Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new ParameterException(command.commandLine(), e.getMessage(), e);
        }
    }

    /** Refuses to read standard input for several options; null stands for one not given. */
    static void requireOneStandardInput(CommandSpec command, Path... inputs) {
        Path standardInput = Path.of("-");
        if (Arrays.stream(inputs).filter(standardInput::equals).count() > 1) {
            throw error(command, "- (standard input) can be read only once");
        }
    }

    /**
     * Says what a user may want to know of data that are used.
     *
     * @param command which one is running
     * @param note a sentence
     */
    public static void note(CommandSpec command, String note) {
        command.commandLine().getErr().println("rectifier: " + note);
    }

    /** A mistake on the command line. */
    public static ParameterException error(CommandSpec command, String message) {
        return new ParameterException(command.commandLine(), message);
    }

    /** The command line, as a shell takes it. */
    public static String commandLine(CommandSpec spec) {
        ParseResult all = spec.root().commandLine().getParseResult();
        return all.originalArgs().stream()
                .map(argument -> argument.matches("[\\w.,:=/+-]+") ? argument : quote(argument))
                .collect(Collectors.joining(" ", spec.root().name() + " ", ""));
    }

    /** As a shell takes it, also where it has bytes that are no text. */
    private static String quote(String argument) {
        String printable = SystemText.printable(argument.replace("\\", "\\\\").replace("'", "\\'"));
        return SystemText.printable(argument).equals(argument)
                ? "'" + argument.replace("'", "'\\''") + "'"
                : "$'" + printable + "'";
    }
}
