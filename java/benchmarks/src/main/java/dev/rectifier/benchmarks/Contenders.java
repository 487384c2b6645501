package dev.rectifier.benchmarks;

import dev.rectifier.benchmarks.contenders.CommonsRng;
import dev.rectifier.benchmarks.contenders.Door;
import dev.rectifier.benchmarks.contenders.JavaRandom;
import dev.rectifier.benchmarks.contenders.Limit;
import dev.rectifier.benchmarks.contenders.Ours;
import dev.rectifier.benchmarks.contenders.PyTorch;
import java.util.List;

/** All that take part, in the order of the tables. */
final class Contenders {
    static final List<Contender> ALL =
            List.of(
                    Contender.ours(
                            "pointer",
                            true,
                            "a JavaCPP pointer",
                            threads -> new Ours(Door.POINTER, threads)),
                    Contender.ours(
                            "buffer",
                            false,
                            "a direct NIO buffer",
                            threads -> new Ours(Door.BUFFER, threads)),
                    Contender.ours(
                            "array",
                            false,
                            "a Java array",
                            threads -> new Ours(Door.ARRAY, threads)),
                    Contender.parallelPeer(
                            "PyTorch",
                            "writes into tensors of its own that are there before; truncated normal"
                                    + " as torch.nn.init.trunc_normal_ composes it",
                            PyTorch::new),
                    Contender.serialPeer(
                            "Commons RNG",
                            "XoShiRo256PlusPlus; normal by the modified Ziggurat; truncated normal"
                                    + " by rejection; into an array",
                            threads -> new CommonsRng()),
                    Contender.serialPeer(
                            "SplittableRandom",
                            "nextGaussian; truncated normal by rejection; into an array",
                            threads -> new JavaRandom("SplittableRandom")),
                    Contender.serialPeer(
                            "L64X128MixRandom",
                            "nextGaussian; truncated normal by rejection; into an array",
                            threads -> new JavaRandom("L64X128MixRandom")),
                    Contender.limit(
                            Contest.EMPTY_CALL,
                            "a native method of ours that returns a constant",
                            threads -> Limit.EMPTY_CALL),
                    Contender.limit(
                            "memcpy",
                            "C's memcpy or memset on native memory, which streams from some size"
                                    + " on that the C library chooses",
                            threads -> Limit.MEMCPY),
                    Contender.limit(
                            "arraycopy",
                            "System.arraycopy or Arrays.fill: ordinary stores on Java 17",
                            threads -> Limit.ARRAYCOPY),
                    Contender.limit(
                            "streaming",
                            "our linear or zeros on native memory: streaming stores on large"
                                    + " arrays",
                            threads -> Limit.STREAMING));

    private Contenders() {}

    static Contender named(String name) {
        return ALL.stream()
                .filter(contender -> contender.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no contender is named " + name));
    }
}
