package dev.rectifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AxisTest {
    @Test
    void anAxisKnowsWhatIsBeforeAndAfterIt() {
        assertEquals(new Axis(1, 2, 12), Axis.of(0, 2, 3, 4));
        assertEquals(new Axis(2, 3, 4), Axis.of(1, 2, 3, 4));
        assertEquals(new Axis(6, 4, 1), Axis.of(2, 2, 3, 4));
        assertEquals(24, Axis.of(1, 2, 3, 4).elements());
    }

    @Test
    void negativeNumbersCountFromTheEnd() {
        assertEquals(Axis.of(2, 2, 3, 4), Axis.of(-1, 2, 3, 4));
        assertEquals(Axis.of(0, 2, 3, 4), Axis.of(-3, 2, 3, 4));
    }

    @Test
    void rowsOfAMatrixAndASharedValueHaveTheirOwnNames() {
        assertEquals(Axis.of(-1, 5, 7), Axis.ofRows(5, 7));
        assertEquals(Axis.of(0, 1, 35), Axis.shared(35));
    }

    @Test
    void neighbouringAxesCanBeTakenAsOne() {
        assertEquals(new Axis(2, 60, 1), Axis.block(1, 3, 2, 3, 4, 5));
        assertEquals(new Axis(2, 12, 5), Axis.block(1, 2, 2, 3, 4, 5));
        assertEquals(new Axis(6, 1, 20), Axis.block(2, 0, 2, 3, 4, 5));
    }

    @Test
    void anAxisMayBeEmpty() {
        assertEquals(new Axis(2, 0, 4), Axis.of(1, 2, 0, 4));
        assertEquals(0, Axis.of(1, 2, 0, 4).elements());
    }

    @ParameterizedTest
    @ValueSource(ints = {3, -4, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void anAxisThatIsNotThereIsRejectedWithItsNumberAndTheShape(int axis) {
        var e = assertThrows(IllegalArgumentException.class, () -> Axis.of(axis, 2, 3, 4));
        assertTrue(e.getMessage().contains("axis " + axis + " "), e.getMessage());
        assertTrue(e.getMessage().contains("[2, 3, 4]"), e.getMessage());
    }

    @Test
    void aScalarHasNoAxis() {
        for (int axis : new int[] {0, -1}) {
            var e = assertThrows(IllegalArgumentException.class, () -> Axis.of(axis));
            assertEquals("axis " + axis + " is not in a scalar, shape []", e.getMessage());
        }
    }

    @Test
    void aBlockThatIsNotThereIsRejectedWithTheShape() {
        for (int[] block : new int[][] {{-1, 1}, {0, -1}, {1, 3}, {1, Integer.MAX_VALUE}}) {
            var e =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> Axis.block(block[0], block[1], 2, 3, 4));
            assertTrue(e.getMessage().contains("[2, 3, 4]"), e.getMessage());
        }
    }

    /** Whatever multiplies sizes that are given in an array. */
    static Map<String, Function<long[], Object>> products() {
        return Map.of(
                "new Axis", s -> new Axis(s[0], s[1], s[2]),
                "Axis.of", s -> Axis.of(-1, s),
                "Axis.block of all", s -> Axis.block(0, 3, s),
                "Axis.block of one", s -> Axis.block(1, 1, s),
                "Shape.keras", Shape::keras,
                "Shape.torch", Shape::torch,
                "Shape.of", s -> Shape.of(Shape.Layout.TORCH, s));
    }

    static Stream<Arguments> sizesThatAreNone() {
        long huge = 1L << 40;
        long[][] negative = {{-1, 1, 1}, {1, -1, 1}, {1, 1, -1}, {2, -3, -4}, {-2, -3, 4}};
        long[][] more = {{-2, 0, 2}, {0, 2, -1}, {Long.MIN_VALUE, 2, 1}, {-1, -1, Long.MIN_VALUE}};
        // The product of the last two, or of the others before the 0, wraps around to 0 or beyond.
        long[][] large = {
            {huge, huge, 1}, {1, huge, huge}, {huge, 1, huge}, {huge, huge, 0}, {0, huge, huge}
        };
        long[][] wrapping = {{1L << 32, 1L << 32, 1}, {Long.MAX_VALUE, Long.MAX_VALUE, 4}};
        return products().keySet().stream()
                .flatMap(
                        name ->
                                Stream.of(negative, more, large, wrapping)
                                        .flatMap(Stream::of)
                                        .map(sizes -> Arguments.of(name, sizes)));
    }

    @ParameterizedTest
    @MethodSource("sizesThatAreNone")
    void noFactoryTakesANegativeSizeOrAProductThatOverflows(String name, long[] sizes) {
        var e =
                assertThrows(
                        IllegalArgumentException.class, () -> products().get(name).apply(sizes));
        boolean negative = Arrays.stream(sizes).anyMatch(size -> size < 0);
        assertTrue(
                e.getMessage().startsWith(negative ? "negative size in " : "more than "),
                e.getMessage());
        assertTrue(
                e.getMessage()
                        .contains(
                                name.equals("new Axis")
                                        ? " in [outer, size, inner]: "
                                        : " in shape: "),
                e.getMessage());
        assertTrue(e.getMessage().endsWith(Arrays.toString(sizes)), e.getMessage());
    }

    @Test
    void sizesOfMatricesAndSharedValuesAreNamedAsTheirArgumentsAre() {
        var rows = assertThrows(IllegalArgumentException.class, () -> Axis.ofRows(-1, -2));
        assertEquals("negative size in [rows, columns]: [-1, -2]", rows.getMessage());
        var n = assertThrows(IllegalArgumentException.class, () -> Axis.shared(-1));
        assertEquals("negative size in [n]: [-1]", n.getMessage());
        Span x = Span.of(new float[6]);
        var units =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> DenseKernel.backward(x, x, x, Optional.empty(), x, x, 2, -3, -2));
        assertEquals("negative size in shape of x: [2, -3]", units.getMessage());
    }

    @Test
    void aProductThatJustFitsIsTaken() {
        assertEquals(Long.MAX_VALUE, Axis.of(1, 7, Long.MAX_VALUE / 7).elements());
        assertEquals(0, Axis.of(0, 1L << 40, 0, 1L << 22).elements());
        assertThrows(IllegalArgumentException.class, () -> Shape.keras((1L << 60) + 1));
    }
}
