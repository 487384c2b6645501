package dev.rectifier.benchmarks;

import dev.rectifier.DType;
import dev.rectifier.Span;
import java.util.Arrays;

/** What errors are measured against. */
final class Scales {
    /** What is smaller counts as this large in the error of a gradient, as in our own promises. */
    private static final double FLOAT_GRADIENT = 0x1p-20;

    private static final double DOUBLE_GRADIENT = 0x1p-49;

    private Scales() {}

    /** Of derivatives times {@code dy}. */
    static Span ofGradient(DType dtype, Span dy) {
        double least = dtype == DType.FLOAT32 ? FLOAT_GRADIENT : DOUBLE_GRADIENT;
        double[] scales = new double[(int) dy.length()];
        for (int i = 0; i < scales.length; i++) {
            scales[i] = least * Math.abs(dy.get(i));
        }
        return Span.of(scales);
    }

    /** The magnitudes of what is in {@code of}. */
    static Span magnitudes(Span of) {
        double[] magnitudes = new double[(int) of.length()];
        for (int i = 0; i < magnitudes.length; i++) {
            magnitudes[i] = Math.abs(of.get(i));
        }
        return Span.of(magnitudes);
    }

    /** The greatest magnitude of each row, for all of its elements. */
    static Span greatestOfRows(Span of, int columns) {
        double[] greatest = new double[(int) of.length()];
        for (int row = 0; row < greatest.length; row += columns) {
            double most = 0;
            for (int i = row; i < row + columns; i++) {
                most = Math.max(most, Math.abs(of.get(i)));
            }
            Arrays.fill(greatest, row, row + columns, most);
        }
        return Span.of(greatest);
    }
}
