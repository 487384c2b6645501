package dev.rectifier.benchmarks;

import dev.rectifier.Activation;
import dev.rectifier.AxisFunction;
import dev.rectifier.ConcatenatedRelu;
import dev.rectifier.Definition;
import dev.rectifier.Elementwise;
import dev.rectifier.GumbelSoftmax;
import dev.rectifier.Initializer;
import dev.rectifier.RRelu;
import dev.rectifier.benchmarks.Task.Kind;
import dev.rectifier.network.Dense;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What is benchmarked: all activations of the registry with their defaults, the standard fills,
 * dense layers, and networks that score rows.
 */
public final class Functions {
    static final long SEED = 42;

    /** RReLU as it is after training. The registry has it as a leaky ReLU. */
    public static final String RRELU_INFERENCE = "rreluInference";

    private static final Map<String, Initializer> INITIALIZERS = new LinkedHashMap<>();

    private static final List<DenseShape> DENSE =
            List.of(new DenseShape(64, 784, 512), new DenseShape(1, 784, 512));

    private static final List<Stack> NETWORKS =
            Stream.of(
                            List.of(20, 64, 32, 1),
                            List.of(784, 512, 10),
                            List.of(256, 1024, 1024, 256, 10))
                    .flatMap(sizes -> Stream.of(new Stack(1, sizes), new Stack(64, sizes)))
                    .toList();

    static {
        INITIALIZERS.put("uniform", Initializer.randomUniform(0, 1, SEED));
        INITIALIZERS.put("normal", Initializer.randomNormal(0, 1, SEED));
        INITIALIZERS.put("truncatedNormal", Initializer.truncatedNormal(0, 1, SEED));
    }

    /** Rows of what has columns of its own. */
    private static final int WIDE_ROWS = 16;

    /** The columns of gated units and their halves: those of large language models. */
    private static final List<Integer> WIDE = List.of(4096, 11_008);

    /** A softmax with a scale and an added mask, over rows that share its rows. */
    static final String MASKED_SOFTMAX = "maskedSoftmax";

    private static final List<Integer> KEYS = List.of(128, 1024);

    /** The sizes of a dense layer. */
    record DenseShape(int batch, int inputs, int units) {
        String name() {
            return batch + "x" + inputs + "x" + units;
        }
    }

    /**
     * The sizes of a network that scores so many rows at a time.
     *
     * @param sizes of a row and of each layer's outputs
     */
    public record Stack(int batch, List<Integer> sizes) {
        String name() {
            return batch
                    + "x"
                    + sizes.stream().map(String::valueOf).collect(Collectors.joining("-"));
        }

        /** The number of layers. */
        public int layers() {
            return sizes.size() - 1;
        }

        /** What a layer reads of a row. */
        public int inputs(int layer) {
            return sizes.get(layer);
        }

        /** What it writes. */
        public int units(int layer) {
            return sizes.get(layer + 1);
        }

        /** Our layers, with ReLU after each but the last. */
        public List<Dense> dense(Activation last, IntFunction<Initializer> kernels) {
            return IntStream.range(0, layers())
                    .mapToObj(
                            l ->
                                    new Dense(
                                            units(l),
                                            l < layers() - 1 ? Elementwise.relu() : last,
                                            kernels.apply(l)))
                    .toList();
        }
    }

    private Functions() {}

    /** The names of the fills. */
    static List<String> fills() {
        return List.copyOf(INITIALIZERS.keySet());
    }

    /**
     * The names of the activations, of all but two: Gumbel-softmax is a fill and a softmax, and
     * concatenated ReLU is two ReLUs.
     */
    static List<String> activations() {
        return Stream.concat(
                        Activation.definitions().stream()
                                .filter(d -> !(d.withDefaults() instanceof GumbelSoftmax))
                                .filter(d -> !(d.withDefaults() instanceof ConcatenatedRelu))
                                .map(Definition::name),
                        Stream.of(RRELU_INFERENCE))
                .toList();
    }

    /** The dense layers. */
    static List<DenseShape> dense() {
        return DENSE;
    }

    /** The dense layer of this name. */
    static DenseShape dense(String name) {
        return DENSE.stream().filter(shape -> shape.name().equals(name)).findFirst().orElseThrow();
    }

    /** The networks that score rows. */
    static List<Stack> networks() {
        return NETWORKS;
    }

    /** The network of this name. */
    public static Stack network(String name) {
        return NETWORKS.stream()
                .filter(stack -> stack.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Functions that are timed on rows of given lengths, as {@code swiGlu:4096}. */
    static List<String> ofGivenColumns() {
        return Stream.concat(
                        Stream.of("swiGlu", "geGlu", "reGlu")
                                .flatMap(unit -> WIDE.stream().map(n -> unit + ":" + n)),
                        KEYS.stream().map(n -> MASKED_SOFTMAX + ":" + n))
                .toList();
    }

    /** How many elements a task of such a function has. */
    static int length(String function) {
        return WIDE_ROWS * columns(function).orElseThrow();
    }

    /** The columns in the name. */
    static OptionalInt columns(String function) {
        int colon = function.indexOf(':');
        return colon < 0
                ? OptionalInt.empty()
                : OptionalInt.of(Integer.parseInt(function.substring(colon + 1)));
    }

    /** The name without columns. */
    public static String plainName(String function) {
        int colon = function.indexOf(':');
        return colon < 0 ? function : function.substring(0, colon);
    }

    /** In which ways an activation is timed. */
    static Stream<Kind> kinds(String activation) {
        if (plainName(activation).equals(MASKED_SOFTMAX)) {
            return Stream.of(Kind.FORWARD);
        }
        Activation f = activation(activation);
        if (f instanceof AxisFunction) {
            return Stream.of(Kind.FORWARD, Kind.FROM_OUTPUT);
        }
        return f instanceof Elementwise elementwise && elementwise.hasFromOutput()
                ? Stream.of(Kind.FORWARD, Kind.BACKWARD, Kind.FROM_OUTPUT)
                : Stream.of(Kind.FORWARD, Kind.BACKWARD);
    }

    /** The fill of this name: U[0, 1), N(0, 1), or N(0, 1) cut at ±2. */
    public static Initializer initializer(String name) {
        return INITIALIZERS.get(name);
    }

    /** The activation of this name. */
    public static Activation activation(String name) {
        return name.equals(RRELU_INFERENCE)
                ? new RRelu().inference()
                : Activation.of(plainName(name), Map.of());
    }

    /**
     * The name under which other libraries have an activation: with its defaults, ours may be one
     * that they know.
     */
    public static String commonName(String activation) {
        return switch (activation) {
            case "generalizedRelu" -> "relu";
            case "swish" -> "silu";
            default -> activation;
        };
    }
}
