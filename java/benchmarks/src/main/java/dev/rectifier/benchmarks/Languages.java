package dev.rectifier.benchmarks;

import dev.rectifier.benchmarks.contenders.Cpp;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What the border between languages costs: the same kernel on as many elements, called from C++, C,
 * Java by each door and Python, each in a process of its own, in turns. They take orders, a
 * function's name, a length and milliseconds, and answer nanoseconds per call.
 *
 * @param java which is called from; where it is older than 22 it has no foreign door
 * @param isa what all are held to, if anything
 * @param log takes what goes wrong
 */
record Languages(Path java, Optional<Isa> isa, File log) {
    static final String SECTION = "languages";

    private static final List<String> FUNCTIONS = List.of("relu", "sigmoid");
    private static final int[] LENGTHS = {0, 1, 16, 64, 1 << 10, 1 << 16};

    /** Times as long as a round, in which compilers are done. */
    private static final long WARMUP = 5;

    /** Who calls. */
    private static final class Caller implements AutoCloseable {
        private final String name;
        private final Process process;
        private final Writer orders;
        private final BufferedReader answers;

        private Caller(String name, Process process) {
            this.name = name;
            this.process = process;
            orders = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
            answers =
                    new BufferedReader(
                            new InputStreamReader(
                                    process.getInputStream(), StandardCharsets.UTF_8));
        }

        /** The nanoseconds of a call; nothing if the process can't do it. */
        private Optional<Double> ask(String function, int length, long millis) {
            try {
                orders.write("%s %d %d\n".formatted(function, length, millis));
                orders.flush();
                return Optional.ofNullable(answers.readLine()).map(Double::parseDouble);
            } catch (IOException e) {
                return Optional.empty();
            }
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    /** All that there are here; the log says why another isn't. */
    List<Measurement> measure(int rounds, long millis) {
        List<Caller> callers = new ArrayList<>();
        try {
            commands()
                    .forEach(
                            (name, command) -> {
                                Caller caller = start(name, command);
                                callers.add(caller);
                                if (caller.ask(FUNCTIONS.get(0), 1, 1).isEmpty()) {
                                    System.err.printf(
                                            "%s doesn't take part: %s says why%n", name, log);
                                    callers.remove(caller);
                                }
                            });
            List<Measurement> found = new ArrayList<>();
            for (String function : FUNCTIONS) {
                for (int length : LENGTHS) {
                    found.addAll(inTurns(callers, function, length, rounds, millis));
                }
            }
            return found;
        } finally {
            callers.forEach(Caller::close);
        }
    }

    private static List<Measurement> inTurns(
            List<Caller> callers, String function, int length, int rounds, long millis) {
        Map<String, List<Double>> nanos = new LinkedHashMap<>();
        for (int round = -1; round < rounds; round++) {
            for (Caller caller : callers) {
                double time =
                        caller.ask(function, length, round < 0 ? WARMUP * millis : millis)
                                .orElseThrow(
                                        () -> new IllegalStateException(caller.name + " ended"));
                List<Double> all = nanos.computeIfAbsent(caller.name, key -> new ArrayList<>());
                if (round >= 0) {
                    all.add(time);
                }
            }
        }
        String subject = "%s, n = %s".formatted(function, Figures.length(length));
        return nanos.entrySet().stream()
                .map(
                        e ->
                                new Measurement(
                                        SECTION, subject, e.getKey(), "ns per call", e.getValue()))
                .toList();
    }

    private Map<String, List<String>> commands() {
        Map<String, List<String>> commands = new LinkedHashMap<>();
        Optional<Path> build = programs();
        build.ifPresent(
                folder -> {
                    commands.put("C++, static library", List.of(folder.resolve("call_cpp") + ""));
                    commands.put("C, shared library", List.of(folder.resolve("call_c") + ""));
                });
        for (String door : List.of("foreign", "jni")) {
            for (LanguageCalls.Kind kind : LanguageCalls.Kind.values()) {
                List<String> command =
                        new ArrayList<>(
                                List.of(
                                        java.resolve("bin").resolve("java").toString(),
                                        "--enable-native-access=ALL-UNNAMED",
                                        "-Drectifier.door=" + door,
                                        "-Drectifier.threads=1"));
                isa.ifPresent(held -> command.addAll(held.javaOptions()));
                command.addAll(List.of(LanguageCalls.class.getName(), kind.name()));
                commands.put(
                        "Java, %s, %s".formatted(door, kind.name().toLowerCase(Locale.ROOT)),
                        command);
            }
        }
        build.ifPresent(
                folder ->
                        commands.put(
                                "Python, ctypes",
                                List.of(
                                        "python3",
                                        java(folder)
                                                .resolve("benchmarks/src/main/python/calls.py")
                                                .toString())));
        return commands;
    }

    /** Where those in C and C++ are, beside that which times C++ for the other tables. */
    private static Optional<Path> programs() {
        return Optional.ofNullable(System.getenv(Cpp.PROGRAM))
                .map(program -> Path.of(program).toAbsolutePath().normalize().getParent())
                .filter(folder -> Files.isExecutable(folder.resolve("call_c")));
    }

    /**
     * The folder java of the sources that a folder java/core/target/cmake/native/benchmark is in.
     */
    private static Path java(Path programs) {
        return programs.resolve("../../../../..").normalize();
    }

    private Caller start(String name, List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        Map<String, String> environment = builder.environment();
        isa.ifPresent(held -> held.hold(environment));
        environment.put("CLASSPATH", System.getProperty("java.class.path"));
        programs()
                .ifPresent(
                        folder -> {
                            Path library = folder.resolveSibling("install");
                            environment.put(
                                    "RECTIFIER_LIBRARY",
                                    library.resolve(System.mapLibraryName("rectifier")) + "");
                            environment.put(
                                    "PYTHONPATH", java(folder).resolve("examples/python") + "");
                            environment.put("PYTHONDONTWRITEBYTECODE", "1");
                        });
        builder.redirectError(ProcessBuilder.Redirect.appendTo(log));
        try {
            return new Caller(name, builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException("no process for " + name, e);
        }
    }
}
