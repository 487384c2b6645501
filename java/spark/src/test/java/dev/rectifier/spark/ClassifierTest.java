package dev.rectifier.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.AxisFunction;
import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Initializer;
import dev.rectifier.network.Dense;
import dev.rectifier.network.Network;
import dev.rectifier.network.Predictor;
import dev.rectifier.network.Scaling;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.classification.MultilayerPerceptronClassifier;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.MinMaxScaler;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That changing the class name is all that it takes. */
class ClassifierTest {
    private final SparkSession session = Sessions.local(2);
    private final Dataset<Row> train = Digits.train(session, 2).cache();
    private final Dataset<Row> test = Digits.test(session).cache();
    @TempDir private Path folder;

    private static RectifierClassifier small() {
        return new RectifierClassifier().setLayers(new int[] {64, 12, 10}).setMaxIter(15);
    }

    @Test
    void parametersThatSparksClassHasHaveItsNamesAndDefaults() {
        RectifierClassifier ours = new RectifierClassifier("u");
        MultilayerPerceptronClassifier theirs = new MultilayerPerceptronClassifier("u");
        Set<String> names = new TreeSet<>();
        for (Param<?> param : theirs.params()) {
            names.add(param.name());
            assertTrue(ours.hasParam(param.name()), param.name());
            if (theirs.hasDefault(param) && !param.name().equals("seed")) {
                assertEquals(
                        theirs.getOrDefault(param),
                        ours.getOrDefault(ours.getParam(param.name())),
                        param.name());
            }
        }
        assertTrue(names.contains("layers"), names.toString());
        assertEquals("u", ours.uid());
        assertTrue(ours.explainParams().contains("kernelInitializer: what the kernels begin with"));
    }

    @Test
    void columnsAreThoseOfSparksClass() {
        int[] layers = {64, 12, 10};
        Dataset<Row> ours = small().fit(train).transform(test);
        Dataset<Row> theirs =
                new MultilayerPerceptronClassifier()
                        .setLayers(layers)
                        .setMaxIter(2)
                        .fit(train)
                        .transform(test);
        assertEquals(theirs.schema().catalogString(), ours.schema().catalogString());
        for (String column : ours.columns()) {
            assertEquals(
                    theirs.schema().apply(column).metadata(),
                    ours.schema().apply(column).metadata(),
                    column);
        }
        Dataset<Row> renamed =
                small().setRawPredictionCol("")
                        .setProbabilityCol("p")
                        .setPredictionCol("y")
                        .fit(train)
                        .transform(test);
        assertArrayEquals(new String[] {"features", "label", "p", "y"}, renamed.columns());
        assertThrows(IllegalArgumentException.class, () -> small().fit(train).transform(ours));
    }

    @Test
    void aRowAloneGivesTheSameBitsAsInItsBatch() {
        RectifierClassificationModel model = small().fit(train);
        for (Row row : model.transform(test).limit(40).collectAsList()) {
            Vector features = row.getAs("features");
            assertEquals(row.<Vector>getAs("rawPrediction"), model.predictRaw(features));
            assertEquals(row.<Vector>getAs("probability"), model.predictProbability(features));
            assertEquals(row.<Double>getAs("prediction"), model.predict(features));
        }
    }

    @Test
    @Tag("thorough")
    void sparseRowsGiveTheSameAsDenseOnes() {
        Dataset<Row> sparse = Digits.of(session, sparse(train.collectAsList()), 3);
        RectifierClassificationModel model = small().fit(train);
        RectifierClassificationModel other = small().fit(sparse);
        assertEquals(model.weights(), other.weights());
        Dataset<Row> rows = Digits.of(session, sparse(test.collectAsList()), 1);
        assertEquals(
                model.transform(test).select("rawPrediction").collectAsList(),
                model.transform(rows).select("rawPrediction").collectAsList());
    }

    private static List<Row> sparse(List<Row> rows) {
        List<Row> sparse = new ArrayList<>();
        for (Row row : rows) {
            sparse.add(RowFactory.create(row.<Vector>getAs(0).toSparse(), row.get(1)));
        }
        return sparse;
    }

    @Test
    void thresholdsMoveThePrediction() {
        double[] thresholds = new double[10];
        Arrays.fill(thresholds, 1);
        thresholds[3] = 1e-200;
        RectifierClassificationModel model = small().setThresholds(thresholds).fit(train);
        Dataset<Row> predicted = model.transform(test);
        assertTrue(predicted.filter("prediction = 3").count() == 359);
        for (Row row : predicted.limit(20).collectAsList()) {
            Vector p = row.getAs("probability");
            assertEquals(model.probability2prediction(p), row.<Double>getAs("prediction"));
        }
    }

    @Test
    @Tag("thorough")
    void itWorksInAPipelineThatIsSavedAndLoaded() throws Exception {
        MinMaxScaler scaler = new MinMaxScaler().setInputCol("features").setOutputCol("scaled");
        RectifierClassifier last =
                small().setFeaturesCol("scaled").setActivation("leakyRelu:negativeSlope=0.1");
        Pipeline pipeline = new Pipeline().setStages(new PipelineStage[] {scaler, last});
        pipeline.write().overwrite().save(folder.resolve("pipeline").toString());
        PipelineModel model = Pipeline.load(folder.resolve("pipeline").toString()).fit(train);
        model.write().save(folder.resolve("model").toString());
        Dataset<Row> before = model.transform(test);
        Dataset<Row> after = PipelineModel.load(folder.resolve("model").toString()).transform(test);
        assertEquals(before.collectAsList(), after.collectAsList());
        assertTrue(Digits.accuracy(after) > 0.8);
    }

    @Test
    void aModelIsLoadedAsItWasSaved() throws Exception {
        RectifierClassificationModel model =
                small().setDtype("float64")
                        .setThresholds(new double[] {1, 1, 1, 1, 1, 1, 1, 1, 1, 2})
                        .fit(train);
        String path = folder.resolve("saved").toString();
        model.save(path);
        RectifierClassificationModel loaded = RectifierClassificationModel.load(path);
        assertEquals(model.weights(), loaded.weights());
        assertEquals(model.uid(), loaded.uid());
        for (Param<?> param : model.params()) {
            assertEquals(model.isSet(param), loaded.isSet(param), param.name());
        }
        assertEquals("float64", loaded.getDtype());
        assertArrayEquals(model.getThresholds(), loaded.getThresholds());
        assertEquals(model.transform(test).collectAsList(), loaded.transform(test).collectAsList());
        assertTrue(model.summary().isPresent());
        assertTrue(loaded.summary().isEmpty());
    }

    @Test
    void aFormatOfALaterVersionIsRefused() throws Exception {
        String path = folder.resolve("later").toString();
        RectifierClassificationModel model = small().setMaxIter(0).fit(train);
        model.save(path);
        Dataset<Row> data = session.read().parquet(path + "/data").cache();
        data.count();
        data.withColumn("version", functions.lit(2))
                .write()
                .mode("overwrite")
                .parquet(path + "/data");
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> RectifierClassificationModel.load(path));
        assertEquals(
                path + " has version 2 of the format, of which this Rectifier knows up to 1",
                e.getMessage());
    }

    @Test
    @Tag("thorough")
    void aCrossValidatorChoosesTheActivation() {
        RectifierClassifier classifier = small().setMaxIter(8);
        ParamMap[] grid =
                new ParamGridBuilder()
                        .addGrid(classifier.activation(), scala(List.of("linear", "relu")))
                        .build();
        CrossValidatorModel model =
                new CrossValidator()
                        .setEstimator(classifier)
                        .setEvaluator(
                                new MulticlassClassificationEvaluator().setMetricName("accuracy"))
                        .setEstimatorParamMaps(grid)
                        .setNumFolds(2)
                        .setParallelism(2)
                        .setSeed(1)
                        .fit(train);
        assertEquals(2, model.avgMetrics().length);
        assertTrue(Digits.accuracy(model.transform(test)) > 0.7);
    }

    private static scala.collection.Iterable<String> scala(List<String> list) {
        return scala.jdk.javaapi.CollectionConverters.asScala(list);
    }

    @Test
    void aNetworkBecomesAModelAndBack() {
        Path first = folder.resolve("first.safetensors");
        Path second = folder.resolve("second.safetensors");
        List<Dense> layers =
                List.of(
                        new Dense(20, Elementwise.leakyRelu(0.3), Initializer.heNormal(0)),
                        new Dense(15, Elementwise.tanh(), Initializer.glorotUniform(0)),
                        new Dense(10, AxisFunction.softmax(), Initializer.lecunNormal(0)));
        double[] scale = new double[64];
        double[] shift = new double[64];
        Arrays.fill(scale, 2);
        Arrays.fill(shift, -1);
        try (Network network =
                new Network(
                        DType.FLOAT32,
                        64,
                        layers,
                        RectifierClassificationModel.class.getName().hashCode())) {
            network.setScaling(new Scaling(scale, shift));
            network.setClassNames(List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "nine"));
            network.save(first);
        }
        try (Network loaded = Network.load(first)) {
            RectifierClassificationModel model = RectifierClassificationModel.of(loaded);
            assertArrayEquals(new int[] {64, 20, 15, 10}, model.getLayers());
            try (Network back = model.toNetwork()) {
                back.save(second);
            }
            assertEquals(-1, mismatch(first, second));
            Predictor predictor = new Predictor(loaded);
            for (Row row : model.transform(test).limit(30).collectAsList()) {
                float[] x = new float[64];
                float[] p = new float[10];
                double[] features = row.<Vector>getAs("features").toArray();
                for (int i = 0; i < 64; i++) {
                    x[i] = (float) features[i];
                }
                predictor.predict(x, p);
                double[] probability = row.<Vector>getAs("probability").toArray();
                for (int i = 0; i < 10; i++) {
                    assertEquals(p[i], probability[i], 1e-6);
                }
            }
            try (Network linear =
                    new Network(
                            DType.FLOAT32,
                            2,
                            List.of(new Dense(2, Elementwise.relu(), Initializer.zeros())),
                            0)) {
                assertThrows(
                        IllegalArgumentException.class,
                        () -> RectifierClassificationModel.of(linear));
            }
        }
    }

    private static long mismatch(Path a, Path b) {
        try {
            return java.nio.file.Files.mismatch(a, b);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void weightsOfRowsCountAsRepeatedRows() {
        List<Row> rows = train.limit(300).collectAsList();
        List<Row> twice = new ArrayList<>();
        for (Row row : rows) {
            twice.add(row);
            if (row.getDouble(1) < 3) {
                twice.add(row);
            }
        }
        Dataset<Row> weighted =
                Digits.of(session, rows, 2).withColumn("w", functions.expr("if(label < 3, 2, 1)"));
        RectifierClassifier classifier = small().setDtype("float64").setMaxIter(5);
        Vector repeated = classifier.fit(Digits.of(session, twice, 2)).weights();
        Vector byWeight = classifier.setWeightCol("w").fit(weighted).weights();
        assertTrue(Math.sqrt(Vectors.sqdist(repeated, byWeight)) < 1e-9);
    }

    @Test
    void regularizationMakesKernelsSmaller() {
        double free = Vectors.norm(small().fit(train).weights(), 2);
        double bound = Vectors.norm(small().setRegParam(0.1).fit(train).weights(), 2);
        assertTrue(bound < free / 2, bound + " and " + free);
    }

    @Test
    void objectivesFall() {
        TrainingSummary summary = small().fit(train).summary().orElseThrow();
        double[] history = summary.objectiveHistory();
        assertEquals(15, summary.totalIterations());
        assertTrue(summary.evaluations() >= 16);
        for (int i = 1; i < history.length; i++) {
            assertTrue(history[i] < history[i - 1]);
        }
    }
}
