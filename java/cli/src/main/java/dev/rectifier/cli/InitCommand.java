package dev.rectifier.cli;

import dev.rectifier.DType;
import dev.rectifier.Initializer;
import dev.rectifier.Shape;
import dev.rectifier.data.NpyArray;
import dev.rectifier.data.NpyFile;
import dev.rectifier.data.OutputFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes the weights that a layer starts with to a file. */
@Command(
        name = "init",
        description = {
            "Writes initial weights to a NumPy file: the same bits for a seed and a stream on"
                    + " every machine."
        },
        footer = "  rectifier init heNormal --shape 784,100 --seed 42 w.npy")
final class InitCommand implements Callable<Integer> {
    /** The longest array that every JVM can allocate. */
    private static final int MAX_ELEMENTS = Integer.MAX_VALUE - 8;

    @Spec private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "NAME",
            description =
                    "One of 'rectifier list initializers' or 'rectifier list"
                            + " initializer-presets'.")
    private String name;

    @Parameters(
            index = "1",
            paramLabel = "OUT.npy",
            description = "Where to write the weights; - is standard output.")
    private Path out;

    @Option(
            names = "-p",
            paramLabel = "KEY=VALUE",
            parameterConsumer = KeyValues.class,
            description = "A parameter of the initializer; -p may be repeated.")
    private Map<String, String> parameters = new LinkedHashMap<>();

    @Option(
            names = "--shape",
            paramLabel = "N,N,...",
            hideParamSyntax = true,
            required = true,
            converter = Listing.OfLongs.class,
            description = "The shape of the weights, such as 784,100.")
    private Listing<Long> dimensions;

    @Option(
            names = "--layout",
            paramLabel = "LAYOUT",
            defaultValue = "keras",
            description = "keras: shape is ..., in, out (default); torch: shape is out, in, ...")
    private Shape.Layout layout;

    @ArgGroup(exclusive = false)
    private Axes axes;

    @Option(
            names = "--dtype",
            paramLabel = "DTYPE",
            defaultValue = "float32",
            converter = ArithmeticType.class,
            description = "float32 (default) or float64.")
    private DType dtype;

    @Option(names = "--seed", paramLabel = "N", required = true, description = "Any integer.")
    private long seed;

    @Option(
            names = "--stream",
            paramLabel = "N",
            defaultValue = "0",
            description = "Which sequence of the seed, one for each layer; by default 0.")
    private long stream;

    @Mixin private ComputeOptions compute;

    /** What fans are made of, instead of a layout. */
    private static final class Axes {
        @Option(
                names = "--in-axes",
                paramLabel = "K,K,...",
                hideParamSyntax = true,
                required = true,
                converter = Listing.OfLongs.class,
                description =
                        "Instead of --layout, which axes of the shape are inputs, as in JAX; negative numbers count"
                                + " from the end. The fan-in is all but the axes of outputs and batches.")
        private Listing<Long> in;

        @Option(
                names = "--out-axes",
                paramLabel = "K,K,...",
                hideParamSyntax = true,
                required = true,
                converter = Listing.OfLongs.class,
                description =
                        "Which axes are outputs. The fan-out is all but the axes of inputs and batches.")
        private Listing<Long> out;

        @Option(
                names = "--batch-axes",
                paramLabel = "K,K,...",
                hideParamSyntax = true,
                converter = Listing.OfLongs.class,
                description =
                        "Along which axes there are separate sets of weights; by default none.")
        private Listing<Long> batch;

        Shape shape(long[] dimensions) {
            return Shape.withAxes(numbers(in), numbers(out), numbers(batch), dimensions);
        }

        private static int[] numbers(Listing<Long> axes) {
            return axes == null
                    ? new int[0]
                    : axes.values().stream().mapToInt(Axes::number).toArray();
        }

        private static int number(long axis) {
            if (axis != (int) axis) {
                throw new IllegalArgumentException("there is no axis " + axis);
            }
            return (int) axis;
        }
    }

    private final Staging staging;

    /** How long off-heap memory can be. */
    private final int mostBytes;

    InitCommand() {
        this(Staging.IN_PARTS, Integer.MAX_VALUE);
    }

    InitCommand(Staging staging, int mostBytes) {
        this.staging = staging;
        this.mostBytes = mostBytes;
    }

    @Override
    public Integer call() {
        compute.apply();
        OutputFile file = OutputFile.claim(out);
        NpyFile.write(file, Usage.check(spec, this::weights));
        return 0;
    }

    private NpyArray weights() {
        Initializer initializer = Initializer.of(name, parameters, seed).withStream(stream);
        Shape shape = axes == null ? Shape.of(layout, dimensions()) : axes.shape(dimensions());
        Precision.requireNonzero(initializer, shape, dtype);
        if (shape.size() > MAX_ELEMENTS) {
            throw new IllegalArgumentException(
                    "--shape has " + shape.size() + " elements; at most " + MAX_ELEMENTS + " fit");
        }
        NpyArray weights = NpyArray.zeros(dtype == DType.FLOAT64, dimensions());
        boolean independent = initializer.fill(shape).isPresent();
        // Else each part takes the work of the whole.
        Staging parts = independent ? staging : new Staging(mostBytes / dtype.bytes());
        parts.run(
                shape.size(),
                (first, n, s) -> initializer.initialize(shape, first, s[0]),
                Staging.span(weights));
        return weights;
    }

    private long[] dimensions() {
        return dimensions.values().stream().mapToLong(Long::longValue).toArray();
    }
}
