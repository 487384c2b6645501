package dev.rectifier.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.AxisFunction;
import dev.rectifier.Elementwise;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Activations of columns, as a stage and in SQL. */
class ColumnsTest {
    private static final double[] X = {-2, 0.5, 3};
    private final SparkSession session = Sessions.local(2);
    @TempDir private Path folder;

    @BeforeEach
    void catalog() {
        session.conf().set("spark.sql.catalog.rectifier", RectifierCatalog.class.getName());
    }

    private static double[] gelu() {
        double[] y = new double[X.length];
        Elementwise.gelu().forward(X, y);
        return y;
    }

    private static double[] softmax() {
        double[] y = new double[X.length];
        AxisFunction.softmax().forward(X, y, 1, X.length);
        return y;
    }

    private Row sql(String expressions) {
        return session.sql("select " + expressions).head();
    }

    private static double[] doubles(List<? extends Number> list) {
        return list.stream().mapToDouble(Number::doubleValue).toArray();
    }

    @Test
    void numbersAreApplied() {
        Row row =
                sql(
                        "rectifier.gelu(-2D), rectifier.gelu(-2), rectifier.GELU(cast(-2 as float)),"
                                + " rectifier.gelu(cast(null as double)),"
                                + " rectifier.leakyRelu(cast(-1.5 as decimal(3, 1)))");
        assertEquals(gelu()[0], row.getDouble(0));
        assertEquals(gelu()[0], row.getDouble(1));
        float[] y = {-2};
        Elementwise.gelu().forward(y, y);
        assertEquals(y[0], row.getFloat(2));
        assertNull(row.get(3));
        double[] leaky = {-1.5};
        ((Elementwise) dev.rectifier.Activation.of("leakyRelu", java.util.Map.of()))
                .forward(leaky, leaky);
        assertEquals(leaky[0], row.getDouble(4));
    }

    @Test
    void arraysAreAppliedAndTheirNullsKept() {
        Row row =
                sql(
                        "rectifier.gelu(array(-2D, 0.5D, 3D)), rectifier.softmax(array(-2D, 0.5D, 3D)),"
                                + " rectifier.gelu(array(-2D, null, 3D)),"
                                + " rectifier.relu(array(cast(-1 as float), cast(2.5 as float))),"
                                + " rectifier.softmax(cast(array() as array<double>))");
        assertArrayEquals(gelu(), doubles(row.getList(0)));
        assertArrayEquals(softmax(), doubles(row.getList(1)));
        assertNull(row.getList(2).get(1));
        assertEquals(gelu()[2], row.getList(2).get(2));
        assertEquals(List.of(0f, 2.5f), row.getList(3));
        assertEquals(0, row.getList(4).size());
        Exception e =
                assertThrows(Exception.class, () -> sql("rectifier.softmax(array(-2D, null, 3D))"));
        assertTrue((e + " " + e.getCause()).contains("of which number 1 is null"), "" + e);
    }

    @Test
    void vectorsAreApplied() {
        Digits.of(
                        session,
                        List.of(
                                org.apache.spark.sql.RowFactory.create(Vectors.dense(X), 0.0),
                                org.apache.spark.sql.RowFactory.create(
                                        Vectors.sparse(3, new int[] {0}, new double[] {-2}), 1.0)),
                        1)
                .createOrReplaceTempView("t");
        List<Row> rows =
                session.sql("select rectifier.gelu(features) from t order by label")
                        .collectAsList();
        assertEquals(Vectors.dense(gelu()), rows.get(0).get(0));
        assertEquals(Vectors.dense(gelu()[0], 0, 0), rows.get(1).get(0));
    }

    @Test
    void whatIsNoFunctionIsRefused() {
        for (String call :
                List.of(
                        "rectifier.nothing(1D)",
                        "rectifier.a.gelu(1D)",
                        "rectifier.gelu(1D, 2D)",
                        "rectifier.gelu('text')",
                        "rectifier.softmax(1D)",
                        "rectifier.prelu(1D)")) {
            assertThrows(Exception.class, () -> sql(call), call);
        }
    }

    @Test
    void aStageAppliesToEachKindOfColumn() throws Exception {
        session.udf()
                .register(
                        "toVector",
                        (UDF1<scala.collection.Seq<Double>, Vector>) ColumnsTest::vector,
                        org.apache.spark.ml.linalg.SQLDataTypes.VectorType());
        Dataset<Row> data =
                session.sql(
                        "select toVector(array(-2D, 0.5D, 3D)) v, array(-2D, null, 3D) d,"
                                + " array(cast(-1 as float)) f, -2D x, cast(-1 as float) y,"
                                + " cast(null as array<double>) n");
        ActivationTransformer stage =
                new ActivationTransformer().setActivation("gelu").setOutputCol("z");
        stage.save(folder.resolve("stage").toString());
        stage = ActivationTransformer.load(folder.resolve("stage").toString());
        assertEquals(
                Vectors.dense(gelu()),
                stage.setInputCol("v").transform(data).head().<Vector>getAs("z"));
        List<Double> z = stage.setInputCol("d").transform(data).head().getList(6);
        assertEquals(gelu()[0], z.get(0));
        assertNull(z.get(1));
        assertEquals(gelu()[0], stage.setInputCol("x").transform(data).head().<Double>getAs("z"));
        assertNull(stage.setInputCol("n").transform(data).head().getAs("z"));
        stage.setActivation("relu");
        assertEquals(List.of(0f), stage.setInputCol("f").transform(data).head().getList(6));
        assertEquals(0f, stage.setInputCol("y").transform(data).head().<Float>getAs("z"));
        stage.setActivation("softmax");
        assertEquals(
                Vectors.dense(softmax()),
                stage.setInputCol("v").transform(data).head().<Vector>getAs("z"));
        ActivationTransformer refused = stage.setInputCol("x");
        assertEquals(
                "softmax can't be applied to column x, which is double",
                assertThrows(IllegalArgumentException.class, () -> refused.transform(data))
                        .getMessage());
        assertThrows(IllegalArgumentException.class, () -> refused.setActivation("prelu"));
        assertThrows(
                IllegalArgumentException.class,
                () -> refused.setInputCol("v").setOutputCol("x").transform(data));
    }

    private static Vector vector(scala.collection.Seq<Double> values) {
        double[] array = new double[values.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = values.apply(i);
        }
        return Vectors.dense(array);
    }
}
