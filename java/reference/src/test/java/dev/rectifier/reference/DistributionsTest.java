package dev.rectifier.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.DType;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DistributionsTest {
    private static final MathContext PRECISION = new MathContext(70);
    private static final BigDecimal PI =
            new BigDecimal(
                    "3.14159265358979323846264338327950288419716939937510582097494459230781640628620899");

    /** Φ(z) by its Taylor series, with enough digits to bear the cancellation for |z| &lt; 9. */
    private static BigDecimal normalProbability(double z) {
        BigDecimal square = new BigDecimal(z).pow(2);
        BigDecimal power = new BigDecimal(z);
        BigDecimal sum = power;
        for (int k = 1; k < 400; k++) {
            power =
                    power.multiply(square, PRECISION)
                            .divide(BigDecimal.valueOf(-2L * k), PRECISION);
            sum = sum.add(power.divide(BigDecimal.valueOf(2L * k + 1), PRECISION), PRECISION);
        }
        BigDecimal root = PI.multiply(BigDecimal.valueOf(2)).sqrt(PRECISION);
        return sum.divide(root, PRECISION).add(new BigDecimal("0.5"));
    }

    private static double normalDensity(double z) {
        return Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
    }

    /**
     * From the smallest number that is ever drawn to 1/2, on both sides of where the approximation
     * changes.
     */
    private static DoubleStream tails() {
        SplittableRandom random = new SplittableRandom(1);
        return DoubleStream.concat(
                DoubleStream.of(
                        0x1p-53,
                        0x1p-33,
                        0x1.fp-37,
                        Math.exp(-25),
                        0.02275,
                        0.075,
                        Math.nextDown(0.075),
                        0.5),
                IntStream.range(0, 600)
                        .mapToDouble(
                                i ->
                                        i < 400
                                                ? Math.scalb(random.nextDouble(0.5, 1), -i / 8) / 2
                                                : random.nextDouble(0.02, 0.5)));
    }

    @Test
    @Tag("thorough")
    void theQuantileInvertsTheNormalDistribution() {
        double worst =
                tails().map(
                                t -> {
                                    double z = Distributions.lowerQuantile(t);
                                    double excess =
                                            normalProbability(z)
                                                    .subtract(new BigDecimal(t))
                                                    .doubleValue();
                                    return Math.abs(excess / normalDensity(z)) / Math.max(1, -z);
                                })
                        .max()
                        .orElseThrow();
        assertTrue(worst < 1e-15, "error " + worst);
    }

    @Test
    void theQuantileIsMonotonicWhereTheApproximationChanges() {
        for (double t : new double[] {0.075, Math.exp(-25)}) {
            double below = Distributions.lowerQuantile(t * (1 - 1e-12));
            double above = Distributions.lowerQuantile(t * (1 + 1e-12));
            assertTrue(below < Distributions.lowerQuantile(t), () -> "at " + t);
            assertTrue(above > Distributions.lowerQuantile(t), () -> "at " + t);
        }
    }

    @Test
    void theLogarithmIsWithinTwoUlp() {
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < 100_000; i++) {
            double t = Math.scalb(random.nextDouble(0.5, 1), -(i % 60));
            double expected = StrictMath.log(t);
            assertEquals(expected, Distributions.log(t), 2 * Math.ulp(expected), () -> "log " + t);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.rectifier.DType#arithmeticTypes")
    void aNormalValueIsScaledAndShiftedInItsType(DType dtype) {
        assertEquals(
                dtype.round(3 - 2 * dtype.round(1.2815515655446004)),
                Distributions.scaled(dtype, dtype.round(-1.2815515655446004), 3, 2));
        assertEquals(
                dtype == DType.FLOAT32 ? 0.1f + 0.3f * 0.7f : 0.1 + 0.3 * 0.7f,
                Distributions.scaled(dtype, 0.7f, 0.1, 0.3));
        assertEquals(3, Distributions.scaled(dtype, 1.5, 3, 0));
    }

    @Test
    void normalAndTruncatedQuantilesAreSymmetric() {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 1000; i++) {
            double p = (random.nextInt(1 << 20) + 0.5) * 0x1p-20;
            assertEquals(-Distributions.normal(p), Distributions.normal(1 - p));
            assertEquals(-Distributions.truncatedNormal(p), Distributions.truncatedNormal(1 - p));
            int word = random.nextInt();
            assertEquals(-FloatQuantile.normal(word), FloatQuantile.normal(~word));
            assertEquals(
                    -FloatQuantile.truncatedNormal(word), FloatQuantile.truncatedNormal(~word));
        }
        assertEquals(1.2815515655446004, Distributions.normal(0.9), 1e-15);
    }

    @Test
    void theQuantileOfFloatIsThatOfDoubleToAFewUlp() {
        // Every piece many times, and the first and last word of each.
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 200_000; i++) {
            int shift = i % 32;
            int word = i < 64 ? (1 << shift) - i / 32 : random.nextInt() >>> shift;
            double p = (Integer.toUnsignedLong(word) + 0.5) * 0x1p-32;
            float normal = FloatQuantile.normal(word);
            assertEquals(Distributions.normal(p), normal, 2.3 * Math.ulp(normal), "word " + word);
            float cut = FloatQuantile.truncatedNormal(word);
            assertEquals(
                    Distributions.truncatedNormal(p), cut, 3.1 * Math.ulp(cut), "word " + word);
        }
    }

    @Test
    void truncatedQuantilesReachTheCutAndStayWithin() {
        for (int word : new int[] {0, 1, 2, 100}) {
            assertEquals(-2, FloatQuantile.truncatedNormal(word), 6e-7);
            assertTrue(FloatQuantile.truncatedNormal(word) >= -2);
            assertTrue(FloatQuantile.truncatedNormal(~word) <= 2);
        }
        assertEquals(-2, Distributions.truncatedNormal(0x1p-53), 1e-14);
        assertTrue(Distributions.truncatedNormal(0x1p-53) >= -2);
        assertTrue(Distributions.truncatedNormal(1 - 0x1p-53) <= 2);
    }

    @Test
    void truncatedValuesHaveTheStandardDeviationThatVarianceScalingDividesBy() {
        int n = 1 << 16;
        double doubles = 0;
        double floats = 0;
        for (int i = 0; i < n; i++) {
            doubles += Math.pow(Distributions.truncatedNormal((i + 0.5) / n), 2);
            floats += Math.pow(FloatQuantile.truncatedNormal(i << 16 | 0x7FFF), 2);
        }
        assertEquals(0.87962566103423978, Math.sqrt(doubles / n), 1e-6);
        assertEquals(0.87962566103423978, Math.sqrt(floats / n), 1e-6);
    }

    @ParameterizedTest
    @MethodSource("dev.rectifier.DType#arithmeticTypes")
    void uniformValuesNeverReachTheUpperBound(DType dtype) {
        double next = dtype == DType.FLOAT32 ? Math.nextUp(1f) : Math.nextUp(1.0);
        double[][] bounds = {
            {0, 1}, {-1, 1}, {-0.05, 0.05}, {1, next}, {1e6, 1e6 + 0.1}, {-1e-45, 0}, {-3e38, 3e38}
        };
        for (double[] bound : bounds) {
            for (double u :
                    new double[] {
                        0, 0x1p-24, 0.5, 1 - 0x1p-24, dtype == DType.FLOAT32 ? 0 : 1 - 0x1p-53
                    }) {
                double value = Distributions.uniform(dtype, u, bound[0], bound[1]);
                double low = dtype.round(bound[0]);
                double high = dtype.round(bound[1]);
                assertTrue(
                        value >= low && value < high,
                        () -> value + " of [" + low + ", " + high + ") for " + u);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.rectifier.DType#arithmeticTypes")
    void equalBoundsGiveTheBound(DType dtype) {
        assertEquals(dtype.round(0.1), Distributions.uniform(dtype, 0.75, 0.1, 0.1));
    }

    @ParameterizedTest
    @CsvSource({"0, -0.05", "0.5, 0", "0.25, -0.025"})
    void uniformValuesAreLinearInTheDraw(double u, double expected) {
        assertEquals(expected, Distributions.uniform(DType.FLOAT64, u, -0.05, 0.05), 1e-17);
        assertEquals((float) expected, Distributions.uniform(DType.FLOAT32, u, -0.05, 0.05), 4e-9);
    }
}
