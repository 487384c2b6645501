package dev.rectifier.cli;

import dev.rectifier.Activation;
import dev.rectifier.Definition;
import dev.rectifier.Initializer;
import dev.rectifier.InitializerPresets;
import dev.rectifier.Parameter;
import dev.rectifier.Presets;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the registries. */
@Command(
        name = "list",
        description = {
            "Lists the functions that apply, plot and init know, one per line: name, parameters"
                    + " with default and range, and formula, separated by tabs; of synonyms and"
                    + " presets, name and the Java code of the value."
        },
        footer = "  rectifier list initializers")
final class ListCommand {
    @Spec private CommandSpec spec;

    @Command(
            description = "Lists the activation functions.",
            footer = "  rectifier list activations")
    int activations() {
        print(Activation.definitions());
        Activation.synonyms()
                .forEach(
                        (name, value) ->
                                spec.commandLine().getOut().println(name + "\t\t" + value));
        return 0;
    }

    @Command(
            description = "Lists the weight initializers.",
            footer = "  rectifier list initializers")
    int initializers() {
        return print(Initializer.definitions());
    }

    @Command(
            description =
                    "Lists the activation functions under the names of other systems, with the"
                            + " defaults that they have there.",
            footer = "  rectifier list presets")
    int presets() {
        return print(Presets.names(), Presets::of);
    }

    @Command(
            name = "initializer-presets",
            description =
                    "Lists the weight initializers under the names of other systems, with the"
                            + " defaults that they have there.",
            footer = "  rectifier list initializer-presets")
    int initializerPresets() {
        return print(InitializerPresets.names(), InitializerPresets::of);
    }

    private int print(List<String> presets, Function<String, Object> value) {
        for (String name : presets) {
            spec.commandLine().getOut().println(name + "\t" + value.apply(name));
        }
        return 0;
    }

    private <T> int print(List<Definition<T>> definitions) {
        for (Definition<T> definition : definitions) {
            String parameters =
                    definition.parameters().stream()
                            .map(ListCommand::describe)
                            .collect(Collectors.joining(", "));
            spec.commandLine()
                    .getOut()
                    .println(definition.name() + "\t" + parameters + "\t" + definition.formula());
        }
        return 0;
    }

    private static String describe(Parameter parameter) {
        return parameter.name()
                + "="
                + parameter.format(parameter.defaultValue())
                + " ("
                + parameter.range()
                + ")";
    }
}
