package dev.rectifier.models;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rectifier.Activation;
import dev.rectifier.AxisFunction;
import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Presets;
import dev.rectifier.network.ModelException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Turns layers of Keras into a {@link Chain}, one after the other. */
final class KerasReader {
    private final Path path;
    private final boolean keras3;
    private final List<String> notes = new ArrayList<>();
    private boolean isDouble;

    /** Of one example; null until it is known. */
    private long[] shape;

    private Chain chain;

    KerasReader(Path path, boolean keras3) {
        this.path = path;
        this.keras3 = keras3;
    }

    ImportedNetwork network() {
        if (chain == null) {
            throw ModelException.of(path, "no layer says how many features there are");
        }
        return new ImportedNetwork(
                path, isDouble ? DType.FLOAT64 : DType.FLOAT32, chain, List.of(), notes);
    }

    /**
     * @param weights reads the layer's arrays, in the order of the file
     */
    void add(KerasLayer layer, Supplier<List<Hdf5.Tensor>> weights) {
        readShape(layer);
        readType(layer);
        switch (layer.kind()) {
            case "InputLayer" -> begin(layer);
            case "Dropout",
                    "GaussianDropout",
                    "GaussianNoise",
                    "AlphaDropout",
                    "ActivityRegularization" ->
                    begin(layer);
            case "Flatten", "Reshape" -> reshape(layer);
            case "Dense" -> dense(layer, weights.get());
            case "BatchNormalization" -> batchNormalization(layer, weights.get());
            case "Normalization" -> normalization(layer, weights.get());
            case "Rescaling" -> rescaling(layer);
            case "PReLU" -> prelu(layer, weights.get());
            case "Activation" -> activation(layer, named(layer, layer.config().path("activation")));
            default -> activation(layer, activationLayer(layer));
        }
    }

    private ModelException refused(KerasLayer layer, String why) {
        return ModelException.of(path, "%s %s", layer, why);
    }

    private void readShape(KerasLayer layer) {
        if (shape != null) {
            return;
        }
        JsonNode batch = layer.config().path("batch_shape");
        if (!batch.isArray()) {
            batch = layer.config().path("batch_input_shape");
        }
        if (!batch.isArray()) {
            batch = layer.node().path("build_config").path("input_shape");
        }
        // Some files have a list of the shapes of all inputs.
        if (batch.isArray() && batch.size() == 1 && batch.get(0).isArray()) {
            batch = batch.get(0);
        }
        long[] dimensions = null;
        if (batch.isArray() && batch.size() >= 1) {
            dimensions = new long[batch.size() - 1];
            for (int i = 0; i < dimensions.length; i++) {
                JsonNode n = batch.get(i + 1);
                if (!n.canConvertToInt() || n.asInt() < 1) {
                    return;
                }
                dimensions[i] = n.asInt();
            }
        } else if (layer.config().path("input_dim").canConvertToInt()
                && layer.config().path("input_dim").asInt() > 0) {
            dimensions = new long[] {layer.config().path("input_dim").asInt()};
        }
        if (dimensions != null) {
            set(layer, dimensions);
        }
    }

    private void set(KerasLayer layer, long... dimensions) {
        long size = 1;
        for (long n : dimensions) {
            size = n == 0 || size > Integer.MAX_VALUE / n ? -1 : size * n;
            if (size < 0) {
                throw refused(layer, "has the impossible shape " + Arrays.toString(dimensions));
            }
        }
        shape = dimensions;
        if (chain == null) {
            chain = Chain.of((int) size);
        }
    }

    /** Types are texts, or objects with a name in them. */
    private void readType(KerasLayer layer) {
        JsonNode dtype = layer.config().path("dtype");
        String name =
                dtype.isObject() ? dtype.path("config").path("name").asText() : dtype.asText();
        if (name.equals("float64")) {
            isDouble = true;
        } else if (name.endsWith("float16")) {
            String note = "computes in " + name + " in Keras, in float32 here";
            if (!notes.contains(note)) {
                notes.add(note);
            }
        }
    }

    private void begin(KerasLayer layer) {
        if (layer.kind().equals("InputLayer") && shape == null) {
            throw refused(layer, "has a size that isn't fixed");
        }
    }

    private void requireShape(KerasLayer layer) {
        if (chain == null) {
            throw refused(layer, "is there before any layer says how many features there are");
        }
    }

    private void reshape(KerasLayer layer) {
        requireShape(layer);
        String format = layer.config().path("data_format").asText();
        if (format.equals("channels_first")
                && Arrays.stream(shape).filter(n -> n != 1).count() > 1) {
            throw refused(layer, "moves channels, data_format channels_first");
        }
        if (layer.kind().equals("Flatten")) {
            shape = new long[] {chain.width()};
            return;
        }
        JsonNode target = layer.config().path("target_shape");
        long[] dimensions = new long[target.size()];
        long known = 1;
        for (int i = 0; i < dimensions.length; i++) {
            dimensions[i] = target.get(i).asInt();
            known *= dimensions[i] == -1 ? 1 : dimensions[i];
        }
        long rest = known <= 0 ? 0 : chain.width() / known;
        long product = 1;
        for (int i = 0; i < dimensions.length; i++) {
            dimensions[i] = dimensions[i] == -1 ? rest : dimensions[i];
            product *= dimensions[i];
        }
        if (known <= 0 || product != chain.width()) {
            throw refused(layer, "can't make " + target + " of " + chain.width() + " features");
        }
        shape = dimensions;
    }

    /** The last axis has all features. */
    private void requireFlat(KerasLayer layer) {
        requireShape(layer);
        long last = shape.length == 0 ? 1 : shape[shape.length - 1];
        if (last != chain.width()) {
            throw refused(
                    layer,
                    "works along the last axis of " + Arrays.toString(shape) + ", not on a vector");
        }
    }

    private void dense(KerasLayer layer, List<Hdf5.Tensor> weights) {
        boolean hasBias = layer.flag(true, "use_bias", "bias");
        require(layer, weights, hasBias ? 2 : 1);
        Hdf5.Tensor kernel = weights.get(0);
        if (kernel.shape().length != 2) {
            throw refused(layer, "has a kernel " + Arrays.toString(kernel.shape()));
        }
        if (chain == null) {
            set(layer, kernel.shape()[0]);
        }
        requireFlat(layer);
        long units = layer.number("units", "output_dim").orElse(-1.0).longValue();
        requireTensor(layer, kernel, chain.width(), units);
        double[] bias = new double[(int) units];
        if (hasBias) {
            requireTensor(layer, weights.get(1), units);
            bias = weights.get(1).values();
        }
        isDouble |= kernel.isDouble();
        chain = chain.dense(kernel.values(), bias, layer.toString());
        shape[shape.length - 1] = units;
        activation(layer, named(layer, layer.config().path("activation")));
    }

    private void require(KerasLayer layer, List<Hdf5.Tensor> weights, int count) {
        if (weights.isEmpty()) {
            throw refused(layer, "has no weights in the file");
        }
        if (weights.size() != count) {
            throw refused(
                    layer,
                    "has "
                            + weights.size()
                            + " arrays "
                            + weights.stream().map(Hdf5.Tensor::name).toList()
                            + ", not "
                            + count);
        }
    }

    private void requireTensor(KerasLayer layer, Hdf5.Tensor tensor, long... wanted) {
        if (!Arrays.equals(tensor.shape(), wanted)) {
            throw refused(
                    layer,
                    "needs %s %s, which the file has as %s"
                            .formatted(
                                    tensor.name(),
                                    Arrays.toString(wanted),
                                    Arrays.toString(tensor.shape())));
        }
        for (double value : tensor.values()) {
            if (!Double.isFinite(value)) {
                throw refused(layer, "has " + value + " in " + tensor.name());
            }
        }
    }

    private void batchNormalization(KerasLayer layer, List<Hdf5.Tensor> weights) {
        requireShape(layer);
        requireLastAxis(layer, layer.config().path("axis"));
        if (layer.number("mode").orElse(0.0) == 1) {
            throw refused(layer, "normalizes each example by itself (mode 1)");
        }
        requireFlat(layer);
        boolean center = layer.flag(true, "center");
        boolean scale = layer.flag(true, "scale");
        require(layer, weights, 2 + (center ? 1 : 0) + (scale ? 1 : 0));
        int n = chain.width();
        weights.forEach(tensor -> requireTensor(layer, tensor, n));
        int at = 0;
        double[] gamma = scale ? weights.get(at++).values() : null;
        double[] beta = center ? weights.get(at++).values() : null;
        double[] mean = weights.get(at++).values();
        double[] variance = weights.get(at).values();
        double epsilon = layer.number("epsilon").orElse(1e-3);
        double[] factor = new double[n];
        double[] shift = new double[n];
        for (int i = 0; i < n; i++) {
            factor[i] = (gamma == null ? 1 : gamma[i]) / Math.sqrt(variance[i] + epsilon);
            shift[i] = (beta == null ? 0 : beta[i]) - mean[i] * factor[i];
        }
        chain = chain.affine(factor, shift, layer.toString());
    }

    /** An axis is a number or a list of one. */
    private void requireLastAxis(KerasLayer layer, JsonNode axis) {
        JsonNode one = axis.isArray() && axis.size() == 1 ? axis.get(0) : axis;
        boolean last = one.isMissingNode() || one.asInt() == -1 || one.asInt() == shape.length;
        if (!last || one.isArray()) {
            throw refused(layer, "has axis " + axis + ", not the last one");
        }
    }

    private void normalization(KerasLayer layer, List<Hdf5.Tensor> weights) {
        requireShape(layer);
        int n = chain.width();
        double[] mean;
        double[] variance;
        if (layer.config().path("mean").isNull() || layer.config().path("mean").isMissingNode()) {
            if (weights.size() < 2) {
                throw refused(layer, "has no mean and variance in the file");
            }
            mean = spread(layer, weights.get(0).values(), n);
            variance = spread(layer, weights.get(1).values(), n);
        } else {
            mean = spread(layer, numbers(layer.config().path("mean")), n);
            variance = spread(layer, numbers(layer.config().path("variance")), n);
        }
        boolean invert = layer.flag(false, "invert");
        double[] factor = new double[n];
        double[] shift = new double[n];
        for (int i = 0; i < n; i++) {
            // As Keras does: the standard deviation, but at least 1e-7.
            double deviation = Math.max(Math.sqrt(variance[i]), 1e-7);
            factor[i] = invert ? deviation : 1 / deviation;
            shift[i] = invert ? mean[i] : -mean[i] / deviation;
        }
        chain = chain.affine(factor, shift, layer.toString());
    }

    private double[] spread(KerasLayer layer, double[] values, int n) {
        if (values.length == n && (shape.length == 1 || n == 1)
                || values.length == n && shape[shape.length - 1] == n) {
            return values;
        }
        if (values.length == 1) {
            double[] spread = new double[n];
            Arrays.fill(spread, values[0]);
            return spread;
        }
        throw refused(layer, "has %d numbers for %d features".formatted(values.length, n));
    }

    private static double[] numbers(JsonNode node) {
        JsonNode value = node.isObject() && node.has("value") ? node.get("value") : node;
        if (value.isNumber()) {
            return new double[] {value.asDouble()};
        }
        List<Double> numbers = new ArrayList<>();
        flatten(value, numbers);
        return numbers.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static void flatten(JsonNode node, List<Double> numbers) {
        if (node.isNumber()) {
            numbers.add(node.asDouble());
        }
        node.forEach(child -> flatten(child, numbers));
    }

    private void rescaling(KerasLayer layer) {
        requireShape(layer);
        int n = chain.width();
        double[] scale = numbers(layer.config().path("scale"));
        double[] offset = numbers(layer.config().path("offset"));
        chain =
                chain.affine(
                        spread(layer, scale.length == 0 ? new double[] {1} : scale, n),
                        spread(layer, offset.length == 0 ? new double[] {0} : offset, n),
                        layer.toString());
    }

    private void prelu(KerasLayer layer, List<Hdf5.Tensor> weights) {
        requireShape(layer);
        require(layer, weights, 1);
        Hdf5.Tensor alpha = weights.get(0);
        int n = chain.width();
        if (alpha.shape().length != shape.length) {
            throw refused(layer, "has slopes " + Arrays.toString(alpha.shape()));
        }
        for (int i = 0; i < shape.length; i++) {
            if (alpha.shape()[i] != shape[i] && alpha.shape()[i] != 1) {
                throw refused(layer, "has slopes " + Arrays.toString(alpha.shape()));
            }
        }
        requireTensor(layer, alpha, alpha.shape());
        double[] slopes = new double[n];
        for (int i = 0; i < n; i++) {
            int rest = i;
            int from = 0;
            int step = 1;
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                int place = (int) (rest % shape[axis]);
                rest /= (int) shape[axis];
                from += alpha.shape()[axis] == 1 ? 0 : place * step;
                step *= (int) alpha.shape()[axis];
            }
            slopes[i] = alpha.values()[from];
        }
        chain = chain.prelu(slopes, layer.toString());
    }

    private void activation(KerasLayer layer, Activation f) {
        requireShape(layer);
        if (f instanceof AxisFunction) {
            requireFlat(layer);
        }
        if (!(f instanceof AxisFunction || f instanceof Elementwise)) {
            throw refused(layer, "has an activation that changes the number of features");
        }
        if (chain.endsInAxisFunction() && !f.equals(Elementwise.linear())) {
            throw refused(
                    layer, "follows a softmax or the like, which only the last layer can have");
        }
        chain = chain.function(f, layer.toString());
    }

    /** An activation by name, or an object with its class and configuration. */
    private Activation named(KerasLayer layer, JsonNode activation) {
        if (activation.isMissingNode() || activation.isNull()) {
            return Elementwise.linear();
        }
        if (activation.isObject()) {
            JsonNode config = activation.path("config");
            if (config.isTextual()) {
                return named(layer, config);
            }
            String kind = activation.path("class_name").asText();
            if (config.isObject() && !kind.equals("function")) {
                return activationLayer(layer, new KerasLayer(activation));
            }
            return named(layer, config.isObject() ? config.path("name") : activation.path("name"));
        }
        String name = activation.asText();
        // Before Keras 3 it had another slope.
        if (name.equals("hard_sigmoid") && !keras3) {
            return Elementwise.hardSigmoid(0.2, 0.5);
        }
        try {
            return Presets.of("keras.activations." + name);
        } catch (IllegalArgumentException e) {
            throw refused(layer, "has the unknown activation " + ModelException.quote(name));
        }
    }

    private Activation activationLayer(KerasLayer layer) {
        return activationLayer(layer, layer);
    }

    private Activation activationLayer(KerasLayer layer, KerasLayer f) {
        try {
            switch (f.kind()) {
                case "ReLU" -> {
                    double slope = f.number("negative_slope").orElse(0.0);
                    double threshold = f.number("threshold").orElse(0.0);
                    Optional<Double> most = f.number("max_value");
                    if (slope == 0 && threshold == 0 && most.isEmpty()) {
                        return Elementwise.relu();
                    }
                    return Elementwise.generalizedRelu(
                            slope, most.orElse(Double.POSITIVE_INFINITY), threshold);
                }
                case "LeakyReLU" -> {
                    return Elementwise.leakyRelu(f.number("negative_slope", "alpha").orElse(0.3));
                }
                case "ELU" -> {
                    return Elementwise.elu(f.number("alpha").orElse(1.0));
                }
                case "ThresholdedReLU" -> {
                    return Elementwise.threshold(f.number("theta").orElse(1.0), 0);
                }
                case "Softmax" -> {
                    requireShape(layer);
                    requireLastAxis(layer, f.config().path("axis"));
                    return AxisFunction.softmax(-1);
                }
                default -> throw refused(layer, "is none that we know");
            }
        } catch (IllegalArgumentException e) {
            throw refused(layer, e.getMessage());
        }
    }
}
