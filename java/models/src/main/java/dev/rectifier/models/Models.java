package dev.rectifier.models;

import dev.rectifier.network.ModelException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads networks of other systems, whatever the files are called. */
public final class Models {
    private static final byte[] HDF5 = {(byte) 0x89, 'H', 'D', 'F'};

    private Models() {}

    /**
     * Reads a file by {@link Keras} or {@link Onnx}: the one that its content is of. The weights
     * that belong to an architecture in JSON are looked for beside it, under the same name with
     * {@code .weights.h5}, {@code _weights.h5} or {@code .h5} at its end.
     *
     * @param file the file
     * @return the network and what came with it
     * @throws ModelException if it can't be read, is damaged or isn't a network that we can do
     */
    public static ImportedNetwork read(Path file) {
        return read(file, Optional.empty());
    }

    /**
     * Reads a file, with the output that is wanted of several.
     *
     * @param file the file
     * @param output the name of the output
     * @return the network and what came with it
     * @throws ModelException as {@link #read(Path)}
     */
    public static ImportedNetwork read(Path file, Optional<String> output) {
        byte[] start = start(file);
        if (start.length >= 2 && start[0] == 'P' && start[1] == 'K' || isHdf5(start)) {
            return Keras.read(file, output);
        }
        if (isSafetensors(start)) {
            throw ModelException.of(
                    file, "is a safetensors file: Network.load reads ours, Torch.read PyTorch's");
        }
        if (start.length > 0 && (start[0] == '{' || start[0] == '[')) {
            return Keras.read(file, weightsBeside(file));
        }
        return Onnx.read(file, output);
    }

    private static boolean isHdf5(byte[] start) {
        // A block of the user's may come first, of a power of two.
        for (int at = 0; at + HDF5.length <= start.length; at = at == 0 ? 512 : at * 2) {
            if (Arrays.equals(start, at, at + HDF5.length, HDF5, 0, HDF5.length)) {
                return true;
            }
        }
        return false;
    }

    /**
     * {@return whether a file begins as safetensors do}
     *
     * @param file the file
     */
    public static boolean isSafetensors(Path file) {
        return isSafetensors(start(file));
    }

    private static boolean isSafetensors(byte[] start) {
        return start.length > 8 && start[8] == '{' && start[7] == 0 && start[6] == 0;
    }

    private static byte[] start(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(2048);
        } catch (IOException e) {
            throw ModelException.unreadable(file, "read", e);
        }
    }

    private static Path weightsBeside(Path json) {
        String name = json.getFileName().toString().replaceFirst("[.]json$", "");
        return Stream.of(".weights.h5", "_weights.h5", ".h5")
                .map(ending -> json.resolveSibling(name + ending))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(
                        () ->
                                ModelException.of(
                                        json,
                                        "is an architecture without weights, and there is no %s.weights.h5"
                                                + " beside it",
                                        name));
    }
}
