package dev.rectifier.benchmarks.contenders;

import dev.rectifier.BackwardPass;
import dev.rectifier.Elementwise;
import dev.rectifier.Initializer;
import dev.rectifier.Rectifier;
import dev.rectifier.Shape;
import dev.rectifier.Span;
import dev.rectifier.benchmarks.Adapter;
import dev.rectifier.benchmarks.Functions;
import dev.rectifier.benchmarks.Inputs;
import dev.rectifier.benchmarks.Task;
import dev.rectifier.benchmarks.Work;
import java.util.Optional;
import java.util.function.Supplier;

/** Our library through one of its doors. */
public final class Ours implements Adapter {
    private final Door door;

    /** Uses {@code threads} threads. */
    public Ours(Door door, int threads) {
        this.door = door;
        Rectifier.setThreads(threads);
    }

    @Override
    public String version() {
        Rectifier.Info info = Rectifier.info();
        return info.version() + " " + info.instructionSet();
    }

    @Override
    public Optional<Work> prepare(Task task) {
        Supplier<Span> out = door.allocate(task.dtype(), task.length());
        return Optional.of(
                switch (task.kind()) {
                    case FILL -> fill(task, out);
                    case FORWARD -> forward(task, out);
                    case BACKWARD -> backward(Functions.activation(task.function()), task, out);
                    case FROM_OUTPUT ->
                            backward(Functions.activation(task.function()).fromOutput(), task, out);
                });
    }

    private Work fill(Task task, Supplier<Span> out) {
        Initializer initializer = Functions.initializer(task.function());
        Shape shape = Shape.keras(task.length());
        return new Call(() -> initializer.initialize(shape, out.get()), out);
    }

    private Work forward(Task task, Supplier<Span> out) {
        Elementwise f = Functions.activation(task.function());
        Supplier<Span> x = source(task);
        return new Call(() -> f.forward(x.get(), out.get()), out);
    }

    private Work backward(BackwardPass pass, Task task, Supplier<Span> out) {
        Supplier<Span> source = source(task);
        Supplier<Span> dy = door.allocate(task.dtype(), task.length());
        Inputs.writeDy(dy.get());
        return new Call(() -> pass.backward(source.get(), dy.get(), out.get()), out);
    }

    private Supplier<Span> source(Task task) {
        Supplier<Span> source = door.allocate(task.dtype(), task.length());
        Inputs.writeSource(task, source.get());
        return source;
    }
}
