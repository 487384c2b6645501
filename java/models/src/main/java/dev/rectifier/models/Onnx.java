package dev.rectifier.models;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.rectifier.network.ModelException;
import dev.rectifier.network.Network;
import dev.rectifier.network.WholeFile;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Reads and writes networks as ONNX.
 *
 * <p>Read is what a graph computes, not how an exporter writes it: products with constants,
 * constants added and multiplied, batch normalization, the activations of ONNX, also where they are
 * spelt out in several nodes, softmax at the end, and whatever only changes shapes. Where a graph
 * is no such stack of layers, the first node that can't be done is named.
 */
public final class Onnx {
    private Onnx() {}

    /**
     * Reads a file, and numbers that are in others beside it.
     *
     * @param file the file
     * @return the network and what came with it
     * @throws ModelException if it can't be read, is damaged, isn't such a network, or has several
     *     outputs that could be meant
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
        return new OnnxGraph(file, parse(file)).network(output);
    }

    /**
     * Writes a network as it is at inference. The file has the lowest opset from 17 on that has all
     * activations: 18 with Mish, 20 with GELU; an input {@code features} and an output {@code
     * outputs}, both [rows, columns] in the network's type; and the names of classes and features
     * as JSON in the metadata. Scaling is done in double there, too. It is whole at any time: it is
     * written under another name and renamed.
     *
     * <p>Parameters of activations are single precision in ONNX. Where softplus has a threshold of
     * at least 20, it is left out, which changes less than the last bit of single precision.
     *
     * @param network the network
     * @param file the file
     * @throws IllegalArgumentException if ONNX has no operator for an activation, which is named,
     *     or the weights take more than 2 GiB
     * @throws ModelException if the file can't be written
     * @throws IllegalStateException if the network has been closed
     */
    public static void write(Network network, Path file) {
        Objects.requireNonNull(network, "network");
        Objects.requireNonNull(file, "file");
        ModelProto model = new OnnxWriter(network).model();
        WholeFile.write(
                file,
                channel -> {
                    OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel));
                    model.writeTo(out);
                    out.flush();
                });
    }

    private static ModelProto parse(Path file) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            ModelProto model = ModelProto.parseFrom(CodedInputStream.newInstance(in));
            if (model.getGraph().getNodeCount() == 0) {
                throw ModelException.of(file, "is no ONNX model: it has no graph with nodes");
            }
            return model;
        } catch (InvalidProtocolBufferException e) {
            throw ModelException.of(file, "is no ONNX model: %s", e.getMessage());
        } catch (IOException e) {
            throw ModelException.unreadable(file, "read", e);
        }
    }
}
