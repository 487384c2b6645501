package dev.rectifier.benchmarks.contenders;

import dev.rectifier.Rectifier;
import dev.rectifier.Span;
import dev.rectifier.benchmarks.Adapter;
import dev.rectifier.benchmarks.Operand;
import dev.rectifier.benchmarks.Operation;
import dev.rectifier.benchmarks.Task;
import dev.rectifier.benchmarks.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Our library through one of its doors. */
public final class Ours implements Adapter {
    private final Door door;
    private final Function<Task, Optional<Operation>> operations;

    /** Uses {@code threads} threads. */
    public Ours(Door door, int threads) {
        this(door, threads, task -> Optional.of(Operation.of(task)));
    }

    /** For tasks that have such an operation. */
    public Ours(Door door, int threads, Function<Task, Optional<Operation>> operations) {
        this.door = door;
        this.operations = operations;
        Rectifier.setThreads(threads);
    }

    @Override
    public String version() {
        Rectifier.Info info = Rectifier.info();
        return info.version() + " " + info.instructionSet();
    }

    @Override
    public Optional<Work> prepare(Task task) {
        if (task.kind() == Task.Kind.SERVE && !door.predicts(task.dtype())) {
            return Optional.empty();
        }
        return operations.apply(task).map(operation -> prepare(operation, task));
    }

    private Work prepare(Operation operation, Task task) {
        List<Supplier<Span>> in = new ArrayList<>();
        for (Operand operand : operation.inputs()) {
            Supplier<Span> memory = allocate(task, operand.shape());
            operand.write(memory.get());
            in.add(memory);
        }
        List<Supplier<Span>> out =
                operation.outputs().stream().map(shape -> allocate(task, shape)).toList();
        return new OurWork(operation.ours(in, out), out);
    }

    private Supplier<Span> allocate(Task task, long... shape) {
        return door.allocate(task.dtype(), Math.toIntExact(Operand.elements(shape)));
    }

    private record OurWork(Runnable call, List<Supplier<Span>> out) implements Work {
        @Override
        public void run() {
            call.run();
        }

        @Override
        public Span output() {
            return out.get(0).get();
        }

        @Override
        public List<Span> outputs() {
            return out.stream().map(Supplier::get).toList();
        }
    }
}
