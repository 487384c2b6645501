package dev.rectifier.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.Activation;
import dev.rectifier.AxisFunction;
import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Initializer;
import dev.rectifier.PRelu;
import dev.rectifier.RRelu;
import dev.rectifier.Rectifier;
import dev.rectifier.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TrainerTest {
    private static final Initializer KERNEL = Initializer.heNormal(0);
    private static final Examples TRAINING = moons(400, 1);
    private static final Examples TEST = moons(200, 2);

    @AfterEach
    void allThreads() {
        Rectifier.setThreads(Integer.MAX_VALUE);
    }

    static Stream<Arguments> learners() {
        return Stream.of(
                Arguments.of(DType.FLOAT32, Elementwise.relu(), Optimizer.sgd(0.1, 0.9)),
                Arguments.of(DType.FLOAT64, Elementwise.tanh(), Optimizer.sgd(0.3)),
                Arguments.of(DType.FLOAT32, new PRelu(), Optimizer.adam(0.01)),
                Arguments.of(DType.FLOAT64, new RRelu(), Optimizer.adam(0.01)));
    }

    @ParameterizedTest
    @MethodSource("learners")
    void aNetworkLearnsToTellTwoMoonsApart(
            DType dtype, Activation activation, Optimizer optimizer) {
        Network network = network(dtype, activation, 16);
        List<EpochReport> reports = fit(new Trainer(optimizer, 16, 30, 1), network);
        EpochReport first = reports.get(0);
        EpochReport last = reports.get(29);
        assertTrue(last.finite());
        assertTrue(last.trainingLoss() < first.trainingLoss() / 2, reports.toString());
        assertTrue(last.trainingAccuracy() > 0.95, reports.toString());
        assertTrue(last.testAccuracy() > 0.95, reports.toString());
        assertEquals(network.accuracy(TEST), last.testAccuracy());
        assertEquals(UnitMonitor.observe(network, TRAINING), last.hiddenUnits());
    }

    @Test
    void theListenerHearsOfEachEpochInOrder() {
        List<EpochReport> heard = new ArrayList<>();
        Network network = network(DType.FLOAT32, Elementwise.relu(), 4);
        Trainer trainer = new Trainer(Optimizer.sgd(0.1), 64, 3, 1);
        List<EpochReport> reports = trainer.fit(network, TRAINING, TEST, heard::add);
        assertEquals(reports, heard);
        assertEquals(List.of(1, 2, 3), heard.stream().map(EpochReport::epoch).toList());
        assertEquals(2, heard.get(0).hiddenUnits().size());
        assertEquals(3, heard.get(0).signals().size());
    }

    @Test
    void trainingIsAFunctionOfTheSeed() {
        Trainer trainer = new Trainer(Optimizer.adam(0.01), 16, 3, 1);
        Network first = network(DType.FLOAT32, new RRelu(), 8);
        Network again = network(DType.FLOAT32, new RRelu(), 8);
        assertEquals(fit(trainer, first), fit(trainer, again));
        assertArrayEquals(values(first), values(again));
    }

    @Test
    void anotherSeedMeansAnotherOrderOfTheRows() {
        Network first = network(DType.FLOAT32, Elementwise.tanh(), 8);
        Network other = network(DType.FLOAT32, Elementwise.tanh(), 8);
        assertNotEquals(
                fit(new Trainer(Optimizer.sgd(0.1), 16, 1, 1), first),
                fit(new Trainer(Optimizer.sgd(0.1), 16, 1, 2), other));
    }

    @Test
    void rreluDrawsSlopesInTrainingButNotInTheAccuracy() {
        RRelu rrelu = RRelu.uniformSlope(-4, 4);
        Network random = network(DType.FLOAT32, rrelu, 8);
        Network middle = network(DType.FLOAT32, rrelu.inference(), 8);
        Trainer still = new Trainer(Optimizer.sgd(Float.MIN_VALUE), 400, 2, 1);
        List<EpochReport> randomReports = fit(still, random);
        EpochReport middleReport = fit(still, middle).get(0);
        assertNotEquals(middleReport.trainingLoss(), randomReports.get(0).trainingLoss(), 1e-3);
        for (EpochReport report : randomReports) {
            assertEquals(middleReport.testAccuracy(), report.testAccuracy());
        }
    }

    @Test
    void trainingIsTheSameForAnyNumberOfThreads() {
        Trainer trainer = new Trainer(Optimizer.adam(0.001), 200, 1, 1);
        List<List<EpochReport>> reports = new ArrayList<>();
        List<double[][]> weights = new ArrayList<>();
        for (int threads : new int[] {1, 2, 8}) {
            Rectifier.setThreads(threads);
            Network network = network(DType.FLOAT32, new PRelu(), 300);
            reports.add(fit(trainer, network));
            weights.add(values(network));
        }
        assertEquals(reports.get(0), reports.get(1));
        assertEquals(reports.get(0), reports.get(2));
        assertArrayEquals(weights.get(0), weights.get(1));
        assertArrayEquals(weights.get(0), weights.get(2));
    }

    @Test
    void divergenceEndsTrainingAndIsReported() {
        Network network = network(DType.FLOAT32, Elementwise.relu(), 8);
        List<EpochReport> reports = fit(new Trainer(Optimizer.sgd(1e30), 16, 10, 1), network);
        assertEquals(1, reports.size());
        assertFalse(reports.get(0).finite());
        assertEquals(0, reports.get(0).testAccuracy());
        for (double[] weights : values(network)) {
            assertTrue(DoubleStream.of(weights).allMatch(Double::isFinite), "stepped once more");
        }
    }

    /** The rate is next to 0: the loss of each batch is that of the first weights. */
    @Test
    void theLossIsTheMeanOverAllRowsAlsoWhereTheLastBatchIsSmaller() {
        Network network = network(DType.FLOAT32, Elementwise.tanh(), 8);
        Trainer trainer = new Trainer(Optimizer.sgd(Float.MIN_VALUE), 170, 1, 1);
        double all =
                fit(new Trainer(Optimizer.sgd(Float.MIN_VALUE), 1000, 1, 1), network)
                        .get(0)
                        .trainingLoss();
        assertEquals(all, fit(trainer, network).get(0).trainingLoss(), 1e-6);
        assertEquals(network.accuracy(TRAINING), fit(trainer, network).get(0).trainingAccuracy());
    }

    @Test
    void eachEpochIsAPassOverAllRowsInAnotherOrder() {
        int[] order = IntStream.range(0, 10).toArray();
        SplittableRandom random = new SplittableRandom(42);
        Training.shuffle(order, random);
        assertArrayEquals(new int[] {3, 4, 7, 0, 8, 5, 9, 2, 6, 1}, order);
        Training.shuffle(order, random);
        assertArrayEquals(new int[] {2, 5, 6, 8, 0, 7, 4, 1, 3, 9}, order);
    }

    @Test
    void theSlopesOfPReluAreLearned() {
        Network network = network(DType.FLOAT64, new PRelu(0.25), 8);
        fit(new Trainer(Optimizer.sgd(0.1), 16, 1, 1), network);
        Span slopes = network.weights().get(2).value();
        for (int i = 0; i < slopes.length(); i++) {
            assertNotEquals(0.25, slopes.get(i));
        }
    }

    @Test
    void whatDoesNotFitIsRejectedBeforeTraining() {
        Optimizer sgd = Optimizer.sgd(0.1);
        assertRejected("0 and 3", () -> new Trainer(sgd, 0, 3, 1));
        assertRejected("3 and -1", () -> new Trainer(sgd, 3, -1, 1));
        Trainer trainer = new Trainer(sgd, 16, 1, 1);
        Network network = network(DType.FLOAT32, Elementwise.relu(), 4);
        Examples threeClasses = new Examples(TEST.features(), 2, TEST.labels(), 3);
        double[][] before = values(network);
        assertRejected(
                "200 examples of 2 features in 3 classes",
                () -> trainer.fit(network, TRAINING, threeClasses, report -> {}));
        Network regression =
                new Network(DType.FLOAT32, 2, List.of(new Dense(2, Elementwise.relu(), KERNEL)), 1);
        assertRejected("needs softmax", () -> fit(trainer, regression));
        assertArrayEquals(before, values(network));
    }

    private static void assertRejected(String part, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.contains(part), message);
    }

    private static List<EpochReport> fit(Trainer trainer, Network network) {
        return trainer.fit(network, TRAINING, TEST, report -> {});
    }

    private static Network network(DType dtype, Activation activation, int units) {
        Dense hidden = new Dense(units, activation, KERNEL);
        return new Network(
                dtype, 2, List.of(hidden, hidden, new Dense(2, AxisFunction.softmax(), KERNEL)), 1);
    }

    private static double[][] values(Network network) {
        return network.weights().stream()
                .map(
                        weights -> {
                            double[] values = new double[(int) weights.value().length()];
                            Elements.read(weights.value(), 0, values, values.length);
                            return values;
                        })
                .toArray(double[][]::new);
    }

    /** Two half circles that reach into each other, with a little noise. */
    private static Examples moons(int rows, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] features = new float[2 * rows];
        int[] labels = new int[rows];
        for (int row = 0; row < rows; row++) {
            double angle = random.nextDouble(Math.PI);
            int moon = row % 2;
            double x = moon == 0 ? Math.cos(angle) : 1 - Math.cos(angle);
            double y = moon == 0 ? Math.sin(angle) : 0.5 - Math.sin(angle);
            features[2 * row] = (float) (x + random.nextDouble(-0.15, 0.15));
            features[2 * row + 1] = (float) (y + random.nextDouble(-0.15, 0.15));
            labels[row] = moon;
        }
        return new Examples(features, 2, labels, 2);
    }
}
