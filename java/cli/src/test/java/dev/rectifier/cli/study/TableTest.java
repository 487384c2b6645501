package dev.rectifier.cli.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.cli.study.Samples.Sketch;
import dev.rectifier.network.EpochReport;
import dev.rectifier.network.LayerSignals;
import dev.rectifier.network.LayerUnits;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TableTest {
    private static final Sketch GOOD = new Sketch(0.8, 0.96).withDead(2, 10);

    private static Result result(String activation, double rate, Sketch... seeds) {
        return Samples.result(Samples.combination(activation, "heNormal", rate), seeds);
    }

    private final Table table =
            new Table(
                    List.of(
                            result("relu", 0.01, GOOD, GOOD.withGradients(1e-12, 3e-3)),
                            result("elu", 0.01, new Sketch(0.8, 0.5), new Sketch(1).thatDiverged()),
                            result("elu", 0.1, GOOD.thatDiverged(), GOOD.thatDiverged())),
                    2);

    private static String squeezed(String line) {
        return line.strip().replaceAll(" +", " ");
    }

    @Test
    void aRowHasTheFiguresOfItsCombination() {
        List<String> lines = table.text().lines().map(TableTest::squeezed).toList();
        assertEquals(
                List.of(
                        "test epochs runs dead units, %, in layer sd at the start, layer 1 → 2 at"
                                + " the end",
                        "initializer rate activation accuracy, % to 95 % diverged 1 2 activations"
                                + " gradients gradients",
                        "",
                        "heNormal 0.01 relu 96.0 ± 0.0 2 0/2 20* 100 0.50→0.50 5.0e-4→2.0e-3"
                                + " 5.0e-4→2.0e-3",
                        "heNormal 0.01 elu 50.0 – 1/2 0 0 0.50→0.50 1.0e-3→1.0e-3 1.0e-3→1.0e-3",
                        "",
                        "heNormal 0.1 elu – 2 2/2 – – 0.50→0.50 1.0e-3→1.0e-3 –"),
                lines);
    }

    @Test
    void theColumnsOfTheTextAreAligned() {
        List<String> lines = table.text().lines().filter(line -> !line.isEmpty()).toList();
        int diverged = lines.get(1).indexOf("diverged") + "diverged".length();
        int width = lines.get(1).length();
        for (String line : lines) {
            assertTrue(line.substring(0, diverged).matches(".*(runs|diverged|/2)"), line);
            assertEquals(width, line.length(), line);
        }
    }

    @Test
    void thePageHasTheSameCells() {
        String html = table.html();
        assertEquals(4, html.split("<td>heNormal|<td class=\"text\">heNormal", -1).length);
        assertTrue(html.contains("<td>96.0 ±  0.0</td><td>2</td><td>0/2</td><td>20*</td>"), html);
        assertTrue(html.contains("<th colspan=\"2\">dead units, %, in layer</th>"), html);
        assertEquals(3, html.split("<tr class=\"first\">", -1).length);
    }

    @Test
    void manyLayersAreThinnedOutToEight() {
        Combination relu = Samples.combination("relu", "heNormal", 0.01);
        List<LayerUnits> units =
                IntStream.range(0, 20).mapToObj(l -> new LayerUnits(l, 10, 0, l == 0, 0)).toList();
        List<LayerSignals> signals =
                IntStream.range(0, 21).mapToObj(l -> new LayerSignals(l, 1, 1)).toList();
        Run run =
                new Run(relu, 1, signals, List.of(new EpochReport(1, 1, 1, 1, 1, units, signals)));
        String text = new Table(List.of(new Result(relu, List.of(run))), 1).text();
        assertTrue(text.contains(" 1 3 6 9 11 14 17 20 "), text);
        assertTrue(text.contains("layer 1 → 20"), text);
        assertFalse(text.contains("±"), text);
    }

    @Test
    void aCombinationWithFewerSeedsIsMarked() {
        Table three = new Table(List.of(result("relu", 0.01, GOOD, GOOD)), 3);
        assertTrue(three.text().contains(" 0/2 of 3 "), three.text());
        assertFalse(table.text().contains(" of "), table.text());
    }

    @Test
    void theCellsOfARowHaveDifferentNames() {
        Result result = result("relu", 0.01, GOOD, GOOD);
        Map<String, String> row = new Table(List.of(result), 2).row(result);
        assertEquals("relu", row.get("activation"));
        assertEquals("96.0 ±  0.0", row.get("test accuracy, %"));
        assertEquals("2", row.get("epochs to 95 %"));
        assertEquals("0/2", row.get("runs diverged"));
        assertEquals("100", row.get("dead units, %, in layer 2"));
        assertEquals(11, row.size(), row.toString());
    }
}
