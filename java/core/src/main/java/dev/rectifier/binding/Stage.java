package dev.rectifier.binding;

import dev.rectifier.Axis;
import dev.rectifier.Span;
import dev.rectifier.spi.Backend;
import java.lang.ref.Reference;

/**
 * The way into a kernel, which knows addresses only, for spans anywhere: those off-heap go by their
 * own address, held open if another thread could unmap them, those on the heap through {@link
 * NativeMemory}, there and back. No array is ever pinned, so that no kernel holds up a garbage
 * collector, whichever it is. A call is cut into pieces that fit the nearest cache wherever that
 * can't change its result; else its copies are as large as its arrays. All memory is had before the
 * first byte is written.
 *
 * <p>A call has spans over a row-major shape [outer, size, inner], some of which have another size
 * there. One that is computed in the place of another shares its copy.
 */
final class Stage {
    /** Where a call may be cut. */
    enum Cut {
        /** Nowhere: spans have any shape, and are there as a whole. */
        NOWHERE,
        /** At any outer and inner index: what has these in common is one slice. */
        BETWEEN_SLICES,
        /** At any index. */
        ANYWHERE
    }

    /** Calls the native library. */
    @FunctionalInterface
    interface Kernel {
        /**
         * @param at the address of each span's piece
         * @param piece the shape of the piece
         * @param first the index of its first element in the whole
         */
        void run(long[] at, Axis piece, long first, int threads);
    }

    /**
     * Bytes of a piece of one span: several stay in the nearest cache, from where a copy takes half
     * the time that it takes from the next.
     */
    static final int PIECE = 1 << 14;

    /** Elements of a row that is copied by itself, if it can't be the whole: a few lines. */
    private static final long SHORTEST_ROW = 64;

    /** A span of the call and its piece at the moment. */
    private static final class Operand {
        private final Span span;

        /** Whole numbers instead of a span; null if it is one. */
        private final int[] numbers;

        /** What it has instead of the size of the shape. */
        private final long size;

        /** Whether it has one element for each index along the axis, and no other. */
        private final boolean isPerIndex;

        private final boolean isWritten;
        private final boolean isCopied;

        /** Whether another thread could unmap it, but for the call. */
        private final boolean isHeld;

        private final int bytes;

        /** Whose copy it is computed in; itself if it is its own. */
        private Operand place = this;

        /** Where its copy is, in bytes from the start of the memory. */
        private long at;

        private long first;
        private long rows;
        private long rowLength;
        private long stride;

        Operand(Backend backend, Span span, long size, boolean isPerIndex, boolean isWritten) {
            this.span = span;
            numbers = null;
            this.size = size;
            this.isPerIndex = isPerIndex;
            this.isWritten = isWritten;
            boolean isSteady = span.isSteady(backend);
            isHeld = !isSteady && span.isOffHeap() && Hold.isPossible(span);
            isCopied = !isSteady && !isHeld;
            bytes = span.dtype().bytes();
        }

        Operand(int[] numbers) {
            span = null;
            this.numbers = numbers;
            size = numbers.length;
            isPerIndex = false;
            isWritten = false;
            isCopied = true;
            isHeld = false;
            bytes = Integer.BYTES;
        }

        long length() {
            return numbers == null ? span.length() : numbers.length;
        }

        boolean isAPlace() {
            return isCopied && place == this;
        }

        void isRun(long first, long length) {
            rows = 1;
            rowLength = length;
            this.first = first;
        }

        void load(NativeMemory memory) {
            if (numbers != null) {
                memory.load(at, numbers);
                return;
            }
            for (long i = 0; i < rows; i++) {
                memory.load(at + rowBytes(i), span, first + i * stride, rowLength);
            }
        }

        void store(NativeMemory memory) {
            for (long i = 0; i < rows; i++) {
                memory.store(place.at + rowBytes(i), span, first + i * stride, rowLength);
            }
        }

        private long rowBytes(long row) {
            return row * rowLength * bytes;
        }
    }

    private final Backend backend;
    private final Cut cut;
    private final Axis axis;
    private final Operand[] operands;
    private int count;

    /**
     * A call with a number of spans, to be named by {@link #source}, {@link #parameter} and {@link
     * #destination} in the order in which the kernel gets their addresses.
     */
    Stage(Backend backend, Cut cut, Axis axis, int operands) {
        this.backend = backend;
        this.cut = cut;
        this.axis = axis;
        this.operands = new Operand[operands];
    }

    private Operand add(Span span, long size, boolean isPerIndex, boolean isWritten) {
        return add(new Operand(backend, span, size, isPerIndex, isWritten));
    }

    private Operand add(Operand operand) {
        operands[count++] = operand;
        return operand;
    }

    Stage source(Span span) {
        return source(span, axis.size());
    }

    Stage source(Span span, long size) {
        add(span, size, false, false);
        return this;
    }

    /** Whole numbers, of a call that isn't cut. */
    Stage source(int[] numbers) {
        add(new Operand(numbers));
        return this;
    }

    /** One element for each index along the axis. */
    Stage parameter(Span span) {
        add(span, 1, true, false);
        return this;
    }

    Stage destination(Span span) {
        return destination(span, axis.size());
    }

    /** A destination that the kernel must not compute in the place of a source. */
    Stage destination(Span span, long size) {
        add(span, size, false, true);
        return this;
    }

    /** A destination that may be the same memory as source number {@code index}. */
    Stage destinationOver(int index, Span span) {
        Operand operand = add(span, operands[index].size, false, true);
        if (operands[index].isCopied) {
            operand.place = operands[index];
        }
        return this;
    }

    void run(int threads, Kernel kernel) {
        int held = 0;
        try {
            for (; held < operands.length; held++) {
                if (operands[held].isHeld) {
                    Hold.acquire(operands[held].span);
                }
            }
            runHeld(threads, kernel);
        } finally {
            for (int i = 0; i < held; i++) {
                if (operands[i].isHeld) {
                    Hold.release(operands[i].span);
                }
            }
        }
    }

    private void runHeld(int threads, Kernel kernel) {
        boolean isCopied = false;
        for (Operand operand : operands) {
            isCopied |= operand.isCopied;
        }
        if (isCopied) {
            runInPieces(threads, kernel);
        } else {
            runAtOnce(threads, kernel);
        }
        // The kernel knew only addresses; the memory behind them must outlive it.
        for (Operand operand : operands) {
            Reference.reachabilityFence(operand.span);
        }
    }

    private void runAtOnce(int threads, Kernel kernel) {
        long[] at = new long[operands.length];
        for (int i = 0; i < at.length; i++) {
            at[i] = operands[i].span.address(backend);
        }
        kernel.run(at, axis, 0, threads);
    }

    private void runInPieces(int threads, Kernel kernel) {
        if (cut != Cut.NOWHERE && axis.elements() == 0) {
            return;
        }
        Axis most = cut == Cut.NOWHERE ? axis : piece();
        moveTo(0, 0, 0, most);
        long bytes = 0;
        boolean areSpansCopied = false;
        for (Operand operand : operands) {
            if (operand.isAPlace()) {
                operand.at = bytes;
                bytes += aligned(operand.rows * operand.rowLength * operand.bytes);
                areSpansCopied |= operand.span != null;
            }
        }
        // Numbers beside spans that aren't copied say nothing of how long the call takes.
        int team = areSpansCopied && bytes <= NativeMemory.BLOCK ? 1 : threads;
        try (NativeMemory memory = NativeMemory.of(bytes)) {
            if (most == axis) {
                run(memory, axis, 0, team, kernel);
                return;
            }
            for (long o = 0; o < axis.outer(); o += most.outer()) {
                for (long s = 0; s < axis.size(); s += most.size()) {
                    for (long i = 0; i < axis.inner(); i += most.inner()) {
                        Axis piece =
                                new Axis(
                                        Math.min(most.outer(), axis.outer() - o),
                                        Math.min(most.size(), axis.size() - s),
                                        Math.min(most.inner(), axis.inner() - i));
                        moveTo(o, s, i, piece);
                        long first = (o * axis.size() + s) * axis.inner() + i;
                        run(memory, piece, first, team, kernel);
                    }
                }
            }
        }
    }

    private void run(NativeMemory memory, Axis piece, long first, int threads, Kernel kernel) {
        long[] at = new long[operands.length];
        for (int i = 0; i < at.length; i++) {
            Operand operand = operands[i];
            if (!operand.isCopied) {
                at[i] = operand.span.address(backend) + operand.first * operand.bytes;
                continue;
            }
            if (!operand.isWritten) {
                operand.load(memory);
            }
            at[i] = memory.address() + operand.place.at;
        }
        kernel.run(at, piece, first, threads);
        for (Operand operand : operands) {
            if (operand.isCopied && operand.isWritten) {
                operand.store(memory);
            }
        }
    }

    private static long aligned(long bytes) {
        return (bytes + NativeMemory.ALIGNMENT - 1) & -NativeMemory.ALIGNMENT;
    }

    /** The shape of the largest piece; the whole axis itself if that is one. */
    private Axis piece() {
        long memory = 0;
        long ofSlice = 0;
        long ofIndex = 0;
        boolean areAllCopied = true;
        for (Operand operand : operands) {
            memory += operand.isAPlace() ? PIECE : 0;
            areAllCopied &= operand.isCopied;
            if (operand.isAPlace() && operand.isPerIndex) {
                ofIndex += operand.bytes;
            } else if (operand.isAPlace()) {
                ofSlice += operand.size * operand.bytes;
            }
        }
        long outer = axis.outer();
        long size = axis.size();
        long inner = axis.inner();
        long left = memory - ofIndex * size;
        long ofOuter = ofSlice * inner;
        if (outer * ofOuter <= left) {
            return axis;
        }
        if (ofOuter <= left) {
            return new Axis(left / ofOuter, size, inner);
        }
        if (cut == Cut.ANYWHERE) {
            long ofSize = ofSlice / size * inner + ofIndex;
            return ofSize <= memory
                    ? new Axis(1, Math.min(size, memory / ofSize), inner)
                    : new Axis(1, 1, Math.min(inner, (memory - ofIndex) * size / ofSlice));
        }
        // Off-heap, a kernel can't go from row to row of a part.
        long rows = Math.max(left / ofSlice, SHORTEST_ROW);
        return new Axis(1, size, areAllCopied ? Math.min(inner, rows) : inner);
    }

    /** Says where the piece is in each span: rows of the inner axis, or one run. */
    private void moveTo(long outer, long size, long inner, Axis piece) {
        for (Operand operand : operands) {
            if (cut == Cut.NOWHERE) {
                operand.isRun(0, operand.length());
            } else if (operand.isPerIndex) {
                operand.isRun(size, piece.size());
            } else {
                boolean isWhole = piece.size() == axis.size();
                long rows = isWhole ? operand.size : piece.size();
                long row = outer * operand.size + (isWhole ? 0 : size);
                operand.isRun(row * axis.inner() + inner, piece.outer() * rows * piece.inner());
                if (piece.inner() < axis.inner()) {
                    operand.rows = rows;
                    operand.rowLength = piece.inner();
                    operand.stride = axis.inner();
                }
            }
        }
    }
}
