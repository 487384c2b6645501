package dev.rectifier.spark;

import dev.rectifier.AxisFunction;
import dev.rectifier.DType;
import dev.rectifier.network.Network;
import java.util.List;
import java.util.Optional;
import org.apache.spark.ml.classification.MultilayerPerceptronClassificationModel;
import org.apache.spark.ml.classification.ProbabilisticClassificationModel;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import scala.Tuple3;

/**
 * A trained perceptron. Rows are computed in batches; the outputs of a row are the same bits in any
 * batch. Raw predictions are what the softmax gets, computed in the {@link #dtype}; probabilities
 * are their softmax in double.
 */
public final class RectifierClassificationModel
        extends ProbabilisticClassificationModel<Vector, RectifierClassificationModel>
        implements NetworkParams, MLWritable {
    private static final long serialVersionUID = 1L;
    private static final String SIGMOID = "sigmoid";

    private String uid;
    private final Settings settings;
    private final Trained trained;
    private final transient TrainingSummary summary;
    private transient Scoring scoring;

    /** Without weights, for Spark's lists of models; it can't predict. */
    public RectifierClassificationModel() {
        this(Uid.random("rectifierClassifier"), Trained.of(new double[0]), null);
    }

    RectifierClassificationModel(String uid, Trained trained, TrainingSummary summary) {
        this(Uid.of(uid), trained, summary);
    }

    private RectifierClassificationModel(Uid passed, Trained trained, TrainingSummary summary) {
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
    public RectifierClassificationModel setHandleInvalid(String value) {
        set(handleInvalid(), value);
        return this;
    }

    /**
     * All weights: of each layer the kernel [inputs, units] row by row, the bias, and what the
     * activation learns. It is the order of Spark's perceptron, too.
     */
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

    @Override
    public int numClasses() {
        return getLayers()[getLayers().length - 1];
    }

    private Scoring scoring() {
        if (scoring == null) {
            scoring = new Scoring();
        }
        return scoring;
    }

    private Scorer scorer() {
        return scoring().scorer(this, trained, true);
    }

    @Override
    public Vector predictRaw(Vector features) {
        return Vectors.dense(scorer().raw(features));
    }

    @Override
    public Vector raw2probabilityInPlace(Vector raw) {
        DenseVector dense = (DenseVector) raw;
        Scorer.probabilities(dense.values(), dense.size());
        return dense;
    }

    /**
     * The rows with the columns of raw predictions, probabilities and predictions, or those of them
     * whose names aren't empty.
     */
    @Override
    public Dataset<Row> transform(Dataset<?> dataset) {
        StructType schema = transformSchema(dataset.schema());
        scorer();
        return scoring()
                .transform(
                        dataset,
                        schema,
                        getFeaturesCol(),
                        new String[] {
                            getRawPredictionCol(), getProbabilityCol(), getPredictionCol()
                        },
                        isDefined(thresholds()) ? getThresholds() : null,
                        getHandleInvalid());
    }

    /** The network itself, with a softmax after the last layer. The caller closes it. */
    public Network toNetwork() {
        Network network = Topology.of(this, true).initialized(true);
        Scoring.write(trained, network);
        return network;
    }

    /**
     * A model of a network, such as one that was loaded from a file.
     *
     * @param network one that ends in a softmax, and has no other function along an axis; it stays
     *     the caller's to close
     * @throws IllegalArgumentException if it is another
     */
    public static RectifierClassificationModel of(Network network) {
        if (!Scoring.last(network).equals(AxisFunction.softmax())) {
            throw new IllegalArgumentException(
                    "network must end in a softmax, not " + Scoring.last(network));
        }
        RectifierClassificationModel model =
                new RectifierClassificationModel(
                        Uid.random("rectifierClassifier"), Scoring.trained(network), null);
        Scoring.setParams(model, network);
        return model;
    }

    /**
     * A model of one of Spark's, in float64. Its probabilities differ from Spark's by rounding
     * only.
     */
    public static RectifierClassificationModel of(MultilayerPerceptronClassificationModel sparks) {
        RectifierClassificationModel model =
                new RectifierClassificationModel(
                        sparks.uid(), Trained.of(sparks.weights().toArray()), null);
        model.set(model.activation(), SIGMOID);
        model.set(model.dtype(), Settings.text(DType.FLOAT64));
        for (Param<?> param : sparks.params()) {
            if (sparks.isSet(param) && !param.name().equals("solver")) {
                model.set(param.name(), sparks.getOrDefault(param));
            }
        }
        return model;
    }

    /**
     * The same as a model of Spark's.
     *
     * @throws IllegalStateException if a hidden activation isn't the sigmoid, which is all that
     *     Spark has, or features are scaled
     */
    public MultilayerPerceptronClassificationModel toSpark() {
        List<String> others =
                getLayers().length == 2
                        ? List.of()
                        : Settings.parts(getActivation()).stream()
                                .filter(text -> !text.equals(SIGMOID))
                                .toList();
        if (!others.isEmpty()) {
            throw new IllegalStateException(
                    "Spark's perceptron has no activation but sigmoid, not " + others.get(0));
        }
        if (trained.scale() != null) {
            throw new IllegalStateException("Spark's perceptron doesn't scale features");
        }
        MultilayerPerceptronClassificationModel sparks =
                new MultilayerPerceptronClassificationModel(uid(), weights());
        for (Param<?> param : sparks.params()) {
            Param<?> ours = getParam(param.name());
            if (isSet(ours) && !param.name().equals("solver")) {
                sparks.set(param.name(), getOrDefault(ours));
            }
        }
        return sparks;
    }

    @Override
    @SuppressWarnings({"rawtypes", "unchecked"})
    public Tuple3 findSummaryModel() {
        // Two superclasses declare it with types that no Java method has both of.
        return new Tuple3(this, getProbabilityCol(), getPredictionCol());
    }

    @Override
    public RectifierClassificationModel copy(ParamMap extra) {
        return copyValues(new RectifierClassificationModel(uid(), trained, summary), extra)
                .setParent(parent());
    }

    @Override
    public MLWriter write() {
        return new ModelFile.Writer(this, trained);
    }

    /** Reads models that {@code save} has written. */
    public static MLReader<RectifierClassificationModel> read() {
        return new ModelFile.Reader<>(
                RectifierClassificationModel.class,
                (uid, trained) -> new RectifierClassificationModel(uid, trained, null));
    }

    /** Reads a model that {@code save} has written. */
    public static RectifierClassificationModel load(String path) {
        return read().load(path);
    }

    @Override
    public String toString() {
        return "RectifierClassificationModel: uid=%s, features=%d, classes=%d"
                .formatted(uid(), numFeatures(), numClasses());
    }
}
