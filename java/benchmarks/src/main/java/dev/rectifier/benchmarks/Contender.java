package dev.rectifier.benchmarks;

import java.util.List;
import java.util.function.IntFunction;

/**
 * One that takes part.
 *
 * @param name in tables and for {@code --contenders}
 * @param parallel whether it can use several threads
 * @param modules that its Java has to add, which are then taken from the newest Java there is
 * @param remark what has to be known about how it is called, or nothing
 * @param adapter makes it for a number of threads, in its own process
 */
public record Contender(
        String name,
        Role role,
        boolean parallel,
        List<String> modules,
        String remark,
        IntFunction<Adapter> adapter) {
    /** Why it takes part. */
    public enum Role {
        /** A door into our library. */
        OURS,
        /** Another library. */
        PEER,
        /** What the machine can do. */
        LIMIT
    }

    static Contender ours(
            String name, boolean parallel, String remark, IntFunction<Adapter> adapter) {
        return new Contender(name, Role.OURS, parallel, List.of(), remark, adapter);
    }

    static Contender limit(String name, String remark, IntFunction<Adapter> adapter) {
        return new Contender(name, Role.LIMIT, false, List.of(), remark, adapter);
    }

    static Contender serialPeer(String name, String remark, IntFunction<Adapter> adapter) {
        return new Contender(name, Role.PEER, false, List.of(), remark, adapter);
    }

    static Contender parallelPeer(String name, String remark, IntFunction<Adapter> adapter) {
        return new Contender(name, Role.PEER, true, List.of(), remark, adapter);
    }
}
