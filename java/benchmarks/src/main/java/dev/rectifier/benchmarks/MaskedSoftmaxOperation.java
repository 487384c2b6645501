package dev.rectifier.benchmarks;

import dev.rectifier.Mask;
import dev.rectifier.MaskedSoftmax;
import dev.rectifier.Span;
import dev.rectifier.spi.Backend;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Softmax of scaled logits to which a mask is added, whose rows are shared by two heads. */
public record MaskedSoftmaxOperation(Task task) implements Operation {
    /** That of keys with 64 elements. */
    public static final double SCALE = 0.125;

    private static final int HEADS = 2;

    private long[] shape() {
        return new long[] {HEADS, task.rows() / HEADS, task.columns()};
    }

    private long[] ofMask() {
        return new long[] {task.rows() / HEADS, task.columns()};
    }

    @Override
    public List<Operand> inputs() {
        return List.of(
                new Operand("x", Inputs::x, shape()),
                new Operand("mask", MaskedSoftmaxOperation::mask, ofMask()));
    }

    /** Every fifth key is out of sight, and others are farther or nearer. */
    private static double mask(long i) {
        return i % 5 == 4 ? Double.NEGATIVE_INFINITY : -0.25 * (i % 3);
    }

    @Override
    public List<long[]> outputs() {
        return List.of(shape());
    }

    @Override
    public Runnable ours(List<Supplier<Span>> in, List<Supplier<Span>> out) {
        MaskedSoftmax f = MaskedSoftmax.scaled(SCALE);
        return () ->
                f.forward(
                        in.get(0).get(),
                        Optional.of(Mask.of(in.get(1).get(), ofMask())),
                        out.get(0).get(),
                        shape());
    }

    @Override
    public void reference(Backend reference, List<Span> in, List<Span> out) {
        long queries = task.rows() / HEADS;
        reference.maskedSoftmax(
                MaskedSoftmax.scaled(SCALE),
                in.get(0),
                Optional.of(in.get(1)),
                out.get(0),
                new long[] {1, HEADS, queries, task.columns()},
                new long[] {0, 0, 1},
                1);
    }

    @Override
    public List<Span> scales(Backend reference, List<Span> in, List<Span> expected) {
        return List.of(Span.of(new double[task.length()]));
    }
}
