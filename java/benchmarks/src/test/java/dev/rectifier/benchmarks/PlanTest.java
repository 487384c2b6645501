package dev.rectifier.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.DType;
import dev.rectifier.benchmarks.Contender.Role;
import dev.rectifier.benchmarks.Plan.Entrant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static Plan plan(String only, String contenders) {
        return new Plan(
                Pattern.compile(only),
                Pattern.compile(contenders),
                List.of(DType.FLOAT32),
                List.of(1, 1 << 20),
                List.of(1, 2),
                3,
                0,
                0,
                1,
                true);
    }

    private static List<Task> tasks(Plan plan) {
        return plan.groups().stream().flatMap(List::stream).toList();
    }

    @Test
    void everyActivationOfTheRegistryIsTimedForwardAndBackward() {
        Set<String> labels =
                tasks(plan("", "")).stream().map(Task::label).collect(Collectors.toSet());
        for (String name : Functions.activations()) {
            assertTrue(labels.contains("forward/" + name + "/float32"), name);
            assertTrue(labels.contains("backward/" + name + "/float32"), name);
        }
        assertTrue(labels.contains("from-output/tanh/float32"));
        assertFalse(labels.contains("from-output/gelu/float32"));
    }

    @Test
    void onlyWhatIsFoundIsTimed() {
        assertEquals(
                Set.of("fill/normal/float32"),
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
        List<Entrant> entrants = plan("", "pointer|array$").entrants();
        assertEquals(
                List.of("pointer 1", "pointer 2", "array 1"),
                entrants.stream().map(e -> e.contender().name() + " " + e.threads()).toList());
        List<Task> relu = tasks(plan("forward/relu/", ""));
        assertFalse(entrants.get(1).takesPart(relu.get(0)));
        assertTrue(entrants.get(1).takesPart(relu.get(1)));
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
