package dev.rectifier.benchmarks;

import dev.rectifier.RRelu;
import dev.rectifier.RandomKey;
import dev.rectifier.Span;
import dev.rectifier.benchmarks.Task.Kind;
import dev.rectifier.spi.Backend;
import java.util.List;
import java.util.function.Supplier;

/** RReLU in training: a random slope for each element. */
record RReluOperation(RRelu f, RandomKey key, Task task) implements RandomOperation {
    RReluOperation(RRelu f, Task task) {
        this(f, new RandomKey(Functions.SEED, 0, 0), task);
    }

    @Override
    public RReluOperation from(long first) {
        return new RReluOperation(f, key.skip(first), task);
    }

    @Override
    public List<Operand> inputs() {
        Operand x = new Operand("x", Inputs::x, task.length());
        return task.kind() == Kind.FORWARD
                ? List.of(x)
                : List.of(x, new Operand("dy", Inputs::dy, task.length()));
    }

    @Override
    public List<long[]> outputs() {
        return List.of(new long[] {task.length()});
    }

    @Override
    public Runnable ours(List<Supplier<Span>> in, List<Supplier<Span>> out) {
        Supplier<Span> x = in.get(0);
        Supplier<Span> to = out.get(0);
        if (task.kind() == Kind.FORWARD) {
            return () -> f.forward(key, x.get(), to.get());
        }
        Supplier<Span> dy = in.get(1);
        return () -> f.backward(key, x.get(), dy.get(), to.get());
    }

    @Override
    public void reference(Backend reference, List<Span> in, List<Span> out) {
        if (task.kind() == Kind.FORWARD) {
            reference.rreluForward(f, key, in.get(0), out.get(0), 1);
        } else {
            reference.rreluBackward(f, key, in.get(0), in.get(1), out.get(0), 1);
        }
    }
}
