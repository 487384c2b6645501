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
        batch = new Batch(rows, new int[this.batchSize]);
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
            batch = new Batch(rows.slice(0, (long) count * examples.columns()), new int[count]);
        }
        for (int i = 0; i < count; i++) {
            int row = order[from + i];
            batch.labels()[i] = examples.labels()[row];
            Elements.writeRow(examples.features(), row, examples.columns(), rows, i);
        }
        return batch;
    }

    @Override
    public void close() {
        memory.close();
    }
}
