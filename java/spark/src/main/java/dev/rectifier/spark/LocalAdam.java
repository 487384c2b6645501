package dev.rectifier.spark;

import java.util.SplittableRandom;

/**
 * One pass over a shard by Adam (Kingma and Ba 2015, arXiv 1412.6980) with beta1 0.9, beta2 0.999
 * and epsilon 1e-7, in double on the driver's weights and moments, which it changes.
 */
final class LocalAdam {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-7;

    /** Weights, then means of gradients, then means of their squares. */
    private final double[] state;

    private final int n;
    private final Topology topology;
    private final double stepSize;
    private final double regParam;

    LocalAdam(double[] state, Topology topology, double stepSize, double regParam) {
        this.state = state;
        this.n = state.length / 3;
        this.topology = topology;
        this.stepSize = stepSize;
        this.regParam = regParam;
    }

    /**
     * Takes one step per block of rows, in an order of its own.
     *
     * @param steps that were taken before
     * @return the sum of the losses
     */
    double pass(Worker worker, Chunk shard, int blockSize, long seed, long steps) {
        Chunk shuffled = shard.permuted(order(shard.rows(), seed));
        double[] gradient = new double[n];
        double loss = 0;
        long step = steps;
        for (int from = 0; from < shard.rows(); from += blockSize) {
            int rows = Math.min(blockSize, shard.rows() - from);
            double weight = 0;
            for (int i = 0; i < rows; i++) {
                weight += shuffled.weight(from + i);
            }
            if (weight > 0) {
                worker.setWeights(state);
                loss += worker.gradient(shuffled, from, rows);
                worker.readGradient(gradient, weight);
                topology.addPenalty(regParam, state, gradient);
                step(gradient, ++step);
            }
        }
        return loss;
    }

    /** Fisher and Yates's shuffle. */
    private static int[] order(int rows, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] order = new int[rows];
        for (int i = 0; i < rows; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    private void step(double[] gradient, long step) {
        double size =
                stepSize
                        * Math.sqrt(1 - StrictMath.pow(BETA2, step))
                        / (1 - StrictMath.pow(BETA1, step));
        for (int i = 0; i < n; i++) {
            double m = state[n + i] + (1 - BETA1) * (gradient[i] - state[n + i]);
            double v =
                    state[2 * n + i] + (1 - BETA2) * (gradient[i] * gradient[i] - state[2 * n + i]);
            state[n + i] = m;
            state[2 * n + i] = v;
            state[i] -= size * m / (Math.sqrt(v) + EPSILON);
        }
    }
}
