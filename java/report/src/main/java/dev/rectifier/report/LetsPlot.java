package dev.rectifier.report;

import java.util.List;
import java.util.Map;
import org.jetbrains.letsPlot.commons.encoding.UnsupportedRGBEncoder;
import org.jetbrains.letsPlot.core.util.PlotSvgExportCommon;

/** Plots drawn by Lets-Plot. */
public final class LetsPlot {
    /** Okabe and Ito's colours, which the colour-blind can tell apart; grey for yellow. */
    public static final List<String> COLOURS =
            List.of(
                    "#000000", "#767676", "#d55e00", "#0072b2", "#56b4e9", "#009e73", "#cc79a7",
                    "#e69f00");

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
}
