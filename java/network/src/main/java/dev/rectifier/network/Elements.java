package dev.rectifier.network;

import dev.rectifier.DType;
import dev.rectifier.Span;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;

/**
 * Off-heap matrices and quick ways into and out of them: {@link Span#get} finds out about its owner
 * anew for each element, these loops do so once.
 */
final class Elements {
    private Elements() {}

    /** New memory, all 0. */
    static Span matrix(DType dtype, int rows, int columns) {
        long length = (long) rows * columns;
        if (length > Integer.MAX_VALUE / dtype.bytes()) {
            throw new IllegalArgumentException(
                    "a matrix [%d, %d] of %s is larger than 2 GiB".formatted(rows, columns, dtype));
        }
        return Span.allocate(dtype, (int) length);
    }

    /** Copies {@code count} elements of {@code source}, from {@code from} on. */
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
        int n = (int) span.length();
        double[] values = new double[n];
        read(span, 0, values, n);
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        double mean = sum / n;
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        return Math.sqrt(squares / n);
    }
}
