package dev.rectifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.Fill.Distribution;
import dev.rectifier.Initializer.Form;
import dev.rectifier.Initializer.Mode;
import java.lang.reflect.Method;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class InitializerTest {
    /** The standard deviation of N(0, 1) cut at ±2. */
    private static final double TRUNCATED = 0.87962566103423978;

    private static final Shape DENSE = Shape.keras(784, 100);

    static Stream<Definition<Initializer>> definitions() {
        return Initializer.definitions().stream();
    }

    private static void assertFill(
            Distribution distribution, double a, double b, Initializer initializer) {
        Fill fill = initializer.fill(DENSE).orElseThrow();
        assertEquals(distribution, fill.distribution(), initializer::toString);
        assertEquals(a, fill.a(), Math.ulp(a), initializer::toString);
        assertEquals(b, fill.b(), Math.ulp(b), initializer::toString);
    }

    private static void assertUniform(double limit, Initializer initializer) {
        assertFill(Distribution.UNIFORM, -limit, limit, initializer);
    }

    private static void assertTruncated(double variance, Initializer initializer) {
        assertFill(Distribution.TRUNCATED_NORMAL, 0, Math.sqrt(variance) / TRUNCATED, initializer);
    }

    /** What makes an initializer of a width, and the largest that a type has room for, nearly. */
    private record Width(String name, DType dtype, DoubleFunction<Initializer> of, double largest) {
        @Override
        public String toString() {
            return name + " " + dtype;
        }
    }

    static Stream<Width> widths() {
        return DType.arithmeticTypes().stream().flatMap(InitializerTest::widths);
    }

    private static Stream<Width> widths(DType dtype) {
        double max = dtype == DType.FLOAT32 ? Float.MAX_VALUE : Double.MAX_VALUE;
        // The last quantile that is drawn.
        double reach = dtype == DType.FLOAT32 ? 6.3379574 : 8.209536151601386;
        return Stream.of(
                new Width("constant", dtype, Initializer::constant, max),
                new Width("uniform", dtype, w -> Initializer.randomUniform(-w, w, 1), max / 2),
                new Width(
                        "uniform on one side",
                        dtype,
                        w -> Initializer.randomUniform(max / 2, w, 1),
                        max),
                new Width("normal", dtype, w -> Initializer.randomNormal(0, w, 1), max / reach),
                new Width(
                        "normal beside a mean",
                        dtype,
                        w -> Initializer.randomNormal(-max / 2, w, 1),
                        max / 2 / reach),
                new Width("sparse", dtype, w -> Initializer.sparse(0.5, w, 1), max / reach),
                new Width("truncated", dtype, w -> Initializer.truncatedNormal(0, w, 1), max / 2),
                new Width(
                        "bounded by one number",
                        dtype,
                        w -> Initializer.boundedNormal(0, w, Double.NEGATIVE_INFINITY, 0, 1),
                        max / 9),
                new Width(
                        "bounded by two",
                        dtype,
                        w -> Initializer.boundedNormal(1, max / 2, -1, w, 1),
                        max),
                new Width("identity", dtype, Initializer::identity, max),
                new Width("orthogonal", dtype, w -> Initializer.orthogonal(w, 1), max));
    }

    @ParameterizedTest
    @MethodSource("widths")
    void aDistributionMayBeAsWideAsTheTypeOfTheWeightsAllowsAndNoWider(Width width) {
        Span out = Span.allocate(width.dtype, 64 * 64);
        width.of.apply(width.largest * (1 - 1e-6)).initialize(Shape.keras(64, 64), out);
        for (long i = 0; i < out.length(); i++) {
            assertTrue(Double.isFinite(out.get(i)), width::toString);
        }
        if (width.dtype == DType.FLOAT32 || width.largest < Double.MAX_VALUE) {
            Initializer wider = width.of.apply(width.largest * (1 + 1e-6));
            var e =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> wider.initialize(Shape.keras(64, 64), out));
            assertTrue(
                    e.getMessage().contains("out of the range of " + width.dtype), e::getMessage);
        }
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void anyScaleIsAnInitializerAsLongAsItsWeightsFitTheType(Form form) {
        double[] huge =
                Initializer.varianceScaling(Double.MAX_VALUE, Mode.FAN_IN, form, 1).doubles(DENSE);
        double[] quarter =
                Initializer.varianceScaling(Double.MAX_VALUE / 4, Mode.FAN_IN, form, 1)
                        .doubles(DENSE);
        for (int i = 0; i < huge.length; i++) {
            assertEquals(2 * quarter[i], huge[i]);
        }
    }

    @Test
    void theBooksVarianceScalingIsUniformWithTheAverageFan() {
        Initializer book = Initializer.varianceScaling(2, Mode.FAN_AVG, Form.UNIFORM, 42);
        assertUniform(0.1165103456070926, book);
        assertEquals(
                book,
                Initializer.of(
                        "varianceScaling",
                        Map.of("scale", "2", "mode", "fanAvg", "distribution", "uniform"),
                        42));
    }

    @Test
    void namedSchemesHaveTheirPublishedScale() {
        assertUniform(Math.sqrt(6.0 / 884), Initializer.glorotUniform(1));
        assertTruncated(2.0 / 884, Initializer.glorotNormal(1));
        assertUniform(Math.sqrt(6.0 / 784), Initializer.heUniform(1));
        assertTruncated(2.0 / 784, Initializer.heNormal(1));
        assertUniform(Math.sqrt(3.0 / 784), Initializer.lecunUniform(1));
        assertTruncated(1.0 / 784, Initializer.lecunNormal(1));
    }

    @Test
    void everyModeDividesByItsFan() {
        assertTruncated(
                3.0 / 784, Initializer.varianceScaling(3, Mode.FAN_IN, Form.TRUNCATED_NORMAL, 1));
        assertTruncated(
                3.0 / 100, Initializer.varianceScaling(3, Mode.FAN_OUT, Form.TRUNCATED_NORMAL, 1));
        assertTruncated(
                3.0 / 442, Initializer.varianceScaling(3, Mode.FAN_AVG, Form.TRUNCATED_NORMAL, 1));
        assertTruncated(
                3.0 / 280,
                Initializer.varianceScaling(3, Mode.FAN_GEO_AVG, Form.TRUNCATED_NORMAL, 1));
    }

    @Test
    void onlyTheTruncatedFormIsWidened() {
        assertFill(
                Distribution.NORMAL,
                0,
                Math.sqrt(1.0 / 784),
                Initializer.varianceScaling(1, Mode.FAN_IN, Form.UNTRUNCATED_NORMAL, 1));
        assertFill(
                Distribution.TRUNCATED_NORMAL,
                0.5,
                0.05,
                Initializer.truncatedNormal(0.5, 0.05, 1));
    }

    @Test
    void theBoundsOfPyTorchAreNumbersAndNotDeviations() {
        Initializer narrow = Initializer.boundedNormal(0, 0.02, -2, 2, 42);
        double[] values = narrow.doubles(DENSE);
        double[] uncut = Initializer.randomNormal(0, 0.02, 42).doubles(DENSE);
        for (int i = 0; i < values.length; i++) {
            assertEquals(uncut[i], values[i], 1e-15);
        }
        assertEquals(
                narrow,
                Initializer.of(
                        "boundedNormal",
                        Map.of("stddev", "0.02", "minval", "-2", "maxval", "2"),
                        42));
        double[] cut = Initializer.boundedNormal(0, 0.02, -0.04, 0.04, 42).doubles(DENSE);
        double[] keras = Initializer.truncatedNormal(0, 0.02, 42).doubles(DENSE);
        for (int i = 0; i < cut.length; i++) {
            assertEquals(keras[i], cut[i], 1e-15);
        }
    }

    @Test
    void plainDistributionsTakeTheirNumbersAsGiven() {
        assertFill(Distribution.CONSTANT, 0, 0, Initializer.zeros());
        assertFill(Distribution.CONSTANT, 1, 0, Initializer.ones());
        assertFill(Distribution.CONSTANT, -2.5, 0, Initializer.constant(-2.5));
        assertFill(Distribution.UNIFORM, -1, 3, Initializer.randomUniform(-1, 3, 1));
        assertFill(Distribution.NORMAL, 2, 0.1, Initializer.randomNormal(2, 0.1, 1));
    }

    @Test
    void defaultsAreThoseOfKeras() {
        assertFill(Distribution.CONSTANT, 0, 0, Initializer.of("constant", Map.of(), 1));
        assertFill(Distribution.UNIFORM, -0.05, 0.05, Initializer.of("randomUniform", Map.of(), 1));
        assertFill(Distribution.NORMAL, 0, 0.05, Initializer.of("randomNormal", Map.of(), 1));
        assertFill(
                Distribution.TRUNCATED_NORMAL,
                0,
                0.05,
                Initializer.of("truncatedNormal", Map.of(), 1));
        assertTruncated(1.0 / 784, Initializer.of("varianceScaling", Map.of(), 1));
    }

    @Test
    void fansFollowTheLayoutOfTheShape() {
        Initializer he = Initializer.heUniform(1);
        assertEquals(he.fill(Shape.keras(3, 3, 16, 32)), he.fill(Shape.torch(32, 16, 3, 3)));
        assertEquals(Math.sqrt(6.0 / 144), he.fill(Shape.keras(3, 3, 16, 32)).orElseThrow().b());
    }

    @Test
    void anEmptyTensorHasAFiniteDistribution() {
        assertEquals(
                Math.sqrt(6), Initializer.heUniform(1).fill(Shape.keras(0, 4)).orElseThrow().b());
    }

    @Test
    void namesAreUnique() {
        Set<String> names = new HashSet<>();
        definitions()
                .forEach(definition -> assertTrue(names.add(definition.name()), definition.name()));
    }

    @ParameterizedTest
    @MethodSource("definitions")
    void everyDefinitionMakesAnInitializerOfItsName(Definition<Initializer> definition) {
        Initializer initializer = definition.withDefaults();
        assertEquals(definition.name(), initializer.name());
        assertEquals(initializer.withSeed(7), Initializer.of(definition.name(), Map.of(), 7));
        initializer
                .fill(DENSE)
                .ifPresent(
                        fill ->
                                assertTrue(
                                        Double.isFinite(fill.a()) && Double.isFinite(fill.b()),
                                        fill::toString));
    }

    @ParameterizedTest
    @MethodSource("definitions")
    void theTextIsCodeThatMakesTheSame(Definition<Initializer> definition) throws Exception {
        Initializer initializer = definition.withDefaults();
        for (Initializer variant :
                List.of(
                        initializer,
                        initializer.withSeed(-42).withStream(3),
                        initializer.withSeed(Long.MIN_VALUE).withStream(1L << 40))) {
            assertEquals(variant, evaluate(variant.toString()), variant::toString);
        }
    }

    /** The value of {@code Initializer.name(argument, ...).withStream(number)}. */
    private static Initializer evaluate(String code) throws ReflectiveOperationException {
        Matcher call =
                Pattern.compile("Initializer\\.(\\w+)\\((.*?)\\)(?:\\.withStream\\((.*)\\))?")
                        .matcher(code);
        assertTrue(call.matches(), code);
        String[] texts = call.group(2).isEmpty() ? new String[0] : call.group(2).split(", ");
        Method factory =
                Stream.of(Initializer.class.getMethods())
                        .filter(method -> method.getName().equals(call.group(1)))
                        .findFirst()
                        .orElseThrow();
        assertEquals(factory.getParameterCount(), texts.length, code);
        Object[] arguments = new Object[texts.length];
        for (int i = 0; i < texts.length; i++) {
            arguments[i] = literal(factory.getParameterTypes()[i], texts[i]);
        }
        Initializer value = (Initializer) factory.invoke(null, arguments);
        return call.group(3) == null
                ? value
                : value.withStream((long) literal(long.class, call.group(3)));
    }

    private static Object literal(Class<?> type, String text) {
        if (type.isEnum()) {
            String name = type.getCanonicalName().replace("dev.rectifier.", "") + ".";
            assertTrue(text.startsWith(name), text);
            return Stream.of(type.getEnumConstants())
                    .filter(constant -> text.equals(name + constant))
                    .findFirst()
                    .orElseThrow();
        }
        if (type == double.class) {
            return Double.valueOf(text);
        }
        // What doesn't fit an int needs its L.
        return type == long.class
                ? text.endsWith("L")
                        ? Long.valueOf(text.substring(0, text.length() - 1))
                        : (Object) (long) Integer.parseInt(text)
                : Integer.valueOf(text);
    }

    @Test
    void xavierAndKaimingArePlainWithTheGainOfPyTorch() {
        assertUniform(2 * Math.sqrt(6.0 / 884), Initializer.xavierUniform(2, 1));
        assertFill(
                Distribution.NORMAL,
                0,
                5.0 / 3 * Math.sqrt(2.0 / 884),
                Initializer.xavierNormal(Gain.calculate(Nonlinearity.TANH, 0), 1));
        assertUniform(
                Math.sqrt(6.0 / 784),
                Initializer.kaimingUniform(0, Mode.FAN_IN, Nonlinearity.LEAKY_RELU, 1));
        assertFill(
                Distribution.NORMAL,
                0,
                Math.sqrt(2 / (1 + 0.04) / 100),
                Initializer.kaimingNormal(0.2, Mode.FAN_OUT, Nonlinearity.LEAKY_RELU, 1));
        assertFill(
                Distribution.NORMAL,
                0,
                0.75 / 28,
                Initializer.kaimingNormal(0.2, Mode.FAN_IN, Nonlinearity.SELU, 1));
    }

    @Test
    void theDefaultOfPyTorchsLayersIsOneOverTheRootOfFanIn() {
        assertUniform(
                1 / 28.0,
                Initializer.kaimingUniform(Math.sqrt(5), Mode.FAN_IN, Nonlinearity.LEAKY_RELU, 1));
    }

    @Test
    void onlyWhatIsDrawnElementByElementHasADistribution() {
        Set<String> structured =
                Set.of("identity", "dirac", "orthogonal", "deltaOrthogonal", "sparse");
        definitions()
                .forEach(
                        definition ->
                                assertEquals(
                                        structured.contains(definition.name()),
                                        definition.withDefaults().fill(DENSE).isEmpty(),
                                        definition.name()));
    }

    @Test
    void whatDrawsNothingIsTheSameForAnySeedAndStream() {
        assertEquals(Initializer.identity(2), Initializer.identity(2).withSeed(7).withStream(3));
        assertEquals("Initializer.zeros()", Initializer.of("zeros", Map.of(), 7).toString());
    }

    @Test
    void aPresetIsFoundByItsName() {
        assertEquals(
                Initializer.xavierNormal(1, 7),
                Initializer.of("torch.nn.init.xavier_normal_", Map.of(), 7));
        var e =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                Initializer.of(
                                        "torch.nn.init.xavier_normal_", Map.of("gain", "2"), 7));
        assertEquals(
                "torch.nn.init.xavier_normal_ takes no parameters; they are those of"
                        + " Initializer.xavierNormal(1.0, 0)",
                e.getMessage());
    }

    @Test
    void initializersAreValues() {
        Initializer he = Initializer.heNormal(42);
        assertEquals(Initializer.heNormal(42), he);
        assertEquals(Initializer.heNormal(42).hashCode(), he.hashCode());
        assertNotEquals(Initializer.heNormal(43), he);
        assertNotEquals(he.withStream(1), he);
        assertEquals(he.withStream(1), he.withStream(1));
        assertEquals(he.withSeed(43), Initializer.heNormal(43));
        assertNotEquals(Initializer.heUniform(42), he);
        assertNotEquals(Initializer.constant(1), Initializer.constant(2));
    }

    @Test
    void theTextNamesParametersSeedAndStream() {
        assertEquals(
                "Initializer.varianceScaling(2.0, Initializer.Mode.FAN_AVG,"
                        + " Initializer.Form.UNIFORM, 42).withStream(3)",
                Initializer.varianceScaling(2, Mode.FAN_AVG, Form.UNIFORM, 42)
                        .withStream(3)
                        .toString());
        assertEquals("Initializer.heNormal(-1)", Initializer.heNormal(-1).toString());
        assertEquals("Initializer.dirac(2)", Initializer.dirac(2).toString());
    }

    @Test
    void anUnknownNameIsRejectedWithTheKnownOnes() {
        var e =
                assertThrows(
                        IllegalArgumentException.class, () -> Initializer.of("he", Map.of(), 1));
        assertTrue(
                e.getMessage().startsWith("no initializer is named he; there are [zeros, ones"),
                e.getMessage());
    }

    @Test
    void tooManyElementsForAnArrayAreRejectedWithTheShape() {
        Shape huge = Shape.keras(1 << 16, 1 << 16);
        for (var e :
                new Exception[] {
                    assertThrows(
                            IllegalArgumentException.class, () -> Initializer.zeros().floats(huge)),
                    assertThrows(
                            IllegalArgumentException.class, () -> Initializer.zeros().doubles(huge))
                }) {
            assertTrue(e.getMessage().contains("4294967296"), e.getMessage());
            assertTrue(e.getMessage().contains(huge.toString()), e.getMessage());
        }
    }
}
