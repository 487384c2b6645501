package dev.rectifier.spark;

import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.Regressor;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;

/**
 * A multilayer perceptron for a number: the last of the {@link #layers} is 1 and has no activation,
 * the loss is half of the mean squared error. All else is as in {@link RectifierClassifier}, the
 * same bits for any partitions included; there are no class weights.
 */
public final class RectifierRegressor
        extends Regressor<Vector, RectifierRegressor, RectifierRegressionModel>
        implements TrainingParams<RectifierRegressor>, DefaultParamsWritable {
    private static final long serialVersionUID = 1L;

    // Without an initializer, which would overwrite it after the superclass has asked.
    private String uid;
    private final Settings settings;

    /** A regressor with a random uid. */
    public RectifierRegressor() {
        this(Uid.random("rectifierRegressor"));
    }

    /** A regressor with this uid. */
    public RectifierRegressor(String uid) {
        this(Uid.of(uid));
    }

    private RectifierRegressor(Uid passed) {
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

    /**
     * Trains; {@code fit} calls it.
     *
     * @throws IllegalArgumentException if parameters don't fit each other, or a row isn't as it
     *     must be: the message names its column, value and number
     */
    @Override
    public RectifierRegressionModel train(Dataset<?> dataset) {
        Fitting.Result result = Fitting.fit(this, dataset, false);
        return new RectifierRegressionModel(uid(), Trained.of(result.weights()), result.summary());
    }

    @Override
    public RectifierRegressor copy(ParamMap extra) {
        return defaultCopy(extra);
    }

    /** Reads estimators that {@code save} has written. */
    public static MLReader<RectifierRegressor> read() {
        return new DefaultParamsReader<>();
    }

    /** Reads an estimator that {@code save} has written. */
    public static RectifierRegressor load(String path) {
        return read().load(path);
    }
}
