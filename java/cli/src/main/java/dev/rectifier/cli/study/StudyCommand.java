package dev.rectifier.cli.study;

import dev.rectifier.Activation;
import dev.rectifier.Elementwise;
import dev.rectifier.Initializer;
import dev.rectifier.Learned;
import dev.rectifier.RRelu;
import dev.rectifier.Rectifier;
import dev.rectifier.cli.ComputeOptions;
import dev.rectifier.cli.Named;
import dev.rectifier.cli.Usage;
import dev.rectifier.cli.data.DataOptions;
import dev.rectifier.cli.data.DataSets;
import dev.rectifier.cli.data.LabelledData;
import dev.rectifier.cli.data.OutputFile;
import dev.rectifier.cli.data.TrainTest;
import dev.rectifier.network.Examples;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Trains the same network with many activations and initializers, and says what came of it. */
@Command(
        name = "study",
        description = {
            "Trains the same deep network once per activation, initializer, learning rate and seed;"
                    + " prints a table of what became of it and writes a page with plots.",
            "A parameter of an activation or initializer follows its name:",
            "  leakyRelu:negativeSlope=0.2,rrelu:lower=0.1:upper=0.3",
            "The same options give the same figures in every run on a machine, with any number of"
                    + " threads."
        },
        footer = {
            "  rectifier study",
            "  rectifier study --data mnist/ --layers 20 --units 100 --epochs 5 --seeds 1 \\",
            "      --activations relu,leakyRelu:negativeSlope=0.2,selu \\",
            "      --initializers randomNormal:stddev=1,heNormal,lecunNormal"
        })
public final class StudyCommand implements Callable<Integer> {
    private static final int LINE = 120;

    @Spec private CommandSpec spec;

    @Option(
            names = "--data",
            paramLabel = "PATH",
            description =
                    "A table (CSV, also with semicolons or tabs, or a matrix in a .npy file), an"
                            + " .npz file with x and y or with x_train, y_train, x_test and y_test,"
                            + " an IDX file of images with its labels beside it, or a folder of IDX"
                            + " files as MNIST has them, gzipped or not; - is standard input. By"
                            + " default the embedded digits.")
    private Path data;

    @Option(
            names = "--label",
            paramLabel = "COLUMN",
            defaultValue = Option.NULL_VALUE,
            description =
                    "Where a table has its labels, integers from 0 or, in CSV, names: first, last"
                            + " (default) or a name from the header.")
    private Optional<String> label;

    @Option(
            names = "--header",
            paramLabel = "yes|no|auto",
            defaultValue = "auto",
            description =
                    "Whether the first row of a CSV file is a header; by default judged by the"
                            + " row.")
    private DataOptions.Header header;

    @Option(
            names = "--layers",
            paramLabel = "N",
            defaultValue = "8",
            description = "Hidden layers; by default ${DEFAULT-VALUE}.")
    private int layers;

    @Option(
            names = "--units",
            paramLabel = "N",
            defaultValue = "50",
            description = "Units of each hidden layer; by default ${DEFAULT-VALUE}.")
    private int units;

    @Option(
            names = "--activations",
            paramLabel = "NAME,NAME,...",
            hideParamSyntax = true,
            split = ",",
            defaultValue = "sigmoid,tanh,relu,leakyRelu,prelu,rrelu,elu,selu",
            converter = ActivationConverter.class,
            description =
                    "Any of 'rectifier list activations' but softmax; by default ${DEFAULT-VALUE}.")
    private List<Named<Activation>> activations;

    @Option(
            names = "--initializers",
            paramLabel = "NAME,NAME,...",
            hideParamSyntax = true,
            split = ",",
            defaultValue = "randomNormal,glorotUniform,heNormal",
            converter = InitializerConverter.class,
            description = "Any of 'rectifier list initializers'; by default ${DEFAULT-VALUE}.")
    private List<Named<Initializer>> initializers;

    @Option(
            names = "--learning-rate",
            paramLabel = "RATE,RATE,...",
            hideParamSyntax = true,
            split = ",",
            defaultValue = "0.001,0.01",
            description =
                    "Step sizes; by default ${DEFAULT-VALUE}, a usual and a large one for Adam.")
    private List<Double> learningRates;

    @Option(
            names = "--optimizer",
            paramLabel = "NAME",
            defaultValue = "adam",
            description = "adam (default), momentum (0.9) or sgd.")
    private Rule rule;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            defaultValue = "32",
            description = "Examples per step; by default ${DEFAULT-VALUE}.")
    private int batchSize;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "20",
            description = "Passes over the training examples; by default ${DEFAULT-VALUE}.")
    private int epochs;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "5",
            description =
                    "Runs of each combination, with seeds 1 to N; by default ${DEFAULT-VALUE}.")
    private int seeds;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            defaultValue = "report.html",
            description = "Where to write the page; by default ${DEFAULT-VALUE}.")
    private Path out;

    @Mixin private ComputeOptions compute;

    /** For picocli. */
    public StudyCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        compute.apply();
        study(OutputFile.claim(out));
        return 0;
    }

    private void study(OutputFile file) throws InterruptedException {
        List<String> notes = new ArrayList<>();
        Plan plan = plan(DataSets.load(data, dataOptions(), notes::add));
        notes.forEach(note -> Usage.note(spec, note));
        long start = System.nanoTime();
        List<Result> results;
        try (Progress progress = Progress.of(plan, spec.commandLine().getErr())) {
            results = Study.run(plan, Rectifier.threads(), progress);
        }
        Duration duration = Duration.ofNanos(System.nanoTime() - start);
        List<String> findings = new Findings(plan, results).sentences();
        Map<String, String> facts =
                Facts.of(commandLine(), Optional.ofNullable(data), notes, plan, duration);
        String html = new Report(plan, results).html(findings, facts);
        file.write(part -> Files.writeString(part, html));
        print(new Table(results), findings);
        spec.commandLine()
                .getOut()
                .printf("%n%s%nPlots: %s%n", Facts.effort(plan, duration), file.path());
    }

    private DataOptions dataOptions() {
        try {
            DataOptions options = new DataOptions(label, header);
            if (data == null && !options.equals(DataOptions.DEFAULT)) {
                throw new IllegalArgumentException("--label and --header need --data");
            }
            return options;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private Plan plan(TrainTest sets) {
        try {
            Plan plan =
                    new Plan(
                            examples(sets.train()),
                            examples(sets.test()),
                            layers,
                            units,
                            activations,
                            initializers,
                            learningRates,
                            rule,
                            batchSize,
                            epochs,
                            seeds);
            plan.rehearse(Rectifier.threads());
            return plan;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private static Examples examples(LabelledData set) {
        return new Examples(set.features(), set.columns(), set.labels(), set.classes());
    }

    private void print(Table table, List<String> findings) {
        PrintWriter to = spec.commandLine().getOut();
        to.println(table.text());
        table.notes().forEach(note -> to.println(wrap(note)));
        to.printf("%nWhat this shows%n");
        findings.forEach(finding -> to.println(wrap("- " + finding)));
    }

    /** The text in lines of at most {@link #LINE} characters, the further ones indented. */
    private static String wrap(String text) {
        return text.replaceAll("(.{1,%d})( |$)".formatted(LINE - 2), "$1%n  ".formatted())
                .stripTrailing();
    }

    private String commandLine() {
        ParseResult all = spec.root().commandLine().getParseResult();
        return all.originalArgs().stream()
                .map(argument -> argument.matches("[\\w.,:=/+-]+") ? argument : quote(argument))
                .collect(Collectors.joining(" ", spec.root().name() + " ", ""));
    }

    private static String quote(String argument) {
        return "'" + argument.replace("'", "'\\''") + "'";
    }

    /** Reads an activation that a hidden layer can have. */
    static final class ActivationConverter implements ITypeConverter<Named<Activation>> {
        @Override
        public Named<Activation> convert(String text) {
            Named<Activation> named = named(text, Activation::of);
            if (!(named.value() instanceof Elementwise
                    || named.value() instanceof Learned
                    || named.value() instanceof RRelu)) {
                throw new TypeConversionException(
                        named.label() + " is for the last layer or for none, not for a hidden one");
            }
            return named;
        }
    }

    /** Reads an initializer. */
    static final class InitializerConverter implements ITypeConverter<Named<Initializer>> {
        @Override
        public Named<Initializer> convert(String text) {
            return named(text, (name, parameters) -> Initializer.of(name, parameters, 0));
        }
    }

    private static <T> Named<T> named(
            String text, BiFunction<String, Map<String, String>, T> registry) {
        try {
            return Named.parse(text, registry);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
