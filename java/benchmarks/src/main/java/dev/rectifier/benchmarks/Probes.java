package dev.rectifier.benchmarks;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rectifier.benchmarks.contenders.FirstCall;
import dev.rectifier.benchmarks.contenders.Learner;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What can't be measured as the mean time of one call in this process: callers at once, the slow
 * ones among calls, what is left behind in the host process, the first call of a new JVM, and calls
 * from other languages. Each has processes of its own.
 *
 * @param only those in whose name this is found
 * @param isa what all are held to, if anything
 * @param javaHomes the Javas that start-up is measured with
 * @param jvms so many are started for each library and Java
 */
record Probes(
        Pattern only,
        int rounds,
        long millis,
        int jvms,
        Optional<Isa> isa,
        List<Path> javaHomes,
        File log) {
    static final String START_UP = "start-up";

    /** As many times as long as other probes: of a thousand calls one is what is looked for. */
    private static final int LATENCY_SHARE = 10;

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Whether nothing is to be measured. */
    boolean isEmpty() {
        return names().isEmpty();
    }

    private List<String> names() {
        return Stream.of(
                        Callers.SECTION,
                        Latency.SECTION,
                        TrainingRate.SECTION,
                        Guest.SECTION,
                        START_UP,
                        Languages.SECTION)
                .filter(name -> only.matcher(name).find())
                .toList();
    }

    /** Measures all; {@code results} takes those of each probe when it is over. */
    void hold(Consumer<List<Measurement>> results) {
        for (String name : names()) {
            results.accept(
                    switch (name) {
                        case START_UP -> startUps();
                        case Latency.SECTION -> latencies();
                        case TrainingRate.SECTION -> trainingRates();
                        case Languages.SECTION -> languages();
                        default ->
                                measured(
                                        Probes.class.getName(),
                                        name,
                                        Integer.toString(rounds),
                                        Long.toString(millis));
                    });
        }
    }

    private List<Measurement> measured(String... words) {
        String output = output(Path.of(System.getProperty("java.home")), words);
        try {
            return JSON.readValue(output, new TypeReference<>() {});
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", words) + " said: " + output, e);
        }
    }

    private List<Measurement> latencies() {
        String millisOfANetwork = Long.toString(LATENCY_SHARE * millis);
        return inTurns(
                Latency.CONTENDERS.stream()
                        .map(name -> List.of(Latency.class.getName(), name, millisOfANetwork))
                        .toList());
    }

    private List<Measurement> trainingRates() {
        return inTurns(
                Arrays.stream(Learner.values())
                        .map(learner -> List.of(TrainingRate.class.getName(), learner.name()))
                        .toList());
    }

    /** One process after the other, in as many turns as there are rounds. */
    private List<Measurement> inTurns(List<List<String>> commands) {
        Map<Measurement, List<Double>> values = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (List<String> command : commands) {
                for (Measurement of : measured(command.toArray(String[]::new))) {
                    values.computeIfAbsent(of.with(List.of()), m -> new ArrayList<>())
                            .addAll(of.values());
                }
            }
        }
        return values.entrySet().stream().map(e -> e.getKey().with(e.getValue())).toList();
    }

    private List<Measurement> languages() {
        Path newest = javaHomes.get(javaHomes.size() - 1);
        return new Languages(newest, isa, log).measure(rounds, millis);
    }

    /** One JVM after the other, in turns. */
    private List<Measurement> startUps() {
        Map<String, List<Double>> millisByCase = new LinkedHashMap<>();
        // The first round unpacks what isn't in the cache yet.
        for (int jvm = -1; jvm < jvms; jvm++) {
            for (Path javaHome : javaHomes) {
                for (FirstCall call : FirstCall.values()) {
                    String millis = output(javaHome, FirstCall.class.getName(), call.name());
                    List<Double> values =
                            millisByCase.computeIfAbsent(
                                    call.library + ", " + javaHome.getFileName(),
                                    name -> new ArrayList<>());
                    if (jvm >= 0) {
                        values.add(Double.parseDouble(millis));
                    }
                }
            }
        }
        return millisByCase.entrySet().stream()
                .map(e -> new Measurement(START_UP, e.getKey(), "first result", "ms", e.getValue()))
                .toList();
    }

    private String output(Path javaHome, String... words) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                javaHome.resolve("bin").resolve("java").toString(),
                                "--enable-native-access=ALL-UNNAMED"));
        isa.ifPresent(held -> command.addAll(held.javaOptions()));
        command.addAll(Arrays.asList(words));
        ProcessBuilder builder = new ProcessBuilder(command);
        isa.ifPresent(held -> held.hold(builder.environment()));
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.redirectError(ProcessBuilder.Redirect.appendTo(log));
        try {
            Process process = builder.start();
            String text =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            // Libraries may print too.
            return text.lines().reduce("", (before, line) -> line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Measures in this process and prints what it finds as JSON.
     *
     * @param args the name, the number of rounds, and milliseconds
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        int rounds = Integer.parseInt(args[1]);
        List<Measurement> found = new ArrayList<>();
        if (args[0].equals(Callers.SECTION)) {
            for (Callers callers : Callers.all()) {
                found.addAll(callers.measure(rounds, Long.parseLong(args[2])));
            }
        } else {
            found.addAll(Guest.measure(rounds));
        }
        System.out.println(JSON.writeValueAsString(found));
    }
}
