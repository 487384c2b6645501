package dev.rectifier.spark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The handwritten digits of the study: 1,797 rows of 64 features in 0..1. */
final class Digits {
    static final StructType SCHEMA =
            new StructType()
                    .add("features", SQLDataTypes.VectorType())
                    .add("label", DataTypes.DoubleType);

    private static final int TEST_ROWS = 359;

    private Digits() {}

    /** All rows, in an order of their own that is always the same. */
    static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        try (BufferedReader in =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(
                                        Digits.class.getResourceAsStream("/digits.csv.gz")),
                                StandardCharsets.US_ASCII))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] parts = line.split(",");
                double[] features = new double[64];
                for (int i = 0; i < 64; i++) {
                    features[i] = Double.parseDouble(parts[i]) / 16;
                }
                rows.add(RowFactory.create(Vectors.dense(features), Double.parseDouble(parts[64])));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Collections.shuffle(rows, new Random(1));
        return rows;
    }

    static Dataset<Row> train(SparkSession session, int partitions) {
        List<Row> rows = rows();
        return of(session, rows.subList(TEST_ROWS, rows.size()), partitions);
    }

    static Dataset<Row> test(SparkSession session) {
        return of(session, rows().subList(0, TEST_ROWS), 2);
    }

    /** The rows in their order, cut into so many partitions. */
    static Dataset<Row> of(SparkSession session, List<Row> rows, int partitions) {
        return session.createDataFrame(
                org.apache.spark.api.java.JavaSparkContext.fromSparkContext(session.sparkContext())
                        .parallelize(new ArrayList<>(rows), partitions),
                SCHEMA);
    }

    static double accuracy(Dataset<Row> predicted) {
        return (double) predicted.filter("label = prediction").count() / predicted.count();
    }
}
