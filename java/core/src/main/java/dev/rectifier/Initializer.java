package dev.rectifier;

import dev.rectifier.Fill.Distribution;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Values that the weights of a layer start with: an immutable, thread-safe value.
 *
 * <p>Names and defaults are those of Keras, which differs from PyTorch in that {@code
 * glorotNormal}, {@code heNormal} and {@code lecunNormal} are truncated at two standard deviations,
 * with σ widened so that the variance after truncation is the one promised; {@code xavier_normal_}
 * and {@code kaiming_normal_} of PyTorch are plain normal distributions.
 *
 * <p>Weight i is a function of the seed, the stream and i alone: the same bits on every machine,
 * for any number of threads, from the native library and in pure Java, and the first k weights are
 * the same for any shape with the same fans. In Keras one seed gives two layers of one shape the
 * same weights; here each layer takes its own {@linkplain #withStream stream}.
 */
public final class Initializer {
    /** What {@code scale} is divided by. */
    public enum Mode {
        /** {@link Shape#fanIn}. */
        FAN_IN,
        /** {@link Shape#fanOut}. */
        FAN_OUT,
        /** (fan-in + fan-out) / 2. */
        FAN_AVG,
        /** √(fan-in · fan-out), as in JAX. */
        FAN_GEO_AVG
    }

    /** The shape of the distribution with variance scale / n. */
    public enum Form {
        /**
         * A normal distribution cut at ±2σ, where σ is such that the variance after the cut is
         * right.
         */
        TRUNCATED_NORMAL,
        /** A normal distribution. */
        UNTRUNCATED_NORMAL,
        /** A uniform distribution on ±√(3·scale/n). */
        UNIFORM
    }

    /** The standard deviation of N(0, 1) cut at ±2. */
    private static final double TRUNCATED_STDDEV = 0.87962566103423978;

    /** Works out a distribution from the parameters and the shape. */
    @FunctionalInterface
    private interface Plan {
        Fill fill(double[] parameters, Shape shape);
    }

    private record Rule(Definition<Initializer> definition, Plan plan) {}

    private static final List<Rule> RULES = new ArrayList<>();

    private static Rule define(String name, String formula, Plan plan, Parameter... parameters) {
        int index = RULES.size();
        Rule rule =
                new Rule(
                        new Definition<>(
                                name,
                                formula,
                                List.of(parameters),
                                p -> new Initializer(RULES.get(index), 0, 0, p)),
                        plan);
        RULES.add(rule);
        return rule;
    }

    private static Rule defineScaling(
            String name, String formula, double scale, Mode mode, Form form) {
        return define(name, formula, (p, shape) -> scaling(scale, mode, form, shape));
    }

    private static Fill scaling(double scale, Mode mode, Form form, Shape shape) {
        double fanIn = shape.fanIn();
        double fanOut = shape.fanOut();
        double n =
                switch (mode) {
                    case FAN_IN -> fanIn;
                    case FAN_OUT -> fanOut;
                    case FAN_AVG -> (fanIn + fanOut) / 2;
                    case FAN_GEO_AVG -> Math.sqrt(fanIn * fanOut);
                };
        return switch (form) {
            case TRUNCATED_NORMAL ->
                    new Fill(
                            Distribution.TRUNCATED_NORMAL,
                            0,
                            Math.sqrt(scale / n) / TRUNCATED_STDDEV);
            case UNTRUNCATED_NORMAL -> new Fill(Distribution.NORMAL, 0, Math.sqrt(scale / n));
            case UNIFORM -> {
                double limit = Math.sqrt(3 * scale / n);
                yield new Fill(Distribution.UNIFORM, -limit, limit);
            }
        };
    }

    private static final Rule ZEROS =
            define("zeros", "0", (p, shape) -> new Fill(Distribution.CONSTANT, 0, 0));

    /** All 0, the usual start of biases. */
    public static Initializer zeros() {
        return new Initializer(ZEROS, 0, 0);
    }

    private static final Rule ONES =
            define("ones", "1", (p, shape) -> new Fill(Distribution.CONSTANT, 1, 0));

    /** All 1. */
    public static Initializer ones() {
        return new Initializer(ONES, 0, 0);
    }

    private static final Rule CONSTANT =
            define(
                    "constant",
                    "value",
                    (p, shape) -> new Fill(Distribution.CONSTANT, p[0], 0),
                    Parameter.finite("value", 0));

    /**
     * All {@code value}.
     *
     * @param value any finite number
     */
    public static Initializer constant(double value) {
        return new Initializer(CONSTANT, 0, 0, value);
    }

    private static final Rule RANDOM_UNIFORM =
            define(
                    "randomUniform",
                    "U[minval, maxval)",
                    (p, shape) -> new Fill(Distribution.UNIFORM, p[0], p[1]),
                    Parameter.finite("minval", -0.05),
                    Parameter.finite("maxval", 0.05));

    /**
     * U[minval, maxval). The default of the registry is Keras's ±0.05; PyTorch's {@code uniform_}
     * has [0, 1).
     *
     * @throws IllegalArgumentException if a bound isn't finite or {@code minval > maxval}
     */
    public static Initializer randomUniform(double minval, double maxval, long seed) {
        return new Initializer(RANDOM_UNIFORM, seed, 0, minval, maxval);
    }

    private static final Rule RANDOM_NORMAL =
            define(
                    "randomNormal",
                    "N(mean, stddev^2)",
                    (p, shape) -> new Fill(Distribution.NORMAL, p[0], p[1]),
                    Parameter.finite("mean", 0),
                    Parameter.number("stddev", 0.05, 0, Double.MAX_VALUE));

    /**
     * N(mean, stddev²). The default of the registry is Keras's stddev 0.05; PyTorch's {@code
     * normal_} has 1.
     *
     * @param mean any finite number
     * @param stddev finite and ≥ 0
     */
    public static Initializer randomNormal(double mean, double stddev, long seed) {
        return new Initializer(RANDOM_NORMAL, seed, 0, mean, stddev);
    }

    private static final Rule TRUNCATED_NORMAL =
            define(
                    "truncatedNormal",
                    "N(mean, stddev^2) cut at mean +- 2 stddev",
                    (p, shape) -> new Fill(Distribution.TRUNCATED_NORMAL, p[0], p[1]),
                    Parameter.finite("mean", 0),
                    Parameter.number("stddev", 0.05, 0, Double.MAX_VALUE));

    /**
     * N(mean, stddev²) cut at mean ± 2·stddev; the standard deviation after the cut is
     * 0.8796·stddev, as in Keras. PyTorch's {@code trunc_normal_} cuts at −2 and 2, whatever stddev
     * is.
     *
     * @param mean any finite number
     * @param stddev finite and ≥ 0
     */
    public static Initializer truncatedNormal(double mean, double stddev, long seed) {
        return new Initializer(TRUNCATED_NORMAL, seed, 0, mean, stddev);
    }

    private static final Rule VARIANCE_SCALING =
            define(
                    "varianceScaling",
                    "variance scale / n, n by mode",
                    (p, shape) ->
                            scaling(
                                    p[0],
                                    Mode.values()[(int) p[1]],
                                    Form.values()[(int) p[2]],
                                    shape),
                    Parameter.number("scale", 1, Double.MIN_VALUE, Double.MAX_VALUE),
                    Parameter.word("mode", Mode.FAN_IN),
                    Parameter.word("distribution", Form.TRUNCATED_NORMAL));

    /**
     * Zero mean and variance scale / n, where n is fan-in, fan-out or an average of both: the one
     * scheme of which Glorot, He and LeCun initialization are cases.
     *
     * @param scale finite and &gt; 0
     */
    public static Initializer varianceScaling(
            double scale, Mode mode, Form distribution, long seed) {
        return new Initializer(
                VARIANCE_SCALING, seed, 0, scale, mode.ordinal(), distribution.ordinal());
    }

    private static final Rule GLOROT_UNIFORM =
            defineScaling(
                    "glorotUniform",
                    "U(+-sqrt(6 / (fanIn + fanOut)))",
                    1,
                    Mode.FAN_AVG,
                    Form.UNIFORM);

    /**
     * U(±√(6 / (fan-in + fan-out))) (Glorot and Bengio 2010, equation 16), the default of Keras
     * layers.
     */
    public static Initializer glorotUniform(long seed) {
        return new Initializer(GLOROT_UNIFORM, seed, 0);
    }

    private static final Rule GLOROT_NORMAL =
            defineScaling(
                    "glorotNormal",
                    "truncated normal, variance 2 / (fanIn + fanOut)",
                    1,
                    Mode.FAN_AVG,
                    Form.TRUNCATED_NORMAL);

    /** Truncated normal with variance 2 / (fan-in + fan-out) (Glorot and Bengio 2010). */
    public static Initializer glorotNormal(long seed) {
        return new Initializer(GLOROT_NORMAL, seed, 0);
    }

    private static final Rule HE_UNIFORM =
            defineScaling("heUniform", "U(+-sqrt(6 / fanIn))", 2, Mode.FAN_IN, Form.UNIFORM);

    /** U(±√(6 / fan-in)) (He et al. 2015). */
    public static Initializer heUniform(long seed) {
        return new Initializer(HE_UNIFORM, seed, 0);
    }

    private static final Rule HE_NORMAL =
            defineScaling(
                    "heNormal",
                    "truncated normal, variance 2 / fanIn",
                    2,
                    Mode.FAN_IN,
                    Form.TRUNCATED_NORMAL);

    /**
     * Truncated normal with variance 2 / fan-in (He et al. 2015, equation 10), made for the ReLU
     * family.
     */
    public static Initializer heNormal(long seed) {
        return new Initializer(HE_NORMAL, seed, 0);
    }

    private static final Rule LECUN_UNIFORM =
            defineScaling("lecunUniform", "U(+-sqrt(3 / fanIn))", 1, Mode.FAN_IN, Form.UNIFORM);

    /** U(±√(3 / fan-in)) (LeCun et al. 1998). */
    public static Initializer lecunUniform(long seed) {
        return new Initializer(LECUN_UNIFORM, seed, 0);
    }

    private static final Rule LECUN_NORMAL =
            defineScaling(
                    "lecunNormal",
                    "truncated normal, variance 1 / fanIn",
                    1,
                    Mode.FAN_IN,
                    Form.TRUNCATED_NORMAL);

    /** Truncated normal with variance 1 / fan-in (LeCun et al. 1998), which SELU is made for. */
    public static Initializer lecunNormal(long seed) {
        return new Initializer(LECUN_NORMAL, seed, 0);
    }

    private static final List<Definition<Initializer>> DEFINITIONS =
            Collections.unmodifiableList(RULES.stream().map(Rule::definition).toList());

    private final Rule rule;
    private final long seed;
    private final long stream;
    private final double[] parameters;

    private Initializer(Rule rule, long seed, long stream, double... parameters) {
        for (int i = 0; i < parameters.length; i++) {
            rule.definition.parameters().get(i).check(parameters[i]);
        }
        if (rule == RANDOM_UNIFORM && parameters[0] > parameters[1]) {
            throw new IllegalArgumentException(
                    "minval " + parameters[0] + " is greater than maxval " + parameters[1]);
        }
        this.rule = rule;
        this.seed = seed;
        this.stream = stream;
        this.parameters = parameters;
    }

    /** All initializers; those made from a definition have seed 0. */
    public static List<Definition<Initializer>> definitions() {
        return DEFINITIONS;
    }

    /**
     * The initializer of this name.
     *
     * @param parameters texts by parameter name; those not given take their defaults
     * @throws IllegalArgumentException if there is no such initializer or parameter, or a value is
     *     illegal
     */
    public static Initializer of(String name, Map<String, String> parameters, long seed) {
        return Definition.find("initializer", name, DEFINITIONS).parse(parameters).withSeed(seed);
    }

    /** The name in the registry. */
    public String name() {
        return rule.definition.name();
    }

    /** The same with another seed. */
    public Initializer withSeed(long newSeed) {
        return new Initializer(rule, newSeed, stream, parameters);
    }

    /** The same with another stream; each tensor of a model takes its own. */
    public Initializer withStream(long newStream) {
        return new Initializer(rule, seed, newStream, parameters);
    }

    /** The distribution for a tensor of this shape. */
    public Fill fill(Shape shape) {
        return rule.plan.fill(parameters, shape);
    }

    /**
     * Writes the values of a whole tensor.
     *
     * @throws IllegalArgumentException if {@code out} doesn't have the length of the shape, is
     *     read-only, or its type can't hold the values
     */
    public void initialize(Shape shape, Span out) {
        Checks.destination("out", out, out.dtype(), shape.size());
        initialize(shape, 0, out);
    }

    /**
     * Writes elements {@code first} to {@code first + out.length()} of a tensor, the same bits as
     * in the whole.
     *
     * @throws IllegalArgumentException if {@code out} is read-only, or its type can't hold the
     *     values
     * @throws IndexOutOfBoundsException if the tensor doesn't have these elements
     */
    public void initialize(Shape shape, long first, Span out) {
        Checks.destination("out", out, out.dtype(), out.length());
        Checks.range("tensor", shape.size(), first, out.length());
        Fill fill = fill(shape);
        requireFits(fill, out.dtype());
        Rectifier.backend()
                .fill(fill, new RandomKey(seed, stream, first), out, Rectifier.threads());
    }

    /**
     * No value may overflow; draws of a normal distribution end well within nine standard
     * deviations.
     */
    private void requireFits(Fill fill, DType dtype) {
        double reach =
                switch (fill.distribution()) {
                    case CONSTANT -> 0;
                    case UNIFORM -> Math.abs(fill.b());
                    case NORMAL, TRUNCATED_NORMAL -> 9 * fill.b();
                };
        if (!Double.isFinite(dtype.round(Math.abs(fill.a()) + reach))) {
            throw new IllegalArgumentException(
                    this + " has values out of the range of " + dtype + ": " + fill);
        }
    }

    /** {@link #initialize(Shape, Span)} into a new array. */
    public float[] floats(Shape shape) {
        float[] out = new float[arrayLength(shape)];
        initialize(shape, Span.of(out));
        return out;
    }

    /** {@link #initialize(Shape, Span)} into a new array. */
    public double[] doubles(Shape shape) {
        double[] out = new double[arrayLength(shape)];
        initialize(shape, Span.of(out));
        return out;
    }

    private static int arrayLength(Shape shape) {
        if (shape.size() > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    shape + " has " + shape.size() + " elements, too many for a Java array");
        }
        return (int) shape.size();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Initializer that
                && rule == that.rule
                && seed == that.seed
                && stream == that.stream
                && Arrays.equals(parameters, that.parameters);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(
                new Object[] {rule.definition.name(), seed, stream, Arrays.hashCode(parameters)});
    }

    @Override
    public String toString() {
        return rule.definition.call(parameters) + " seed " + seed + " stream " + stream;
    }
}
