package dev.rectifier.benchmarks;

import dev.rectifier.benchmarks.Contender.Role;
import dev.rectifier.benchmarks.Contender.Trait;
import dev.rectifier.benchmarks.contenders.CommonsRng;
import dev.rectifier.benchmarks.contenders.Cpp;
import dev.rectifier.benchmarks.contenders.Door;
import dev.rectifier.benchmarks.contenders.JavaRandom;
import dev.rectifier.benchmarks.contenders.Limit;
import dev.rectifier.benchmarks.contenders.Nd4j;
import dev.rectifier.benchmarks.contenders.OneDnn;
import dev.rectifier.benchmarks.contenders.OnnxRuntime;
import dev.rectifier.benchmarks.contenders.Ours;
import dev.rectifier.benchmarks.contenders.PlainJava;
import dev.rectifier.benchmarks.contenders.PyTorch;
import dev.rectifier.benchmarks.contenders.TensorFlow;
import dev.rectifier.benchmarks.contenders.TwoPasses;
import dev.rectifier.benchmarks.contenders.VectorApi;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;

/**
 * All that take part, in the order of the tables.
 *
 * <p>Smile 6.3.0 doesn't: its classes are of Java 25, which what is built for Java 17 can't be
 * compiled against, and its five activations are loops over {@code get} and {@code set} of its own
 * vectors, in place.
 */
final class Contenders {
    static final String EMPTY_CALL = "empty call";
    static final String POINTER = "pointer";
    static final String CPP = "C++";

    static final List<Contender> ALL =
            List.of(
                    ours(
                            POINTER,
                            "JavaCPP pointers",
                            threads -> new Ours(Door.POINTER, threads),
                            Trait.PARALLEL),
                    ours("buffer", "direct NIO buffers", threads -> new Ours(Door.BUFFER, threads)),
                    ours("array", "Java arrays", threads -> new Ours(Door.ARRAY, threads)),
                    ours(
                            "foreign pointer",
                            "JavaCPP pointers, by the foreign-function interface",
                            threads -> new Ours(Door.POINTER, threads),
                            Trait.FOREIGN),
                    ours(
                            "foreign buffer",
                            "direct NIO buffers, by the foreign-function interface",
                            threads -> new Ours(Door.BUFFER, threads),
                            Trait.FOREIGN),
                    ours(
                            "foreign array",
                            "Java arrays, by the foreign-function interface",
                            threads -> new Ours(Door.ARRAY, threads),
                            Trait.FOREIGN),
                    ours(
                            "bfloat16 weights",
                            "Java arrays; a network whose matrices are kept in bfloat16",
                            threads -> new Ours(Door.ARRAY, threads, ServeOperation::withHalves),
                            Trait.ONLY_ACTIVATIONS),
                    ours(
                            "two passes",
                            "a gated unit as an activation and a product, on JavaCPP pointers",
                            TwoPasses::new,
                            Trait.PARALLEL,
                            Trait.ONLY_ACTIVATIONS),
                    new Contender(
                            CPP,
                            Role.KERNELS,
                            Set.of(Trait.PARALLEL),
                            "the C header called by C++, timed by Google Benchmark; elementwise"
                                    + " functions and fills",
                            Cpp::new),
                    peer(
                            "PyTorch",
                            "writes into a tensor that is there before, but for the gradient of"
                                    + " mish, which is a new one; softsign, tanhShrink, softmin,"
                                    + " learnedSwish and truncated normal"
                                    + " (torch.nn.init.trunc_normal_) are composed as in PyTorch;"
                                    + " the gradients of prelu, softmax and logSoftmax by"
                                    + " torch.autograd.grad on a graph that is kept; those of a"
                                    + " dense layer by products into tensors that are there before",
                            PyTorch::new,
                            Trait.PARALLEL),
                    peer(
                            "ONNX Runtime",
                            "a model of one operator, or of Gemm and Relu, on direct buffers for input and output",
                            OnnxRuntime::new,
                            Trait.PARALLEL,
                            Trait.UNHELD,
                            Trait.ONLY_ACTIVATIONS),
                    peer(
                            "oneDNN",
                            "a primitive that is made before, on JavaCPP pointers; for a dense layer a"
                                    + " product with ReLU as an operation after it",
                            threads -> new OneDnn(),
                            Trait.PARALLEL,
                            Trait.ONLY_ACTIVATIONS),
                    peer(
                            "ND4J",
                            "an operation that writes into an array that is there before",
                            threads -> new Nd4j(),
                            Trait.PARALLEL,
                            Trait.UNHELD),
                    peer(
                            "TensorFlow",
                            "an operation of its C API, whose result is a new tensor; the last"
                                    + " one is freed before",
                            TensorFlow::new,
                            Trait.PARALLEL,
                            Trait.UNHELD),
                    peer(
                            "Vector API",
                            "over Java arrays",
                            threads -> new VectorApi(),
                            Trait.INCUBATING,
                            Trait.COMPILED_PER_FUNCTION,
                            Trait.ONLY_ACTIVATIONS),
                    peer(
                            "plain Java",
                            "a loop over arrays: the formula that one would write where the"
                                    + " function is a common one, else that of our registry in"
                                    + " double",
                            threads -> new PlainJava(),
                            Trait.COMPILED_PER_FUNCTION,
                            Trait.ONLY_ACTIVATIONS),
                    peer(
                            "Commons RNG",
                            "XoShiRo256PlusPlus into an array; normal by the modified Ziggurat;"
                                    + " truncated normal by rejection",
                            threads -> new CommonsRng(),
                            Trait.COMPILED_PER_FUNCTION,
                            Trait.ONLY_FILLS),
                    peer(
                            "SplittableRandom",
                            "into an array; nextGaussian; truncated normal by rejection",
                            threads -> new JavaRandom("SplittableRandom"),
                            Trait.COMPILED_PER_FUNCTION,
                            Trait.ONLY_FILLS),
                    peer(
                            "L64X128MixRandom",
                            "into an array; nextGaussian; truncated normal by rejection",
                            threads -> new JavaRandom("L64X128MixRandom"),
                            Trait.COMPILED_PER_FUNCTION,
                            Trait.ONLY_FILLS),
                    limit(
                            EMPTY_CALL,
                            "a native method of ours that returns a constant",
                            Limit.EMPTY_CALL),
                    limit(
                            "memcpy",
                            "C's memcpy or memset on native memory, which streams from some size"
                                    + " on that the C library chooses",
                            Limit.MEMCPY),
                    limit(
                            "arraycopy",
                            "System.arraycopy or Arrays.fill: ordinary stores on Java 17",
                            Limit.ARRAYCOPY),
                    new Contender(
                            "streaming",
                            Role.LIMIT,
                            Set.of(Trait.PARALLEL),
                            "our linear or zeros on native memory: streaming stores on large"
                                    + " arrays",
                            Limit::streaming));

    private Contenders() {}

    private static Contender ours(
            String name, String remark, IntFunction<Adapter> adapter, Trait... traits) {
        return new Contender(name, Role.OURS, Set.of(traits), remark, adapter);
    }

    private static Contender peer(
            String name, String remark, IntFunction<Adapter> adapter, Trait... traits) {
        return new Contender(name, Role.PEER, Set.of(traits), remark, adapter);
    }

    private static Contender limit(String name, String remark, Limit limit) {
        return new Contender(name, Role.LIMIT, Set.of(), remark, threads -> limit);
    }

    static Contender named(String name) {
        return ALL.stream()
                .filter(contender -> contender.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no contender is named " + name));
    }

    /** The order of tables. */
    static Comparator<Entry> order() {
        List<String> names = ALL.stream().map(Contender::name).toList();
        return Comparator.<Entry>comparingInt(entry -> names.indexOf(entry.contender()))
                .thenComparingInt(Entry::threads);
    }
}
