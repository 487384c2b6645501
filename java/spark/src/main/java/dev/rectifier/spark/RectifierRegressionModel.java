package dev.rectifier.spark;

import dev.rectifier.Elementwise;
import dev.rectifier.network.Network;
import java.util.Optional;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.RegressionModel;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A trained perceptron for a number. Rows are computed in batches; a row gives the same bits in any
 * batch.
 */
public final class RectifierRegressionModel
        extends RegressionModel<Vector, RectifierRegressionModel>
        implements NetworkParams, MLWritable {
    private static final long serialVersionUID = 1L;

    private String uid;
    private final Settings settings;
    private final Trained trained;
    private final transient TrainingSummary summary;
    private transient Scoring scoring;

    /** Without weights, for Spark's lists of models; it can't predict. */
    public RectifierRegressionModel() {
        this(Uid.random("rectifierRegressor"), Trained.of(new double[0]), null);
    }

    RectifierRegressionModel(String uid, Trained trained, TrainingSummary summary) {
        this(Uid.of(uid), trained, summary);
    }

    private RectifierRegressionModel(Uid passed, Trained trained, TrainingSummary summary) {
        this.trained = trained;
        this.summary = summary;
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

    /** Sets what becomes of rows that can't be computed; see {@link #handleInvalid}. */
    public RectifierRegressionModel setHandleInvalid(String value) {
        set(handleInvalid(), value);
        return this;
    }

    /** All weights, in the order of {@link RectifierClassificationModel#weights}. */
    public Vector weights() {
        return Vectors.dense(trained.weights().clone());
    }

    /** How the training went; empty for a model that was loaded or converted. */
    public Optional<TrainingSummary> summary() {
        return Optional.ofNullable(summary);
    }

    @Override
    public int numFeatures() {
        return getLayers()[0];
    }

    private Scoring scoring() {
        if (scoring == null) {
            scoring = new Scoring();
        }
        return scoring;
    }

    private Scorer scorer() {
        return scoring().scorer(this, trained, false);
    }

    @Override
    public double predict(Vector features) {
        return scorer().raw(features)[0];
    }

    /** The rows with the column of predictions, if its name isn't empty. */
    @Override
    public Dataset<Row> transform(Dataset<?> dataset) {
        scorer();
        return scoring()
                .transform(
                        dataset,
                        transformSchema(dataset.schema()),
                        getFeaturesCol(),
                        new String[] {"", "", getPredictionCol()},
                        null,
                        getHandleInvalid());
    }

    /** The network itself. The caller closes it. */
    public Network toNetwork() {
        Network network = Topology.of(this, false).initialized(false);
        Scoring.write(trained, network);
        return network;
    }

    /**
     * A model of a network, such as one that was loaded from a file.
     *
     * @param network one of one output, which is linear; it stays the caller's to close
     * @throws IllegalArgumentException if it is another
     */
    public static RectifierRegressionModel of(Network network) {
        if (!Scoring.last(network).equals(Elementwise.linear()) || network.outputs() != 1) {
            throw new IllegalArgumentException(
                    "network must end in one linear unit, not %d of %s"
                            .formatted(network.outputs(), Scoring.last(network)));
        }
        RectifierRegressionModel model =
                new RectifierRegressionModel(
                        Uid.random("rectifierRegressor"), Scoring.trained(network), null);
        Scoring.setParams(model, network);
        return model;
    }

    @Override
    public RectifierRegressionModel copy(ParamMap extra) {
        return copyValues(new RectifierRegressionModel(uid(), trained, summary), extra)
                .setParent(parent());
    }

    @Override
    public MLWriter write() {
        return new ModelFile.Writer(this, trained);
    }

    /** Reads models that {@code save} has written. */
    public static MLReader<RectifierRegressionModel> read() {
        return new ModelFile.Reader<>(
                RectifierRegressionModel.class,
                (uid, trained) -> new RectifierRegressionModel(uid, trained, null));
    }

    /** Reads a model that {@code save} has written. */
    public static RectifierRegressionModel load(String path) {
        return read().load(path);
    }

    @Override
    public String toString() {
        return "RectifierRegressionModel: uid=%s, features=%d".formatted(uid(), numFeatures());
    }
}
