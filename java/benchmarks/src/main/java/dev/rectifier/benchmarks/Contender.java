package dev.rectifier.benchmarks;

import dev.rectifier.benchmarks.Task.Kind;
import dev.rectifier.benchmarks.contenders.Cpp;
import java.util.Set;
import java.util.function.IntFunction;

/**
 * One that takes part.
 *
 * @param name in tables and for {@code --contenders}
 * @param remark what has to be known about how it is called
 * @param adapter makes it for a number of threads, in its own process
 */
public record Contender(
        String name, Role role, Set<Trait> traits, String remark, IntFunction<Adapter> adapter) {
    /** Why it takes part. */
    public enum Role {
        /** A door into our library. */
        OURS,
        /** Our kernels without Java. */
        KERNELS,
        /** Another library. */
        PEER,
        /** What the machine can do. */
        LIMIT
    }

    /** What sets it apart. */
    public enum Trait {
        /** It can use several threads. */
        PARALLEL,
        /** It draws random numbers, and has no activations. */
        ONLY_FILLS,
        /** It has activations, and draws no random numbers. */
        ONLY_ACTIVATIONS,
        /** It is a loop that is only fast while the compiler sees one function in it. */
        COMPILED_PER_FUNCTION,
        /** It needs the module {@code jdk.incubator.vector}, that of the newest Java. */
        INCUBATING,
        /** It calls by the foreign-function interface, that of the newest Java, and not by JNI. */
        FOREIGN,
        /** It takes the best instructions that the machine has, whatever it is told. */
        UNHELD
    }

    boolean is(Trait trait) {
        return traits.contains(trait);
    }

    /** Whether it has been built. */
    boolean isThere() {
        return role != Role.KERNELS || Cpp.program().isPresent();
    }

    /** Whether it may have tasks of this kind. */
    boolean serves(Kind kind) {
        return !is(kind == Kind.FILL ? Trait.ONLY_ACTIVATIONS : Trait.ONLY_FILLS);
    }
}
