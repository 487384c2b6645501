package dev.rectifier.cli;

import dev.rectifier.Activation;
import dev.rectifier.Axis;
import dev.rectifier.AxisFunction;
import dev.rectifier.Channels;
import dev.rectifier.ConcatenatedRelu;
import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Glu;
import dev.rectifier.GumbelSoftmax;
import dev.rectifier.Learned;
import dev.rectifier.Mask;
import dev.rectifier.MaskedSoftmax;
import dev.rectifier.RRelu;
import dev.rectifier.RandomKey;
import dev.rectifier.Span;
import dev.rectifier.data.DataException;
import dev.rectifier.data.NpyArray;
import dev.rectifier.data.NpyFile;
import dev.rectifier.data.OutputFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
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
                    + " of its input. OUT.npy gets the type and shape (glu: half of an axis, crelu: twice) of IN.npy: float32 or"
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

    @Option(
            names = "--flatten",
            description =
                    "softmax and its relatives: the axis and all that follow it are one, as in ONNX before"
                            + " opset 13, where axis is 1 by default.")
    private boolean flatten;

    @Option(
            names = "--gate",
            paramLabel = "F",
            defaultValue = Option.NULL_VALUE,
            description =
                    "glu: the gate instead of sigmoid, an elementwise activation written as"
                            + " NAME[:KEY=VALUE]...: silu makes it SwiGLU.")
    private Optional<String> gate;

    @Option(
            names = "--gate-first",
            description = "glu and its relatives: the first half is the gate, not the second.")
    private boolean gateFirst;

    @ArgGroup(exclusive = false)
    private Masking masking;

    @ArgGroup(exclusive = false)
    private Parameter learned;

    @ArgGroup(exclusive = false)
    private Draws draws;

    @Mixin private ComputeOptions compute;

    private final Staging staging;

    ApplyCommand() {
        this(Staging.IN_PARTS);
    }

    ApplyCommand(Staging staging) {
        this.staging = staging;
    }

    /** Of an activation that learns one. */
    private static final class Parameter {
        @Option(
                names = {"--alpha", "--beta"},
                paramLabel = "P.npy",
                required = true,
                description =
                        "prelu, learnedSwish, snake: the parameters. One is for all elements. Several of one axis are"
                                + " one for each place along axis 1, as in PyTorch, or along the last axis, as in"
                                + " NumPy: the one that has so many places; if both have, --axis must say. Those of"
                                + " several axes are broadcast as by NumPy and ONNX: of the shape of IN.npy from its"
                                + " end on, with 1 for axes that share them.")
        private Path file;

        @Option(
                names = "--axis",
                paramLabel = "K",
                defaultValue = Option.NULL_VALUE,
                description =
                        "The axis that the parameters of one axis belong to. Negative numbers count from the"
                                + " end.")
        private Optional<Integer> axis;
    }

    /** Of softmax along the last axis, as in attention. */
    private static final class Masking {
        @Option(
                names = "--scale",
                paramLabel = "S",
                defaultValue = "1",
                converter = NumberConverter.class,
                description = "softmax along the last axis: of S times x; by default 1.")
        private double scale;

        @Option(
                names = "--mask",
                paramLabel = "M.npy",
                defaultValue = Option.NULL_VALUE,
                description =
                        "softmax along the last axis: what is added to S times x, -inf to take elements out, of"
                                + " the type of IN.npy and broadcast to its shape but for the last axis.")
        private Optional<Path> mask;

        @Option(
                names = "--causal",
                description =
                        "softmax along the last axis: row i of the axis before sees the first i + 1 elements alone.")
        private boolean causal;

        @Option(
                names = "--zero-rows",
                description =
                        "softmax along the last axis: rows of which nothing is left are 0 instead of NaN.")
        private boolean zeroRows;
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
        Activation activation = Usage.check(spec, this::activation);
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

    private Activation activation() {
        Activation activation = Activation.of(name, parameters);
        if (gate.isEmpty() && !gateFirst) {
            return activation;
        }
        if (!(activation instanceof Glu glu)) {
            throw new IllegalArgumentException(
                    (gateFirst ? "--gate-first" : "--gate") + " is for glu, not for " + name);
        }
        Activation f = gate.isEmpty() ? glu.gate() : gateOf(gate.get());
        if (!(f instanceof Elementwise elementwise)) {
            throw new IllegalArgumentException(
                    "--gate must be an elementwise activation, not " + gate.get());
        }
        return new Glu(elementwise, gateFirst, glu.axis());
    }

    private static Activation gateOf(String text) {
        return Named.parse(text, Activation::of).value();
    }

    private NpyArray read(Path file) {
        return NpyFile.read(file, note -> Usage.note(spec, note));
    }

    private void requireRightOptions(Activation activation) {
        Usage.requireOneStandardInput(
                spec,
                in,
                grad.orElse(null),
                learned == null ? null : learned.file,
                masking == null ? null : masking.mask.orElse(null));
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
        if (flatten && !(activation instanceof AxisFunction)) {
            throw Usage.error(spec, "--flatten is for functions along an axis, not for " + name);
        }
        boolean isSoftmax = activation.equals(AxisFunction.softmax()) && !flatten;
        if (masking != null && !isSoftmax) {
            throw Usage.error(
                    spec,
                    "--scale, --mask, --causal and --zero-rows are for softmax along the last axis, not for "
                            + name);
        }
        if (draws == null && activation instanceof GumbelSoftmax) {
            throw Usage.error(spec, "gumbelSoftmax draws noise and needs --seed");
        }
    }

    /** The shape, where a scalar has an axis 0 when one is asked for, as in PyTorch. */
    private static long[] withAxis(NpyArray x) {
        return x.shape().length == 0 ? new long[] {1} : x.shape();
    }

    /** The shape of f(x): that of x but for GLU, which halves an axis, and concatenated ReLU. */
    private static long[] outputShape(Activation activation, NpyArray x) {
        int axis;
        if (activation instanceof Glu glu) {
            axis = glu.axis();
        } else if (activation instanceof ConcatenatedRelu concatenated) {
            axis = concatenated.axis();
        } else {
            return x.shape();
        }
        long[] shape = withAxis(x);
        long size = Axis.of(axis, shape).size();
        shape[axis < 0 ? axis + shape.length : axis] =
                activation instanceof Glu ? size / 2 : Math.multiplyExact(size, 2);
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
        Span input = Staging.span(x);
        if (activation instanceof Glu glu) {
            return resized(
                    glu::forward,
                    glu::backward,
                    input,
                    x,
                    dy,
                    outputShape,
                    Axis.of(glu.axis(), shape));
        }
        if (activation instanceof ConcatenatedRelu f) {
            return resized(
                    f::forward, f::backward, input, x, dy, outputShape, Axis.of(f.axis(), shape));
        }
        if (masking != null) {
            return masked(input, x, dy, shape);
        }
        Passes passes = passes(activation, input, shape);
        List<Span> arrays = new ArrayList<>(passes.beside());
        arrays.add(input);
        dy.ifPresent(array -> arrays.add(Staging.span(array)));
        staging.run(
                passes.rows(),
                dy.isPresent() ? passes.backward() : passes.forward(),
                arrays.toArray(Span[]::new));
        return dy.orElse(x);
    }

    private NpyArray masked(Span x, NpyArray array, Optional<NpyArray> dy, long[] shape) {
        MaskedSoftmax f = new MaskedSoftmax(masking.scale, masking.causal, 0, masking.zeroRows);
        Optional<Mask> mask = Optional.empty();
        if (masking.mask.isPresent()) {
            NpyArray values = read(masking.mask.get());
            try {
                mask = Optional.of(Mask.of(Staging.span(values), values.shape()));
                f.forward(x, mask, x, shape);
            } catch (IllegalArgumentException e) {
                throw DataException.of(masking.mask.get(), "%s: %s", values, e.getMessage());
            }
        } else {
            f.forward(x, x, shape);
        }
        if (dy.isEmpty()) {
            return array;
        }
        Span gradient = Staging.span(dy.get());
        f.backward(x, gradient, gradient, shape);
        return dy.get();
    }

    /** Of functions whose results have another shape. */
    @FunctionalInterface
    private interface Forward {
        void run(Span x, Span y, Axis axis);
    }

    /** Their gradients. */
    @FunctionalInterface
    private interface Backward {
        void run(Span x, Span dy, Span dx, Axis axis);
    }

    private NpyArray resized(
            Forward forward,
            Backward backward,
            Span input,
            NpyArray x,
            Optional<NpyArray> dy,
            long[] outputShape,
            Axis axis) {
        if (dy.isPresent()) {
            staging.run(
                    axis.outer(),
                    (first, n, s) -> backward.run(s[1], s[0], s[1], Passes.rows(axis, n)),
                    Staging.span(dy.get()),
                    input);
            return x;
        }
        NpyArray y = NpyArray.zeros(x.isFloat64(), outputShape);
        staging.run(
                axis.outer(),
                (first, n, s) -> forward.run(s[0], s[1], Passes.rows(axis, n)),
                input,
                Staging.span(y));
        return y;
    }

    private Passes passes(Activation activation, Span x, long[] shape) {
        if (activation instanceof Learned f) {
            return learned == null
                    ? Passes.of(f, initial(f, x.dtype()), shared(shape), staging)
                    : ofFile(f, x.dtype(), shape);
        }
        if (activation instanceof GumbelSoftmax f) {
            return Passes.of(f, this::key, Axis.of(f.axis(), shape));
        }
        if (activation instanceof AxisFunction f) {
            return Passes.of(f, flatten ? fromOn(f.axis(), shape) : Axis.of(f.axis(), shape));
        }
        if (activation instanceof RRelu f) {
            return draws == null
                    ? Passes.of(f.inference(), x.length())
                    : Passes.of(f, this::key, x.length());
        }
        return Passes.of((Elementwise) activation, x.length());
    }

    private static Axis fromOn(int axis, long[] shape) {
        Axis.of(axis, shape);
        int first = axis < 0 ? axis + shape.length : axis;
        return Axis.block(first, shape.length - first, shape);
    }

    private RandomKey key(long first) {
        return new RandomKey(draws.seed, draws.stream, first);
    }

    private static Channels shared(long[] shape) {
        return Channels.along(new int[0], shape);
    }

    private Passes ofFile(Learned f, DType dtype, long[] shape) {
        NpyArray parameter = read(learned.file);
        Span span = Staging.span(parameter);
        if (span.dtype() != dtype) {
            throw DataException.of(learned.file, "is %s, but %s has another type", parameter, in);
        }
        return Passes.of(f, span, channels(parameter, shape), staging);
    }

    private static Span initial(Learned f, DType dtype) {
        double value = f.initialParameter();
        if (!Double.isFinite(dtype.round(value))) {
            throw new IllegalArgumentException(
                    "%s %s is out of the range of %s".formatted(f.parameterName(), value, dtype));
        }
        Span parameter = Span.allocate(dtype, 1);
        parameter.set(0, value);
        return parameter;
    }

    private Channels channels(NpyArray parameter, long[] shape) {
        long[] sizes = parameter.shape();
        if (Staging.span(parameter).length() == 1) {
            learned.axis.ifPresent(axis -> Axis.of(axis, shape));
            return shared(shape);
        }
        if (learned.axis.isPresent()) {
            int number = learned.axis.get();
            Axis axis = Axis.of(number, shape);
            if (sizes.length != 1) {
                throw misfit(parameter, "--axis is for one parameter per place along an axis");
            }
            if (sizes[0] != axis.size()) {
                throw misfit(parameter, "axis %d has %d places".formatted(number, axis.size()));
            }
            return Channels.of(axis);
        }
        if (sizes.length == 1 && shape.length > 2) {
            long second = shape[1];
            long last = shape[shape.length - 1];
            if (sizes[0] == second && sizes[0] == last) {
                throw Usage.error(
                        spec,
                        "%s: is %s, and %s is %s: say whether it belongs to axis 1, as in PyTorch (--axis 1), or to the last, as in NumPy (--axis -1)"
                                .formatted(learned.file, parameter, in, Arrays.toString(shape)));
            }
            if (sizes[0] != second && sizes[0] != last) {
                throw misfit(
                        parameter,
                        "axis 1, as in PyTorch, has %d places, and the last, as in NumPy, %d"
                                .formatted(second, last));
            }
            return Channels.of(Axis.of(sizes[0] == second ? 1 : -1, shape));
        }
        try {
            return Channels.broadcast(sizes, shape);
        } catch (IllegalArgumentException e) {
            throw misfit(parameter, e.getMessage());
        }
    }

    private DataException misfit(NpyArray parameter, String why) {
        return DataException.of(
                learned.file, "is %s, which doesn't suit %s: %s", parameter, in, why);
    }
}
