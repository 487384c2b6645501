package dev.rectifier.benchmarks;

import dev.rectifier.Initializer;
import dev.rectifier.RandomKey;
import dev.rectifier.Shape;
import dev.rectifier.Span;
import dev.rectifier.spi.Backend;
import java.util.List;
import java.util.function.Supplier;

/** Random numbers of one distribution. */
record FillOperation(Initializer initializer, RandomKey key, Task task) implements RandomOperation {
    FillOperation(Task task) {
        this(Functions.initializer(task.function()), new RandomKey(Functions.SEED, 0, 0), task);
    }

    @Override
    public FillOperation from(long first) {
        return new FillOperation(initializer, key.skip(first), task);
    }

    @Override
    public List<Operand> inputs() {
        return List.of();
    }

    @Override
    public List<long[]> outputs() {
        return List.of(new long[] {task.length()});
    }

    @Override
    public Runnable ours(List<Supplier<Span>> in, List<Supplier<Span>> out) {
        Shape shape = Shape.keras(task.length());
        Supplier<Span> to = out.get(0);
        return () -> initializer.initialize(shape, to.get());
    }

    @Override
    public void reference(Backend reference, List<Span> in, List<Span> out) {
        reference.fill(
                initializer.fill(Shape.keras(task.length())).orElseThrow(), key, out.get(0), 1);
    }
}
