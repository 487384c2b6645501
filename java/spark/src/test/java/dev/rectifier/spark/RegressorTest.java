package dev.rectifier.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.network.Network;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.evaluation.RegressionEvaluator;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Numbers instead of classes. */
class RegressorTest {
    private final SparkSession session = Sessions.local(2);
    @TempDir private Path folder;

    /** y = x0·x1 on a grid. */
    private Dataset<Row> product(int partitions) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            double a = i % 20 / 10.0 - 1;
            double b = i / 20 / 10.0 - 1;
            rows.add(RowFactory.create(Vectors.dense(a, b), a * b));
        }
        return Digits.of(session, rows, partitions);
    }

    private static RectifierRegressor regressor() {
        return new RectifierRegressor()
                .setLayers(new int[] {2, 20, 1})
                .setActivation("tanh")
                .setKernelInitializer("glorotUniform")
                .setShardSize(64)
                .setMaxIter(50);
    }

    @Test
    void aProductIsLearnedAndItsModelSaved() throws Exception {
        Dataset<Row> data = product(3);
        RectifierRegressionModel model = regressor().fit(data);
        Dataset<Row> predicted = model.transform(data);
        assertArrayEquals(new String[] {"features", "label", "prediction"}, predicted.columns());
        double error = new RegressionEvaluator().setMetricName("rmse").evaluate(predicted);
        assertTrue(error < 0.03, "" + error);
        for (Row row : predicted.limit(30).collectAsList()) {
            assertEquals(row.<Double>getAs("prediction"), model.predict(row.<Vector>getAs(0)));
        }
        model.save(folder.resolve("model").toString());
        RectifierRegressionModel loaded =
                RectifierRegressionModel.load(folder.resolve("model").toString());
        assertEquals(predicted.collectAsList(), loaded.transform(data).collectAsList());
        try (Network network = model.toNetwork()) {
            RectifierRegressionModel again = RectifierRegressionModel.of(network);
            assertEquals(model.weights(), again.weights());
            assertEquals(predicted.collectAsList(), again.transform(data).collectAsList());
        }
        assertEquals(model.weights(), regressor().fit(product(5)).weights());
    }

    @Test
    void theObjectiveIsHalfOfTheMeanSquaredError() {
        RectifierRegressionModel model =
                regressor().setDtype("float64").setRegParam(0).setMaxIter(5).fit(product(1));
        double mse =
                new RegressionEvaluator()
                        .setMetricName("mse")
                        .evaluate(model.transform(product(1)));
        assertEquals(mse / 2, model.summary().orElseThrow().objectiveHistory()[5], 1e-12 * mse);
    }

    @Test
    void moreThanOneOutputIsRefused() {
        assertEquals(
                "layers of a regressor must end with 1, not 3",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> regressor().setLayers(new int[] {2, 3}).fit(product(1)))
                        .getMessage());
    }
}
