package dev.rectifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.stream.Stream;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SpanTest {
    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    /** Spans of three elements, each in the middle of something larger. */
    static Stream<Span> everyKind() {
        return Stream.of(
                Span.of(new float[8], 2, 3),
                Span.of(new double[8], 2, 3),
                Span.of(FloatBuffer.allocate(8).position(1).slice().position(1).limit(4)),
                Span.of(DoubleBuffer.allocate(8).position(1).slice().position(1).limit(4)),
                Span.of(
                        ByteBuffer.allocate(32)
                                .order(ByteOrder.nativeOrder())
                                .asFloatBuffer()
                                .slice(2, 3)),
                Span.of(direct(32).asFloatBuffer().position(1).slice().position(1).limit(4)),
                Span.of(direct(64).asDoubleBuffer().position(1).slice().position(1).limit(4)),
                Span.of(new FloatPointer(8).position(2).limit(5)),
                Span.of(new DoublePointer(8).position(2).limit(5)),
                Span.allocate(DType.FLOAT32, 8).slice(2, 3),
                Span.allocate(DType.FLOAT64, 8).slice(2, 3));
    }

    @ParameterizedTest
    @MethodSource("everyKind")
    void whatIsSetIsReadAgainRoundedToTheType(Span span) {
        assertEquals(3, span.length());
        for (int i = 0; i < 3; i++) {
            span.set(i, 0.1 + i);
        }
        for (int i = 0; i < 3; i++) {
            assertEquals(span.dtype().round(0.1 + i), span.get(i));
        }
    }

    @ParameterizedTest
    @MethodSource("everyKind")
    void anIndexOutsideIsRejectedWithIndexAndLength(Span span) {
        for (long index : new long[] {-1, 3, Long.MAX_VALUE, Long.MIN_VALUE}) {
            for (var e :
                    new Exception[] {
                        assertThrows(IndexOutOfBoundsException.class, () -> span.get(index)),
                        assertThrows(IndexOutOfBoundsException.class, () -> span.set(index, 1))
                    }) {
                assertTrue(e.getMessage().contains(Long.toString(index)), e.getMessage());
                assertTrue(e.getMessage().contains("3"), e.getMessage());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("everyKind")
    void aSliceIsAWindowOnTheSameMemory(Span span) {
        Span slice = span.slice(1, 2);
        slice.set(1, 7);
        assertEquals(7, span.get(2));
        assertSame(span.owner(), slice.owner());
        assertEquals(span.offset() + 1, slice.offset());
        assertEquals(0, span.slice(3, 0).length());
    }

    @ParameterizedTest
    @MethodSource("everyKind")
    void aSliceThatDoesNotFitIsRejectedWithItsNumbers(Span span) {
        long[][] wrong = {
            {-1, 1}, {0, 4}, {3, 1}, {1, -1}, {Long.MAX_VALUE, 1}, {1, Long.MAX_VALUE}
        };
        for (long[] slice : wrong) {
            var e =
                    assertThrows(
                            IndexOutOfBoundsException.class, () -> span.slice(slice[0], slice[1]));
            assertEquals(
                    "offset "
                            + slice[0]
                            + " and length "
                            + slice[1]
                            + " are not within span of length 3",
                    e.getMessage());
        }
    }

    @ParameterizedTest
    @MethodSource("everyKind")
    void aSpanIsOnTheHeapOrOffTheHeapOrAView(Span span) {
        assertFalse(span.isHeap() && span.isOffHeap());
        assertEquals(span.isHeap(), span.owner().getClass().isArray());
        assertFalse(span.isReadOnly());
    }

    @ParameterizedTest
    @MethodSource("everyKind")
    void allElementsCanBeCopied(Span span) {
        Span source =
                span.dtype() == DType.FLOAT32
                        ? Span.of(new float[] {1, 2, 3})
                        : Span.of(new double[] {1, 2, 3});
        span.copyFrom(source);
        assertEquals(1, span.get(0));
        assertEquals(3, span.get(2));
    }

    @Test
    void aHeapBufferIsItsArray() {
        float[] array = new float[8];
        Span span = Span.of(FloatBuffer.wrap(array, 1, 6).slice().position(2));
        assertSame(array, span.owner());
        assertEquals(3, span.offset());
        assertEquals(4, span.length());
    }

    @Test
    void laterChangesOfPositionAndLimitDoNotMatter() {
        FloatBuffer heap = FloatBuffer.wrap(new float[] {0, 1, 2, 3}).position(1);
        FloatBuffer direct = direct(16).asFloatBuffer().put(new float[] {0, 1, 2, 3}).position(1);
        FloatPointer pointer = new FloatPointer(0, 1, 2, 3).position(1);
        Span[] spans = {Span.of(heap), Span.of(direct), Span.of(pointer)};
        heap.clear();
        direct.position(3).limit(3);
        pointer.position(3);
        for (Span span : spans) {
            assertEquals(3, span.length(), span::toString);
            assertEquals(1, span.get(0), span::toString);
            assertEquals(3, span.get(2), span::toString);
        }
    }

    @Test
    void makingASpanMovesNothing() {
        FloatBuffer buffer = direct(16).asFloatBuffer().position(1).limit(3);
        FloatPointer pointer = new FloatPointer(4).position(1).limit(3);
        Span.of(buffer).set(0, 5);
        Span.of(pointer).set(0, 5);
        assertEquals(1, buffer.position());
        assertEquals(3, buffer.limit());
        assertEquals(1, pointer.position());
        assertEquals(3, pointer.limit());
    }

    @Test
    void readOnlyBuffersAreReadOnlySpans() {
        assertTrue(Span.of(FloatBuffer.allocate(2).asReadOnlyBuffer()).isReadOnly());
        assertTrue(Span.of(direct(16).asDoubleBuffer().asReadOnlyBuffer()).isReadOnly());
    }

    @Test
    void newMemoryIsZeroAndOffTheHeap() {
        Span span = Span.allocate(DType.FLOAT64, 5);
        assertTrue(span.isOffHeap());
        for (int i = 0; i < 5; i++) {
            assertEquals(0, span.get(i));
        }
        assertEquals(0, Span.allocate(DType.FLOAT32, 0).length());
    }

    @Test
    void aSpanIsDescribedByItsOwnerAndRange() {
        assertEquals("float[][2, 5)", Span.of(new float[8], 2, 3).toString());
    }
}
