package dev.rectifier.spark;

import dev.rectifier.Activation;
import dev.rectifier.network.Dense;
import dev.rectifier.network.FunctionText;
import dev.rectifier.network.Network;
import dev.rectifier.network.Scaling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** What both models do with their network. */
final class Scoring {
    private Scorer scorer;
    private Topology topology;
    private Broadcast<Scorer> sent;
    private SparkContext sentIn;

    /** The scorer of a model as its parameters are now. */
    synchronized Scorer scorer(NetworkParams params, Trained trained, boolean classifier) {
        Topology now = Topology.of(params, classifier);
        if (!now.equals(topology)) {
            if (trained.weights().length != now.weights()) {
                throw new IllegalArgumentException(
                        "layers %s have %d weights, and the model %d"
                                .formatted(
                                        Arrays.toString(params.getLayers()),
                                        now.weights(),
                                        trained.weights().length));
            }
            scorer = new Scorer(now, trained);
            topology = now;
            sent = null;
        }
        return scorer;
    }

    private synchronized Broadcast<Scorer> sent(SparkContext context) {
        // A context that was stopped has taken with it what it sent.
        if (sent == null || sentIn != context) {
            sent = JavaSparkContext.fromSparkContext(context).broadcast(scorer);
            sentIn = context;
        }
        return sent;
    }

    /**
     * The rows with columns after theirs.
     *
     * @param transformed the schema that has the columns in any order
     * @param columns of raw predictions, probabilities and predictions; those that are empty are
     *     left out
     */
    Dataset<Row> transform(
            Dataset<?> dataset,
            StructType transformed,
            String featuresCol,
            String[] columns,
            double[] thresholds,
            String handleInvalid) {
        List<StructField> fields = new ArrayList<>(List.of(dataset.schema().fields()));
        for (String column : columns) {
            if (!column.isEmpty()) {
                fields.add(transformed.apply(column));
            }
        }
        Scorer.Output output =
                new Scorer.Output(
                        featuresCol,
                        dataset.schema().fieldIndex(featuresCol),
                        !columns[0].isEmpty(),
                        !columns[1].isEmpty(),
                        !columns[2].isEmpty(),
                        thresholds,
                        handleInvalid);
        Broadcast<Scorer> broadcast = sent(dataset.sparkSession().sparkContext());
        MapPartitionsFunction<Row, Row> score = rows -> broadcast.value().score(rows, output);
        StructType schema = new StructType(fields.toArray(StructField[]::new));
        // An encoder loses the columns' attributes.
        return dataset.toDF().mapPartitions(score, Encoders.row(schema)).to(schema);
    }

    /** Gives a network what was trained. */
    static void write(Trained trained, Network network) {
        Topology.write(trained.weights(), network);
        if (trained.scale() != null) {
            network.setScaling(new Scaling(trained.scale(), trained.shift()));
        }
        if (trained.classNames() != null) {
            network.setClassNames(List.of(trained.classNames()));
        }
    }

    static Activation last(Network network) {
        return network.layers().get(network.layers().size() - 1).activation();
    }

    static Trained trained(Network network) {
        return new Trained(
                Topology.read(network),
                each(network, Scaling::scale),
                each(network, Scaling::shift),
                network.classNames().isEmpty()
                        ? null
                        : network.classNames().toArray(String[]::new));
    }

    private static double[] each(Network network, ToDoubleBiFunction<Scaling, Integer> value) {
        return network.scaling()
                .map(
                        s ->
                                IntStream.range(0, s.features())
                                        .mapToDouble(i -> value.applyAsDouble(s, i))
                                        .toArray())
                .orElse(null);
    }

    /** Sets what a model's parameters say of its network. */
    static void setParams(NetworkParams model, Network network) {
        List<Dense> dense = network.layers();
        int[] layers = new int[dense.size() + 1];
        layers[0] = network.inputs();
        for (int l = 0; l < dense.size(); l++) {
            layers[l + 1] = dense.get(l).units();
        }
        model.set(model.layers(), layers);
        if (dense.size() > 1) {
            model.set(
                    model.activation(),
                    dense.stream()
                            .limit(dense.size() - 1)
                            .map(d -> FunctionText.of(d.activation()))
                            .collect(Collectors.joining(",")));
        }
        model.set(
                model.kernelInitializer(),
                dense.stream()
                        .map(d -> FunctionText.of(d.kernelInitializer()))
                        .collect(Collectors.joining(",")));
        model.set(model.dtype(), Settings.text(network.dtype()));
    }
}
