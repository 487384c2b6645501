package dev.rectifier.cli;

import dev.rectifier.Activation;
import dev.rectifier.Axis;
import dev.rectifier.AxisFunction;
import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Glu;
import dev.rectifier.GumbelSoftmax;
import dev.rectifier.Learned;
import dev.rectifier.RRelu;
import dev.rectifier.RandomKey;
import dev.rectifier.Span;
import dev.rectifier.cli.data.DataException;
import dev.rectifier.cli.data.NpyArray;
import dev.rectifier.cli.data.NpyFile;
import dev.rectifier.cli.data.OutputFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Computes an activation, or the gradient of its input, from file to file. */
@Command(
        name = "apply",
        description = {
            "Applies an activation function to a NumPy file, or with --grad computes the gradient"
                    + " of its input. OUT.npy gets the type and shape (glu: half of an axis) of IN.npy: float32 or"
                    + " float64, any shape.",
            "Inputs may be gzipped, and one may be - for standard input. float16, bool and integers"
                    + " are widened first: integers of 32 and 64 bits to float64, others to float32."
        },
        footer = "  rectifier apply leakyRelu -p negativeSlope=0.2 x.npy y.npy")
final class ApplyCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "NAME",
            description = "One of 'rectifier list activations' or 'rectifier list presets'.")
    private String name;

    @Parameters(index = "1", paramLabel = "IN.npy", description = "The input x.")
    private Path in;

    @Parameters(
            index = "2",
            paramLabel = "OUT.npy",
            description = "Where to write the result; - is standard output.")
    private Path out;

    @Option(
            names = "-p",
            paramLabel = "KEY=VALUE",
            parameterConsumer = KeyValues.class,
            description = "A parameter of the function; -p may be repeated.")
    private Map<String, String> parameters = new LinkedHashMap<>();

    @Option(
            names = "--grad",
            paramLabel = "DY.npy",
            defaultValue = Option.NULL_VALUE,
            description = "The gradient of the output; type and shape are those of IN.npy.")
    private Optional<Path> grad;

    @ArgGroup(exclusive = false)
    private Parameter learned;

    @ArgGroup(exclusive = false)
    private Draws draws;

    @Mixin private ComputeOptions compute;

    /** Of an activation that learns one. */
    private static final class Parameter {
        @Option(
                names = {"--alpha", "--beta"},
                paramLabel = "P.npy",
                required = true,
                description =
                        "prelu and learnedSwish: the parameters, one for all elements or one per"
                                + " channel.")
        private Path file;

        @Option(
                names = "--axis",
                paramLabel = "K",
                defaultValue = "1",
                description =
                        "prelu and learnedSwish: the axis of the channels; by default 1, as in PyTorch. Negative"
                                + " numbers count from the end.")
        private int axis;
    }

    private static final class Draws {
        @Option(
                names = "--seed",
                paramLabel = "N",
                required = true,
                description =
                        "rrelu: draws slopes, as in training; without it, the form for inference."
                                + " gumbelSoftmax: draws noise.")
        private long seed;

        @Option(
                names = "--stream",
                paramLabel = "N",
                defaultValue = "0",
                description = "Which sequence of the seed; by default 0.")
        private long stream;
    }

    @Override
    public Integer call() {
        Activation activation = Usage.check(spec, () -> Activation.of(name, parameters));
        requireRightOptions(activation);
        compute.apply();
        OutputFile file = OutputFile.claim(out);
        NpyArray x = read(in);
        try {
            DType dtype = x.isFloat64() ? DType.FLOAT64 : DType.FLOAT32;
            Precision.requireNonzero(parameters, dtype);
            long[] shape = outputShape(activation, x);
            Optional<NpyArray> dy = grad.map(of -> readLike(x, shape, of));
            NpyFile.write(file, apply(activation, x, dy, shape));
        } catch (IllegalArgumentException e) {
            throw DataException.of(in, "%s: %s", x, e.getMessage());
        }
        return 0;
    }

    private NpyArray read(Path file) {
        return NpyFile.read(file, note -> Usage.note(spec, note));
    }

    private void requireRightOptions(Activation activation) {
        Usage.requireOneStandardInput(
                spec, in, grad.orElse(null), learned == null ? null : learned.file);
        if (learned != null) {
            if (!(activation instanceof Learned f)) {
                throw Usage.error(spec, "--alpha and --beta are not for " + name);
            }
            if (!parameters.isEmpty()) {
                String p = f.parameterName();
                throw Usage.error(spec, "--%s and -p %s=... exclude each other".formatted(p, p));
            }
        }
        if (draws != null
                && !(activation instanceof RRelu || activation instanceof GumbelSoftmax)) {
            throw Usage.error(spec, "--seed is for rrelu and gumbelSoftmax, not for " + name);
        }
        if (draws == null && activation instanceof GumbelSoftmax) {
            throw Usage.error(spec, "gumbelSoftmax draws noise and needs --seed");
        }
    }

    /** The shape, where a scalar has an axis 0 when one is asked for, as in PyTorch. */
    private static long[] withAxis(NpyArray x) {
        return x.shape().length == 0 ? new long[] {1} : x.shape();
    }

    /** The shape of f(x): that of x but for GLU, which halves an axis. */
    private static long[] outputShape(Activation activation, NpyArray x) {
        if (!(activation instanceof Glu glu)) {
            return x.shape();
        }
        long[] shape = withAxis(x);
        Axis.of(glu.axis(), shape);
        shape[glu.axis() < 0 ? glu.axis() + shape.length : glu.axis()] /= 2;
        return shape;
    }

    private NpyArray readLike(NpyArray x, long[] shape, Path file) {
        NpyArray dy = read(file);
        if (dy.isFloat64() != x.isFloat64() || !Arrays.equals(dy.shape(), shape)) {
            throw DataException.of(
                    file, "is %s, but %s is %s%s", dy, in, x, ofHalf(x.shape(), shape));
        }
        return dy;
    }

    private static String ofHalf(long[] source, long[] result) {
        return Arrays.equals(source, result)
                ? ""
                : ", which has results " + Arrays.toString(result);
    }

    /** The result; where it has the shape of {@code dy} or else of {@code x}, in its place. */
    private NpyArray apply(
            Activation activation, NpyArray x, Optional<NpyArray> dy, long[] outputShape) {
        long[] shape = withAxis(x);
        Span input = Staging.load(x);
        if (activation instanceof Glu glu) {
            Axis axis = Axis.of(glu.axis(), shape);
            Span result =
                    Span.allocate(input.dtype(), (int) (input.length() / (dy.isEmpty() ? 2 : 1)));
            if (dy.isEmpty()) {
                Glu.forward(input, result, axis);
                return Staging.array(result, outputShape);
            }
            Glu.backward(input, Staging.load(dy.get()), result, axis);
            return Staging.array(result, x.shape());
        }
        if (activation instanceof GumbelSoftmax f && f.hard() && dy.isEmpty()) {
            Span oneHot = Span.allocate(input.dtype(), (int) input.length());
            f.forward(key(), input, input, Optional.of(oneHot), Axis.of(f.axis(), shape));
            return Staging.array(oneHot, x.shape());
        }
        if (dy.isEmpty()) {
            forward(activation, input, shape);
            Staging.store(input, x);
            return x;
        }
        Span gradient = Staging.load(dy.get());
        backward(activation, input, gradient, shape);
        Staging.store(gradient, dy.get());
        return dy.get();
    }

    private void forward(Activation activation, Span x, long[] shape) {
        if (activation instanceof Learned f) {
            Span parameter = parameter(f, x);
            f.forward(x, parameter, x, channels(parameter, shape));
        } else if (activation instanceof RRelu rrelu && draws != null) {
            rrelu.forward(key(), x, x);
        } else if (activation instanceof GumbelSoftmax f) {
            soft(f).forward(key(), x, x, Optional.empty(), Axis.of(f.axis(), shape));
        } else if (activation instanceof AxisFunction f) {
            f.forward(x, x, Axis.of(f.axis(), shape));
        } else {
            elementwise(activation).forward(x, x);
        }
    }

    private void backward(Activation activation, Span x, Span gradient, long[] shape) {
        if (activation instanceof Learned f) {
            Span parameter = parameter(f, x);
            Span unused = Span.allocate(x.dtype(), (int) parameter.length());
            f.backward(x, parameter, gradient, gradient, unused, channels(parameter, shape));
        } else if (activation instanceof RRelu rrelu && draws != null) {
            rrelu.backward(key(), x, gradient, gradient);
        } else if (activation instanceof GumbelSoftmax f) {
            Axis axis = Axis.of(f.axis(), shape);
            soft(f).forward(key(), x, x, Optional.empty(), axis);
            f.backward(x, gradient, gradient, axis);
        } else if (activation instanceof AxisFunction f) {
            Axis axis = Axis.of(f.axis(), shape);
            f.forward(x, x, axis);
            f.backward(x, gradient, gradient, axis);
        } else {
            elementwise(activation).backward(x, gradient, gradient);
        }
    }

    private RandomKey key() {
        return new RandomKey(draws.seed, draws.stream);
    }

    /** The soft form, which the gradient of the hard one is that of. */
    private static GumbelSoftmax soft(GumbelSoftmax f) {
        return new GumbelSoftmax(f.temperature(), false, f.axis());
    }

    private static Elementwise elementwise(Activation activation) {
        return activation instanceof RRelu rrelu ? rrelu.inference() : (Elementwise) activation;
    }

    private Span parameter(Learned f, Span x) {
        if (learned == null) {
            if (!Double.isFinite(x.dtype().round(f.initialParameter()))) {
                throw new IllegalArgumentException(
                        "%s %s is out of the range of %s"
                                .formatted(f.parameterName(), f.initialParameter(), x.dtype()));
            }
            Span parameter = Span.allocate(x.dtype(), 1);
            parameter.set(0, f.initialParameter());
            return parameter;
        }
        NpyArray array = read(learned.file);
        Span parameter = Staging.load(array);
        if (parameter.dtype() != x.dtype()) {
            throw DataException.of(learned.file, "is %s, but %s has another type", array, in);
        }
        return parameter;
    }

    private Axis channels(Span parameter, long[] shape) {
        return parameter.length() == 1
                ? Axis.shared(Arrays.stream(shape).reduce(1, (a, b) -> a * b))
                : Axis.of(learned.axis, shape);
    }
}
