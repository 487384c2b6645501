package dev.rectifier.spark;

import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.Param;

/**
 * The setters of an estimator.
 *
 * @param <E> the estimator, which each of them returns
 */
public interface TrainingParams<E extends TrainingParams<E>> extends NetworkParams {
    private <T> E with(Param<T> param, T value) {
        set(param, value);
        @SuppressWarnings("unchecked")
        E self = (E) this;
        return self;
    }

    /** Sets {@link #layers}. */
    default E setLayers(int[] value) {
        return with(layers(), value);
    }

    /** Sets {@link #activation}. */
    default E setActivation(String value) {
        return with(activation(), value);
    }

    /** Sets {@link #kernelInitializer}. */
    default E setKernelInitializer(String value) {
        return with(kernelInitializer(), value);
    }

    /** Sets {@link #dtype}. */
    default E setDtype(String value) {
        return with(dtype(), value);
    }

    /** Sets {@link #solver}. */
    default E setSolver(String value) {
        return with(solver(), value);
    }

    /** Sets {@link #maxIter}. */
    default E setMaxIter(int value) {
        return with(maxIter(), value);
    }

    /** Sets {@link #tol}. */
    default E setTol(double value) {
        return with(tol(), value);
    }

    /** Sets {@link #stepSize}. */
    default E setStepSize(double value) {
        return with(stepSize(), value);
    }

    /** Sets {@link #regParam}. */
    default E setRegParam(double value) {
        return with(regParam(), value);
    }

    /** Sets {@link #blockSize}. */
    default E setBlockSize(int value) {
        return with(blockSize(), value);
    }

    /** Sets {@link #shardSize}. */
    default E setShardSize(int value) {
        return with(shardSize(), value);
    }

    /** Sets {@link #seed}. */
    default E setSeed(long value) {
        return with(seed(), value);
    }

    /** Sets {@link #initialWeights}. */
    default E setInitialWeights(Vector value) {
        return with(initialWeights(), value);
    }

    /** Sets {@link #weightCol}. */
    default E setWeightCol(String value) {
        return with(weightCol(), value);
    }

    /** Sets {@link #handleInvalid}. */
    default E setHandleInvalid(String value) {
        return with(handleInvalid(), value);
    }

    /** Sets {@link #validationIndicatorCol}. */
    default E setValidationIndicatorCol(String value) {
        return with(validationIndicatorCol(), value);
    }

    /** Sets {@link #patience}. */
    default E setPatience(int value) {
        return with(patience(), value);
    }
}
