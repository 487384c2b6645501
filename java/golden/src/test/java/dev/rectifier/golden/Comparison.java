package dev.rectifier.golden;

import dev.rectifier.Activation;
import dev.rectifier.Axis;
import dev.rectifier.AxisFunction;
import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Glu;
import dev.rectifier.Learned;
import dev.rectifier.Presets;
import dev.rectifier.RRelu;
import dev.rectifier.Rectifier;
import dev.rectifier.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A preset and a golden case of it: what we compute, and where that differs. */
final class Comparison {
    private final String preset;
    private final Activation activation;
    private final GoldenCase golden;
    private final DType dtype;
    private final List<Difference> differences = new ArrayList<>();

    private Comparison(String preset, GoldenCase golden) {
        this.preset = preset;
        this.golden = golden;
        Activation named = Presets.of(preset);
        activation = named instanceof RRelu rrelu ? rrelu.inference() : named;
        dtype = golden.dtype();
    }

    /** The points of {@code golden} where {@code preset} differs by more than both may be off. */
    static List<Difference> differences(String preset, GoldenCase golden) {
        Comparison comparison = new Comparison(preset, golden);
        comparison.compareValues();
        if (golden.has("dx")) {
            comparison.compareGradients();
        }
        return comparison.differences;
    }

    private void compareValues() {
        double[] theirs = golden.y();
        double[] ours = forward();
        double ulps = valueUlps() + golden.ulps("yulps");
        double scale = name().equals("sparsemax") ? Math.max(1, largest(golden.x())) : 0;
        for (int i = 0; i < theirs.length; i++) {
            boolean sameSign =
                    theirs[i] != 0
                            || ours[i] != 0
                            || !golden.zerosAreSigned()
                            || Double.compare(theirs[i], ours[i]) == 0;
            if (!sameSign || !close(theirs[i], ours[i], ulps, scale)) {
                differences.add(difference("forward", source(i), theirs[i], ours[i]));
            }
        }
    }

    private void compareGradients() {
        double[] theirs = golden.dx();
        double[] ours = new double[theirs.length];
        double[] oursOfAlpha = backward(ours);
        double ulps = gradientUlps() + golden.ulps("dxulps");
        double scale = gradientScale();
        for (int i = 0; i < theirs.length; i++) {
            if (golden.hasGradient(i) && !close(theirs[i], ours[i], ulps, scale)) {
                differences.add(difference("backward", i, theirs[i], ours[i]));
            }
        }
        if (golden.has("dalpha")) {
            double[] theirsOfAlpha = golden.numbers("dalpha");
            double terms = largest(golden.x()) * largest(golden.dy()) * theirs.length;
            for (int i = 0; i < theirsOfAlpha.length; i++) {
                if (!close(theirsOfAlpha[i], oursOfAlpha[i], 4, terms)) {
                    differences.add(difference("dalpha", i, theirsOfAlpha[i], oursOfAlpha[i]));
                }
            }
        }
    }

    private Difference difference(String direction, int i, double theirs, double ours) {
        return new Difference(preset, dtype, direction, golden.x()[i], theirs, ours);
    }

    /**
     * The element of x that element {@code i} of y comes from; GLU has two, and this is the first.
     */
    private int source(int i) {
        if (!(activation instanceof Glu)) {
            return i;
        }
        int slices = (int) (axis().size() * axis().inner());
        return i / (slices / 2) * slices + i % (slices / 2);
    }

    private String name() {
        return activation.name();
    }

    /** How far our values may be off. The reference has no more digits than its result. */
    private double valueUlps() {
        double promised =
                activation instanceof Elementwise || activation instanceof Learned ? 2 : 2.25;
        return promised + (isReferenceInDouble() ? 2 : 0);
    }

    private double gradientUlps() {
        double promised = isAlongAnAxis() ? 4 : 1.5;
        return promised + (isReferenceInDouble() ? 3 : 0);
    }

    private boolean isReferenceInDouble() {
        return dtype == DType.FLOAT64 && Rectifier.backend().name().equals("java");
    }

    private boolean isAlongAnAxis() {
        return activation instanceof AxisFunction || activation instanceof Glu;
    }

    /**
     * What errors of gradients are at least relative to: along an axis the largest that comes from
     * above, for GLU times what it is multiplied by.
     */
    private double gradientScale() {
        if (!isAlongAnAxis()) {
            return dtype == DType.FLOAT32 ? 0x1p-20 : 0x1p-49;
        }
        double above = largest(golden.dy());
        return activation instanceof Glu ? above * Math.max(1, largest(golden.x())) : above;
    }

    private static double largest(double[] values) {
        return Arrays.stream(values).filter(Double::isFinite).map(Math::abs).max().orElse(0);
    }

    private boolean close(double theirs, double ours, double ulps, double scale) {
        if (Double.isNaN(theirs) || Double.isNaN(ours)) {
            return Double.isNaN(theirs) && Double.isNaN(ours);
        }
        if (Double.isInfinite(theirs) || Double.isInfinite(ours)) {
            return theirs == ours;
        }
        double magnitude = Math.max(scale, Math.max(Math.abs(theirs), Math.abs(ours)));
        double ulp = dtype == DType.FLOAT32 ? Math.ulp((float) magnitude) : Math.ulp(magnitude);
        return Math.abs(theirs - ours) <= ulps * ulp;
    }

    private double[] forward() {
        Span x = span(golden.x());
        Span y = Span.allocate(dtype, golden.y().length);
        if (activation instanceof Elementwise f) {
            f.forward(x, y);
        } else if (activation instanceof Learned f) {
            f.forward(x, parameter(f), y, channels());
        } else if (activation instanceof AxisFunction f) {
            f.forward(x, y, axis());
        } else if (activation instanceof Glu f) {
            f.forward(x, y, axis());
        } else {
            throw new AssertionError(activation);
        }
        return values(y);
    }

    /** Writes our gradient of x, and returns that of what is learned. */
    private double[] backward(double[] gradient) {
        Span x = span(golden.x());
        Span dy = span(golden.dy());
        Span dx = Span.allocate(dtype, gradient.length);
        double[] ofParameter = {};
        if (activation instanceof Elementwise f) {
            f.backward(x, dy, dx);
        } else if (activation instanceof Learned f) {
            Span parameter = parameter(f);
            Span dparameter = Span.allocate(dtype, (int) parameter.length());
            f.backward(x, parameter, dy, dx, dparameter, channels());
            ofParameter = values(dparameter);
        } else if (activation instanceof AxisFunction f) {
            Span y = Span.allocate(dtype, gradient.length);
            f.forward(x, y, axis());
            f.backward(y, dy, dx, axis());
        } else if (activation instanceof Glu f) {
            f.backward(x, dy, dx, axis());
        } else {
            throw new AssertionError(activation);
        }
        System.arraycopy(values(dx), 0, gradient, 0, gradient.length);
        return ofParameter;
    }

    private Span parameter(Learned f) {
        return span(
                golden.has("alpha")
                        ? golden.numbers("alpha")
                        : new double[] {f.initialParameter()});
    }

    private Axis channels() {
        return golden.has("axis") ? axis() : Axis.shared(golden.x().length);
    }

    private Axis axis() {
        return Axis.of(golden.axis(), golden.shape());
    }

    private Span span(double... values) {
        Span span = Span.allocate(dtype, values.length);
        for (int i = 0; i < values.length; i++) {
            span.set(i, values[i]);
        }
        return span;
    }

    private static double[] values(Span span) {
        double[] values = new double[(int) span.length()];
        Arrays.setAll(values, span::get);
        return values;
    }
}
