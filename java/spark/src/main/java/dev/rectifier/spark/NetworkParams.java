package dev.rectifier.spark;

import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.DoubleArrayParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntArrayParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.shared.HasWeightCol;

/**
 * What the estimators and models of this package have for parameters. Names and defaults are those
 * of Spark's {@code MultilayerPerceptronClassifier} wherever it has them. A value that isn't legal
 * is an {@link IllegalArgumentException} when it is set.
 */
public interface NetworkParams extends HasWeightCol {
    /** Where the parameters are, which only this package can make and read. */
    Settings settings();

    /** The units of each layer: features, hidden layers, outputs; without a default. */
    default IntArrayParam layers() {
        return settings().layers;
    }

    /** {@link #layers}. */
    default int[] getLayers() {
        return getOrDefault(layers());
    }

    /**
     * The activation of the hidden layers as the command line writes it, such as {@code relu}, the
     * default, or {@code leakyRelu:negativeSlope=0.2}; or one for each hidden layer, with commas
     * between.
     */
    default Param<String> activation() {
        return settings().activation;
    }

    /** {@link #activation}. */
    default String getActivation() {
        return getOrDefault(activation());
    }

    /**
     * What the kernels start with, such as {@code heNormal}, the default; or one for each layer,
     * with commas between. Biases start at 0.
     */
    default Param<String> kernelInitializer() {
        return settings().kernelInitializer;
    }

    /** {@link #kernelInitializer}. */
    default String getKernelInitializer() {
        return getOrDefault(kernelInitializer());
    }

    /**
     * {@code float32}, the default, or {@code float64}: what products and activations are computed
     * in. Sums over blocks, losses and the solver are always in double.
     */
    default Param<String> dtype() {
        return settings().dtype;
    }

    /** {@link #dtype}. */
    default String getDtype() {
        return getOrDefault(dtype());
    }

    /** {@code l-bfgs}, the default, or {@code adam}. */
    default Param<String> solver() {
        return settings().solver;
    }

    /** {@link #solver}. */
    default String getSolver() {
        return getOrDefault(solver());
    }

    /** The most iterations of l-bfgs, or rounds of adam over all rows; 100 by default. */
    default IntParam maxIter() {
        return settings().maxIter;
    }

    /** {@link #maxIter}. */
    default int getMaxIter() {
        return (int) getOrDefault(maxIter());
    }

    /**
     * L-BFGS has converged when the objective is less than this, times the first objective, below
     * the largest of the last 20; or the gradient's norm is less than this times the objective.
     * 1e-6 by default.
     */
    default DoubleParam tol() {
        return settings().tol;
    }

    /** {@link #tol}. */
    default double getTol() {
        return (double) getOrDefault(tol());
    }

    /** Adam's learning rate; 0.03 by default, which is Spark's and rather large for it. */
    default DoubleParam stepSize() {
        return settings().stepSize;
    }

    /** {@link #stepSize}. */
    default double getStepSize() {
        return (double) getOrDefault(stepSize());
    }

    /** Half of this times the sum of the squares of all kernels is added to the mean loss. */
    default DoubleParam regParam() {
        return settings().regParam;
    }

    /** {@link #regParam}. */
    default double getRegParam() {
        return (double) getOrDefault(regParam());
    }

    /** Rows per matrix product, and per step of adam; 128 by default. */
    default IntParam blockSize() {
        return settings().blockSize;
    }

    /** {@link #blockSize}. */
    default int getBlockSize() {
        return (int) getOrDefault(blockSize());
    }

    /**
     * Rows whose gradients are summed in one task, 4096 by default. The weights depend on it; on
     * partitions they don't. Fewer rows give more tasks and more to send.
     */
    default IntParam shardSize() {
        return settings().shardSize;
    }

    /** {@link #shardSize}. */
    default int getShardSize() {
        return (int) getOrDefault(shardSize());
    }

    /** Of the first weights, and of adam's order of rows. */
    default LongParam seed() {
        return settings().seed;
    }

    /** {@link #seed}. */
    default long getSeed() {
        return (long) getOrDefault(seed());
    }

    /** Weights to begin with, in the order of the model's {@code weights()}. */
    default Param<Vector> initialWeights() {
        return settings().initialWeights;
    }

    /** {@link #initialWeights}. */
    default Vector getInitialWeights() {
        return getOrDefault(initialWeights());
    }

    @Override
    default Param<String> weightCol() {
        return settings().weightCol;
    }

    /**
     * What to do with rows whose features are null, have another length than the network's inputs
     * or aren't finite. {@code error}, the default, names the row; {@code skip} leaves it out;
     * {@code keep} gives it predictions that are NaN, and doesn't train on it.
     */
    default Param<String> handleInvalid() {
        return settings().handleInvalid;
    }

    /** {@link #handleInvalid}. */
    default String getHandleInvalid() {
        return getOrDefault(handleInvalid());
    }

    /** A column of booleans that are true for rows to validate by, which aren't trained on. */
    default Param<String> validationIndicatorCol() {
        return settings().validationIndicatorCol;
    }

    /** {@link #validationIndicatorCol}. */
    default String getValidationIndicatorCol() {
        return getOrDefault(validationIndicatorCol());
    }

    /**
     * With a {@link #validationIndicatorCol}, training ends after so many iterations without a
     * better validation loss, 10 by default; the best weights are the model's.
     */
    default IntParam patience() {
        return settings().patience;
    }

    /** {@link #patience}. */
    default int getPatience() {
        return (int) getOrDefault(patience());
    }

    /** A factor for the weights of the rows of each class; a classifier's only. */
    default DoubleArrayParam classWeights() {
        return settings().classWeights;
    }

    /** {@link #classWeights}. */
    default double[] getClassWeights() {
        return getOrDefault(classWeights());
    }

    /** For Spark, whose trait would set it; there is one already. */
    @Override
    default void org$apache$spark$ml$param$shared$HasWeightCol$_setter_$weightCol_$eq(
            Param<String> param) {}
}
