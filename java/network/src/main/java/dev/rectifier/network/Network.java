package dev.rectifier.network;

import dev.rectifier.AxisFunction;
import dev.rectifier.DType;
import dev.rectifier.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A stack of {@link Dense} layers with its weights, forward and backward.
 *
 * <p>Layer l initializes its kernel with the network's seed and stream l. In Keras one initializer
 * object with a seed gives every layer of one shape the same weights, which nobody notices; streams
 * never share a draw, so that this can't happen here, and layer l starts with the same weights
 * whatever the layers around it are.
 *
 * <p>All memory is in direct buffers, which the garbage collector frees with the network. That of
 * the activations grows with the largest batch seen. Results are the same bits for any number of
 * threads. Not thread-safe: a network is one thread's at a time, since even {@link #forward} writes
 * into its memory.
 */
public final class Network {
    private final DType dtype;
    private final int inputs;
    private final List<Layer> layers;
    private final CrossEntropy crossEntropy = new CrossEntropy();

    /** Rows of the last forward pass; 0 if there was none. */
    private int batch;

    /**
     * A network with fresh weights.
     *
     * @param inputs the number of features
     * @param seed of the weights, and of the slopes that {@link dev.rectifier.RRelu} draws
     * @throws IllegalArgumentException if the type has 16 bits, there are no inputs or layers, a
     *     layer before the last is one along an axis, such as softmax, or a kernel is larger than 2
     *     GiB
     */
    public Network(DType dtype, int inputs, List<Dense> layers, long seed) {
        this.dtype = Objects.requireNonNull(dtype, "dtype");
        if (dtype.isHalf()) {
            throw new IllegalArgumentException(
                    "dtype is %s, not one of %s".formatted(dtype, DType.arithmeticTypes()));
        }
        if (inputs < 1) {
            throw new IllegalArgumentException("inputs must be at least 1, not " + inputs);
        }
        if (layers.isEmpty()) {
            throw new IllegalArgumentException("layers must not be empty: " + layers);
        }
        this.inputs = inputs;
        this.layers = new ArrayList<>();
        int width = inputs;
        for (int l = 0; l < layers.size(); l++) {
            Dense dense = layers.get(l);
            if (l < layers.size() - 1 && dense.activation() instanceof AxisFunction f) {
                throw new IllegalArgumentException(
                        "only the last layer may be a %s, not layer %d of 0..%d"
                                .formatted(f.name(), l, layers.size() - 1));
            }
            this.layers.add(new Layer(dtype, width, dense, seed, l));
            width = dense.units();
        }
    }

    /** The type of all weights and activations. */
    public DType dtype() {
        return dtype;
    }

    /** The number of features. */
    public int inputs() {
        return inputs;
    }

    /** The number of outputs, which is that of the last layer's units. */
    public int outputs() {
        return last().dense().units();
    }

    /** The layers, first to last. */
    public List<Dense> layers() {
        return layers.stream().map(Layer::dense).toList();
    }

    /**
     * All that training changes: of each layer the kernel, the bias and what the activation learns.
     */
    public List<Weights> weights() {
        return layers.stream().flatMap(layer -> layer.weights().stream()).toList();
    }

    /**
     * The outputs [batch, outputs] for the features {@code x} [batch, inputs], row-major.
     *
     * @param x must stay as it is until the backward pass; off-heap memory is the fastest
     * @param training whether RReLU draws slopes, new ones in each pass; nothing else differs
     * @return memory of this network, valid until the next forward pass
     * @throws IllegalArgumentException if {@code batch < 1}, or {@code x} has another type or
     *     length, or the activations of a layer would be larger than 2 GiB
     */
    public Span forward(Span x, int batch, boolean training) {
        if (batch < 1) {
            throw new IllegalArgumentException("batch must be at least 1, not " + batch);
        }
        requireMatrix("x", x, batch, inputs);
        this.batch = 0;
        Span y = x;
        for (Layer layer : layers) {
            y = layer.forward(y, batch, training);
        }
        this.batch = batch;
        return y;
    }

    /**
     * The gradients of all weights, of any loss, from its gradient {@code dy} by the outputs of the
     * last forward pass.
     *
     * @param dx where to write the loss's gradient by the features [batch, inputs], if wanted
     * @throws IllegalStateException if there was no forward pass
     * @throws IllegalArgumentException if {@code dy} or {@code dx} has another type or length, or
     *     {@code dx} is read-only
     */
    public void backward(Span dy, Optional<Span> dx) {
        requireForward();
        requireMatrix("dy", dy, batch, outputs());
        requireDestination(dx);
        last().activationBackward(dy);
        propagate(dx);
    }

    /**
     * The mean cross-entropy −log p[label] of the last forward pass, and the gradients of all
     * weights by it.
     *
     * <p>Computed from the values before the softmax, so that a probability that rounds to 0 still
     * has a finite loss; their gradient is (p − onehot) / batch, without the softmax's derivative.
     *
     * @param labels the class of each row
     * @param dx where to write the loss's gradient by the features [batch, inputs], if wanted
     * @throws IllegalStateException if there was no forward pass
     * @throws IllegalArgumentException if the last layer isn't a softmax, there aren't as many
     *     labels as rows, or {@code dx} has another type or length or is read-only
     * @throws IndexOutOfBoundsException if a label isn't in 0..outputs − 1
     */
    public double backward(int[] labels, Optional<Span> dx) {
        requireForward();
        requireSoftmax();
        if (labels.length != batch) {
            throw new IllegalArgumentException(
                    "labels has length %d, not that of the batch, %d"
                            .formatted(labels.length, batch));
        }
        requireDestination(dx);
        for (int label : labels) {
            Objects.checkIndex(label, outputs());
        }
        Layer last = last();
        double loss =
                crossEntropy.backward(
                        last.preActivation(), last.output(), labels, outputs(), last.gradient());
        propagate(dx);
        return loss;
    }

    /**
     * The share of examples whose label has the largest output, at inference. Of equal outputs the
     * first counts; a row with NaN is wrong.
     *
     * @throws IllegalArgumentException if the examples don't have the network's inputs and outputs
     */
    public double accuracy(Examples examples) {
        return accuracy(new Feed(examples, dtype));
    }

    double accuracy(Feed feed) {
        requireExamples(feed.examples());
        long correct = 0;
        for (int i = 0; i < feed.batches(); i++) {
            Batch next = feed.batch(i);
            forward(next.x(), next.rows(), false);
            correct += correct(next.labels());
        }
        return (double) correct / feed.examples().rows();
    }

    /** How many rows of the last forward pass have the largest output at their label. */
    int correct(int[] labels) {
        return crossEntropy.correct(last().output(), labels, outputs());
    }

    private void propagate(Optional<Span> dx) {
        for (int l = layers.size() - 1; l > 0; l--) {
            Layer below = layers.get(l - 1);
            layers.get(l).productBackward(Optional.of(below.gradient()));
            below.activationBackward(below.gradient());
        }
        layers.get(0).productBackward(dx);
    }

    Layer layer(int index) {
        return layers.get(index);
    }

    /** The numbers of the layers before the last. */
    IntStream hiddenLayers() {
        return IntStream.range(0, layers.size() - 1);
    }

    private Layer last() {
        return layers.get(layers.size() - 1);
    }

    void requireSoftmax() {
        if (!last().dense().activation().name().equals(AxisFunction.softmax().name())) {
            throw new IllegalArgumentException(
                    "cross-entropy needs softmax as the last layer's activation, not "
                            + last().dense().activation());
        }
    }

    void requireExamples(Examples examples) {
        if (examples.columns() != inputs || examples.classes() != outputs()) {
            throw new IllegalArgumentException(
                    "%s don't fit a network of %d inputs and %d outputs"
                            .formatted(examples, inputs, outputs()));
        }
    }

    private void requireForward() {
        if (batch == 0) {
            throw new IllegalStateException("backward needs a forward pass before it");
        }
    }

    private void requireDestination(Optional<Span> dx) {
        dx.ifPresent(span -> requireMatrix("dx", span, batch, inputs));
        if (dx.isPresent() && dx.get().isReadOnly()) {
            throw new IllegalArgumentException("dx is read-only: " + dx.get());
        }
    }

    private void requireMatrix(String name, Span span, int rows, int columns) {
        if (span.dtype() != dtype || span.length() != (long) rows * columns) {
            throw new IllegalArgumentException(
                    "%s is %d %s, not [%d, %d] %s"
                            .formatted(name, span.length(), span.dtype(), rows, columns, dtype));
        }
    }
}
