package dev.rectifier.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rectifier.benchmarks.Contender.Trait;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A {@link Worker} as the process that gives it orders sees it. */
final class WorkerProcess implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final Writer orders;
    private final BufferedReader answers;

    private WorkerProcess(Process process) {
        this.process = process;
        orders = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        answers =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /**
     * Starts one.
     *
     * @param isa what it is held to, if anything
     * @param javaHome whose Java runs it
     * @param log takes what it prints
     */
    static WorkerProcess start(
            Contender contender, int threads, Optional<Isa> isa, Path javaHome, File log) {
        List<String> command = new ArrayList<>();
        command.add(javaHome.resolve("bin").resolve("java").toString());
        if (contender.is(Trait.INCUBATING)) {
            command.add("--add-modules=jdk.incubator.vector");
        }
        command.add("-Drectifier.door=" + (contender.is(Trait.FOREIGN) ? "foreign" : "jni"));
        isa.ifPresent(held -> command.addAll(held.javaOptions()));
        command.addAll(
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        // One is timed at a time, and other users of JMH are none of our business.
                        "-Djmh.ignoreLock=true",
                        Worker.class.getName(),
                        contender.name(),
                        Integer.toString(threads)));
        ProcessBuilder builder = new ProcessBuilder(command);
        // ONNX Runtime 1.29 crashes where the command line is longer than some thousand characters.
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        isa.ifPresent(held -> held.hold(builder.environment()));
        builder.environment().put("OMP_NUM_THREADS", Integer.toString(threads));
        builder.redirectError(ProcessBuilder.Redirect.appendTo(log));
        try {
            return new WorkerProcess(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException("no process for " + contender.name(), e);
        }
    }

    /** The answer to an order; one that says so if the process has died. */
    Answer ask(Order order) {
        try {
            orders.write(JSON.writeValueAsString(order) + "\n");
            orders.flush();
            for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                if (line.startsWith(Worker.ANSWER)) {
                    return JSON.readValue(line.substring(Worker.ANSWER.length()), Answer.class);
                }
            }
            return Answer.failed("the process ended with " + process.waitFor());
        } catch (IOException e) {
            return Answer.failed(e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Answer.failed(e.toString());
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Ends the process. */
    @Override
    public void close() {
        try {
            orders.close();
        } catch (IOException e) {
            // It has gone already.
        }
        process.destroyForcibly();
    }
}
