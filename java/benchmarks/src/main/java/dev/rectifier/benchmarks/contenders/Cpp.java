package dev.rectifier.benchmarks.contenders;

import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Span;
import dev.rectifier.benchmarks.Adapter;
import dev.rectifier.benchmarks.Functions;
import dev.rectifier.benchmarks.Operand;
import dev.rectifier.benchmarks.Operation;
import dev.rectifier.benchmarks.Task;
import dev.rectifier.benchmarks.Task.Kind;
import dev.rectifier.benchmarks.Work;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The kernels as C++ has them: a child process, {@code native/benchmark}, that takes orders and
 * times itself with Google Benchmark. This side only hands it the inputs and looks at the results.
 */
public final class Cpp implements Adapter {
    /** The environment variable that says where the program is. */
    public static final String PROGRAM = "RECTIFIER_BENCHMARK";

    private static final String DONE = "ok";
    private static final int MOST_PARAMETERS = 3;

    private final int threads;
    private final Writer orders;
    private final BufferedReader answers;
    private String version = "";

    /** Uses {@code threads} threads. */
    public Cpp(int threads) {
        this.threads = threads;
        try {
            Process process =
                    new ProcessBuilder(program().orElseThrow().toString(), "--worker")
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            orders = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
            answers =
                    new BufferedReader(
                            new InputStreamReader(
                                    process.getInputStream(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The program, if it has been built. */
    public static Optional<Path> program() {
        return Optional.ofNullable(System.getenv(PROGRAM))
                .map(Path::of)
                .filter(Files::isExecutable);
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public Optional<Work> prepare(Task task) {
        boolean fill = task.kind() == Kind.FILL;
        Operation operation = Operation.of(task);
        if (!fill && !operation.isElementwise()) {
            return Optional.empty();
        }
        // A fill has no parameters here.
        Elementwise f =
                fill ? Elementwise.linear() : (Elementwise) Functions.activation(task.function());
        List<String> words =
                new ArrayList<>(
                        List.of(
                                "prepare",
                                task.kind().label(),
                                fill ? task.function() : f.name(),
                                task.dtype().name().toLowerCase(Locale.ROOT),
                                Integer.toString(task.length()),
                                Integer.toString(threads)));
        for (int i = 0; i < MOST_PARAMETERS; i++) {
            words.add(Double.toString(f.parameter(i)));
        }
        Path folder = folder();
        for (Operand operand : operation.inputs()) {
            Path file = folder.resolve(operand.name());
            operand.write(memory(file, task));
            words.add(file.toString());
        }
        version = ask(String.join(" ", words));
        return Optional.of(new ProgramWork(task, folder));
    }

    private static Path folder() {
        try {
            return Files.createTempDirectory("rectifier-bench");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String ask(String order) {
        try {
            orders.write(order + "\n");
            orders.flush();
            String answer = answers.readLine();
            if (answer == null || !answer.startsWith(DONE)) {
                throw new IllegalStateException(order + ": " + answer);
            }
            return answer.substring(DONE.length()).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(order, e);
        }
    }

    /** A file of as many elements as the task has. */
    private static Span memory(Path file, Task task) {
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            ByteBuffer memory =
                    channel.map(MapMode.READ_WRITE, 0, (long) task.length() * task.dtype().bytes())
                            .order(ByteOrder.nativeOrder());
            return task.dtype() == DType.FLOAT32
                    ? Span.of(memory.asFloatBuffer())
                    : Span.of(memory.asDoubleBuffer());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final class ProgramWork implements Work {
        private final Task task;
        private final Path folder;
        private final Path result;

        private ProgramWork(Task task, Path folder) {
            this.task = task;
            this.folder = folder;
            result = folder.resolve("result");
        }

        @Override
        public void run() {
            ask("run " + result);
        }

        @Override
        public Span output() {
            return memory(result, task);
        }

        @Override
        public double nanosPerCall(Duration warmup, Duration time) {
            return Double.parseDouble(
                    ask("time %d %d".formatted(warmup.toMillis(), time.toMillis())));
        }

        @Override
        public void close() {
            ask("release");
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
                Files.delete(folder);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
