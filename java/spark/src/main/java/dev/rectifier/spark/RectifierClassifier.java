package dev.rectifier.spark;

import org.apache.spark.ml.classification.ProbabilisticClassifier;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;

/**
 * A multilayer perceptron that classifies, trained on the executors by Rectifier's kernels. It
 * stands in for Spark's {@code MultilayerPerceptronClassifier}, with any activation and initializer
 * in the hidden layers; the last layer is a softmax, the loss the cross-entropy.
 *
 * <p>The same rows in the same order give the same weights, to the last bit, for any number of
 * executors, cores and partitions.
 *
 * <p>Labels are whole numbers from 0 to the last layer's units − 1. Not thread-safe, as all of
 * Spark's stages.
 */
public final class RectifierClassifier
        extends ProbabilisticClassifier<Vector, RectifierClassifier, RectifierClassificationModel>
        implements TrainingParams<RectifierClassifier>, DefaultParamsWritable {
    private static final long serialVersionUID = 1L;

    // Without an initializer, which would overwrite it after the superclass has asked.
    private String uid;
    private final Settings settings;

    /** A classifier with a random uid. */
    public RectifierClassifier() {
        this(Uid.random("rectifierClassifier"));
    }

    /** A classifier with this uid. */
    public RectifierClassifier(String uid) {
        this(Uid.of(uid));
    }

    private RectifierClassifier(Uid passed) {
        settings = new Settings(this);
    }

    @Override
    public String uid() {
        if (uid == null) {
            uid = Uid.take();
        }
        return uid;
    }

    @Override
    public Settings settings() {
        return settings;
    }

    /** Sets {@link #classWeights}. */
    public RectifierClassifier setClassWeights(double[] value) {
        set(classWeights(), value);
        return this;
    }

    /**
     * Trains; {@code fit} calls it.
     *
     * @throws IllegalArgumentException if parameters don't fit each other, or a row isn't as it
     *     must be: the message names its column, value and number
     */
    @Override
    public RectifierClassificationModel train(Dataset<?> dataset) {
        Fitting.Result result = Fitting.fit(this, dataset, true);
        return new RectifierClassificationModel(
                uid(), Trained.of(result.weights()), result.summary());
    }

    @Override
    public RectifierClassifier copy(ParamMap extra) {
        return defaultCopy(extra);
    }

    /** Reads estimators that {@code save} has written. */
    public static MLReader<RectifierClassifier> read() {
        return new DefaultParamsReader<>();
    }

    /** Reads an estimator that {@code save} has written. */
    public static RectifierClassifier load(String path) {
        return read().load(path);
    }
}
