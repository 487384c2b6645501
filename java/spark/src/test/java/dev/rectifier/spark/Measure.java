package dev.rectifier.spark;

import dev.rectifier.Rectifier;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.spark.ml.classification.MultilayerPerceptronClassificationModel;
import org.apache.spark.ml.classification.MultilayerPerceptronClassifier;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/**
 * Beside Spark's own perceptron: processor time of executors per evaluation of the gradient, time
 * to a given loss, rows per second of predictions, and accuracies by depth. The script {@code
 * measure} runs it.
 */
final class Measure {
    private static final int CLASSES = 10;
    private static final int ITERATIONS = 12;

    /** The mean cross-entropy of rows that aren't trained on, to which trainings are timed. */
    private static final double GOOD_LOSS = 0.1;

    private static final int MOST_ITERATIONS = 128;

    /** What the tasks of each job took. */
    private static final class Meter extends SparkListener {
        private final Map<Integer, Integer> jobOfStage = new HashMap<>();
        private final Map<Integer, Long> nanosOfJob = new TreeMap<>();

        @Override
        public synchronized void onJobStart(SparkListenerJobStart start) {
            nanosOfJob.put(start.jobId(), 0L);
            start.stageInfos().foreach(stage -> jobOfStage.put(stage.stageId(), start.jobId()));
        }

        @Override
        public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
            Integer job = jobOfStage.get(end.stageId());
            if (job != null && end.taskMetrics() != null) {
                nanosOfJob.merge(job, end.taskMetrics().executorCpuTime(), Long::sum);
            }
        }

        /** The jobs since the last call. */
        synchronized long[] take() {
            long[] nanos = nanosOfJob.values().stream().mapToLong(n -> n).sorted().toArray();
            nanosOfJob.clear();
            return nanos;
        }
    }

    private final SparkSession session;
    private final Meter meter = new Meter();
    private final boolean quick;

    private Measure(SparkSession session, boolean quick) {
        this.session = session;
        this.quick = quick;
        session.sparkContext().addSparkListener(meter);
    }

    /**
     * Measures, and prints a page.
     *
     * @param args {@code --quick} for a tenth of the rows; {@code --speed} for all but accuracies
     *     by depth, which don't depend on where they are computed; the name of the master
     */
    public static void main(String[] args) {
        List<String> given = new ArrayList<>(List.of(args));
        boolean quick = given.remove("--quick");
        boolean speed = given.remove("--speed");
        String master = given.isEmpty() ? "local[2]" : given.get(0);
        SparkSession session =
                Sessions.builder(master)
                        .config(
                                "spark.executor.extraClassPath",
                                System.getProperty("java.class.path"))
                        .config("spark.executor.memory", "3g")
                        .config("spark.executor.extraJavaOptions", linearAlgebra())
                        .getOrCreate();
        new Measure(session, quick).run(master, speed);
        session.stop();
    }

    /** What executors in other processes must be told, too. */
    private static String linearAlgebra() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(
                        option ->
                                option.startsWith("-Ddev.ludovic")
                                        || option.startsWith("--add-modules")
                                        || option.startsWith("--enable-native-access"))
                .collect(Collectors.joining(" "));
    }

    private void run(String master, boolean speed) {
        System.out.printf(
                "Spark %s with %s, Java %s, %s, Rectifier with %s%s%n%n",
                session.version(),
                blas(),
                Runtime.version().feature(),
                master,
                Rectifier.info().instructionSet(),
                quick ? ", a tenth of the rows" : "");
        gradients();
        times();
        predictions();
        if (!speed) {
            depths();
        }
    }

    /** What Spark's linear algebra takes for products of matrices. */
    private static String blas() {
        try {
            return dev.ludovic.netlib.blas.NativeBLAS.getInstance().getClass().getSimpleName()
                    + " "
                    + System.getProperty("dev.ludovic.netlib.blas.nativeLibPath", "libblas.so.3");
        } catch (RuntimeException | LinkageError e) {
            return dev.ludovic.netlib.blas.JavaBLAS.getInstance().getClass().getSimpleName();
        }
    }

    private Dataset<Row> random(long rows, int columns) {
        return random(0, rows, columns);
    }

    private Dataset<Row> random(long first, long rows, int columns) {
        UDF1<Long, Vector> features =
                id -> {
                    SplittableRandom random = new SplittableRandom(id);
                    double[] x = new double[columns];
                    Arrays.setAll(x, i -> random.nextDouble());
                    // Something to learn.
                    x[(int) (id % CLASSES)] += 1;
                    return Vectors.dense(x);
                };
        Dataset<Row> data =
                session.range(first, first + rows, 1, 8)
                        .select(
                                functions
                                        .udf(features, SQLDataTypes.VectorType())
                                        .apply(functions.col("id"))
                                        .as("features"),
                                functions.expr("cast(id % 10 as double)").as("label"))
                        .cache();
        data.count();
        return data;
    }

    /** Milliseconds of processors: the median of the jobs of a training, most of which evaluate. */
    private double millisPerEvaluation(IntConsumer fit) {
        fit.accept(ITERATIONS);
        long[] jobs = spent(() -> fit.accept(ITERATIONS));
        return jobs[jobs.length / 2] / 1e6;
    }

    /** Nanoseconds of each job, the least first. */
    private long[] spent(Runnable call) {
        settle();
        meter.take();
        call.run();
        settle();
        return meter.take();
    }

    /** Events come later than results. */
    private void settle() {
        try {
            session.sparkContext().listenerBus().waitUntilEmpty();
        } catch (java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    private static RectifierClassifier ours(int[] layers, String dtype, int iterations) {
        return new RectifierClassifier()
                .setLayers(layers)
                .setDtype(dtype)
                .setMaxIter(iterations)
                .setTol(0)
                .setSeed(1);
    }

    private static MultilayerPerceptronClassifier sparks(int[] layers, int iterations) {
        return new MultilayerPerceptronClassifier()
                .setLayers(layers)
                .setMaxIter(iterations)
                .setTol(0)
                .setSeed(1);
    }

    private void gradients() {
        System.out.println(
                "Processor milliseconds of executors per evaluation of the gradient.\n\n"
                        + "| rows | layers | Rectifier, float32 | float64 | Spark | times as fast,"
                        + " float32 | float64 |\n|---:|---|---:|---:|---:|---:|---:|");
        int scale = quick ? 10 : 1;
        gradients(60_000 / scale, new int[] {784, 100, CLASSES});
        gradients(60_000 / scale, new int[] {784, 512, CLASSES});
        gradients(1_000_000 / scale, new int[] {100, 50, CLASSES});
        System.out.println();
    }

    private void gradients(int rows, int[] layers) {
        Dataset<Row> data = random(rows, layers[0]);
        double floats = millisPerEvaluation(n -> ours(layers, "float32", n).fit(data));
        double doubles = millisPerEvaluation(n -> ours(layers, "float64", n).fit(data));
        double theirs = millisPerEvaluation(n -> sparks(layers, n).fit(data));
        print(
                "| %,d | %s | %.0f | %.0f | %.0f | %.2f | %.2f |",
                rows, text(layers), floats, doubles, theirs, theirs / floats, theirs / doubles);
        data.unpersist();
    }

    private void times() {
        print(
                "Iterations of L-BFGS after which the mean cross-entropy of 20,000 other rows is %s"
                        + " or less, the first such power of 2, and the seconds by the clock of that"
                        + " fit alone, from the call to the model.\n\n"
                        + "| rows | layers | Rectifier, float32 | seconds | Spark | seconds | times"
                        + " as fast |\n|---:|---|---:|---:|---:|---:|---:|",
                GOOD_LOSS);
        int rows = quick ? 100_000 : 1_000_000;
        Dataset<Row> train = random(rows, 100);
        Dataset<Row> validation = random(rows, 20_000, 100);
        for (int[] layers : new int[][] {{100, 50, CLASSES}, {100, 50, 50, 50, CLASSES}}) {
            Reached ours =
                    reached(n -> ours(layers, "float32", n).fit(train).transform(validation));
            Reached theirs = reached(n -> sparks(layers, n).fit(train).transform(validation));
            print(
                    "| %,d | %s | %s | %.1f | %s | %.1f | %s |",
                    rows,
                    text(layers),
                    ours.iterations(),
                    ours.seconds,
                    theirs.iterations(),
                    theirs.seconds,
                    ours.loss <= GOOD_LOSS && theirs.loss <= GOOD_LOSS
                            ? String.format(Locale.ROOT, "%.2f", theirs.seconds / ours.seconds)
                            : "–");
        }
        train.unpersist();
        validation.unpersist();
        System.out.println();
    }

    private record Reached(int last, double seconds, double loss) {
        String iterations() {
            return loss <= GOOD_LOSS
                    ? "" + last
                    : String.format(Locale.ROOT, "%.3f after %d", loss, last);
        }
    }

    /**
     * Trains ever longer, from the beginning each time, since Spark's class doesn't say its loss.
     */
    private static Reached reached(IntFunction<Dataset<Row>> predictedAfter) {
        // Compiles what is hot.
        predictedAfter.apply(2);
        for (int n = 4; ; n *= 2) {
            long start = System.nanoTime();
            // A plan alone: fit has been computed, predictions haven't.
            Dataset<Row> predicted = predictedAfter.apply(n);
            double seconds = (System.nanoTime() - start) / 1e9;
            double loss = loss(predicted);
            if (loss <= GOOD_LOSS || n == MOST_ITERATIONS) {
                return new Reached(n, seconds, loss);
            }
        }
    }

    private static double loss(Dataset<Row> predicted) {
        UDF2<Vector, Double, Double> loss =
                (p, label) -> -Math.log(Math.max(p.apply(label.intValue()), Double.MIN_NORMAL));
        return predicted
                .select(
                        functions
                                .udf(loss, DataTypes.DoubleType)
                                .apply(functions.col("probability"), functions.col("label"))
                                .as("loss"))
                .agg(functions.avg("loss"))
                .head()
                .getDouble(0);
    }

    private void predictions() {
        System.out.println(
                "Rows per second by the clock, and processor seconds of executors, for the"
                        + " predictions of all rows, which aren't stored.\n\n"
                        + "| rows | layers | Rectifier, float32, rows/s | seconds | Spark, rows/s |"
                        + " seconds | times the rows/s | as fast per processor |\n"
                        + "|---:|---|---:|---:|---:|---:|---:|---:|");
        predictions(quick ? 2_000 : 20_000, new int[] {784, 512, CLASSES});
        predictions(quick ? 100_000 : 1_000_000, new int[] {100, 50, CLASSES});
        System.out.println();
    }

    private void predictions(int rows, int[] layers) {
        Dataset<Row> data = random(rows, layers[0]);
        RectifierClassificationModel ours = ours(layers, "float32", 0).fit(data);
        MultilayerPerceptronClassificationModel theirs =
                RectifierClassificationModel.of(sparks(layers, 1).fit(data)).toSpark();
        Cost our = cost(() -> score(ours.transform(data)));
        Cost their = cost(() -> score(theirs.transform(data)));
        print(
                "| %,d | %s | %,.0f | %.2f | %,.0f | %.2f | %.1f | %.1f |",
                rows,
                text(layers),
                rows / our.seconds,
                our.processorSeconds,
                rows / their.seconds,
                their.processorSeconds,
                their.seconds / our.seconds,
                their.processorSeconds / our.processorSeconds);
        data.unpersist();
    }

    private record Cost(double seconds, double processorSeconds) {}

    /** The least of three, after one that compiles what is hot. */
    private Cost cost(Runnable call) {
        spent(call);
        double seconds = Double.POSITIVE_INFINITY;
        double processorSeconds = Double.POSITIVE_INFINITY;
        for (int i = 0; i < 3; i++) {
            long start = System.nanoTime();
            call.run();
            seconds = Math.min(seconds, (System.nanoTime() - start) / 1e9);
            settle();
            processorSeconds = Math.min(processorSeconds, LongStream.of(meter.take()).sum() / 1e9);
        }
        return new Cost(seconds, processorSeconds);
    }

    private static void score(Dataset<Row> predicted) {
        predicted.select("prediction").agg(functions.sum("prediction")).collect();
    }

    private void depths() {
        System.out.println(
                "Share of test digits that are right after 100 iterations of L-BFGS, hidden layers of"
                        + " 50, mean of the seeds 1 and 2.\n\n"
                        + "| hidden layers | Rectifier, relu | sigmoid, glorotUniform | Spark |\n"
                        + "|---:|---:|---:|---:|");
        Dataset<Row> train = Digits.train(session, 2).cache();
        Dataset<Row> test = Digits.test(session).cache();
        for (int depth : new int[] {1, 3, 5, 8}) {
            int[] layers = new int[depth + 2];
            Arrays.fill(layers, 50);
            layers[0] = 64;
            layers[depth + 1] = CLASSES;
            double relu = 0;
            double sigmoid = 0;
            double theirs = 0;
            for (int seed = 1; seed <= 2; seed++) {
                RectifierClassifier ours = ours(layers, "float32", 100).setTol(1e-6).setSeed(seed);
                relu += Digits.accuracy(ours.fit(train).transform(test)) / 2;
                ours.setActivation("sigmoid").setKernelInitializer("glorotUniform");
                sigmoid += Digits.accuracy(ours.fit(train).transform(test)) / 2;
                theirs +=
                        Digits.accuracy(
                                        sparks(layers, 100)
                                                .setTol(1e-6)
                                                .setSeed(seed)
                                                .fit(train)
                                                .transform(test))
                                / 2;
            }
            print("| %d | %.4f | %.4f | %.4f |", depth, relu, sigmoid, theirs);
        }
    }

    private static String text(int[] layers) {
        return Arrays.toString(layers).replaceAll("[\\[\\]]", "").replace(", ", "-");
    }

    private static void print(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
