package dev.rectifier.models;

import dev.rectifier.Activation;
import dev.rectifier.AxisFunction;
import dev.rectifier.Elementwise;
import dev.rectifier.PRelu;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * What is done to the features one after the other, as a list whose last step is known: two chains
 * that begin alike share their beginning, as the branches of a graph do. Immutable.
 */
final class Chain {
    /** One step of a chain. */
    sealed interface Step permits Dense, Affine, Function {}

    /**
     * x·W + b.
     *
     * @param kernel [inputs, units], row-major
     * @param bias [units]
     */
    record Dense(double[] kernel, double[] bias) implements Step {}

    /** x·scale + shift, each feature by itself. */
    record Affine(double[] scale, double[] shift) implements Step {}

    /**
     * f(x).
     *
     * @param learned what it has learned, one number for each feature; empty if it learns nothing
     */
    record Function(Activation activation, double[] learned) implements Step {}

    private final Chain before;
    private final Step step;
    private final int width;

    /** What the step comes from: a layer or a node, for messages. */
    private final String where;

    private Chain(Chain before, Step step, int width, String where) {
        this.before = before;
        this.step = step;
        this.width = width;
        this.where = where;
    }

    /** The features as they come. */
    static Chain of(int inputs) {
        return new Chain(null, null, inputs, "the input");
    }

    /** The number of features at the end. */
    int width() {
        return width;
    }

    /** The chain of no steps that this begins with. */
    Chain root() {
        Chain at = this;
        while (at.before != null) {
            at = at.before;
        }
        return at;
    }

    /** Whether anything is done. */
    boolean isEmpty() {
        return step == null;
    }

    Chain dense(double[] kernel, double[] bias, String where) {
        return new Chain(this, new Dense(kernel, bias), bias.length, where);
    }

    Chain affine(double[] scale, double[] shift, String where) {
        boolean identity =
                Arrays.stream(scale).allMatch(s -> s == 1)
                        && Arrays.stream(shift).allMatch(s -> s == 0);
        return identity ? this : new Chain(this, new Affine(scale, shift), width, where);
    }

    Chain affine(double scale, double shift, String where) {
        double[] scales = new double[width];
        double[] shifts = new double[width];
        Arrays.fill(scales, scale);
        Arrays.fill(shifts, shift);
        return affine(scales, shifts, where);
    }

    Chain function(Activation activation, String where) {
        return activation.equals(Elementwise.linear())
                ? this
                : new Chain(this, new Function(activation, new double[0]), width, where);
    }

    Chain prelu(double[] slopes, String where) {
        // The value that slopes start with is of no matter where they are known.
        return new Chain(this, new Function(new PRelu(), slopes), width, where);
    }

    /** Whether the last step takes all features together. */
    boolean endsInAxisFunction() {
        return step instanceof Function f && f.activation() instanceof AxisFunction;
    }

    /** The steps, first to last. */
    Deque<Chain> steps() {
        Deque<Chain> steps = new ArrayDeque<>();
        for (Chain at = this; at.step != null; at = at.before) {
            steps.addFirst(at);
        }
        return steps;
    }

    Step step() {
        return step;
    }

    String where() {
        return where;
    }

    /** The number of features before the last step. */
    int inputs() {
        return before.width;
    }
}
