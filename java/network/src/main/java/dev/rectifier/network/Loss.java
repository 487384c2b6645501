package dev.rectifier.network;

import dev.rectifier.Activation;
import dev.rectifier.AxisFunction;
import dev.rectifier.Elementwise;
import dev.rectifier.Parameter;
import dev.rectifier.SoftmaxCrossEntropy;
import dev.rectifier.Span;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What training makes small: of each row a number that says how far its outputs are from its
 * targets; of a batch the mean over its rows. An immutable, thread-safe value.
 *
 * <p>Where rows have {@linkplain Examples#withWeights weights}, each row's loss is multiplied by
 * its own, and the sum divided by the number of rows, as in Keras; PyTorch's cross-entropy with
 * weights of classes divides by the sum of the weights.
 *
 * <p>The cross-entropy after softmax is {@link SoftmaxCrossEntropy}, with its accuracy and its
 * promises of the same bits, rounded to the type of the network. The others are computed in double,
 * by {@link StrictMath}, and hence are the same bits everywhere for the same outputs. The mean is
 * summed in double in the order of the rows.
 */
public abstract sealed class Loss {
    private static final Loss CROSS_ENTROPY = new CrossEntropy(0);
    private static final Loss BINARY_CROSS_ENTROPY = new BinaryCrossEntropy();
    private static final Loss MEAN_SQUARED_ERROR = new MeanSquaredError();
    private static final Parameter DELTA =
            Parameter.number("delta", 1, Double.MIN_VALUE, Double.MAX_VALUE);
    private static final String HUBER = "huber:delta=";
    private static final String SMOOTHED = "crossEntropy:labelSmoothing=";
    private static final Parameter LABEL_SMOOTHING = Parameter.number("labelSmoothing", 0, 0, 1);

    private Loss() {}

    /**
     * −log p[label], where p is what the softmax of the last layer says: Keras's {@code
     * SparseCategoricalCrossentropy}, PyTorch's {@code CrossEntropyLoss}. Computed from the values
     * before the softmax, so that a probability that rounds to 0 still has a finite loss.
     *
     * @return the loss
     */
    public static Loss crossEntropy() {
        return CROSS_ENTROPY;
    }

    /**
     * {@link #crossEntropy()} with smoothed labels: (1 − labelSmoothing)·−log p[label] +
     * labelSmoothing·the mean of −log p over all classes, which keeps a network from being ever
     * more certain (Szegedy et al. 2015, arXiv 1512.00567, section 7). Keras's {@code
     * CategoricalCrossentropy(label_smoothing)}, PyTorch's {@code
     * CrossEntropyLoss(label_smoothing)}. It is smoothed wherever this loss is measured, of held
     * out rows, too.
     *
     * @param labelSmoothing from 0 to 1; 0 is none, and 0.1 is usual
     * @return the loss
     * @throws IllegalArgumentException if it isn't in that range
     */
    public static Loss crossEntropy(double labelSmoothing) {
        LABEL_SMOOTHING.check(labelSmoothing);
        return new CrossEntropy(labelSmoothing);
    }

    /**
     * −t·log p − (1 − t)·log(1 − p), the mean over a row's outputs, where p is what the sigmoid of
     * the last layer says and t is from 0 to 1: Keras's {@code BinaryCrossentropy}, PyTorch's
     * {@code BCEWithLogitsLoss}. Computed as max(z, 0) − z·t + log(1 + exp(−|z|)) from the values z
     * before the sigmoid, so that it is finite for all of them; Keras clips p instead, at 1e-7,
     * unless {@code from_logits} is set.
     *
     * @return the loss
     */
    public static Loss binaryCrossEntropy() {
        return BINARY_CROSS_ENTROPY;
    }

    /**
     * (y − t)², the mean over a row's outputs: Keras's {@code MeanSquaredError}, PyTorch's {@code
     * MSELoss}.
     *
     * @return the loss
     */
    public static Loss meanSquaredError() {
        return MEAN_SQUARED_ERROR;
    }

    /**
     * {@link #huber(double)} with delta = 1, the default of Keras and of PyTorch.
     *
     * @return the loss
     */
    public static Loss huber() {
        return huber(1);
    }

    /**
     * With e = y − t: e²/2 where |e| ≤ delta, else delta·(|e| − delta/2), the mean over a row's
     * outputs: Keras's {@code Huber}, PyTorch's {@code HuberLoss} (Huber 1964, Annals of
     * Mathematical Statistics 35). PyTorch's {@code SmoothL1Loss} is this divided by delta.
     *
     * @param delta finite and &gt; 0
     * @return the loss
     * @throws IllegalArgumentException if it isn't
     */
    public static Loss huber(double delta) {
        DELTA.check(delta);
        return new Huber(delta);
    }

    /**
     * {@return the one that is usual for a task}
     *
     * @param task what the network is for
     */
    public static Loss of(Task task) {
        return switch (Objects.requireNonNull(task, "task")) {
            case CLASSIFICATION -> CROSS_ENTROPY;
            case BINARY -> BINARY_CROSS_ENTROPY;
            case REGRESSION -> MEAN_SQUARED_ERROR;
        };
    }

    /**
     * {@return the loss that {@link #toString} writes so, such as {@code crossEntropy} or {@code
     * huber:delta=2}; {@code huber} alone has delta = 1, {@code crossEntropy} no smoothing}
     *
     * @param text what is read
     * @throws IllegalArgumentException if there is none
     */
    public static Loss of(String text) {
        String name = Objects.requireNonNull(text, "text");
        for (Loss loss : List.of(CROSS_ENTROPY, BINARY_CROSS_ENTROPY, MEAN_SQUARED_ERROR)) {
            if (loss.toString().equals(name)) {
                return loss;
            }
        }
        if (name.equals("huber")) {
            return huber();
        }
        if (name.startsWith(HUBER)) {
            return huber(DELTA.parse(name.substring(HUBER.length())));
        }
        if (name.startsWith(SMOOTHED)) {
            return crossEntropy(LABEL_SMOOTHING.parse(name.substring(SMOOTHED.length())));
        }
        throw new IllegalArgumentException(
                "loss must be crossEntropy[:labelSmoothing=NUMBER], binaryCrossEntropy,"
                        + " meanSquaredError or huber[:delta=NUMBER], not "
                        + text);
    }

    /** {@return what outputs mean that are trained by this} */
    public abstract Task task();

    /**
     * Whether derivatives are by the values before the last activation; if not, they are by the
     * outputs.
     */
    abstract boolean isByLogits();

    /**
     * The last layer may have this activation.
     *
     * @throws IllegalArgumentException if not
     */
    abstract void requireLast(Activation activation);

    /** Whether these are examples for so many outputs. */
    abstract boolean fits(Examples examples, int outputs);

    /** How many targets a row has. */
    abstract int width(int outputs);

    /** The targets of a row can be ones of this loss. */
    abstract boolean isLegal(double target, int outputs);

    /**
     * The sum of the losses of the rows of the last layer's last forward pass, each times its
     * weight.
     *
     * @param pass the memory, which holds the layer's outputs
     * @param targets {@link #width} for each row
     * @param weights one for each row
     * @param gradient where the derivatives of the sum divided by the number of rows go, if wanted
     */
    abstract double sum(
            LossPass pass, Layer last, double[] targets, double[] weights, Optional<Span> gradient);

    /**
     * How much of a row is right, from 0 to 1; NaN if that means nothing.
     *
     * @param y the outputs, of which the row's begin at {@code from}
     */
    abstract double correct(double[] y, int from, int outputs, double[] targets, int at);

    /** A loss that is computed in double, row by row. */
    abstract static sealed class ByRow extends Loss {
        @Override
        final double sum(
                LossPass pass,
                Layer last,
                double[] targets,
                double[] weights,
                Optional<Span> gradient) {
            return pass.sum(this, last, targets, weights, gradient);
        }

        /**
         * The loss of one row.
         *
         * @param z the values before the last activation; the row's begin at {@code from}
         * @param y the outputs, likewise; what is there at the end are the derivatives
         * @param targets the row's begin at {@code at}
         */
        abstract double row(
                double[] z, double[] y, int from, int outputs, double[] targets, int at);
    }

    private static final class CrossEntropy extends Loss {
        private final SoftmaxCrossEntropy kernel;

        CrossEntropy(double labelSmoothing) {
            // There are no labels that don't count.
            kernel = new SoftmaxCrossEntropy(labelSmoothing, -1);
        }

        @Override
        public Task task() {
            return Task.CLASSIFICATION;
        }

        @Override
        boolean isByLogits() {
            return true;
        }

        @Override
        void requireLast(Activation activation) {
            if (!activation.name().equals(AxisFunction.softmax().name())) {
                throw new IllegalArgumentException(
                        "cross-entropy needs softmax as the last layer's activation, not "
                                + activation);
            }
        }

        @Override
        boolean fits(Examples examples, int outputs) {
            return examples.classes() == outputs;
        }

        @Override
        int width(int outputs) {
            return 1;
        }

        @Override
        boolean isLegal(double target, int outputs) {
            return target >= 0 && target < outputs && target == Math.rint(target);
        }

        @Override
        double sum(
                LossPass pass,
                Layer last,
                double[] targets,
                double[] weights,
                Optional<Span> gradient) {
            return pass.sum(kernel, last, targets, weights, gradient);
        }

        /** Whether the first largest value is at the label. */
        @Override
        double correct(double[] y, int from, int outputs, double[] targets, int at) {
            int label = (int) targets[at];
            double value = y[from + label];
            for (int i = 0; i < outputs; i++) {
                double other = y[from + i];
                // Written so that NaN on either side is a no.
                if (!(i < label ? value > other : value >= other)) {
                    return 0;
                }
            }
            return 1;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof CrossEntropy that && that.kernel.equals(kernel);
        }

        @Override
        public int hashCode() {
            return kernel.hashCode();
        }

        @Override
        public String toString() {
            double smoothing = kernel.smoothing();
            return smoothing == 0 ? "crossEntropy" : SMOOTHED + LABEL_SMOOTHING.format(smoothing);
        }
    }

    private static final class BinaryCrossEntropy extends ByRow {
        @Override
        public Task task() {
            return Task.BINARY;
        }

        @Override
        boolean isByLogits() {
            return true;
        }

        @Override
        void requireLast(Activation activation) {
            if (!activation.name().equals(Elementwise.sigmoid().name())) {
                throw new IllegalArgumentException(
                        "binary cross-entropy needs sigmoid as the last layer's activation, not "
                                + activation);
            }
        }

        @Override
        boolean fits(Examples examples, int outputs) {
            return examples.classes() == 2 && outputs == 1 || examples.targetWidth() == outputs;
        }

        @Override
        int width(int outputs) {
            return outputs;
        }

        @Override
        boolean isLegal(double target, int outputs) {
            return target >= 0 && target <= 1;
        }

        @Override
        double row(double[] z, double[] y, int from, int outputs, double[] targets, int at) {
            double sum = 0;
            for (int i = 0; i < outputs; i++) {
                double logit = z[from + i];
                double target = targets[at + i];
                sum +=
                        Math.max(logit, 0)
                                - logit * target
                                + StrictMath.log1p(StrictMath.exp(-Math.abs(logit)));
                y[from + i] = (y[from + i] - target) / outputs;
            }
            return sum / outputs;
        }

        /** The share of outputs on the right side of one half, as Keras's BinaryAccuracy. */
        @Override
        double correct(double[] y, int from, int outputs, double[] targets, int at) {
            int correct = 0;
            for (int i = 0; i < outputs; i++) {
                boolean positive = targets[at + i] > 0.5;
                // NaN is on neither side.
                correct += (positive ? y[from + i] > 0.5 : y[from + i] <= 0.5) ? 1 : 0;
            }
            return (double) correct / outputs;
        }

        @Override
        public String toString() {
            return "binaryCrossEntropy";
        }
    }

    /** A sum over outputs of a function of the error. */
    private abstract static sealed class OfErrors extends ByRow {
        @Override
        public final Task task() {
            return Task.REGRESSION;
        }

        @Override
        final boolean isByLogits() {
            return false;
        }

        @Override
        final void requireLast(Activation activation) {
            // Any will do.
        }

        @Override
        final boolean fits(Examples examples, int outputs) {
            return examples.targetWidth() == outputs;
        }

        @Override
        final int width(int outputs) {
            return outputs;
        }

        @Override
        final boolean isLegal(double target, int outputs) {
            return Double.isFinite(target);
        }

        @Override
        final double row(double[] z, double[] y, int from, int outputs, double[] targets, int at) {
            double sum = 0;
            for (int i = 0; i < outputs; i++) {
                double error = y[from + i] - targets[at + i];
                sum += value(error);
                y[from + i] = derivative(error) / outputs;
            }
            return sum / outputs;
        }

        @Override
        final double correct(double[] y, int from, int outputs, double[] targets, int at) {
            return Double.NaN;
        }

        abstract double value(double error);

        abstract double derivative(double error);
    }

    private static final class MeanSquaredError extends OfErrors {
        @Override
        double value(double error) {
            return error * error;
        }

        @Override
        double derivative(double error) {
            return 2 * error;
        }

        @Override
        public String toString() {
            return "meanSquaredError";
        }
    }

    private static final class Huber extends OfErrors {
        private final double delta;

        Huber(double delta) {
            this.delta = delta;
        }

        @Override
        double value(double error) {
            double size = Math.abs(error);
            return size <= delta ? error * error / 2 : delta * (size - delta / 2);
        }

        @Override
        double derivative(double error) {
            return Math.max(-delta, Math.min(delta, error));
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Huber that && that.delta == delta;
        }

        @Override
        public int hashCode() {
            return Double.hashCode(delta);
        }

        @Override
        public String toString() {
            return HUBER + DELTA.format(delta);
        }
    }
}
