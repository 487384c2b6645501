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
        Shape shape = Shape.of(layout, dimensions());
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
