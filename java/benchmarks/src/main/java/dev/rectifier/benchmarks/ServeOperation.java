package dev.rectifier.benchmarks;

import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Initializer;
import dev.rectifier.Span;
import dev.rectifier.network.Dense;
import dev.rectifier.network.Network;
import dev.rectifier.network.Predictor;
import dev.rectifier.spi.Backend;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The scores of rows by a network of dense layers: ReLU after each but the last. Weights don't
 * change between calls, so that each library may lay them out beforehand. Operands are the rows,
 * and then the matrix and the bias of each layer.
 *
 * @param weights the type that a predictor of ours keeps matrices in
 */
record ServeOperation(Functions.Stack network, Task task, DType weights) implements Operation {
    private static final Elementwise RELU = Elementwise.relu();

    ServeOperation(Task task) {
        this(Functions.network(task.function()), task, task.dtype());
    }

    /** With matrices in bfloat16, if that is what the task is about. */
    static Optional<Operation> withHalves(Task task) {
        return task.kind() == Task.Kind.SERVE && task.dtype() == DType.FLOAT32
                ? Optional.of(
                        new ServeOperation(
                                Functions.network(task.function()), task, DType.BFLOAT16))
                : Optional.empty();
    }

    @Override
    public List<Operand> inputs() {
        Operand x = new Operand("x", Inputs::x, network.batch(), network.inputs(0));
        return Stream.concat(
                        Stream.of(x),
                        IntStream.range(0, network.layers()).boxed().flatMap(this::weights))
                .toList();
    }

    /** As He has it, by which signals keep their size, in numbers that bfloat16 has, too. */
    private Stream<Operand> weights(int layer) {
        int inputs = network.inputs(layer);
        int units = network.units(layer);
        double deviation = Math.sqrt(2.0 / inputs);
        return Stream.of(
                new Operand(
                        "w" + layer,
                        i -> DType.BFLOAT16.round(deviation * Inputs.dy(i)),
                        inputs,
                        units),
                new Operand("b" + layer, Inputs::dy, units));
    }

    @Override
    public List<long[]> outputs() {
        return List.of(new long[] {network.batch(), network.units(network.layers() - 1)});
    }

    @Override
    public Runnable ours(List<Supplier<Span>> in, List<Supplier<Span>> out) {
        Predictor predictor = predictor(in.stream().map(Supplier::get).toList());
        return call(predictor, in.get(0).get().owner(), out.get(0).get().owner());
    }

    /** With what the operands have after the rows. */
    Predictor predictor(List<Span> operands) {
        Initializer any = Initializer.zeros();
        List<Dense> layers = network.dense(Elementwise.linear(), layer -> any);
        try (Network weighted = new Network(task.dtype(), network.inputs(0), layers, 0)) {
            for (int i = 0; i < weighted.weights().size(); i++) {
                Span from = operands.get(i + 1);
                Span to = weighted.weights().get(i).value();
                for (long k = 0; k < to.length(); k++) {
                    to.set(k, from.get(k));
                }
            }
            return new Predictor(weighted, weights);
        }
    }

    private boolean isLast(int layer) {
        return layer == network.layers() - 1;
    }

    private static Runnable call(Predictor predictor, Object x, Object y) {
        if (x instanceof float[] rows && y instanceof float[] scores) {
            return () -> predictor.predict(rows, scores);
        }
        if (x instanceof double[] rows && y instanceof double[] scores) {
            return () -> predictor.predict(rows, scores);
        }
        if (x instanceof FloatBuffer rows && y instanceof FloatBuffer scores) {
            return () -> predictor.predict(rows, scores);
        }
        throw new IllegalArgumentException(x.getClass() + " and " + y.getClass());
    }

    @Override
    public void reference(Backend reference, List<Span> in, List<Span> out) {
        Span rows = in.get(0);
        for (int l = 0; l < network.layers(); l++) {
            Span y =
                    isLast(l)
                            ? out.get(0)
                            : Span.allocate(rows.dtype(), network.batch() * network.units(l));
            reference.denseForward(
                    isLast(l) ? Optional.empty() : Optional.of(RELU),
                    rows,
                    in.get(2 * l + 1),
                    in.get(2 * l + 2),
                    y,
                    y,
                    network.batch(),
                    network.inputs(l),
                    network.units(l),
                    1);
            rows = y;
        }
    }

    /** The sums of the magnitudes of all terms. */
    @Override
    public List<Span> scales(Backend reference, List<Span> in, List<Span> expected) {
        List<Span> scales = List.of(Span.of(new double[(int) expected.get(0).length()]));
        List<Span> magnitudes = in.stream().map(Scales::magnitudes).toList();
        reference(reference, magnitudes, scales);
        return scales;
    }
}
