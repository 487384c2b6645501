package dev.rectifier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.Rectifier;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class MainTest {
    static Stream<CommandLine> commands() {
        return allBelow(Main.commandLine());
    }

    private static Stream<CommandLine> allBelow(CommandLine command) {
        return Stream.concat(
                Stream.of(command),
                command.getSubcommands().values().stream().flatMap(MainTest::allBelow));
    }

    private static Object[] call(CommandLine command, String option) {
        List<Object> words =
                new ArrayList<>(List.of(command.getCommandSpec().qualifiedName().split(" ")));
        words.remove(0);
        words.add(option);
        return words.toArray();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandHasHelpWithAnExampleAndExitCodes(CommandLine command) {
        String help = Outcome.success(call(command, "--help")).out();
        String name = command.getCommandSpec().qualifiedName();
        assertTrue(help.startsWith("Usage: " + name), help);
        assertTrue(help.contains("Example:"), help);
        assertTrue(help.substring(help.indexOf("Example:")).contains("  " + name), help);
        assertTrue(help.matches("(?s).*\n  2 +the command line or a setting is at fault.*"), help);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandTellsTheVersion(CommandLine command) {
        String expected = "rectifier " + Rectifier.version();
        assertEquals(expected, Outcome.success(call(command, "--version")).out().strip());
    }

    @Test
    void noCommandIsAUsageError() {
        Outcome.of().isUsageError("Missing required subcommand");
    }

    @Test
    void anUnknownCommandIsAUsageErrorWithASuggestion() {
        Outcome.of("aply").isUsageError("'aply'", "rectifier apply");
    }

    @Test
    void anUnknownOptionIsAUsageErrorWithASuggestion() {
        Outcome.of("info", "--jsn").isUsageError("'--jsn'", "--json");
    }

    @Command(name = "fail")
    private static final class Failing implements Callable<Integer> {
        @Override
        public Integer call() {
            throw new UnsupportedOperationException("by design");
        }
    }

    @Test
    void aBugHasAnExitCodeOfItsOwnAndAStackTrace() {
        CommandLine commandLine = Main.commandLine().addSubcommand(new Failing());
        Outcome outcome = Outcome.of(commandLine, "fail");
        assertEquals(Main.BUG, outcome.code());
        assertTrue(outcome.err().startsWith("rectifier: this is a bug"), outcome.err());
        assertTrue(outcome.err().contains("UnsupportedOperationException: by design"));
        assertTrue(outcome.err().contains("\tat "));
    }
}
