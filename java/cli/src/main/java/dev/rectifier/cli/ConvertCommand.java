package dev.rectifier.cli;

import dev.rectifier.models.Onnx;
import dev.rectifier.network.ModelException;
import dev.rectifier.network.Network;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Writes a network of another system as safetensors. */
@Command(
        name = "convert",
        description = {
            "Reads a network of dense layers from a file of Keras, ONNX, PyTorch or our own and writes it as"
                    + " safetensors with its layers, which 'rectifier predict' and Network.load read, or as"
                    + " ONNX if OUT ends in .onnx.",
            "A file is taken for what its content is; one that has anything else than such layers is"
                    + " refused with the name of the first."
        },
        footer = "  rectifier convert model.keras model.safetensors")
final class ConvertCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "IN", description = "The file to read.")
    private Path in;

    @Parameters(
            index = "1",
            paramLabel = "OUT",
            description = "The file to write; it is replaced as a whole.")
    private Path out;

    @Mixin private NetworkOptions network;

    @Mixin private ComputeOptions compute;

    @Override
    public Integer call() {
        compute.apply();
        try (Network read = network.read(in, Optional.empty())) {
            if (out.toString().endsWith(".onnx")) {
                write(read);
            } else {
                read.save(out);
            }
        }
        return 0;
    }

    private void write(Network read) {
        try {
            Onnx.write(read, out);
        } catch (IllegalArgumentException e) {
            throw ModelException.of(in, "can't be written as ONNX: %s", e.getMessage());
        }
    }
}
