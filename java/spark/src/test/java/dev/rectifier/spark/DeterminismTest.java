package dev.rectifier.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That weights don't depend on how the rows are spread. */
class DeterminismTest {
    private static RectifierClassifier classifier() {
        return new RectifierClassifier()
                .setLayers(new int[] {64, 24, 10})
                .setShardSize(100)
                .setBlockSize(32)
                .setMaxIter(5);
    }

    private static Vector weights(SparkSession session, String solver, int partitions) {
        return classifier()
                .setSolver(solver)
                .setMaxIter(8)
                .fit(Digits.train(session, partitions))
                .weights();
    }

    @ParameterizedTest
    @ValueSource(strings = {"l-bfgs", "adam"})
    void weightsAreTheSameForAnyPartitionsAndThreads(String solver) {
        Vector two = weights(Sessions.local(2), solver, 7);
        for (int partitions : new int[] {1, 13}) {
            assertEquals(two, weights(Sessions.local(2), solver, partitions), "of " + partitions);
        }
        Sessions.local(2).stop();
        SparkSession one = Sessions.local(1);
        assertEquals(two, weights(one, solver, 5));
        one.stop();
    }

    @Test
    void emptyAndLopsidedPartitionsChangeNothing() {
        SparkSession session = Sessions.local(2);
        List<Row> rows = Digits.rows().subList(0, 430);
        Vector expected = classifier().fit(Digits.of(session, rows, 1)).weights();
        Dataset<Row> lopsided =
                Stream.of(
                                rows.subList(0, 1),
                                rows.subList(1, 1),
                                rows.subList(1, 399),
                                rows.subList(399, 402),
                                rows.subList(402, 402),
                                rows.subList(402, 430))
                        .map(part -> Digits.of(session, part, 1))
                        .reduce(Dataset::union)
                        .orElseThrow();
        assertEquals(6, lopsided.javaRDD().getNumPartitions());
        assertEquals(expected, classifier().fit(lopsided).weights());
        assertEquals(expected, classifier().fit(Digits.of(session, rows, 60)).weights());
    }

    @Test
    void theBlocksOfALastShardNeedNotBeFull() {
        SparkSession session = Sessions.local(2);
        for (int n : new int[] {1, 33, 100, 233}) {
            List<Row> rows = Digits.rows().subList(0, n);
            Vector expected = classifier().fit(Digits.of(session, rows, 1)).weights();
            assertEquals(expected, classifier().fit(Digits.of(session, rows, 3)).weights());
        }
    }

    @Test
    void groupsOfShardsAreSummedInOrder() {
        SparkSession session = Sessions.local(2);
        List<Row> rows = Digits.rows().subList(0, 300);
        // 3.2 MB of gradient from each of 30 shards are more than is collected at once.
        RectifierClassifier wide =
                classifier().setLayers(new int[] {64, 512, 700, 10}).setShardSize(10).setMaxIter(1);
        Vector expected = wide.fit(Digits.of(session, rows, 2)).weights();
        assertEquals(expected, wide.fit(Digits.of(session, rows, 9)).weights());
    }
}
