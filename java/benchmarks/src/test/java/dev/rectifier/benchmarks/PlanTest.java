package dev.rectifier.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.Activation;
import dev.rectifier.Definition;
import dev.rectifier.benchmarks.Contender.Role;
import dev.rectifier.benchmarks.Plan.Entrant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static Plan plan(String only, String contenders) {
        return Samples.plan(only, contenders, 1, 1 << 20);
    }

    private static List<Task> tasks(Plan plan) {
        return plan.groups().stream().flatMap(List::stream).toList();
    }

    @Test
    void everyActivationOfTheRegistryIsTimedForwardAndItsGradientToo() {
        Set<String> labels =
                tasks(plan("", "")).stream().map(Task::label).collect(Collectors.toSet());
        for (Definition<Activation> definition : Activation.definitions()) {
            String name = definition.name();
            // A fill and a softmax, and two ReLUs.
            if (!name.matches("gumbelSoftmax|concatenatedRelu")) {
                assertTrue(labels.contains("forward/" + name + "/float32"), name);
                assertTrue(
                        labels.contains("backward/" + name + "/float32")
                                || labels.contains("from-output/" + name + "/float32"),
                        name);
            }
        }
        assertTrue(labels.contains("from-output/tanh/float64"));
        assertFalse(labels.contains("from-output/gelu/float64"));
    }

    @Test
    void aDenseLayerHasTheLengthOfItsOutput() {
        List<Task> dense = tasks(plan("dense-forward/64x784x512/float32", ""));
        assertEquals(1, dense.size());
        assertEquals(64 * 512, dense.get(0).length());
    }

    @Test
    void aNetworkHasTheLengthOfItsScores() {
        List<Task> serve = tasks(plan("serve/64x784-512-10/float32", ""));
        assertEquals(1, serve.size());
        assertEquals(64 * 10, serve.get(0).length());
    }

    @Test
    void gatedUnitsHaveRowsOfLargeModels() {
        List<Task> tasks = tasks(plan("forward/swiGlu:11008/float32", ""));
        assertEquals(1, tasks.size());
        assertEquals(11_008, tasks.get(0).columns());
        assertEquals(16, tasks.get(0).rows());
    }

    @Test
    void onlyWhatIsFoundIsTimed() {
        assertEquals(
                Set.of("fill/normal/float32", "fill/normal/float64"),
                tasks(plan("fill/normal", "")).stream()
                        .map(Task::label)
                        .collect(Collectors.toSet()));
    }

    @Test
    void aGroupHasOneFunction() {
        for (List<Task> group : plan("", "").groups()) {
            assertEquals(1, group.stream().map(Task::function).distinct().count());
        }
    }

    @Test
    void severalThreadsAreForThoseThatCanUseThemAndForLongArrays() {
        List<Entrant> entrants = plan("", "^(pointer|array)$").entrants();
        assertEquals(
                List.of("pointer 1", "pointer 2", "array 1"),
                entrants.stream().map(e -> e.contender().name() + " " + e.threads()).toList());
        List<Task> relu = tasks(plan("forward/relu/float32", ""));
        assertFalse(entrants.get(1).takesPart(relu.get(0)));
        assertTrue(entrants.get(1).takesPart(relu.get(1)));
    }

    @Test
    void whoCannotBeHeldToAnInstructionSetTakesNoPartWhereAllAre() {
        List<String> held =
                Samples.plan("", "", Optional.of(Isa.AVX2), 1).entrants().stream()
                        .map(entrant -> entrant.contender().name())
                        .toList();
        assertTrue(held.containsAll(List.of("pointer", "PyTorch", "oneDNN", "plain Java")));
        assertFalse(held.contains("ONNX Runtime") || held.contains("ND4J"));
    }

    @Test
    void namesOfContendersAreUniqueAndAllRolesAreThere() {
        Set<String> names = new HashSet<>();
        Set<Role> roles = new HashSet<>();
        for (Contender contender : Contenders.ALL) {
            assertTrue(names.add(contender.name()), contender.name());
            assertFalse(contender.remark().isEmpty(), contender.name());
            roles.add(contender.role());
        }
        assertEquals(Set.of(Role.values()), roles);
    }
}
