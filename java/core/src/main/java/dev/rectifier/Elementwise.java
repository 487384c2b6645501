package dev.rectifier;

import dev.rectifier.spi.Backend;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * An activation whose output i depends on input i alone: {@code y[i] = f(x[i])}.
 *
 * <p>Rules for all of them. {@code y} may be the very same memory as {@code x}, and {@code dx} the
 * same as {@code x} or {@code dy}; any other overlap is an {@link IllegalArgumentException}, as are
 * differing lengths or types and a read-only destination, and nothing has been written then. A NaN
 * input gives a NaN output and a NaN gradient. The derivative at a knee is that of the negative
 * branch ({@code x > 0 ? 1 : slope}), as in PyTorch and TensorFlow; JAX and ND4J take the right
 * branch for leaky ReLU. Where the derivative is 0 the gradient is exactly +0, whatever {@code dy}
 * is. Results are within 2 units in the last place of the true value, and derivatives, which are
 * rounded before they are multiplied by {@code dy}, within 2 of those of max(|f'|, 2⁻²⁰) for
 * float32 and of max(|f'|, 2⁻⁴⁹) for float64. Parameters are rounded to the type of the data. On
 * {@link DType#BFLOAT16} and {@link DType#FLOAT16} everything, parameters included, is as on {@link
 * DType#FLOAT32}, and each result is rounded once more.
 */
public final class Elementwise implements Activation, ForwardPass, BackwardPass {
    private static final List<ElementwiseRule> RULES = new ArrayList<>();

    private static ElementwiseRule define(String name, String formula, Parameter... parameters) {
        ElementwiseRule rule =
                new ElementwiseRule(RULES.size(), name, formula, List.of(parameters));
        RULES.add(rule);
        return rule;
    }

    private static final ElementwiseRule LINEAR = define("linear", "x");

    private static ElementwiseFormulas linearFormulas() {
        return new ElementwiseFormulas((x, p) -> x, (x, p) -> 1).fromOutput((y, p) -> 1);
    }

    /** {@return the identity, {@code linear} in Keras} */
    public static Elementwise linear() {
        return new Elementwise(LINEAR);
    }

    private static final ElementwiseRule RELU = define("relu", "x > 0 ? x : 0");

    private static ElementwiseFormulas reluFormulas() {
        return new ElementwiseFormulas((x, p) -> x > 0 ? x : 0, (x, p) -> x > 0 ? 1 : 0)
                .fromOutput((y, p) -> y > 0 ? 1 : 0);
    }

    /**
     * {@return the rectified linear unit {@code x > 0 ? x : 0}; +0 for every x ≤ 0 including −0, as
     * in TensorFlow and JAX (PyTorch returns −0 for −0)} A unit with x ≤ 0 on all data is dead: its
     * gradient is 0 and it can't recover by itself.
     */
    public static Elementwise relu() {
        return new Elementwise(RELU);
    }

    private static final ElementwiseRule LEAKY_RELU =
            define(
                    "leakyRelu",
                    "x > 0 ? x : negativeSlope * x",
                    Parameter.finite("negativeSlope", 0.01));

    private static ElementwiseFormulas leakyReluFormulas() {
        return new ElementwiseFormulas(
                        (x, p) -> x > 0 ? x : Formulas.slopeTimes(p[0], x),
                        (x, p) -> x > 0 ? 1 : p[0])
                .fromOutput((y, p) -> y > 0 ? 1 : p[0], p -> p[0] >= 0, "negativeSlope >= 0");
    }

    /**
     * {@link #leakyRelu(double)} with slope 0.01, the default of PyTorch, JAX and ONNX.
     *
     * @return the activation
     */
    public static Elementwise leakyRelu() {
        return leakyRelu(LEAKY_RELU.defaults()[0]);
    }

    /**
     * {@return the leaky rectified linear unit {@code x > 0 ? x : negativeSlope·x} (Maas et al.
     * 2013)} Defaults differ: 0.01 in PyTorch, JAX and ONNX; 0.2 in {@code tf.nn.leaky_relu} and
     * {@code keras.activations.leaky_relu}; 0.3 in {@code keras.layers.LeakyReLU}; 1/5.5 is the
     * "very leaky" of Xu et al. 2015. Ours is 0.01.
     *
     * @param negativeSlope any finite number
     */
    public static Elementwise leakyRelu(double negativeSlope) {
        return new Elementwise(LEAKY_RELU, negativeSlope);
    }

    private static final ElementwiseRule GENERALIZED_RELU =
            define(
                            "generalizedRelu",
                            "x > threshold ? min(x, maxValue) : negativeSlope * (x - threshold)",
                            Parameter.finite("negativeSlope", 0),
                            Parameter.number(
                                    "maxValue",
                                    Double.POSITIVE_INFINITY,
                                    -Double.MAX_VALUE,
                                    Double.POSITIVE_INFINITY),
                            Parameter.finite("threshold", 0))
                    .requireOrder(2, 1, "maxValue >= threshold");

    private static ElementwiseFormulas generalizedReluFormulas() {
        return new ElementwiseFormulas(
                (x, p) -> x > p[2] ? Math.min(x, p[1]) : p[0] == 0 ? 0 : p[0] * (x - p[2]),
                // An infinite maxValue is none.
                (x, p) -> x <= p[2] ? p[0] : x < p[1] || Double.isInfinite(p[1]) ? 1 : 0);
    }

    /**
     * {@link #generalizedRelu(double, double, double)} with slope 0, no maximum and threshold 0:
     * {@link #relu()}.
     *
     * @return the activation
     */
    public static Elementwise generalizedRelu() {
        return new Elementwise(GENERALIZED_RELU, GENERALIZED_RELU.defaults());
    }

    /**
     * {@return the rectifier {@code x > threshold ? min(x, maxValue) : negativeSlope·(x −
     * threshold)}, which is {@code keras.activations.relu(x, negative_slope, max_value, threshold)}
     * and TF-Java's {@code ReLU(alpha, maxValue, threshold)}} At {@code x = threshold} it is 0, as
     * Keras computes it (its documentation says {@code x}, which is what ND4J returns). +0 for
     * every {@code x ≤ threshold} if the slope is 0, also for −∞. The derivative is {@code
     * negativeSlope} at the threshold and 0 at a finite maximum.
     *
     * @param negativeSlope any finite number; 0 in Keras
     * @param maxValue at least {@code threshold}; {@link Double#POSITIVE_INFINITY} for none, which
     *     Keras writes {@code None} and TF-Java NaN
     * @param threshold any finite number; 0 in Keras
     */
    public static Elementwise generalizedRelu(
            double negativeSlope, double maxValue, double threshold) {
        return new Elementwise(GENERALIZED_RELU, negativeSlope, maxValue, threshold);
    }

    private static final ElementwiseRule SQUARED_RELU = define("squaredRelu", "x > 0 ? x^2 : 0");

    private static ElementwiseFormulas squaredReluFormulas() {
        return new ElementwiseFormulas((x, p) -> x > 0 ? x * x : 0, (x, p) -> x > 0 ? 2 * x : 0)
                .fromOutput((y, p) -> 2 * Math.sqrt(Math.max(y, 0)));
    }

    /**
     * {@return the squared ReLU {@code x > 0 ? x² : 0} (So et al. 2021, arXiv 2109.08668, Primer),
     * {@code relu2} in Hugging Face's Transformers} +0 for every x ≤ 0. Infinite from the root of
     * the type's largest number on.
     */
    public static Elementwise squaredRelu() {
        return new Elementwise(SQUARED_RELU);
    }

    private static final ElementwiseRule STAR_RELU =
            define(
                    "starRelu",
                    "x > 0 ? scale * x^2 + bias : bias",
                    Parameter.number("scale", 0.8944271909999159, -1e30, 1e30),
                    Parameter.finite("bias", -0.4472135954999579));

    private static ElementwiseFormulas starReluFormulas() {
        return new ElementwiseFormulas(
                (x, p) -> x > 0 && p[0] != 0 ? Formulas.starRelu(x, p) : p[1] + 0.0,
                (x, p) -> x > 0 && p[0] != 0 ? 2 * p[0] * x : 0);
    }

    /**
     * {@link #starRelu(double, double)} with 0.8944 and −0.4472, which give a normally distributed
     * input mean 0 and variance 1: where the paper's learned numbers start.
     *
     * @return the activation
     */
    public static Elementwise starRelu() {
        return new Elementwise(STAR_RELU, STAR_RELU.defaults());
    }

    /**
     * {@return the StarReLU {@code scale·relu(x)² + bias} (Yu et al. 2022, arXiv 2210.13452,
     * section 3.2)}
     *
     * @param scale from −1e30 to 1e30
     * @param bias any finite number, −0 counting as 0; the result for every x ≤ 0
     */
    public static Elementwise starRelu(double scale, double bias) {
        return new Elementwise(STAR_RELU, scale, bias);
    }

    private static final ElementwiseRule HARD_TANH =
            define(
                            "hardTanh",
                            "x > minValue ? (x < maxValue ? x : maxValue) : minValue",
                            Parameter.number(
                                    "minValue", -1, Double.NEGATIVE_INFINITY, Double.MAX_VALUE),
                            Parameter.number(
                                    "maxValue", 1, -Double.MAX_VALUE, Double.POSITIVE_INFINITY))
                    .requireOrder(0, 1, "minValue <= maxValue");

    private static ElementwiseFormulas hardTanhFormulas() {
        return new ElementwiseFormulas(
                        (x, p) -> x > p[0] ? (x < p[1] ? x : p[1] + 0.0) : p[0] + 0.0,
                        Formulas::isBetween)
                .fromOutput(Formulas::isBetween);
    }

    /**
     * {@link #hardTanh(double, double)} from −1 to 1, the default everywhere.
     *
     * @return the activation
     */
    public static Elementwise hardTanh() {
        return new Elementwise(HARD_TANH, HARD_TANH.defaults());
    }

    /**
     * {@return the identity kept between two bounds, {@code x > minValue ? (x < maxValue ? x :
     * maxValue) : minValue} (Collobert 2004): a tanh for the price of a comparison, and a general
     * clip} The derivative at a bound is 0, as in PyTorch's hardtanh; JAX and ND4J have 1 there, as
     * has {@code torch.clamp}. A bound may be infinite and then bounds nothing, also at ±∞ itself.
     *
     * @param minValue at most {@code maxValue}, may be −∞; −1 in Keras, JAX and PyTorch
     * @param maxValue may be ∞; 1 in Keras, JAX and PyTorch
     */
    public static Elementwise hardTanh(double minValue, double maxValue) {
        return new Elementwise(HARD_TANH, minValue, maxValue);
    }

    private static final ElementwiseRule RELU6 = define("relu6", "min(max(x, 0), 6)");

    private static ElementwiseFormulas relu6Formulas() {
        return new ElementwiseFormulas(
                        (x, p) -> x > 0 ? Math.min(x, 6) : 0, (x, p) -> x > 0 && x < 6 ? 1 : 0)
                .fromOutput((y, p) -> y > 0 && y < 6 ? 1 : 0);
    }

    /**
     * {@return the rectified linear unit up to 6, {@code min(max(x, 0), 6)} (Krizhevsky 2010), made
     * for arithmetic of few bits} +0 for every x ≤ 0 including −0, for which PyTorch returns −0;
     * NaN for NaN, for which ND4J returns 6. The derivative is 0 at both knees.
     */
    public static Elementwise relu6() {
        return new Elementwise(RELU6);
    }

    private static final ElementwiseRule HARD_SIGMOID =
            define(
                    "hardSigmoid",
                    "min(max(slope * x + offset, 0), 1)",
                    Parameter.finite("slope", 1.0 / 6),
                    Parameter.number("offset", 0.5, -1e30, 1e30));

    private static ElementwiseFormulas hardSigmoidFormulas() {
        return new ElementwiseFormulas(
                        (x, p) -> Math.min(Math.max(Formulas.line(x, p), 0), 1),
                        (x, p) -> Formulas.isBetweenBounds(x, p) ? p[0] : 0)
                .fromOutput((y, p) -> y > 0 && y < 1 ? p[0] : 0);
    }

    /**
     * {@link #hardSigmoid(double, double)} with slope 1/6 and offset 1/2: Keras 3, PyTorch, JAX.
     *
     * @return the activation
     */
    public static Elementwise hardSigmoid() {
        return new Elementwise(HARD_SIGMOID, HARD_SIGMOID.defaults());
    }

    /**
     * {@return a straight line kept between 0 and 1, {@code min(max(slope·x + offset, 0), 1)}: a
     * sigmoid without an exponential} Defaults differ: slope 1/6 with knees at ±3 in Keras 3,
     * PyTorch and JAX; slope 0.2 with knees at ±2.5 in Keras 2, ONNX, ND4J and TF-Java; the offset
     * is 1/2 everywhere. Ours are 1/6 and 1/2. A slope of {@code 1.0 / 6} or {@code 1.0f / 6} with
     * that offset stands for the exact sixth, so that the knees are exactly ±3. The derivative is
     * {@code slope} where the exact line is between 0 and 1, and 0 elsewhere, also at the knees.
     *
     * @param slope any finite number
     * @param offset from −1e30 to 1e30
     */
    public static Elementwise hardSigmoid(double slope, double offset) {
        return new Elementwise(HARD_SIGMOID, slope, offset);
    }

    private static final ElementwiseRule SPARSE_SIGMOID =
            define("sparseSigmoid", "min(max((x + 1) / 2, 0), 1)");

    private static ElementwiseFormulas sparseSigmoidFormulas() {
        return new ElementwiseFormulas(
                        (x, p) -> Math.min(Math.max(0.5 * x + 0.5, 0), 1),
                        (x, p) -> x > -1 && x < 1 ? 0.5 : 0)
                .fromOutput((y, p) -> y > 0 && y < 1 ? 0.5 : 0);
    }

    /**
     * {@return the sparse sigmoid {@code min(max((x + 1) / 2, 0), 1)} of Keras and JAX, the
     * derivative of {@link #sparsePlus()} (its own is 0 at both knees, where JAX returns 1/4)}
     */
    public static Elementwise sparseSigmoid() {
        return new Elementwise(SPARSE_SIGMOID);
    }

    private static final ElementwiseRule HARD_SWISH =
            define("hardSwish", "x * min(max((x + 3) / 6, 0), 1)");

    private static ElementwiseFormulas hardSwishFormulas() {
        return new ElementwiseFormulas(
                (x, p) -> x <= -3 ? -0.0 : x >= 3 ? x : x * ((x + 3) / 6),
                (x, p) -> x <= -3 ? 0 : x >= 3 ? 1 : (x + 1.5) / 3);
    }

    /**
     * {@return the gated line {@code x·min(max((x + 3) / 6, 0), 1)} (Howard et al. 2019, arXiv
     * 1905.02244, section 5.2), a SiLU without an exponential} −0 for x ≤ −3 including −∞, for
     * which frameworks return NaN. The derivative is 0 at −3 and 1 at 3, as in JAX and PyTorch 2.13
     * (older versions of which have −1/2 at −3, and 1 or 3/2 at 3).
     */
    public static Elementwise hardSwish() {
        return new Elementwise(HARD_SWISH);
    }

    private static final ElementwiseRule HARD_MISH =
            define("hardMish", "x * min(max((x + 2) / 2, 0), 1)");

    private static ElementwiseFormulas hardMishFormulas() {
        return new ElementwiseFormulas(
                (x, p) -> x <= -2 ? -0.0 : x >= 0 ? x : x * (1 + x / 2),
                (x, p) -> x <= -2 ? 0 : x >= 0 ? 1 : x + 1);
    }

    /**
     * {@return the hard mish {@code x·min(max((x + 2) / 2, 0), 1)} of timm, a {@link #mish()}
     * without exponential and logarithm} −0 for x ≤ −2 including −∞.
     */
    public static Elementwise hardMish() {
        return new Elementwise(HARD_MISH);
    }

    private static final ElementwiseRule HARD_SHRINK =
            define(
                    "hardShrink",
                    "|x| > lambda ? x : 0",
                    Parameter.number("lambda", 0.5, 0, Double.MAX_VALUE));

    private static ElementwiseFormulas hardShrinkFormulas() {
        return new ElementwiseFormulas(
                        (x, p) -> Math.abs(x) > p[0] ? x : Math.copySign(0.0, x),
                        (x, p) -> Math.abs(x) > p[0] ? 1 : 0)
                .fromOutput((y, p) -> y != 0 ? 1 : 0);
    }

    /**
     * {@link #hardShrink(double)} with lambda 1/2, the default everywhere.
     *
     * @return the activation
     */
    public static Elementwise hardShrink() {
        return hardShrink(HARD_SHRINK.defaults()[0]);
    }

    /**
     * {@return the hard threshold {@code |x| > lambda ? x : 0} of wavelet shrinkage (Donoho and
     * Johnstone 1994)} Odd: a zero has the sign of x (+0 in PyTorch). NaN for NaN, for which ONNX
     * and Keras on TensorFlow and JAX return 0. The derivative is 0 at both knees.
     *
     * @param lambda at least 0
     */
    public static Elementwise hardShrink(double lambda) {
        return new Elementwise(HARD_SHRINK, lambda);
    }

    private static final ElementwiseRule SOFT_SHRINK =
            define(
                    "softShrink",
                    "sign(x) * max(|x| - lambda, 0)",
                    Parameter.number("lambda", 0.5, 0, Double.MAX_VALUE));

    private static ElementwiseFormulas softShrinkFormulas() {
        return new ElementwiseFormulas(
                        (x, p) -> Math.copySign(Math.max(Math.abs(x) - p[0], 0), x),
                        (x, p) -> Math.abs(x) > p[0] ? 1 : 0)
                .fromOutput((y, p) -> y != 0 ? 1 : 0);
    }

    /**
     * {@link #softShrink(double)} with lambda 1/2, the default everywhere.
     *
     * @return the activation
     */
    public static Elementwise softShrink() {
        return softShrink(SOFT_SHRINK.defaults()[0]);
    }

    /**
     * {@return the soft threshold {@code sign(x)·max(|x| − lambda, 0)} (Donoho 1995), the proximal
     * operator of {@code lambda·|x|}; ONNX's Shrink with {@code bias = lambd}} Odd: a zero has the
     * sign of x (PyTorch has +0 or −0, by code path). The derivative is 0 at both knees.
     *
     * @param lambda at least 0
     */
    public static Elementwise softShrink(double lambda) {
        return new Elementwise(SOFT_SHRINK, lambda);
    }

    private static final ElementwiseRule SHRINK =
            define(
                    "shrink",
                    "x < -lambda ? x + bias : x > lambda ? x - bias : 0",
                    Parameter.finite("lambda", 0.5),
                    Parameter.finite("bias", 0));

    private static ElementwiseFormulas shrinkFormulas() {
        return new ElementwiseFormulas(Formulas::shrinkAt, (x, p) -> x < -p[0] || x > p[0] ? 1 : 0)
                .fromOutput(
                        (y, p) -> y != 0 ? 1 : 0,
                        p -> p[0] >= 0 && p[1] <= p[0],
                        "lambda >= 0 and bias <= lambda");
    }

    /**
     * {@link #shrink(double, double)} with lambda 1/2 and bias 0, the defaults of ONNX.
     *
     * @return the activation
     */
    public static Elementwise shrink() {
        return new Elementwise(SHRINK, SHRINK.defaults());
    }

    /**
     * ONNX's Shrink, {@code x < −lambda ? x + bias : x > lambda ? x − bias : 0}: {@link
     * #hardShrink(double)} with bias 0, {@link #softShrink(double)} with {@code bias = lambda}. A
     * zero has the sign of x. The derivative is 0 at both knees.
     *
     * @param lambda any finite number; if it is negative, the first condition that holds counts
     * @param bias any finite number; the derivative can be had from the output only if it is at
     *     most {@code lambda}, and that not negative
     * @return the activation
     */
    public static Elementwise shrink(double lambda, double bias) {
        return new Elementwise(SHRINK, lambda, bias);
    }

    private static final ElementwiseRule THRESHOLD =
            define(
                    "threshold",
                    "x > threshold ? x : value",
                    Parameter.finite("threshold", 1),
                    Parameter.finite("value", 0));

    private static ElementwiseFormulas thresholdFormulas() {
        return new ElementwiseFormulas(
                        (x, p) -> x > p[0] ? x : p[1] + 0.0, (x, p) -> x > p[0] ? 1 : 0)
                .fromOutput((y, p) -> y > p[0] ? 1 : 0, p -> p[1] <= p[0], "value <= threshold");
    }

    /**
     * {@link #threshold(double, double)} with threshold 1 and value 0: ONNX and ND4J.
     *
     * @return the activation
     */
    public static Elementwise threshold() {
        return new Elementwise(THRESHOLD, THRESHOLD.defaults());
    }

    /**
     * {@code x > threshold ? x : value}. ONNX's ThresholdedRelu (alpha 1) and ND4J's (theta 1) have
     * {@code value} 0, which is what we take by default; PyTorch and Keras have no defaults. NaN
     * for NaN, as in PyTorch; ONNX and ND4J return 0.
     *
     * @param threshold any finite number
     * @param value any finite number, −0 counting as 0; the derivative can be had from the output
     *     only if it is at most {@code threshold}
     * @return the activation
     */
    public static Elementwise threshold(double threshold, double value) {
        return new Elementwise(THRESHOLD, threshold, value);
    }

    private static final ElementwiseRule SOFTSIGN = define("softsign", "x / (1 + |x|)");

    private static ElementwiseFormulas softsignFormulas() {
        return new ElementwiseFormulas(
                        (x, p) -> Double.isInfinite(x) ? Math.signum(x) : x / (1 + Math.abs(x)),
                        (x, p) -> 1 / (1 + Math.abs(x)) / (1 + Math.abs(x)))
                .fromOutput((y, p) -> (1 - Math.abs(y)) * (1 - Math.abs(y)));
    }

    /**
     * {@return the softsign {@code x / (1 + |x|)} (Bergstra et al. 2009), which goes to ±1 more
     * slowly than tanh; Glorot and Bengio 2010 found that it doesn't saturate} ±1 at ±∞, where
     * frameworks return NaN.
     */
    public static Elementwise softsign() {
        return new Elementwise(SOFTSIGN);
    }

    private static final ElementwiseRule SPARSE_PLUS =
            define("sparsePlus", "x <= -1 ? 0 : x >= 1 ? x : (x + 1)^2 / 4");

    private static ElementwiseFormulas sparsePlusFormulas() {
        return new ElementwiseFormulas(
                        (x, p) -> x <= -1 ? 0 : x >= 1 ? x : (x + 1) * (x + 1) / 4,
                        (x, p) -> x <= -1 ? 0 : x >= 1 ? 1 : 0.5 * x + 0.5)
                .fromOutput((y, p) -> y <= 0 ? 0 : y >= 1 ? 1 : Math.sqrt(y));
    }

    /**
     * {@return the sparse plus {@code x ≤ −1 ? 0 : x ≥ 1 ? x : (x + 1)² / 4} of Keras and JAX: a
     * softplus that reaches 0 and x, with a continuous derivative}
     */
    public static Elementwise sparsePlus() {
        return new Elementwise(SPARSE_PLUS);
    }

    private static final ElementwiseRule SQUAREPLUS =
            define("squareplus", "(x + sqrt(x^2 + b)) / 2", Parameter.number("b", 4, 0, 1e18));

    private static ElementwiseFormulas squareplusFormulas() {
        return new ElementwiseFormulas(
                        Formulas::squareplusAt,
                        (x, p) -> {
                            if (p[0] == 0 || Double.isInfinite(x)) {
                                return x > 0 ? 1 : 0;
                            }
                            double root = Math.hypot(x, Math.sqrt(p[0]));
                            return x > 0
                                    ? 0.5 + 0.5 * (x / root)
                                    : Formulas.squareplusAt(x, p) / root;
                        })
                .fromOutput(
                        (y, p) -> {
                            if (y == 0) {
                                return 0;
                            }
                            double inverse = Math.sqrt(p[0]) / 2 / y;
                            return 1 / (1 + inverse * inverse);
                        });
    }

    /**
     * {@link #squareplus(double)} with b = 4, the default of Keras and JAX.
     *
     * @return the activation
     */
    public static Elementwise squareplus() {
        return squareplus(SQUAREPLUS.defaults()[0]);
    }

    /**
     * {@return the squareplus {@code (x + √(x² + b)) / 2} (Barron 2021, arXiv 2112.11687), a
     * softplus without exponential or logarithm; for {@code b = 0} it is {@link #relu()}} Full
     * relative accuracy for negative x, where the plain formula cancels; +0 at −∞, where frameworks
     * return NaN.
     *
     * @param b from 0 to 1e18; 4 in Keras and JAX
     */
    public static Elementwise squareplus(double b) {
        return new Elementwise(SQUAREPLUS, b);
    }

    private static final ElementwiseRule SIGMOID = define("sigmoid", "1 / (1 + exp(-x))");

    private static ElementwiseFormulas sigmoidFormulas() {
        return new ElementwiseFormulas(
                        (x, p) -> x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)),
                        (x, p) ->
                                Math.exp(-Math.abs(x))
                                        / ((1 + Math.exp(-Math.abs(x)))
                                                * (1 + Math.exp(-Math.abs(x)))))
                .fromOutput((y, p) -> y * (1 - y));
    }

    /**
     * {@return the logistic function 1 / (1 + e⁻ˣ), from 0 to 1; it saturates, and its derivative
     * is at most 1/4}
     */
    public static Elementwise sigmoid() {
        return new Elementwise(SIGMOID);
    }

    private static final ElementwiseRule TANH = define("tanh", "tanh(x)");

    private static ElementwiseFormulas tanhFormulas() {
        return new ElementwiseFormulas(
                        (x, p) -> Math.tanh(x),
                        (x, p) -> {
                            double e = Math.exp(-2 * Math.abs(x));
                            return 4 * e / ((1 + e) * (1 + e));
                        })
                .fromOutput((y, p) -> (1 - y) * (1 + y));
    }

    /** {@return the hyperbolic tangent, from −1 to 1; odd, so that tanh(−0) = −0} */
    public static Elementwise tanh() {
        return new Elementwise(TANH);
    }

    private static final ElementwiseRule ELU =
            define("elu", "x > 0 ? x : alpha * expm1(x)", Parameter.finite("alpha", 1));

    private static ElementwiseFormulas eluFormulas() {
        return new ElementwiseFormulas(
                        (x, p) -> x > 0 ? x : p[0] * Math.expm1(x),
                        (x, p) -> x > 0 ? 1 : p[0] * Math.exp(x))
                .fromOutput((y, p) -> y > 0 ? 1 : y + p[0], p -> p[0] >= 0, "alpha >= 0");
    }

    /**
     * {@link #elu(double)} with alpha 1, the default everywhere.
     *
     * @return the activation
     */
    public static Elementwise elu() {
        return elu(ELU.defaults()[0]);
    }

    /**
     * {@return the exponential linear unit {@code x > 0 ? x : alpha·(eˣ − 1)} (Clevert et al. 2015,
     * arXiv 1511.07289)}
     *
     * @param alpha any finite number; the derivative at 0 is {@code alpha}
     */
    public static Elementwise elu(double alpha) {
        return new Elementwise(ELU, alpha);
    }

    private static final double SELU_ALPHA = 1.6732632423543772848170429916717;
    private static final double SELU_SCALE = 1.0507009873554804934193349852946;

    /** scale·alpha to twice the precision, since y comes close to its negative. */
    private static final double SELU_SCALE_ALPHA_HI = 0x1.c212cc640f031p0;

    private static final double SELU_SCALE_ALPHA_LO = 0x1.05161b045a1fep-56;

    private static final ElementwiseRule SELU =
            define(
                    "selu",
                    "scale * (x > 0 ? x : alpha * expm1(x)), scale = 1.0507..., alpha = 1.6732...");

    private static ElementwiseFormulas seluFormulas() {
        return new ElementwiseFormulas(
                        (x, p) -> SELU_SCALE * (x > 0 ? x : SELU_ALPHA * Math.expm1(x)),
                        (x, p) -> SELU_SCALE * (x > 0 ? 1 : SELU_ALPHA * Math.exp(x)))
                .fromOutput(
                        (y, p) ->
                                y > 0 ? SELU_SCALE : y + SELU_SCALE_ALPHA_HI + SELU_SCALE_ALPHA_LO);
    }

    /**
     * {@return the scaled exponential linear unit with the constants of Klambauer et al. 2017
     * (arXiv 1706.02515), which keep mean 0 and variance 1 under LeCun-normal weights}
     */
    public static Elementwise selu() {
        return new Elementwise(SELU);
    }

    private static final ElementwiseRule SCALED_ELU =
            define(
                    "scaledElu",
                    "scale * (x > 0 ? x : alpha * expm1(x))",
                    Parameter.number("alpha", 1, -1e30, 1e30),
                    Parameter.number("scale", 1, -1e30, 1e30));

    private static ElementwiseFormulas scaledEluFormulas() {
        return new ElementwiseFormulas(
                        Formulas::scaledEluAt, (x, p) -> x > 0 ? p[1] : p[1] * p[0] * Math.exp(x))
                .fromOutput(
                        (y, p) -> y > 0 ? p[1] : y + p[1] * p[0],
                        p -> p[0] >= 0 && p[1] > 0,
                        "alpha >= 0 and scale > 0");
    }

    /**
     * {@link #scaledElu(double, double)} with alpha 1 and scale 1: {@link #elu()}.
     *
     * @return the activation
     */
    public static Elementwise scaledElu() {
        return new Elementwise(SCALED_ELU, SCALED_ELU.defaults());
    }

    /**
     * SELU with constants of one's own, {@code scale·(x > 0 ? x : alpha·(eˣ − 1))}; ONNX's Selu,
     * which calls {@code scale} gamma. {@link #selu()} has the constants of its paper to twice the
     * precision.
     *
     * @param alpha from −1e30 to 1e30
     * @param scale from −1e30 to 1e30; the derivative at 0 is {@code scale·alpha}
     * @return the activation
     */
    public static Elementwise scaledElu(double alpha, double scale) {
        return new Elementwise(SCALED_ELU, alpha, scale);
    }

    private static final ElementwiseRule CELU =
            define(
                    "celu",
                    "x > 0 ? x : alpha * expm1(x / alpha)",
                    Parameter.number("alpha", 1, Double.MIN_VALUE, Double.MAX_VALUE));

    private static ElementwiseFormulas celuFormulas() {
        return new ElementwiseFormulas(
                        (x, p) -> x > 0 ? x : Formulas.celuOfNegative(x, p[0]),
                        (x, p) -> x > 0 ? 1 : Formulas.expOfQuotient(x, p[0]))
                .fromOutput((y, p) -> y > 0 ? 1 : (y + p[0]) / p[0]);
    }

    /**
     * {@link #celu(double)} with alpha 1, the default everywhere; that is {@code elu(1)}.
     *
     * @return the activation
     */
    public static Elementwise celu() {
        return celu(CELU.defaults()[0]);
    }

    /**
     * {@return the continuously differentiable exponential linear unit {@code max(0, x) + min(0,
     * alpha·(e^(x/alpha) − 1))} (Barron 2017, arXiv 1704.07483)} Other than {@link #elu(double)} it
     * has derivative 1 at 0 for every alpha. alpha is 1 in Keras, PyTorch, JAX and ONNX. −0 gives
     * −0 as in PyTorch; TensorFlow, JAX and ONNX Runtime give +0. PyTorch also takes a negative
     * alpha, which is not the function of the paper.
     *
     * @param alpha a positive number; the function tends to −alpha
     */
    public static Elementwise celu(double alpha) {
        return new Elementwise(CELU, alpha);
    }

    private static final ElementwiseRule EXPONENTIAL = define("exponential", "exp(x)");

    private static ElementwiseFormulas exponentialFormulas() {
        return new ElementwiseFormulas((x, p) -> Math.exp(x), (x, p) -> Math.exp(x))
                .fromOutput((y, p) -> y);
    }

    /**
     * {@return the exponential function eˣ, {@code exponential} in Keras and TensorFlow for Java,
     * {@code exp} in oneDNN; for outputs that must be positive} It is its own derivative, and
     * infinite for x above 88.72 (float) or 709.78 (double).
     */
    public static Elementwise exponential() {
        return new Elementwise(EXPONENTIAL);
    }

    private static final ElementwiseRule TANH_SHRINK = define("tanhShrink", "x - tanh(x)");

    private static ElementwiseFormulas tanhShrinkFormulas() {
        return new ElementwiseFormulas(
                (x, p) -> Formulas.minusTanh(x), (x, p) -> Math.tanh(x) * Math.tanh(x));
    }

    /**
     * {@return the hyperbolic tangent's shrinkage x − tanh(x), {@code tanh_shrink} in Keras, {@code
     * Tanhshrink} in PyTorch, {@code TanhShrink} in Smile} Odd: −0 gives −0, where the frameworks
     * give +0. Computed without cancellation near 0, where it is about x³/3; its derivative
     * tanh²(x) is 0 there, so that small inputs hardly learn.
     */
    public static Elementwise tanhShrink() {
        return new Elementwise(TANH_SHRINK);
    }

    private static final ElementwiseRule SOFTPLUS =
            define(
                    "softplus",
                    "beta * x > threshold ? x : log1p(exp(beta * x)) / beta",
                    Parameter.number("beta", 1, Double.MIN_VALUE, Double.MAX_VALUE),
                    Parameter.number(
                            "threshold", Double.POSITIVE_INFINITY, 0, Double.POSITIVE_INFINITY));

    private static ElementwiseFormulas softplusFormulas() {
        return new ElementwiseFormulas(
                        (x, p) ->
                                p[0] * x > p[1]
                                        ? x
                                        : Math.max(x, 0)
                                                + Math.log1p(Formulas.expOfMinusProduct(p[0], x))
                                                        / p[0],
                        (x, p) -> {
                            double e = Formulas.expOfMinusProduct(p[0], x);
                            return p[0] * x > p[1] ? 1 : (x > 0 ? 1 : e) / (1 + e);
                        })
                .fromOutput(
                        (y, p) -> p[0] * y > p[1] ? 1 : -Math.expm1(-p[0] * y),
                        p -> p[1] >= 20,
                        "a threshold of at least 20");
    }

    /**
     * {@link #softplus(double, double)} with beta 1 and no threshold, the default everywhere but in
     * PyTorch.
     *
     * @return the activation
     */
    public static Elementwise softplus() {
        return softplus(SOFTPLUS.defaults()[0]);
    }

    /**
     * {@link #softplus(double, double)} without a threshold.
     *
     * @param beta what x is multiplied by within the gate
     * @return the activation
     */
    public static Elementwise softplus(double beta) {
        return softplus(beta, SOFTPLUS.defaults()[1]);
    }

    /**
     * {@return the smooth rectifier log(1 + e^(beta·x)) / beta, and {@code x} itself where {@code
     * beta·x > threshold} (Dugas et al. 2000, "Incorporating second-order functional knowledge for
     * better option pricing"; Glorot et al. 2011)} It is positive everywhere and approaches ReLU as
     * beta grows; softplus(−∞) = 0. Its derivative is the logistic function of beta·x, so that no
     * unit dies, though one far below 0 learns slowly. No threshold is needed here for stability:
     * the formula doesn't overflow. PyTorch has beta 1 and threshold 20, {@code softplus(1, 20)},
     * which Keras inherits on its torch backend; TensorFlow, JAX, ONNX and the other backends of
     * Keras have neither. Ours is beta 1 and no threshold.
     *
     * <p>The derivative can be had from the output, 1 − e^(−beta·y), for thresholds of 20 and more.
     * At the step that a finite threshold makes, outputs repeat: for y up to e^(−threshold)/beta
     * above threshold/beta the derivative from the output is 1, and differs from that from the
     * input by at most e^(−threshold), 2.1·10⁻⁹ for 20.
     *
     * @param beta positive and finite
     * @param threshold not negative; infinite for none
     */
    public static Elementwise softplus(double beta, double threshold) {
        return new Elementwise(SOFTPLUS, beta, threshold);
    }

    private static final ElementwiseRule LOG_SIGMOID = define("logSigmoid", "-log(1 + exp(-x))");

    private static ElementwiseFormulas logSigmoidFormulas() {
        return new ElementwiseFormulas(
                        (x, p) -> -(Math.max(-x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
                        (x, p) -> {
                            double e = Math.exp(-Math.abs(x));
                            return (x < 0 ? 1 : e) / (1 + e);
                        })
                .fromOutput((y, p) -> -Math.expm1(y));
    }

    /**
     * {@return the logarithm of the logistic function, −log(1 + e⁻ˣ) = −softplus(−x), accurate
     * where {@code log(sigmoid(x))} would cancel (large x) or underflow to −∞ (x below −745)} It is
     * the log likelihood of a positive label, the summand of binary cross entropy with logits.
     * logSigmoid(∞) = −0 as in TensorFlow and JAX (PyTorch: +0), logSigmoid(−∞) = −∞.
     */
    public static Elementwise logSigmoid() {
        return new Elementwise(LOG_SIGMOID);
    }

    private static final ElementwiseRule SILU = define("silu", "x / (1 + exp(-x))");

    private static ElementwiseFormulas siluFormulas() {
        return new ElementwiseFormulas(
                (x, p) -> Formulas.swishAt(x, 1), (x, p) -> Formulas.swishDerivative(x, 1));
    }

    /**
     * {@return the sigmoid linear unit x·sigmoid(x) = x / (1 + e⁻ˣ) (Elfwing et al. 2017, arXiv
     * 1702.03118), {@code silu} in Keras, PyTorch and JAX, {@code swish} in ND4J and TensorFlow for
     * Java; {@link #swish(double)} with beta 1} Smooth and not monotonic: it falls to −0.2785 at x
     * = −1.2785. silu(−∞) = −0, where frameworks give NaN.
     */
    public static Elementwise silu() {
        return new Elementwise(SILU);
    }

    private static final ElementwiseRule SWISH =
            define("swish", "x / (1 + exp(-beta * x))", Parameter.finite("beta", 1));

    private static ElementwiseFormulas swishFormulas() {
        return new ElementwiseFormulas(
                (x, p) -> Formulas.swishAt(x, p[0]), (x, p) -> Formulas.swishDerivative(x, p[0]));
    }

    /**
     * {@link #swish(double)} with beta 1, the default of ONNX, which is {@link #silu()}.
     *
     * @return the activation
     */
    public static Elementwise swish() {
        return swish(SWISH.defaults()[0]);
    }

    /**
     * Swish x·sigmoid(beta·x) (Ramachandran et al. 2017, arXiv 1710.05941). beta is 1 in Keras,
     * PyTorch and JAX, which call it SiLU, the default of ONNX (where it is named alpha), and has
     * no default in DJL and oneDNN. 1.702 gives the quick GELU, ND4J's {@code GELU}; 0 gives x / 2;
     * the larger beta, the nearer to ReLU. The function tends to −0 for x → −∞ (beta &gt; 0) or to
     * +0 for x → +∞ (beta &lt; 0), where frameworks give NaN for the infinite x itself.
     *
     * @param beta any finite number
     * @return the activation
     */
    public static Elementwise swish(double beta) {
        return new Elementwise(SWISH, beta);
    }

    /**
     * Quick GELU, {@link #swish(double)} with beta 1.702, which is within 0.0204 of {@link #gelu()}
     * (Hendrycks and Gimpel 2016, section 2): ND4J's {@code GELU}. The registry has it as a
     * synonym.
     *
     * @return the activation
     */
    public static Elementwise quickGelu() {
        return swish(1.702);
    }

    private static final ElementwiseRule MISH = define("mish", "x * tanh(log1p(exp(x)))");

    private static ElementwiseFormulas mishFormulas() {
        return new ElementwiseFormulas(
                (x, p) -> Formulas.mishAt(x), (x, p) -> Formulas.mishDerivative(x));
    }

    /**
     * Mish x·tanh(log(1 + eˣ)) (Misra 2019, arXiv 1908.08681), the same in Keras, PyTorch, JAX,
     * ONNX, oneDNN, DJL and ND4J. Smooth and not monotonic: it falls to −0.3088 at x = −1.1924.
     * mish(−∞) = −0, where frameworks give NaN. mish(−0) = −0.
     *
     * @return the activation
     */
    public static Elementwise mish() {
        return new Elementwise(MISH);
    }

    private static final ElementwiseRule TELU = define("telu", "x * tanh(exp(x))");

    private static ElementwiseFormulas teluFormulas() {
        return new ElementwiseFormulas(
                (x, p) -> Formulas.teluAt(x), (x, p) -> Formulas.teluDerivative(x));
    }

    /**
     * TeLU x·tanh(eˣ) (Fernandez and Mali 2024, arXiv 2412.20269). Smooth and not monotonic, like
     * {@link #mish()}, but nearer to the identity for x &gt; 0: it falls to −0.3533 at x = −1.0789.
     * telu(−∞) = −0. telu(−0) = −0.
     *
     * @return the activation
     */
    public static Elementwise telu() {
        return new Elementwise(TELU);
    }

    private static final ElementwiseRule GELU =
            define("gelu", "x * Phi(x) = x/2 * erfc(-x / sqrt(2))");

    private static ElementwiseFormulas geluFormulas() {
        return new ElementwiseFormulas(
                (x, p) -> SpecialFunctions.gelu(x), (x, p) -> SpecialFunctions.geluDerivative(x));
    }

    /**
     * {@return the Gaussian error linear unit x·Φ(x) = x/2·erfc(−x/√2), where Φ is the normal
     * distribution function (Hendrycks and Gimpel 2016, arXiv 1606.08415): the exact form, that of
     * BERT and most transformers since} It is −0.17 at least, at x = −0.7518, where its derivative
     * Φ(x) + x·φ(x) changes sign; for x &gt; 0 the derivative is up to 1.13.
     *
     * <p>Defaults differ: "gelu" is this function in PyTorch, Keras, TensorFlow, ONNX, TF-Java and
     * DJL on PyTorch; {@code jax.nn.gelu} and Keras's backend function take {@link #geluTanh()};
     * ND4J's {@code GELU} is x·sigmoid(1.702x). −0 at −∞, where all of them give NaN, and ∞ at ∞,
     * where PyTorch's vectorized float gives NaN. No digits are lost on the left: PyTorch, which
     * takes 1 + erf, is off by 17 % at −5 in float and gives −0 at −8.
     */
    public static Elementwise gelu() {
        return new Elementwise(GELU);
    }

    private static final ElementwiseRule GELU_TANH =
            define("geluTanh", "x/2 * (1 + tanh(sqrt(2/pi) * (x + 0.044715 * x^3)))");

    private static ElementwiseFormulas geluTanhFormulas() {
        return new ElementwiseFormulas(
                (x, p) -> SpecialFunctions.geluTanh(x),
                (x, p) -> SpecialFunctions.geluTanhDerivative(x));
    }

    /**
     * {@return the tanh approximation of {@link #gelu()}, x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³)))
     * (Hendrycks and Gimpel 2016, arXiv 1606.08415), which is x·sigmoid(2u) with u the argument of
     * tanh; within 4.8e-4 of the exact form} For weights that were trained with it, as GPT-2's.
     *
     * <p>The same as {@code approximate="tanh"} in PyTorch and ONNX, {@code approximate=True} in
     * Keras and TensorFlow, and the default of {@code jax.nn.gelu}. ND4J's {@code PreciseGELU}
     * isn't it: that cubes 0.044715·x as a whole. −0 at −∞, where all of them give NaN, and ∞ at ∞.
     */
    public static Elementwise geluTanh() {
        return new Elementwise(GELU_TANH);
    }

    /** In the order of {@link #ordinal()}. */
    static List<Definition<Activation>> definitions() {
        return RULES.stream().map(ElementwiseRule::definition).toList();
    }

    /** The list of all, so that those of one can be had without making those of the others. */
    static ElementwiseFormulas formulasOf(String name) {
        return switch (name) {
            case "linear" -> linearFormulas();
            case "relu" -> reluFormulas();
            case "leakyRelu" -> leakyReluFormulas();
            case "generalizedRelu" -> generalizedReluFormulas();
            case "squaredRelu" -> squaredReluFormulas();
            case "starRelu" -> starReluFormulas();
            case "hardTanh" -> hardTanhFormulas();
            case "relu6" -> relu6Formulas();
            case "hardSigmoid" -> hardSigmoidFormulas();
            case "sparseSigmoid" -> sparseSigmoidFormulas();
            case "hardSwish" -> hardSwishFormulas();
            case "hardMish" -> hardMishFormulas();
            case "hardShrink" -> hardShrinkFormulas();
            case "softShrink" -> softShrinkFormulas();
            case "shrink" -> shrinkFormulas();
            case "threshold" -> thresholdFormulas();
            case "softsign" -> softsignFormulas();
            case "sparsePlus" -> sparsePlusFormulas();
            case "squareplus" -> squareplusFormulas();
            case "sigmoid" -> sigmoidFormulas();
            case "tanh" -> tanhFormulas();
            case "elu" -> eluFormulas();
            case "selu" -> seluFormulas();
            case "scaledElu" -> scaledEluFormulas();
            case "celu" -> celuFormulas();
            case "exponential" -> exponentialFormulas();
            case "tanhShrink" -> tanhShrinkFormulas();
            case "softplus" -> softplusFormulas();
            case "logSigmoid" -> logSigmoidFormulas();
            case "silu" -> siluFormulas();
            case "swish" -> swishFormulas();
            case "mish" -> mishFormulas();
            case "telu" -> teluFormulas();
            case "gelu" -> geluFormulas();
            case "geluTanh" -> geluTanhFormulas();
            default -> throw new IllegalStateException("no formulas of " + name);
        };
    }

    private final ElementwiseRule rule;
    private final double[] parameters;

    /** Whether all parameters are legal as float32, too; worked out once, not in every call. */
    private final boolean fitsFloat;

    Elementwise(ElementwiseRule rule, double... parameters) {
        this.rule = rule;
        this.parameters = rule.check(parameters);
        boolean fits = true;
        for (int i = 0; i < parameters.length; i++) {
            fits &= rule.definition().parameters().get(i).isLegal(parameters[i], DType.FLOAT32);
        }
        fitsFloat = fits;
    }

    @Override
    public String name() {
        return rule.definition().name();
    }

    /** {@return the place of this function in {@link Activation#definitions()}} */
    public int ordinal() {
        return rule.ordinal();
    }

    /** {@return the number of parameters} */
    public int parameterCount() {
        return parameters.length;
    }

    /**
     * Parameter {@code index}, or 0 if there are not so many.
     *
     * @param index which parameter, from 0
     * @return the number
     */
    public double parameter(int index) {
        return index < parameters.length ? parameters[index] : 0;
    }

    /**
     * f(x) by the plain formula in double precision, with parameters as they were given.
     *
     * @param x the source
     * @return the number
     */
    public double valueAt(double x) {
        return rule.valueAt(x, parameters);
    }

    /**
     * f'(x) by the plain formula in double precision, with parameters as they were given.
     *
     * @param x the source
     * @return the number
     */
    public double derivativeAt(double x) {
        return rule.derivativeAt(x, parameters);
    }

    /**
     * f'(x) from y = f(x) by the plain formula in double precision.
     *
     * @param y the destination
     * @return the number
     * @throws UnsupportedOperationException if {@link #fromOutput()} does
     */
    public double derivativeFromOutputAt(double y) {
        requireFromOutput();
        return rule.derivativeFromOutputAt(y, parameters);
    }

    /**
     * {@return the same function with its parameters rounded to what {@code dtype} is computed with
     * ({@link DType#arithmetic}), which is what kernels of that type compute}
     *
     * @param dtype the type of the elements
     */
    public Elementwise rounded(DType dtype) {
        return new Elementwise(rule, roundedParameters(dtype));
    }

    private double[] roundedParameters(DType dtype) {
        return Arrays.stream(parameters).map(dtype.arithmetic()::round).toArray();
    }

    /** Whether the parameters are in the range of every type. */
    boolean fitsAll() {
        return fitsFloat;
    }

    void requireParametersFit(DType stored) {
        if (!fitsFloat) {
            checkParameters(stored.arithmetic());
        }
    }

    private void checkParameters(DType dtype) {
        for (int i = 0; i < parameters.length; i++) {
            rule.definition().parameters().get(i).check(parameters[i], dtype);
        }
    }

    @Override
    public void forward(Span x, Span y) {
        Checks.storedSource("x", x, x.dtype(), x.length());
        Checks.storedDestination("y", y, x.dtype(), x.length());
        requireParametersFit(x.dtype());
        Backend backend = Rectifier.backend();
        Checks.sameOrDisjoint(backend, "y", y, "x", x);
        backend.forward(this, x, y, Rectifier.threads());
    }

    @Override
    public void forward(float[] x, float[] y) {
        if (!Brief.forward(this, x, y)) {
            ForwardPass.super.forward(x, y);
        }
    }

    @Override
    public void forward(double[] x, double[] y) {
        if (!Brief.forward(this, x, y)) {
            ForwardPass.super.forward(x, y);
        }
    }

    @Override
    public void forward(FloatBuffer x, FloatBuffer y) {
        if (!Brief.forward(this, x, y)) {
            ForwardPass.super.forward(x, y);
        }
    }

    @Override
    public void forward(DoubleBuffer x, DoubleBuffer y) {
        if (!Brief.forward(this, x, y)) {
            ForwardPass.super.forward(x, y);
        }
    }

    @Override
    public void forward(FloatPointer x, FloatPointer y) {
        if (!Brief.forward(this, x, y)) {
            ForwardPass.super.forward(x, y);
        }
    }

    @Override
    public void forward(DoublePointer x, DoublePointer y) {
        if (!Brief.forward(this, x, y)) {
            ForwardPass.super.forward(x, y);
        }
    }

    @Override
    public void backward(float[] x, float[] dy, float[] dx) {
        if (!Brief.backward(this, x, dy, dx)) {
            BackwardPass.super.backward(x, dy, dx);
        }
    }

    @Override
    public void backward(double[] x, double[] dy, double[] dx) {
        if (!Brief.backward(this, x, dy, dx)) {
            BackwardPass.super.backward(x, dy, dx);
        }
    }

    /** dx = f'(x)·dy, where {@code x} is what {@link #forward} read. */
    @Override
    public void backward(Span x, Span dy, Span dx) {
        Backend backend = checkedBackend("x", x, dy, dx);
        backend.backward(this, x, dy, dx, Rectifier.threads());
    }

    private Backend checkedBackend(String name, Span v, Span dy, Span dx) {
        Objects.requireNonNull(v, name);
        Checks.storedSource(name, v, v.dtype(), v.length());
        Checks.storedSource("dy", dy, v.dtype(), v.length());
        Checks.storedDestination("dx", dx, v.dtype(), v.length());
        requireParametersFit(v.dtype());
        Backend backend = Rectifier.backend();
        Checks.sameOrDisjoint(backend, "dx", dx, name, v);
        Checks.sameOrDisjoint(backend, "dx", dx, "dy", dy);
        return backend;
    }

    /** {@return whether {@link #fromOutput()} is to be had} */
    public boolean hasFromOutput() {
        return rule.hasFromOutput(parameters);
    }

    private void requireFromOutput() {
        if (!hasFromOutput()) {
            throw new UnsupportedOperationException(
                    "the derivative of "
                            + this
                            + " can't be had from its output"
                            + rule.fromOutputRemedy()
                            + ": use backward(x, dy, dx)");
        }
    }

    /**
     * {@return the backward pass that takes the output y = f(x) instead of x, so that the forward
     * pass may overwrite its input}
     *
     * <p>It is as accurate as y tells: where f is flat, many x share one y.
     *
     * @throws UnsupportedOperationException if y doesn't determine f'(x), as for GELU, or for leaky
     *     ReLU with a negative slope
     */
    public FromOutput fromOutput() {
        return new FromOutput(this);
    }

    /**
     * The backward pass of an elementwise activation from its output.
     *
     * @param activation whose derivative it is
     */
    public record FromOutput(Elementwise activation) implements BackwardPass {
        /**
         * Asks the activation.
         *
         * @throws UnsupportedOperationException if the output doesn't determine the derivative
         */
        public FromOutput {
            activation.requireFromOutput();
        }

        /** dx = f'(x)·dy, where {@code y} = f(x) is what {@link #forward} wrote. */
        @Override
        public void backward(Span y, Span dy, Span dx) {
            Backend backend = activation.checkedBackend("y", y, dy, dx);
            backend.backwardFromOutput(activation, y, dy, dx, Rectifier.threads());
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Elementwise that
                && rule == that.rule
                && Arrays.equals(parameters, that.parameters);
    }

    @Override
    public int hashCode() {
        return 31 * rule.ordinal() + Arrays.hashCode(parameters);
    }

    /** Java code that makes this value. */
    @Override
    public String toString() {
        return "Elementwise." + rule.definition().call(parameters);
    }
}
