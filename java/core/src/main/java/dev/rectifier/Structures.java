package dev.rectifier;

import dev.rectifier.Fill.Distribution;
import dev.rectifier.spi.Backend;

/**
 * The initializers whose values depend on their place or on each other. Each writes a part of a
 * tensor, after checking that the shape is one it can have.
 */
final class Structures {
    /** Writes elements {@code first} to {@code first + out.length()} of a tensor. */
    @FunctionalInterface
    interface Structure {
        void write(Initializer initializer, Shape shape, long first, Span out);
    }

    /** The longest array that every JVM can allocate. */
    private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

    private Structures() {}

    static void identity(Initializer initializer, Shape shape, long first, Span out) {
        double gain = initializer.parameter(0);
        requireRank(initializer, shape, 2, 2);
        Checks.fits("gain", gain, out.dtype());
        clear(out);
        long rows = shape.dimensions()[0];
        long columns = shape.dimensions()[1];
        long step = columns + 1;
        long end = Math.min(Math.min(rows, columns), (first + out.length() + step - 1) / step);
        for (long i = (first + step - 1) / step; i < end; i++) {
            out.set(i * step - first, gain);
        }
    }

    static void dirac(Initializer initializer, Shape shape, long first, Span out) {
        long groups = (long) initializer.parameter(0);
        requireRank(initializer, shape, 3, 5);
        if (shape.outputs() % groups != 0) {
            throw impossible(
                    initializer, shape, "a number of outputs that " + groups + " groups can share");
        }
        clear(out);
        long each = shape.outputs() / groups;
        long centre = shape.place(length -> length / 2);
        if (out.length() > 0) {
            for (long output = 0; output < shape.outputs(); output++) {
                long input = output % each;
                if (input < shape.inputs()) {
                    put(out, first, shape.index(input, output, centre), 1);
                }
            }
        }
    }

    static void orthogonal(Initializer initializer, Shape shape, long first, Span out) {
        requireRank(initializer, shape, 2, Integer.MAX_VALUE);
        Checks.fits("gain", initializer.parameter(0), out.dtype());
        long[] dimensions = shape.dimensions();
        boolean keras = shape.layout() == Shape.Layout.KERAS;
        long side = dimensions[keras ? dimensions.length - 1 : 0];
        long rest = side == 0 ? 0 : shape.size() / side;
        orthogonal(initializer, keras ? rest : side, keras ? side : rest, first, out);
    }

    private static void orthogonal(
            Initializer initializer, long rows, long columns, long first, Span out) {
        Rectifier.backend()
                .orthogonal(
                        initializer.parameter(0),
                        rows,
                        columns,
                        initializer.key(first),
                        out,
                        Rectifier.threads());
    }

    static void deltaOrthogonal(Initializer initializer, Shape shape, long first, Span out) {
        requireRank(initializer, shape, 3, 5);
        Checks.fits("gain", initializer.parameter(0), out.dtype());
        long inputs = shape.inputs();
        long outputs = shape.outputs();
        if (inputs > outputs) {
            throw impossible(initializer, shape, "at least as many outputs as inputs");
        }
        if (out.length() == 0) {
            return;
        }
        if (inputs * outputs > MAX_ARRAY) {
            throw impossible(initializer, shape, "inputs * outputs of at most " + MAX_ARRAY);
        }
        int elements = (int) (inputs * outputs);
        Span matrix =
                out.dtype() == DType.FLOAT32
                        ? Span.of(new float[elements])
                        : Span.of(new double[elements]);
        orthogonal(initializer, inputs, outputs, 0, matrix);
        clear(out);
        long centre = shape.place(length -> (length - 1) / 2);
        for (long input = 0; input < inputs; input++) {
            for (long output = 0; output < outputs; output++) {
                put(
                        out,
                        first,
                        shape.index(input, output, centre),
                        matrix.get(input * outputs + output));
            }
        }
    }

    /**
     * The values have the first draws of the stream, as {@link Initializer#randomNormal} has; those
     * after them choose, for each input, which outputs it doesn't reach: one chance per output, in
     * double precision for either type, by Knuth's selection sampling (The Art of Computer
     * Programming 2, 3.4.2, algorithm S).
     */
    static void sparse(Initializer initializer, Shape shape, long first, Span out) {
        double sparsity = initializer.parameter(0);
        Fill values = new Fill(Distribution.NORMAL, 0, initializer.parameter(1));
        requireRank(initializer, shape, 2, 2);
        initializer.requireFits(values, out.dtype());
        long outputs = shape.outputs();
        if (outputs > MAX_ARRAY || shape.size() > RandomKey.MAX_DRAWS / 2) {
            throw impossible(
                    initializer,
                    shape,
                    "at most "
                            + MAX_ARRAY
                            + " outputs and "
                            + RandomKey.MAX_DRAWS / 2
                            + " elements");
        }
        if (out.length() == 0) {
            return;
        }
        double[] chances = new double[(int) outputs];
        Fill chance = new Fill(Distribution.UNIFORM, 0, 1);
        Backend backend = Rectifier.backend();
        backend.fill(values, initializer.key(first), out, Rectifier.threads());
        for (long input = 0; input < shape.inputs(); input++) {
            if (shape.index(input, outputs - 1, 0) < first
                    || shape.index(input, 0, 0) >= first + out.length()) {
                continue;
            }
            RandomKey key = initializer.key(shape.size() + input * outputs);
            backend.fill(chance, key, Span.of(chances), 1);
            int zeros = (int) Math.ceil(sparsity * outputs);
            for (int output = 0; zeros > 0; output++) {
                if (chances[output] * (outputs - output) < zeros) {
                    put(out, first, shape.index(input, output, 0), 0);
                    zeros--;
                }
            }
        }
    }

    private static void clear(Span out) {
        Rectifier.backend()
                .fill(
                        new Fill(Distribution.CONSTANT, 0, 0),
                        new RandomKey(0, 0),
                        out,
                        Rectifier.threads());
    }

    /** Sets element {@code index} of the tensor, if the part that begins with first has it. */
    private static void put(Span out, long first, long index, double value) {
        if (index >= first && index < first + out.length()) {
            out.set(index - first, value);
        }
    }

    private static void requireRank(Initializer initializer, Shape shape, int least, int most) {
        if (!shape.hasLayout()) {
            throw impossible(initializer, shape, "the layout of Keras or PyTorch");
        }
        if (shape.rank() < least || shape.rank() > most) {
            throw impossible(
                    initializer,
                    shape,
                    least == most
                            ? least + " axes"
                            : most == Integer.MAX_VALUE
                                    ? "at least " + least + " axes"
                                    : least + " to " + most + " axes");
        }
    }

    private static IllegalArgumentException impossible(
            Initializer initializer, Shape shape, String needed) {
        return new IllegalArgumentException(initializer + " needs " + needed + ", not " + shape);
    }
}
