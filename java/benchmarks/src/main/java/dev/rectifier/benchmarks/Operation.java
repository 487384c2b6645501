package dev.rectifier.benchmarks;

import dev.rectifier.AxisFunction;
import dev.rectifier.Elementwise;
import dev.rectifier.Glu;
import dev.rectifier.Learned;
import dev.rectifier.RRelu;
import dev.rectifier.Span;
import dev.rectifier.spi.Backend;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What a task computes: the arrays that it reads and writes, how it is called in our library, and
 * what is expected of others. The first output is the value or the gradient of x, others are
 * gradients of parameters.
 */
public interface Operation {
    /** Of a task. */
    static Operation of(Task task) {
        return switch (task.kind()) {
            case FILL -> new FillOperation(task);
            case DENSE_FORWARD, DENSE_BACKWARD -> new DenseOperation(task);
            case SERVE -> new ServeOperation(task);
            default -> ofActivation(task);
        };
    }

    private static Operation ofActivation(Task task) {
        if (Functions.plainName(task.function()).equals(Functions.MASKED_SOFTMAX)) {
            return new MaskedSoftmaxOperation(task);
        }
        Object f = Functions.activation(task.function());
        if (f instanceof Elementwise elementwise) {
            return new ElementwiseOperation(elementwise, task);
        }
        if (f instanceof Learned learned) {
            return new LearnedOperation(learned, task);
        }
        if (f instanceof AxisFunction function) {
            return new AxisOperation(function, task);
        }
        if (f instanceof RRelu rrelu) {
            return new RReluOperation(rrelu, task);
        }
        if (f instanceof Glu glu) {
            return new GluOperation(glu, task);
        }
        throw new IllegalArgumentException(task.label());
    }

    /** The arrays that are read. */
    List<Operand> inputs();

    /** The shapes of the arrays that are written. */
    List<long[]> outputs();

    /** A call of our library on spans that are made anew for each call, as a user's call does. */
    Runnable ours(List<Supplier<Span>> in, List<Supplier<Span>> out);

    /** The same by the reference. */
    void reference(Backend reference, List<Span> in, List<Span> out);

    /**
     * What the error of each element is measured against where that is more than the element
     * itself, as it is for sums whose terms cancel. A span for each output.
     *
     * @param expected what the reference wrote
     */
    List<Span> scales(Backend reference, List<Span> in, List<Span> expected);

    /** Whether it is one of an elementwise activation. */
    default boolean isElementwise() {
        return this instanceof ElementwiseOperation;
    }

    /** The number of elements that a call reads or writes at least. */
    default long elements() {
        return Stream.concat(inputs().stream().map(Operand::shape), outputs().stream())
                .mapToLong(Operand::elements)
                .sum();
    }
}
