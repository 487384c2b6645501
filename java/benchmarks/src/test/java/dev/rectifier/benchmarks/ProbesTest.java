package dev.rectifier.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.Elementwise;
import dev.rectifier.benchmarks.contenders.Learner;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProbesTest {
    private static final Path JAVA = Path.of(System.getProperty("java.home"));

    @TempDir private Path folder;

    private Probes probes(String only) {
        Path log = folder.resolve("log");
        return new Probes(
                Pattern.compile(only), 1, 1, 1, Optional.empty(), List.of(JAVA), log.toFile());
    }

    @Test
    void onlyWhatIsFoundIsMeasured() {
        assertTrue(probes("forward/relu").isEmpty());
        assertTrue(!probes("callers").isEmpty());
    }

    static Stream<Callers> callers() {
        return Stream.of(
                Callers.of(Elementwise.relu(), 1 << 12),
                Callers.of(Functions.network("1x20-64-32-1")));
    }

    @ParameterizedTest
    @MethodSource("callers")
    void callersGetSomethingDoneInBothArrangements(Callers callers) throws InterruptedException {
        List<Measurement> found = callers.measure(2, 2);
        for (Measurement measurement : found) {
            assertTrue(measurement.spread().min() > 0, measurement.toString());
        }
        assertEquals(Callers.RATIO, found.get(0).what());
        assertEquals(2, found.get(0).values().size());
    }

    @Test
    void everyContenderHasItsQuantilesInTheirOrder() {
        List<Measurement> found = new ArrayList<>();
        probes("latency").hold(found::addAll);
        assertEquals(Latency.CONTENDERS.size() * 3 * 3, found.size());
        for (int i = 0; i < found.size(); i += 3) {
            double p50 = found.get(i).spread().median();
            double p99 = found.get(i + 1).spread().median();
            double p999 = found.get(i + 2).spread().median();
            assertTrue(0 < p50 && p50 <= p99 && p99 <= p999, found.get(i).toString());
        }
    }

    @Test
    void everyLearnerGoesOverBothSetsOfRows() {
        List<Measurement> found = new ArrayList<>();
        probes("training").hold(found::addAll);
        assertEquals(2 * Learner.values().length, found.size());
        for (Measurement measurement : found) {
            assertTrue(measurement.spread().min() > 0, measurement.toString());
        }
    }

    @Test
    void everyLibraryHasAFirstResultInAJvmOfItsOwn() {
        List<Measurement> found = new ArrayList<>();
        probes("start-up").hold(found::addAll);
        assertEquals(3, found.size());
        for (Measurement measurement : found) {
            assertTrue(measurement.spread().min() > 0, measurement.toString());
        }
    }

    @Test
    void everyLanguageThatIsHereCallsEveryFunctionAtEveryLength() {
        List<Measurement> found =
                new Languages(JAVA, Optional.empty(), folder.resolve("log").toFile()).measure(2, 1);
        List<String> callers = found.stream().map(Measurement::what).distinct().toList();
        assertTrue(callers.contains("Java, jni, array"), callers::toString);
        assertEquals(2 * 6 * callers.size(), found.size());
        for (Measurement measurement : found) {
            assertEquals(2, measurement.values().size());
            assertTrue(measurement.spread().min() > 0, measurement.toString());
        }
    }
}
