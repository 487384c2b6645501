package dev.rectifier.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two executors in processes of their own. Spark starts them without a distribution if it is told
 * that it is tested and finds two folders of its source tree.
 */
// A wrong class path would start executors without end.
@Timeout(value = 600, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ClusterTest {
    private static final int[] LAYERS = {64, 24, 10};

    /** The job of a training at whose start an executor is killed. */
    private static final int MIDDLE = 6;

    private SparkSession session;

    @BeforeEach
    void start(@TempDir Path home) throws IOException {
        SparkSession.getDefaultSession()
                .foreach(
                        s -> {
                            s.stop();
                            return null;
                        });
        Files.createDirectories(home.resolve("jars"));
        Files.createDirectories(home.resolve("launcher/target/scala-2.13"));
        System.setProperty("spark.testing", "true");
        System.setProperty("spark.test.home", home.toString());
        session =
                Sessions.builder("local-cluster[2,1,1024]")
                        .config(
                                "spark.executor.extraClassPath",
                                System.getProperty(
                                        "surefire.test.class.path",
                                        System.getProperty("java.class.path")))
                        .config("spark.executor.memory", "600m")
                        .config("spark.speculation", true)
                        .getOrCreate();
    }

    @AfterEach
    void stop() {
        session.stop();
        System.clearProperty("spark.testing");
        System.clearProperty("spark.test.home");
    }

    private static RectifierClassifier classifier() {
        return new RectifierClassifier()
                .setLayers(LAYERS)
                .setShardSize(100)
                .setBlockSize(32)
                .setMaxIter(8);
    }

    /** The workers are threads of this JVM, so that what it starts are the executors. */
    private static List<ProcessHandle> executors() {
        return ProcessHandle.current()
                .descendants()
                .filter(p -> p.info().command().orElse("").endsWith("java"))
                .toList();
    }

    @Test
    void anExecutorThatIsKilledChangesNoBit() throws Exception {
        Vector expected = classifier().fit(Digits.train(session, 7)).weights();
        assertEquals(2, executors().size());
        AtomicInteger jobs = new AtomicInteger();
        session.sparkContext()
                .addSparkListener(
                        new SparkListener() {
                            @Override
                            public void onJobStart(SparkListenerJobStart start) {
                                if (jobs.incrementAndGet() == MIDDLE) {
                                    executors().get(0).destroyForcibly();
                                }
                            }
                        });
        Dataset<Row> train = Digits.train(session, 5);
        Vector again = classifier().fit(train).weights();
        assertTrue(jobs.get() > MIDDLE, jobs + " jobs");
        assertEquals(expected, again);
        RectifierClassificationModel model = classifier().setMaxIter(1).fit(train);
        Dataset<Row> predicted = model.transform(Digits.test(session)).select("rawPrediction");
        List<Row> before = predicted.collectAsList();
        executors().get(0).destroyForcibly();
        assertEquals(before, predicted.collectAsList());
        session.stop();
        SparkSession local = Sessions.local(2);
        assertEquals(expected, classifier().fit(Digits.train(local, 3)).weights());
        assertEquals(
                before,
                model.transform(Digits.test(local)).select("rawPrediction").collectAsList());
        local.stop();
    }
}
