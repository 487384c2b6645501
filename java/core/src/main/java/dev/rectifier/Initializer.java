package dev.rectifier;

import dev.rectifier.Fill.Distribution;
import dev.rectifier.Structures.Structure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Values that the weights of a layer start with: an immutable, thread-safe value.
 *
 * <p>Names that Keras has mean what they mean there: {@code glorotNormal}, {@code heNormal} and
 * {@code lecunNormal} are truncated at two standard deviations, with σ widened so that the variance
 * after truncation is the one promised. The names of PyTorch mean what they mean there: {@code
 * xavierNormal} and {@code kaimingNormal} are plain normal distributions. {@link
 * InitializerPresets} has the full names of both and of JAX. It is the distributions that agree;
 * the bits are our own.
 *
 * <p>Weight i is a function of the seed, the stream and i alone: the same bits on every machine,
 * for any number of threads, from the native library and in pure Java, and the first k weights are
 * the same for any shape with the same fans, unless {@linkplain #fill they depend on each other}.
 * In Keras one seed gives two layers of one shape the same weights; here each layer takes its own
 * {@linkplain #withStream stream}.
 *
 * <p>A uniform {@code float} has 2²⁴ possible values, multiples of 2⁻²⁴ of the range from its lower
 * end; a {@code double} has 2⁵³. Both are at least the lower bound and less than the upper one. A
 * normal {@code float} is the quantile at one of 2³² equally spaced probabilities, so that it ends
 * at 6.34 standard deviations, a {@code double} that of one of 2⁵², ending at 8.21; truncated ones
 * are at most two away, or as far as their bounds, both ends included.
 */
public final class Initializer {
    /** Which fan the variance goes with. */
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

    /** How far out a normal draw may be: the quantile at half of one of 2³² probabilities. */
    private static final double FLOAT_REACH = 0x1.95a118p2;

    /** The same for {@code double}: at half of one of 2⁵². */
    private static final double DOUBLE_REACH = 0x1.06b48528cea51p3;

    private static final double TRUNCATED_REACH = 2;

    /** The standard deviation of N(0, 1) cut at ±2. */
    private static final double TRUNCATED_STDDEV = 0.87962566103423978;

    /** Works out a distribution from the parameters and the shape. */
    @FunctionalInterface
    private interface Plan {
        Fill fill(double[] parameters, Shape shape);
    }

    /**
     * What the registry knows about one initializer.
     *
     * @param random whether values depend on seed and stream
     * @param plan how the distribution comes about, if every element has the same
     * @param structure writes the values
     */
    private record Rule(
            Definition<Initializer> definition,
            boolean random,
            Optional<Plan> plan,
            Structure structure) {}

    private static final List<Rule> RULES = new ArrayList<>();

    private static Rule define(
            String name,
            String formula,
            boolean random,
            Optional<Plan> plan,
            Structure structure,
            Parameter... parameters) {
        int index = RULES.size();
        Rule rule =
                new Rule(
                        new Definition<>(
                                name,
                                formula,
                                List.of(parameters),
                                p -> new Initializer(RULES.get(index), 0, 0, p)),
                        random,
                        plan,
                        structure);
        RULES.add(rule);
        return rule;
    }

    /** Elements that are drawn from one distribution each. */
    private static Rule define(String name, String formula, Plan plan, Parameter... parameters) {
        return define(name, formula, true, Optional.of(plan), writer(plan), parameters);
    }

    private static Rule defineConstant(
            String name, String formula, Plan plan, Parameter... parameters) {
        return define(name, formula, false, Optional.of(plan), writer(plan), parameters);
    }

    private static Structure writer(Plan plan) {
        return (initializer, shape, first, out) ->
                initializer.write(plan.fill(initializer.parameters, shape), first, out);
    }

    private static Rule defineScaling(
            String name, String formula, double scale, Mode mode, Form form) {
        return define(name, formula, (p, shape) -> scaling(scale, mode, form, shape));
    }

    private static Fill scaling(double scale, Mode mode, Form form, Shape shape) {
        double n = fan(mode, shape);
        return switch (form) {
            case TRUNCATED_NORMAL ->
                    new Fill(
                            Distribution.TRUNCATED_NORMAL,
                            0,
                            Math.sqrt(scale / n) / TRUNCATED_STDDEV);
            case UNTRUNCATED_NORMAL -> normal(Math.sqrt(scale / n));
            // The same number without the overflow: a quarter and twice are exact.
            case UNIFORM ->
                    uniform(
                            scale > 1
                                    ? 2 * Math.sqrt(3 * (scale / 4) / n)
                                    : Math.sqrt(3 * scale / n));
        };
    }

    private static double fan(Mode mode, Shape shape) {
        double fanIn = shape.fanIn();
        double fanOut = shape.fanOut();
        return switch (mode) {
            case FAN_IN -> fanIn;
            case FAN_OUT -> fanOut;
            case FAN_AVG -> (fanIn + fanOut) / 2;
            case FAN_GEO_AVG -> Math.sqrt(fanIn * fanOut);
        };
    }

    private static Fill normal(double stddev) {
        return new Fill(Distribution.NORMAL, 0, stddev);
    }

    private static Fill uniform(double limit) {
        return new Fill(Distribution.UNIFORM, -limit, limit);
    }

    private static double xavierStddev(double[] p, Shape shape) {
        return p[0] * Math.sqrt(1 / fan(Mode.FAN_AVG, shape));
    }

    private static double kaimingStddev(double[] p, Shape shape) {
        double gain = Gain.calculate(Nonlinearity.values()[(int) p[2]], p[0]);
        return gain / Math.sqrt(fan(Mode.values()[(int) p[1]], shape));
    }

    private static final Rule ZEROS =
            defineConstant("zeros", "0", (p, shape) -> new Fill(Distribution.CONSTANT, 0, 0));

    /** {@return all 0, the usual start of biases} */
    public static Initializer zeros() {
        return new Initializer(ZEROS, 0, 0);
    }

    private static final Rule ONES =
            defineConstant("ones", "1", (p, shape) -> new Fill(Distribution.CONSTANT, 1, 0));

    /** {@return all 1} */
    public static Initializer ones() {
        return new Initializer(ONES, 0, 0);
    }

    private static final Rule CONSTANT =
            defineConstant(
                    "constant",
                    "value",
                    (p, shape) -> new Fill(Distribution.CONSTANT, p[0], 0),
                    Parameter.finite("value", 0));

    /**
     * {@return all {@code value}}
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
     * U[minval, maxval): {@code minval} may be drawn, {@code maxval} never is unless they are
     * equal. The type of the weights must hold both and what is between them. The default of the
     * registry is Keras's ±0.05; PyTorch's {@code uniform_} has [0, 1).
     *
     * @param minval the lower bound
     * @param maxval the upper bound
     * @param seed decides all that is random; any number
     * @return the initializer
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
     * @param seed decides all that is random; any number
     * @return the initializer
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
     * 0.8796·stddev, as in Keras. {@link #boundedNormal} has other bounds.
     *
     * @param mean any finite number
     * @param stddev finite and ≥ 0
     * @param seed decides all that is random; any number
     * @return the initializer
     */
    public static Initializer truncatedNormal(double mean, double stddev, long seed) {
        return new Initializer(TRUNCATED_NORMAL, seed, 0, mean, stddev);
    }

    private static final Rule BOUNDED_NORMAL =
            define(
                    "boundedNormal",
                    "N(mean, stddev^2) cut at minval and maxval",
                    (p, shape) -> new Fill(Distribution.BOUNDED_NORMAL, p[0], p[1], p[2], p[3]),
                    Parameter.finite("mean", 0),
                    Parameter.number("stddev", 1, Double.MIN_VALUE, Double.MAX_VALUE),
                    Parameter.number(
                            "minval", -2, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY),
                    Parameter.number(
                            "maxval", 2, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY));

    /**
     * N(mean, stddev²) cut at {@code minval} and {@code maxval}, PyTorch's {@code trunc_normal_(w,
     * mean, std, a, b)}, whose bounds are numbers and not deviations: its −2 and 2 cut nothing off
     * at a stddev of 0.02. JAX's {@code truncated_normal(stddev, dtype, lower, upper)} is {@code
     * boundedNormal(0, stddev, lower * stddev, upper * stddev, seed)}.
     *
     * <p>The bounds may be infinite, both on one side of the mean, and any number of deviations
     * away from it. Values are as exact as the type: one of {@code float} is the nearest to the
     * quantile at one of 2³² equally spaced probabilities, but for a thousandth of a unit in the
     * last place.
     *
     * @param mean any finite number
     * @param stddev before the cut; finite and &gt; 0
     * @param minval the lower bound, may be drawn
     * @param maxval the upper bound, may be drawn
     * @param seed decides all that is random; any number
     * @return the initializer
     * @throws IllegalArgumentException if a parameter is illegal or {@code minval >= maxval}
     */
    public static Initializer boundedNormal(
            double mean, double stddev, double minval, double maxval, long seed) {
        return new Initializer(BOUNDED_NORMAL, seed, 0, mean, stddev, minval, maxval);
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
     * @param mode which fan the variance is divided by
     * @param distribution what the weights are drawn from
     * @param seed decides all that is random; any number
     * @return the initializer
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
     *
     * @param seed decides all that is random; any number
     * @return the initializer
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

    /**
     * Truncated normal with variance 2 / (fan-in + fan-out) (Glorot and Bengio 2010).
     *
     * @param seed decides all that is random; any number
     * @return the initializer
     */
    public static Initializer glorotNormal(long seed) {
        return new Initializer(GLOROT_NORMAL, seed, 0);
    }

    private static final Rule HE_UNIFORM =
            defineScaling("heUniform", "U(+-sqrt(6 / fanIn))", 2, Mode.FAN_IN, Form.UNIFORM);

    /**
     * U(±√(6 / fan-in)) (He et al. 2015).
     *
     * @param seed decides all that is random; any number
     * @return the initializer
     */
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
     *
     * @param seed decides all that is random; any number
     * @return the initializer
     */
    public static Initializer heNormal(long seed) {
        return new Initializer(HE_NORMAL, seed, 0);
    }

    private static final Rule LECUN_UNIFORM =
            defineScaling("lecunUniform", "U(+-sqrt(3 / fanIn))", 1, Mode.FAN_IN, Form.UNIFORM);

    /**
     * U(±√(3 / fan-in)) (LeCun et al. 1998).
     *
     * @param seed decides all that is random; any number
     * @return the initializer
     */
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

    /**
     * Truncated normal with variance 1 / fan-in (LeCun et al. 1998), which SELU is made for.
     *
     * @param seed decides all that is random; any number
     * @return the initializer
     */
    public static Initializer lecunNormal(long seed) {
        return new Initializer(LECUN_NORMAL, seed, 0);
    }

    private static final Rule XAVIER_UNIFORM =
            define(
                    "xavierUniform",
                    "U(+-gain * sqrt(6 / (fanIn + fanOut)))",
                    (p, shape) -> uniform(Math.sqrt(3) * xavierStddev(p, shape)),
                    Parameter.number("gain", 1, Double.MIN_VALUE, Double.MAX_VALUE));

    /**
     * U(±gain·√(6 / (fan-in + fan-out))), PyTorch's {@code xavier_uniform_}; with gain 1 the
     * distribution of {@link #glorotUniform}.
     *
     * @param gain finite and &gt; 0, such as {@link Gain#calculate}
     * @param seed decides all that is random; any number
     * @return the initializer
     */
    public static Initializer xavierUniform(double gain, long seed) {
        return new Initializer(XAVIER_UNIFORM, seed, 0, gain);
    }

    private static final Rule XAVIER_NORMAL =
            define(
                    "xavierNormal",
                    "normal, variance gain^2 * 2 / (fanIn + fanOut)",
                    (p, shape) -> normal(xavierStddev(p, shape)),
                    Parameter.number("gain", 1, Double.MIN_VALUE, Double.MAX_VALUE));

    /**
     * N(0, gain²·2 / (fan-in + fan-out)), PyTorch's {@code xavier_normal_}; {@link #glorotNormal}
     * is truncated.
     *
     * @param gain finite and &gt; 0, such as {@link Gain#calculate}
     * @param seed decides all that is random; any number
     * @return the initializer
     */
    public static Initializer xavierNormal(double gain, long seed) {
        return new Initializer(XAVIER_NORMAL, seed, 0, gain);
    }

    private static Parameter[] kaimingParameters() {
        return new Parameter[] {
            // Beyond, the gain would vanish.
            Parameter.number("a", 0, -1e150, 1e150),
            Parameter.word("mode", Mode.FAN_IN),
            Parameter.word("nonlinearity", Nonlinearity.LEAKY_RELU)
        };
    }

    private static final Rule KAIMING_UNIFORM =
            define(
                    "kaimingUniform",
                    "U(+-gain * sqrt(3 / n)), gain by nonlinearity and a, n by mode",
                    (p, shape) -> uniform(Math.sqrt(3) * kaimingStddev(p, shape)),
                    kaimingParameters());

    /**
     * U(±gain·√(3 / n)), PyTorch's {@code kaiming_uniform_}, where gain is {@link Gain#calculate}
     * and n the fan of the mode. PyTorch starts the weights of its linear and convolutional layers
     * with a = √5, which comes to U(±1 / √fan-in).
     *
     * @param a the slope if the nonlinearity is a leaky ReLU, from −10¹⁵⁰ to 10¹⁵⁰
     * @param mode PyTorch has the first two
     * @param nonlinearity what follows the weights
     * @param seed decides all that is random; any number
     * @return the initializer
     */
    public static Initializer kaimingUniform(
            double a, Mode mode, Nonlinearity nonlinearity, long seed) {
        return new Initializer(KAIMING_UNIFORM, seed, 0, a, mode.ordinal(), nonlinearity.ordinal());
    }

    private static final Rule KAIMING_NORMAL =
            define(
                    "kaimingNormal",
                    "normal, variance gain^2 / n, gain by nonlinearity and a, n by mode",
                    (p, shape) -> normal(kaimingStddev(p, shape)),
                    kaimingParameters());

    /**
     * N(0, gain² / n), PyTorch's {@code kaiming_normal_}, where gain is {@link Gain#calculate} and
     * n the fan of the mode; {@link #heNormal} is truncated.
     *
     * @param a the slope if the nonlinearity is a leaky ReLU, from −10¹⁵⁰ to 10¹⁵⁰
     * @param mode PyTorch has the first two
     * @param nonlinearity what follows the weights
     * @param seed decides all that is random; any number
     * @return the initializer
     */
    public static Initializer kaimingNormal(
            double a, Mode mode, Nonlinearity nonlinearity, long seed) {
        return new Initializer(KAIMING_NORMAL, seed, 0, a, mode.ordinal(), nonlinearity.ordinal());
    }

    private static final Rule IDENTITY =
            define(
                    "identity",
                    "gain on the diagonal, else 0",
                    false,
                    Optional.empty(),
                    Structures::identity,
                    Parameter.finite("gain", 1));

    /**
     * {@code gain} on the diagonal of a matrix, which needn't be square, and 0 elsewhere.
     *
     * @param gain any finite number
     * @return the initializer
     */
    public static Initializer identity(double gain) {
        return new Initializer(IDENTITY, 0, 0, gain);
    }

    private static final Rule DIRAC =
            define(
                    "dirac",
                    "1 from input i to output i at the centre, for each group, else 0",
                    false,
                    Optional.empty(),
                    Structures::dirac,
                    Parameter.integer("groups", 1, 1, Integer.MAX_VALUE));

    /**
     * {@return a convolution of one to three dimensions that hands its inputs through, PyTorch's
     * {@code dirac_}: 1 from input i to output i of each group at the centre k/2 of the receptive
     * field, rounded down, for as many as there are of both; 0 elsewhere}
     *
     * @param groups at least 1; has to divide the number of outputs
     */
    public static Initializer dirac(int groups) {
        return new Initializer(DIRAC, 0, 0, groups);
    }

    private static final Rule ORTHOGONAL =
            define(
                    "orthogonal",
                    "gain * Q, Q uniform with orthonormal columns, or rows if fewer",
                    true,
                    Optional.empty(),
                    Structures::orthogonal,
                    Parameter.number("gain", 1, Double.MIN_VALUE, Double.MAX_VALUE));

    /**
     * {@return a random orthogonal matrix times {@code gain} (Saxe et al. 2013, arXiv 1312.6120),
     * which keeps the length of what passes through it}
     *
     * <p>All axes but that of the outputs count as one. The shorter side of that matrix is
     * orthonormal, to about 10⁻¹⁴ before rounding to the type of the weights, and uniformly
     * distributed: the Q of a QR factorization of normal draws with the R that has a positive
     * diagonal, by Householder's method, as in Keras, PyTorch and JAX, which leave the digits to
     * LAPACK; here they are the same everywhere. Any part costs as much time as the whole, and
     * working memory of 8 bytes for each element of the whole.
     *
     * @param gain finite and &gt; 0
     * @param seed decides all that is random; any number
     */
    public static Initializer orthogonal(double gain, long seed) {
        return new Initializer(ORTHOGONAL, seed, 0, gain);
    }

    private static final Rule DELTA_ORTHOGONAL =
            define(
                    "deltaOrthogonal",
                    "gain * Q at the centre, else 0; Q uniform with orthonormal rows",
                    true,
                    Optional.empty(),
                    Structures::deltaOrthogonal,
                    Parameter.number("gain", 1, Double.MIN_VALUE, Double.MAX_VALUE));

    /**
     * {@return a convolution of one to three dimensions whose only weights other than 0 are an
     * {@linkplain #orthogonal orthogonal} matrix of inputs by outputs at the centre (k − 1)/2 of
     * the receptive field, rounded down (Xiao et al. 2018, arXiv 1806.05393; JAX's {@code
     * delta_orthogonal})} There have to be at least as many outputs as inputs.
     *
     * @param gain finite and &gt; 0
     * @param seed decides all that is random; any number
     */
    public static Initializer deltaOrthogonal(double gain, long seed) {
        return new Initializer(DELTA_ORTHOGONAL, seed, 0, gain);
    }

    private static final Rule SPARSE =
            define(
                    "sparse",
                    "N(0, stddev^2), but 0 from each input to a share sparsity of the outputs",
                    true,
                    Optional.empty(),
                    Structures::sparse,
                    Parameter.number("sparsity", 0.9, 0, 1),
                    Parameter.number("stddev", 0.01, 0, Double.MAX_VALUE));

    /**
     * {@return a matrix in which each input reaches few outputs (Martens 2010, section 5): for each
     * input, {@code ceil(sparsity·outputs)} weights, chosen at random, are 0 and the others drawn
     * from N(0, stddev²)} PyTorch's {@code sparse_}, whose columns are the inputs; it has no
     * default sparsity.
     *
     * @param sparsity from 0 to 1
     * @param stddev finite and ≥ 0
     * @param seed decides all that is random; any number
     */
    public static Initializer sparse(double sparsity, double stddev, long seed) {
        return new Initializer(SPARSE, seed, 0, sparsity, stddev);
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
        if (rule == BOUNDED_NORMAL && parameters[2] >= parameters[3]) {
            throw new IllegalArgumentException(
                    "minval " + parameters[2] + " is not less than maxval " + parameters[3]);
        }
        this.rule = rule;
        this.seed = rule.random ? seed : 0;
        this.stream = rule.random ? stream : 0;
        this.parameters = parameters;
    }

    /** {@return all initializers; those made from a definition have seed 0} */
    public static List<Definition<Initializer>> definitions() {
        return DEFINITIONS;
    }

    /**
     * {@return the initializer of this name, which is one of {@link #definitions()} or of {@link
     * InitializerPresets#names()}}
     *
     * @param name the name
     * @param parameters texts by parameter name; those not given take their defaults; a preset has
     *     none
     * @param seed decides all that is random; any number
     * @throws IllegalArgumentException if there is no such initializer or parameter, or a value is
     *     illegal
     */
    public static Initializer of(String name, Map<String, String> parameters, long seed) {
        Initializer initializer =
                PresetTable.isPreset(name)
                        ? InitializerPresets.TABLE.of(name, parameters)
                        : Definition.find("initializer", name, DEFINITIONS).parse(parameters);
        return initializer.withSeed(seed);
    }

    /** {@return the name in the registry} */
    public String name() {
        return rule.definition.name();
    }

    /** {@return the seed; without effect where nothing is random} */
    public long seed() {
        return seed;
    }

    /** {@return the stream of the seed} */
    public long stream() {
        return stream;
    }

    /**
     * {@return the same with another seed; the same altogether if it draws nothing}
     *
     * @param newSeed the seed instead
     */
    public Initializer withSeed(long newSeed) {
        return new Initializer(rule, newSeed, stream, parameters);
    }

    /**
     * {@return the same with another stream, of which each tensor of a model takes its own; the
     * same altogether if it draws nothing}
     *
     * @param newStream the stream instead
     */
    public Initializer withStream(long newStream) {
        return new Initializer(rule, seed, newStream, parameters);
    }

    /**
     * {@return the distribution that each element of a tensor of this shape is drawn from by
     * itself, or nothing if values depend on their place or on each other: those of {@link
     * #identity}, {@link #dirac}, {@link #orthogonal}, {@link #deltaOrthogonal} and {@link
     * #sparse}}
     *
     * @param shape the sizes of the axes
     */
    public Optional<Fill> fill(Shape shape) {
        return rule.plan.map(plan -> plan.fill(parameters, shape));
    }

    /**
     * {@return the parameters as {@link #of} takes them: texts by name, in the order of the
     * factory's}
     */
    public Map<String, String> parameters() {
        return rule.definition.texts(parameters);
    }

    double parameter(int i) {
        return parameters[i];
    }

    RandomKey key(long first) {
        return new RandomKey(seed, stream, first);
    }

    /**
     * Writes the values of a whole tensor.
     *
     * @param shape the sizes of the axes
     * @param out the destination
     * @throws IllegalArgumentException if {@code out} doesn't have the length of the shape, is
     *     read-only, or its type can't hold the values, or if this initializer can't have the shape
     * @throws OutOfMemoryError if working memory for an orthogonal matrix can't be had
     */
    public void initialize(Shape shape, Span out) {
        Checks.destination("out", out, out.dtype(), shape.size());
        initialize(shape, 0, out);
    }

    /**
     * Writes elements {@code first} to {@code first + out.length()} of a tensor, the same bits as
     * in the whole.
     *
     * @param shape the sizes of the axes
     * @param first the index of the first element within the whole array
     * @param out the destination
     * @throws IllegalArgumentException if {@code out} is read-only, or its type can't hold the
     *     values, or if this initializer can't have the shape
     * @throws IndexOutOfBoundsException if the tensor doesn't have these elements
     * @throws OutOfMemoryError if working memory for an orthogonal matrix can't be had
     */
    public void initialize(Shape shape, long first, Span out) {
        Checks.destination("out", out, out.dtype(), out.length());
        Checks.range("tensor", shape.size(), first, out.length());
        rule.structure.write(this, shape, first, out);
    }

    private void write(Fill fill, long first, Span out) {
        requireFits(fill, out.dtype());
        Rectifier.backend().fill(fill, key(first), out, Rectifier.threads());
    }

    /** No value may overflow on its way: the last one that can be drawn goes it here. */
    void requireFits(Fill fill, DType dtype) {
        double a = dtype.round(fill.a());
        double b = dtype.round(fill.b());
        double reach = dtype == DType.FLOAT32 ? FLOAT_REACH : DOUBLE_REACH;
        double last =
                switch (fill.distribution()) {
                    case CONSTANT -> a;
                    case UNIFORM ->
                            Math.max(
                                    Math.max(Math.abs(a), Math.abs(b)),
                                    dtype.round(fill.b() - fill.a()));
                    case NORMAL -> Math.abs(a) + dtype.round(b * reach);
                    case TRUNCATED_NORMAL -> Math.abs(a) + dtype.round(b * TRUNCATED_REACH);
                    case BOUNDED_NORMAL -> {
                        requireNumbersBetween(fill, dtype);
                        yield boundedReach(fill);
                    }
                };
        if (!Double.isFinite(dtype.round(last))) {
            throw new IllegalArgumentException(
                    this + " has values out of the range of " + dtype + ": " + fill);
        }
    }

    private void requireNumbersBetween(Fill fill, DType dtype) {
        double low = dtype.round(fill.low());
        // The first number of the type that isn't below the lower bound.
        double first =
                low >= fill.low()
                        ? low
                        : dtype == DType.FLOAT32 ? Math.nextUp((float) low) : Math.nextUp(low);
        if (first > fill.high() || Double.isInfinite(first) && low > 0) {
            throw new IllegalArgumentException(
                    this
                            + " has no value: there is no "
                            + dtype
                            + " from minval "
                            + fill.low()
                            + " to maxval "
                            + fill.high());
        }
    }

    /** Draws end nearer to the mean, or to a bound beyond it, than nine deviations. */
    private static double boundedReach(Fill fill) {
        double reach = 9 * fill.b();
        double most = Math.min(fill.high(), Math.max(fill.a(), fill.low()) + reach);
        double least = Math.max(fill.low(), Math.min(fill.a(), fill.high()) - reach);
        return Math.max(Math.abs(most), Math.abs(least));
    }

    /**
     * {@link #initialize(Shape, Span)} into a new array.
     *
     * @param shape the sizes of the axes
     * @return the numbers
     */
    public float[] floats(Shape shape) {
        float[] out = new float[arrayLength(shape)];
        initialize(shape, Span.of(out));
        return out;
    }

    /**
     * {@link #initialize(Shape, Span)} into a new array.
     *
     * @param shape the sizes of the axes
     * @return the numbers
     */
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

    /** Java code that makes this value. */
    @Override
    public String toString() {
        Stream<String> drawn = rule.random ? Stream.of(JavaCode.of(seed)) : Stream.empty();
        return "Initializer."
                + rule.definition.call(parameters, drawn)
                + (stream == 0 ? "" : ".withStream(" + JavaCode.of(stream) + ")");
    }
}
