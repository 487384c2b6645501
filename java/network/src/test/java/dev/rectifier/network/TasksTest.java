package dev.rectifier.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.Activation;
import dev.rectifier.AxisFunction;
import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Initializer;
import dev.rectifier.Memory;
import dev.rectifier.Rectifier;
import dev.rectifier.Span;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Training for more than classes, and all that a trainer can be told. */
class TasksTest {
    private static final Initializer KERNEL = Initializer.glorotUniform(0);
    private static final int ROWS = 300;

    /** A network, how it is trained, and what it can reach. */
    private record Case(
            String name,
            Trainer trainer,
            DType dtype,
            Activation last,
            double dropout,
            double loss) {
        private Examples examples(int seed) {
            return TasksTest.examples(trainer.loss().task(), seed);
        }

        private Network network() {
            int outputs = trainer.loss().task() == Task.CLASSIFICATION ? 2 : 1;
            return new Network(
                    dtype,
                    2,
                    List.of(
                            new Dense(16, Elementwise.tanh(), KERNEL, dropout),
                            new Dense(outputs, last, KERNEL)),
                    3);
        }

        private List<EpochReport> fit(Network network) {
            return trainer.fit(network, examples(1), examples(2), report -> {});
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** Whether x·y > 0, or x·y itself. */
    private static Examples examples(Task task, int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] x = new float[2 * ROWS];
        float[] product = new float[ROWS];
        int[] labels = new int[ROWS];
        for (int row = 0; row < ROWS; row++) {
            x[2 * row] = (float) random.nextDouble(-2, 2);
            x[2 * row + 1] = (float) random.nextDouble(-2, 2);
            product[row] = x[2 * row] * x[2 * row + 1];
            labels[row] = product[row] > 0 ? 1 : 0;
        }
        return task == Task.REGRESSION
                ? Examples.ofNumbers(x, 2, product, 1)
                : new Examples(x, 2, labels, 2);
    }

    private static Trainer trainer(Optimizer optimizer, Loss loss) {
        return new Trainer(optimizer, 20, 60, 5).withLoss(loss);
    }

    static List<Case> cases() {
        Optimizer adam = Optimizer.adam(0.02);
        Activation linear = Elementwise.linear();
        Loss squares = Loss.meanSquaredError();
        return List.of(
                new Case("squares", trainer(adam, squares), DType.FLOAT32, linear, 0, 0.05),
                new Case("huber", trainer(adam, Loss.huber()), DType.FLOAT64, linear, 0, 0.03),
                new Case(
                        "binary",
                        trainer(adam, Loss.binaryCrossEntropy()),
                        DType.FLOAT32,
                        Elementwise.sigmoid(),
                        0,
                        0.2),
                new Case(
                        "classes with AdamW and a cosine",
                        trainer(Optimizer.adamW(0.02, 0.01), Loss.crossEntropy())
                                .withDecay(Decay.cosine(900, 0.1)),
                        DType.FLOAT32,
                        AxisFunction.softmax(),
                        0,
                        0.2),
                new Case(
                        "clipped, decaying SGD",
                        trainer(new Sgd(0.1, 0.9, 1e-4), squares)
                                .withClipNorm(1)
                                .withDecay(Decay.step(300, 0.5)),
                        DType.FLOAT32,
                        linear,
                        0,
                        0.1),
                new Case(
                        "dropout and early stopping",
                        trainer(adam, Loss.binaryCrossEntropy())
                                .withEarlyStopping(new EarlyStopping(10)),
                        DType.FLOAT64,
                        Elementwise.sigmoid(),
                        0.1,
                        0.3),
                new Case(
                        "L-BFGS",
                        trainer(Optimizer.lbfgs(), squares),
                        DType.FLOAT64,
                        linear,
                        0,
                        0.005),
                new Case(
                        "L-BFGS in single precision",
                        trainer(Optimizer.lbfgs(), Loss.crossEntropy())
                                .withEarlyStopping(new EarlyStopping(5)),
                        DType.FLOAT32,
                        AxisFunction.softmax(),
                        0,
                        0.15));
    }

    @AfterEach
    void allThreads() {
        Rectifier.setThreads(Integer.MAX_VALUE);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void eachIsLearnedWithTheSameBitsOnAnyNumberOfThreads(Case of) {
        List<List<EpochReport>> reports = new ArrayList<>();
        List<double[]> weights = new ArrayList<>();
        for (int threads : new int[] {1, 2}) {
            Rectifier.setThreads(threads);
            try (Network network = of.network()) {
                reports.add(of.fit(network));
                weights.add(values(network));
                double loss = network.loss(of.trainer.loss(), of.examples(2));
                assertTrue(loss < of.loss, "loss " + loss);
                assertEquals(of.trainer.loss().task(), network.task());
            }
        }
        assertEquals(reports.get(0), reports.get(1));
        assertArrayEquals(weights.get(0), weights.get(1));
    }

    private static double[] values(Network network) {
        return network.weights().stream()
                .flatMapToDouble(
                        w -> {
                            double[] values = new double[(int) w.value().length()];
                            Elements.readAll(w.value(), values, 0);
                            return Arrays.stream(values);
                        })
                .toArray();
    }

    /** For a process of its own with the other backend: the loss of each case, a line each. */
    public static void main(String[] args) {
        System.out.println(Rectifier.info().backend());
        for (Case of : cases()) {
            System.out.println(firstLosses(of));
        }
        System.out.println(Arrays.toString(dropped(new Dropout(0.3), 0, 10_000)));
    }

    /** After three epochs, in which differences of the last bit haven't grown. */
    private static double firstLosses(Case of) {
        Trainer t = of.trainer;
        Trainer brief =
                new Trainer(
                        t.optimizer(),
                        20,
                        3,
                        5,
                        t.loss(),
                        t.decay(),
                        t.clipNorm(),
                        t.earlyStopping());
        try (Network network = of.network()) {
            brief.fit(network, of.examples(1), of.examples(2), report -> {});
            return network.loss(t.loss(), of.examples(2));
        }
    }

    @Test
    void theReferenceLearnsTheSameAndDropsTheSame() throws Exception {
        Process child =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Drectifier.backend=java",
                                "-cp",
                                System.getProperty("java.class.path"),
                                TasksTest.class.getName())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        List<String> lines =
                new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .toList();
        assertEquals(0, child.waitFor());
        assertTrue(lines.get(0).equals("java"), lines.get(0));
        assertTrue(Rectifier.info().backend().equals("native"));
        for (int i = 0; i < cases().size(); i++) {
            Case of = cases().get(i);
            double theirs = Double.parseDouble(lines.get(i + 1));
            double tolerance = of.dtype == DType.FLOAT32 ? 1e-4 : 1e-10;
            assertEquals(theirs, firstLosses(of), tolerance * theirs, of.name);
        }
        assertEquals(
                lines.get(cases().size() + 1),
                Arrays.toString(dropped(new Dropout(0.3), 0, 10_000)));
    }

    private static float[] dropped(Dropout dropout, long first, int n) {
        try (Memory memory = new Memory()) {
            Span values = memory.allocate(DType.FLOAT32, n);
            for (int i = 0; i < n; i++) {
                values.set(i, 1);
            }
            dropout.apply(new dev.rectifier.RandomKey(7, -1, first), values);
            float[] result = new float[n];
            for (int i = 0; i < n; i++) {
                result[i] = (float) values.get(i);
            }
            return result;
        }
    }

    @Test
    void dropoutDropsItsShareAndIsAFunctionOfTheKeyAndThePlace() {
        float[] all = dropped(new Dropout(0.3), 0, 10_000);
        int zeros = 0;
        for (float value : all) {
            assertTrue(value == 0 || value == (float) (1 / 0.7));
            zeros += value == 0 ? 1 : 0;
        }
        // Four standard deviations.
        assertEquals(3000, zeros, 4 * Math.sqrt(10_000 * 0.3 * 0.7));
        assertArrayEquals(
                Arrays.copyOfRange(all, 5000, 6000), dropped(new Dropout(0.3), 5000, 1000));
        assertEquals(1, dropped(new Dropout(0), 0, 1)[0]);
    }

    @Test
    void dropoutDoesNothingAtInferenceAndIsAnotherInEachPass() {
        Dense hidden = new Dense(50, Elementwise.linear(), Initializer.ones());
        Dense last = new Dense(1, Elementwise.linear(), Initializer.ones());
        try (Network with =
                        new Network(
                                DType.FLOAT32,
                                1,
                                List.of(
                                        new Dense(
                                                50, Elementwise.linear(), Initializer.ones(), 0.5),
                                        last),
                                1);
                Network without = new Network(DType.FLOAT32, 1, List.of(hidden, last), 1)) {
            Span x = Span.of(new float[] {1});
            assertEquals(50, without.forward(x, 1, true).get(0));
            assertEquals(50, with.forward(x, 1, false).get(0));
            double first = with.forward(x, 1, true).get(0);
            assertNotEquals(50, first);
            assertNotEquals(first, with.forward(x, 1, true).get(0));
            float[] y = new float[1];
            new Predictor(with).predict(new float[] {1}, y);
            assertEquals(50, y[0]);
        }
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () ->
                                        new Network(
                                                DType.FLOAT32,
                                                1,
                                                List.of(
                                                        new Dense(
                                                                1,
                                                                Elementwise.relu(),
                                                                KERNEL,
                                                                0.5)),
                                                1))
                        .getMessage();
        assertEquals("the last layer must have no dropout, not 0.5", message);
    }

    @Test
    void earlyStoppingGivesTheBestWeightsBack() {
        Case of =
                new Case(
                        "too long",
                        new Trainer(Optimizer.adam(0.1), 10, 200, 1)
                                .withLoss(Loss.meanSquaredError())
                                .withEarlyStopping(new EarlyStopping(4, 1e-3)),
                        DType.FLOAT32,
                        Elementwise.linear(),
                        0,
                        1);
        try (Network network = of.network()) {
            List<EpochReport> reports = of.fit(network);
            double best = Double.POSITIVE_INFINITY;
            int at = 0;
            for (int i = 0; i < reports.size(); i++) {
                if (reports.get(i).testLoss() < best - 1e-3) {
                    best = reports.get(i).testLoss();
                    at = i;
                }
            }
            assertTrue(reports.size() < 200, "it never stopped");
            assertEquals(at + 4, reports.size() - 1);
            assertEquals(best, network.loss(of.trainer.loss(), of.examples(2)));
        }
    }

    @Test
    void gradientsAreHeldToTheNorm() {
        Examples one = Examples.ofNumbers(new float[] {3}, 1, new float[] {-100}, 1);
        try (Network network =
                new Network(
                        DType.FLOAT64,
                        1,
                        List.of(new Dense(1, Elementwise.linear(), Initializer.zeros())),
                        1)) {
            new Trainer(Optimizer.sgd(1), 1, 1, 1)
                    .withLoss(Loss.meanSquaredError())
                    .withClipNorm(0.5)
                    .fit(network, one, one, report -> {});
            // The gradient is (600, 200), whose norm is 200 · √10.
            assertEquals(-0.5 * 3 / Math.sqrt(10), network.weights().get(0).value().get(0), 1e-14);
            assertEquals(-0.5 / Math.sqrt(10), network.weights().get(1).value().get(0), 1e-14);
        }
    }

    @Test
    void weightsDecayOnTheirOwn() {
        for (Optimizer optimizer : List.of(new Sgd(0.1, 0, 0.5), Optimizer.adamW(0.1, 0.5))) {
            for (DType dtype : DType.arithmeticTypes()) {
                try (Memory memory = new Memory()) {
                    Weights weights = new Weights(memory, "w", dtype, 1, 1);
                    weights.value().set(0, 2);
                    Updater updater = optimizer.start(List.of(weights));
                    updater.update();
                    updater.update(0.5);
                    assertEquals(2 * 0.95 * 0.975, weights.value().get(0), 1e-6);
                }
            }
        }
    }

    @Test
    void ratesDecayAsTheFormulasSay() {
        assertEquals(1, Decay.none().factor(1000));
        assertEquals(0.25, Decay.exponential(10, 0.5).factor(20));
        assertEquals(Math.sqrt(0.5), Decay.exponential(10, 0.5).factor(5), 1e-15);
        assertEquals(0.5, Decay.step(10, 0.5).factor(19));
        assertEquals(0.55, Decay.cosine(10, 0.1).factor(5), 1e-15);
        assertEquals(0.1, Decay.cosine(10, 0.1).factor(11), 1e-15);
        assertEquals("cosine(10, 0.1)", Decay.cosine(10, 0.1).toString());
        assertThrows(IllegalArgumentException.class, () -> Decay.step(0, 0.5));
        assertThrows(IllegalArgumentException.class, () -> Decay.step(1, 1.5));
        assertThrows(IllegalArgumentException.class, () -> Decay.none().factor(-1));
    }

    /** The minimum of a quadratic function of so few variables is found at once. */
    @Test
    void lbfgsFindsTheLineThroughPoints() {
        Examples line =
                Examples.ofNumbers(new float[] {0, 1, 2, 3}, 1, new float[] {-1, 1, 3, 5}, 1);
        try (Network network =
                new Network(
                        DType.FLOAT64,
                        1,
                        List.of(new Dense(1, Elementwise.linear(), Initializer.zeros())),
                        1)) {
            List<EpochReport> reports =
                    new Trainer(Optimizer.lbfgs(), 1, 100, 1)
                            .withLoss(Loss.meanSquaredError())
                            .fit(network, line, line, report -> {});
            assertEquals(2, network.weights().get(0).value().get(0), 1e-7);
            assertEquals(-1, network.weights().get(1).value().get(0), 1e-7);
            assertTrue(reports.size() < 30, () -> reports.size() + " epochs");
        }
    }

    @Test
    void lbfgsRefusesWhatChangesFromPassToPass() {
        Trainer trainer = trainer(Optimizer.lbfgs(), Loss.binaryCrossEntropy());
        Case random = new Case("", trainer, DType.FLOAT32, Elementwise.sigmoid(), 0.5, 1);
        Case clipped =
                new Case("", trainer.withClipNorm(1), DType.FLOAT32, Elementwise.sigmoid(), 0, 1);
        for (Case of : List.of(random, clipped)) {
            try (Network network = of.network()) {
                String message =
                        assertThrows(IllegalArgumentException.class, () -> of.fit(network))
                                .getMessage();
                assertTrue(message.matches("L-BFGS.*dense0.*|clipNorm.*1\\.0"), message);
            }
        }
    }

    @Test
    void aLayerWithDropoutAndTheTaskAreInTheFile(@TempDir Path folder) {
        Path file = folder.resolve("binary.safetensors");
        Case of = cases().get(5);
        try (Network network = of.network()) {
            of.fit(network);
            network.save(file);
            try (Network loaded = Network.load(file)) {
                assertEquals(network.layers(), loaded.layers());
                assertEquals(Task.BINARY, loaded.task());
                assertEquals(Task.BINARY, new Predictor(loaded).task());
            }
        }
    }
}
