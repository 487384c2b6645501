package dev.rectifier.cli;

import dev.rectifier.Activation;
import dev.rectifier.Axis;
import dev.rectifier.Elementwise;
import dev.rectifier.Learned;
import dev.rectifier.RRelu;
import dev.rectifier.Span;
import dev.rectifier.data.OutputFile;
import dev.rectifier.data.SystemText;
import dev.rectifier.report.plot.Curve;
import dev.rectifier.report.plot.Picture;
import dev.rectifier.report.plot.Range;
import dev.rectifier.report.plot.Signs;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Draws activations and their derivatives. */
@Command(
        name = "plot",
        description = {
            "Draws activation functions and their derivatives: in the terminal, or with --out as"
                    + " an SVG file.",
            "A parameter of a function follows its name:",
            "  leakyRelu:negativeSlope=0.2 rrelu:lower=0.1:upper=0.3",
            "What is drawn are the values that the kernels compute, in float64: prelu and other"
                    + " learned functions with the parameter that they start with, rrelu in the"
                    + " form for inference."
        },
        footer = {
            "  rectifier plot elu -p alpha=0.5 --from -4 --to 2",
            "  rectifier plot relu leakyRelu:negativeSlope=0.2 selu --out picture.svg"
        })
final class PlotCommand implements Callable<Integer> {
    /** There are not more looks that can be told apart. */
    private static final int MOST = 24;

    @Spec private CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "NAME[:KEY=VALUE...]",
            hideParamSyntax = true,
            description = "Any of 'rectifier list activations' but those along an axis.")
    private List<String> names;

    @Option(
            names = "-p",
            paramLabel = "KEY=VALUE",
            parameterConsumer = KeyValues.class,
            description = "A parameter of the function, if it is just one; -p may be repeated.")
    private Map<String, String> parameters = new LinkedHashMap<>();

    @Option(
            names = "--from",
            paramLabel = "X",
            defaultValue = "-6",
            converter = NumberConverter.class,
            description = "Where to begin; by default ${DEFAULT-VALUE}.")
    private double from;

    @Option(
            names = "--to",
            paramLabel = "X",
            defaultValue = "6",
            converter = NumberConverter.class,
            description = "Where to end; by default ${DEFAULT-VALUE}.")
    private double to;

    @Option(
            names = "--out",
            paramLabel = "FILE.svg",
            defaultValue = Option.NULL_VALUE,
            description =
                    "Where to write the picture, instead of to the terminal; - is standard output.")
    private Optional<Path> out;

    @Mixin private ComputeOptions compute;

    @Override
    public Integer call() {
        List<Named<Activation>> activations = activations();
        Range x = Usage.check(spec, () -> Range.horizontal(from, to));
        compute.apply();
        Optional<OutputFile> file = out.map(OutputFile::claim);
        Picture picture = Usage.check(spec, () -> picture(activations, x));
        if (file.isPresent()) {
            file.get().writeText(picture.svg());
        } else {
            String text = picture.text(Signs.of(SystemText.charset()));
            spec.commandLine().getOut().println(text);
        }
        return 0;
    }

    private List<Named<Activation>> activations() {
        if (names.size() > 1 && !parameters.isEmpty()) {
            throw Usage.error(
                    spec, "-p is for a single function; with several, write NAME:KEY=VALUE");
        }
        StringBuilder suffix = new StringBuilder();
        parameters.forEach((key, value) -> suffix.append(":" + key + "=" + value));
        List<Named<Activation>> activations =
                names.stream()
                        .map(name -> Usage.check(spec, () -> activation(name + suffix)))
                        .distinct()
                        .toList();
        if (activations.size() > MOST) {
            throw Usage.error(spec, "more than " + MOST + " functions can't be told apart");
        }
        return activations;
    }

    private static Named<Activation> activation(String text) {
        Named<Activation> named = Named.parse(text, Activation::of);
        if (!isPlottable(named.value())) {
            throw new IllegalArgumentException(
                    named.label() + " has no curve: each value depends on several inputs");
        }
        return named;
    }

    /** Whether an output depends on one input alone. */
    static boolean isPlottable(Activation activation) {
        return activation instanceof Elementwise
                || activation instanceof Learned
                || activation instanceof RRelu;
    }

    private static Picture picture(List<Named<Activation>> activations, Range x) {
        return Picture.of(
                activations.stream()
                        .map(a -> new Curve(a.label(), at -> values(a.value(), at)))
                        .toList(),
                activations.stream()
                        .map(a -> new Curve(a.label(), at -> derivatives(a.value(), at)))
                        .toList(),
                x);
    }

    private static double[] values(Activation activation, double[] x) {
        double[] y = new double[x.length];
        if (activation instanceof Learned f) {
            f.forward(Span.of(x), parameter(f), Span.of(y), Axis.shared(x.length));
        } else {
            elementwise(activation).forward(x, y);
        }
        return y;
    }

    private static double[] derivatives(Activation activation, double[] x) {
        double[] dx = new double[x.length];
        Arrays.fill(dx, 1);
        if (activation instanceof Learned f) {
            Span gradient = Span.of(dx);
            Span unused = Span.of(new double[1]);
            f.backward(Span.of(x), parameter(f), gradient, gradient, unused, Axis.shared(x.length));
        } else {
            elementwise(activation).backward(x, dx, dx);
        }
        return dx;
    }

    private static Span parameter(Learned f) {
        return Span.of(new double[] {f.initialParameter()});
    }

    private static Elementwise elementwise(Activation activation) {
        return activation instanceof RRelu rrelu ? rrelu.inference() : (Elementwise) activation;
    }
}
