package dev.rectifier.benchmarks;

import dev.rectifier.benchmarks.Contender.Trait;
import dev.rectifier.benchmarks.Plan.Entrant;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Carries out a plan. Each contender has a process of its own, so that the thread pools and the
 * garbage of others are not in its way; and in each round of a task every contender is timed once,
 * so that what changes over time, such as the clock of the processor, hits all of them alike. Who
 * is first moves on with each round.
 *
 * <p>JMH's own forks can't do that: a fork times one thing to the end, and a fork for each round
 * would load PyTorch thousands of times. So JMH times within the processes, and they are the forks.
 */
final class Run {
    private final Plan plan;
    private final Function<Contender, Path> javaHome;
    private final File log;

    /**
     * @param javaHome whose Java runs a contender
     * @param log takes what the contenders print
     */
    Run(Plan plan, Function<Contender, Path> javaHome, File log) {
        this.plan = plan;
        this.javaHome = javaHome;
        this.log = log;
    }

    /** Holds all contests; {@code results} takes each when it is over. */
    void hold(Consumer<Contest> results) {
        Map<Entrant, WorkerProcess> workers = new LinkedHashMap<>();
        try {
            for (List<Task> group : plan.groups()) {
                man(workers, group);
                for (Task task : group) {
                    results.accept(contest(task, workers));
                }
            }
        } finally {
            workers.values().forEach(WorkerProcess::close);
        }
    }

    /** Sees to it that each entrant has a process, if it has anything to do in the group. */
    private void man(Map<Entrant, WorkerProcess> workers, List<Task> group) {
        for (Entrant entrant : plan.entrants()) {
            Contender contender = entrant.contender();
            WorkerProcess last = workers.get(entrant);
            boolean needed = group.stream().anyMatch(entrant::takesPart);
            boolean stale =
                    plan.freshProcesses()
                            || contender.is(Trait.COMPILED_PER_FUNCTION)
                            || last != null && !last.isAlive();
            if (last != null && (stale || !needed)) {
                last.close();
                workers.remove(entrant);
            }
            if (needed && !workers.containsKey(entrant)) {
                workers.put(
                        entrant,
                        WorkerProcess.start(
                                contender,
                                entrant.threads(),
                                plan.isa(),
                                javaHome.apply(contender),
                                log));
            }
        }
    }

    private Contest contest(Task task, Map<Entrant, WorkerProcess> workers) {
        List<Candidate> candidates = new ArrayList<>();
        for (Entrant entrant : plan.entrants()) {
            if (entrant.takesPart(task)) {
                candidates.add(new Candidate(entrant, workers.get(entrant)));
            }
        }
        candidates.forEach(candidate -> candidate.prepare(task));
        List<Candidate> fit = candidates.stream().filter(Candidate::isFit).toList();
        for (int round = 0; round < plan.rounds(); round++) {
            for (int i = 0; i < fit.size(); i++) {
                Candidate next = fit.get((i + round) % fit.size());
                next.time(plan.warmupMillis(next.entrant.contender(), round), plan.millis());
            }
        }
        candidates.forEach(Candidate::release);
        return new Contest(task, candidates.stream().flatMap(Candidate::entry).toList());
    }

    /** An entrant in one contest. */
    private static final class Candidate {
        private final Entrant entrant;
        private final WorkerProcess worker;
        private final List<Double> nanos = new ArrayList<>();
        private Answer prepared;
        private String failure;

        private Candidate(Entrant entrant, WorkerProcess worker) {
            this.entrant = entrant;
            this.worker = worker;
        }

        private void prepare(Task task) {
            prepared = ask(Order.prepare(task));
        }

        private Answer ask(Order order) {
            Answer answer = worker.ask(order);
            if (answer.failure() != null) {
                failure = answer.failure();
            }
            return answer;
        }

        private boolean isFit() {
            return failure == null && prepared.verdict() != null && prepared.verdict().right();
        }

        private void time(long warmupMillis, long millis) {
            if (failure == null) {
                nanos.add(ask(Order.time(warmupMillis, millis)).nanos());
            }
        }

        private void release() {
            worker.ask(Order.release());
        }

        /** Nothing if the library doesn't have the function. */
        private Stream<Entry> entry() {
            if (failure == null && prepared.verdict() == null) {
                return Stream.empty();
            }
            return Stream.of(
                    new Entry(
                            entrant.contender().name(),
                            entrant.contender().role(),
                            entrant.threads(),
                            prepared.version(),
                            prepared.verdict(),
                            nanos,
                            failure));
        }
    }
}
