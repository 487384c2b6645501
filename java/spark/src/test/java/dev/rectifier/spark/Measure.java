package dev.rectifier.spark;

import dev.rectifier.Rectifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.stream.LongStream;
import org.apache.spark.ml.classification.MultilayerPerceptronClassificationModel;
import org.apache.spark.ml.classification.MultilayerPerceptronClassifier;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;

/**
 * Beside Spark's own perceptron: processor time of executors per evaluation of the gradient and for
 * predictions, and accuracies by depth. The script {@code measure} runs it.
 */
final class Measure {
    private static final int CLASSES = 10;
    private static final int ITERATIONS = 12;

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
     * @param args {@code --quick} for a tenth of the rows; the name of the master
     */
    public static void main(String[] args) {
        List<String> given = new ArrayList<>(List.of(args));
        boolean quick = given.remove("--quick");
        String master = given.isEmpty() ? "local[2]" : given.get(0);
        SparkSession session =
                Sessions.builder(master)
                        .config(
                                "spark.executor.extraClassPath",
                                System.getProperty("java.class.path"))
                        .getOrCreate();
        new Measure(session, quick).run(master);
        session.stop();
    }

    private void run(String master) {
        System.out.printf(
                "Spark %s with %s, Java %s, %s, Rectifier with %s%s%n%n",
                session.version(),
                blas(),
                Runtime.version().feature(),
                master,
                Rectifier.info().instructionSet(),
                quick ? ", a tenth of the rows" : "");
        gradients();
        predictions();
        depths();
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
        UDF1<Long, org.apache.spark.ml.linalg.Vector> features =
                id -> {
                    SplittableRandom random = new SplittableRandom(id);
                    double[] x = new double[columns];
                    Arrays.setAll(x, i -> random.nextDouble());
                    // Something to learn.
                    x[(int) (id % CLASSES)] += 1;
                    return Vectors.dense(x);
                };
        Dataset<Row> data =
                session.range(0, rows, 1, 8)
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

    private void predictions() {
        System.out.println(
                "Processor seconds of executors for the predictions of all rows, which aren't"
                        + " stored.\n\n| rows | layers | Rectifier, float32 | Spark | times as fast |\n"
                        + "|---:|---|---:|---:|---:|");
        int[] layers = {784, 512, CLASSES};
        Dataset<Row> data = random(quick ? 2_000 : 20_000, layers[0]);
        RectifierClassificationModel ours = ours(layers, "float32", 0).fit(data);
        MultilayerPerceptronClassificationModel theirs =
                RectifierClassificationModel.of(sparks(layers, 1).fit(data)).toSpark();
        double ourSeconds = seconds(() -> score(ours.transform(data)));
        double theirSeconds = seconds(() -> score(theirs.transform(data)));
        print(
                "| %,d | %s | %.2f | %.2f | %.1f |%n",
                data.count(), text(layers), ourSeconds, theirSeconds, theirSeconds / ourSeconds);
        data.unpersist();
    }

    private double seconds(Runnable call) {
        call.run();
        return Math.min(LongStream.of(spent(call)).sum(), LongStream.of(spent(call)).sum()) / 1e9;
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
