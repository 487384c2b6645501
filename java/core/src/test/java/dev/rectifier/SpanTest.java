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
import java.nio.ShortBuffer;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.ShortPointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
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
                Span.of(DType.BFLOAT16, new short[8], 2, 3),
                Span.of(DType.FLOAT16, new short[8], 2, 3),
                Span.of(
                        DType.FLOAT16,
                        ShortBuffer.allocate(8).position(1).slice().position(1).limit(4)),
                Span.of(
                        DType.BFLOAT16,
                        ByteBuffer.allocate(16)
                                .order(ByteOrder.nativeOrder())
                                .asShortBuffer()
                                .slice(2, 3)),
                Span.of(
                        DType.FLOAT16,
                        direct(16).asShortBuffer().position(1).slice().position(1).limit(4)),
                Span.of(DType.BFLOAT16, new ShortPointer(8).position(2).limit(5)),
                Span.allocate(DType.BFLOAT16, 8).slice(2, 3),
                Span.allocate(DType.FLOAT16, 8).slice(2, 3),
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
        Span source = Span.allocate(span.dtype(), 3);
        for (int i = 0; i < 3; i++) {
            source.set(i, 1 + i);
        }
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
    void theBitsOfSixteenAreThoseOfTheType() {
        short[] bits = new short[2];
        Span.of(DType.BFLOAT16, bits).set(0, -1.5);
        Span.of(DType.FLOAT16, bits).set(1, -1.5);
        assertEquals((short) 0xBFC0, bits[0]);
        assertEquals((short) 0xBE00, bits[1]);
    }

    @ParameterizedTest
    @EnumSource(names = {"BFLOAT16", "FLOAT16"})
    void aValueIsRoundedOnceAndNotToFloatFirst(DType dtype) {
        Span span = Span.allocate(dtype, 1);
        // As a float it is halfway between 1 and the next number, and the even one is 1.
        double halfway = dtype == DType.BFLOAT16 ? 1 + 0x1p-8 : 1 + 0x1p-11;
        span.set(0, halfway + 0x1p-40);
        assertEquals(2 * halfway - 1, span.get(0));
        span.set(0, (float) (halfway + 0x1p-40));
        assertEquals(1, span.get(0));
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64"})
    void shortsAreOfATypeOfSixteenBits(DType dtype) {
        List<Executable> calls =
                List.of(
                        () -> Span.of(dtype, new short[1]),
                        () -> Span.of(dtype, new short[1], 0, 1),
                        () -> Span.of(dtype, ShortBuffer.allocate(1)),
                        () -> Span.of(dtype, new ShortPointer(1)));
        for (Executable call : calls) {
            assertEquals(
                    "dtype is " + dtype + ", not one of 16 bits: BFLOAT16 or FLOAT16",
                    assertThrows(IllegalArgumentException.class, call).getMessage());
        }
    }

    @Test
    void aSpanIsDescribedByItsOwnerAndRange() {
        assertEquals("float[][2, 5)", Span.of(new float[8], 2, 3).toString());
    }
}
