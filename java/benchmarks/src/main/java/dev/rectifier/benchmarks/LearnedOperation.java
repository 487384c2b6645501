package dev.rectifier.benchmarks;

import dev.rectifier.Axis;
import dev.rectifier.Channels;
import dev.rectifier.Learned;
import dev.rectifier.Span;
import dev.rectifier.benchmarks.Task.Kind;
import dev.rectifier.spi.Backend;
import java.util.List;
import java.util.function.Supplier;

/** An activation with a learned parameter per column. */
record LearnedOperation(Learned f, Task task) implements Operation {
    /** So that parameters differ, and are the same in both types. */
    private static final double STEP = 0x1p-10;

    private Axis channels() {
        return Axis.ofRows(task.rows(), task.columns());
    }

    @Override
    public List<Operand> inputs() {
        Operand x = new Operand("x", Inputs::x, task.rows(), task.columns());
        Operand p =
                new Operand(
                        f.parameterName(), i -> f.initialParameter() + i * STEP, task.columns());
        return task.kind() == Kind.FORWARD
                ? List.of(x, p)
                : List.of(x, p, new Operand("dy", Inputs::dy, task.rows(), task.columns()));
    }

    @Override
    public List<long[]> outputs() {
        long[] value = {task.rows(), task.columns()};
        return task.kind() == Kind.FORWARD
                ? List.of(value)
                : List.of(value, new long[] {task.columns()});
    }

    @Override
    public Runnable ours(List<Supplier<Span>> in, List<Supplier<Span>> out) {
        Axis channels = channels();
        Supplier<Span> x = in.get(0);
        Supplier<Span> p = in.get(1);
        Supplier<Span> to = out.get(0);
        if (task.kind() == Kind.FORWARD) {
            return () -> f.forward(x.get(), p.get(), to.get(), channels);
        }
        Supplier<Span> dy = in.get(2);
        Supplier<Span> dp = out.get(1);
        return () -> f.backward(x.get(), p.get(), dy.get(), to.get(), dp.get(), channels);
    }

    @Override
    public void reference(Backend reference, List<Span> in, List<Span> out) {
        if (task.kind() == Kind.FORWARD) {
            reference.learnedForward(
                    f, in.get(0), in.get(1), out.get(0), Channels.of(channels()), 1);
        } else {
            reference.learnedBackward(
                    f,
                    in.get(0),
                    in.get(1),
                    in.get(2),
                    out.get(0),
                    out.get(1),
                    Channels.of(channels()),
                    1);
        }
    }

    @Override
    public List<Span> scales(Backend reference, List<Span> in, List<Span> expected) {
        if (task.kind() == Kind.FORWARD) {
            return List.of(Span.of(new double[task.length()]));
        }
        double[] terms = new double[task.columns()];
        for (int i = 0; i < task.length(); i++) {
            int c = i % task.columns();
            terms[c] +=
                    Math.abs(
                            f.parameterDerivativeAt(in.get(0).get(i), in.get(1).get(c))
                                    * in.get(2).get(i));
        }
        return List.of(Scales.ofGradient(task.dtype(), in.get(2)), Span.of(terms));
    }
}
