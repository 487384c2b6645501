package dev.rectifier.spark;

import dev.rectifier.DType;
import dev.rectifier.Span;
import java.io.Serializable;
import java.util.List;

/**
 * Some rows, one after the other, in arrays. A plain class, since Spark's Kryo doesn't know
 * records.
 */
final class Chunk implements Serializable {
    private static final long serialVersionUID = 1L;

    /** The number of its first row among all that are trained on. */
    private final long first;

    private final int columns;

    /** Of these two one is null. */
    private final float[] floats;

    private final double[] doubles;
    private final double[] targets;
    private final double[] weights;

    Chunk(
            long first,
            int columns,
            float[] floats,
            double[] doubles,
            double[] targets,
            double[] weights) {
        this.first = first;
        this.columns = columns;
        this.floats = floats;
        this.doubles = doubles;
        this.targets = targets;
        this.weights = weights;
    }

    long first() {
        return first;
    }

    int rows() {
        return targets.length;
    }

    double target(int row) {
        return targets[row];
    }

    double weight(int row) {
        return weights[row];
    }

    double totalWeight() {
        double sum = 0;
        for (double weight : weights) {
            sum += weight;
        }
        return sum;
    }

    /** The features of some rows. */
    Span features(int from, int rows) {
        return floats != null
                ? Span.of(floats, from * columns, rows * columns)
                : Span.of(doubles, from * columns, rows * columns);
    }

    /** The same rows in the place that they have among all. */
    Chunk at(long place) {
        return new Chunk(place, columns, floats, doubles, targets, weights);
    }

    /** The same rows, row i being row {@code order[i]} of these. */
    Chunk permuted(int[] order) {
        float[] permutedFloats = floats == null ? null : new float[floats.length];
        double[] permutedDoubles = doubles == null ? null : new double[doubles.length];
        double[] permutedTargets = new double[order.length];
        double[] permutedWeights = new double[order.length];
        for (int i = 0; i < order.length; i++) {
            System.arraycopy(
                    floats != null ? floats : doubles,
                    order[i] * columns,
                    floats != null ? permutedFloats : permutedDoubles,
                    i * columns,
                    columns);
            permutedTargets[i] = targets[order[i]];
            permutedWeights[i] = weights[order[i]];
        }
        return new Chunk(
                first, columns, permutedFloats, permutedDoubles, permutedTargets, permutedWeights);
    }

    Chunk slice(int from, int rows) {
        return from == 0 && rows == rows() ? this : join(first + from, rows, List.of(this), from);
    }

    /** {@code rows} rows from row {@code from} of the first chunk on. */
    static Chunk join(long first, int rows, List<Chunk> chunks, int from) {
        Chunk some = chunks.get(0);
        DType dtype = some.floats != null ? DType.FLOAT32 : DType.FLOAT64;
        float[] floats = dtype == DType.FLOAT32 ? new float[rows * some.columns] : null;
        double[] doubles = dtype == DType.FLOAT64 ? new double[rows * some.columns] : null;
        double[] targets = new double[rows];
        double[] weights = new double[rows];
        int at = 0;
        int skip = from;
        for (Chunk chunk : chunks) {
            int n = Math.min(rows - at, chunk.rows() - skip);
            System.arraycopy(
                    floats != null ? chunk.floats : chunk.doubles,
                    skip * some.columns,
                    floats != null ? floats : doubles,
                    at * some.columns,
                    n * some.columns);
            System.arraycopy(chunk.targets, skip, targets, at, n);
            System.arraycopy(chunk.weights, skip, weights, at, n);
            at += n;
            skip = 0;
        }
        return new Chunk(first, some.columns, floats, doubles, targets, weights);
    }
}
