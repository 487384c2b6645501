package dev.rectifier.benchmarks;

import static dev.rectifier.benchmarks.Samples.contest;
import static dev.rectifier.benchmarks.Samples.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.benchmarks.Contender.Role;
import dev.rectifier.benchmarks.Task.Kind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HeadlineTest {
    private static final int LENGTH = 1000;

    private static Contest timed(Kind kind, String function, double ours, double peer) {
        return contest(
                Samples.task(kind, function, LENGTH),
                entry(Role.OURS, Contenders.POINTER, 1, ours),
                entry(Role.PEER, "PyTorch", 1, peer),
                entry(Role.PEER, "PyTorch", 2, peer / 8),
                entry(Role.PEER, "ND4J", 1, 10 * peer));
    }

    private static List<Table> tables(Contest... contests) {
        return new Headline(new Results(Map.of(), List.of(contests), List.of())).tables();
    }

    @Test
    void everyFunctionIsOneThatIsTimed() {
        assertTrue(Functions.activations().containsAll(Headline.FUNCTIONS));
    }

    @Test
    void aFunctionIsHeldAgainstTheBestPeerOnOneThreadInBothDirections() {
        List<Table> tables =
                tables(
                        timed(Kind.FORWARD, "relu", 100, 50),
                        timed(Kind.FORWARD, "gelu", 100, 800),
                        timed(Kind.BACKWARD, "gelu", 100, 300),
                        timed(Kind.FROM_OUTPUT, "softmax", 100, 300),
                        timed(Kind.FORWARD, "squareplus", 1, 1000));
        assertEquals(1, tables.size());
        assertEquals(
                "The functions people use, float32, arrays of 1000, one thread",
                tables.get(0).title());
        String none = Figures.NONE;
        assertEquals(
                List.of(
                        List.of(
                                "relu",
                                "0.100",
                                "PyTorch 0.0500",
                                "0.500× (0.500–0.500)",
                                none,
                                none,
                                none),
                        List.of(
                                "gelu",
                                "0.100",
                                "PyTorch 0.800",
                                "8.00× (8.00–8.00)",
                                "0.100",
                                "PyTorch 0.300",
                                "3.00× (3.00–3.00)"),
                        List.of(
                                "softmax",
                                none,
                                none,
                                none,
                                "0.100",
                                "PyTorch 0.300",
                                "3.00× (3.00–3.00)"),
                        List.of("geometric mean", "", "", "2.00×", "", "", "3.00×"),
                        List.of("below 1×", "", "", "relu", "", "", "none")),
                tables.get(0).rows());
    }

    @Test
    void whatNobodyUsesMuchHasNoTable() {
        assertEquals(List.of(), tables(timed(Kind.FORWARD, "squareplus", 1, 2)));
    }
}
