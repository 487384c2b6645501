package dev.rectifier.spark;

import java.util.List;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Models in Spark's format: parameters as JSON in {@code metadata}, weights as Parquet in {@code
 * data}.
 */
final class ModelFile {
    private static final int VERSION = 1;
    private static final String DATA = "/data";
    private static final DataType DOUBLES = new ArrayType(DataTypes.DoubleType, false);
    private static final DataType TEXTS = new ArrayType(DataTypes.StringType, false);
    private static final StructType SCHEMA =
            new StructType()
                    .add("version", DataTypes.IntegerType, false)
                    .add("weights", SQLDataTypes.VectorType(), false)
                    .add("scale", DOUBLES, true)
                    .add("shift", DOUBLES, true)
                    .add("classNames", TEXTS, true);

    private ModelFile() {}

    static final class Writer extends MLWriter {
        private final Params model;
        private final Trained trained;

        Writer(Params model, Trained trained) {
            this.model = model;
            this.trained = trained;
        }

        @Override
        public void saveImpl(String path) {
            DefaultParamsWriter.saveMetadata(model, path, sparkSession());
            Row row =
                    RowFactory.create(
                            VERSION,
                            Vectors.dense(trained.weights()),
                            trained.scale(),
                            trained.shift(),
                            trained.classNames());
            sparkSession()
                    .createDataFrame(List.of(row), SCHEMA)
                    .repartition(1)
                    .write()
                    .parquet(path + DATA);
        }
    }

    /** Makes a model of what was read. */
    interface Maker<M> {
        M make(String uid, Trained trained);
    }

    static final class Reader<M extends Params> extends MLReader<M> {
        private final Class<M> type;
        private final Maker<M> maker;

        Reader(Class<M> type, Maker<M> maker) {
            this.type = type;
            this.maker = maker;
        }

        @Override
        public M load(String path) {
            DefaultParamsReader.Metadata metadata =
                    DefaultParamsReader.loadMetadata(path, sparkSession(), type.getName());
            Row row = sparkSession().read().parquet(path + DATA).head();
            int version = row.getAs("version");
            if (version > VERSION) {
                throw new IllegalArgumentException(
                        "%s has version %d of the format, of which this Rectifier knows up to %d"
                                .formatted(path, version, VERSION));
            }
            List<String> names = list(row, "classNames");
            Trained trained =
                    new Trained(
                            row.<Vector>getAs("weights").toArray(),
                            doubles(row, "scale"),
                            doubles(row, "shift"),
                            names == null ? null : names.toArray(String[]::new));
            M model = maker.make(metadata.uid(), trained);
            metadata.getAndSetParams(model, metadata.getAndSetParams$default$2());
            return model;
        }

        private static <T> List<T> list(Row row, String name) {
            int at = row.fieldIndex(name);
            return row.isNullAt(at) ? null : row.getList(at);
        }

        private static double[] doubles(Row row, String name) {
            List<Double> list = list(row, name);
            return list == null ? null : list.stream().mapToDouble(v -> v).toArray();
        }
    }
}
