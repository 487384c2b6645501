package dev.rectifier.spark;

import dev.rectifier.Activation;
import dev.rectifier.AxisFunction;
import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Initializer;
import dev.rectifier.Learned;
import dev.rectifier.RRelu;
import dev.rectifier.Span;
import dev.rectifier.network.Dense;
import dev.rectifier.network.FunctionText;
import dev.rectifier.network.Network;
import dev.rectifier.network.Weights;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What a network is like but for its weights, in types that any serializer takes. Weights are in
 * one array of doubles, in the order of {@link Network#weights}, which is that of Spark's
 * perceptron, too.
 */
final class Topology implements Serializable {
    private static final long serialVersionUID = 1L;

    private final int[] layers;
    private final String[] activations;
    private final String[] initializers;
    private final String dtype;
    private final long seed;
    private final boolean classifier;

    private Topology(
            int[] layers,
            String[] activations,
            String[] initializers,
            String dtype,
            long seed,
            boolean classifier) {
        this.layers = layers;
        this.activations = activations;
        this.initializers = initializers;
        this.dtype = dtype;
        this.seed = seed;
        this.classifier = classifier;
    }

    /**
     * What the parameters say.
     *
     * @throws IllegalArgumentException if they don't fit each other
     */
    static Topology of(NetworkParams params, boolean classifier) {
        int[] layers = params.getLayers();
        Topology topology =
                new Topology(
                        layers,
                        spread("activation", params.getActivation(), layers.length - 2),
                        spread(
                                "kernelInitializer",
                                params.getKernelInitializer(),
                                layers.length - 1),
                        params.getDtype(),
                        params.getSeed(),
                        classifier);
        for (int l = 0; l < layers.length - 2; l++) {
            if (FunctionText.activation(topology.activations[l]) instanceof AxisFunction f) {
                throw new IllegalArgumentException(
                        "activation of a hidden layer can't be " + f.name());
            }
        }
        if (!classifier && topology.outputs() != 1) {
            throw new IllegalArgumentException(
                    "layers of a regressor must end with 1, not " + topology.outputs());
        }
        // All else that a network can't be.
        topology.dense(false);
        return topology;
    }

    private static String[] spread(String name, String text, int count) {
        List<String> parts = Settings.parts(text);
        if (parts.size() == 1) {
            String[] all = new String[count];
            Arrays.fill(all, parts.get(0));
            return all;
        }
        if (parts.size() != count) {
            throw new IllegalArgumentException(
                    "%s has %d texts, not one or %d: %s"
                            .formatted(name, parts.size(), count, text));
        }
        return parts.toArray(String[]::new);
    }

    /**
     * Refuses slopes that are drawn in training: the objective would be another at each evaluation.
     */
    void requireNoChance() {
        for (int l = 0; l < depth() - 1; l++) {
            if (activation(l, false) instanceof RRelu) {
                throw new IllegalArgumentException(
                        "activation of a network to train here can't be %s, which draws slopes"
                                .formatted(activations[l]));
            }
        }
    }

    int inputs() {
        return layers[0];
    }

    int outputs() {
        return layers[layers.length - 1];
    }

    int depth() {
        return layers.length - 1;
    }

    boolean isClassifier() {
        return classifier;
    }

    long seed() {
        return seed;
    }

    DType dtype() {
        return DType.valueOf(dtype.toUpperCase(Locale.ROOT));
    }

    private Activation activation(int layer, boolean probabilities) {
        if (layer < depth() - 1) {
            return FunctionText.activation(activations[layer]);
        }
        return probabilities ? AxisFunction.softmax() : Elementwise.linear();
    }

    /** Weights of layer {@code l}: kernel, bias and what the activation learns. */
    private long[] sizes(int l) {
        long units = layers[l + 1];
        long learned = activation(l, false) instanceof Learned ? units : 0;
        return new long[] {layers[l] * units, units, learned};
    }

    /**
     * How many weights there are.
     *
     * @throws IllegalArgumentException if they don't fit an array
     */
    int weights() {
        long sum = 0;
        for (int l = 0; l < depth(); l++) {
            sum += Arrays.stream(sizes(l)).sum();
        }
        // Some of it for headers, and what is sent in one piece has at most 2 GiB.
        if (sum > (Integer.MAX_VALUE - 64) / Double.BYTES) {
            throw new IllegalArgumentException(
                    "layers %s have %d weights, more than the %d that Spark can send at once"
                            .formatted(
                                    Arrays.toString(layers),
                                    sum,
                                    (Integer.MAX_VALUE - 64) / Double.BYTES));
        }
        return (int) sum;
    }

    /** Adds half of {@code factor} times the kernels' squares, and its gradient. */
    double addPenalty(double factor, double[] weights, double[] gradient) {
        if (factor == 0) {
            return 0;
        }
        double squares = 0;
        int at = 0;
        for (int l = 0; l < depth(); l++) {
            long[] sizes = sizes(l);
            for (int end = at + (int) sizes[0]; at < end; at++) {
                squares += weights[at] * weights[at];
                gradient[at] += factor * weights[at];
            }
            at += (int) (sizes[1] + sizes[2]);
        }
        return factor / 2 * squares;
    }

    private List<Dense> dense(boolean probabilities) {
        List<Dense> dense = new ArrayList<>();
        for (int l = 0; l < depth(); l++) {
            dense.add(
                    new Dense(
                            layers[l + 1],
                            activation(l, probabilities),
                            FunctionText.initializer(initializers[l])));
        }
        return dense;
    }

    /**
     * A network with first weights.
     *
     * @param probabilities whether a softmax follows the last layer
     */
    Network initialized(boolean probabilities) {
        return new Network(dtype(), inputs(), dense(probabilities), seed);
    }

    /** A network without a last activation, whose kernels are 0. */
    Network blank() {
        List<Dense> blank =
                dense(false).stream()
                        .map(d -> new Dense(d.units(), d.activation(), Initializer.zeros()))
                        .toList();
        return new Network(dtype(), inputs(), blank, seed);
    }

    /** Copies all weights into a network. */
    static void write(double[] weights, Network network) {
        int at = 0;
        for (Weights tensor : network.weights()) {
            Span to = tensor.value();
            int n = (int) to.length();
            if (to.dtype() == DType.FLOAT64) {
                to.copyFrom(Span.of(weights, at, n));
            } else {
                float[] floats = new float[n];
                for (int i = 0; i < n; i++) {
                    floats[i] = (float) weights[at + i];
                }
                to.copyFrom(Span.of(floats));
            }
            at += n;
        }
    }

    /** All weights of a network. */
    static double[] read(Network network) {
        List<Weights> tensors = network.weights();
        double[] weights =
                new double[tensors.stream().mapToInt(t -> (int) t.value().length()).sum()];
        int at = 0;
        for (Weights tensor : tensors) {
            Span from = tensor.value();
            int n = (int) from.length();
            if (from.dtype() == DType.FLOAT64) {
                Span.of(weights, at, n).copyFrom(from);
            } else {
                float[] floats = new float[n];
                Span.of(floats).copyFrom(from);
                for (int i = 0; i < n; i++) {
                    weights[at + i] = floats[i];
                }
            }
            at += n;
        }
        return weights;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Topology t
                && Arrays.equals(layers, t.layers)
                && Arrays.equals(activations, t.activations)
                && Arrays.equals(initializers, t.initializers)
                && dtype.equals(t.dtype)
                && seed == t.seed
                && classifier == t.classifier;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(layers);
    }
}
