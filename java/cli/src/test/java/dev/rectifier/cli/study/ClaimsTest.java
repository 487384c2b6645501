package dev.rectifier.cli.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.cli.study.Claims.Difference;
import dev.rectifier.cli.study.Samples.Sketch;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClaimsTest {
    private final Plan plan =
            Samples.plan(
                    Claims.activations().stream().map(of -> of.label()).toList(),
                    Claims.initializers().stream().map(of -> of.label()).toList(),
                    Claims.learningRates());
    private final Map<Combination, Sketch> sketches = new HashMap<>();

    @BeforeEach
    void allAreAlike() {
        plan.combinations().forEach(combination -> sketches.put(combination, new Sketch(0.9, 0.9)));
    }

    private void set(String activation, String initializer, double rate, Sketch sketch) {
        Combination combination = Samples.combination(activation, initializer, rate);
        assertTrue(sketches.replace(combination, sketch) != null, combination::toString);
    }

    private String sentence(String beginning) {
        List<String> sentences = new Claims(plan, Samples.results(plan, sketches)).sentences();
        assertEquals(10, sentences.size());
        return sentences.stream().filter(s -> s.startsWith(beginning)).findFirst().orElseThrow();
    }

    @Test
    void aDifferenceHasStudentsInterval() {
        Difference difference = Difference.of(new double[] {1, 2, 3, 4});
        assertEquals(2.5, difference.mean());
        assertEquals(Math.sqrt(5.0 / 3), difference.sd(), 1e-15);
        // Of 3 degrees of freedom: 3.182446.
        assertEquals(3.182446 * difference.sd() / 2, difference.margin(), 1e-6);
        assertEquals("+2.50 (+0.45 to +4.55)", difference.describe());
        assertEquals("the opposite was found", difference.verdict());
        assertEquals("confirmed", Difference.of(new double[] {-1, -2, -3, -4}).verdict());
    }

    @Test
    void whatIsNotShownSaysHowManySeedsItWouldTake() {
        Difference difference = Difference.of(new double[] {-1, 1.5});
        // (1.959964 + 0.841621)² · 3.125 / 0.0625.
        assertEquals(393, difference.pairsNeeded());
        assertEquals(
                "not shown either way; a difference of this size would take some 393 seeds",
                difference.verdict());
        assertEquals("no difference was found", Difference.of(new double[] {-1, 1}).verdict());
    }

    @Test
    void whereAllAreAlikeNoDifferenceIsFound() {
        assertEquals(
                "Leaky ReLU beats strict ReLU: test error of leakyRelu:negativeSlope=0.01"
                        + " (heNormal, 0.001) against that of relu (heNormal, 0.001), +0.00 (+0.00"
                        + " to +0.00) points, 2 seeds: no difference was found.",
                sentence("Leaky ReLU beats"));
    }

    @Test
    void eachClaimLooksAtItsOwnRuns() {
        set("sigmoid", "glorotUniform", 0.001, new Sketch(0.5, 0.5));
        assertTrue(sentence("In a deep network").contains("-40.00 (-40.00 to -40.00) points"));
        set("relu", "glorotUniform", 0.001, new Sketch(0.8, 0.9));
        assertTrue(sentence("With ReLU, He's").contains("-10.00 (-10.00 to -10.00) points"));
        set("relu", "heNormal", 0.01, new Sketch(0.9, 0.9).withDead(5, 0));
        assertTrue(sentence("A usual step").contains("-25.00 (-25.00 to -25.00) points"));
        set("leakyRelu:negativeSlope=0.2", "heNormal", 0.001, new Sketch(0.9, 0.8));
        assertTrue(sentence("A large leak").endsWith("the opposite was found."));
        set("prelu", "heNormal", 0.001, new Sketch(0.9, 0.7));
        assertTrue(sentence("Strict ReLU overfits").endsWith("2 seeds: confirmed."));
        set("rrelu", "heNormal", 0.001, new Sketch(0.9, 0.95));
        assertTrue(sentence("A random leak beats").endsWith("2 seeds: confirmed."));
        assertTrue(sentence("A random leak regularizes").endsWith("2 seeds: confirmed."));
    }

    @Test
    void aRunThatDivergedIsLeftOut() {
        set("relu", "heNormal", 0.001, new Sketch(0.9, 0.9).thatDiverged());
        assertTrue(sentence("Leaky ReLU").endsWith("not tested, which takes two seeds at least."));
    }

    @Test
    void whetherDeadUnitsReturnIsSeenInTheirNumbers() {
        assertTrue(sentence("Dead units").endsWith("not shown either way."));
    }
}
