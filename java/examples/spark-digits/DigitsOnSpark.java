import dev.rectifier.spark.RectifierClassificationModel;
import dev.rectifier.spark.RectifierClassifier;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.classification.MultilayerPerceptronClassificationModel;
import org.apache.spark.ml.classification.MultilayerPerceptronClassifier;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Two perceptrons with eight hidden layers on a cluster of two processes; java/examples/spark runs it. */
public class DigitsOnSpark {
    private static final int[] LAYERS = {64, 50, 50, 50, 50, 50, 50, 50, 50, 10};
    private static final StructType SCHEMA =
            new StructType().add("features", SQLDataTypes.VectorType()).add("label", DataTypes.DoubleType);

    public static void main(String[] args) throws Exception {
        SparkSession spark =
                SparkSession.builder()
                        .master("local-cluster[2,1,1024]")
                        .config("spark.ui.enabled", false)
                        .config("spark.driver.host", "127.0.0.1")
                        .config("spark.executor.memory", "800m")
                        .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
                        .getOrCreate();
        List<Row> rows = digits();
        Dataset<Row> test = dataset(spark, rows.subList(0, 359), 2);
        List<Row> train = rows.subList(359, rows.size());

        System.out.printf(
                "%d rows of digits to train on, 359 to judge by, layers %s, %s%n%n",
                train.size(), Arrays.toString(LAYERS), "100 iterations of L-BFGS");
        System.out.printf(
                "%-32s%-12s%-10s%-9s%s%n", "class", "partitions", "accuracy", "seconds", "hash of the weights");
        for (int partitions : new int[] {2, 7, 13}) {
            // Rows of a shard are summed in one task: with 360 there are four tasks.
            RectifierClassifier ours = new RectifierClassifier().setLayers(LAYERS).setSeed(1).setShardSize(360);
            Dataset<Row> data = dataset(spark, train, partitions);
            long start = System.nanoTime();
            RectifierClassificationModel model = ours.fit(data);
            double seconds = (System.nanoTime() - start) / 1e9;
            print("RectifierClassifier", partitions, seconds, accuracy(model.transform(test)), model.weights());
        }
        for (int partitions : new int[] {2, 7, 13}) {
            MultilayerPerceptronClassifier sparks =
                    new MultilayerPerceptronClassifier().setLayers(LAYERS).setSeed(1);
            Dataset<Row> data = dataset(spark, train, partitions);
            long start = System.nanoTime();
            MultilayerPerceptronClassificationModel model = sparks.fit(data);
            double seconds = (System.nanoTime() - start) / 1e9;
            print(
                    "MultilayerPerceptronClassifier",
                    partitions,
                    seconds,
                    accuracy(model.transform(test)),
                    model.weights());
        }
        spark.stop();
    }

    private static void print(String name, int partitions, double seconds, double accuracy, Vector weights) {
        System.out.printf(
                "%-32s%-12d%-10.4f%-9.1f%08x%n",
                name, partitions, accuracy, seconds, Arrays.hashCode(weights.toArray()));
    }

    private static double accuracy(Dataset<Row> predicted) {
        return (double) predicted.filter("label = prediction").count() / predicted.count();
    }

    private static Dataset<Row> dataset(SparkSession spark, List<Row> rows, int partitions) {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        return spark.createDataFrame(context.parallelize(new ArrayList<>(rows), partitions), SCHEMA);
    }

    private static List<Row> digits() throws Exception {
        List<Row> rows = new ArrayList<>();
        try (InputStream raw = DigitsOnSpark.class.getResourceAsStream("/digits.csv.gz");
                BufferedReader in = new BufferedReader(new InputStreamReader(new GZIPInputStream(raw)))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                double[] values = Arrays.stream(line.split(",")).mapToDouble(Double::parseDouble).toArray();
                double[] pixels = Arrays.stream(values, 0, 64).map(v -> v / 16).toArray();
                rows.add(RowFactory.create(Vectors.dense(pixels), values[64]));
            }
        }
        Collections.shuffle(rows, new Random(1));
        return rows;
    }
}
