package dev.rectifier.benchmarks;

import dev.rectifier.Axis;
import dev.rectifier.AxisFunction;
import dev.rectifier.Span;
import dev.rectifier.benchmarks.Task.Kind;
import dev.rectifier.spi.Backend;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** A function of each row, or its gradient from the output. */
record AxisOperation(AxisFunction f, Task task) implements Operation {
    private Axis axis() {
        return Axis.ofRows(task.rows(), task.columns());
    }

    @Override
    public List<Operand> inputs() {
        long[] shape = {task.rows(), task.columns()};
        return task.kind() == Kind.FORWARD
                ? List.of(new Operand("x", Inputs::x, shape))
                : List.of(
                        new Operand("y", Inputs.periodic(values()), shape),
                        new Operand("dy", Inputs::dy, shape));
    }

    /** Those of as many rows as differ. */
    private double[] values() {
        int columns = task.columns();
        double[] values = new double[Math.min(Inputs.PERIOD, task.length())];
        double[] row = new double[columns];
        for (int from = 0; from < values.length; from += columns) {
            int start = from;
            Arrays.setAll(row, i -> Inputs.x(start + i));
            System.arraycopy(f.valueOf(row), 0, values, from, columns);
        }
        return values;
    }

    @Override
    public List<long[]> outputs() {
        return List.of(new long[] {task.rows(), task.columns()});
    }

    @Override
    public Runnable ours(List<Supplier<Span>> in, List<Supplier<Span>> out) {
        Axis axis = axis();
        Supplier<Span> source = in.get(0);
        Supplier<Span> to = out.get(0);
        if (task.kind() == Kind.FORWARD) {
            return () -> f.forward(source.get(), to.get(), axis);
        }
        Supplier<Span> dy = in.get(1);
        return () -> f.backward(source.get(), dy.get(), to.get(), axis);
    }

    @Override
    public void reference(Backend reference, List<Span> in, List<Span> out) {
        if (task.kind() == Kind.FORWARD) {
            reference.axisForward(f, in.get(0), out.get(0), axis(), 1);
        } else {
            reference.axisBackward(f, 1, in.get(0), in.get(1), out.get(0), axis(), 1);
        }
    }

    /**
     * The elements of a gradient are differences, so its greatest one counts for all of its row.
     */
    @Override
    public List<Span> scales(Backend reference, List<Span> in, List<Span> expected) {
        return List.of(
                task.kind() == Kind.FORWARD
                        ? Span.of(new double[task.length()])
                        : Scales.greatestOfRows(expected.get(0), task.columns()));
    }
}
