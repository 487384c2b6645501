package dev.rectifier.cli;

import dev.rectifier.DType;
import dev.rectifier.Span;
import dev.rectifier.data.NpyArray;

/**
 * Computes on arrays part by part in off-heap memory, the only place where kernels use several
 * threads: so that what is needed beside the arrays is little, however long they are.
 *
 * @param most the most elements of an array that are off-heap at once
 */
record Staging(int most) {
    /** Parts that are large enough for many threads, and no burden beside the JVM itself. */
    static final Staging IN_PARTS = new Staging(1 << 24);

    /** What is computed on some rows of each array. */
    @FunctionalInterface
    interface Step {
        /**
         * @param first the number of the first row
         * @param rows how many there are
         * @param parts these rows of each array
         */
        void run(long first, long rows, Span... parts);
    }

    /** The elements of an array, where they are. */
    static Span span(NpyArray array) {
        return array.isFloat64() ? Span.of(array.doubles()) : Span.of(array.floats());
    }

    /** Memory for as many elements in a place of the same kind, on the heap or off it. */
    static Span like(Span span) {
        int n = Math.toIntExact(span.length());
        if (span.isOffHeap()) {
            return Span.allocate(span.dtype(), n);
        }
        return span.dtype() == DType.FLOAT64 ? Span.of(new double[n]) : Span.of(new float[n]);
    }

    /** The elements off-heap, or where they are if they are too many for that. */
    Span offHeap(Span elements) {
        if (elements.length() > most) {
            return elements;
        }
        Span copy = Span.allocate(elements.dtype(), (int) elements.length());
        copy.copyFrom(elements);
        return copy;
    }

    /**
     * Runs a step on as many rows at once as may be off-heap, until all are done, or once if there
     * are none. Where a single row is longer than that, it runs once, on the arrays themselves.
     *
     * @param rows how many rows each array has, all of one length
     * @param arrays on the heap; the last is written
     */
    void run(long rows, Step step, Span... arrays) {
        long longest = 0;
        for (Span array : arrays) {
            longest = Math.max(longest, rowLength(array, rows));
        }
        if (longest > most) {
            step.run(0, rows, arrays);
            return;
        }
        long atOnce = Math.min(rows, most / Math.max(1, longest));
        Span[] memory = new Span[arrays.length];
        for (int i = 0; i < arrays.length; i++) {
            memory[i] =
                    Span.allocate(arrays[i].dtype(), (int) (atOnce * rowLength(arrays[i], rows)));
        }
        long first = 0;
        do {
            long count = Math.min(atOnce, rows - first);
            Span[] parts = new Span[arrays.length];
            for (int i = 0; i < arrays.length; i++) {
                parts[i] = memory[i].slice(0, count * rowLength(arrays[i], rows));
                parts[i].copyFrom(part(arrays[i], rows, first, count));
            }
            step.run(first, count, parts);
            int last = arrays.length - 1;
            part(arrays[last], rows, first, count).copyFrom(parts[last]);
            first += count;
        } while (first < rows);
    }

    private static long rowLength(Span array, long rows) {
        return rows == 0 ? 0 : array.length() / rows;
    }

    private static Span part(Span array, long rows, long first, long count) {
        long length = rowLength(array, rows);
        return array.slice(first * length, count * length);
    }
}
