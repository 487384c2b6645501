package dev.rectifier.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.DType;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

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
    @EnumSource(DType.class)
    void aNormalValueIsTheQuantileScaledAndShifted(DType dtype) {
        assertEquals(dtype.round(3), Distributions.normal(dtype, 0.5, 3, 2));
        assertEquals(
                dtype.round(3 - 2 * 1.2815515655446004),
                Distributions.normal(dtype, 0.1, 3, 2),
                1e-15);
        assertEquals(
                dtype.round(3 + 2 * 1.2815515655446004),
                Distributions.normal(dtype, 0.9, 3, 2),
                1e-15);
        assertEquals(3, Distributions.normal(dtype, 0.9, 3, 0));
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void normalAndTruncatedValuesAreSymmetric(DType dtype) {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 1000; i++) {
            double p = (random.nextInt(1 << 20) + 0.5) * 0x1p-20;
            assertEquals(
                    -Distributions.normal(dtype, p, 0, 2),
                    Distributions.normal(dtype, 1 - p, 0, 2));
            assertEquals(
                    -Distributions.truncatedNormal(dtype, p, 0, 2),
                    Distributions.truncatedNormal(dtype, 1 - p, 0, 2));
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void truncatedValuesReachTheCutAndStayWithin(DType dtype) {
        double[] ends = {0x1p-53, 0x1p-33, 1 - 0x1p-33, 1 - 0x1p-53};
        for (double p : ends) {
            for (double[] normal : new double[][] {{0, 1}, {0.3, 0.1}, {1e6, 1e-3}, {0, 1e-40}}) {
                double value = Distributions.truncatedNormal(dtype, p, normal[0], normal[1]);
                double low = dtype.round(normal[0] - 2 * normal[1]);
                double high = dtype.round(normal[0] + 2 * normal[1]);
                assertTrue(value >= low && value <= high, () -> value + " for " + p);
                assertEquals(
                        p < 0.5 ? low : high,
                        value,
                        Math.max(2e-7 * normal[1], 0),
                        () -> "end for " + p);
            }
        }
    }

    @Test
    void truncatedValuesHaveTheStandardDeviationThatVarianceScalingDividesBy() {
        int n = 1 << 16;
        double squares =
                IntStream.range(0, n)
                        .mapToDouble(
                                i ->
                                        Distributions.truncatedNormal(
                                                DType.FLOAT64, (i + 0.5) / n, 0, 1))
                        .map(z -> z * z)
                        .sum();
        assertEquals(0.87962566103423978, Math.sqrt(squares / n), 1e-6);
    }

    @ParameterizedTest
    @EnumSource(DType.class)
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
    @EnumSource(DType.class)
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
