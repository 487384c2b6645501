package dev.rectifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ActivationRegistryTest {
    static Stream<Definition<Activation>> definitions() {
        return Activation.definitions().stream();
    }

    private static void assertRejected(String message, Runnable call) {
        var e = assertThrows(IllegalArgumentException.class, call::run);
        assertEquals(message, e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "linear",
                "relu",
                "leakyRelu",
                "generalizedRelu",
                "squaredRelu",
                "starRelu",
                "hardMish",
                "relu6",
                "prelu",
                "rrelu",
                "elu",
                "selu",
                "scaledElu",
                "celu",
                "gelu",
                "geluTanh",
                "quickGelu",
                "silu",
                "swish",
                "learnedSwish",
                "snake",
                "mish",
                "telu",
                "sigmoid",
                "tanh",
                "softplus",
                "softsign",
                "logSigmoid",
                "hardSigmoid",
                "hardSwish",
                "hardTanh",
                "hardShrink",
                "softShrink",
                "shrink",
                "tanhShrink",
                "threshold",
                "exponential",
                "squareplus",
                "sparsePlus",
                "sparseSigmoid",
                "identity",
                "softmax",
                "logSoftmax",
                "softmin",
                "sparsemax",
                "glu",
                "concatenatedRelu",
                "crelu",
                "swiGlu",
                "geGlu",
                "geGluTanh",
                "reGlu",
                "bilinear",
                "gumbelSoftmax",
                "hardmax"
            })
    void everyPromisedActivationIsThereByItsName(String name) {
        Activation.of(name, Map.of());
    }

    @Test
    void aSynonymStandsForOneOfTheRegistryAndTakesNoParameters() {
        assertEquals(Elementwise.swish(1.702), Activation.of("quickGelu", Map.of()));
        assertEquals(Elementwise.linear(), Activation.of("identity", Map.of()));
        assertRejected(
                "quickGelu takes no parameters; they are those of Elementwise.swish(1.702)",
                () -> Activation.of("quickGelu", Map.of("beta", "2")));
        definitions().forEach(d -> assertFalse(Activation.synonyms().containsKey(d.name())));
    }

    @Test
    void namesAreUnique() {
        Set<String> names = new HashSet<>();
        definitions()
                .forEach(definition -> assertTrue(names.add(definition.name()), definition.name()));
    }

    @ParameterizedTest
    @MethodSource("definitions")
    void everyDefinitionMakesAnActivationOfItsNameFromLegalDefaults(
            Definition<Activation> definition) {
        definition.parameters().forEach(parameter -> parameter.check(parameter.defaultValue()));
        Activation activation = definition.withDefaults();
        assertEquals(definition.name(), activation.name());
        assertEquals(activation, Activation.of(definition.name(), Map.of()));
        assertEquals(activation.hashCode(), definition.withDefaults().hashCode());
    }

    static Stream<Arguments> ends() {
        return definitions()
                .flatMap(
                        definition ->
                                definition.parameters().stream()
                                        .flatMap(
                                                parameter ->
                                                        Arrays.stream(DType.values())
                                                                .map(
                                                                        dtype ->
                                                                                Arguments.of(
                                                                                        definition,
                                                                                        parameter,
                                                                                        dtype))));
    }

    /** A number that is written out in a range, or the furthest that a type has where none is. */
    @ParameterizedTest
    @MethodSource("ends")
    void theEndsOfEachPrintedRangeAreTaken(
            Definition<Activation> definition, Parameter parameter, DType dtype) {
        int index = definition.parameters().indexOf(parameter);
        for (double end : new double[] {parameter.min(), parameter.max()}) {
            double own = dtype.arithmetic() == DType.FLOAT32 ? floatEnd(end) : end;
            Activation activation = withOthersBesides(definition, index, own);
            if (activation instanceof Elementwise f) {
                Span x = ones(dtype);
                f.forward(x, ones(dtype));
                f.backward(x, ones(dtype), ones(dtype));
            } else if (activation instanceof GumbelSoftmax f && !dtype.isHalf()) {
                Span soft = ones(dtype);
                Optional<Span> oneHot = f.hard() ? Optional.of(ones(dtype)) : Optional.empty();
                f.forward(new RandomKey(1, 2), ones(dtype), soft, oneHot, Axis.shared(3));
                f.backward(soft, ones(dtype), ones(dtype), Axis.shared(3));
            }
        }
    }

    private static double floatEnd(double end) {
        double size = Math.abs(end);
        double own =
                Map.of(
                                Double.MAX_VALUE, Float.MAX_VALUE,
                                Double.MIN_NORMAL, Float.MIN_NORMAL,
                                Double.MIN_VALUE, Float.MIN_VALUE)
                        .getOrDefault(size, Float.NaN);
        return Double.isNaN(own) ? end : Math.copySign(own, end);
    }

    /** The others as they are by default, or the same number where those don't go with it. */
    private static Activation withOthersBesides(
            Definition<Activation> definition, int index, double value) {
        double[] values = definition.defaults();
        values[index] = value;
        try {
            return definition.create(values);
        } catch (IllegalArgumentException e) {
            Arrays.setAll(
                    values,
                    i -> {
                        Parameter other = definition.parameters().get(i);
                        return Math.max(other.min(), Math.min(other.max(), value));
                    });
            return definition.create(values);
        }
    }

    private static Span ones(DType dtype) {
        Span ones = Span.allocate(dtype, 3);
        for (int i = 0; i < 3; i++) {
            ones.set(i, 1);
        }
        return ones;
    }

    @ParameterizedTest
    @MethodSource("definitions")
    void everyDefinitionIsDescribedWithDistinctParameters(Definition<Activation> definition) {
        assertFalse(definition.formula().isBlank());
        assertEquals(
                definition.parameters().size(),
                definition.parameters().stream().map(Parameter::name).distinct().count());
    }

    @ParameterizedTest
    @MethodSource("definitions")
    void everyParameterRejectsNaN(Definition<Activation> definition) {
        for (int i = 0; i < definition.parameters().size(); i++) {
            double[] values = definition.defaults();
            values[i] = Double.NaN;
            String name = definition.parameters().get(i).name();
            var e = assertThrows(IllegalArgumentException.class, () -> definition.create(values));
            assertTrue(e.getMessage().startsWith(name + " must be "), e.getMessage());
            assertThrows(
                    IllegalArgumentException.class,
                    () -> Activation.of(definition.name(), Map.of(name, "NaN")));
        }
    }

    @Test
    void anElementwiseActivationKnowsItsPlaceInTheRegistry() {
        List<Definition<Activation>> all = Activation.definitions();
        IntStream.range(0, all.size())
                .filter(i -> all.get(i).withDefaults() instanceof Elementwise)
                .forEach(i -> assertEquals(i, ((Elementwise) all.get(i).withDefaults()).ordinal()));
    }

    @Test
    void factoriesMakeWhatTheRegistryMakes() {
        assertEquals(Elementwise.relu(), Activation.of("relu", Map.of()));
        assertEquals(Elementwise.leakyRelu(), Activation.of("leakyRelu", Map.of()));
        assertEquals(
                Elementwise.leakyRelu(0.2),
                Activation.of("leakyRelu", Map.of("negativeSlope", "0.2")));
        assertEquals(Elementwise.elu(1.5), Activation.of("elu", Map.of("alpha", "1.5")));
        assertEquals(new PRelu(), Activation.of("prelu", Map.of()));
        assertEquals(new RRelu(), Activation.of("rrelu", Map.of()));
        assertEquals(
                RRelu.xu(3, 8),
                Activation.of(
                        "rrelu", Map.of("lower", "3", "upper", "8", "parametrization", "divisor")));
        assertEquals(AxisFunction.softmax(), Activation.of("softmax", Map.of()));
        assertEquals(AxisFunction.softmax(0), Activation.of("softmax", Map.of("axis", "0")));
    }

    @Test
    void activationsAreValues() {
        assertEquals(Elementwise.elu(2), Elementwise.elu(2));
        assertEquals(Elementwise.elu(2).hashCode(), Elementwise.elu(2).hashCode());
        assertNotEquals(Elementwise.elu(2), Elementwise.elu(1));
        assertNotEquals(Elementwise.elu(2), Elementwise.leakyRelu(2));
    }

    @Test
    void theTextIsTheCodeThatMakesTheActivation() {
        assertEquals("Elementwise.leakyRelu(0.2)", Elementwise.leakyRelu(0.2).toString());
        assertEquals("Elementwise.relu()", Elementwise.relu().toString());
        assertEquals("new PRelu(0.25)", new PRelu().toString());
        assertEquals(
                "new RRelu(3.0, 8.0, RRelu.Parametrization.DIVISOR)", RRelu.xu(3, 8).toString());
        assertEquals("AxisFunction.softmax(-1)", AxisFunction.softmax().toString());
    }

    @Test
    void parametersAreReadByIndex() {
        assertEquals(1, Elementwise.leakyRelu(0.2).parameterCount());
        assertEquals(0.2, Elementwise.leakyRelu(0.2).parameter(0));
        assertEquals(0, Elementwise.leakyRelu(0.2).parameter(1));
        assertEquals(0, Elementwise.relu().parameterCount());
        assertEquals(0.2f, Elementwise.leakyRelu(0.2).rounded(DType.FLOAT32).parameter(0));
        assertEquals(0.2, Elementwise.leakyRelu(0.2).rounded(DType.FLOAT64).parameter(0));
    }

    @Test
    void inferenceOfRReluUsesTheMiddle() {
        assertEquals(Elementwise.leakyRelu(11.0 / 48), new RRelu().inference());
        assertEquals(Elementwise.leakyRelu(2.0 / 11), RRelu.xu(3, 8).inference());
        assertEquals(
                Elementwise.leakyRelu(0),
                RRelu.uniformSlope(-Double.MAX_VALUE, Double.MAX_VALUE).inference());
    }

    @Test
    void whatIsUnknownIsRejectedWithWhatIsKnown() {
        var e = assertThrows(IllegalArgumentException.class, () -> Activation.of("ReLU", Map.of()));
        assertTrue(
                e.getMessage().startsWith("no activation is named ReLU; there are [linear, "),
                e.getMessage());
        assertRejected(
                "leakyRelu has no parameter alpha; it has [negativeSlope]",
                () -> Activation.of("leakyRelu", Map.of("alpha", "0.2")));
        assertRejected(
                "relu has no parameter alpha", () -> Activation.of("relu", Map.of("alpha", "0.2")));
    }

    @Test
    void aDerivativeThatTheOutputDoesNotTellIsRefusedBeforeItIsUsed() {
        assertTrue(Elementwise.leakyRelu(0.2).hasFromOutput());
        assertEquals(
                Elementwise.leakyRelu(0.2), Elementwise.leakyRelu(0.2).fromOutput().activation());
        assertFalse(Elementwise.leakyRelu(-0.2).hasFromOutput());
        var e =
                assertThrows(
                        UnsupportedOperationException.class,
                        () -> Elementwise.leakyRelu(-0.2).fromOutput());
        assertEquals(
                "the derivative of Elementwise.leakyRelu(-0.2) can't be had from its output, but with"
                        + " negativeSlope >= 0: use backward(x, dy, dx)",
                e.getMessage());
        assertThrows(
                UnsupportedOperationException.class,
                () -> new Elementwise.FromOutput(Elementwise.leakyRelu(-0.2)));
        assertThrows(
                UnsupportedOperationException.class,
                () -> Elementwise.leakyRelu(-0.2).derivativeFromOutputAt(1));
    }

    @Test
    void parametersThatDoNotFitTogetherAreRejectedWithAllOfThem() {
        assertRejected(
                "minValue <= maxValue doesn't hold: hardTanh(2.0, 1.0)",
                () -> Elementwise.hardTanh(2, 1));
        assertRejected(
                "maxValue >= threshold doesn't hold: generalizedRelu(0.0, 1.0, 2.0)",
                () -> Elementwise.generalizedRelu(0, 1, 2));
        assertRejected(
                "the axis has an odd size, 3, and can't be halved",
                () -> {
                    float[] x = new float[6];
                    new Glu().forward(Span.of(x), Span.of(new float[3]), Axis.of(-1, 2, 3));
                });
        assertRejected(
                "oneHot must be given for new GumbelSoftmax(1.0, true, -1)",
                () -> {
                    Span x = Span.of(new float[6]);
                    new GumbelSoftmax(1, true, -1)
                            .forward(
                                    new RandomKey(1, 2),
                                    x,
                                    x,
                                    java.util.Optional.empty(),
                                    Axis.ofRows(2, 3));
                });
    }

    @Test
    void aGatedUnitIsWrittenAsTheCodeThatMakesIt() {
        assertEquals("new Glu(-1)", new Glu().toString());
        assertEquals("new Glu(1)", new Glu(Elementwise.sigmoid(), false, 1).toString());
        assertEquals(
                "new Glu(Elementwise.swish(2.0), true, -1)",
                Glu.gateFirst(Elementwise.swish(2)).toString());
        assertEquals(Glu.of(Elementwise.silu()), Activation.of("swiGlu", Map.of()));
    }

    @Test
    void illegalParametersAreRejectedWithTheirValues() {
        assertRejected(
                "negativeSlope must be finite, not Infinity",
                () -> Elementwise.leakyRelu(Double.POSITIVE_INFINITY));
        assertRejected("alpha must be finite, not NaN", () -> Elementwise.elu(Double.NaN));
        assertRejected(
                "alpha must be finite, not -Infinity", () -> new PRelu(Double.NEGATIVE_INFINITY));
        assertRejected("lower must be finite, not NaN", () -> RRelu.uniformSlope(Double.NaN, 1));
        assertRejected("lower 0.5 is greater than upper 0.25", () -> RRelu.uniformSlope(0.5, 0.25));
        assertThrows(IllegalArgumentException.class, () -> RRelu.xu(0, 8));
        assertThrows(IllegalArgumentException.class, () -> RRelu.xu(-3, 8));
        assertRejected(
                "parametrization must be one of slope, divisor, not both",
                () -> Activation.of("rrelu", Map.of("parametrization", "both")));
    }
}
