package dev.rectifier.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.Activation;
import dev.rectifier.AxisFunction;
import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Initializer;
import dev.rectifier.Rectifier;
import dev.rectifier.Span;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class LossTest {
    private static final int ROWS = 4;
    private static final double STEP = 1e-5;
    private static final Initializer KERNEL = Initializer.glorotNormal(0);

    static Stream<Arguments> losses() {
        return Stream.of(
                Arguments.of(
                        Loss.crossEntropy(), AxisFunction.softmax(), new double[] {0, 2, 1, 2}),
                Arguments.of(
                        Loss.crossEntropy(0.1), AxisFunction.softmax(), new double[] {0, 2, 1, 2}),
                Arguments.of(
                        Loss.crossEntropy(1), AxisFunction.softmax(), new double[] {1, 0, 1, 2}),
                Arguments.of(
                        Loss.binaryCrossEntropy(), Elementwise.sigmoid(), targets(ROWS * 3, 0, 1)),
                Arguments.of(
                        Loss.meanSquaredError(), Elementwise.linear(), targets(ROWS * 3, -2, 2)),
                Arguments.of(
                        Loss.meanSquaredError(), AxisFunction.softmax(), targets(ROWS * 3, 0, 1)),
                // Errors on both sides of delta.
                Arguments.of(Loss.huber(), Elementwise.tanh(), targets(ROWS * 3, -3, 3)),
                Arguments.of(Loss.huber(0.3), Elementwise.linear(), targets(ROWS * 3, -1, 1)));
    }

    private static double[] targets(int n, double from, double to) {
        return new SplittableRandom(3).doubles(n, from, to).toArray();
    }

    private static Network network(Activation last) {
        return new Network(
                DType.FLOAT64,
                2,
                List.of(new Dense(5, Elementwise.tanh(), KERNEL, 0.4), new Dense(3, last, KERNEL)),
                7);
    }

    /** A new network for each loss, so that dropout drops the same in all of them. */
    @ParameterizedTest
    @MethodSource("losses")
    void gradientsAreCentralDifferences(Loss loss, Activation last, double[] targets) {
        Span x = Span.of(targets(ROWS * 2, -1, 1));
        Network network = network(last);
        network.forward(x, ROWS, true);
        Span dx = Span.allocate(DType.FLOAT64, ROWS * 2);
        network.backward(loss, targets, Optional.of(dx));
        for (int w = 0; w < network.weights().size(); w++) {
            Span gradient = network.weights().get(w).gradient();
            for (int i = 0; i < gradient.length(); i++) {
                double[] sides = new double[2];
                for (int side = 0; side < 2; side++) {
                    try (Network moved = network(last)) {
                        Span value = moved.weights().get(w).value();
                        value.set(i, value.get(i) + (side == 0 ? -STEP : STEP));
                        moved.forward(x, ROWS, true);
                        sides[side] = moved.backward(loss, targets, Optional.empty());
                    }
                }
                double difference = (sides[1] - sides[0]) / (2 * STEP);
                assertEquals(
                        difference,
                        gradient.get(i),
                        1e-7 * Math.max(1e-2, Math.abs(difference)),
                        network.weights().get(w).name() + "[" + i + "]");
            }
        }
        double largest = 0;
        for (int i = 0; i < dx.length(); i++) {
            largest = Math.max(largest, Math.abs(dx.get(i)));
        }
        assertTrue(largest > 0);
    }

    @ParameterizedTest
    @CsvSource({
        "huber, 0.5, 0, 0.125",
        "huber, 3, 0, 2.5",
        "huber:delta=2, -3, 0, 4",
        "meanSquaredError, 3, 1, 4",
        "binaryCrossEntropy, 0, 1, 0.6931471805599453",
        "binaryCrossEntropy, 1000, 0, 1000",
        "binaryCrossEntropy, -1000, 1, 1000",
        "binaryCrossEntropy, 1000, 1, 0",
        "binaryCrossEntropy, -40, 0, 4.248354255291589e-18"
    })
    void valuesAreThoseOfTheFormulas(String text, double output, double target, double value) {
        Loss loss = Loss.of(text);
        boolean binary = loss.task() == Task.BINARY;
        Activation last = binary ? Elementwise.sigmoid() : Elementwise.linear();
        try (Network network =
                new Network(DType.FLOAT64, 1, List.of(new Dense(1, last, Initializer.ones())), 1)) {
            network.forward(Span.of(new double[] {output}), 1, true);
            assertEquals(
                    value,
                    network.backward(loss, new double[] {target}, Optional.empty()),
                    1e-15 * value);
        }
        assertEquals(loss, Loss.of(loss.toString()));
    }

    /**
     * The formula in double, of logits that are the inputs; the last of them is far from certain.
     */
    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64"})
    void smoothedCrossEntropyIsThatOfTheFormula(DType dtype) {
        double[] logits = {0, 1, 2, -40, 0, 0.5, 3, 3, 3, 50, -50, 0};
        double[] targets = {2, 0, 1, 1};
        Initializer identity = Initializer.identity(1);
        Dense dense = new Dense(3, AxisFunction.softmax(), identity);
        for (String text : List.of("crossEntropy", "crossEntropy:labelSmoothing=0.25")) {
            double smoothing = text.endsWith("0.25") ? 0.25 : 0;
            double expected = 0;
            for (int row = 0; row < 4; row++) {
                double[] z = Arrays.copyOfRange(logits, 3 * row, 3 * row + 3);
                double log = Math.log(Arrays.stream(z).map(Math::exp).sum());
                double mean = Arrays.stream(z).map(v -> log - v).average().orElseThrow();
                expected +=
                        ((1 - smoothing) * (log - z[(int) targets[row]]) + smoothing * mean) / 4;
            }
            try (Network network = new Network(dtype, 3, List.of(dense), 1)) {
                Span x = Span.allocate(dtype, 12);
                for (int i = 0; i < 12; i++) {
                    x.set(i, logits[i]);
                }
                network.forward(x, 4, true);
                assertEquals(
                        expected,
                        network.backward(Loss.of(text), targets, Optional.empty()),
                        expected * (dtype == DType.FLOAT32 ? 3e-7 : 1e-15));
            }
        }
        assertEquals(Loss.crossEntropy(), Loss.crossEntropy(0));
        assertEquals(Loss.crossEntropy(0.25), Loss.of("crossEntropy:labelSmoothing=0.25"));
        assertEquals(
                Loss.crossEntropy(0.25).hashCode(),
                Loss.of(Loss.crossEntropy(0.25).toString()).hashCode());
    }

    /** So many rows that more than one thread has some. */
    @Test
    void smoothedCrossEntropyIsTheSameBitsForAnyNumberOfThreads() {
        int rows = 20_000;
        Span x = Span.of(targets(rows, -9, 9));
        double[] labels = new double[rows];
        Arrays.setAll(labels, row -> row % 10);
        double[] losses = new double[2];
        double[][] gradients = new double[2][rows * 10];
        try {
            for (int threads = 1; threads <= 2; threads++) {
                Rectifier.setThreads(threads);
                try (Network network =
                        new Network(
                                DType.FLOAT64,
                                1,
                                List.of(new Dense(10, AxisFunction.softmax(), KERNEL)),
                                1)) {
                    network.forward(x, rows, true);
                    losses[threads - 1] =
                            network.backward(Loss.crossEntropy(0.1), labels, Optional.empty());
                    Span.of(gradients[threads - 1]).copyFrom(network.layer(0).gradient());
                }
            }
        } finally {
            Rectifier.setThreads(Integer.MAX_VALUE);
        }
        assertEquals(losses[0], losses[1]);
        assertArrayEquals(gradients[0], gradients[1]);
    }

    /** Rows of one weight in a row go to the kernel together; where they are cut mustn't matter. */
    @Test
    void weightsOfRowsMultiplyLossesAndGradientsOfClasses() {
        float[] weights = {1, 1, 0.5f, 0, 0, 2, 2, 2};
        float[] x = new float[weights.length];
        for (int i = 0; i < x.length; i++) {
            x[i] = i - 3.5f;
        }
        Examples examples = new Examples(x, 1, new int[] {0, 1, 2, 0, 1, 2, 0, 1}, 3);
        double[] sums = new double[2];
        double[][] steps = new double[2][3];
        for (int row = 0; row < x.length; row++) {
            try (Network one = one(AxisFunction.softmax(), 3)) {
                Examples single = new Examples(new float[] {x[row]}, 1, new int[] {row % 3}, 3);
                sums[0] += weights[row] * one.loss(Loss.crossEntropy(0.1), single) / x.length;
                one.forward(Span.of(single.features()), 1, true);
                one.backward(Loss.crossEntropy(0.1), new double[] {row % 3}, Optional.empty());
                for (int i = 0; i < 3; i++) {
                    steps[0][i] += weights[row] * one.weights().get(1).gradient().get(i) / x.length;
                }
            }
        }
        try (Network all = one(AxisFunction.softmax(), 3)) {
            sums[1] = all.loss(Loss.crossEntropy(0.1), examples.withWeights(weights));
            new Trainer(Optimizer.sgd(1), x.length, 1, 1)
                    .withLoss(Loss.crossEntropy(0.1))
                    .fit(all, examples.withWeights(weights), examples, report -> {});
            for (int i = 0; i < 3; i++) {
                steps[1][i] = -all.weights().get(1).value().get(i);
            }
        }
        assertEquals(sums[0], sums[1], 1e-6 * sums[0]);
        assertArrayEquals(steps[0], steps[1], 1e-6);
    }

    /** Keras's: the weighted sum by the number of rows, not by that of the weights. */
    @Test
    void eachRowCountsWhatItWeighs() {
        float[] x = {1, 2, 3};
        Examples plain = Examples.ofNumbers(x, 1, new float[] {0, 0, 0}, 1);
        Examples weighted = plain.withWeights(new float[] {2, 0, 0.5f});
        try (Network network =
                new Network(
                        DType.FLOAT64,
                        1,
                        List.of(new Dense(1, Elementwise.linear(), Initializer.ones())),
                        1)) {
            assertEquals(14.0 / 3, network.loss(Loss.meanSquaredError(), plain), 1e-14);
            assertEquals(6.5 / 3, network.loss(Loss.meanSquaredError(), weighted), 1e-14);
            // w -= 0.1 * sum of weight * 2 * error * x / rows
            new Trainer(Optimizer.sgd(0.1), 3, 1, 1)
                    .withLoss(Loss.meanSquaredError())
                    .fit(network, weighted, plain, report -> {});
            assertEquals(1 - 0.1 * 2 * 6.5 / 3, network.weights().get(0).value().get(0), 1e-14);
        }
    }

    @Test
    void classesWeighAsMuchAsIsSaid() {
        Examples examples = new Examples(new float[4], 1, new int[] {0, 1, 1, 1}, 2);
        Examples balanced = examples.withBalancedClasses();
        assertEquals(2, balanced.weight(0));
        assertEquals(2f / 3, balanced.weight(3));
        assertEquals(1, balanced.withClassWeights(new double[] {0.5, 0}).weight(0));
        assertEquals(0, balanced.withClassWeights(new double[] {0.5, 0}).weight(1));
        assertRejected("2 classes", () -> examples.withClassWeights(new double[3]));
        assertRejected(
                "0 classes",
                () -> Examples.ofNumbers(new float[1], 1, new float[1], 1).withBalancedClasses());
        assertRejected("-1.0 in row 0", () -> examples.withWeights(new float[] {-1, 0, 0, 0}));
        assertRejected("length 1", () -> examples.withWeights(new float[1]));
    }

    @Test
    void aSplitHasEachRowOnce() {
        float[] x = new float[20];
        for (int i = 0; i < x.length; i++) {
            x[i] = i;
        }
        Examples all = Examples.ofNumbers(x, 1, x, 1).withWeights(x);
        Examples.Split split = all.split(0.25, 1);
        assertEquals(15, split.training().rows());
        assertEquals(5, split.validation().rows());
        float[] both = new float[20];
        System.arraycopy(split.training().targets(), 0, both, 0, 15);
        System.arraycopy(split.validation().features(), 0, both, 15, 5);
        Arrays.sort(both);
        assertEquals(Arrays.toString(x), Arrays.toString(both));
        assertEquals(split.validation().features()[2], (float) split.validation().weight(2));
        assertEquals(
                Arrays.toString(split.validation().features()),
                Arrays.toString(all.split(0.25, 1).validation().features()));
        assertRejected("share", () -> all.split(1, 1));
        assertRejected("share", () -> all.sample(1).split(0.5, 1));
    }

    @Test
    void whatDoesNotFitIsNamed() {
        Examples numbers = Examples.ofNumbers(new float[2], 1, new float[] {0, 3}, 1);
        Examples labels = new Examples(new float[2], 1, new int[] {0, 1}, 2);
        try (Network linear = one(Elementwise.linear());
                Network sigmoid = one(Elementwise.sigmoid())) {
            assertRejected(
                    "needs sigmoid as the last layer's activation, not Elementwise.linear()",
                    () -> linear.loss(Loss.binaryCrossEntropy(), labels));
            assertRejected(
                    "target 3.0, which is none for binaryCrossEntropy",
                    () -> sigmoid.loss(Loss.binaryCrossEntropy(), numbers));
            assertRejected(
                    "in 2 classes, don't fit a network of 1 inputs and 1 outputs with"
                            + " meanSquaredError",
                    () -> linear.loss(Loss.meanSquaredError(), labels));
            linear.forward(Span.of(new float[2]), 2, true);
            assertRejected(
                    "targets has length 3, not that of 2 rows of 1",
                    () -> linear.backward(Loss.huber(), new double[3], Optional.empty()));
            assertRejected(
                    "targets has NaN in row 1",
                    () ->
                            linear.backward(
                                    Loss.huber(), new double[] {0, Double.NaN}, Optional.empty()));
        }
        assertRejected("hinge", () -> Loss.of("hinge"));
        assertRejected("delta", () -> Loss.huber(0));
        assertRejected("delta must be finite and > 0, not much", () -> Loss.of("huber:delta=much"));
        assertRejected(
                "labelSmoothing must be from 0.0 to 1.0, not 1.5", () -> Loss.crossEntropy(1.5));
        assertRejected(
                "labelSmoothing must be from 0.0 to 1.0, not -1",
                () -> Loss.of("crossEntropy:labelSmoothing=-1"));
        assertRejected("rows, columns", () -> Examples.ofNumbers(new float[1], 1, new float[3], 2));
        assertRejected(
                "NaN in row 0", () -> Examples.ofNumbers(new float[1], 1, new float[] {0f / 0}, 1));
    }

    private static Network one(Activation last) {
        return one(last, 1);
    }

    private static Network one(Activation last, int outputs) {
        return new Network(DType.FLOAT32, 1, List.of(new Dense(outputs, last, KERNEL)), 1);
    }

    private static void assertRejected(String part, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.contains(part), message);
    }
}
