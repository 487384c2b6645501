package dev.rectifier.cli.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.cli.study.Samples.Sketch;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FindingsTest {
    private static final Sketch GOOD = new Sketch(0.8, 0.96);
    private static final Sketch FAIR = new Sketch(0.8, 0.9);
    private static final Sketch STALLED = new Sketch(0.75, 0.75).withGradients(1e-9, 1e-3);

    private final Plan plan =
            Samples.plan(
                    List.of("sigmoid", "relu", "elu"),
                    List.of("randomNormal", "heNormal"),
                    List.of(0.01, 0.1));
    private final Map<Combination, Sketch> sketches = new HashMap<>();

    @BeforeEach
    void allAreFair() {
        for (Combination combination : plan.combinations()) {
            sketches.put(combination, FAIR);
        }
    }

    private void set(String activation, String initializer, double rate, Sketch sketch) {
        sketches.put(Samples.combination(activation, initializer, rate), sketch);
    }

    private void setAll(String activation, Function<Sketch, Sketch> change) {
        sketches.replaceAll(
                (combination, sketch) ->
                        combination.activation().label().equals(activation)
                                ? change.apply(sketch)
                                : sketch);
    }

    private List<String> sentences() {
        return new Findings(plan, Samples.results(plan, sketches)).sentences();
    }

    private void assertSays(String sentence) {
        assertTrue(sentences().contains(sentence), () -> String.join("\n", sentences()));
    }

    private void assertNever(String word) {
        assertTrue(
                sentences().stream().noneMatch(sentence -> sentence.contains(word)),
                () -> String.join("\n", sentences()));
    }

    @Test
    void whereNothingIsRemarkableNothingIsRemarked() {
        assertEquals(
                List.of(
                        "With randomNormal no activation reached 95 % with every seed.",
                        "With heNormal no activation reached 95 % with every seed.",
                        "Best: sigmoid with randomNormal and learning rate 0.01, 90.0 % test"
                                + " accuracy."),
                sentences());
    }

    @Test
    void whatNeverLeftChanceHasStalledAndItsGradientsHaveVanished() {
        setAll("sigmoid", sketch -> STALLED);
        set("relu", "randomNormal", 0.1, STALLED.withGradients(1e-6, 1e-3));
        assertSays(
                "Stalled, with no seed ever above 75.0 % test accuracy where guessing gives 75.0 %:"
                        + " sigmoid with every initializer; relu with randomNormal at 0.1.");
        assertSays(
                "Their gradients vanish: before training, the first hidden layer gets at most"
                        + " 1.0e-3 of the gradient in the last.");
    }

    @Test
    void aRunThatCameHalfOfTheWayHasNotStalled() {
        set("relu", "heNormal", 0.1, new Sketch(0.86, 0.75));
        assertNever("Stalled");
        set("relu", "heNormal", 0.1, new Sketch(0.84, 0.75));
        assertSays(
                "Stalled, with no seed ever above 84.0 % test accuracy where guessing gives 75.0 %:"
                        + " relu with heNormal at 0.1.");
    }

    @Test
    void whatStalledForOtherReasonsIsToldApart() {
        set("relu", "heNormal", 0.1, STALLED.withGradients(1e-3, 1e-3));
        assertNever("vanish");
        set("sigmoid", "heNormal", 0.1, STALLED);
        assertSays(
                "The gradients vanish for sigmoid with heNormal at 0.1: before training, the first"
                        + " hidden layer gets at most 1.0e-6 of the gradient in the last.");
    }

    @Test
    void gradientsMayExplode() {
        set("elu", "randomNormal", 0.01, FAIR.withGradients(1, 1e-4));
        set("elu", "randomNormal", 0.1, FAIR.withGradients(1, 1e-3));
        assertSays(
                "The gradients explode for elu with randomNormal: before training, the first hidden"
                        + " layer gets at least 1.0e3 times the gradient in the last.");
    }

    @Test
    void whatReachedTheTargetIsNamedAndSoIsAnInitializerWithNothingToName() {
        for (double rate : plan.learningRates()) {
            set("relu", "heNormal", rate, GOOD);
            set("elu", "heNormal", rate, GOOD);
        }
        set("sigmoid", "heNormal", 0.01, GOOD);
        assertSays(
                "Every seed reached 95 % test accuracy: sigmoid with heNormal at 0.01; relu and elu"
                        + " with heNormal.");
        assertSays("With randomNormal no activation reached 95 % with every seed.");
        assertNever("With heNormal no");
    }

    @Test
    void oneSeedBelowTheTargetIsEnoughToMissIt() {
        List<Result> results =
                plan.combinations().stream().map(c -> Samples.result(c, GOOD, FAIR)).toList();
        assertTrue(
                new Findings(plan, results)
                        .sentences().stream().noneMatch(s -> s.startsWith("Every seed")));
    }

    @Test
    void deadUnitsAreToldPerLearningRateWithWhatHasNone() {
        set("relu", "heNormal", 0.1, FAIR.withDead(2, 4));
        set("relu", "randomNormal", 0.1, FAIR.withDead(0, 1));
        set("elu", "heNormal", 0.1, FAIR.withDead(10, 10).thatDiverged());
        assertSays(
                "Hidden units dead in the end, with learning rate 0.1: relu 5.0 to 30.0 %; none"
                        + " with sigmoid and elu.");
        assertNever("learning rate 0.01:");
        set("relu", "randomNormal", 0.1, FAIR.withDead(3, 3));
        set("elu", "randomNormal", 0.1, FAIR.thatDiverged());
        assertSays(
                "Hidden units dead in the end, with learning rate 0.1: relu 30.0 %; none with"
                        + " sigmoid.");
    }

    @Test
    void divergedRunsAreCountedAndNeverStallOrWin() {
        set("relu", "heNormal", 0.1, new Sketch(0.99, 0).thatDiverged());
        set("elu", "heNormal", 0.1, new Sketch(0.1).thatDiverged());
        assertSays("Diverged, 4 of all 24 runs: relu and elu with heNormal at 0.1.");
        assertNever("Stalled");
        set("elu", "heNormal", 0.01, GOOD);
        assertSays("Best: elu with heNormal and learning rate 0.01, 96.0 % test accuracy.");
    }

    @Test
    void whereAllDivergedNothingIsBest() {
        sketches.replaceAll((combination, sketch) -> sketch.thatDiverged());
        assertSays("Diverged, 24 of all 24 runs: sigmoid, relu and elu with every initializer.");
        assertNever("Best");
    }
}
