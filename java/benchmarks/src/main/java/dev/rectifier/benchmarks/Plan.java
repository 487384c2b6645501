package dev.rectifier.benchmarks;

import dev.rectifier.DType;
import dev.rectifier.benchmarks.Contender.Trait;
import dev.rectifier.benchmarks.Functions.DenseShape;
import dev.rectifier.benchmarks.Functions.Stack;
import dev.rectifier.benchmarks.Task.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What is to be measured, and for how long.
 *
 * @param only tasks in whose label this is found
 * @param contenders those in whose name this is found
 * @param dtypes of the elements
 * @param lengths of the arrays
 * @param threads numbers of threads for those that can use several
 * @param rounds in which every contender is timed once
 * @param firstWarmupMillis how long each contender runs untimed at first, and several times as long
 *     if it is made of Java loops
 * @param warmupMillis the same before each time that is taken
 * @param millis how long each contender is timed in a round
 * @param isa what all are held to, if anything; those that can't be don't take part
 * @param freshProcesses whether every contender gets a new process for each function, not only
 *     those that need it
 */
record Plan(
        Pattern only,
        Pattern contenders,
        List<DType> dtypes,
        List<Integer> lengths,
        List<Integer> threads,
        int rounds,
        long firstWarmupMillis,
        long warmupMillis,
        long millis,
        Optional<Isa> isa,
        boolean freshProcesses) {
    /** For arrays that are shorter, nobody starts threads. */
    private static final int PARALLEL_LENGTH = 4096;

    /** How much longer than native code a loop must run until its best form is compiled. */
    private static final int COMPILATION = 8;

    /**
     * A contender with a number of threads.
     *
     * @param threads 1 if it can't use several
     */
    record Entrant(Contender contender, int threads) {
        boolean takesPart(Task task) {
            return contender.serves(task.kind())
                    && (threads == 1 || task.length() >= PARALLEL_LENGTH);
        }
    }

    /** The tasks, those of one function next to each other. */
    List<List<Task>> groups() {
        List<List<Task>> groups = new ArrayList<>();
        Functions.fills().forEach(fill -> groups.add(tasks(fill, Stream.of(Kind.FILL), lengths)));
        for (String activation : Functions.activations()) {
            groups.add(tasks(activation, Functions.kinds(activation), lengths));
        }
        for (String function : Functions.ofGivenColumns()) {
            List<Integer> length = List.of(Functions.length(function));
            groups.add(tasks(function, Functions.kinds(function), length));
        }
        for (DenseShape dense : Functions.dense()) {
            groups.add(
                    tasks(
                            dense.name(),
                            Stream.of(Kind.DENSE_FORWARD, Kind.DENSE_BACKWARD),
                            List.of(dense.batch() * dense.units())));
        }
        for (Stack network : Functions.networks()) {
            int outputs = network.units(network.layers() - 1);
            groups.add(
                    tasks(
                            network.name(),
                            Stream.of(Kind.SERVE),
                            List.of(network.batch() * outputs)));
        }
        groups.removeIf(List::isEmpty);
        return groups;
    }

    private List<Task> tasks(String function, Stream<Kind> kinds, List<Integer> lengths) {
        return kinds.flatMap(kind -> dtypes.stream().map(dtype -> new Form(kind, dtype)))
                .flatMap(form -> lengths.stream().map(n -> form.task(function, n)))
                .filter(task -> only.matcher(task.label()).find())
                .toList();
    }

    private record Form(Kind kind, DType dtype) {
        private Task task(String function, int length) {
            return new Task(kind, function, dtype, length);
        }
    }

    /** All that take part. */
    List<Entrant> entrants() {
        return Contenders.ALL.stream()
                .filter(contender -> contenders.matcher(contender.name()).find())
                .filter(Contender::isThere)
                .filter(contender -> isa.isEmpty() || !contender.is(Trait.UNHELD))
                .flatMap(
                        contender ->
                                threads.stream()
                                        .map(n -> contender.is(Trait.PARALLEL) ? n : 1)
                                        .distinct()
                                        .map(n -> new Entrant(contender, n)))
                .toList();
    }

    /** How long a contender runs untimed before it is timed in a round. */
    long warmupMillis(Contender contender, int round) {
        if (round > 0) {
            return warmupMillis;
        }
        return contender.is(Trait.COMPILED_PER_FUNCTION)
                ? COMPILATION * firstWarmupMillis
                : firstWarmupMillis;
    }
}
