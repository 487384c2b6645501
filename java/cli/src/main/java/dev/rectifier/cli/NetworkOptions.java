package dev.rectifier.cli;

import dev.rectifier.DType;
import dev.rectifier.models.ImportedNetwork;
import dev.rectifier.models.Models;
import dev.rectifier.models.Torch;
import dev.rectifier.network.Network;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a file with a network is read; a {@link Mixin}. */
final class NetworkOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--output",
            paramLabel = "NAME",
            defaultValue = Option.NULL_VALUE,
            description = "Which output is wanted, where a file has several.")
    private Optional<String> output;

    @Option(
            names = "--layers",
            paramLabel = "L,...",
            converter = Listing.OfTexts.class,
            description =
                    "The layers of a state_dict of PyTorch in safetensors: names of modules and classes of"
                            + " torch.nn, as in fc1,ReLU,fc2.")
    private Listing<String> layers;

    /** The network in the type of its file, or in another. */
    Network read(Path file, Optional<DType> dtype) {
        if (layers == null && Models.isSafetensors(file)) {
            return Network.load(file);
        }
        ImportedNetwork model =
                layers == null ? Models.read(file, output) : Torch.read(file, layers.values());
        model.notes().forEach(note -> Usage.note(command, file + ": " + note));
        return model.network(dtype.orElse(model.dtype()));
    }
}
