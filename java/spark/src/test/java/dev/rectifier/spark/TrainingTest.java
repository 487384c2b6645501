package dev.rectifier.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.apache.spark.ml.classification.MultilayerPerceptronClassificationModel;
import org.apache.spark.ml.classification.MultilayerPerceptronClassifier;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;

/** What can be chosen about a training besides the network. */
class TrainingTest {
    private final SparkSession session = Sessions.local(2);
    private final Dataset<Row> train = Digits.train(session, 2).cache();
    private final Dataset<Row> test = Digits.test(session).cache();

    private static RectifierClassifier small() {
        return new RectifierClassifier().setLayers(new int[] {64, 16, 10}).setMaxIter(15);
    }

    @Test
    void adamLearnsWithSeveralShards() {
        RectifierClassificationModel model =
                new RectifierClassifier()
                        .setLayers(new int[] {64, 50, 10})
                        .setSolver("adam")
                        .setStepSize(0.005)
                        .setBlockSize(16)
                        .setShardSize(360)
                        .setMaxIter(15)
                        .fit(train);
        double accuracy = Digits.accuracy(model.transform(test));
        assertTrue(accuracy > 0.94, "" + accuracy);
        double[] history = model.summary().orElseThrow().objectiveHistory();
        assertEquals(16, history.length);
        assertTrue(history[15] < history[0] / 10, Arrays.toString(history));
    }

    @Test
    void adamThatDivergesSaysSo() {
        assertTrue(
                assertThrows(
                                IllegalStateException.class,
                                () -> small().setSolver("adam").setStepSize(1e38).fit(train))
                        .getMessage()
                        .contains("of adam, with stepSize 1.0E38"));
    }

    @Test
    void trainingEndsWhenTheValidationLossNoLongerFallsAndKeepsTheBest() {
        Dataset<Row> marked =
                Digits.of(session, Digits.rows().subList(0, 300), 3)
                        .withColumn(
                                "v",
                                functions.expr("features is not null and hash(features) % 2 = 0"));
        RectifierClassifier classifier =
                small().setMaxIter(200).setTol(0).setPatience(4).setValidationIndicatorCol("v");
        RectifierClassificationModel model = classifier.fit(marked);
        TrainingSummary summary = model.summary().orElseThrow();
        double[] losses = summary.validationHistory();
        assertEquals(summary.objectiveHistory().length, losses.length);
        assertTrue(losses.length < 200);
        int best = losses.length - 5;
        for (int i = 0; i < losses.length; i++) {
            assertTrue(i == best || losses[i] >= losses[best], Arrays.toString(losses));
        }
        RectifierClassificationModel stopped =
                classifier
                        .setMaxIter(best)
                        .setValidationIndicatorCol("")
                        .fit(marked.filter("not v"));
        assertEquals(stopped.weights(), model.weights());
    }

    @Test
    void trainingGoesOnFromInitialWeights() {
        RectifierClassificationModel first = small().setDtype("float64").fit(train);
        RectifierClassificationModel second =
                small().setDtype("float64").setInitialWeights(first.weights()).fit(train);
        double[] before = first.summary().orElseThrow().objectiveHistory();
        double[] after = second.summary().orElseThrow().objectiveHistory();
        assertEquals(before[before.length - 1], after[0]);
        assertTrue(after[after.length - 1] < after[0]);
    }

    @Test
    void classWeightsAreWeightsOfTheRows() {
        double[] classWeights = {1, 2, 3, 4, 5, 6, 7, 8, 9, 0.5};
        Vector byClass = small().setClassWeights(classWeights).fit(train).weights();
        Dataset<Row> weighted =
                train.withColumn(
                        "w", functions.expr("if(label = 9, 0.5D, cast(label + 1 as double))"));
        assertEquals(byClass, small().setWeightCol("w").fit(weighted).weights());
    }

    @Test
    void activationsWithWeightsAndParametersAreTrained() {
        for (String activation : new String[] {"prelu", "swish:beta=1.5", "tanh"}) {
            RectifierClassificationModel model = small().setActivation(activation).fit(train);
            double accuracy = Digits.accuracy(model.transform(test));
            assertTrue(accuracy > 0.8, activation + " " + accuracy);
        }
    }

    @Test
    void sparksModelIsConvertedBothWays() {
        MultilayerPerceptronClassificationModel sparks =
                new MultilayerPerceptronClassifier()
                        .setLayers(new int[] {64, 9, 8, 10})
                        .setMaxIter(5)
                        .setPredictionCol("y")
                        .fit(train);
        RectifierClassificationModel ours = RectifierClassificationModel.of(sparks);
        MultilayerPerceptronClassificationModel back = ours.toSpark();
        assertEquals(sparks.weights(), back.weights());
        assertArrayEquals(sparks.getLayers(), back.getLayers());
        assertEquals("y", back.getPredictionCol());
        Row[] theirs = (Row[]) sparks.transform(test).collect();
        Row[] results = (Row[]) ours.transform(test).collect();
        for (int i = 0; i < theirs.length; i++) {
            double[] p = theirs[i].<Vector>getAs("probability").toArray();
            double[] q = results[i].<Vector>getAs("probability").toArray();
            for (int c = 0; c < 10; c++) {
                assertEquals(p[c], q[c], 1e-14);
            }
        }
        assertEquals(
                "Spark's perceptron has no activation but sigmoid, not relu",
                assertThrows(
                                IllegalStateException.class,
                                () -> small().setMaxIter(0).fit(train).toSpark())
                        .getMessage());
    }
}
