package dev.rectifier.cli;

import dev.rectifier.network.Dense;
import dev.rectifier.network.FunctionText;
import dev.rectifier.network.Network;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints what is in the file of a network. */
@Command(
        name = "show",
        description = {
            "Prints the layers and the number of parameters of a network in a file, and where its weights look"
                    + " as if something had gone wrong: not finite, units without weights, or a scale that is"
                    + " far from those that layers start with."
        },
        footer = "  rectifier show model.onnx")
final class ShowCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FILE", description = "The file to read.")
    private Path file;

    @Mixin private NetworkOptions network;

    @Mixin private ComputeOptions compute;

    @Override
    public Integer call() {
        compute.apply();
        PrintWriter out = spec.commandLine().getOut();
        try (Network read = network.read(file, Optional.empty())) {
            out.printf(
                    "%d features%s%n", read.inputs(), read.scaling().isPresent() ? ", scaled" : "");
            for (Dense dense : read.layers()) {
                out.printf(
                        "dense %d %s%s%n",
                        dense.units(),
                        FunctionText.of(dense.activation()),
                        dense.dropout() > 0 ? ", dropout " + dense.dropout() : "");
            }
            long parameters =
                    read.weights().stream().mapToLong(tensor -> tensor.value().length()).sum();
            out.printf("%d parameters of %s%n", parameters, read.dtype());
            out.printf("task %s%n", read.task().name().toLowerCase(Locale.ROOT));
            if (!read.featureNames().isEmpty()) {
                out.printf("features %s%n", read.featureNames());
            }
            if (!read.classNames().isEmpty()) {
                out.printf("outputs %s%n", read.classNames());
            }
            WeightCheck.of(read).forEach(finding -> out.println("look: " + finding));
        }
        return 0;
    }
}
