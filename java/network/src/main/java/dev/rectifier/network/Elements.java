package dev.rectifier.network;

import dev.rectifier.DType;
import dev.rectifier.Memory;
import dev.rectifier.Span;
import java.nio.Buffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.function.DoubleUnaryOperator;

/**
 * Off-heap matrices and quick ways into and out of them: {@link Span#get} finds out about its owner
 * anew for each element, these loops do so once.
 */
final class Elements {
    private static final int PIECE = 1 << 10;

    private Elements() {}

    /**
     * The matrices of this size are possible.
     *
     * @param name of what is in such a matrix
     */
    static void requireSize(String name, DType dtype, int rows, int columns) {
        if ((long) rows * columns > Integer.MAX_VALUE / dtype.bytes()) {
            throw new IllegalArgumentException(
                    "%s, a matrix [%d, %d] of %s, is larger than 2 GiB"
                            .formatted(name, rows, columns, dtype));
        }
    }

    /** A part of {@code memory}, all 0. */
    static Span matrix(Memory memory, DType dtype, int rows, int columns) {
        return memory.allocate(dtype, (long) rows * columns);
    }

    /**
     * Copies {@code count} elements of {@code source}, which is in a buffer, from {@code from} on.
     */
    static void read(Span source, int from, double[] destination, int count) {
        int start = (int) source.offset() + from;
        if (source.owner() instanceof FloatBuffer floats) {
            for (int i = 0; i < count; i++) {
                destination[i] = floats.get(start + i);
            }
        } else {
            ((DoubleBuffer) source.owner()).get(start, destination, 0, count);
        }
    }

    /** Copies all of {@code source}, which is in a buffer, to {@code at}; how much that is. */
    static int readAll(Span source, double[] destination, int at) {
        int n = (int) source.length();
        if (source.owner() instanceof FloatBuffer) {
            double[] copy = new double[n];
            read(source, 0, copy, n);
            System.arraycopy(copy, 0, destination, at, n);
        } else {
            ((DoubleBuffer) source.owner()).get((int) source.offset(), destination, at, n);
        }
        return n;
    }

    /** Sets the first {@code count} elements of {@code destination}, rounded to its type. */
    static void write(double[] source, Span destination, int count) {
        int start = (int) destination.offset();
        if (destination.owner() instanceof FloatBuffer floats) {
            for (int i = 0; i < count; i++) {
                floats.put(start + i, (float) source[i]);
            }
        } else {
            ((DoubleBuffer) destination.owner()).put(start, source, 0, count);
        }
    }

    /** Computes a number from the place in its row and the value. */
    @FunctionalInterface
    interface Affine {
        double apply(int column, double value);
    }

    /** Applies {@code f} to all elements of a matrix; {@code to} may be the same. */
    static void affine(Span from, Span to, int columns, Affine f) {
        double[] row = new double[columns];
        for (long at = 0; at < from.length(); at += columns) {
            if (!(from.owner() instanceof Buffer)) {
                for (int i = 0; i < columns; i++) {
                    row[i] = from.get(at + i);
                }
            } else {
                read(from, (int) at, row, columns);
            }
            for (int i = 0; i < columns; i++) {
                row[i] = f.apply(i, row[i]);
            }
            if (!(to.owner() instanceof Buffer)) {
                for (int i = 0; i < columns; i++) {
                    to.set(at + i, row[i]);
                }
            } else {
                write(row, to.slice(at, columns), columns);
            }
        }
    }

    /** Copies row number {@code row} of {@code source}, {@code columns} wide, to {@code index}. */
    static void writeRow(float[] source, int row, int columns, Span destination, int index) {
        int from = row * columns;
        int to = (int) destination.offset() + index * columns;
        if (destination.owner() instanceof FloatBuffer floats) {
            floats.put(to, source, from, columns);
        } else {
            DoubleBuffer doubles = (DoubleBuffer) destination.owner();
            for (int i = 0; i < columns; i++) {
                doubles.put(to + i, source[from + i]);
            }
        }
    }

    /**
     * The standard deviation of all elements around their mean, the mean of squares divided by n.
     */
    static double standardDeviation(Span span) {
        double mean = sum(span, x -> x) / span.length();
        return Math.sqrt(sum(span, x -> (x - mean) * (x - mean)) / span.length());
    }

    /** Of all elements, in their order. */
    static double sumOfSquares(Span span) {
        return sum(span, x -> x * x);
    }

    /** Multiplies all elements, which are in a buffer. */
    static void scale(Span span, double factor) {
        int end = (int) (span.offset() + span.length());
        for (int i = (int) span.offset(); i < end; i++) {
            if (span.owner() instanceof FloatBuffer floats) {
                floats.put(i, (float) (floats.get(i) * factor));
            } else {
                DoubleBuffer doubles = (DoubleBuffer) span.owner();
                doubles.put(i, doubles.get(i) * factor);
            }
        }
    }

    /** In the order of the elements, in pieces, since a copy of all may be large. */
    private static double sum(Span span, DoubleUnaryOperator term) {
        double[] piece = new double[(int) Math.min(span.length(), PIECE)];
        double sum = 0;
        for (int from = 0; from < span.length(); from += piece.length) {
            int n = (int) Math.min(piece.length, span.length() - from);
            read(span, from, piece, n);
            for (int i = 0; i < n; i++) {
                sum += term.applyAsDouble(piece[i]);
            }
        }
        return sum;
    }
}
