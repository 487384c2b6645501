import dev.rectifier.spark.RectifierClassificationModel;
import dev.rectifier.spark.RectifierClassifier;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Trains a small network, and says where; java/examples/spark-submit submits it. */
public class Submitted {
    public static void main(String[] args) {
        SparkSession spark = SparkSession.builder().getOrCreate();
        List<Row> points = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            double radius = 1 + i % 2;
            points.add(RowFactory.create(Vectors.dense(radius * Math.cos(i), radius * Math.sin(i)), (double) (i % 2)));
        }
        StructType columns = new StructType().add("features", SQLDataTypes.VectorType()).add("label", DataTypes.DoubleType);
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        Dataset<Row> rings = spark.createDataFrame(context.parallelize(points, 4), columns);
        RectifierClassificationModel model =
                new RectifierClassifier().setLayers(new int[] {2, 16, 2}).setMaxIter(50).setShardSize(50).fit(rings);
        long right = model.transform(rings).filter("label = prediction").count();
        long onDriver =
                context.parallelize(List.of(1, 2, 3, 4), 4)
                        .filter(i -> SparkEnv.get().executorId().equals("driver"))
                        .count();
        System.out.printf("%d of 400 are right, %d of 4 tasks were the driver's%n", right, onDriver);
        spark.stop();
    }
}
