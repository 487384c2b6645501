package dev.rectifier.spark;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Applies an activation to a column of vectors, of arrays of {@code float} or {@code double}, or of
 * such numbers; the new column has the same type. What is null stays null, also in an array. An
 * activation along an axis, such as softmax, is one along each row's vector or array.
 */
public final class ActivationTransformer extends Transformer implements DefaultParamsWritable {
    private static final long serialVersionUID = 1L;

    private String uid;
    private final Param<String> inputCol;
    private final Param<String> outputCol;
    private final Param<String> activation;

    /** A transformer with a random uid. */
    public ActivationTransformer() {
        this(Uid.random("activation"));
    }

    /** A transformer with this uid. */
    public ActivationTransformer(String uid) {
        this(Uid.of(uid));
    }

    private ActivationTransformer(Uid passed) {
        Identifiable self = this;
        inputCol = new Param<>(self, "inputCol", "input column name");
        outputCol = new Param<>(self, "outputCol", "output column name");
        activation =
                new Param<>(
                        self,
                        "activation",
                        "as text, such as gelu or leakyRelu:negativeSlope=0.2",
                        Settings.<String>check(Applied::new));
        setDefault(outputCol, uid() + "__output");
    }

    @Override
    public String uid() {
        if (uid == null) {
            uid = Uid.take();
        }
        return uid;
    }

    /** The column to read; without a default. */
    public Param<String> inputCol() {
        return inputCol;
    }

    /** The column to add. */
    public Param<String> outputCol() {
        return outputCol;
    }

    /** The activation as the command line writes it; without a default. */
    public Param<String> activation() {
        return activation;
    }

    /** Sets {@link #inputCol}. */
    public ActivationTransformer setInputCol(String value) {
        set(inputCol, value);
        return this;
    }

    /** Sets {@link #outputCol}. */
    public ActivationTransformer setOutputCol(String value) {
        set(outputCol, value);
        return this;
    }

    /**
     * Sets {@link #activation}.
     *
     * @throws IllegalArgumentException if there is no such activation, or it learns or draws
     */
    public ActivationTransformer setActivation(String value) {
        set(activation, value);
        return this;
    }

    /**
     * The schema with the new column.
     *
     * @throws IllegalArgumentException if the column's type is none of those above, or there is one
     *     of the new name
     */
    @Override
    public StructType transformSchema(StructType schema) {
        String output = getOrDefault(outputCol);
        if (List.of(schema.fieldNames()).contains(output)) {
            throw new IllegalArgumentException("column " + output + " already exists");
        }
        DataType type = schema.apply(getOrDefault(inputCol)).dataType();
        function(type);
        return schema.add(output, type, true);
    }

    @Override
    public Dataset<Row> transform(Dataset<?> dataset) {
        transformSchema(dataset.schema());
        String input = getOrDefault(inputCol);
        DataType type = dataset.schema().apply(input).dataType();
        return dataset.withColumn(
                getOrDefault(outputCol),
                functions.udf(function(type), type).apply(dataset.col(input)));
    }

    private UDF1<?, ?> function(DataType type) {
        Applied applied = new Applied(getOrDefault(activation));
        if (type.equals(SQLDataTypes.VectorType())) {
            return (UDF1<Vector, Vector>)
                    x -> x == null ? null : Vectors.dense(applied.copyOf(x.toArray()));
        }
        if (type instanceof ArrayType array && array.elementType().equals(DataTypes.DoubleType)) {
            return (UDF1<scala.collection.Seq<Double>, List<Double>>) x -> doubles(applied, x);
        }
        if (type instanceof ArrayType array && array.elementType().equals(DataTypes.FloatType)) {
            return (UDF1<scala.collection.Seq<Float>, List<Float>>) x -> floats(applied, x);
        }
        if (!applied.isAlongRow() && type.equals(DataTypes.DoubleType)) {
            return (UDF1<Double, Double>) x -> x == null ? null : applied.apply((double) x);
        }
        if (!applied.isAlongRow() && type.equals(DataTypes.FloatType)) {
            return (UDF1<Float, Float>) x -> x == null ? null : applied.apply((float) x);
        }
        throw new IllegalArgumentException(
                "%s can't be applied to column %s, which is %s"
                        .formatted(
                                getOrDefault(activation),
                                getOrDefault(inputCol),
                                type.simpleString()));
    }

    private static List<Double> doubles(Applied applied, scala.collection.Seq<Double> x) {
        if (x == null) {
            return null;
        }
        double[] values = new double[x.size()];
        boolean[] isNull = new boolean[values.length];
        for (int i = 0; i < values.length; i++) {
            isNull[i] = (Object) x.apply(i) == null;
            values[i] = isNull[i] ? 0 : x.apply(i);
        }
        applied.apply(values, isNull);
        List<Double> results = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            results.add(isNull[i] ? null : (Double) values[i]);
        }
        return results;
    }

    private static List<Float> floats(Applied applied, scala.collection.Seq<Float> x) {
        if (x == null) {
            return null;
        }
        float[] values = new float[x.size()];
        boolean[] isNull = new boolean[values.length];
        for (int i = 0; i < values.length; i++) {
            isNull[i] = (Object) x.apply(i) == null;
            values[i] = isNull[i] ? 0 : x.apply(i);
        }
        applied.apply(values, isNull);
        List<Float> results = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            results.add(isNull[i] ? null : (Float) values[i]);
        }
        return results;
    }

    @Override
    public ActivationTransformer copy(ParamMap extra) {
        return defaultCopy(extra);
    }

    /** Reads transformers that {@code save} has written. */
    public static MLReader<ActivationTransformer> read() {
        return new DefaultParamsReader<>();
    }

    /** Reads a transformer that {@code save} has written. */
    public static ActivationTransformer load(String path) {
        return read().load(path);
    }
}
