package dev.rectifier.network;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.rectifier.Activation;
import dev.rectifier.DType;
import dev.rectifier.Initializer;
import dev.rectifier.Learned;
import dev.rectifier.Span;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** A {@link Network} as {@link Safetensors}, with its architecture in the metadata. */
final class NetworkFile {
    static final String FORMAT = "rectifier.network";
    private static final int VERSION = 1;
    private static final String SCALE = "scaling/scale";
    private static final String SHIFT = "scaling/shift";
    private static final JsonFactory JSON =
            JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private final Path path;
    private final Safetensors file;

    private NetworkFile(Safetensors file) {
        this.path = file.path();
        this.file = file;
    }

    static void save(Network network, long seed, Path path) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("format", FORMAT);
        metadata.put("version", Integer.toString(VERSION));
        metadata.put("dtype", network.dtype().name().toLowerCase(Locale.ROOT));
        metadata.put("inputs", Integer.toString(network.inputs()));
        metadata.put("seed", Long.toString(seed));
        metadata.put("task", network.task().name().toLowerCase(Locale.ROOT));
        metadata.put("layers", layers(network.layers()));
        if (!network.classNames().isEmpty()) {
            metadata.put("classes", strings(network.classNames()));
        }
        if (!network.featureNames().isEmpty()) {
            metadata.put("features", strings(network.featureNames()));
        }
        List<Safetensors.Source> tensors = new ArrayList<>();
        network.scaling()
                .ifPresent(
                        scaling -> {
                            tensors.add(doubles(SCALE, scaling.scales()));
                            tensors.add(doubles(SHIFT, scaling.shifts()));
                        });
        for (int l = 0; l < network.layers().size(); l++) {
            Layer layer = network.layer(l);
            List<Weights> weights = layer.weights();
            for (Weights tensor : weights) {
                Span values = tensor.value();
                int units = layer.dense().units();
                tensors.add(
                        tensor == weights.get(0)
                                ? new Safetensors.Source(
                                        tensor.name(), values, values.length() / units, units)
                                : new Safetensors.Source(tensor.name(), values, units));
            }
        }
        Safetensors.write(path, metadata, tensors);
    }

    private static Safetensors.Source doubles(String name, double[] values) {
        Span span = Span.allocate(DType.FLOAT64, values.length);
        Elements.write(values, span, values.length);
        return new Safetensors.Source(name, span, values.length);
    }

    private static String layers(List<Dense> layers) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartArray();
            for (Dense dense : layers) {
                json.writeStartObject();
                json.writeNumberField("units", dense.units());
                json.writeStringField("activation", FunctionText.of(dense.activation()));
                json.writeStringField(
                        "kernelInitializer", FunctionText.of(dense.kernelInitializer()));
                if (dense.dropout() > 0) {
                    json.writeNumberField("dropout", dense.dropout());
                }
                json.writeEndObject();
            }
            json.writeEndArray();
        } catch (IOException e) {
            throw new AssertionError("a string can be written to", e);
        }
        return text.toString();
    }

    private static String strings(List<String> strings) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeArray(strings.toArray(String[]::new), 0, strings.size());
        } catch (IOException e) {
            throw new AssertionError("a string can be written to", e);
        }
        return text.toString();
    }

    static Network load(Path path) {
        try (Safetensors file = Safetensors.open(path)) {
            return new NetworkFile(file).network();
        }
    }

    private Network network() {
        String format = file.metadata().get("format");
        if (!FORMAT.equals(format)) {
            throw ModelException.of(
                    path,
                    "is a safetensors file without the layers of a network: its metadata has format"
                            + " %s, not '%s'",
                    format == null ? "of no kind" : ModelException.quote(format),
                    FORMAT);
        }
        int version = integer("version", 1);
        if (version > VERSION) {
            throw ModelException.of(
                    path,
                    "has version %d of the format, of which this Rectifier knows up to %d",
                    version,
                    VERSION);
        }
        DType dtype = dtype();
        Task task = task();
        int inputs = integer("inputs", 1);
        List<Dense> layers = layers();
        requireTensors(dtype, inputs, layers);
        Network network;
        try {
            network = Network.blank(dtype, inputs, layers, seed());
        } catch (IllegalArgumentException e) {
            throw ModelException.of(path, "%s", e.getMessage());
        }
        network.setTask(task);
        try {
            for (Weights weights : network.weights()) {
                double[] values = file.doubles(file.tensor(weights.name()));
                Elements.write(values, weights.value(), values.length);
            }
            if (file.tensors().containsKey(SCALE)) {
                network.setScaling(
                        new Scaling(
                                file.doubles(file.tensor(SCALE)),
                                file.doubles(file.tensor(SHIFT))));
            }
            if (file.metadata().containsKey("classes")) {
                network.setClassNames(names("classes"));
            }
            if (file.metadata().containsKey("features")) {
                network.setFeatureNames(names("features"));
            }
            return network;
        } catch (IllegalArgumentException e) {
            network.close();
            throw ModelException.of(path, "%s", e.getMessage());
        } catch (RuntimeException | Error e) {
            network.close();
            throw e;
        }
    }

    private String text(String key) {
        String text = file.metadata().get(key);
        if (text == null) {
            throw ModelException.of(path, "its metadata lacks %s", key);
        }
        return text;
    }

    private int integer(String key, int least) {
        String text = text(key);
        try {
            int value = Integer.parseInt(text);
            if (value >= least) {
                return value;
            }
        } catch (NumberFormatException e) {
            // As one that is too small.
        }
        throw ModelException.of(
                path,
                "%s in its metadata must be a whole number from %d on, not %s",
                key,
                least,
                ModelException.quote(text));
    }

    private long seed() {
        String text = text("seed");
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw ModelException.of(
                    path,
                    "seed in its metadata must be a whole number, not %s",
                    ModelException.quote(text));
        }
    }

    private DType dtype() {
        String text = text("dtype");
        return DType.arithmeticTypes().stream()
                .filter(dtype -> dtype.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst()
                .orElseThrow(
                        () ->
                                ModelException.of(
                                        path,
                                        "dtype in its metadata must be float32 or float64, not %s",
                                        ModelException.quote(text)));
    }

    /** A file that says nothing is from a time when all networks were classifiers. */
    private Task task() {
        String text = file.metadata().getOrDefault("task", "classification");
        return Arrays.stream(Task.values())
                .filter(task -> task.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst()
                .orElseThrow(
                        () ->
                                ModelException.of(
                                        path,
                                        "task in its metadata is %s, of which this Rectifier knows"
                                                + " classification, binary and regression",
                                        ModelException.quote(text)));
    }

    private List<Dense> layers() {
        List<Dense> layers = new ArrayList<>();
        try (JsonParser json = JSON.createParser(text("layers"))) {
            require(json.nextToken() == JsonToken.START_ARRAY, "layers in its metadata is no list");
            while (json.nextToken() == JsonToken.START_OBJECT) {
                layers.add(layer(json, layers.size()));
            }
            require(
                    json.currentToken() == JsonToken.END_ARRAY && json.nextToken() == null,
                    "layers in its metadata is no list of objects");
        } catch (JsonProcessingException e) {
            throw ModelException.of(
                    path, "layers in its metadata is no JSON: %s", e.getOriginalMessage());
        } catch (IOException e) {
            throw ModelException.unreadable(path, "read", e);
        }
        return layers;
    }

    private void require(boolean condition, String otherwise) {
        if (!condition) {
            throw ModelException.of(path, "%s", otherwise);
        }
    }

    private Dense layer(JsonParser json, int index) throws IOException {
        int units = 0;
        Activation activation = null;
        Initializer initializer = null;
        double dropout = 0;
        try {
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String key = json.currentName();
                JsonToken value = json.nextToken();
                boolean right =
                        switch (key) {
                            case "units" -> value == JsonToken.VALUE_NUMBER_INT;
                            case "dropout" -> value.isNumeric();
                            default -> value == JsonToken.VALUE_STRING;
                        };
                if (!right) {
                    throw new IllegalArgumentException(key + " is " + value);
                }
                switch (key) {
                    case "units" -> units = json.getIntValue();
                    case "activation" -> activation = FunctionText.activation(json.getText());
                    case "kernelInitializer" ->
                            initializer = FunctionText.initializer(json.getText());
                    case "dropout" -> dropout = json.getDoubleValue();
                    default -> throw new IllegalArgumentException("there is no " + key);
                }
            }
            if (activation == null || initializer == null) {
                throw new IllegalArgumentException(
                        "units, activation or kernelInitializer is missing");
            }
            return new Dense(units, activation, initializer, dropout);
        } catch (JsonProcessingException e) {
            throw ModelException.of(path, "dense%d: %s", index, e.getOriginalMessage());
        } catch (IllegalArgumentException e) {
            throw ModelException.of(path, "dense%d: %s", index, e.getMessage());
        }
    }

    private List<String> names(String key) {
        List<String> names = new ArrayList<>();
        try (JsonParser json = JSON.createParser(text(key))) {
            require(json.nextToken() == JsonToken.START_ARRAY, key + " in its metadata is no list");
            while (json.nextToken() == JsonToken.VALUE_STRING) {
                names.add(json.getText());
            }
            require(
                    json.currentToken() == JsonToken.END_ARRAY && json.nextToken() == null,
                    key + " in its metadata is no list of texts");
        } catch (JsonProcessingException e) {
            throw ModelException.of(
                    path, "%s in its metadata is no JSON: %s", key, e.getOriginalMessage());
        } catch (IOException e) {
            throw ModelException.unreadable(path, "read", e);
        }
        return names;
    }

    /** All tensors have their right type and shape, before memory is taken for them. */
    private void requireTensors(DType dtype, int inputs, List<Dense> layers) {
        String type = "F" + Byte.SIZE * dtype.bytes();
        Set<String> known = new TreeSet<>();
        if (file.tensors().containsKey(SCALE) || file.tensors().containsKey(SHIFT)) {
            requireTensor(known, SCALE, "F64", inputs);
            requireTensor(known, SHIFT, "F64", inputs);
        }
        long width = inputs;
        for (int l = 0; l < layers.size(); l++) {
            Dense dense = layers.get(l);
            requireTensor(known, "dense" + l + "/kernel", type, width, dense.units());
            requireTensor(known, "dense" + l + "/bias", type, dense.units());
            if (dense.activation() instanceof Learned f) {
                requireTensor(known, "dense" + l + "/" + f.parameterName(), type, dense.units());
            }
            width = dense.units();
        }
        for (String name : file.tensors().keySet()) {
            if (!known.contains(name)) {
                throw ModelException.of(
                        path, "tensor %s belongs to no layer", ModelException.quote(name));
            }
        }
    }

    private void requireTensor(Set<String> known, String name, String type, long... shape) {
        known.add(name);
        Safetensors.Tensor tensor = file.tensor(name);
        List<Long> wanted = Arrays.stream(shape).boxed().toList();
        if (!tensor.type().equals(type) || !tensor.shape().equals(wanted)) {
            throw ModelException.of(
                    path,
                    "tensor '%s' is %s %s, not %s %s as the layers ask for",
                    name,
                    tensor.type(),
                    tensor.shape(),
                    type,
                    wanted);
        }
    }
}
