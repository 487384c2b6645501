package dev.rectifier.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What is wrong is named, with its row, before anything is computed with it. */
class FaultsTest {
    private final SparkSession session = Sessions.local(2);

    private static RectifierClassifier classifier() {
        return new RectifierClassifier()
                .setLayers(new int[] {2, 3, 2})
                .setMaxIter(3)
                .setShardSize(4);
    }

    private static Row row(Vector features, Object label) {
        return RowFactory.create(features, label);
    }

    /** Ten good rows, the seventh of which is replaced. */
    private Dataset<Row> rows(Row seventh, int partitions) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            rows.add(row(Vectors.dense(i, 10 - i), (double) (i % 2)));
        }
        if (seventh != null) {
            rows.set(6, seventh);
        }
        return Digits.of(session, rows, partitions);
    }

    private static void assertRefused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    @Test
    void labelsThatAreNoClassesAreNamed() {
        Vector x = Vectors.dense(1, 2);
        for (Object label : new Object[] {2.0, -1.0, 0.5, Double.NaN, 1e300}) {
            assertRefused(
                    "column label must be a class in 0..1, not %s, in row 6".formatted(label),
                    () -> classifier().fit(rows(row(x, label), 3)));
        }
        assertRefused(
                "column label is null, in row 6", () -> classifier().fit(rows(row(x, null), 3)));
    }

    @Test
    void theFirstOfSeveralFaultsIsNamedWhateverThePartitions() {
        Dataset<Row> bad = rows(row(null, 0.0), 1).union(rows(row(Vectors.dense(1), 0.0), 1));
        for (int partitions : new int[] {1, 2, 5}) {
            assertRefused(
                    "column features is null, in row 6",
                    () -> classifier().fit(Digits.of(session, bad.collectAsList(), partitions)));
        }
    }

    @Test
    void featuresThatCannotBeTrainedOnAreNamed() {
        assertRefused(
                "column features is null, in row 6",
                () -> classifier().fit(rows(row(null, 1.0), 4)));
        assertRefused(
                "column features has 3 features, not the 2 of the first layer, in row 6",
                () -> classifier().fit(rows(row(Vectors.dense(1, 2, 3), 1.0), 4)));
        assertRefused(
                "column features must be finite, not NaN in feature 1, in row 6",
                () -> classifier().fit(rows(row(Vectors.dense(1, Double.NaN), 1.0), 4)));
        assertRefused(
                "column features must be finite, not -Infinity in feature 1, in row 6",
                () ->
                        classifier()
                                .fit(
                                        rows(
                                                row(
                                                        Vectors.sparse(
                                                                2,
                                                                new int[] {1},
                                                                new double[] {
                                                                    Double.NEGATIVE_INFINITY
                                                                }),
                                                        1.0),
                                                4)));
    }

    @Test
    void weightsMustBeFiniteAndNotNegative() {
        Dataset<Row> rows = rows(null, 2).withColumn("w", functions.expr("label - 0.5"));
        assertRefused(
                "column w must be finite and at least 0, not -0.5, in row 0",
                () -> classifier().setWeightCol("w").fit(rows));
        assertRefused(
                "the weights of all rows are 0, in column w",
                () -> classifier().setWeightCol("w").fit(rows.withColumn("w", functions.lit(0))));
    }

    @Test
    void skippedAndKeptRowsAreNotTrainedOn() {
        List<Row> good = new ArrayList<>(rows(null, 1).collectAsList());
        good.remove(6);
        Vector expected = classifier().fit(Digits.of(session, good, 1)).weights();
        for (Row bad :
                List.of(
                        row(null, 1.0),
                        row(Vectors.dense(1), 1.0),
                        row(Vectors.dense(Double.NaN, 0), 1.0))) {
            for (String how : List.of("skip", "keep")) {
                assertEquals(
                        expected, classifier().setHandleInvalid(how).fit(rows(bad, 3)).weights());
            }
        }
    }

    @Test
    void rowsThatCannotBeScoredAreNamedSkippedOrKept() {
        RectifierClassificationModel model = classifier().fit(rows(null, 1));
        Dataset<Row> bad = rows(row(Vectors.dense(1, Double.NaN), 1.0), 2);
        Exception e = assertThrows(Exception.class, () -> model.transform(bad).collectAsList());
        String all = e + " " + e.getCause();
        assertTrue(
                all.contains(
                        "column features must be finite, not NaN in feature 1, in row 1 of partition 1"),
                all);
        assertEquals(9, model.setHandleInvalid("skip").transform(bad).count());
        List<Row> kept = model.setHandleInvalid("keep").transform(bad).collectAsList();
        assertEquals(10, kept.size());
        for (int i = 0; i < 10; i++) {
            boolean invalid = i == 6;
            assertEquals(invalid, Double.isNaN(kept.get(i).<Double>getAs("prediction")));
            for (double p : kept.get(i).<Vector>getAs("probability").toArray()) {
                assertEquals(invalid, Double.isNaN(p));
            }
        }
        List<Row> none = model.transform(rows(row(null, 1.0), 1)).collectAsList();
        assertTrue(Double.isNaN(none.get(6).<Double>getAs("prediction")));
    }

    @Test
    void labelsOfTextAreRefused() {
        Dataset<Row> text = rows(null, 1).withColumn("label", functions.lit("yes"));
        String message =
                assertThrows(IllegalArgumentException.class, () -> classifier().fit(text))
                        .getMessage();
        assertTrue(message.contains("label") && message.contains("string"), message);
    }

    @Test
    void noRowsAreRefused() {
        assertRefused(
                "the data has no rows to train on",
                () -> classifier().fit(rows(null, 2).filter("label > 5")));
        RectifierClassificationModel model = classifier().fit(rows(null, 2));
        assertEquals(0, model.transform(rows(null, 2).filter("label > 5")).count());
    }

    @Test
    void oneClassIsLearned() {
        RectifierClassificationModel model =
                classifier().fit(rows(null, 2).withColumn("label", functions.lit(1)));
        assertEquals(10, model.transform(rows(null, 3)).filter("prediction = 1").count());
        RectifierClassificationModel alone =
                classifier()
                        .setLayers(new int[] {2, 1})
                        .fit(rows(null, 2).withColumn("label", functions.lit(0)));
        assertEquals(10, alone.transform(rows(null, 3)).filter("prediction = 0").count());
    }

    @Test
    void settingsThatCannotBeAreRefusedWhenTheyAreSet() {
        RectifierClassifier c = new RectifierClassifier();
        assertRefused("layers can't be [4]", () -> c.setLayers(new int[] {4}));
        assertRefused("layers can't be [4, 0, 2]", () -> c.setLayers(new int[] {4, 0, 2}));
        assertRefused("maxIter can't be -1", () -> c.setMaxIter(-1));
        assertRefused("tol can't be NaN", () -> c.setTol(Double.NaN));
        assertRefused("stepSize can't be 0.0", () -> c.setStepSize(0));
        assertRefused("regParam can't be -1.0", () -> c.setRegParam(-1));
        assertRefused("blockSize can't be 0", () -> c.setBlockSize(0));
        assertRefused("shardSize can't be 0", () -> c.setShardSize(0));
        assertRefused("patience can't be 0", () -> c.setPatience(0));
        assertRefused("solver can't be gd; one of [l-bfgs, adam]", () -> c.setSolver("gd"));
        assertRefused(
                "dtype can't be float16; one of [float32, float64]", () -> c.setDtype("float16"));
        assertRefused(
                "handleInvalid can't be drop; one of [error, skip, keep]",
                () -> c.setHandleInvalid("drop"));
        assertRefused(
                "classWeights can't be [1.0, -1.0]", () -> c.setClassWeights(new double[] {1, -1}));
        assertThrows(IllegalArgumentException.class, () -> c.setActivation("rellu"));
        assertThrows(IllegalArgumentException.class, () -> c.setActivation("relu:x=1"));
        assertThrows(IllegalArgumentException.class, () -> c.setKernelInitializer("heNorm"));
        assertThrows(NullPointerException.class, () -> new RectifierClassifier((String) null));
    }

    @Test
    void settingsThatDoNotFitEachOtherAreRefused() {
        Dataset<Row> rows = rows(null, 1);
        assertRefused(
                "activation has 2 texts, not one or 1: relu,relu",
                () -> classifier().setActivation("relu,relu").fit(rows));
        assertRefused(
                "activation of a hidden layer can't be softmax",
                () -> classifier().setActivation("softmax").fit(rows));
        assertRefused(
                "activation of a network to train here can't be rrelu, which draws slopes",
                () -> classifier().setActivation("rrelu").fit(rows));
        assertRefused(
                "initialWeights has 3, not the 17 of layers [2, 3, 2]",
                () -> classifier().setInitialWeights(Vectors.dense(1, 2, 3)).fit(rows));
        assertRefused(
                "classWeights has 3, not one for each of 2 classes",
                () -> classifier().setClassWeights(new double[] {1, 2, 3}).fit(rows));
        assertThrows(Exception.class, () -> new RectifierClassifier().fit(rows));
        int[] wide = new int[] {1 << 20, 1 << 20, 2};
        assertTrue(
                assertThrows(
                                IllegalArgumentException.class,
                                () -> classifier().setLayers(wide).fit(rows))
                        .getMessage()
                        .startsWith("layers " + Arrays.toString(wide) + " have "));
    }
}
