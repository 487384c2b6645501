package dev.rectifier.cli;

import dev.rectifier.Axis;
import dev.rectifier.AxisFunction;
import dev.rectifier.Channels;
import dev.rectifier.Elementwise;
import dev.rectifier.GumbelSoftmax;
import dev.rectifier.Learned;
import dev.rectifier.RRelu;
import dev.rectifier.RandomKey;
import dev.rectifier.Span;
import dev.rectifier.cli.Staging.Step;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * How an activation is computed in place on some rows of an array, whatever the other rows are.
 *
 * @param rows how many there are
 * @param beside other arrays with so many rows, which come before x
 * @param forward leaves y in the place of x, the last array
 * @param backward leaves dx in the place of dy, the last array, which follows x
 */
record Passes(long rows, List<Span> beside, Step forward, Step backward) {
    private Passes(long rows, Step forward, Step backward) {
        this(rows, List.of(), forward, backward);
    }

    /** The same axis in so many rows of the array. */
    static Axis rows(Axis axis, long n) {
        return new Axis(n, axis.size(), axis.inner());
    }

    static Passes of(Elementwise f, long length) {
        return new Passes(
                length,
                (first, n, s) -> f.forward(s[0], s[0]),
                (first, n, s) -> f.backward(s[0], s[1], s[1]));
    }

    /**
     * With random slopes.
     *
     * @param key the draws from an element on
     */
    static Passes of(RRelu f, LongFunction<RandomKey> key, long length) {
        return new Passes(
                length,
                (first, n, s) -> f.forward(key.apply(first), s[0], s[0]),
                (first, n, s) -> f.backward(key.apply(first), s[0], s[1], s[1]));
    }

    static Passes of(AxisFunction f, Axis axis) {
        return new Passes(
                axis.outer(),
                (first, n, s) -> f.forward(s[0], s[0], rows(axis, n)),
                (first, n, s) -> {
                    f.forward(s[0], s[0], rows(axis, n));
                    f.backward(s[0], s[1], s[1], rows(axis, n));
                });
    }

    /**
     * @param key the draws from an element on
     */
    static Passes of(GumbelSoftmax f, LongFunction<RandomKey> key, Axis axis) {
        // The gradient of the hard form is that of the soft one.
        GumbelSoftmax soft = new GumbelSoftmax(f.temperature(), false, f.axis());
        long row = axis.size() * axis.inner();
        Step sample =
                (first, n, s) ->
                        soft.forward(
                                key.apply(first * row),
                                s[0],
                                s[0],
                                Optional.empty(),
                                rows(axis, n));
        return new Passes(
                axis.outer(),
                (first, n, s) -> {
                    sample.run(first, n, s);
                    if (f.hard()) {
                        AxisFunction.hardmax().forward(s[0], s[0], rows(axis, n));
                    }
                },
                (first, n, s) -> {
                    sample.run(first, n, s);
                    soft.backward(s[0], s[1], s[1], rows(axis, n));
                });
    }

    /**
     * Of the first axis that isn't 1: either it has parameters for each row, or they are shared.
     */
    static Passes of(Learned f, Span parameter, Channels channels, Staging staging) {
        long[] sizes = channels.sizes();
        int axis = 0;
        while (sizes[axis] == 1 && axis < sizes.length - 1) {
            axis++;
        }
        return axis % 2 == 1
                ? ofEachRow(f, parameter, sizes, axis)
                : ofSharingRows(f, staging.offHeap(parameter), sizes, axis);
    }

    private static Passes ofEachRow(Learned f, Span parameter, long[] sizes, int axis) {
        Unused sums = new Unused();
        return new Passes(
                sizes[axis],
                List.of(parameter),
                (first, n, s) -> f.forward(s[1], s[0], s[1], rows(sizes, axis, n)),
                (first, n, s) ->
                        f.backward(s[1], s[0], s[2], s[2], sums.like(s[0]), rows(sizes, axis, n)));
    }

    private static Passes ofSharingRows(Learned f, Span parameter, long[] sizes, int axis) {
        Unused sums = new Unused();
        return new Passes(
                sizes[axis],
                (first, n, s) -> f.forward(s[0], parameter, s[0], rows(sizes, axis, n)),
                (first, n, s) ->
                        f.backward(
                                s[0],
                                parameter,
                                s[1],
                                s[1],
                                sums.like(parameter),
                                rows(sizes, axis, n)));
    }

    private static Channels rows(long[] sizes, int axis, long n) {
        long[] part = sizes.clone();
        part[axis] = n;
        return Channels.along(new int[] {1, 3, 5}, part);
    }

    /** Memory for gradients of parameters, which nobody asked for. */
    private static final class Unused {
        private Span memory;

        Span like(Span parameter) {
            if (memory == null || memory.length() < parameter.length()) {
                memory = Staging.like(parameter);
            }
            return memory.slice(0, parameter.length());
        }
    }
}
