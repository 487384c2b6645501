package dev.rectifier.benchmarks;

import dev.rectifier.DenseKernel;
import dev.rectifier.Elementwise;
import dev.rectifier.Span;
import dev.rectifier.benchmarks.Task.Kind;
import dev.rectifier.spi.Backend;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A dense layer with ReLU: y = relu(x·W + b), and from y and dy the gradients of x, W and b. The
 * task's length is that of y.
 */
record DenseOperation(Functions.DenseShape shape, Task task) implements Operation {
    private static final Elementwise RELU = Elementwise.relu();

    /** So that units are alive and dead, and sums are about as large as their inputs. */
    private static final double WEIGHT_STDDEV = 1.0 / 32;

    DenseOperation(Task task) {
        this(Functions.dense(task.function()), task);
    }

    @Override
    public List<Operand> inputs() {
        Operand x = new Operand("x", Inputs::x, shape.batch(), shape.inputs());
        Operand w =
                new Operand("w", i -> WEIGHT_STDDEV * Inputs.dy(i), shape.inputs(), shape.units());
        if (task.kind() == Kind.DENSE_FORWARD) {
            return List.of(x, w, new Operand("b", Inputs::x, shape.units()));
        }
        return List.of(
                x,
                w,
                new Operand("y", i -> Math.max(Inputs.x(i), 0), shape.batch(), shape.units()),
                new Operand("dy", Inputs::dy, shape.batch(), shape.units()));
    }

    @Override
    public List<long[]> outputs() {
        return task.kind() == Kind.DENSE_FORWARD
                ? List.of(new long[] {shape.batch(), shape.units()})
                : List.of(
                        new long[] {shape.batch(), shape.inputs()},
                        new long[] {shape.inputs(), shape.units()},
                        new long[] {shape.units()});
    }

    @Override
    public Runnable ours(List<Supplier<Span>> in, List<Supplier<Span>> out) {
        Supplier<Span> x = in.get(0);
        Supplier<Span> w = in.get(1);
        Supplier<Span> first = out.get(0);
        if (task.kind() == Kind.DENSE_FORWARD) {
            Supplier<Span> b = in.get(2);
            return () -> {
                Span y = first.get();
                DenseKernel.forward(
                        Optional.of(RELU),
                        x.get(),
                        w.get(),
                        b.get(),
                        y,
                        y,
                        shape.batch(),
                        shape.inputs(),
                        shape.units());
            };
        }
        Supplier<Span> y = in.get(2);
        Supplier<Span> dy = in.get(3);
        Span dz = Span.allocate(task.dtype(), task.length());
        Supplier<Span> dw = out.get(1);
        Supplier<Span> db = out.get(2);
        return () -> {
            RELU.fromOutput().backward(y.get(), dy.get(), dz);
            DenseKernel.backward(
                    x.get(),
                    w.get(),
                    dz,
                    Optional.of(first.get()),
                    dw.get(),
                    db.get(),
                    shape.batch(),
                    shape.inputs(),
                    shape.units());
        };
    }

    @Override
    public void reference(Backend reference, List<Span> in, List<Span> out) {
        if (task.kind() == Kind.DENSE_FORWARD) {
            reference.denseForward(
                    Optional.of(RELU),
                    in.get(0),
                    in.get(1),
                    in.get(2),
                    out.get(0),
                    out.get(0),
                    shape.batch(),
                    shape.inputs(),
                    shape.units(),
                    1);
            return;
        }
        Span dz = Span.allocate(in.get(0).dtype(), task.length());
        reference.backwardFromOutput(RELU, in.get(2), in.get(3), dz, 1);
        reference.denseBackward(
                in.get(0),
                in.get(1),
                dz,
                Optional.of(out.get(0)),
                out.get(1),
                out.get(2),
                shape.batch(),
                shape.inputs(),
                shape.units(),
                1);
    }

    /** The sums of the magnitudes of all terms. */
    @Override
    public List<Span> scales(Backend reference, List<Span> in, List<Span> expected) {
        List<Span> magnitudes = in.stream().map(Scales::magnitudes).toList();
        List<Span> scales =
                expected.stream().map(span -> Span.of(new double[(int) span.length()])).toList();
        reference(reference, magnitudes, scales);
        return scales;
    }
}
