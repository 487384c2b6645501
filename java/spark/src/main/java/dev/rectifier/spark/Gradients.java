package dev.rectifier.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;

/**
 * Sums over all shards that are the same bits wherever the shards are: each shard's is computed in
 * one task, and they are added in the order of the shards.
 */
final class Gradients implements Lbfgs.Objective {
    /** What the driver gets in one piece from each shard, together. */
    private static final long COLLECTED_BYTES = 1L << 26;

    private static final int FEW_SHARDS = 8;

    /** Odd, and far from any multiple of a power of 2, so that seeds of shards are far apart. */
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private final JavaSparkContext context;
    private final Topology topology;
    private final Shards shards;
    private final int blockSize;
    private final double regParam;
    private int evaluations;

    Gradients(
            SparkSession session,
            Topology topology,
            Shards shards,
            int blockSize,
            double regParam) {
        this.context = JavaSparkContext.fromSparkContext(session.sparkContext());
        this.topology = topology;
        this.shards = shards;
        this.blockSize = blockSize;
        this.regParam = regParam;
    }

    /** How often a gradient was computed. */
    int evaluations() {
        return evaluations;
    }

    /** A number and an array for some shards. */
    private static final class Sum implements Serializable {
        private static final long serialVersionUID = 1L;

        private final long first;
        private double loss;
        private final double[] array;

        Sum(long first, double loss, double[] array) {
            this.first = first;
            this.loss = loss;
            this.array = array;
        }

        void add(Sum other) {
            loss += other.loss;
            for (int i = 0; i < array.length; i++) {
                array[i] += other.array[i];
            }
        }
    }

    /** What is computed of a shard, in a task. */
    private interface Step extends Serializable {
        Sum of(Worker worker, Chunk shard, double[] sent);
    }

    /** A task: the shards of one partition. */
    private static final class Sums implements Iterator<Sum> {
        private final Iterator<Chunk> chunks;
        private final Topology topology;
        private final int blockSize;
        private final double[] weights;
        private final Step step;

        Sums(
                Iterator<Chunk> chunks,
                Topology topology,
                int blockSize,
                double[] weights,
                Step step) {
            this.chunks = chunks;
            this.topology = topology;
            this.blockSize = blockSize;
            this.weights = weights;
            this.step = step;
        }

        @Override
        public boolean hasNext() {
            return chunks.hasNext();
        }

        @Override
        public Sum next() {
            Chunk shard = chunks.next();
            try (Worker worker = Worker.take(topology, blockSize)) {
                worker.setWeights(weights);
                return step.of(worker, shard, weights);
            }
        }
    }

    /** The mean loss and the penalty at {@code weights}, and their gradient. */
    @Override
    public double at(double[] weights, double[] gradient) {
        evaluations++;
        Sum sum =
                sum(
                        weights,
                        (worker, shard, sent) -> {
                            double[] sums = new double[worker.parameters()];
                            double loss = worker.addGradient(shard, sums);
                            return new Sum(shard.first(), loss, sums);
                        });
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] = sum.array[i] / shards.totalWeight();
        }
        return sum.loss / shards.totalWeight() + topology.addPenalty(regParam, weights, gradient);
    }

    /** The mean loss, without the penalty. */
    double loss(double[] weights) {
        Sum sum =
                sum(
                        weights,
                        (worker, shard, sent) ->
                                new Sum(shard.first(), worker.loss(shard), new double[0]));
        return sum.loss / shards.totalWeight();
    }

    /**
     * One pass of {@link LocalAdam} over each shard from the same state, whose results' mean
     * becomes the state.
     *
     * @param seed of this round
     * @param steps that were taken before in each shard
     * @return the mean loss while the weights changed
     */
    double round(double[] state, double stepSize, long seed, long steps) {
        Topology sentTopology = topology;
        double penalty = regParam;
        int rows = blockSize;
        Sum sum =
                sum(
                        state,
                        (worker, shard, sent) -> {
                            double[] own = sent.clone();
                            double loss =
                                    new LocalAdam(own, sentTopology, stepSize, penalty)
                                            .pass(
                                                    worker,
                                                    shard,
                                                    rows,
                                                    seed + GOLDEN * shard.first(),
                                                    steps);
                            double weight = shard.totalWeight();
                            for (int i = 0; i < own.length; i++) {
                                own[i] *= weight;
                            }
                            return new Sum(shard.first(), loss, own);
                        });
        for (int i = 0; i < state.length; i++) {
            state[i] = sum.array[i] / shards.totalWeight();
        }
        return sum.loss / shards.totalWeight();
    }

    /**
     * What {@code step} makes of all shards, added up in their order: in groups of about √shards
     * where all would be too much for the driver.
     */
    private Sum sum(double[] weights, Step step) {
        Broadcast<double[]> sent = context.broadcast(weights.clone());
        try {
            // Only these, for what a lambda holds is sent with it.
            Topology sentTopology = topology;
            int rows = blockSize;
            JavaRDD<Sum> sums =
                    shards.chunks()
                            .mapPartitions(
                                    it -> new Sums(it, sentTopology, rows, sent.value(), step));
            int count = shards.count();
            long bytes = (long) count * weights.length * Double.BYTES;
            if (count > FEW_SHARDS && bytes > COLLECTED_BYTES) {
                sums = grouped(sums, count, shards.size());
            }
            return inOrder(sums.collect());
        } finally {
            sent.destroy();
        }
    }

    private static JavaRDD<Sum> grouped(JavaRDD<Sum> sums, int count, int shardSize) {
        int groups = (int) Math.ceil(Math.sqrt(count));
        long rows = (long) ((count + groups - 1) / groups) * shardSize;
        return sums.mapToPair(s -> new Tuple2<>(s.first / rows, s))
                .groupByKey(groups)
                .map(
                        group -> {
                            List<Sum> all = new ArrayList<>();
                            group._2().forEach(all::add);
                            return inOrder(all);
                        });
    }

    private static Sum inOrder(List<Sum> sums) {
        List<Sum> sorted = new ArrayList<>(sums);
        sorted.sort((a, b) -> Long.compare(a.first, b.first));
        Sum first = sorted.get(0);
        // Not into the first itself, which may be what another task gets as well.
        Sum sum = new Sum(first.first, first.loss, first.array.clone());
        sorted.subList(1, sorted.size()).forEach(sum::add);
        return sum;
    }
}
