package dev.rectifier.benchmarks.contenders;

import dev.rectifier.Elementwise;
import dev.rectifier.Glu;
import dev.rectifier.Rectifier;
import dev.rectifier.Span;
import dev.rectifier.benchmarks.Adapter;
import dev.rectifier.benchmarks.Functions;
import dev.rectifier.benchmarks.Operand;
import dev.rectifier.benchmarks.Operation;
import dev.rectifier.benchmarks.Task;
import dev.rectifier.benchmarks.Task.Kind;
import dev.rectifier.benchmarks.Work;
import java.util.Optional;

/**
 * A gated unit without the kernel for it: the gate into an array, and the product, by our library.
 */
public final class TwoPasses implements Adapter {
    private static final Glu PRODUCT = Glu.of(Elementwise.linear());

    /** Uses {@code threads} threads. */
    public TwoPasses(int threads) {
        Rectifier.setThreads(threads);
    }

    @Override
    public String version() {
        return Rectifier.info().version() + " " + Rectifier.info().instructionSet();
    }

    @Override
    public Optional<Work> prepare(Task task) {
        if (task.kind() != Kind.FORWARD || !task.function().matches("(swi|ge|re)Glu:.*")) {
            return Optional.empty();
        }
        Elementwise gate = ((Glu) Functions.activation(task.function())).gate();
        Operand x = Operation.of(task).inputs().get(0);
        Span in = Door.POINTER.allocate(task.dtype(), (int) x.length()).get();
        x.write(in);
        Span opened = Door.POINTER.allocate(task.dtype(), task.columns()).get();
        Span out = Door.POINTER.allocate(task.dtype(), task.length()).get();
        int columns = task.columns();
        return Optional.of(
                new Work() {
                    @Override
                    public void run() {
                        for (long row = 0; row < task.rows(); row++) {
                            Span values = in.slice(2 * row * columns, columns);
                            Span gates = in.slice((2 * row + 1) * columns, columns);
                            gate.forward(gates, opened);
                            PRODUCT.forward(values, opened, out.slice(row * columns, columns));
                        }
                    }

                    @Override
                    public Span output() {
                        return out;
                    }
                });
    }
}
