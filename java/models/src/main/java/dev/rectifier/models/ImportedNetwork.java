package dev.rectifier.models;

import dev.rectifier.Activation;
import dev.rectifier.AxisFunction;
import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Initializer;
import dev.rectifier.Span;
import dev.rectifier.network.Dense;
import dev.rectifier.network.ModelException;
import dev.rectifier.network.Network;
import dev.rectifier.network.Scaling;
import dev.rectifier.network.Weights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A network that another system's file describes, with its weights in double precision; {@link
 * #network()} makes one that computes. Immutable and thread-safe.
 *
 * <p>What only scales and shifts features, as batch normalization does at inference, is folded into
 * the dense layer before or after it, in double; at the very beginning it is the network's {@link
 * Scaling}. An activation that no dense layer precedes gets one that changes nothing.
 */
public final class ImportedNetwork {
    /** The first kernel would take all memory before anybody sees the error. */
    private static final int WIDEST_IDENTITY = 1 << 13;

    private record Layer(int units, double[] kernel, double[] bias, Optional<Chain.Function> f) {}

    private final Path path;
    private final DType dtype;
    private final int inputs;
    private final List<Layer> layers = new ArrayList<>();
    private Optional<Scaling> scaling = Optional.empty();
    private final List<String> classNames;
    private final List<String> notes;

    ImportedNetwork(
            Path path, DType dtype, Chain chain, List<String> classNames, List<String> notes) {
        this.path = path;
        this.dtype = dtype;
        this.inputs = chain.root().width();
        this.classNames = classNames.size() == chain.width() ? List.copyOf(classNames) : List.of();
        this.notes = List.copyOf(notes);
        new Assembly().add(chain);
    }

    /** Puts steps together to layers. */
    private final class Assembly {
        private double[] kernel;
        private double[] bias;
        private double[] scale;
        private double[] shift;
        private int width = inputs;

        void add(Chain chain) {
            boolean ended = false;
            for (Chain at : chain.steps()) {
                if (ended) {
                    throw ModelException.of(
                            path,
                            "%s follows a function along an axis, which only the last layer can have",
                            at.where());
                }
                if (at.step() instanceof Chain.Affine affine) {
                    affine(affine);
                } else if (at.step() instanceof Chain.Dense dense) {
                    flush();
                    kernel = dense.kernel();
                    bias = dense.bias();
                    if (scale != null) {
                        foldIntoNext();
                    }
                    width = bias.length;
                } else {
                    Chain.Function f = (Chain.Function) at.step();
                    ended = f.activation() instanceof AxisFunction;
                    close(Optional.of(f), at.where());
                }
            }
            if (kernel != null || scale != null || layers.isEmpty()) {
                close(Optional.empty(), "the output");
            }
        }

        private void affine(Chain.Affine affine) {
            if (kernel != null) {
                double[] scaled = new double[kernel.length];
                double[] shifted = new double[width];
                Arrays.setAll(scaled, i -> kernel[i] * affine.scale()[i % width]);
                Arrays.setAll(shifted, i -> bias[i] * affine.scale()[i] + affine.shift()[i]);
                kernel = scaled;
                bias = shifted;
            } else if (scale == null) {
                scale = affine.scale();
                shift = affine.shift();
            } else {
                double[] scales = new double[width];
                double[] shifts = new double[width];
                Arrays.setAll(scales, i -> scale[i] * affine.scale()[i]);
                Arrays.setAll(shifts, i -> shift[i] * affine.scale()[i] + affine.shift()[i]);
                scale = scales;
                shift = shifts;
            }
        }

        /** A linear layer, if a dense one has got no activation. */
        private void flush() {
            if (kernel != null) {
                close(Optional.empty(), "");
            }
            takeScaling();
        }

        /** What comes before all layers is done to the features, in double. */
        private void takeScaling() {
            if (scale != null && layers.isEmpty()) {
                try {
                    scaling = Optional.of(new Scaling(scale, shift));
                } catch (IllegalArgumentException e) {
                    throw ModelException.of(path, "the features: %s", e.getMessage());
                }
                scale = null;
            }
        }

        private void foldIntoNext() {
            int units = bias.length;
            double[] scaled = new double[kernel.length];
            double[] shifted = bias.clone();
            for (int i = 0; i < width; i++) {
                for (int j = 0; j < units; j++) {
                    scaled[i * units + j] = kernel[i * units + j] * scale[i];
                    shifted[j] += kernel[i * units + j] * shift[i];
                }
            }
            kernel = scaled;
            bias = shifted;
            scale = null;
        }

        private void close(Optional<Chain.Function> f, String where) {
            if (kernel == null) {
                takeScaling();
                identity(where);
            }
            layers.add(new Layer(width, kernel, bias, f));
            kernel = null;
        }

        private void identity(String where) {
            if (width > WIDEST_IDENTITY) {
                throw ModelException.of(
                        path,
                        "%s has %d features and no dense layer before it: up to %d can have one that"
                                + " changes nothing",
                        where,
                        width,
                        WIDEST_IDENTITY);
            }
            kernel = new double[width * width];
            bias = new double[width];
            for (int i = 0; i < width; i++) {
                kernel[i * width + i] = scale == null ? 1 : scale[i];
                bias[i] = scale == null ? 0 : shift[i];
            }
            scale = null;
        }
    }

    /** {@return the number of features} */
    public int inputs() {
        return inputs;
    }

    /** {@return the number of outputs} */
    public int outputs() {
        return layers.get(layers.size() - 1).units();
    }

    /** {@return the type that the file's weights have, or the next larger that we compute in} */
    public DType dtype() {
        return dtype;
    }

    /** {@return what a user might like to know of the way the file was read, in sentences} */
    public List<String> notes() {
        return notes;
    }

    /**
     * {@link #network(DType)} in {@link #dtype()}.
     *
     * @return the network
     */
    public Network network() {
        return network(dtype);
    }

    /**
     * {@return a network that computes in this type} What training would start with again the file
     * doesn't tell: its initializers are zeros.
     *
     * @param type the type of the elements
     * @throws ModelException if a layer is larger than a network's can be
     * @throws OutOfMemoryError if the weights can't be held
     */
    public Network network(DType type) {
        List<Dense> descriptions = new ArrayList<>();
        for (Layer layer : layers) {
            Activation f =
                    layer.f()
                            .<Activation>map(Chain.Function::activation)
                            .orElse(Elementwise.linear());
            // Drawing would take longer than reading; all of it is overwritten.
            descriptions.add(new Dense(layer.units(), f, Initializer.zeros()));
        }
        Network network;
        try {
            network = new Network(type, inputs, descriptions, 0);
        } catch (IllegalArgumentException e) {
            throw ModelException.of(path, "%s", e.getMessage());
        }
        int at = 0;
        List<Weights> weights = network.weights();
        for (Layer layer : layers) {
            weights.get(at++).value().copyFrom(span(layer.kernel(), type));
            weights.get(at++).value().copyFrom(span(layer.bias(), type));
            if (layer.f().isPresent() && layer.f().get().learned().length > 0) {
                weights.get(at++).value().copyFrom(span(layer.f().get().learned(), type));
            }
        }
        scaling.ifPresent(network::setScaling);
        if (!classNames.isEmpty()) {
            network.setClassNames(classNames);
        }
        return network;
    }

    private static Span span(double[] values, DType type) {
        if (type == DType.FLOAT64) {
            return Span.of(values);
        }
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return Span.of(floats);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(path + ": " + inputs);
        layers.forEach(layer -> text.append('-').append(layer.units()));
        return text.toString();
    }
}
