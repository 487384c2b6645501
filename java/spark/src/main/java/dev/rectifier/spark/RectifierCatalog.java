package dev.rectifier.spark;

import dev.rectifier.Activation;
import dev.rectifier.AxisFunction;
import dev.rectifier.Definition;
import dev.rectifier.Elementwise;
import java.util.List;
import java.util.TreeMap;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.analysis.NoSuchFunctionException;
import org.apache.spark.sql.catalyst.analysis.NoSuchNamespaceException;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.connector.catalog.FunctionCatalog;
import org.apache.spark.sql.connector.catalog.Identifier;
import org.apache.spark.sql.connector.catalog.functions.BoundFunction;
import org.apache.spark.sql.connector.catalog.functions.ScalarFunction;
import org.apache.spark.sql.connector.catalog.functions.UnboundFunction;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.UserDefinedType;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;

/**
 * All elementwise activations, and those along an axis, as functions of SQL, with their default
 * parameters: with {@code spark.sql.catalog.rectifier=dev.rectifier.spark.RectifierCatalog}, {@code
 * select rectifier.gelu(x)}. Of a {@code float} or {@code double}, of other numbers as {@code
 * double}, of arrays of {@code float} or {@code double}, and of vectors; the result has the type of
 * the argument. Null gives null, and a null in an array stays one; along an axis it is an error.
 */
public final class RectifierCatalog implements FunctionCatalog {
    private static final TreeMap<String, String> NAMES =
            new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    static {
        Activation.definitions().stream()
                .map(Definition::name)
                .filter(RectifierCatalog::isFunction)
                .forEach(name -> NAMES.put(name, name));
    }

    private String name = "rectifier";

    /** A catalog, which Spark names. */
    public RectifierCatalog() {}

    private static boolean isFunction(String name) {
        Activation activation = Activation.of(name, java.util.Map.of());
        return activation instanceof Elementwise || activation instanceof AxisFunction;
    }

    @Override
    public void initialize(String given, CaseInsensitiveStringMap options) {
        name = given;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Identifier[] listFunctions(String[] namespace) throws NoSuchNamespaceException {
        if (namespace.length != 0) {
            throw new NoSuchNamespaceException(namespace);
        }
        return NAMES.values().stream()
                .map(f -> Identifier.of(namespace, f))
                .toArray(Identifier[]::new);
    }

    @Override
    public UnboundFunction loadFunction(Identifier identifier) throws NoSuchFunctionException {
        String function = NAMES.get(identifier.name());
        if (identifier.namespace().length != 0 || function == null) {
            throw new NoSuchFunctionException(identifier);
        }
        return new Unbound(function);
    }

    private static final class Unbound implements UnboundFunction {
        private static final long serialVersionUID = 1L;

        private final String name;

        Unbound(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public String description() {
            return name + "(x): the activation of that name, of a number, an array or a vector";
        }

        @Override
        public BoundFunction bind(StructType input) {
            if (input.size() != 1) {
                throw new UnsupportedOperationException(
                        "%s takes one argument, not %d".formatted(name, input.size()));
            }
            Applied applied = new Applied(name);
            DataType type = input.fields()[0].dataType();
            if (type instanceof ArrayType array
                            && List.of(DataTypes.FloatType, DataTypes.DoubleType)
                                    .contains(array.elementType())
                    || type.equals(SQLDataTypes.VectorType())) {
                return new Bound(name, applied, type);
            }
            if (!applied.isAlongRow() && type instanceof NumericType) {
                boolean isFloat = type.equals(DataTypes.FloatType);
                return new Bound(
                        name, applied, isFloat ? DataTypes.FloatType : DataTypes.DoubleType);
            }
            throw new UnsupportedOperationException(
                    "%s can't be applied to %s".formatted(name, type.simpleString()));
        }
    }

    private static final class Bound implements ScalarFunction<Object> {
        private static final long serialVersionUID = 1L;

        private final String name;
        private final Applied applied;
        private final DataType type;

        Bound(String name, Applied applied, DataType type) {
            this.name = name;
            this.applied = applied;
            this.type = type;
        }

        @Override
        public DataType[] inputTypes() {
            return new DataType[] {type};
        }

        @Override
        public DataType resultType() {
            return type;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public String canonicalName() {
            return "dev.rectifier." + name + "(" + type.catalogString() + ")";
        }

        @Override
        public Object produceResult(InternalRow input) {
            if (input.isNullAt(0)) {
                return null;
            }
            if (type instanceof ArrayType array) {
                return array(input.getArray(0), array.elementType().equals(DataTypes.FloatType));
            }
            if (type.equals(DataTypes.FloatType)) {
                return applied.apply(input.getFloat(0));
            }
            if (type.equals(DataTypes.DoubleType)) {
                return applied.apply(input.getDouble(0));
            }
            @SuppressWarnings("unchecked")
            UserDefinedType<Vector> vectors = (UserDefinedType<Vector>) type;
            Vector x = vectors.deserialize(input.get(0, type));
            return vectors.serialize(Vectors.dense(applied.copyOf(x.toArray())));
        }

        private ArrayData array(ArrayData x, boolean isFloat) {
            int n = x.numElements();
            boolean[] isNull = new boolean[n];
            Object[] results = new Object[n];
            float[] floats = new float[isFloat ? n : 0];
            double[] doubles = new double[isFloat ? 0 : n];
            for (int i = 0; i < n; i++) {
                isNull[i] = x.isNullAt(i);
                if (!isNull[i] && isFloat) {
                    floats[i] = x.getFloat(i);
                } else if (!isNull[i]) {
                    doubles[i] = x.getDouble(i);
                }
            }
            if (isFloat) {
                applied.apply(floats, isNull);
            } else {
                applied.apply(doubles, isNull);
            }
            for (int i = 0; i < n; i++) {
                if (!isNull[i]) {
                    results[i] = isFloat ? (Object) floats[i] : (Object) doubles[i];
                }
            }
            return new GenericArrayData(results);
        }
    }
}
