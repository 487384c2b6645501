package dev.rectifier.golden;

import dev.rectifier.Activation;
import dev.rectifier.Axis;
import dev.rectifier.AxisFunction;
import dev.rectifier.ConcatenatedRelu;
import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Glu;
import dev.rectifier.Learned;
import dev.rectifier.Mask;
import dev.rectifier.MaskedSoftmax;
import dev.rectifier.RRelu;
import dev.rectifier.Rectifier;
import dev.rectifier.Snake;
import dev.rectifier.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A preset, or another function, and a golden case of it: what we compute, and where that differs.
 */
final class Comparison {
    private final String preset;
    private final Activation activation;
    private final GoldenCase golden;
    private final DType dtype;
    private final List<Difference> differences = new ArrayList<>();

    private Comparison(String preset, GoldenCase golden) {
        this.preset = preset;
        this.golden = golden;
        Activation named = named(preset);
        activation = named instanceof RRelu rrelu ? rrelu.inference() : named;
        dtype = golden.dtype();
    }

    /** A preset, or a function with its parameters, as {@code starRelu:scale=2:bias=0}. */
    static Activation named(String text) {
        String[] parts = text.split(":");
        Map<String, String> parameters = new HashMap<>();
        for (String part : List.of(parts).subList(1, parts.length)) {
            int equals = part.indexOf('=');
            parameters.put(part.substring(0, equals), part.substring(equals + 1));
        }
        return Activation.of(parts[0], parameters);
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
        if (!(activation instanceof Glu || activation instanceof ConcatenatedRelu)) {
            return i;
        }
        int slices = (int) (axis().size() * axis().inner());
        int results = activation instanceof Glu ? slices / 2 : 2 * slices;
        return i / results * slices + i % results % slices;
    }

    private String name() {
        return activation.name();
    }

    /** How far our values may be off. The reference has no more digits than its result. */
    private double valueUlps() {
        double promised = isAlongAnAxis() ? 2.25 : 2;
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
        if (activation instanceof Snake && isReferenceInDouble()) {
            // 1 + sin(2αx) cancels there.
            return largest(golden.dy());
        }
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
        } else if (golden.has("scale")) {
            masked().forward(x, mask(), y, golden.shape());
        } else if (activation instanceof AxisFunction f) {
            f.forward(x, y, axis());
        } else if (activation instanceof Glu f) {
            f.forward(x, y, axis());
        } else if (activation instanceof ConcatenatedRelu f) {
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
        } else if (golden.has("scale")) {
            Span y = Span.allocate(dtype, gradient.length);
            masked().forward(x, mask(), y, golden.shape());
            masked().backward(y, dy, dx, golden.shape());
        } else if (activation instanceof AxisFunction f) {
            Span y = Span.allocate(dtype, gradient.length);
            f.forward(x, y, axis());
            f.backward(y, dy, dx, axis());
        } else if (activation instanceof Glu f) {
            f.backward(x, dy, dx, axis());
        } else if (activation instanceof ConcatenatedRelu f) {
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

    /** Of a softmax of scaled logits. */
    private MaskedSoftmax masked() {
        MaskedSoftmax f = MaskedSoftmax.scaled(golden.numbers("scale")[0]);
        f = golden.has("past") ? f.withCausal((long) golden.numbers("past")[0]) : f;
        return golden.fields().get("zerorows").equals("yes") ? f.withZeroRows() : f;
    }

    /** One for all rows before the last two axes. */
    private Optional<Mask> mask() {
        long[] shape = golden.shape();
        return golden.has("mask")
                ? Optional.of(
                        Mask.of(
                                span(golden.numbers("mask")),
                                shape[shape.length - 2],
                                shape[shape.length - 1]))
                : Optional.empty();
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
