package dev.rectifier.cli;

import java.util.Map;
import java.util.Stack;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** Reads KEY=VALUE into a map, each key at most once. */
final class KeyValues implements IParameterConsumer {
    @Override
    public void consumeParameters(Stack<String> args, ArgSpec option, CommandSpec command) {
        String name = ((picocli.CommandLine.Model.OptionSpec) option).longestName();
        if (args.isEmpty()) {
            throw Usage.error(command, name + " needs " + option.paramLabel());
        }
        String text = args.pop();
        String[] pair = text.split("=", 2);
        if (pair.length < 2) {
            throw Usage.error(
                    command,
                    "%s is written as %s %s, not %s"
                            .formatted(name, name, option.paramLabel(), text));
        }
        Map<String, String> values = option.getValue();
        if (values.putIfAbsent(pair[0], pair[1]) != null) {
            throw Usage.error(command, "%s %s is given twice".formatted(name, pair[0]));
        }
    }
}
