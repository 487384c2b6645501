package dev.rectifier.spark;

import dev.rectifier.DType;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.SparseVector;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * The rows of a data set in shards: shard k has the rows k·size to (k + 1)·size in their order,
 * whatever partitions they came in. Only those rows move to another partition that follow a
 * partition's start up to the next shard's.
 */
final class Shards implements AutoCloseable {
    /** Rows that are read before they are passed on. */
    private static final int CHUNK_BYTES = 1 << 20;

    private final JavaRDD<Chunk> chunks;
    private final int size;
    private final int count;
    private final double totalWeight;

    private Shards(JavaRDD<Chunk> chunks, int size, int count, double totalWeight) {
        this.chunks = chunks;
        this.size = size;
        this.count = count;
        this.totalWeight = totalWeight;
    }

    /** Each shard in one piece, with the number of its first row. */
    JavaRDD<Chunk> chunks() {
        return chunks;
    }

    /** Rows of each, but for the last. */
    int size() {
        return size;
    }

    int count() {
        return count;
    }

    /** The sum of the weights of all rows. */
    double totalWeight() {
        return totalWeight;
    }

    @Override
    public void close() {
        chunks.unpersist(false);
    }

    /**
     * How to read a row, with the features first, then the label, the weight and whether it is one
     * to validate by.
     */
    static final class Columns implements Serializable {
        private static final long serialVersionUID = 1L;

        private final String features;
        private final String label;
        private final String weight;
        private final String indicator;
        private final int inputs;
        private final int classes;
        private final boolean doubles;
        private final double[] classWeights;
        private final String handleInvalid;

        /**
         * @param weight the column of weights, or null
         * @param indicator the column that is true for rows to validate by, or null
         * @param classWeights a factor for each class, or null
         */
        Columns(
                String features,
                String label,
                String weight,
                String indicator,
                Topology topology,
                double[] classWeights,
                String handleInvalid) {
            this.features = features;
            this.label = label;
            this.weight = weight;
            this.indicator = indicator;
            this.inputs = topology.inputs();
            this.classes = topology.isClassifier() ? topology.outputs() : 0;
            this.doubles = topology.dtype() == DType.FLOAT64;
            this.classWeights = classWeights;
            this.handleInvalid = handleInvalid;
        }

        private boolean isValidation(Row row) {
            int at = weight == null ? 2 : 3;
            return indicator != null && !row.isNullAt(at) && row.getBoolean(at);
        }

        /** What is wrong with the label or the weight; null if nothing is. */
        private String fault(Row row) {
            if (row.isNullAt(1)) {
                return "column %s is null".formatted(label);
            }
            double value = row.getDouble(1);
            if (classes > 0 && !(value >= 0 && value < classes && value == Math.rint(value))) {
                return "column %s must be a class in 0..%d, not %s"
                        .formatted(label, classes - 1, value);
            }
            if (!Double.isFinite(value)) {
                return "column %s must be finite, not %s".formatted(label, value);
            }
            if (weight != null
                    && (row.isNullAt(2)
                            || !(row.getDouble(2) >= 0 && Double.isFinite(row.getDouble(2))))) {
                return "column %s must be finite and at least 0, not %s"
                        .formatted(weight, row.get(2));
            }
            return null;
        }

        private double weight(Row row) {
            double given = weight == null ? 1 : row.getDouble(2);
            return classWeights == null ? given : given * classWeights[(int) row.getDouble(1)];
        }
    }

    /** What is wrong with features; null if nothing is. */
    static String fault(String column, Vector features, int inputs) {
        if (features == null) {
            return "column %s is null".formatted(column);
        }
        if (features.size() != inputs) {
            return "column %s has %d features, not the %d of the first layer"
                    .formatted(column, features.size(), inputs);
        }
        double[] values =
                features instanceof SparseVector s ? s.values() : ((DenseVector) features).values();
        for (int i = 0; i < values.length; i++) {
            if (!Double.isFinite(values[i])) {
                return "column %s must be finite, not %s in feature %d"
                        .formatted(
                                column,
                                values[i],
                                features instanceof SparseVector s ? s.indices()[i] : i);
            }
        }
        return null;
    }

    /** Sets one row of a matrix, which is 0 so far. */
    static void write(Vector features, double[] to, int at) {
        if (features instanceof SparseVector s) {
            for (int i = 0; i < s.indices().length; i++) {
                to[at + s.indices()[i]] = s.values()[i];
            }
        } else {
            System.arraycopy(((DenseVector) features).values(), 0, to, at, features.size());
        }
    }

    /** {@link #write(Vector, double[], int)} in float. */
    static void write(Vector features, float[] to, int at) {
        if (features instanceof SparseVector s) {
            for (int i = 0; i < s.indices().length; i++) {
                to[at + s.indices()[i]] = (float) s.values()[i];
            }
        } else {
            double[] values = ((DenseVector) features).values();
            for (int i = 0; i < values.length; i++) {
                to[at + i] = (float) values[i];
            }
        }
    }

    /** Some rows of one partition, or what is wrong with one, after which there are no more. */
    private static final class Part implements Serializable {
        private static final long serialVersionUID = 1L;

        private final Chunk chunk;

        /** Rows that were read for it. */
        private final long read;

        private final String fault;

        Part(Chunk chunk, long read, String fault) {
            this.chunk = chunk;
            this.read = read;
            this.fault = fault;
        }
    }

    /** Reads a partition. */
    private static final class Reader implements Iterator<Part> {
        private final Iterator<Row> rows;
        private final Columns columns;
        private final boolean validation;
        private final int most;
        private long kept;
        private boolean over;

        Reader(Iterator<Row> rows, Columns columns, boolean validation) {
            this.rows = rows;
            this.columns = columns;
            this.validation = validation;
            most = Math.max(1, CHUNK_BYTES / Float.BYTES / columns.inputs);
        }

        @Override
        public boolean hasNext() {
            return !over && rows.hasNext();
        }

        @Override
        public Part next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            float[] floats = columns.doubles ? null : new float[most * columns.inputs];
            double[] doubles = columns.doubles ? new double[most * columns.inputs] : null;
            double[] targets = new double[most];
            double[] weights = new double[most];
            int n = 0;
            long read = 0;
            String fault = null;
            while (fault == null && n < most && rows.hasNext()) {
                Row row = rows.next();
                read++;
                if (columns.isValidation(row) != validation) {
                    continue;
                }
                Vector features = row.getAs(0);
                String invalid = fault(columns.features, features, columns.inputs);
                fault = columns.fault(row);
                if (invalid != null) {
                    if (fault == null && columns.handleInvalid.equals(Settings.ERROR)) {
                        fault = invalid;
                    }
                } else if (fault == null) {
                    if (floats != null) {
                        write(features, floats, n * columns.inputs);
                    } else {
                        write(features, doubles, n * columns.inputs);
                    }
                    targets[n] = row.getDouble(1);
                    weights[n] = columns.weight(row);
                    n++;
                }
            }
            over = fault != null;
            Chunk chunk =
                    new Chunk(
                            kept,
                            columns.inputs,
                            floats == null ? null : Arrays.copyOf(floats, n * columns.inputs),
                            doubles == null ? null : Arrays.copyOf(doubles, n * columns.inputs),
                            Arrays.copyOf(targets, n),
                            Arrays.copyOf(weights, n));
            kept += n;
            return new Part(chunk, read, fault);
        }
    }

    /** To the partition whose number the key is. */
    private static final class ByNumber extends Partitioner {
        private static final long serialVersionUID = 1L;

        private final int partitions;

        ByNumber(int partitions) {
            this.partitions = partitions;
        }

        @Override
        public int numPartitions() {
            return partitions;
        }

        @Override
        public int getPartition(Object key) {
            return (int) key;
        }
    }

    /** What there is in one partition. */
    private static final class Total implements Serializable {
        private static final long serialVersionUID = 1L;

        private long kept;
        private long read;
        private String fault;
    }

    private static Total total(Iterator<Part> parts) {
        Total total = new Total();
        while (parts.hasNext()) {
            Part part = parts.next();
            total.kept += part.chunk.rows();
            total.read += part.read;
            total.fault = part.fault;
        }
        return total;
    }

    /**
     * Reads rows once, and keeps them in the executors' memory, or on their disks, until this is
     * closed.
     *
     * @param rows with the columns in the order that {@link Columns} says
     * @param validation which rows to take
     * @throws IllegalArgumentException if a row is not as it must be, or there is none
     */
    static Shards of(JavaRDD<Row> rows, Columns columns, boolean validation, int shardSize) {
        if ((long) shardSize * columns.inputs > Integer.MAX_VALUE / (columns.doubles ? 8 : 4)) {
            throw new IllegalArgumentException(
                    "shardSize %d of %d features is more than 2 GiB"
                            .formatted(shardSize, columns.inputs));
        }
        JavaRDD<Part> parts =
                rows.mapPartitions(it -> new Reader(it, columns, validation))
                        .persist(StorageLevel.MEMORY_AND_DISK());
        try {
            long[] starts = starts(parts, validation);
            JavaRDD<Chunk> chunks =
                    gather(parts, starts, shardSize).persist(StorageLevel.MEMORY_AND_DISK());
            try {
                return weighed(chunks, columns, shardSize);
            } catch (RuntimeException | Error e) {
                chunks.unpersist(false);
                throw e;
            }
        } finally {
            parts.unpersist(false);
        }
    }

    private static Shards weighed(JavaRDD<Chunk> chunks, Columns columns, int shardSize) {
        List<Tuple2<Long, Double>> found =
                new ArrayList<>(
                        chunks.map(c -> new Tuple2<>(c.first(), c.totalWeight())).collect());
        found.sort((a, b) -> Long.compare(a._1(), b._1()));
        double weight = 0;
        for (Tuple2<Long, Double> shard : found) {
            weight += shard._2();
        }
        if (!(weight > 0)) {
            throw new IllegalArgumentException(
                    columns.weight == null
                            ? "the class weights of all rows are 0"
                            : "the weights of all rows are 0, in column " + columns.weight);
        }
        return new Shards(chunks, shardSize, found.size(), weight);
    }

    /** The number of the first row of each partition, and of the row after the last. */
    private static long[] starts(JavaRDD<Part> parts, boolean validation) {
        List<Total> totals = parts.mapPartitions(it -> List.of(total(it)).iterator()).collect();
        long[] starts = new long[totals.size() + 1];
        long before = 0;
        for (int p = 0; p < totals.size(); p++) {
            Total total = totals.get(p);
            before += total.read;
            if (total.fault != null) {
                throw new IllegalArgumentException(
                        "%s, in row %d".formatted(total.fault, before - 1));
            }
            starts[p + 1] = starts[p] + total.kept;
        }
        if (starts[totals.size()] == 0) {
            throw new IllegalArgumentException(
                    validation
                            ? "the data has no rows to validate by"
                            : "the data has no rows to train on");
        }
        return starts;
    }

    private static JavaRDD<Chunk> gather(JavaRDD<Part> parts, long[] starts, int shardSize) {
        int partitions = starts.length - 1;
        long total = starts[partitions];
        JavaRDD<Tuple2<Integer, Chunk>> pieces =
                parts.mapPartitionsWithIndex((p, it) -> new Pieces(it, starts, p, shardSize), true);
        JavaPairRDD<Integer, Chunk> away =
                pieces.mapPartitionsWithIndex((p, it) -> only(it, p, false), true)
                        .mapToPair(piece -> piece)
                        .partitionBy(new ByNumber(partitions));
        JavaRDD<Chunk> home =
                pieces.mapPartitionsWithIndex((p, it) -> only(it, p, true), true).map(Tuple2::_2);
        JavaRDD<Chunk> shards =
                home.zipPartitions(
                        away.values(), (own, others) -> new Joined(own, others, shardSize, total));
        long count = (total + shardSize - 1) / shardSize;
        // Empty partitions are tasks, too.
        return partitions > count ? shards.coalesce((int) count) : shards;
    }

    /** The pieces whose home is partition {@code p}, or all others. */
    private static Iterator<Tuple2<Integer, Chunk>> only(
            Iterator<Tuple2<Integer, Chunk>> pieces, int p, boolean here) {
        return new Iterator<>() {
            private Tuple2<Integer, Chunk> ahead;

            @Override
            public boolean hasNext() {
                while (ahead == null && pieces.hasNext()) {
                    Tuple2<Integer, Chunk> piece = pieces.next();
                    ahead = (piece._1() == p) == here ? piece : null;
                }
                return ahead != null;
            }

            @Override
            public Tuple2<Integer, Chunk> next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                Tuple2<Integer, Chunk> piece = ahead;
                ahead = null;
                return piece;
            }
        };
    }

    /**
     * A partition's rows cut where shards end, each with the partition of the shard's first row.
     */
    private static final class Pieces implements Iterator<Tuple2<Integer, Chunk>> {
        private final Iterator<Part> parts;
        private final long[] starts;
        private final int partition;
        private final int shardSize;
        private Chunk rest;

        Pieces(Iterator<Part> parts, long[] starts, int partition, int shardSize) {
            this.parts = parts;
            this.starts = starts;
            this.partition = partition;
            this.shardSize = shardSize;
        }

        @Override
        public boolean hasNext() {
            while ((rest == null || rest.rows() == 0) && parts.hasNext()) {
                Chunk chunk = parts.next().chunk;
                rest = chunk.at(starts[partition] + chunk.first());
            }
            return rest != null && rest.rows() > 0;
        }

        @Override
        public Tuple2<Integer, Chunk> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            long shard = rest.first() / shardSize;
            int n = (int) Math.min(rest.rows(), (shard + 1) * shardSize - rest.first());
            Chunk piece = rest.slice(0, n);
            rest = n == rest.rows() ? null : rest.slice(n, rest.rows() - n);
            return new Tuple2<>(partitionOf(shard * shardSize), piece);
        }

        private int partitionOf(long row) {
            int p = partition;
            while (starts[p] > row) {
                p--;
            }
            return p;
        }
    }

    /** Makes shards of pieces that are in order, and of those that come from further on. */
    private static final class Joined implements Iterator<Chunk> {
        private final Iterator<Chunk> own;
        private final Iterator<Chunk> others;
        private final int shardSize;
        private final long total;
        private Chunk ahead;

        Joined(Iterator<Chunk> own, Iterator<Chunk> others, int shardSize, long total) {
            this.own = own;
            this.others = others;
            this.shardSize = shardSize;
            this.total = total;
        }

        @Override
        public boolean hasNext() {
            return ahead != null || own.hasNext();
        }

        @Override
        public Chunk next() {
            List<Chunk> pieces = new ArrayList<>();
            pieces.add(ahead != null ? ahead : own.next());
            ahead = null;
            long shard = pieces.get(0).first() / shardSize;
            while (ahead == null && own.hasNext()) {
                Chunk piece = own.next();
                if (piece.first() / shardSize == shard) {
                    pieces.add(piece);
                } else {
                    ahead = piece;
                }
            }
            if (ahead == null) {
                others.forEachRemaining(pieces::add);
                pieces.sort((a, b) -> Long.compare(a.first(), b.first()));
            }
            requireWhole(pieces, Math.min((shard + 1) * shardSize, total));
            int rows = pieces.stream().mapToInt(Chunk::rows).sum();
            return pieces.size() == 1
                    ? pieces.get(0)
                    : Chunk.join(pieces.get(0).first(), rows, pieces, 0);
        }

        /** What is computed again after an executor has died may be other rows. */
        private static void requireWhole(List<Chunk> pieces, long end) {
            long at = pieces.get(0).first();
            for (Chunk piece : pieces) {
                at = piece.first() == at ? at + piece.rows() : -1;
            }
            if (at != end) {
                throw new IllegalStateException(
                        "row %d isn't where it was when rows were counted: the data must be the same whenever it is computed"
                                .formatted(end - 1));
            }
        }
    }
}
