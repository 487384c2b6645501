package dev.rectifier.network;

import dev.rectifier.Axis;
import dev.rectifier.AxisFunction;
import dev.rectifier.DType;
import dev.rectifier.DenseKernel;
import dev.rectifier.Elementwise;
import dev.rectifier.Initializer;
import dev.rectifier.Learned;
import dev.rectifier.Memory;
import dev.rectifier.RRelu;
import dev.rectifier.RandomKey;
import dev.rectifier.Shape;
import dev.rectifier.Span;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The memory of a {@link Dense} and what is computed in it. Not thread-safe. */
final class Layer {
    private final DType dtype;
    private final int inputs;
    private final Dense dense;
    private final long seed;
    private final int index;
    private final Optional<Elementwise> inference;
    private final Weights kernel;
    private final Weights bias;

    /** What the activation learns. */
    private final Optional<Weights> learned;

    private Span memoryZ;
    private Span memoryY;
    private Span memoryDz;

    private int batch;
    private Span x;
    private Span z;
    private Span y;
    private Span dz;

    private long draws;
    private Optional<RandomKey> drawn = Optional.empty();

    private final Optional<Dropout> dropout;
    private long dropoutDraws;
    private Optional<RandomKey> dropped = Optional.empty();

    /**
     * @param memory for the weights
     */
    Layer(Memory memory, DType dtype, int inputs, Dense dense, long seed, int index) {
        this.dtype = dtype;
        this.inputs = inputs;
        this.dense = dense;
        this.seed = seed;
        this.index = index;
        inference = inference(dense);
        kernel = new Weights(memory, "dense" + index + "/kernel", dtype, inputs, dense.units());
        bias = new Weights(memory, "dense" + index + "/bias", dtype, 1, dense.units());
        learned = learned(memory, dtype, dense, index);
        dropout =
                dense.dropout() > 0 ? Optional.of(new Dropout(dense.dropout())) : Optional.empty();
    }

    /** Gives the weights the values that training starts with. */
    void initialize() {
        dense.kernelInitializer()
                .withSeed(seed)
                .withStream(index)
                .initialize(Shape.keras(inputs, dense.units()), kernel.value());
        if (dense.activation() instanceof Learned f) {
            Initializer.constant(f.initialParameter())
                    .initialize(Shape.keras(dense.units()), learned.orElseThrow().value());
        }
    }

    /**
     * What follows the product elementwise and without state, if that is what the activation is.
     */
    private static Optional<Elementwise> inference(Dense dense) {
        if (dense.activation() instanceof Elementwise f) {
            return Optional.of(f);
        }
        return dense.activation() instanceof RRelu f
                ? Optional.of(f.inference())
                : Optional.empty();
    }

    private static Optional<Weights> learned(Memory memory, DType dtype, Dense dense, int index) {
        if (!(dense.activation() instanceof Learned f)) {
            return Optional.empty();
        }
        Weights parameter =
                new Weights(
                        memory, "dense" + index + "/" + f.parameterName(), dtype, 1, dense.units());
        return Optional.of(parameter);
    }

    /** The kernel is possible. */
    static void requireKernel(DType dtype, int inputs, Dense dense, int index) {
        Elements.requireSize("the kernel of dense" + index, dtype, inputs, dense.units());
    }

    /** A batch of so many rows is possible. */
    void requireBatch(int rows) {
        Elements.requireSize("a batch of dense" + index + "'s outputs", dtype, rows, dense.units());
    }

    /** Takes the memory of batches of up to {@code rows} from {@code memory}. */
    void reserve(Memory memory, int rows) {
        memoryZ = Elements.matrix(memory, dtype, rows, dense.units());
        memoryY = Elements.matrix(memory, dtype, rows, dense.units());
        memoryDz = Elements.matrix(memory, dtype, rows, dense.units());
        resize(rows);
    }

    private void resize(int rows) {
        long length = (long) rows * dense.units();
        z = memoryZ.slice(0, length);
        y = memoryY.slice(0, length);
        dz = memoryDz.slice(0, length);
        batch = rows;
    }

    Span forward(Span source, int rows, boolean training) {
        // The views stay the same objects as long as the batch has the same size.
        if (rows != batch) {
            resize(rows);
        }
        x = source;
        drawn = Optional.empty();
        boolean draw = training && dense.activation() instanceof RRelu;
        Optional<Elementwise> fused = draw ? Optional.empty() : inference;
        Span product = fused.isPresent() ? y : z;
        DenseKernel.forward(
                fused, x, kernel.value(), bias.value(), z, product, rows, inputs, dense.units());
        if (dense.activation() instanceof Learned f) {
            f.forward(z, learned.orElseThrow().value(), y, axis());
        } else if (dense.activation() instanceof AxisFunction f) {
            f.forward(z, y, axis());
        } else if (draw) {
            RandomKey key = new RandomKey(seed, index, draws);
            draws += z.length();
            ((RRelu) dense.activation()).forward(key, z, y);
            drawn = Optional.of(key);
        }
        dropped = Optional.empty();
        if (training && dropout.isPresent()) {
            // RReLU has the streams from 0 on.
            RandomKey key = new RandomKey(seed, -1L - index, dropoutDraws);
            dropoutDraws += y.length();
            dropout.get().apply(key, y);
            dropped = Optional.of(key);
        }
        return y;
    }

    /** Whether two passes over the same rows in training give different outputs. */
    boolean isRandom() {
        return dropout.isPresent() || dense.activation() instanceof RRelu;
    }

    /** dL/dz from dL/dy, which may be {@link #gradient()} itself. */
    void activationBackward(Span outputGradient) {
        Span dy = outputGradient;
        if (dropped.isPresent()) {
            if (dy != dz) {
                dz.copyFrom(dy);
                dy = dz;
            }
            dropout.orElseThrow().apply(dropped.get(), dz);
        }
        if (dense.activation() instanceof Learned f) {
            Weights p = learned.orElseThrow();
            f.backward(z, p.value(), dy, dz, p.gradient(), axis());
        } else if (dense.activation() instanceof AxisFunction f) {
            f.backward(y, dy, dz, axis());
        } else if (drawn.isPresent()) {
            ((RRelu) dense.activation()).backward(drawn.get(), z, dy, dz);
        } else {
            inference.orElseThrow().backward(z, dy, dz);
        }
    }

    /** The gradients of the weights and, if wanted, of the source from dL/dz. */
    void productBackward(Optional<Span> dx) {
        DenseKernel.backward(
                x,
                kernel.value(),
                dz,
                dx,
                kernel.gradient(),
                bias.gradient(),
                batch,
                inputs,
                dense.units());
    }

    private Axis axis() {
        return Axis.ofRows(batch, dense.units());
    }

    Dense dense() {
        return dense;
    }

    List<Weights> weights() {
        return Stream.concat(Stream.of(kernel, bias), learned.stream()).toList();
    }

    /** [batch, units] before the activation, of the last forward pass. */
    Span preActivation() {
        return z;
    }

    /** [batch, units], of the last forward pass. */
    Span output() {
        return y;
    }

    /** The memory of dL/dz, [batch, units]; until then that of dL/dy. */
    Span gradient() {
        return dz;
    }
}
