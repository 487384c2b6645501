package dev.rectifier.cli;

import dev.rectifier.network.Dense;
import dev.rectifier.network.FunctionText;
import dev.rectifier.network.Network;
import java.io.PrintWriter;
import java.nio.file.Path;
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
        description = "Prints the layers and the number of parameters of a network in a file.",
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
                out.printf("dense %d %s%n", dense.units(), FunctionText.of(dense.activation()));
            }
            long parameters =
                    read.weights().stream().mapToLong(tensor -> tensor.value().length()).sum();
            out.printf("%d parameters of %s%n", parameters, read.dtype());
            if (!read.classNames().isEmpty()) {
                out.printf("outputs %s%n", read.classNames());
            }
        }
        return 0;
    }
}
