package dev.rectifier.report.plot;

import java.util.List;

/** Functions and their derivatives, side by side. */
public final class Picture {
    /** What most derivatives of activations stay below. */
    private static final double USUAL_SLOPE = 2;

    private final List<Panel> panels;

    private Picture(List<Panel> panels) {
        this.panels = panels;
    }

    /**
     * Draws functions.
     *
     * @param functions which ones
     * @param derivatives theirs, under the same names
     * @param x where
     */
    public static Picture of(List<Curve> functions, List<Curve> derivatives, Range x) {
        return new Picture(
                List.of(
                        Panel.of("f(x)", functions, x, x.magnitude()),
                        Panel.of("f′(x)", derivatives, x, USUAL_SLOPE)));
    }

    /**
     * The picture for a terminal of 80 columns.
     *
     * @param signs what it is made of
     */
    public String text(Signs signs) {
        return new TextPlot(signs).of(panels);
    }

    /** The content of an SVG file. */
    public String svg() {
        return SvgPlot.of(panels);
    }
}
