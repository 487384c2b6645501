package dev.rectifier.benchmarks;

import dev.rectifier.DType;
import dev.rectifier.benchmarks.Contender.Trait;
import dev.rectifier.data.OutputFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The command line {@code rectifier-bench}. */
@Command(
        name = "rectifier-bench",
        description = {
            "Times this library beside others and beside the machine's limits, all in one run.",
            "Writes benchmark.json, benchmark.md and benchmark.html."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true,
        footerHeading = "%nExample:%n",
        footer = "  rectifier-bench --quick --only 'fill/normal|forward/(relu|gelu)/float32'")
public final class BenchCommand implements Callable<Integer> {

    /** Three arrays of doubles of that length are 1.5 GiB for each contender. */
    private static final int LONGEST = 1 << 26;

    /** What is in a quick run: all forward, and of gradients those of well-known functions. */
    private static final Pattern QUICK =
            Pattern.compile(
                    "fill|forward|dense|serve|callers|latency|training|guest|start-up"
                            + "|/(relu|elu|gelu|mish|prelu|rrelu|sigmoid|silu|softmax|softplus|tanh)/");

    /** What isn't given on the command line. */
    private record Effort(
            List<DType> types,
            List<Integer> sizes,
            List<Integer> threads,
            int rounds,
            long firstWarmupMillis,
            long warmupMillis,
            long millis,
            boolean freshProcesses,
            int jvms) {
        private static final Effort QUICK =
                new Effort(
                        List.of(DType.FLOAT32),
                        List.of(1 << 16),
                        List.of(1),
                        3,
                        30,
                        5,
                        10,
                        false,
                        3);
        private static final Effort FULL =
                new Effort(
                        DType.arithmeticTypes(),
                        List.of(1, 64, 1 << 10, 1 << 16, 1 << 20, 1 << 24),
                        List.of(1, 2),
                        5,
                        100,
                        20,
                        50,
                        true,
                        20);
    }

    @Spec private CommandSpec spec;

    @Option(
            names = "--quick",
            description =
                    "In less than five minutes: float32 on one thread, arrays of 64K that fit the"
                            + " cache, few and short rounds, and without --only no gradients but"
                            + " those of well-known functions. All of it takes hours.")
    private boolean quick;

    @Option(
            names = "--only",
            paramLabel = "REGEX",
            defaultValue = "",
            description =
                    "Only tasks in which this is found, such as forward/gelu/float32,"
                            + " from-output/tanh/float64, fill/normal/float32,"
                            + " dense-forward/64x784x512/float32, serve/1x784-512-10/float32,"
                            + " callers, latency, training, guest, start-up or languages.")
    private Pattern only;

    @Option(
            names = "--languages",
            description =
                    "Only what a call costs from C++, C, Java by each door and Python: short for"
                            + " --only '^languages$'. Needs python3 with NumPy.")
    private boolean languages;

    @Option(
            names = "--contenders",
            paramLabel = "REGEX",
            defaultValue = "",
            description = "Only contenders in whose name this is found.")
    private Pattern contenders;

    @Option(
            names = "--sizes",
            paramLabel = "N",
            split = ",",
            converter = SizeConverter.class,
            description =
                    "Lengths of the arrays; K and M are 2^10 and 2^20. By default"
                            + " 1,64,1K,64K,1M,16M, or with --quick 64K.",
            showDefaultValue = CommandLine.Help.Visibility.NEVER)
    private List<Integer> sizes = List.of();

    @Option(
            names = "--types",
            paramLabel = "TYPE",
            split = ",",
            converter = TypeConverter.class,
            description = "float32 or float64. By default both, or with --quick float32.",
            showDefaultValue = CommandLine.Help.Visibility.NEVER)
    private List<DType> types = List.of();

    @Option(
            names = "--threads",
            paramLabel = "N",
            split = ",",
            description =
                    "Numbers of threads, for those that can use several. By default 1,2, or 1 with"
                            + " --quick or where there is but one processor.",
            showDefaultValue = CommandLine.Help.Visibility.NEVER)
    private List<Integer> threads = List.of();

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "By default 5, or with --quick 3.",
            showDefaultValue = CommandLine.Help.Visibility.NEVER)
    private int rounds;

    @Option(
            names = "--millis",
            paramLabel = "N",
            description =
                    "How long each contender is timed in a round. By default 50, or with --quick"
                            + " 10.",
            showDefaultValue = CommandLine.Help.Visibility.NEVER)
    private int millis;

    @Option(
            names = "--isa",
            paramLabel = "SET",
            description =
                    "avx2: holds all contenders to AVX2 with fused multiply-add, by the switch that"
                            + " each has for it; those without one (ONNX Runtime, ND4J, TensorFlow)"
                            + " don't take part. By default each takes the best that it can use.",
            defaultValue = Option.NULL_VALUE,
            showDefaultValue = CommandLine.Help.Visibility.NEVER)
    private Optional<Isa> isa;

    @Option(
            names = "--jdk25",
            paramLabel = "FOLDER",
            defaultValue = "${env:JDK25_HOME:-${sys:java.home}}",
            description =
                    "The Java that the Vector API and the foreign-function interface are taken"
                            + " from.")
    private Path jdk25;

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            defaultValue = ".",
            description = "Where the results go.")
    private Path out;

    /**
     * Runs the benchmark and ends the process.
     *
     * @param args the options
     */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** Ready to execute. */
    static CommandLine commandLine() {
        return new CommandLine(new BenchCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(
                        (e, arguments) -> {
                            PrintWriter err = e.getCommandLine().getErr();
                            err.println("rectifier-bench: " + e.getMessage());
                            err.println("Try 'rectifier-bench --help'.");
                            return CommandLine.ExitCode.USAGE;
                        });
    }

    @Override
    public Integer call() throws IOException {
        Plan plan = plan();
        Files.createDirectories(out);
        OutputFile json = OutputFile.claim(out.resolve("benchmark.json"));
        OutputFile markdown = OutputFile.claim(out.resolve("benchmark.md"));
        OutputFile html = OutputFile.claim(out.resolve("benchmark.html"));
        Path log = out.resolve("benchmark.log");
        Files.deleteIfExists(log);

        Probes probes = probes(log);
        if (plan.groups().isEmpty() && probes.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "--only " + only + " is found in no task");
        }
        Instant start = Instant.now();
        PrintWriter err = spec.commandLine().getErr();
        int tasks = plan.groups().stream().mapToInt(List::size).sum();
        List<Contest> contests = new ArrayList<>();
        new Run(plan, this::javaHome, log.toFile())
                .hold(
                        contest -> {
                            contests.add(contest);
                            err.printf("%d/%d %s%n", contests.size(), tasks, contest.line());
                        });
        List<Measurement> measurements = new ArrayList<>();
        probes.hold(
                found -> {
                    measurements.addAll(found);
                    err.println(found.get(0).section() + " measured");
                });
        Results results =
                new Results(
                        Facts.of(arguments(), plan, Duration.between(start, Instant.now())),
                        contests,
                        measurements);
        json.writeText(results.json());
        markdown.writeText(new MarkdownReport(results).text());
        html.writeText(new HtmlReport(results).text());
        spec.commandLine().getOut().printf("Wrote %s and, beside it, .md and .json%n", html.path());
        return 0;
    }

    private Path javaHome(Contender contender) {
        return contender.is(Trait.INCUBATING) || contender.is(Trait.FOREIGN)
                ? jdk25
                : Path.of(System.getProperty("java.home"));
    }

    private String arguments() {
        return "rectifier-bench "
                + String.join(" ", spec.commandLine().getParseResult().originalArgs());
    }

    private Pattern only() {
        if (languages) {
            return Pattern.compile("^" + Languages.SECTION + "$");
        }
        return quick && only.pattern().isEmpty() ? QUICK : only;
    }

    private Probes probes(Path log) {
        Effort effort = quick ? Effort.QUICK : Effort.FULL;
        List<Path> javas = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"))));
        if (!javas.contains(jdk25)) {
            javas.add(jdk25);
        }
        return new Probes(
                only(),
                rounds > 0 ? rounds : effort.rounds,
                2L * (millis > 0 ? millis : effort.millis),
                effort.jvms,
                isa,
                javas,
                log.toFile());
    }

    private Plan plan() {
        int most = Runtime.getRuntime().availableProcessors();
        for (int n : threads) {
            if (n < 1 || n > most) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--threads must be from 1 to %d, not %d".formatted(most, n));
            }
        }
        Effort effort = quick ? Effort.QUICK : Effort.FULL;
        List<Integer> usual = effort.threads.stream().filter(n -> n <= most).toList();
        Plan plan =
                new Plan(
                        only(),
                        contenders,
                        types.isEmpty() ? effort.types : types,
                        sizes.isEmpty() ? effort.sizes : sizes,
                        threads.isEmpty() ? usual : threads,
                        rounds > 0 ? rounds : effort.rounds,
                        effort.firstWarmupMillis,
                        effort.warmupMillis,
                        millis > 0 ? millis : effort.millis,
                        isa,
                        effort.freshProcesses);
        if (plan.entrants().isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "--contenders " + contenders + " is found in no name");
        }
        return plan;
    }

    /** Reads a length. */
    static final class SizeConverter implements ITypeConverter<Integer> {
        private static final Pattern SIZE = Pattern.compile("([1-9][0-9]{0,8})([KM]?)");

        @Override
        public Integer convert(String text) {
            Matcher size = SIZE.matcher(text.toUpperCase(Locale.ROOT));
            if (!size.matches()) {
                throw new TypeConversionException(text + " is no length: 1000, 64K or 16M is one");
            }
            long unit =
                    switch (size.group(2)) {
                        case "K" -> 1 << 10;
                        case "M" -> 1 << 20;
                        default -> 1;
                    };
            long length = Long.parseLong(size.group(1)) * unit;
            if (length > LONGEST) {
                throw new TypeConversionException(text + " is more than 64M");
            }
            return (int) length;
        }
    }

    /** Reads a type that every function takes, in upper or lower case. */
    static final class TypeConverter implements ITypeConverter<DType> {
        @Override
        public DType convert(String text) {
            return DType.arithmeticTypes().stream()
                    .filter(type -> type.name().equalsIgnoreCase(text))
                    .findFirst()
                    .orElseThrow(
                            () ->
                                    new TypeConversionException(
                                            "%s is none of %s"
                                                    .formatted(text, DType.arithmeticTypes())));
        }
    }
}
