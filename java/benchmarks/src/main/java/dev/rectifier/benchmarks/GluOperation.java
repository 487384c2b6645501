package dev.rectifier.benchmarks;

import dev.rectifier.Axis;
import dev.rectifier.Glu;
import dev.rectifier.Span;
import dev.rectifier.benchmarks.Task.Kind;
import dev.rectifier.spi.Backend;
import java.util.List;
import java.util.function.Supplier;

/**
 * A gated linear unit: of each row, the second half gates the first. The task's length is that of
 * the output.
 */
record GluOperation(Glu f, Task task) implements Operation {
    private long[] whole() {
        return new long[] {task.rows(), 2L * task.columns()};
    }

    private long[] half() {
        return new long[] {task.rows(), task.columns()};
    }

    private Axis axis() {
        return Axis.of(-1, whole());
    }

    @Override
    public List<Operand> inputs() {
        Operand x = new Operand("x", Inputs::x, whole());
        return task.kind() == Kind.FORWARD
                ? List.of(x)
                : List.of(x, new Operand("dy", Inputs::dy, half()));
    }

    @Override
    public List<long[]> outputs() {
        return List.of(task.kind() == Kind.FORWARD ? half() : whole());
    }

    @Override
    public Runnable ours(List<Supplier<Span>> in, List<Supplier<Span>> out) {
        Axis axis = axis();
        Supplier<Span> x = in.get(0);
        Supplier<Span> to = out.get(0);
        if (task.kind() == Kind.FORWARD) {
            return () -> f.forward(x.get(), to.get(), axis);
        }
        Supplier<Span> dy = in.get(1);
        return () -> f.backward(x.get(), dy.get(), to.get(), axis);
    }

    @Override
    public void reference(Backend reference, List<Span> in, List<Span> out) {
        if (task.kind() == Kind.FORWARD) {
            reference.gluForward(f, in.get(0), out.get(0), axis(), 1);
        } else {
            reference.gluBackward(f, in.get(0), in.get(1), out.get(0), axis(), 1);
        }
    }

    @Override
    public List<Span> scales(Backend reference, List<Span> in, List<Span> expected) {
        if (task.kind() == Kind.FORWARD) {
            return List.of(Span.of(new double[task.length()]));
        }
        Span ofHalf = Scales.ofGradient(task.dtype(), in.get(1));
        int columns = task.columns();
        double[] scales = new double[2 * task.length()];
        for (int i = 0; i < scales.length; i++) {
            scales[i] = ofHalf.get((long) i / (2 * columns) * columns + i % columns);
        }
        return List.of(Span.of(scales));
    }
}
