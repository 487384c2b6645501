package dev.rectifier.benchmarks;

import dev.rectifier.BackwardPass;
import dev.rectifier.Elementwise;
import dev.rectifier.Span;
import dev.rectifier.benchmarks.Task.Kind;
import dev.rectifier.spi.Backend;
import java.util.List;
import java.util.function.Supplier;

/** An elementwise activation or its derivative. */
record ElementwiseOperation(Elementwise f, Task task) implements Operation {
    @Override
    public List<Operand> inputs() {
        long n = task.length();
        Operand x = new Operand("x", Inputs::x, n);
        Operand dy = new Operand("dy", Inputs::dy, n);
        return switch (task.kind()) {
            case FORWARD -> List.of(x);
            case BACKWARD -> List.of(x, dy);
            default -> List.of(new Operand("y", Inputs.periodic(rounded()::valueAt), n), dy);
        };
    }

    private Elementwise rounded() {
        return f.rounded(task.dtype());
    }

    @Override
    public List<long[]> outputs() {
        return List.of(new long[] {task.length()});
    }

    @Override
    public Runnable ours(List<Supplier<Span>> in, List<Supplier<Span>> out) {
        Supplier<Span> source = in.get(0);
        Supplier<Span> to = out.get(0);
        if (task.kind() == Kind.FORWARD) {
            return () -> f.forward(source.get(), to.get());
        }
        BackwardPass pass = task.kind() == Kind.BACKWARD ? f : f.fromOutput();
        Supplier<Span> dy = in.get(1);
        return () -> pass.backward(source.get(), dy.get(), to.get());
    }

    @Override
    public void reference(Backend reference, List<Span> in, List<Span> out) {
        switch (task.kind()) {
            case FORWARD -> reference.forward(rounded(), in.get(0), out.get(0), 1);
            case BACKWARD -> reference.backward(rounded(), in.get(0), in.get(1), out.get(0), 1);
            default -> reference.backwardFromOutput(rounded(), in.get(0), in.get(1), out.get(0), 1);
        }
    }

    @Override
    public List<Span> scales(Backend reference, List<Span> in, List<Span> expected) {
        Span none = Span.of(new double[(int) expected.get(0).length()]);
        return List.of(
                task.kind() == Kind.FORWARD ? none : Scales.ofGradient(task.dtype(), in.get(1)));
    }
}
