package dev.rectifier.network;

import dev.rectifier.DType;
import dev.rectifier.Memory;
import dev.rectifier.Span;
import java.util.stream.IntStream;

/**
 * Cuts examples into batches, all in one piece of off-heap memory. Not thread-safe: a batch is gone
 * when the next one comes.
 */
final class Feed implements AutoCloseable {
    /** Enough rows for a quick product, few enough for the activations to stay in cache. */
    private static final int INFERENCE_ROWS = 256;

    private final Examples examples;
    private final int[] order;
    private final int batchSize;
    private final Memory memory = new Memory();
    private final Span rows;

    /** The number of targets of a row. */
    private final int width;

    private Batch batch;

    /** Batches of the examples in their own order, for inference. */
    Feed(Examples examples, DType dtype) {
        this(examples, IntStream.range(0, examples.rows()).toArray(), INFERENCE_ROWS, dtype);
    }

    /** All examples in one batch. */
    static Feed whole(Examples examples, DType dtype) {
        return new Feed(
                examples, IntStream.range(0, examples.rows()).toArray(), examples.rows(), dtype);
    }

    /** Batches of the examples in the order that {@code order} has when they are made. */
    Feed(Examples examples, int[] order, int batchSize, DType dtype) {
        this.examples = examples;
        this.order = order;
        this.batchSize = Math.min(batchSize, order.length);
        Elements.requireSize("a batch of examples", dtype, this.batchSize, examples.columns());
        rows = Elements.matrix(memory, dtype, this.batchSize, examples.columns());
        width = Math.max(1, examples.targetWidth());
        batch = batch(rows, this.batchSize);
    }

    /** The most rows of a batch. */
    int batchSize() {
        return batchSize;
    }

    Examples examples() {
        return examples;
    }

    int batches() {
        return (order.length - 1) / batchSize + 1;
    }

    /** Batch number {@code index}; the last one may be smaller. */
    Batch batch(int index) {
        int from = index * batchSize;
        int count = Math.min(batchSize, order.length - from);
        if (count != batch.rows()) {
            batch = batch(rows.slice(0, (long) count * examples.columns()), count);
        }
        for (int i = 0; i < count; i++) {
            int row = order[from + i];
            if (examples.targetWidth() == 0) {
                batch.targets()[i] = examples.labels()[row];
            }
            for (int j = 0; j < examples.targetWidth(); j++) {
                batch.targets()[i * width + j] = examples.targets()[row * width + j];
            }
            batch.weights()[i] = examples.weight(row);
            Elements.writeRow(examples.features(), row, examples.columns(), rows, i);
        }
        return batch;
    }

    private Batch batch(Span x, int count) {
        return new Batch(x, new double[count * width], new double[count]);
    }

    @Override
    public void close() {
        memory.close();
    }
}
