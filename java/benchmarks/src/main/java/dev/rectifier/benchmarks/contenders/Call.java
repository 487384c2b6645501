package dev.rectifier.benchmarks.contenders;

import dev.rectifier.Span;
import dev.rectifier.benchmarks.Work;
import java.util.function.Supplier;

/** Work that the garbage collector clears up. */
record Call(Runnable call, Supplier<Span> out) implements Work {
    @Override
    public void run() {
        call.run();
    }

    @Override
    public Span output() {
        return out.get();
    }
}
