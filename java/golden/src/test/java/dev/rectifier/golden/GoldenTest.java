package dev.rectifier.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.Activation;
import dev.rectifier.DType;
import dev.rectifier.Definition;
import dev.rectifier.GumbelSoftmax;
import dev.rectifier.Presets;
import dev.rectifier.Rectifier;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Our presets against what other systems compute, and other functions against their papers. */
class GoldenTest {
    private static final Map<String, Difference> LISTED =
            Difference.listed().collect(Collectors.toMap(Difference::place, Function.identity()));

    static Stream<String> presets() {
        return Stream.concat(Presets.names().stream(), GoldenCase.functions());
    }

    private static Stream<Difference> differences(String preset) {
        return GoldenCase.all()
                .filter(golden -> golden.presets().contains(preset))
                .flatMap(golden -> Comparison.differences(preset, golden).stream());
    }

    @Test
    void theBackendIsTheOneThatWasAskedFor() {
        String wanted = System.getProperty("rectifier.backend", "native");
        assertEquals(wanted, Rectifier.backend().name());
    }

    @ParameterizedTest
    @MethodSource("presets")
    void aPresetComputesWhatItsSystemDoesButWhereAnExceptionSaysOtherwise(String preset) {
        List<Difference> unlisted =
                differences(preset)
                        .filter(
                                difference ->
                                        !LISTED.containsKey(difference.place())
                                                || !LISTED.get(difference.place())
                                                        .isSameAs(difference))
                        .toList();
        assertTrue(unlisted.isEmpty(), () -> lines(unlisted));
    }

    @ParameterizedTest
    @MethodSource("presets")
    void anExceptionThatIsListedDoesDiffer(String preset) {
        Set<String> found = differences(preset).map(Difference::place).collect(Collectors.toSet());
        List<Difference> stale =
                LISTED.values().stream()
                        .filter(listed -> listed.preset().equals(preset))
                        .filter(listed -> !found.contains(listed.place()))
                        .toList();
        assertTrue(stale.isEmpty(), () -> lines(stale));
    }

    private static String lines(List<Difference> differences) {
        return differences.stream()
                .map(Difference::toString)
                .collect(Collectors.joining("\n", "\n", "\n"));
    }

    @ParameterizedTest
    @MethodSource("presets")
    void everyPresetHasACaseInSinglePrecision(String preset) {
        assertTrue(
                GoldenCase.all()
                        .anyMatch(
                                golden ->
                                        golden.presets().contains(preset)
                                                && golden.dtype() == DType.FLOAT32));
    }

    /** But for one that draws. */
    @Test
    void everyActivationHasACase() {
        Set<String> names =
                Activation.definitions().stream()
                        .map(Definition::name)
                        .collect(Collectors.toCollection(HashSet::new));
        GoldenCase.all()
                .flatMap(golden -> golden.presets().stream())
                .distinct()
                .forEach(name -> names.remove(Comparison.named(name).name()));
        assertEquals(Set.of(new GumbelSoftmax().name()), names);
    }

    @Test
    void everyCaseAndEveryExceptionNamesAPreset() {
        Set<String> names =
                Stream.concat(
                                GoldenCase.all().flatMap(golden -> golden.presets().stream()),
                                LISTED.values().stream().map(Difference::preset))
                        .collect(Collectors.toCollection(HashSet::new));
        presets().forEach(names::remove);
        assertEquals(Set.of(), names);
    }
}
