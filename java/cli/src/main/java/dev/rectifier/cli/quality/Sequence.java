package dev.rectifier.cli.quality;

import dev.rectifier.DType;
import dev.rectifier.Initializer;
import dev.rectifier.Shape;
import dev.rectifier.Span;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Locale;
import java.util.function.LongFunction;

/**
 * Numbers that should follow a law, each independent of all others.
 *
 * @param name what they are
 * @param reader where they come from
 */
record Sequence(String name, Law law, DType dtype, Reader reader) {
    private static final int BLOCK = 1 << 16;

    /** More than are ever drawn. */
    private static final Shape ENDLESS = Shape.keras(1L << 50);

    /** Reads from any place of a sequence. */
    @FunctionalInterface
    interface Reader {
        void read(long first, Span out);
    }

    /** Takes numbers as they come; the array is overwritten afterwards. */
    @FunctionalInterface
    interface Visitor {
        void visit(double[] values, int count);
    }

    /** The same of two sequences. */
    @FunctionalInterface
    interface PairVisitor {
        void visit(double[] one, double[] other, int count);
    }

    /** The draws of one initializer. */
    static Sequence of(Source source, Law law, DType dtype, Initializer initializer) {
        return new Sequence(
                name(law, dtype),
                law,
                dtype,
                (first, out) -> source.draw(initializer, ENDLESS, first, out));
    }

    private static String name(Law law, DType dtype) {
        return law + " " + dtype.name().toLowerCase(Locale.ROOT);
    }

    /**
     * The elements of many small tensors one after the other, such as the first weights of many
     * layers or of many seeds.
     *
     * @param part what they are of the law and the type
     * @param initializers that of each tensor
     */
    static Sequence tensors(
            Source source,
            Law law,
            DType dtype,
            String part,
            Shape shape,
            LongFunction<Initializer> initializers) {
        return new Sequence(
                name(law, dtype) + ", " + part,
                law,
                dtype,
                (first, out) -> {
                    long done = 0;
                    while (done < out.length()) {
                        long tensor = (first + done) / shape.size();
                        long element = (first + done) % shape.size();
                        long count = Math.min(shape.size() - element, out.length() - done);
                        Span to = out.slice(done, count);
                        source.draw(initializers.apply(tensor), shape, element, to);
                        done += count;
                    }
                });
    }

    /** Hands the first {@code n} numbers over, in their order. */
    void forEach(long n, Visitor visitor) {
        Window window = new Window(this);
        for (long first = 0; first < n; first += BLOCK) {
            int count = (int) Math.min(BLOCK, n - first);
            visitor.visit(window.read(first, count), count);
        }
    }

    /** Hands the first {@code n} numbers of this and of another over, side by side. */
    void forEachWith(Sequence other, long n, PairVisitor visitor) {
        Window mine = new Window(this);
        Window its = new Window(other);
        for (long first = 0; first < n; first += BLOCK) {
            int count = (int) Math.min(BLOCK, n - first);
            visitor.visit(mine.read(first, count), its.read(first, count), count);
        }
    }

    private static final class Window {
        private final Sequence sequence;
        private final Span memory;
        private final double[] values = new double[BLOCK];

        Window(Sequence sequence) {
            this.sequence = sequence;
            memory = Span.allocate(sequence.dtype, BLOCK);
        }

        double[] read(long first, int count) {
            sequence.reader.read(first, memory.slice(0, count));
            if (memory.owner() instanceof FloatBuffer floats) {
                for (int i = 0; i < count; i++) {
                    values[i] = floats.get(i);
                }
            } else {
                ((DoubleBuffer) memory.owner()).get(0, values, 0, count);
            }
            return values;
        }
    }
}
