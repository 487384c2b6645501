package dev.rectifier.spark;

import dev.rectifier.AxisFunction;
import dev.rectifier.DType;
import dev.rectifier.Memory;
import dev.rectifier.NativeLibraryException;
import dev.rectifier.Rectifier;
import dev.rectifier.Span;
import dev.rectifier.network.Network;
import dev.rectifier.network.Weights;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import org.apache.spark.TaskContext;

/**
 * A network with the memory that a task needs to train it. One for each task at a time, and kept
 * for the next.
 */
final class Worker implements AutoCloseable {
    /** Those that are free, the last used first. */
    private static final Deque<Worker> FREE = new ArrayDeque<>();

    private final Topology topology;
    private final int blockSize;
    private final Network network;
    private final Memory memory = new Memory();
    private final Span x;
    private final Span dy;
    private final float[] floats;
    private final double[] outputs;
    private final double[] logs;
    private double[] gradient = {};

    private Worker(Topology topology, int blockSize) {
        this.topology = topology;
        this.blockSize = blockSize;
        network = topology.blank();
        int n = blockSize * topology.outputs();
        try {
            network.reserve(blockSize);
            x = memory.allocate(topology.dtype(), (long) blockSize * topology.inputs());
            dy = memory.allocate(topology.dtype(), n);
        } catch (RuntimeException | Error e) {
            network.close();
            memory.close();
            throw e;
        }
        int most = n;
        for (Weights tensor : network.weights()) {
            most = Math.max(most, (int) tensor.value().length());
        }
        floats = topology.dtype() == DType.FLOAT32 ? new float[most] : new float[0];
        outputs = new double[n];
        logs = new double[n];
    }

    /**
     * One for this task.
     *
     * @throws IllegalStateException if there is no native library for this host; it says what to do
     */
    static Worker take(Topology topology, int blockSize) {
        prepareTask();
        synchronized (FREE) {
            for (Iterator<Worker> it = FREE.iterator(); it.hasNext(); ) {
                Worker worker = it.next();
                if (worker.blockSize == blockSize && worker.topology.equals(topology)) {
                    it.remove();
                    return worker;
                }
            }
        }
        return new Worker(topology, blockSize);
    }

    /** Sees to it that kernels are there and take no more threads than the task may. */
    static void prepareTask() {
        try {
            Rectifier.backend();
        } catch (NativeLibraryException e) {
            throw new IllegalStateException(
                    "host %s has no native library of Rectifier for its platform: add the jars of its platform with --jars, or put them into the application: %s"
                            .formatted(host(), e.getMessage()),
                    e);
        }
        TaskContext task = TaskContext.get();
        if (task != null && System.getProperty("rectifier.threads") == null) {
            Rectifier.setThreads(Math.max(1, task.cpus()));
        }
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "without a name";
        }
    }

    /** Gives it to the next task. */
    @Override
    public void close() {
        Worker oldest = null;
        synchronized (FREE) {
            FREE.addFirst(this);
            if (FREE.size() > Runtime.getRuntime().availableProcessors()) {
                oldest = FREE.removeLast();
            }
        }
        if (oldest != null) {
            oldest.network.close();
            oldest.memory.close();
        }
    }

    void setWeights(double[] weights) {
        Topology.write(weights, network);
    }

    /** How many weights there are. */
    int parameters() {
        return topology.weights();
    }

    /** The sum of the weighted losses of a shard. */
    double loss(Chunk shard) {
        double sum = 0;
        for (int from = 0; from < shard.rows(); from += blockSize) {
            sum += forward(shard, from, Math.min(blockSize, shard.rows() - from));
        }
        return sum;
    }

    /** {@link #loss}, whose gradient is added to {@code sums}, block after block. */
    double addGradient(Chunk shard, double[] sums) {
        double sum = 0;
        for (int from = 0; from < shard.rows(); from += blockSize) {
            sum += gradient(shard, from, Math.min(blockSize, shard.rows() - from));
            addGradient(sums);
        }
        return sum;
    }

    /** The loss of a block, whose gradient is the network's then. */
    double gradient(Chunk shard, int from, int rows) {
        double loss = forward(shard, from, rows);
        network.backward(dy.slice(0, (long) rows * topology.outputs()), Optional.empty());
        return loss;
    }

    /** Overwrites {@code to} with the gradient of the last block, divided by its weight. */
    void readGradient(double[] to, double weight) {
        Arrays.fill(to, 0);
        addGradient(to);
        for (int i = 0; i < to.length; i++) {
            to[i] /= weight;
        }
    }

    private void addGradient(double[] sums) {
        int at = 0;
        for (Weights tensor : network.weights()) {
            at = add(tensor.gradient(), sums, at);
        }
    }

    private int add(Span from, double[] sums, int at) {
        int n = (int) from.length();
        if (from.dtype() == DType.FLOAT32) {
            Span.of(floats, 0, n).copyFrom(from);
            for (int i = 0; i < n; i++) {
                sums[at + i] += floats[i];
            }
        } else {
            if (gradient.length < n) {
                gradient = new double[n];
            }
            Span.of(gradient, 0, n).copyFrom(from);
            for (int i = 0; i < n; i++) {
                sums[at + i] += gradient[i];
            }
        }
        return at + n;
    }

    private double forward(Chunk shard, int from, int rows) {
        Span block = x.slice(0, (long) rows * topology.inputs());
        block.copyFrom(shard.features(from, rows));
        int n = rows * topology.outputs();
        readOutputs(network.forward(block, rows, true), n);
        double loss =
                topology.isClassifier()
                        ? crossEntropy(shard, from, rows)
                        : squaredError(shard, from, rows);
        writeGradient(n);
        return loss;
    }

    private void readOutputs(Span from, int n) {
        if (from.dtype() == DType.FLOAT32) {
            Span.of(floats, 0, n).copyFrom(from);
            for (int i = 0; i < n; i++) {
                outputs[i] = floats[i];
            }
        } else {
            Span.of(outputs, 0, n).copyFrom(from);
        }
    }

    private void writeGradient(int n) {
        Span to = dy.slice(0, n);
        if (to.dtype() == DType.FLOAT32) {
            for (int i = 0; i < n; i++) {
                floats[i] = (float) outputs[i];
            }
            to.copyFrom(Span.of(floats, 0, n));
        } else {
            to.copyFrom(Span.of(outputs, 0, n));
        }
    }

    /** −w·log p[label]; the outputs become its gradient, w·(p − onehot). */
    private double crossEntropy(Chunk shard, int from, int rows) {
        int classes = topology.outputs();
        softmax(AxisFunction.logSoftmax(), outputs, logs, rows, classes);
        softmax(AxisFunction.softmax(), outputs, outputs, rows, classes);
        double sum = 0;
        for (int row = 0; row < rows; row++) {
            int label = row * classes + (int) shard.target(from + row);
            double weight = shard.weight(from + row);
            sum -= weight * logs[label];
            outputs[label] -= 1;
            for (int i = row * classes; i < (row + 1) * classes; i++) {
                outputs[i] *= weight;
            }
        }
        return sum;
    }

    /** A softmax by our kernels, which have the same bits on any host; {@code Math.exp} doesn't. */
    static void softmax(AxisFunction f, double[] x, double[] y, int rows, int classes) {
        int n = rows * classes;
        f.forward(Span.of(x, 0, n), Span.of(y, 0, n), dev.rectifier.Axis.ofRows(rows, classes));
    }

    /** Half of w·(y − target)²; the outputs become its gradient. */
    private double squaredError(Chunk shard, int from, int rows) {
        double sum = 0;
        for (int row = 0; row < rows; row++) {
            double weight = shard.weight(from + row);
            double error = outputs[row] - shard.target(from + row);
            sum += weight * error * error / 2;
            outputs[row] = weight * error;
        }
        return sum;
    }
}
