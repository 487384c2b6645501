package dev.rectifier.cli.study;

import dev.rectifier.Activation;
import dev.rectifier.Initializer;
import dev.rectifier.Rectifier;
import dev.rectifier.cli.ComputeOptions;
import dev.rectifier.cli.FunctionConverters;
import dev.rectifier.cli.Listing;
import dev.rectifier.cli.Named;
import dev.rectifier.cli.Usage;
import dev.rectifier.data.DataException;
import dev.rectifier.data.DataOptions;
import dev.rectifier.data.DataSets;
import dev.rectifier.data.Ending;
import dev.rectifier.data.LabelledData;
import dev.rectifier.data.OutputFile;
import dev.rectifier.data.SystemText;
import dev.rectifier.data.TrainTest;
import dev.rectifier.network.Examples;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

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
            "  rectifier study --claims --seeds 10",
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
            defaultValue = "sigmoid,tanh,relu,leakyRelu,prelu,rrelu,elu,selu",
            converter = FunctionConverters.OfActivations.class,
            description =
                    "Any of 'rectifier list activations' but softmax; by default ${DEFAULT-VALUE}.")
    private Listing<Named<Activation>> activations;

    @Option(
            names = "--initializers",
            paramLabel = "NAME,NAME,...",
            hideParamSyntax = true,
            defaultValue = "randomNormal,glorotUniform,heNormal",
            converter = FunctionConverters.OfInitializers.class,
            description = "Any of 'rectifier list initializers'; by default ${DEFAULT-VALUE}.")
    private Listing<Named<Initializer>> initializers;

    @Option(
            names = "--learning-rate",
            paramLabel = "RATE,RATE,...",
            hideParamSyntax = true,
            defaultValue = "0.001,0.01",
            converter = Listing.OfDoubles.class,
            description =
                    "Step sizes; by default ${DEFAULT-VALUE}, a usual and a large one for Adam.")
    private Listing<Double> learningRates;

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
            names = "--claims",
            description =
                    "Says which claims of the book and of Xu et al. 2015 hold here, each by a paired"
                            + " test over the seeds. It decides activations, initializers and"
                            + " learning rates; ten seeds or more (--seeds) tell more.")
    private boolean claims;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            defaultValue = "report.html",
            description =
                    "Where to write the page; by default ${DEFAULT-VALUE}. - is standard output;"
                            + " the table then goes to standard error.")
    private Path out;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            defaultValue = Option.NULL_VALUE,
            description =
                    "Where to write all figures as JSON, too, those of each seed and epoch;"
                            + " java/docs/study.md says what is in it. - is standard output, as"
                            + " above.")
    private Optional<Path> json;

    @Mixin private ComputeOptions compute;

    /** For picocli. */
    public StudyCommand() {}

    @Override
    public Integer call() {
        compute.apply();
        OutputFile page = OutputFile.claim(out);
        Optional<OutputFile> figures = json.map(OutputFile::claim);
        if (figures.isPresent() && figures.get().path().equals(page.path())) {
            throw new ParameterException(
                    spec.commandLine(), "--out and --json are the same file, " + page.path());
        }
        List<String> notes = new ArrayList<>();
        Plan plan = plan(DataSets.load(data, dataOptions(), notes::add));
        notes.forEach(note -> Usage.note(spec, note));
        CompletableFuture<Void> stop = new CompletableFuture<>();
        Ending.Stoppable work = Ending.begin(() -> stop.complete(null));
        try {
            study(plan, notes, stop, page, figures);
        } finally {
            work.close();
        }
        return 0;
    }

    private void study(
            Plan plan,
            List<String> notes,
            CompletableFuture<Void> stop,
            OutputFile page,
            Optional<OutputFile> figures) {
        PrintWriter err = spec.commandLine().getErr();
        boolean outIsTaken =
                page.isStandardOutput() || figures.stream().anyMatch(OutputFile::isStandardOutput);
        PrintWriter text = outIsTaken ? err : spec.commandLine().getOut();
        long start = System.nanoTime();
        Outcome outcome;
        try (Progress progress = Progress.of(plan, err)) {
            outcome = Study.run(plan, Rectifier.threads(), progress, stop);
        }
        Duration duration = Duration.ofNanos(System.nanoTime() - start);
        List<String> findings =
                outcome.isComplete(plan)
                        ? new Findings(plan, outcome.results()).sentences()
                        : List.of(incomplete(plan, outcome));
        List<String> claimed =
                claims && outcome.isComplete(plan)
                        ? new Claims(plan, outcome.results()).sentences()
                        : List.of();
        // First of all, since whatever comes may fail.
        print(text, plan, outcome, findings, claimed);
        text.printf("%n%s%n", Facts.effort(outcome.runs(), duration));
        Facts facts =
                new Facts(
                        Usage.commandLine(spec),
                        Optional.ofNullable(data),
                        notes,
                        ZonedDateTime.now(),
                        duration);
        Json content = new Json(plan, outcome, findings, claimed, facts);
        try {
            figures.ifPresent(file -> file.write(content::write));
        } finally {
            if (!outcome.results().isEmpty()) {
                List<String> all = Stream.concat(findings.stream(), claimed.stream()).toList();
                write(page, plan, outcome, all, facts, content);
                text.printf("Plots: %s%n", SystemText.show(page.path()));
            }
        }
        outcome.failure().ifPresent(StudyCommand::fail);
    }

    /** Writes the page; if that fails, at least the figures are kept, wherever there is place. */
    private void write(
            OutputFile page,
            Plan plan,
            Outcome outcome,
            List<String> findings,
            Facts facts,
            Json content) {
        try {
            page.writeText(
                    new Report(plan, outcome.results())
                            .html(findings, facts.byName(plan, outcome.runs())));
        } catch (RuntimeException e) {
            if (json.isEmpty()) {
                keep(content);
            }
            throw e;
        }
    }

    private void keep(Json content) {
        try {
            Path file = Files.createTempFile("rectifier-study-", ".json");
            OutputFile.claim(file).write(content::write);
            spec.commandLine()
                    .getErr()
                    .println("The page can't be made. All figures are in " + file + ".");
        } catch (IOException | DataException e) {
            // The failure that is told is that of the page.
        }
    }

    private static String incomplete(Plan plan, Outcome outcome) {
        List<String> parts =
                outcome.results().stream()
                        .filter(result -> result.runs().size() < plan.seeds())
                        .map(result -> result.combination() + ": " + result.runs().size())
                        .toList();
        return "Ended early: %d of %d runs are over, and %d of %d combinations are complete.%s"
                .formatted(
                        outcome.runs(),
                        plan.runs(),
                        outcome.results().size() - parts.size(),
                        plan.combinations().size(),
                        parts.isEmpty()
                                ? ""
                                : " Of less than %d seeds: %s."
                                        .formatted(plan.seeds(), String.join("; ", parts)));
    }

    private static void fail(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        throw new IllegalStateException("a run failed", failure);
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
        ParseResult given = spec.commandLine().getParseResult();
        for (String option : List.of("--activations", "--initializers", "--learning-rate")) {
            if (claims && given.hasMatchedOption(option)) {
                throw new ParameterException(
                        spec.commandLine(), "--claims decides " + option + ", which is given, too");
            }
        }
        try {
            Plan plan =
                    new Plan(
                            examples(sets.train()),
                            examples(sets.test()),
                            layers,
                            units,
                            claims ? Claims.activations() : activations.values(),
                            claims ? Claims.initializers() : initializers.values(),
                            claims ? Claims.learningRates() : learningRates.values(),
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

    private static void print(
            PrintWriter to,
            Plan plan,
            Outcome outcome,
            List<String> findings,
            List<String> claimed) {
        if (!outcome.results().isEmpty()) {
            Table table = new Table(outcome.results(), plan.seeds());
            to.println(table.text());
            table.notes().forEach(note -> to.println(wrap(note)));
            to.printf(outcome.isComplete(plan) ? "%nWhat this shows%n" : "%n");
        }
        findings.forEach(finding -> to.println(wrap("- " + finding)));
        if (!claimed.isEmpty()) {
            to.printf("%nWhat the book claims, and what was found%n");
            claimed.forEach(claim -> to.println(wrap("- " + claim)));
        }
    }

    /** The text in lines of at most {@link #LINE} characters, the further ones indented. */
    private static String wrap(String text) {
        return text.replaceAll("(.{1,%d})( |$)".formatted(LINE - 2), "$1%n  ".formatted())
                .stripTrailing();
    }
}
