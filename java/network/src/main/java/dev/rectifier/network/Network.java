package dev.rectifier.network;

import dev.rectifier.Activation;
import dev.rectifier.AxisFunction;
import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Memory;
import dev.rectifier.Span;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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
 * <p>All memory is off the heap, and {@linkplain Memory given back} by {@link #close}; that of a
 * network that nobody closes the garbage collector frees some time. That of the activations grows
 * with the largest batch seen, unless it is {@linkplain #reserve reserved}. Whatever computes or
 * reads weights is an {@link IllegalStateException} after closing. Results are the same bits for
 * any number of threads. Not thread-safe: a network is one thread's at a time, since even {@link
 * #forward} writes into its memory.
 */
public final class Network implements AutoCloseable {
    private final DType dtype;
    private final int inputs;
    private final long seed;
    private final List<Layer> layers;
    private final LossPass lossPass = new LossPass();
    private final Memory weights = new Memory();
    private Memory activations = new Memory();
    private Optional<Scaling> scaling = Optional.empty();
    private List<String> classNames = List.of();
    private List<String> featureNames = List.of();
    private Task task;

    /** The scaled features, if there is a scaling. */
    private Optional<Span> scaled = Optional.empty();

    /** Rows that the memory of the activations is large enough for. */
    private int capacity;

    /** Rows of the last forward pass; 0 if there was none. */
    private int batch;

    /**
     * A network with fresh weights.
     *
     * @param dtype the type of the elements
     * @param inputs the number of features
     * @param layers the layers, first to last
     * @param seed of the weights, and of the slopes that {@link dev.rectifier.RRelu} draws
     * @throws IllegalArgumentException if the type has 16 bits, there are no inputs or layers, a
     *     layer before the last is one along an axis, such as softmax, the last has dropout, or a
     *     kernel is larger than 2 GiB
     * @throws OutOfMemoryError if the weights can't be held; the message says how to allow more
     */
    public Network(DType dtype, int inputs, List<Dense> layers, long seed) {
        this(dtype, inputs, layers, seed, true);
    }

    /** A network whose weights are all 0, for those that have values for them. */
    static Network blank(DType dtype, int inputs, List<Dense> layers, long seed) {
        return new Network(dtype, inputs, layers, seed, false);
    }

    private Network(DType dtype, int inputs, List<Dense> layers, long seed, boolean initialize) {
        this.dtype = Objects.requireNonNull(dtype, "dtype");
        if (dtype.isHalf()) {
            throw new IllegalArgumentException(
                    "dtype is %s, not one of %s".formatted(dtype, DType.arithmeticTypes()));
        }
        if (inputs < 1) {
            throw new IllegalArgumentException("inputs must be at least 1, not " + inputs);
        }
        if (Objects.requireNonNull(layers, "layers").isEmpty()) {
            throw new IllegalArgumentException("layers must not be empty: " + layers);
        }
        this.inputs = inputs;
        this.seed = seed;
        this.layers = new ArrayList<>();
        int width = inputs;
        for (int l = 0; l < layers.size(); l++) {
            Dense dense = Objects.requireNonNull(layers.get(l), "layer " + l);
            if (l < layers.size() - 1 && dense.activation() instanceof AxisFunction f) {
                throw new IllegalArgumentException(
                        "only the last layer may be a %s, not layer %d of 0..%d"
                                .formatted(f.name(), l, layers.size() - 1));
            }
            Layer.requireKernel(dtype, width, dense, l);
            width = dense.units();
        }
        Dense last = layers.get(layers.size() - 1);
        if (last.dropout() > 0) {
            throw new IllegalArgumentException(
                    "the last layer must have no dropout, not " + last.dropout());
        }
        task = usualTask(last.activation());
        try {
            addLayers(layers, initialize);
        } catch (RuntimeException | Error e) {
            weights.close();
            throw e;
        }
    }

    private static Task usualTask(Activation last) {
        if (last.name().equals(AxisFunction.softmax().name())) {
            return Task.CLASSIFICATION;
        }
        return last.name().equals(Elementwise.sigmoid().name()) ? Task.BINARY : Task.REGRESSION;
    }

    private void addLayers(List<Dense> descriptions, boolean initialize) {
        int width = inputs;
        for (Dense dense : descriptions) {
            Layer layer = new Layer(weights, dtype, width, dense, seed, layers.size());
            if (initialize) {
                layer.initialize();
            }
            layers.add(layer);
            width = dense.units();
        }
    }

    /**
     * Makes room for batches of up to {@code rows}, so that passes over them take no more memory.
     * The weights stay as they are; the last forward pass is forgotten if there wasn't room.
     *
     * @param rows the number of rows
     * @throws IllegalArgumentException if {@code rows < 1}, or the outputs of a layer would be
     *     larger than 2 GiB; then nothing has changed
     * @throws IllegalStateException if the network has been closed
     * @throws OutOfMemoryError if there isn't that much memory; the message says how to allow more
     */
    public void reserve(int rows) {
        requireOpen();
        if (rows < 1) {
            throw new IllegalArgumentException("rows must be at least 1, not " + rows);
        }
        if (rows <= capacity) {
            return;
        }
        layers.forEach(layer -> layer.requireBatch(rows));
        if (scaling.isPresent()) {
            Elements.requireSize("a batch of scaled features", dtype, rows, inputs);
        }
        batch = 0;
        capacity = 0;
        // First, so that both needn't fit.
        activations.close();
        activations = new Memory();
        try {
            layers.forEach(layer -> layer.reserve(activations, rows));
            scaled = scaling.map(s -> Elements.matrix(activations, dtype, rows, inputs));
            lossPass.reserve(activations, dtype, rows, outputs());
        } catch (OutOfMemoryError e) {
            activations.close();
            throw e;
        }
        capacity = rows;
    }

    private void requireOpen() {
        if (weights.isClosed()) {
            throw new IllegalStateException("the network has been closed");
        }
    }

    /** Gives all memory back. Closing it once more does nothing. */
    @Override
    public void close() {
        weights.close();
        activations.close();
    }

    /** {@return the type of all weights and activations} */
    public DType dtype() {
        return dtype;
    }

    /** {@return the number of features} */
    public int inputs() {
        return inputs;
    }

    /** {@return the number of outputs, which is that of the last layer's units} */
    public int outputs() {
        return last().dense().units();
    }

    /** {@return the layers, first to last} */
    public List<Dense> layers() {
        return layers.stream().map(Layer::dense).toList();
    }

    /**
     * {@return all that training changes: of each layer the kernel, the bias and what the
     * activation learns}
     */
    public List<Weights> weights() {
        return layers.stream().flatMap(layer -> layer.weights().stream()).toList();
    }

    /** {@return what is done to the features first} */
    public Optional<Scaling> scaling() {
        return scaling;
    }

    /**
     * Scales features from now on, in every pass; the last forward pass is forgotten.
     *
     * @param scaling the features' scaling
     * @throws IllegalArgumentException if it is one of another number of features
     * @throws IllegalStateException if the network has been closed
     */
    public void setScaling(Scaling scaling) {
        requireOpen();
        if (Objects.requireNonNull(scaling, "scaling").features() != inputs) {
            throw new IllegalArgumentException(
                    "scaling is of %d features, not %d".formatted(scaling.features(), inputs));
        }
        this.scaling = Optional.of(scaling);
        // Its memory comes with the next pass.
        capacity = 0;
        batch = 0;
    }

    /** {@return what the outputs are called; empty if they have no names} */
    public List<String> classNames() {
        return classNames;
    }

    /**
     * Names the outputs.
     *
     * @param names the names of the classes
     * @throws IllegalArgumentException if there isn't one name for each output
     */
    public void setClassNames(List<String> names) {
        if (Objects.requireNonNull(names, "names").size() != outputs()) {
            throw new IllegalArgumentException(
                    "names has %d, not one for each of %d outputs"
                            .formatted(names.size(), outputs()));
        }
        classNames = List.copyOf(names);
    }

    /** {@return what the features are called; empty if they have no names} */
    public List<String> featureNames() {
        return featureNames;
    }

    /**
     * Names the features.
     *
     * @param names the names of the classes
     * @throws IllegalArgumentException if there isn't one name for each feature
     */
    public void setFeatureNames(List<String> names) {
        if (Objects.requireNonNull(names, "names").size() != inputs) {
            throw new IllegalArgumentException(
                    "names has %d, not one for each of %d features"
                            .formatted(names.size(), inputs));
        }
        featureNames = List.copyOf(names);
    }

    /**
     * {@return what the outputs mean: what the last training was for, or the last layer is usual
     * for, softmax for classes, sigmoid for binary outputs and anything else for numbers}
     */
    public Task task() {
        return task;
    }

    void setTask(Task task) {
        this.task = task;
    }

    /**
     * Writes all of it, but for gradients and what RReLU and dropout have drawn, to a safetensors
     * file, with the architecture in its metadata. The file is whole at any time: it is written
     * under another name and renamed. The same network gives the same bytes, and so does one that
     * was loaded.
     *
     * @param path the file
     * @throws ModelException if the file can't be written
     * @throws IllegalStateException if the network has been closed
     */
    public void save(Path path) {
        requireOpen();
        NetworkFile.save(this, seed, Objects.requireNonNull(path, "path"));
    }

    /**
     * Reads a network that {@link #save} has written.
     *
     * @param path the file
     * @return the network
     * @throws ModelException if the file can't be read or isn't such a file, whole and sound;
     *     memory is taken only for weights that are there
     * @throws OutOfMemoryError if the weights can't be held
     */
    public static Network load(Path path) {
        return NetworkFile.load(Objects.requireNonNull(path, "path"));
    }

    /**
     * The outputs [batch, outputs] for the features {@code x} [batch, inputs], row-major.
     *
     * @param x must stay as it is until the backward pass; off-heap memory is the fastest
     * @param batch the number of rows
     * @param training whether RReLU draws slopes, and dropout what it drops, new ones in each pass;
     *     nothing else differs
     * @return memory of this network, valid until the next forward pass
     * @throws IllegalArgumentException if {@code batch < 1}, or {@code x} has another type or
     *     length, or the outputs of a layer would be larger than 2 GiB
     * @throws IllegalStateException if the network has been closed
     * @throws OutOfMemoryError as in {@link #reserve}
     */
    public Span forward(Span x, int batch, boolean training) {
        requireOpen();
        if (batch < 1) {
            throw new IllegalArgumentException("batch must be at least 1, not " + batch);
        }
        requireMatrix("x", x, batch, inputs);
        reserve(batch);
        this.batch = 0;
        Span y = scaling.isPresent() ? scaled(scaling.get(), x, batch) : x;
        for (Layer layer : layers) {
            y = layer.forward(y, batch, training);
        }
        this.batch = batch;
        return y;
    }

    private Span scaled(Scaling by, Span x, int rows) {
        Span y = scaled.orElseThrow().slice(0, (long) rows * inputs);
        Elements.affine(x, y, inputs, by::apply);
        return y;
    }

    /**
     * The gradients of all weights, of any loss, from its gradient {@code dy} by the outputs of the
     * last forward pass.
     *
     * @param dy the gradient of y that arrives from above
     * @param dx where to write the loss's gradient by the features [batch, inputs], if wanted
     * @throws IllegalStateException if there was no forward pass or the network has been closed
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
     * {@return the mean cross-entropy −log p[label] of the last forward pass, and the gradients of
     * all weights by it}
     *
     * <p>Computed from the values before the softmax, so that a probability that rounds to 0 still
     * has a finite loss; their gradient is (p − onehot) / batch, without the softmax's derivative.
     *
     * @param labels the class of each row
     * @param dx where to write the loss's gradient by the features [batch, inputs], if wanted
     * @throws IllegalStateException if there was no forward pass or the network has been closed
     * @throws IllegalArgumentException if the last layer isn't a softmax, there aren't as many
     *     labels as rows, or {@code dx} has another type or length or is read-only
     * @throws IndexOutOfBoundsException if a label isn't in 0..outputs − 1
     */
    public double backward(int[] labels, Optional<Span> dx) {
        requireForward();
        Loss loss = Loss.crossEntropy();
        loss.requireLast(last().dense().activation());
        if (Objects.requireNonNull(labels, "labels").length != batch) {
            throw new IllegalArgumentException(
                    "labels has length %d, not that of the batch, %d"
                            .formatted(labels.length, batch));
        }
        requireDestination(dx);
        double[] targets = new double[batch];
        for (int row = 0; row < batch; row++) {
            if (labels[row] < 0 || labels[row] >= outputs()) {
                throw new IndexOutOfBoundsException(
                        "labels must be in 0..%d, not %d in row %d"
                                .formatted(outputs() - 1, labels[row], row));
            }
            targets[row] = labels[row];
        }
        return backward(loss, targets, ones(batch), dx).loss();
    }

    /**
     * {@return the mean of a loss over the rows of the last forward pass, and the gradients of all
     * weights by it}
     *
     * @param loss what is minimized
     * @param targets of each row one for each output; its class for {@link Loss#crossEntropy}
     * @param dx where to write the loss's gradient by the features [batch, inputs], if wanted
     * @throws IllegalStateException if there was no forward pass or the network has been closed
     * @throws IllegalArgumentException if the last layer is none for the loss, there aren't as many
     *     targets as the rows have, one is none for the loss, or {@code dx} has another type or
     *     length or is read-only
     */
    public double backward(Loss loss, double[] targets, Optional<Span> dx) {
        requireForward();
        Objects.requireNonNull(loss, "loss").requireLast(last().dense().activation());
        int width = loss.width(outputs());
        if (Objects.requireNonNull(targets, "targets").length != (long) batch * width) {
            throw new IllegalArgumentException(
                    "targets has length %d, not that of %d rows of %d"
                            .formatted(targets.length, batch, width));
        }
        for (int i = 0; i < targets.length; i++) {
            if (!loss.isLegal(targets[i], outputs())) {
                throw new IllegalArgumentException(
                        "targets has %s in row %d, which is none for %s"
                                .formatted(targets[i], i / width, loss));
            }
        }
        requireDestination(dx);
        return backward(loss, targets, ones(batch), dx).loss();
    }

    private static double[] ones(int n) {
        double[] ones = new double[n];
        Arrays.fill(ones, 1);
        return ones;
    }

    /** The same without checks. */
    LossPass.Score backward(Loss loss, double[] targets, double[] weights, Optional<Span> dx) {
        Layer last = last();
        LossPass.Score score =
                lossPass.score(loss, last, targets, weights, Optional.of(last.gradient()));
        if (!loss.isByLogits()) {
            last.activationBackward(last.gradient());
        }
        propagate(dx);
        return score;
    }

    /**
     * {@return the share of examples whose label has the largest output, at inference} Of equal
     * outputs the first counts; a row with NaN is wrong. If the outputs are {@linkplain Task#BINARY
     * binary}, the share of those that are on the side of one half where their target is; NaN if
     * they are numbers.
     *
     * @param examples the examples
     * @throws IllegalArgumentException if the examples don't have the network's inputs and outputs
     * @throws IllegalStateException if the network has been closed
     * @throws OutOfMemoryError as in {@link #reserve}
     */
    public double accuracy(Examples examples) {
        requireExamples("examples", examples);
        try (Feed feed = new Feed(examples, dtype)) {
            return score(usualLoss(examples), feed).correct() / examples.rows();
        }
    }

    /**
     * {@return the mean of a loss over the examples, at inference}
     *
     * @param loss what is measured
     * @param examples the examples
     * @throws IllegalArgumentException if the examples or the last layer are none for the loss
     * @throws IllegalStateException if the network has been closed
     * @throws OutOfMemoryError as in {@link #reserve}
     */
    public double loss(Loss loss, Examples examples) {
        requireOpen();
        requireExamples("examples", examples, Objects.requireNonNull(loss, "loss"));
        loss.requireLast(last().dense().activation());
        try (Feed feed = new Feed(examples, dtype)) {
            return score(loss, feed).loss();
        }
    }

    /** The mean loss of all rows, and how many of them are right. */
    LossPass.Score score(Loss loss, Feed feed) {
        double sum = 0;
        double correct = 0;
        for (int i = 0; i < feed.batches(); i++) {
            Batch next = feed.batch(i);
            forward(next.x(), next.rows(), false);
            LossPass.Score score =
                    lossPass.score(loss, last(), next.targets(), next.weights(), Optional.empty());
            sum += next.rows() * score.loss();
            correct += score.correct();
        }
        return new LossPass.Score(sum / feed.examples().rows(), correct);
    }

    private void propagate(Optional<Span> dx) {
        for (int l = layers.size() - 1; l > 0; l--) {
            Layer below = layers.get(l - 1);
            layers.get(l).productBackward(Optional.of(below.gradient()));
            below.activationBackward(below.gradient());
        }
        layers.get(0).productBackward(dx);
        if (scaling.isPresent() && dx.isPresent()) {
            Elements.affine(dx.get(), dx.get(), inputs, (i, d) -> d * scaling.get().scale(i));
        }
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

    void requireExamples(String name, Examples examples) {
        requireOpen();
        Objects.requireNonNull(examples, name);
        requireExamples(name, examples, usualLoss(examples));
    }

    /** That of classes if the examples have as many as there are outputs, else that of the task. */
    Loss usualLoss(Examples examples) {
        return examples.classes() == outputs() ? Loss.crossEntropy() : Loss.of(task);
    }

    void requireExamples(String name, Examples examples, Loss loss) {
        requireOpen();
        Objects.requireNonNull(examples, name);
        if (examples.columns() != inputs || !loss.fits(examples, outputs())) {
            throw new IllegalArgumentException(
                    "%s, %s, don't fit a network of %d inputs and %d outputs%s"
                            .formatted(
                                    name,
                                    examples,
                                    inputs,
                                    outputs(),
                                    loss.task() == Task.CLASSIFICATION ? "" : " with " + loss));
        }
        for (float target : examples.targets()) {
            if (!loss.isLegal(target, outputs())) {
                throw new IllegalArgumentException(
                        "%s has the target %s, which is none for %s".formatted(name, target, loss));
            }
        }
    }

    /** The last layer is one for the loss. */
    void requireLast(Loss loss) {
        loss.requireLast(last().dense().activation());
    }

    /** Nothing is drawn anew in each pass. */
    void requireSamePasses() {
        for (int l = 0; l < layers.size(); l++) {
            if (layers.get(l).isRandom()) {
                throw new IllegalArgumentException(
                        "L-BFGS needs the same loss in each pass, but dense%d draws at random: %s"
                                .formatted(l, layers.get(l).dense()));
            }
        }
    }

    private void requireForward() {
        requireOpen();
        if (batch == 0) {
            throw new IllegalStateException("backward needs a forward pass before it");
        }
    }

    private void requireDestination(Optional<Span> dx) {
        Objects.requireNonNull(dx, "dx")
                .ifPresent(span -> requireMatrix("dx", span, batch, inputs));
        if (dx.isPresent() && dx.get().isReadOnly()) {
            throw new IllegalArgumentException("dx is read-only: " + dx.get());
        }
    }

    private void requireMatrix(String name, Span span, int rows, int columns) {
        Objects.requireNonNull(span, name);
        if (span.dtype() != dtype || span.length() != (long) rows * columns) {
            throw new IllegalArgumentException(
                    "%s is %d %s, not [%d, %d] %s"
                            .formatted(name, span.length(), span.dtype(), rows, columns, dtype));
        }
    }
}
