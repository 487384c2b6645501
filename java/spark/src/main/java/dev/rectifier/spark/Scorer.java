package dev.rectifier.spark;

import dev.rectifier.AxisFunction;
import dev.rectifier.DType;
import dev.rectifier.network.Network;
import dev.rectifier.network.Predictor;
import dev.rectifier.network.Scaling;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * A trained network in a form that can be sent; the predictor is made where it is needed, once in a
 * JVM. Thread-safe.
 */
final class Scorer implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int BATCH_BYTES = 1 << 20;

    private final Topology topology;
    private final Trained trained;
    private transient volatile Predictor predictor;

    Scorer(Topology topology, Trained trained) {
        this.topology = topology;
        this.trained = trained;
    }

    private Predictor predictor() {
        Predictor made = predictor;
        if (made == null) {
            synchronized (this) {
                made = predictor;
                if (made == null) {
                    try (Network network = topology.blank()) {
                        Topology.write(trained.weights(), network);
                        if (trained.scale() != null) {
                            network.setScaling(new Scaling(trained.scale(), trained.shift()));
                        }
                        made = new Predictor(network);
                    }
                    predictor = made;
                }
            }
        }
        return made;
    }

    /** The outputs before a softmax of one row. */
    double[] raw(Vector features) {
        String fault = Shards.fault("features", features, topology.inputs());
        if (fault != null) {
            throw new IllegalArgumentException(fault);
        }
        return raw(List.of(features));
    }

    private double[] raw(List<Vector> rows) {
        double[] y = new double[rows.size() * topology.outputs()];
        if (topology.dtype() == DType.FLOAT64 || trained.scale() != null) {
            double[] x = new double[rows.size() * topology.inputs()];
            for (int i = 0; i < rows.size(); i++) {
                Shards.write(rows.get(i), x, i * topology.inputs());
            }
            predictor().predict(x, y);
        } else {
            float[] x = new float[rows.size() * topology.inputs()];
            float[] floats = new float[y.length];
            for (int i = 0; i < rows.size(); i++) {
                Shards.write(rows.get(i), x, i * topology.inputs());
            }
            predictor().predict(x, floats);
            for (int i = 0; i < y.length; i++) {
                y[i] = floats[i];
            }
        }
        return y;
    }

    /** What becomes of rows. */
    static final class Output implements Serializable {
        private static final long serialVersionUID = 1L;

        private final String featuresCol;
        private final int features;
        private final boolean raw;
        private final boolean probability;
        private final boolean prediction;
        private final double[] thresholds;
        private final String handleInvalid;

        /**
         * @param features where the features are in a row
         * @param thresholds as Spark's classifiers have them, or null
         */
        Output(
                String featuresCol,
                int features,
                boolean raw,
                boolean probability,
                boolean prediction,
                double[] thresholds,
                String handleInvalid) {
            this.featuresCol = featuresCol;
            this.features = features;
            this.raw = raw;
            this.probability = probability;
            this.prediction = prediction;
            this.thresholds = thresholds;
            this.handleInvalid = handleInvalid;
        }
    }

    /** The rows of a partition with the outputs after their columns. */
    Iterator<Row> score(Iterator<Row> rows, Output output) {
        Worker.prepareTask();
        return new Scored(rows, output);
    }

    private final class Scored implements Iterator<Row> {
        private final Iterator<Row> rows;
        private final Output output;
        private final int most;
        private Iterator<Row> ready = List.<Row>of().iterator();
        private long read;

        Scored(Iterator<Row> rows, Output output) {
            this.rows = rows;
            this.output = output;
            most = Math.max(1, Math.min(256, BATCH_BYTES / Double.BYTES / topology.inputs()));
        }

        @Override
        public boolean hasNext() {
            while (!ready.hasNext() && rows.hasNext()) {
                ready = batch();
            }
            return ready.hasNext();
        }

        @Override
        public Row next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return ready.next();
        }

        private Iterator<Row> batch() {
            List<Row> batch = new ArrayList<>();
            List<Vector> valid = new ArrayList<>();
            while (batch.size() < most && rows.hasNext()) {
                Row row = rows.next();
                Vector features = row.getAs(output.features);
                String fault = Shards.fault(output.featuresCol, features, topology.inputs());
                if (fault == null) {
                    valid.add(features);
                    batch.add(row);
                } else if (output.handleInvalid.equals(Settings.ERROR)) {
                    throw new IllegalArgumentException(
                            "%s, in row %d of partition %d"
                                    .formatted(fault, read, TaskContext.getPartitionId()));
                } else if (output.handleInvalid.equals(Settings.KEEP)) {
                    valid.add(null);
                    batch.add(row);
                }
                read++;
            }
            double[] y = raw(valid.stream().filter(v -> v != null).toList());
            double[] p = null;
            if (output.probability || output.thresholds != null) {
                p = y.clone();
                probabilities(p, topology.outputs());
            }
            List<Row> results = new ArrayList<>(batch.size());
            int at = 0;
            for (int i = 0; i < batch.size(); i++) {
                boolean isValid = valid.get(i) != null;
                results.add(append(batch.get(i), isValid, y, p, at));
                at += isValid ? topology.outputs() : 0;
            }
            return results.iterator();
        }

        private Row append(Row row, boolean valid, double[] y, double[] p, int from) {
            Object[] values = new Object[row.size() + count(output)];
            int at = 0;
            for (; at < row.size(); at++) {
                values[at] = row.get(at);
            }
            if (output.raw) {
                values[at++] = vector(valid, y, from);
            }
            if (output.probability) {
                values[at++] = vector(valid, p, from);
            }
            if (output.prediction) {
                values[at] =
                        !valid
                                ? Double.NaN
                                : topology.isClassifier()
                                        ? prediction(y, p, from, output.thresholds)
                                        : y[from];
            }
            return RowFactory.create(values);
        }

        private Vector vector(boolean valid, double[] values, int from) {
            int n = topology.outputs();
            double[] row = valid ? Arrays.copyOfRange(values, from, from + n) : new double[n];
            if (!valid) {
                Arrays.fill(row, Double.NaN);
            }
            return Vectors.dense(row);
        }

        /** The first class with the largest output, or probability divided by its threshold. */
        private double prediction(double[] y, double[] p, int from, double[] thresholds) {
            int best = 0;
            double highest = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < topology.outputs(); i++) {
                double value = thresholds == null ? y[from + i] : p[from + i] / thresholds[i];
                if (value > highest) {
                    highest = value;
                    best = i;
                }
            }
            return best;
        }
    }

    private static int count(Output output) {
        return (output.raw ? 1 : 0) + (output.probability ? 1 : 0) + (output.prediction ? 1 : 0);
    }

    /** Outputs of rows become probabilities. */
    static void probabilities(double[] outputs, int classes) {
        Worker.softmax(AxisFunction.softmax(), outputs, outputs, outputs.length / classes, classes);
    }
}
