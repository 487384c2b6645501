package dev.rectifier.report;

import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jetbrains.letsPlot.commons.encoding.UnsupportedRGBEncoder;
import org.jetbrains.letsPlot.core.util.PlotSvgExportCommon;

/** Plots drawn by Lets-Plot. */
public final class LetsPlot {
    /** Okabe and Ito's colours, which the colour-blind can tell apart; grey for yellow. */
    private static final List<String> COLOURS =
            List.of(
                    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#000000", "#e69f00", "#56b4e9",
                    "#767676");

    /** All that Lets-Plot has; in this order from below, since gaps let see what a line covers. */
    private static final List<String> DASHES =
            List.of("solid", "longdash", "dashed", "dotdash", "dotted", "twodash");

    private static final double THIN = 0.9;
    private static final double THICK = 1.8;

    private LetsPlot() {}

    /**
     * An SVG element of the size that the plot asks for.
     *
     * @param plot the nested maps that Lets-Plot's front ends in other languages write
     */
    public static String svg(Map<String, Object> plot) {
        return PlotSvgExportCommon.INSTANCE.buildSvgImageFromRawSpecs(
                plot, null, new UnsupportedRGBEncoder(), false);
    }

    /** {@link #svg} that a page may shrink. */
    public static String scalableSvg(Map<String, Object> plot) {
        return svg(plot)
                .replaceFirst(
                        "width=\"([\\d.]+)\" height=\"([\\d.]+)\"",
                        "viewBox=\"0 0 $1 $2\" style=\"width:$1px\"");
    }

    /**
     * The scales of the aesthetics {@code color}, {@code linetype} and {@code size} that give each
     * name a line of its own: twelve are told apart without colour, by dash and width.
     */
    public static List<Map<String, Object>> lines(List<String> names) {
        return List.of(
                colours(names),
                scale("linetype", names, i -> DASHES.get(i % DASHES.size())),
                scale("size", names, i -> i / DASHES.size() % 2 == 0 ? THIN : THICK));
    }

    /** The scale that gives each name a colour. */
    public static Map<String, Object> colours(List<String> names) {
        return scale("color", names, i -> COLOURS.get(i % COLOURS.size()));
    }

    private static Map<String, Object> scale(
            String aesthetic, List<String> names, IntFunction<Object> value) {
        List<Object> values = IntStream.range(0, names.size()).mapToObj(value).toList();
        return Map.of("aesthetic", aesthetic, "name", "", "limits", names, "values", values);
    }
}
