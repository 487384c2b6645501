package dev.rectifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HalfFormatTest {
    private static final HalfFormat BFLOAT16 = DType.BFLOAT16.half();
    private static final HalfFormat FLOAT16 = DType.FLOAT16.half();

    static Stream<HalfFormat> both() {
        return Stream.of(BFLOAT16, FLOAT16);
    }

    private static int infinity(HalfFormat format) {
        return format == BFLOAT16 ? 0x7F80 : 0x7C00;
    }

    private static double value(HalfFormat format, int bits) {
        return format.value((short) bits);
    }

    private static int nearest(HalfFormat format, double value) {
        return format.nearest(value) & 0xFFFF;
    }

    @Test
    void bfloat16IsTheUpperHalfOfAFloat() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            assertEquals((double) Float.intBitsToFloat(bits << 16), value(BFLOAT16, bits));
        }
    }

    @Test
    void float16HasTheValuesOfBinary16() {
        for (int bits = 0; bits < 0x7C00; bits++) {
            int fraction = bits & 0x3FF;
            double expected =
                    bits < 0x400
                            ? fraction * 0x1p-24
                            : (1 + fraction * 0x1p-10) * Math.pow(2, (bits >> 10) - 15);
            assertEquals(expected, value(FLOAT16, bits));
            assertEquals(-expected, value(FLOAT16, bits | 0x8000));
        }
        assertEquals(65504, value(FLOAT16, 0x7BFF));
        assertEquals(Double.POSITIVE_INFINITY, value(FLOAT16, 0x7C00));
        assertEquals(Double.NEGATIVE_INFINITY, value(FLOAT16, 0xFC00));
    }

    @ParameterizedTest
    @MethodSource("both")
    void everyNumberIsTheNearestToItself(HalfFormat format) {
        for (int bits = 0; bits < 1 << 16; bits++) {
            boolean isNan = (bits & 0x7FFF) > infinity(format);
            int quiet = isNan ? bits | 1 << format.mantissaBits() - 1 : bits;
            assertEquals(isNan, Double.isNaN(value(format, bits)));
            assertEquals(quiet, nearest(format, value(format, bits)));
        }
    }

    @ParameterizedTest
    @MethodSource("both")
    void betweenTwoNumbersTheNearerIsTakenAndHalfwayTheEvenOne(HalfFormat format) {
        for (int bits = 0; bits < infinity(format); bits++) {
            double here = value(format, bits);
            // Above the greatest number is where the next would be.
            double next =
                    bits + 1 == infinity(format)
                            ? 2 * here - value(format, bits - 1)
                            : value(format, bits + 1);
            double halfway = (here + next) / 2;
            int even = bits % 2 == 0 ? bits : bits + 1;
            assertEquals(even, nearest(format, halfway));
            // The least that a float in between would have lost.
            assertEquals(bits, nearest(format, Math.nextDown(halfway)));
            assertEquals(bits + 1, nearest(format, Math.nextUp(halfway)));
            assertEquals(even | 0x8000, nearest(format, -halfway));
            assertEquals(bits + 1 | 0x8000, nearest(format, -Math.nextUp(halfway)));
        }
    }

    @ParameterizedTest
    @MethodSource("both")
    void whatIsTooLargeIsInfiniteAndWhatIsTooSmallIsZero(HalfFormat format) {
        for (double huge : new double[] {Double.MAX_VALUE, 1e300, Double.POSITIVE_INFINITY}) {
            assertEquals(infinity(format), nearest(format, huge));
            assertEquals(infinity(format) | 0x8000, nearest(format, -huge));
        }
        for (double tiny : new double[] {0, Double.MIN_VALUE, Double.MIN_NORMAL, 1e-300}) {
            assertEquals(0, nearest(format, tiny));
            assertEquals(0x8000, nearest(format, -tiny));
        }
    }

    @Test
    void aNanKeepsItsSignAndTheUpperBitsOfItsPayload() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 10_000; i++) {
            long bits = random.nextLong() | Double.doubleToRawLongBits(Double.NaN);
            int sign = bits < 0 ? 0x8000 : 0;
            double nan = Double.longBitsToDouble(bits);
            assertEquals(sign | 0x7FC0 | (int) (bits >>> 45) & 0x7F, nearest(BFLOAT16, nan));
            assertEquals(sign | 0x7E00 | (int) (bits >>> 42) & 0x3FF, nearest(FLOAT16, nan));
        }
    }

    @Test
    void typesRoundToWhatTheyHold() {
        assertEquals(0.10009765625, DType.BFLOAT16.round(0.1));
        assertEquals(0.0999755859375, DType.FLOAT16.round(0.1));
        assertTrue(Double.isNaN(DType.FLOAT16.round(Double.NaN)));
    }
}
