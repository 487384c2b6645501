package dev.rectifier.spark;

import dev.rectifier.DType;
import dev.rectifier.network.FunctionText;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.DoubleArrayParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntArrayParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.Identifiable;
import scala.Function1;

/**
 * The parameters of an estimator or a model, which {@link NetworkParams} shows. Those that Spark's
 * perceptron has, have its names and defaults.
 */
final class Settings implements Serializable {
    private static final long serialVersionUID = 1L;

    static final String LBFGS = "l-bfgs";
    static final String ADAM = "adam";
    static final String ERROR = "error";
    static final String SKIP = "skip";
    static final String KEEP = "keep";

    final IntArrayParam layers;
    final Param<String> activation;
    final Param<String> kernelInitializer;
    final Param<String> dtype;
    final Param<String> solver;
    final IntParam maxIter;
    final DoubleParam tol;
    final DoubleParam stepSize;
    final DoubleParam regParam;
    final IntParam blockSize;
    final IntParam shardSize;
    final LongParam seed;
    final Param<Vector> initialWeights;
    final Param<String> weightCol;
    final DoubleArrayParam classWeights;
    final Param<String> handleInvalid;
    final Param<String> validationIndicatorCol;
    final IntParam patience;

    Settings(Params owner) {
        layers =
                new IntArrayParam(
                        owner,
                        "layers",
                        "units of each layer from the features to the outputs, at least two, each"
                                + " at least 1",
                        check(v -> require(isLayers(v), "layers", Arrays.toString(v))));
        activation =
                new Param<>(
                        (Identifiable) owner,
                        "activation",
                        "the hidden layers' activation as text, such as relu or"
                                + " leakyRelu:negativeSlope=0.2; or one for each, with commas",
                        Settings.<String>check(v -> parts(v).forEach(FunctionText::activation)));
        kernelInitializer =
                new Param<>(
                        (Identifiable) owner,
                        "kernelInitializer",
                        "what the kernels begin with, as text, such as heNormal or"
                                + " glorotUniform; or one for each layer, with commas",
                        Settings.<String>check(v -> parts(v).forEach(FunctionText::initializer)));
        dtype = choice(owner, "dtype", "the type to compute in", dtypes());
        solver = choice(owner, "solver", "the algorithm of training", List.of(LBFGS, ADAM));
        maxIter =
                new IntParam(
                        owner,
                        "maxIter",
                        "most iterations of l-bfgs or rounds of adam, at least 0",
                        check(v -> require((int) v >= 0, "maxIter", v)));
        tol =
                new DoubleParam(
                        owner,
                        "tol",
                        "relative change of the objective at which l-bfgs has converged, at least"
                                + " 0",
                        check(v -> require((double) v >= 0, "tol", v)));
        stepSize =
                new DoubleParam(
                        owner,
                        "stepSize",
                        "adam's learning rate, above 0",
                        check(v -> require(isPositive(v), "stepSize", v)));
        regParam =
                new DoubleParam(
                        owner,
                        "regParam",
                        "half of this times the sum of the kernels' squares is added to the loss;"
                                + " at least 0",
                        check(v -> require((double) v == 0 || isPositive(v), "regParam", v)));
        blockSize =
                new IntParam(
                        owner,
                        "blockSize",
                        "rows of one matrix product, and of one step of adam; at least 1",
                        check(v -> require((int) v >= 1, "blockSize", v)));
        shardSize =
                new IntParam(
                        owner,
                        "shardSize",
                        "rows whose gradients are summed in one place, at least 1",
                        check(v -> require((int) v >= 1, "shardSize", v)));
        seed = new LongParam(owner, "seed", "of the first weights, and of adam's order of rows");
        initialWeights =
                new Param<>((Identifiable) owner, "initialWeights", "weights to begin with");
        weightCol = new Param<>((Identifiable) owner, "weightCol", "column of the rows' weights");
        classWeights =
                new DoubleArrayParam(
                        owner,
                        "classWeights",
                        "a factor of the rows' weights for each class, all finite and at least 0",
                        check(
                                v ->
                                        require(
                                                Arrays.stream(v)
                                                        .allMatch(w -> w == 0 || isPositive(w)),
                                                "classWeights",
                                                Arrays.toString(v))));
        handleInvalid =
                choice(
                        owner,
                        "handleInvalid",
                        "what to do with rows whose features are null, of another length or not"
                                + " finite",
                        List.of(ERROR, SKIP, KEEP));
        validationIndicatorCol =
                new Param<>(
                        (Identifiable) owner,
                        "validationIndicatorCol",
                        "column that is true for rows to validate by, not to train on");
        patience =
                new IntParam(
                        owner,
                        "patience",
                        "iterations without a better validation loss after which training ends,"
                                + " at least 1",
                        check(v -> require((int) v >= 1, "patience", v)));
        owner.setDefault(activation, "relu");
        owner.setDefault(kernelInitializer, "heNormal");
        owner.setDefault(dtype, "float32");
        owner.setDefault(solver, LBFGS);
        owner.setDefault(maxIter, 100);
        owner.setDefault(tol, 1e-6);
        owner.setDefault(stepSize, 0.03);
        owner.setDefault(regParam, 0.0);
        owner.setDefault(blockSize, 128);
        owner.setDefault(shardSize, 4096);
        owner.setDefault(seed, (long) owner.getClass().getName().hashCode());
        owner.setDefault(handleInvalid, ERROR);
        owner.setDefault(patience, 10);
    }

    /** Texts between commas. */
    static List<String> parts(String text) {
        return List.of(text.split(",", -1));
    }

    private static List<String> dtypes() {
        return DType.arithmeticTypes().stream().map(Settings::text).toList();
    }

    static String text(DType dtype) {
        return dtype.name().toLowerCase(Locale.ROOT);
    }

    private static boolean isLayers(int[] layers) {
        return layers.length >= 2 && Arrays.stream(layers).allMatch(n -> n >= 1);
    }

    private static boolean isPositive(Object value) {
        return (double) value > 0 && (double) value < Double.POSITIVE_INFINITY;
    }

    private static Param<String> choice(
            Params owner, String name, String doc, List<String> choices) {
        return new Param<>(
                (Identifiable) owner,
                name,
                doc + ": " + String.join(", ", choices),
                check(v -> require(choices.contains(v), name, v + "; one of " + choices)));
    }

    private static void require(boolean legal, String name, Object value) {
        if (!legal) {
            throw new IllegalArgumentException(name + " can't be " + value);
        }
    }

    /** A check that says by an exception what is wrong, where Spark's would only say that it is. */
    interface Check<T> extends Consumer<T>, Serializable {}

    static <T> Function1<T, Object> check(Check<T> check) {
        return (Function1<T, Object> & Serializable)
                value -> {
                    check.accept(value);
                    return true;
                };
    }
}
