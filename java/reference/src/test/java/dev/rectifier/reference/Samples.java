package dev.rectifier.reference;

import dev.rectifier.Activation;
import dev.rectifier.DType;
import dev.rectifier.Definition;
import dev.rectifier.Elementwise;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Data and parameters for tests. */
final class Samples {
    private static final double[] SPECIAL = {
        0.0,
        -0.0,
        1,
        -1,
        3,
        -3,
        6,
        20,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        Double.NaN
    };
    private static final double[] PARAMETERS = {0, 0.2, -1.5, 7, 1e-3};

    private record Asked(DType dtype, long seed, int n) {}

    private static final Map<Asked, double[]> ANYTHING = new ConcurrentHashMap<>();
    private static final Map<Asked, Numbers> NUMBERS = new ConcurrentHashMap<>();

    private Samples() {}

    /**
     * Numbers of every kind: ordinary ones, all binades, where exp over- and underflows, denormals,
     * ±0, ±∞, NaN. Who asks for the same again gets the same array, which nobody may change.
     */
    static double[] anything(DType dtype, long seed, int n) {
        return ANYTHING.computeIfAbsent(new Asked(dtype, seed, n), Samples::anything);
    }

    /** The same in an array of their type. */
    static Numbers numbers(DType dtype, long seed, int n) {
        return NUMBERS.computeIfAbsent(
                new Asked(dtype, seed, n), asked -> Numbers.of(dtype, anything(asked)));
    }

    private static double[] anything(Asked asked) {
        DType dtype = asked.dtype;
        SplittableRandom random = new SplittableRandom(asked.seed);
        boolean single = dtype.arithmetic() == DType.FLOAT32;
        double range = single ? 110 : 760;
        DoubleSupplier[] kinds = {
            () -> 4 * random.nextGaussian(),
            random::nextGaussian,
            () -> random.nextDouble(-range, range),
            () -> random.nextDouble(-20, 20),
            () ->
                    single
                            ? Float.intBitsToFloat(random.nextInt())
                            : Double.longBitsToDouble(random.nextLong()),
            () -> Math.scalb(random.nextDouble(-2, 2), -random.nextInt(40)),
            () -> (single ? Float.MIN_NORMAL : Double.MIN_NORMAL) * random.nextDouble(-1, 1),
            () -> SPECIAL[random.nextInt(SPECIAL.length)]
        };
        return DoubleStream.generate(
                        () -> dtype.round(kinds[random.nextInt(kinds.length)].getAsDouble()))
                .limit(asked.n)
                .toArray();
    }

    /** Normally distributed numbers. */
    static double[] normal(DType dtype, long seed, int n) {
        SplittableRandom random = new SplittableRandom(seed);
        return DoubleStream.generate(() -> dtype.round(random.nextGaussian())).limit(n).toArray();
    }

    /** What a definition makes of its defaults, and of each parameter changed alone. */
    static <T> Stream<T> variations(Definition<T> definition) {
        Stream<T> changed =
                IntStream.range(0, definition.parameters().size())
                        .boxed()
                        .flatMap(
                                i ->
                                        DoubleStream.of(PARAMETERS)
                                                .boxed()
                                                .flatMap(value -> changed(definition, i, value)));
        return Stream.concat(Stream.of(definition.withDefaults()), changed);
    }

    private static <T> Stream<T> changed(Definition<T> definition, int parameter, double value) {
        double[] values = definition.defaults();
        values[parameter] = value;
        try {
            return Stream.of(definition.create(values));
        } catch (IllegalArgumentException illegal) {
            return Stream.empty();
        }
    }

    /** Every number of a type of 16 bits. */
    static short[] everyHalf() {
        short[] bits = new short[1 << 16];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = (short) i;
        }
        return bits;
    }

    /** All elementwise activations with several parameters each. */
    static Stream<Elementwise> elementwise() {
        return Activation.definitions().stream()
                .flatMap(Samples::variations)
                .filter(Elementwise.class::isInstance)
                .map(Elementwise.class::cast);
    }
}
