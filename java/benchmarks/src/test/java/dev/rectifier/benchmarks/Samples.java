package dev.rectifier.benchmarks;

import dev.rectifier.DType;
import dev.rectifier.benchmarks.Contender.Role;
import dev.rectifier.benchmarks.Task.Kind;
import dev.rectifier.benchmarks.Verdict.Measure;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Contests as if they had been held. */
final class Samples {
    private static final Verdict RIGHT = new Verdict(true, 0.5, Measure.ULP);

    private Samples() {}

    static Task task(Kind kind, String function, int length) {
        return new Task(kind, function, DType.FLOAT32, length);
    }

    /** For arrays of {@code lengths} and one and two threads. */
    static Plan plan(String only, String contenders, Integer... lengths) {
        return plan(only, contenders, Optional.empty(), lengths);
    }

    /** The same, held to an instruction set if there is one. */
    static Plan plan(String only, String contenders, Optional<Isa> isa, Integer... lengths) {
        return new Plan(
                Pattern.compile(only),
                Pattern.compile(contenders),
                DType.arithmeticTypes(),
                List.of(lengths),
                List.of(1, 2),
                3,
                0,
                0,
                1,
                isa,
                true);
    }

    static Entry entry(Role role, String contender, int threads, Double... nanos) {
        return new Entry(contender, role, threads, "1.0", RIGHT, Arrays.asList(nanos), null);
    }

    static Entry wrong(String contender) {
        return new Entry(
                contender,
                Role.PEER,
                1,
                "1.0",
                new Verdict(false, 5e8, Measure.ULP),
                List.of(),
                null);
    }

    static Entry failed(String contender) {
        return new Entry(contender, Role.PEER, 1, null, null, List.of(), "it <fell> over");
    }

    static Contest contest(Task task, Entry... entries) {
        return new Contest(task, List.of(entries));
    }

    /** Two functions with all kinds of entries. */
    static Results results() {
        Task relu = task(Kind.FORWARD, "relu", 1024);
        Task tanh = task(Kind.FORWARD, "tanh", 1024);
        return new Results(
                Map.of("Machine", "an <abacus>"),
                List.of(
                        contest(
                                relu,
                                entry(Role.OURS, "pointer", 1, 100.0, 110.0, 90.0),
                                entry(Role.PEER, "PyTorch", 1, 200.0, 220.0, 180.0),
                                entry(Role.LIMIT, Contenders.EMPTY_CALL, 1, 10.0, 10.0, 10.0),
                                entry(Role.LIMIT, "memcpy", 1, 50.0, 55.0, 45.0)),
                        contest(
                                tanh,
                                entry(Role.OURS, "pointer", 1, 100.0, 100.0, 100.0),
                                entry(Role.PEER, "PyTorch", 1, 800.0, 800.0, 800.0),
                                wrong("ND4J"),
                                failed("oneDNN"))),
                List.of(
                        new Measurement(
                                Probes.START_UP,
                                "Rectifier, Java <17>",
                                "first result",
                                "ms",
                                List.of(30.0, 20.0))));
    }
}
