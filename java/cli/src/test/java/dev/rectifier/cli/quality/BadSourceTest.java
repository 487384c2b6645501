package dev.rectifier.cli.quality;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.Initializer;
import dev.rectifier.Shape;
import dev.rectifier.Span;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The tests can fail: each fault that weights had somewhere, or may have, is found. */
class BadSourceTest {
    private static final Effort SMALL = new Effort(1 << 14, 1 << 19, 1 << 14, 1 << 14, 1 << 13);

    private static final Source GOOD = Initializer::initialize;

    private static List<Verdict> failures(Source source) {
        return new Battery(source, SMALL, 1)
                .experiments().stream()
                        .flatMap(experiment -> experiment.run().get().stream())
                        .filter(verdict -> !verdict.passed())
                        .toList();
    }

    @Test
    @Tag("thorough")
    void goodWeightsPass() {
        assertEquals(List.of(), failures(GOOD));
    }

    /**
     * @param drawn what the failures must be about, and all that they may be about
     * @param test one of those that must fail
     */
    @ParameterizedTest(name = "{0}")
    @MethodSource
    @Tag("thorough")
    void theFaultIsFoundWhereItIs(String fault, Source source, String drawn, String test) {
        List<Verdict> failures = failures(source);
        assertTrue(
                failures.stream().anyMatch(v -> v.test().contains(test)),
                () -> "no failure of " + test + " but " + failures);
        for (Verdict failure : failures) {
            assertTrue(
                    Pattern.compile(drawn).matcher(failure.subject()).find(), failure.toString());
        }
    }

    static Stream<Arguments> theFaultIsFoundWhereItIs() {
        return Stream.of(
                fault(
                        "a shifted mean",
                        changed("randomNormal\\(0.0, 1.0,", x -> x + 0.1),
                        "^normal",
                        "Anderson–Darling"),
                fault(
                        "a normal distribution without tails",
                        changed("randomNormal", x -> Math.max(-3.5, Math.min(3.5, x))),
                        "^normal",
                        "cells towards the ends"),
                fault(
                        "no truncation",
                        (initializer, shape, first, out) ->
                                good(
                                        initializer.name().equals("truncatedNormal")
                                                ? Initializer.randomNormal(0, 1, initializer.seed())
                                                        .withStream(initializer.stream())
                                                : initializer,
                                        shape,
                                        first,
                                        out),
                        "^truncated",
                        "beyond the ends"),
                fault(
                        "bounds that are taken for deviations",
                        (initializer, shape, first, out) ->
                                good(
                                        initializer.toString().contains("(0.0, 0.02, -2.0, 2.0,")
                                                ? Initializer.truncatedNormal(
                                                                0, 0.02, initializer.seed())
                                                        .withStream(initializer.stream())
                                                : initializer,
                                        shape,
                                        first,
                                        out),
                        "^boundedNormal\\(0.0, 0.02, -2.0, 2.0\\)",
                        "Anderson–Darling"),
                fault(
                        "a tail that is even",
                        changed(
                                "boundedNormal\\(0.0, 1.0, 6.0, 7.0,",
                                x -> 7 + Math.expm1(-6.5 * (x - 6)) / -Math.expm1(-6.5)),
                        "^boundedNormal\\(0.0, 1.0, 6.0, 7.0\\)",
                        "equiprobable cells"),
                fault(
                        "a bound that is passed",
                        changed("boundedNormal\\(0.0, 1.0, 0.5,", x -> x < 0.5001 ? 1 - x : x),
                        "^boundedNormal\\(0.0, 1.0, 0.5, Double.POSITIVE_INFINITY\\)",
                        "beyond the ends"),
                fault(
                        "truncation that narrows the variance",
                        changed("\\.(he|glorot|lecun)Normal", x -> 0.8796 * x),
                        "Normal",
                        "mean and variance"),
                fault(
                        "the half-range uniform of TensorFlow for Java",
                        changed(
                                "\\.(varianceScaling.*UNIFORM|(he|glorot|lecun)Uniform)",
                                Math::abs),
                        "^uniform.*(varianceScaling|Uniform)",
                        "mean and variance"),
                fault(
                        "the wide LeCun of DL4J",
                        changed("\\.lecunUniform", x -> Math.sqrt(3) * x),
                        "lecunUniform",
                        "out of reach"),
                fault(
                        "fans that count the kernel twice",
                        (initializer, shape, first, out) -> {
                            good(initializer, shape, first, out);
                            change(out, x -> shape.dimensions().length > 2 ? x / 3 : x);
                        },
                        "Shape\\.(keras|torch)\\(\\d+, \\d+, \\d+, \\d+\\)",
                        "mean and variance"),
                fault(
                        "fans of the other layout",
                        (initializer, shape, first, out) -> {
                            Shape.Layout keras = Shape.Layout.KERAS;
                            good(initializer, Shape.of(keras, shape.dimensions()), first, out);
                        },
                        "Shape\\.torch",
                        "mean and variance"),
                fault(
                        "one stream for all",
                        (initializer, shape, first, out) ->
                                good(initializer.withStream(0), shape, first, out),
                        "",
                        "neighbouring streams"),
                fault(
                        "seeds of 32 bits",
                        (initializer, shape, first, out) ->
                                good(
                                        initializer.withSeed((int) initializer.seed()),
                                        shape,
                                        first,
                                        out),
                        "",
                        "seeds 2³² apart"),
                fault(
                        "streams that are seeds",
                        (initializer, shape, first, out) ->
                                good(
                                        initializer
                                                .withSeed(initializer.seed() ^ initializer.stream())
                                                .withStream(0),
                                        shape,
                                        first,
                                        out),
                        "",
                        "seed and stream swapped"),
                fault(
                        "the first numbers of java.util.Random",
                        (initializer, shape, first, out) -> {
                            good(initializer, shape, first, out);
                            if (initializer.name().equals("randomUniform") && first == 0) {
                                out.set(0, new Random(initializer.seed()).nextFloat());
                            }
                        },
                        "^uniform",
                        "serial correlation"),
                fault(
                        "16 bits",
                        changed("\\.randomUniform\\(0", x -> Math.floor(x * 0x1p16) * 0x1p-16),
                        "^uniform",
                        "values of each byte"),
                fault("pairs", paired("", (even, odd) -> even), "", "serial correlation, 15 lags"),
                fault(
                        "pairs of one size",
                        paired("(Normal|NORMAL)", Math::copySign),
                        "^(normal|truncated|boundedNormal)",
                        "serial correlation of squares"),
                fault(
                        "numbers that are too even",
                        (initializer, shape, first, out) -> {
                            good(initializer, shape, first, out);
                            if (initializer.toString().contains("randomUniform(0.0, 1.0,")) {
                                for (long i = 0; i < out.length(); i++) {
                                    double turns = (first + i) * 0.6180339887498949;
                                    out.set(i, Math.min(0.99999994, turns % 1));
                                }
                            }
                        },
                        "^uniform",
                        "Kolmogorov–Smirnov"));
    }

    private static Arguments fault(String name, Source source, String drawn, String test) {
        return Arguments.of(name, source, drawn, test);
    }

    private static void good(Initializer initializer, Shape shape, long first, Span out) {
        GOOD.draw(initializer, shape, first, out);
    }

    private static void change(Span out, DoubleUnaryOperator change) {
        for (long i = 0; i < out.length(); i++) {
            out.set(i, change.applyAsDouble(out.get(i)));
        }
    }

    /** What initializers whose text contains {@code initializers} draw is changed. */
    private static Source changed(String initializers, DoubleUnaryOperator change) {
        Pattern pattern = Pattern.compile(initializers);
        return (initializer, shape, first, out) -> {
            good(initializer, shape, first, out);
            if (pattern.matcher(initializer.toString()).find()) {
                change(out, change);
            }
        };
    }

    /** Every second number depends on the one before. */
    private static Source paired(String initializers, DoubleBinaryOperator odd) {
        Pattern pattern = Pattern.compile(initializers);
        return (initializer, shape, first, out) -> {
            good(initializer, shape, first, out);
            if (pattern.matcher(initializer.toString()).find()) {
                for (long i = first % 2 + 1; i < out.length(); i += 2) {
                    out.set(i, odd.applyAsDouble(out.get(i - 1), out.get(i)));
                }
            }
        };
    }
}
