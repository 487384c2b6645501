package dev.rectifier.segments;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.Activation;
import dev.rectifier.Axis;
import dev.rectifier.AxisFunction;
import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Glu;
import dev.rectifier.Initializer;
import dev.rectifier.PRelu;
import dev.rectifier.Shape;
import dev.rectifier.Span;
import dev.rectifier.reference.ReferenceBackend;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SegmentsTest {
    private static final List<Integer> LENGTHS = List.of(0, 1, 7, 2048, 2049, 9_000);

    /** Where segments of so many bytes are. */
    enum Home {
        CONFINED(bytes -> Arena.ofConfined().allocate(bytes)),
        SHARED(bytes -> Arena.ofShared().allocate(bytes)),
        AUTOMATIC(bytes -> Arena.ofAuto().allocate(bytes)),
        GLOBAL(bytes -> Arena.global().allocate(bytes)),
        UNALIGNED(bytes -> Arena.ofShared().allocate(bytes + 1L).asSlice(1)),
        BUFFER(bytes -> MemorySegment.ofBuffer(ByteBuffer.allocateDirect(bytes))),
        BYTES(bytes -> MemorySegment.ofArray(new byte[bytes])),
        UNALIGNED_BYTES(bytes -> MemorySegment.ofArray(new byte[bytes + 3]).asSlice(3));

        private final IntFunction<MemorySegment> make;

        Home(IntFunction<MemorySegment> make) {
            this.make = make;
        }

        Span allocate(DType dtype, int length) {
            return Segments.span(dtype, make.apply(length * dtype.bytes()));
        }
    }

    private static Span filled(Span span) {
        for (int i = 0; i < span.length(); i++) {
            span.set(i, (i * 37 % 1001 - 500) / 64.0);
        }
        return span;
    }

    private static double[] values(Span span) {
        double[] values = new double[(int) span.length()];
        for (int i = 0; i < values.length; i++) {
            values[i] = span.get(i);
        }
        return values;
    }

    private static Span array(DType dtype, int length) {
        return switch (dtype) {
            case FLOAT32 -> Span.of(new float[length]);
            case FLOAT64 -> Span.of(new double[length]);
            case FLOAT16, BFLOAT16 -> Span.of(dtype, new short[length]);
        };
    }

    static Stream<Home> homes() {
        return Stream.of(Home.values());
    }

    @ParameterizedTest
    @MethodSource("homes")
    void elementwiseResultsHaveTheBitsOfArraysWhereverTheSegmentIs(Home home) {
        for (DType dtype : DType.values()) {
            for (int n : LENGTHS) {
                for (Elementwise f :
                        List.of(Elementwise.gelu(), Elementwise.relu(), Elementwise.elu(0.5))) {
                    Span x = filled(array(dtype, n));
                    Span expected = array(dtype, n);
                    Span a = filled(home.allocate(dtype, n));
                    Span b = home.allocate(dtype, n);
                    f.forward(x, expected);
                    f.forward(a, b);
                    assertArrayEquals(values(expected), values(b), f + " of " + n + " " + dtype);
                    f.forward(x, b);
                    assertArrayEquals(values(expected), values(b), "from an array");
                    f.forward(a, a);
                    assertArrayEquals(values(expected), values(a), "in place");
                    f.backward(x, x, expected);
                    filled(a);
                    f.backward(a, x, b);
                    assertArrayEquals(values(expected), values(b), "backward");
                }
            }
        }
    }

    @Test
    void everyElementwiseFunctionTakesThem() {
        Span x = filled(array(DType.FLOAT32, 100));
        Span y = array(DType.FLOAT32, 100);
        Span a = filled(Home.SHARED.allocate(DType.FLOAT32, 100));
        Span b = Home.SHARED.allocate(DType.FLOAT32, 100);
        long count =
                Activation.definitions().stream()
                        .map(definition -> definition.withDefaults())
                        .filter(Elementwise.class::isInstance)
                        .map(Elementwise.class::cast)
                        .peek(
                                f -> {
                                    f.forward(x, y);
                                    f.forward(a, b);
                                    assertArrayEquals(values(y), values(b), f::toString);
                                })
                        .count();
        assertTrue(count > 30, count + " functions");
    }

    @ParameterizedTest
    @MethodSource("homes")
    void functionsOfOtherShapesHaveTheBitsOfArrays(Home home) {
        DType dtype = DType.FLOAT32;
        int n = 100 * 100;
        Axis rows = Axis.of(-1, 100, 100);
        Span x = filled(array(dtype, n));
        Span y = array(dtype, n);
        Span a = filled(home.allocate(dtype, n));
        Span b = home.allocate(dtype, n);

        AxisFunction.softmax().forward(x, y, rows);
        AxisFunction.softmax().forward(a, b, rows);
        assertArrayEquals(values(y), values(b));

        Glu.of(Elementwise.silu()).forward(x, x, y);
        Glu.of(Elementwise.silu()).forward(a, a, b);
        assertArrayEquals(values(y), values(b));

        Span slopes = filled(home.allocate(dtype, 100));
        new PRelu().forward(x, filled(array(dtype, 100)), y, rows);
        new PRelu().forward(a, slopes, b, rows);
        assertArrayEquals(values(y), values(b));

        Shape shape = Shape.keras(100, 100);
        for (Initializer weights :
                List.of(Initializer.heNormal(42), Initializer.orthogonal(1, 42))) {
            weights.initialize(shape, y);
            weights.initialize(shape, b);
            assertArrayEquals(values(y), values(b), weights::toString);
        }
    }

    @Test
    void arraysInSegmentsAreSpansOfTheArrays() {
        float[] floats = {1, 2, 3, 4};
        Span part = Segments.span(DType.FLOAT32, MemorySegment.ofArray(floats).asSlice(4, 8));
        assertTrue(part.isHeap());
        assertArrayEquals(new double[] {2, 3}, values(part));
        Elementwise.squaredRelu().forward(part, part);
        assertArrayEquals(new float[] {1, 4, 9, 4}, floats);
        double[] doubles = {-1, 2};
        Span all = Segments.span(DType.FLOAT64, MemorySegment.ofArray(doubles));
        Elementwise.relu().forward(all, all);
        assertArrayEquals(new double[] {0, 2}, doubles);
        short[] halves = {0x3FC0};
        Span half = Segments.span(DType.BFLOAT16, MemorySegment.ofArray(halves));
        assertEquals(1.5, half.get(0));
    }

    private static void assertRefused(String message, DType dtype, MemorySegment segment) {
        var e = assertThrows(IllegalArgumentException.class, () -> Segments.span(dtype, segment));
        assertEquals(message, e.getMessage().replaceAll("MemorySegment\\{.*?\\}", "S"));
    }

    @Test
    void whatIsNoWholeNumberOfElementsOrOfAnotherTypeIsRefused() {
        assertRefused(
                "segment has 10 bytes, which is no whole number of FLOAT32 of 4: S",
                DType.FLOAT32,
                Arena.ofAuto().allocate(10));
        assertRefused(
                "segment is of a int[], not of a float[] or byte[], which FLOAT32 is in: S",
                DType.FLOAT32,
                MemorySegment.ofArray(new int[2]));
        assertRefused(
                "segment is of a float[], not of a double[] or byte[], which FLOAT64 is in: S",
                DType.FLOAT64,
                MemorySegment.ofArray(new float[2]));
        assertRefused(
                "segment begins within an element of its float[], at byte 2: S",
                DType.FLOAT32,
                MemorySegment.ofArray(new float[2]).asSlice(2, 4));
        assertRefused(
                "segment is read-only and on the heap, which only one of a byte[] may be: S; a"
                        + " read-only buffer of the array makes a span, too",
                DType.FLOAT32,
                MemorySegment.ofArray(new float[2]).asReadOnly());
    }

    @Test
    void nullIsNamed() {
        MemorySegment segment = MemorySegment.ofArray(new float[1]);
        var e = assertThrows(NullPointerException.class, () -> Segments.span(null, segment));
        assertEquals("dtype", e.getMessage());
        e = assertThrows(NullPointerException.class, () -> Segments.span(DType.FLOAT32, null));
        assertEquals("segment", e.getMessage());
    }

    @Test
    void whatIsReadOnlyIsASourceAlone() {
        for (MemorySegment segment :
                List.of(Arena.ofAuto().allocate(8), MemorySegment.ofArray(new byte[8]))) {
            Span x = Segments.span(DType.FLOAT32, segment.asReadOnly());
            Span y = Span.of(new float[] {1, 1});
            Elementwise.gelu().forward(x, y);
            assertArrayEquals(new double[2], values(y));
            var e =
                    assertThrows(
                            IllegalArgumentException.class, () -> Elementwise.gelu().forward(y, x));
            assertTrue(e.getMessage().startsWith("y is read-only: "), e.getMessage());
        }
    }

    @Test
    void whatHasBeenClosedIsNotTouched() {
        for (boolean isShared : new boolean[] {false, true}) {
            Arena arena = isShared ? Arena.ofShared() : Arena.ofConfined();
            MemorySegment segment = arena.allocate(8);
            Span x = Segments.span(DType.FLOAT32, segment);
            arena.close();
            float[] y = {1, 1};
            var e =
                    assertThrows(
                            IllegalStateException.class,
                            () -> Elementwise.gelu().forward(x, Span.of(y)));
            assertTrue(e.getMessage().startsWith("x has been closed: "), e.getMessage());
            assertArrayEquals(new float[] {1, 1}, y);
            e =
                    assertThrows(
                            IllegalStateException.class,
                            () -> Segments.span(DType.FLOAT32, segment));
            assertTrue(e.getMessage().startsWith("segment has been closed: "), e.getMessage());
        }
    }

    @Test
    void anotherThreadMayNotUseAConfinedSegment() throws InterruptedException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment segment = arena.allocate(8);
            Span x = Segments.span(DType.FLOAT32, segment);
            Throwable[] thrown = new Throwable[2];
            Thread other =
                    new Thread(
                            () -> {
                                thrown[0] =
                                        assertThrows(
                                                WrongThreadException.class,
                                                () -> Elementwise.gelu().forward(x, x));
                                thrown[1] =
                                        assertThrows(
                                                WrongThreadException.class,
                                                () -> Segments.span(DType.FLOAT32, segment));
                            },
                            "other");
            other.start();
            other.join();
            assertTrue(
                    thrown[0].getMessage().startsWith("x belongs to another thread than Thread["),
                    thrown[0].getMessage());
            assertTrue(
                    thrown[1].getMessage().startsWith("segment belongs to another thread than"),
                    thrown[1].getMessage());
        }
    }

    @Test
    void overlapsAreSeenBetweenSegments() {
        MemorySegment segment = Arena.ofAuto().allocate(16);
        Span x = Segments.span(DType.FLOAT32, segment.asSlice(0, 12));
        Span y = Segments.span(DType.FLOAT32, segment.asSlice(4, 12));
        assertThrows(IllegalArgumentException.class, () -> Elementwise.gelu().forward(x, y));
        // The same memory by two segments is in place.
        Elementwise.gelu().forward(x, Segments.span(DType.FLOAT32, segment.asSlice(0, 12)));
    }

    /** Large results go past the caches, which takes addresses that are multiples. */
    @Test
    void manyUnalignedElementsHaveTheBitsOfAlignedOnes() {
        long n = (1 << 23) + 5;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment x = arena.allocate(4 * n + 1, 64);
            MemorySegment y = arena.allocate(4 * n + 1, 64);
            MemorySegment aligned = arena.allocate(4 * n, 64);
            for (long i = 0; i < n; i++) {
                x.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * i + 1, i * 1e-6f - 4);
            }
            Span in = Segments.span(DType.FLOAT32, x.asSlice(1));
            Elementwise.gelu().forward(in, Segments.span(DType.FLOAT32, aligned));
            Elementwise.gelu().forward(in, Segments.span(DType.FLOAT32, y.asSlice(1)));
            assertEquals(-1, aligned.mismatch(y.asSlice(1)));
        }
    }

    /** Of a file with holes, of which only what is touched takes memory. */
    @Test
    void theEndOfMoreElementsThanAnArrayHasIsReached(@TempDir Path directory) throws IOException {
        long n = (1L << 31) + 1000;
        try (FileChannel file =
                        FileChannel.open(
                                directory.resolve("holes"),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE);
                Arena arena = Arena.ofShared()) {
            MemorySegment segment =
                    file.map(FileChannel.MapMode.READ_WRITE, 0, n * Float.BYTES, arena);
            Span all = Segments.span(DType.FLOAT32, segment);
            assertEquals(n, all.length());
            Span end = all.slice(n - 10, 10);
            end.set(9, -1);
            end.set(8, 2);
            Elementwise.relu().forward(end, end);
            assertEquals(0, segment.get(ValueLayout.JAVA_FLOAT, (n - 1) * Float.BYTES));
            assertEquals(2, segment.get(ValueLayout.JAVA_FLOAT, (n - 2) * Float.BYTES));
            Span copy = Span.of(new float[10]);
            copy.copyFrom(end);
            assertEquals(2, copy.get(8));
        }
    }

    @Test
    void theReferenceTakesThemToo() {
        Span a = filled(Home.SHARED.allocate(DType.FLOAT32, 100));
        Span b = Home.SHARED.allocate(DType.FLOAT32, 100);
        new ReferenceBackend().forward(Elementwise.relu(), a, b, 1);
        Span x = filled(array(DType.FLOAT32, 100));
        Elementwise.relu().forward(x, x);
        assertArrayEquals(values(x), values(b));
    }

    @Test
    void anArenaCanBeClosedAfterCallsWereRefused() {
        Arena arena = Arena.ofShared();
        Span x = Segments.span(DType.FLOAT32, arena.allocate(8));
        Span other = Segments.span(DType.FLOAT32, Arena.ofAuto().allocate(12));
        assertThrows(IllegalArgumentException.class, () -> Elementwise.gelu().forward(x, other));
        arena.close();
        assertFalse(x.isReadOnly());
    }
}
