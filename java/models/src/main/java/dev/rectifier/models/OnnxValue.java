package dev.rectifier.models;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.rectifier.network.ModelException;
import java.util.List;

/** What is known of a tensor in an ONNX graph. */
sealed interface OnnxValue {
    /** Stands for the number of rows in shapes. */
    double ROWS = Double.NaN;

    /**
     * A constant.
     *
     * @param values row-major; whole numbers of 64 bits too, of which only small ones matter here
     */
    record Constant(int type, long[] shape, double[] values) implements OnnxValue {
        boolean isFloat() {
            return OnnxValue.isFloat(type);
        }

        boolean isScalar() {
            return values.length == 1;
        }
    }

    /**
     * Something computed of each row of features.
     *
     * @param chain what is done first
     * @param expression what then happens to each element
     * @param size of the expression
     * @param shape of one row
     * @param batch the number of rows, or −1 for any; 0 if there is no axis for them
     * @param split whether a row has become several, of one element each
     * @param classes names of the elements
     */
    record Rows(
            int type,
            Chain chain,
            Expression expression,
            int size,
            long[] shape,
            long batch,
            boolean split,
            List<String> classes)
            implements OnnxValue {
        Rows with(Chain other, long... otherShape) {
            return new Rows(type, other, Expression.T, 1, otherShape, batch, split, classes);
        }

        Rows with(Expression other, int otherSize) {
            return new Rows(type, chain, other, otherSize, shape, batch, split, classes);
        }

        Rows withShape(long[] otherShape, long otherBatch) {
            return new Rows(type, chain, expression, size, otherShape, otherBatch, split, classes);
        }

        Rows splitUp() {
            return new Rows(type, chain, expression, size, shape, batch, true, classes);
        }

        Rows withType(int other) {
            return new Rows(other, chain, expression, size, shape, batch, split, classes);
        }

        Rows withClasses(List<String> names) {
            return new Rows(type, chain, expression, size, shape, batch, split, names);
        }

        boolean isPassedThrough() {
            return chain.isEmpty() && expression.equals(Expression.T);
        }
    }

    /** What can't be done, and why. */
    record Failed(ModelException why) implements OnnxValue {}

    static boolean isFloat(int type) {
        return type == DataType.FLOAT_VALUE
                || type == DataType.DOUBLE_VALUE
                || type == DataType.FLOAT16_VALUE
                || type == DataType.BFLOAT16_VALUE;
    }
}
