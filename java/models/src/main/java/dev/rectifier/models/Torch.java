package dev.rectifier.models;

import dev.rectifier.Activation;
import dev.rectifier.AxisFunction;
import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Presets;
import dev.rectifier.network.ModelException;
import dev.rectifier.network.Safetensors;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Reads a {@code state_dict} of PyTorch that {@code safetensors.torch.save_file} wrote. It has
 * tensors and no architecture, which the caller gives.
 */
public final class Torch {
    /** That of {@code BatchNorm1d} where nothing else is said. */
    private static final double EPSILON = 1e-5;

    private final Safetensors file;
    private final Set<String> used = new HashSet<>();
    private Chain chain;
    private boolean isDouble;

    private Torch(Safetensors file) {
        this.file = file;
    }

    /**
     * Reads a network.
     *
     * @param path the file
     * @param layers what is done, first to last: the prefix of a module's tensors, such as {@code
     *     fc1} for {@code fc1.weight} and {@code fc1.bias}, which is a {@code Linear}, {@code
     *     BatchNorm1d} (with epsilon 1e-5) or {@code PReLU} by what tensors it has; or a class of
     *     {@code torch.nn} without them as in {@link Presets}, such as {@code ReLU}, {@code
     *     GELU(approximate='tanh')} or {@code Softmax(dim=-1)}. {@code Dropout} and {@code Flatten}
     *     do nothing.
     * @return the network and what came with it
     * @throws ModelException if the file can't be read or is damaged, a layer is neither, or a
     *     tensor belongs to none
     */
    public static ImportedNetwork read(Path path, List<String> layers) {
        try (Safetensors file = Safetensors.open(path)) {
            Torch torch = new Torch(file);
            layers.forEach(torch::add);
            if (torch.chain == null) {
                throw ModelException.of(
                        path,
                        "%s have no module with tensors; there are %s",
                        layers,
                        torch.names());
            }
            for (String name : file.tensors().keySet()) {
                if (!torch.used.contains(name) && !name.endsWith(".num_batches_tracked")) {
                    throw ModelException.of(
                            path,
                            "tensor %s belongs to none of the layers %s",
                            ModelException.quote(name),
                            layers);
                }
            }
            return new ImportedNetwork(
                    path,
                    torch.isDouble ? DType.FLOAT64 : DType.FLOAT32,
                    torch.chain,
                    List.of(),
                    List.of());
        }
    }

    private List<String> names() {
        return List.copyOf(file.tensors().keySet());
    }

    private ModelException refused(String layer, String format, Object... arguments) {
        return ModelException.of(
                file.path(),
                "layer %s %s",
                ModelException.quote(layer),
                String.format(Locale.ROOT, format, arguments));
    }

    private boolean has(String name) {
        return file.tensors().containsKey(name);
    }

    private void add(String layer) {
        String weight = layer + ".weight";
        if (has(layer + ".running_mean")) {
            batchNorm(layer);
        } else if (has(weight) && file.tensor(weight).shape().size() == 2) {
            linear(layer);
        } else if (has(weight)
                && file.tensor(weight).shape().size() == 1
                && !has(layer + ".bias")) {
            prelu(layer);
        } else if (has(weight)) {
            throw refused(layer, "is no Linear, BatchNorm1d or PReLU by its tensors");
        } else if (!layer.matches("(Dropout|AlphaDropout|Flatten)([(].*[)])?")) {
            activation(layer);
        }
    }

    private void activation(String layer) {
        Activation f;
        try {
            f = Presets.of("torch.nn." + layer);
        } catch (IllegalArgumentException e) {
            throw refused(
                    layer,
                    "has no tensors and is no activation of torch.nn with defaults; the tensors are %s",
                    names());
        }
        if (!(f instanceof Elementwise || f instanceof AxisFunction a && a.axis() == -1)) {
            throw refused(layer, "is no activation of a vector without parameters");
        }
        requireBegun(layer);
        chain = chain.function(f, layer);
    }

    private void requireBegun(String layer) {
        if (chain == null) {
            throw refused(layer, "comes before any module that says how many features there are");
        }
    }

    private double[] values(String layer, String name, long... shape) {
        Safetensors.Tensor tensor = file.tensor(layer + "." + name);
        used.add(tensor.name());
        for (int i = 0; i < Math.max(shape.length, tensor.shape().size()); i++) {
            if (shape.length != tensor.shape().size() || tensor.shape().get(i) != shape[i]) {
                throw refused(
                        layer,
                        "needs %s of %s, not %s",
                        name,
                        Arrays.toString(shape),
                        tensor.shape());
            }
        }
        isDouble |= tensor.type().equals("F64");
        double[] values = file.doubles(tensor);
        for (double value : values) {
            if (!Double.isFinite(value)) {
                throw refused(layer, "has %s in %s", value, name);
            }
        }
        return values;
    }

    private void linear(String layer) {
        List<Long> shape = file.tensor(layer + ".weight").shape();
        long units = shape.get(0);
        long inputs = shape.get(1);
        if (units < 1 || inputs < 1 || units * inputs > Integer.MAX_VALUE - 8) {
            throw refused(layer, "has weights of %s", shape);
        }
        chain = chain == null ? Chain.of((int) inputs) : chain;
        double[] weight = values(layer, "weight", units, chain.width());
        double[] kernel = new double[weight.length];
        for (int i = 0; i < inputs; i++) {
            for (int j = 0; j < units; j++) {
                kernel[(int) (i * units + j)] = weight[(int) (j * inputs + i)];
            }
        }
        double[] bias =
                has(layer + ".bias") ? values(layer, "bias", units) : new double[(int) units];
        chain = chain.dense(kernel, bias, layer);
    }

    private void begin(long width) {
        chain = chain == null ? Chain.of((int) width) : chain;
    }

    private void batchNorm(String layer) {
        begin(file.tensor(layer + ".running_mean").shape().stream().findFirst().orElse(0L));
        int n = chain.width();
        double[] mean = values(layer, "running_mean", n);
        double[] variance = values(layer, "running_var", n);
        boolean affine = has(layer + ".weight");
        double[] gamma = affine ? values(layer, "weight", n) : null;
        double[] beta = affine ? values(layer, "bias", n) : null;
        double[] scale = new double[n];
        double[] shift = new double[n];
        for (int i = 0; i < n; i++) {
            scale[i] = (affine ? gamma[i] : 1) / Math.sqrt(variance[i] + EPSILON);
            shift[i] = (affine ? beta[i] : 0) - mean[i] * scale[i];
        }
        chain = chain.affine(scale, shift, layer);
    }

    private void prelu(String layer) {
        requireBegun(layer);
        long count = file.tensor(layer + ".weight").shape().get(0);
        double[] slopes = values(layer, "weight", count == 1 ? 1 : chain.width());
        chain =
                count == 1
                        ? chain.function(Elementwise.leakyRelu(slopes[0]), layer)
                        : chain.prelu(slopes, layer);
    }
}
