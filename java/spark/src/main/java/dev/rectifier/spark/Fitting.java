package dev.rectifier.spark;

import dev.rectifier.network.Network;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.ml.PredictorParams;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/** One training: from a data set and parameters to weights. */
final class Fitting {
    private final NetworkParams params;
    private final Topology topology;
    private final List<Double> losses = new ArrayList<>();
    private final List<Double> validationLosses = new ArrayList<>();
    private double[] best;
    private double lowest = Double.POSITIVE_INFINITY;
    private int sinceBest;
    private int evaluations;

    private Fitting(NetworkParams params, boolean classifier) {
        this.params = params;
        this.topology = Topology.of(params, classifier);
        topology.requireNoChance();
    }

    /** Weights, and how they came about. */
    record Result(double[] weights, TrainingSummary summary) {}

    /**
     * Trains.
     *
     * @param dataset with labels and weights in double
     * @throws IllegalArgumentException if the parameters or the data aren't as they must be
     * @throws IllegalStateException if the loss isn't finite at the first weights
     */
    static <P extends NetworkParams & PredictorParams> Result fit(
            P params, Dataset<?> dataset, boolean classifier) {
        return new Fitting(params, classifier)
                .fit(dataset, params.getFeaturesCol(), params.getLabelCol());
    }

    private Result fit(Dataset<?> dataset, String features, String label) {
        double[] start = start();
        String weight = column(params.weightCol());
        String indicator = column(params.validationIndicatorCol());
        List<Column> columns = new ArrayList<>();
        columns.add(functions.col(features));
        columns.add(functions.col(label).cast("double"));
        if (weight != null) {
            columns.add(functions.col(weight).cast("double"));
        }
        if (indicator != null) {
            columns.add(functions.col(indicator).cast("boolean"));
        }
        Shards.Columns reading =
                new Shards.Columns(
                        features,
                        label,
                        weight,
                        indicator,
                        topology,
                        classWeights(),
                        params.getHandleInvalid());
        JavaRDD<Row> rows = dataset.select(columns.toArray(Column[]::new)).toDF().javaRDD();
        try (Shards training = Shards.of(rows, reading, false, params.getShardSize());
                Shards validation =
                        indicator == null
                                ? null
                                : Shards.of(rows, reading, true, params.getShardSize())) {
            Gradients gradients = gradients(dataset, training);
            Gradients validating = validation == null ? null : gradients(dataset, validation);
            double[] weights = minimize(gradients, validating, start);
            return new Result(
                    rounded(best == null ? weights : best),
                    new TrainingSummary(losses, validationLosses, evaluations));
        }
    }

    private String column(org.apache.spark.ml.param.Param<String> param) {
        return params.isDefined(param) && !params.getOrDefault(param).isEmpty()
                ? params.getOrDefault(param)
                : null;
    }

    private double[] classWeights() {
        if (!params.isDefined(params.classWeights())) {
            return null;
        }
        double[] weights = params.getClassWeights();
        if (weights.length != topology.outputs()) {
            throw new IllegalArgumentException(
                    "classWeights has %d, not one for each of %d classes"
                            .formatted(weights.length, topology.outputs()));
        }
        return weights;
    }

    private Gradients gradients(Dataset<?> dataset, Shards shards) {
        return new Gradients(
                dataset.sparkSession(),
                topology,
                shards,
                params.getBlockSize(),
                params.getRegParam());
    }

    private double[] start() {
        int count = topology.weights();
        if (params.isDefined(params.initialWeights())) {
            double[] given = params.getInitialWeights().toArray();
            if (given.length != count) {
                throw new IllegalArgumentException(
                        "initialWeights has %d, not the %d of layers %s"
                                .formatted(
                                        given.length, count, Arrays.toString(params.getLayers())));
            }
            return given;
        }
        try (Network network = topology.initialized(false)) {
            return Topology.read(network);
        }
    }

    /** The weights as the network has them. */
    private double[] rounded(double[] weights) {
        double[] rounded = weights.clone();
        Arrays.setAll(rounded, i -> topology.dtype().round(rounded[i]));
        return rounded;
    }

    private double[] minimize(Gradients gradients, Gradients validating, double[] start) {
        double[] weights =
                params.getSolver().equals(Settings.ADAM)
                        ? adam(gradients, validating, start)
                        : new Lbfgs(gradients, params.getMaxIter(), params.getTol())
                                .minimize(start, (x, loss) -> iterated(x, loss, validating));
        evaluations = gradients.evaluations();
        return weights;
    }

    private double[] adam(Gradients gradients, Gradients validating, double[] start) {
        int n = start.length;
        if (3L * n * Double.BYTES > Integer.MAX_VALUE - Double.SIZE) {
            throw new IllegalArgumentException(
                    "layers %s have %d weights, more than Spark can send at once for adam"
                            .formatted(Arrays.toString(params.getLayers()), n));
        }
        double[] state = Arrays.copyOf(start, 3 * n);
        long stepsOfARound = (params.getShardSize() - 1) / params.getBlockSize() + 1;
        boolean goOn = iterated(start, gradients.loss(start), validating);
        for (int round = 0; round < params.getMaxIter() && goOn; round++) {
            double loss =
                    gradients.round(
                            state,
                            params.getStepSize(),
                            new SplittableRandom(params.getSeed() + round).nextLong(),
                            round * stepsOfARound);
            if (!Double.isFinite(loss)) {
                throw new IllegalStateException(
                        "the loss is %s in round %d of adam, with stepSize %s"
                                .formatted(loss, round + 1, params.getStepSize()));
            }
            goOn = iterated(Arrays.copyOf(state, n), loss, validating);
        }
        return Arrays.copyOf(state, n);
    }

    private boolean iterated(double[] weights, double loss, Gradients validating) {
        if (losses.isEmpty() && !Double.isFinite(loss)) {
            throw new IllegalStateException("the loss is %s at the first weights".formatted(loss));
        }
        losses.add(loss);
        if (validating == null) {
            return true;
        }
        double validation = validating.loss(weights);
        validationLosses.add(validation);
        if (validation < lowest) {
            lowest = validation;
            best = weights.clone();
            sinceBest = 0;
        } else {
            sinceBest++;
        }
        return sinceBest < params.getPatience();
    }
}
