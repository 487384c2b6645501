package dev.rectifier.models;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rectifier.network.ModelException;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Reads networks of Keras: {@code .keras} files of Keras 3, HDF5 files of Keras 1 and 2, and
 * architectures in JSON with the weights in a file of their own. What a file is, its content says,
 * not its name.
 *
 * <p>Read are stacks of {@code Dense}, {@code Activation} and the layers of activations, {@code
 * BatchNormalization}, {@code Normalization}, {@code Rescaling}, {@code Flatten}, {@code Reshape}
 * and what does nothing at inference, as {@code Dropout}, in a {@code Sequential} or a functional
 * model that is one chain. Anything else is refused with the name of its first layer that can't be
 * done.
 */
public final class Keras {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LARGEST_TEXT = 64 << 20;

    private final Path path;
    private final JsonNode model;
    private final boolean keras3;

    private Keras(Path path, JsonNode model, boolean keras3) {
        this.path = path;
        this.model = model;
        this.keras3 = keras3;
    }

    /**
     * Reads a file that has architecture and weights.
     *
     * @param file the file
     * @return the network and what came with it
     * @throws ModelException if it can't be read, is damaged or isn't such a network
     */
    public static ImportedNetwork read(Path file) {
        return read(file, Optional.empty());
    }

    /**
     * Reads a file, with the output that is wanted of several.
     *
     * @param file the file
     * @param output the name of the layer whose output it is
     * @return the network and what came with it
     * @throws ModelException as {@link #read(Path)}
     */
    public static ImportedNetwork read(Path file, Optional<String> output) {
        return isZip(file) ? readZip(file, output) : readHdf5(file, output);
    }

    private static boolean isZip(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] start = in.readNBytes(2);
            return start.length == 2 && start[0] == 'P' && start[1] == 'K';
        } catch (IOException e) {
            throw ModelException.unreadable(file, "read", e);
        }
    }

    /**
     * Reads an architecture that {@code to_json} wrote, and weights that {@code save_weights} did.
     *
     * @param json the architecture
     * @param weights the weights
     * @return the network and what came with it
     * @throws ModelException as {@link #read(Path)}
     */
    public static ImportedNetwork read(Path json, Path weights) {
        try {
            if (Files.size(json) > LARGEST_TEXT) {
                throw ModelException.of(json, "is too large for an architecture in JSON");
            }
            JsonNode model = parse(json, Files.readString(json));
            boolean keras3 = model.path("module").isTextual();
            try (Hdf5 file = Hdf5.open(weights, Files.size(weights))) {
                return new Keras(json, model, keras3).network(file, Optional.empty());
            }
        } catch (IOException e) {
            throw ModelException.unreadable(json, "read", e);
        }
    }

    private static ImportedNetwork readZip(Path path, Optional<String> output) {
        try (ZipFile zip = new ZipFile(path.toFile())) {
            String config =
                    new String(
                            content(path, zip, "config.json", LARGEST_TEXT),
                            StandardCharsets.UTF_8);
            byte[] weights = content(path, zip, "model.weights.h5", Integer.MAX_VALUE - 8);
            try (Hdf5 file = Hdf5.of(path, weights)) {
                return new Keras(path, parse(path, config), true).network(file, output);
            }
        } catch (IOException e) {
            throw ModelException.unreadable(path, "read", e);
        } catch (UnsupportedOperationException e) {
            throw ModelException.of(path, "is no file of the default file system");
        }
    }

    private static byte[] content(Path path, ZipFile zip, String name, int most)
            throws IOException {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            throw ModelException.of(path, "is a zip archive without %s, so no .keras file", name);
        }
        try (InputStream in = zip.getInputStream(entry)) {
            byte[] bytes = in.readNBytes(most);
            if (in.read() >= 0) {
                throw ModelException.of(path, "%s in it has more than %d bytes", name, most);
            }
            return bytes;
        }
    }

    private static ImportedNetwork readHdf5(Path path, Optional<String> output) {
        try (Hdf5 file = Hdf5.open(path, Files.size(path))) {
            Optional<String> config = file.text(file.root(), "model_config");
            if (config.isEmpty()) {
                throw ModelException.of(
                        path,
                        "has weights but no architecture (no attribute model_config): read it with the"
                                + " JSON that to_json writes");
            }
            return new Keras(path, parse(path, config.get()), false).network(file, output);
        } catch (IOException e) {
            throw ModelException.unreadable(path, "read", e);
        }
    }

    private static JsonNode parse(Path path, String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw ModelException.of(
                    path, "its architecture is no JSON: %s", e.getOriginalMessage());
        }
    }

    private ImportedNetwork network(Hdf5 file, Optional<String> output) {
        List<KerasLayer> layers = layers(output);
        List<KerasLayer> all = allLayers();
        Weights weights = keras3 ? weights3(file, all) : weights2(file);
        KerasReader reader = new KerasReader(path, keras3);
        for (KerasLayer layer : layers) {
            reader.add(layer, () -> weights.of(layer));
        }
        return reader.network();
    }

    /** Finds the arrays of a layer. */
    @FunctionalInterface
    private interface Weights {
        List<Hdf5.Tensor> of(KerasLayer layer);
    }

    private List<KerasLayer> allLayers() {
        JsonNode config = model.path("config");
        JsonNode list = config.isArray() ? config : config.path("layers");
        if (!list.isArray() || list.isEmpty()) {
            throw ModelException.of(path, "its architecture has no list of layers");
        }
        List<KerasLayer> layers = new ArrayList<>();
        for (JsonNode layer : list) {
            layers.add(new KerasLayer(layer));
        }
        return layers;
    }

    /** The layers from the features to the output. */
    private List<KerasLayer> layers(Optional<String> output) {
        String kind = model.path("class_name").asText();
        List<KerasLayer> all = allLayers();
        switch (kind) {
            case "Sequential" -> {
                return all;
            }
            case "Model", "Functional" -> {
                return functional(all, output);
            }
            default ->
                    throw ModelException.of(
                            path,
                            "is a model of class %s, neither Sequential nor functional",
                            ModelException.quote(kind));
        }
    }

    private List<KerasLayer> functional(List<KerasLayer> all, Optional<String> output) {
        Map<String, KerasLayer> byName = new LinkedHashMap<>();
        all.forEach(layer -> byName.put(layer.name(), layer));
        List<String> outputs = references(model.path("config").path("output_layers"));
        List<String> inputs = references(model.path("config").path("input_layers"));
        if (output.isEmpty() && outputs.size() != 1) {
            throw ModelException.of(
                    path,
                    "has %d outputs, of which one must be named: %s",
                    outputs.size(),
                    outputs);
        }
        String at = output.orElseGet(() -> outputs.get(0));
        List<KerasLayer> chain = new ArrayList<>();
        while (true) {
            KerasLayer layer = byName.get(at);
            if (layer == null) {
                throw ModelException.of(path, "has no layer %s", ModelException.quote(at));
            }
            if (chain.contains(layer)) {
                throw ModelException.of(path, "%s is used in a circle", layer);
            }
            chain.add(0, layer);
            List<String> before = references(layer.node().path("inbound_nodes"));
            if (before.isEmpty() && (inputs.contains(at) || layer.kind().equals("InputLayer"))) {
                return chain;
            }
            if (before.size() != 1) {
                throw ModelException.of(
                        path,
                        "%s has %d inputs %s, so that this is no stack of layers",
                        layer,
                        before.size(),
                        before);
            }
            at = before.get(0);
        }
    }

    /** The names of layers in a node of any form that Keras has had. */
    private static List<String> references(JsonNode node) {
        List<String> names = new ArrayList<>();
        collect(node, names);
        return names;
    }

    private static void collect(JsonNode node, List<String> names) {
        boolean reference =
                node.isArray()
                        && node.size() >= 3
                        && node.get(0).isTextual()
                        && node.get(1).isInt()
                        && node.get(2).isInt();
        if (reference) {
            names.add(node.get(0).asText());
        } else {
            node.forEach(child -> collect(child, names));
        }
    }

    /** Groups by the layer's name, with an attribute that lists the arrays in order. */
    private Weights weights2(Hdf5 file) {
        Group root = file.group(file.root(), "model_weights").orElse(file.root());
        return layer -> {
            Optional<Group> group = file.group(root, layer.name());
            List<Hdf5.Tensor> tensors = new ArrayList<>();
            if (group.isPresent()) {
                for (String name : file.texts(group.get(), "weight_names")) {
                    tensors.add(file.tensor(group.get(), name));
                }
            }
            return tensors;
        };
    }

    /**
     * Groups numbered per class, as Keras 3 does, or by the layer's name, which newer groups have
     * as an attribute.
     */
    private Weights weights3(Hdf5 file, List<KerasLayer> all) {
        Optional<Group> root = file.group(file.root(), "layers");
        if (root.isEmpty()) {
            root = file.group(file.root(), "_layer_checkpoint_dependencies");
        }
        if (root.isEmpty()) {
            throw ModelException.of(path, "its model.weights.h5 has no group of layers");
        }
        Group layers = root.get();
        Map<String, Group> byGroup = new LinkedHashMap<>();
        Map<String, Group> byAttribute = new HashMap<>();
        for (Node node : file.children(layers)) {
            if (node instanceof Group group) {
                byGroup.put(group.getName(), group);
                file.text(group, "name").ifPresent(name -> byAttribute.put(name, group));
                file.group(group, "vars")
                        .flatMap(vars -> file.text(vars, "name"))
                        .ifPresent(name -> byAttribute.put(name, group));
            }
        }
        Map<KerasLayer, String> numbered = new HashMap<>();
        Map<String, Integer> used = new HashMap<>();
        for (KerasLayer layer : all) {
            String name = snakeCase(layer.kind());
            int count = used.merge(name, 1, Integer::sum);
            numbered.put(layer, count == 1 ? name : name + "_" + (count - 1));
        }
        boolean numbers =
                all.stream()
                        .filter(KerasLayer::mustHaveWeights)
                        .allMatch(layer -> byGroup.containsKey(numbered.get(layer)));
        return layer -> {
            Group group = byAttribute.get(layer.name());
            if (group == null) {
                group = byGroup.get(numbers ? numbered.get(layer) : layer.name());
            }
            List<Hdf5.Tensor> tensors = new ArrayList<>();
            Optional<Group> vars = group == null ? Optional.empty() : file.group(group, "vars");
            if (vars.isPresent()) {
                int count = file.children(vars.get()).size();
                for (int i = 0; i < count; i++) {
                    tensors.add(file.tensor(vars.get(), Integer.toString(i)));
                }
            }
            return tensors;
        };
    }

    /** The name of a class as Keras writes it into its files. */
    static String snakeCase(String name) {
        return name.replaceAll("\\W+", "")
                .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
                .replaceAll("([a-z])([A-Z])", "$1_$2")
                .toLowerCase(Locale.ROOT);
    }
}
