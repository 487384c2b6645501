package dev.rectifier.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.DType;
import dev.rectifier.RandomKey;
import dev.rectifier.reference.Draws.Purpose;
import java.util.Arrays;
import java.util.function.LongToDoubleFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class Philox4x32Test {
    /**
     * The known answers for philox4x32-10 that the authors publish with Random123, as numbers of 64
     * bits.
     */
    @ParameterizedTest
    @CsvSource({
        "0000000000000000, 0000000000000000, 0000000000000000, 6627e8d5 e169c58d bc57ac4c 9b00dbd8",
        "ffffffffffffffff, ffffffffffffffff, ffffffffffffffff, 408f276d 41c83b0e a20bc7c6 6d5451fd",
        "85a308d3243f6a88, 0370734413198a2e, 299f31d0a4093822, d16cfe09 94fdcceb 5001e420 24126ea1"
    })
    void theKnownAnswersAreReproduced(
            String counterLow, String counterHigh, String key, String words) {
        int[] expected =
                Arrays.stream(words.split(" "))
                        .mapToInt(word -> Integer.parseUnsignedInt(word, 16))
                        .toArray();
        assertArrayEquals(
                expected,
                Philox4x32.block(
                        Long.parseUnsignedLong(counterLow, 16),
                        Long.parseUnsignedLong(counterHigh, 16),
                        Long.parseUnsignedLong(key, 16)));
    }

    @Test
    void aFloatTakesOneWordOfABlockAndADoubleTwo() {
        int[] block = Philox4x32.block(1, 5, 42);
        RandomKey key = new RandomKey(42, 5);
        Draws floats = new Draws(DType.FLOAT32, Purpose.INITIALIZER, key);
        Draws doubles = new Draws(DType.FLOAT64, Purpose.INITIALIZER, key);
        for (int word = 0; word < 4; word++) {
            assertEquals((block[word] >>> 8) / 0x1p24, floats.unit(4 + word));
            assertEquals(
                    (Integer.toUnsignedLong(block[word]) + 0.5) / 0x1p32, floats.open(4 + word));
        }
        for (int pair = 0; pair < 2; pair++) {
            long bits = Integer.toUnsignedLong(block[2 * pair]) | (long) block[2 * pair + 1] << 32;
            assertEquals((bits >>> 11) / 0x1p53, doubles.unit(2 + pair));
            assertEquals(((bits >>> 12) + 0.5) / 0x1p52, doubles.open(2 + pair));
        }
    }

    @Test
    void thePurposeIsInTheHighestBitsOfTheBlockNumber() {
        RandomKey key = new RandomKey(42, 5);
        assertEquals(
                (Philox4x32.block(1L << 60, 5, 42)[0] >>> 8) / 0x1p24,
                new Draws(DType.FLOAT32, Purpose.RRELU, key).unit(0));
    }

    @ParameterizedTest
    @MethodSource("dev.rectifier.DType#arithmeticTypes")
    void seedStreamAndPurposeEachGiveOtherNumbers(DType dtype) {
        double draw = new Draws(dtype, Purpose.INITIALIZER, new RandomKey(1, 2)).unit(0);
        assertNotEquals(draw, new Draws(dtype, Purpose.INITIALIZER, new RandomKey(2, 2)).unit(0));
        assertNotEquals(draw, new Draws(dtype, Purpose.INITIALIZER, new RandomKey(1, 3)).unit(0));
        assertNotEquals(
                draw, new Draws(dtype, Purpose.INITIALIZER, new RandomKey(1, 2L << 32)).unit(0));
        assertNotEquals(draw, new Draws(dtype, Purpose.RRELU, new RandomKey(1, 2)).unit(0));
    }

    @ParameterizedTest
    @MethodSource("dev.rectifier.DType#arithmeticTypes")
    void theFirstDrawIsAnOffsetUpToTheVeryLast(DType dtype) {
        long last = RandomKey.MAX_DRAWS - 1;
        for (long first : new long[] {0, 1, 2, 3, 5, 1_000_003, 1L << 34, last - 4}) {
            Draws shifted = new Draws(dtype, Purpose.INITIALIZER, new RandomKey(7, 8, first));
            Draws whole = new Draws(dtype, Purpose.INITIALIZER, new RandomKey(7, 8));
            for (int i = 0; i < 5; i++) {
                assertEquals(whole.unit(first + i), shifted.unit(i));
                assertEquals(whole.open(first + i), shifted.open(i));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.rectifier.DType#arithmeticTypes")
    void numbersAreUniform(DType dtype) {
        Draws draws = new Draws(dtype, Purpose.INITIALIZER, new RandomKey(42, 0));
        assertUniform(draws::unit);
        assertUniform(draws::open);
    }

    /** Kolmogorov–Smirnov: 1.95/√n is exceeded by one seed in a thousand. */
    private static void assertUniform(LongToDoubleFunction draw) {
        int n = 100_000;
        double[] sorted = LongStream.range(0, n).mapToDouble(draw).sorted().toArray();
        double distance = 0;
        for (int i = 0; i < n; i++) {
            distance =
                    Math.max(
                            distance,
                            Math.max(sorted[i] - (double) i / n, (i + 1.0) / n - sorted[i]));
        }
        assertTrue(distance < 1.95 / Math.sqrt(n), "distance " + distance);
    }
}
