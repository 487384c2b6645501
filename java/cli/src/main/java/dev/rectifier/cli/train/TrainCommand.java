package dev.rectifier.cli.train;

import dev.rectifier.Activation;
import dev.rectifier.AxisFunction;
import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Initializer;
import dev.rectifier.Span;
import dev.rectifier.cli.ComputeOptions;
import dev.rectifier.cli.FunctionConverters;
import dev.rectifier.cli.Listing;
import dev.rectifier.cli.Meter;
import dev.rectifier.cli.Named;
import dev.rectifier.cli.Usage;
import dev.rectifier.data.DataOptions;
import dev.rectifier.data.DataSets;
import dev.rectifier.data.Ending;
import dev.rectifier.data.OutputFile;
import dev.rectifier.data.SystemText;
import dev.rectifier.data.Table;
import dev.rectifier.network.Decay;
import dev.rectifier.network.Dense;
import dev.rectifier.network.EarlyStopping;
import dev.rectifier.network.EpochReport;
import dev.rectifier.network.Loss;
import dev.rectifier.network.ModelException;
import dev.rectifier.network.Network;
import dev.rectifier.network.Optimizer;
import dev.rectifier.network.Sgd;
import dev.rectifier.network.Task;
import dev.rectifier.network.Trainer;
import dev.rectifier.network.Training;
import dev.rectifier.network.Weights;
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
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Trains a network on a table, and writes it with all that it takes to score other tables. */
@Command(
        name = "train",
        description = {
            "Trains a network of dense layers on a table and writes it as safetensors, with the scaling of"
                    + " the features, their names and those of the classes, so that 'rectifier predict' works"
                    + " on tables as they are.",
            "The same command gives the same file on any number of threads.",
            "Ctrl-C ends the training after the epoch; what it has come to is written."
        },
        footer = {
            "  rectifier train --data churn.csv --label quits --layers 64,32 --loss binaryCrossEntropy \\",
            "      --early-stopping 10 --out churn.safetensors"
        })
public final class TrainCommand implements Callable<Integer> {
    private static final double ADAM_RATE = 0.001;
    private static final double SGD_RATE = 0.01;

    /** The optimizers to choose from. */
    enum Method {
        /** Adam, or AdamW with a weight decay. */
        ADAM,
        /** Stochastic gradient descent with momentum 0.9. */
        MOMENTUM,
        /** The same without momentum. */
        SGD,
        /** L-BFGS on all rows. */
        LBFGS
    }

    @Spec private CommandSpec spec;

    @Option(
            names = "--data",
            paramLabel = "FILE",
            required = true,
            description =
                    "A table of numbers with a column of labels or targets: CSV, also with semicolons or"
                            + " tabs, or a matrix in a .npy file, gzipped or not; - is standard input.")
    private Path data;

    @Option(
            names = "--label",
            paramLabel = "COLUMN",
            defaultValue = Option.NULL_VALUE,
            description =
                    "Which column is to be learned: first, last (default) or a name from the header.")
    private Optional<String> label;

    @Option(
            names = "--header",
            paramLabel = "yes|no|auto",
            defaultValue = "auto",
            description =
                    "Whether the first row of a CSV file is a header; by default it is if a feature in it is"
                            + " no number.")
    private DataOptions.Header header;

    @Option(
            names = "--layers",
            paramLabel = "UNITS,...",
            hideParamSyntax = true,
            defaultValue = "64,32",
            converter = Units.class,
            description = "Units of each hidden layer; by default ${DEFAULT-VALUE}.")
    private Listing<Integer> layers;

    @Option(
            names = "--activation",
            paramLabel = "NAME,...",
            hideParamSyntax = true,
            defaultValue = "relu",
            converter = FunctionConverters.OfActivations.class,
            description =
                    "Of all hidden layers, or of each; by default ${DEFAULT-VALUE}. Any of 'rectifier list"
                            + " activations' but softmax.")
    private Listing<Named<Activation>> activations;

    @Option(
            names = "--initializer",
            paramLabel = "NAME",
            defaultValue = "heNormal",
            converter = FunctionConverters.OfInitializers.class,
            description =
                    "Of all kernels; by default ${DEFAULT-VALUE}. Any of 'rectifier list initializers'.")
    private Listing<Named<Initializer>> initializers;

    @Option(
            names = "--dropout",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Of the outputs of each hidden layer; by default ${DEFAULT-VALUE}.")
    private double dropout;

    @Option(
            names = "--loss",
            paramLabel = "NAME",
            defaultValue = "crossEntropy",
            converter = LossConverter.class,
            description =
                    "crossEntropy[:labelSmoothing=NUMBER] (default, without smoothing) for classes,"
                            + " binaryCrossEntropy for two of them with one output,"
                            + " meanSquaredError or huber[:delta=NUMBER] for numbers, which are trained with"
                            + " mean 0 and standard deviation 1, the unit of delta.")
    private Loss loss;

    @Option(
            names = "--balanced",
            description = "All classes weigh the same, however many rows they have.")
    private boolean balanced;

    @Option(
            names = "--scaling",
            paramLabel = "standard|none",
            defaultValue = "standard",
            description =
                    "Whether features are trained with mean 0 and standard deviation 1 (default).")
    private Scaled scaling;

    /** What is done to features. */
    enum Scaled {
        /** Mean 0 and standard deviation 1. */
        STANDARD,
        /** Nothing. */
        NONE
    }

    @Option(
            names = "--optimizer",
            paramLabel = "NAME",
            defaultValue = "adam",
            description =
                    "adam (default), momentum (0.9), sgd, or lbfgs, which takes all rows in each step.")
    private Method method;

    @Option(
            names = "--learning-rate",
            paramLabel = "RATE",
            defaultValue = Option.NULL_VALUE,
            description = "By default 0.001 for adam, else 0.01; lbfgs has none.")
    private Optional<Double> learningRate;

    @Option(
            names = "--weight-decay",
            paramLabel = "RATE",
            defaultValue = "0",
            description = "Decoupled, as AdamW's; by default ${DEFAULT-VALUE}.")
    private double weightDecay;

    @Option(
            names = "--decay",
            paramLabel = "none|cosine",
            defaultValue = "none",
            description =
                    "How the learning rate goes: stays (default), or falls to 0 over all epochs.")
    private Course course;

    /** How the learning rate goes. */
    enum Course {
        /** It stays. */
        NONE,
        /** It falls to 0 as half a cosine. */
        COSINE
    }

    @Option(
            names = "--clip-norm",
            paramLabel = "NORM",
            defaultValue = Option.NULL_VALUE,
            description = "The largest norm of all gradients together; by default any.")
    private Optional<Double> clipNorm;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            defaultValue = "32",
            description = "Rows per step; by default ${DEFAULT-VALUE}.")
    private int batchSize;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "100",
            description = "The most passes over the rows; by default ${DEFAULT-VALUE}.")
    private int epochs;

    @Option(
            names = "--validation-split",
            paramLabel = "SHARE",
            defaultValue = "0.2",
            description =
                    "Of the rows, drawn by the seed, that are held out to judge by; by default"
                            + " ${DEFAULT-VALUE}.")
    private double validationSplit;

    @Option(
            names = "--early-stopping",
            paramLabel = "EPOCHS",
            defaultValue = Option.NULL_VALUE,
            description =
                    "After so many epochs without a lower validation loss training ends; the weights of the"
                            + " best epoch are written.")
    private Optional<Integer> patience;

    @Option(
            names = "--min-delta",
            paramLabel = "LOSS",
            defaultValue = "0",
            description =
                    "How much lower a loss must be to be better; by default ${DEFAULT-VALUE}.")
    private double minDelta;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "42",
            description =
                    "Of the weights, of what is held out, and of the order of the rows; by default"
                            + " ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--dtype",
            paramLabel = "float32|float64",
            defaultValue = "float32",
            description = "What it computes in; by default ${DEFAULT-VALUE}.")
    private Type type;

    /** What a network computes in. */
    enum Type {
        /** Single precision. */
        FLOAT32,
        /** Double precision. */
        FLOAT64
    }

    @Option(
            names = "--out",
            paramLabel = "FILE",
            required = true,
            description = "Where to write the network, as safetensors.")
    private Path out;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            defaultValue = Option.NULL_VALUE,
            description = "Where to write a page with learning curves; - is standard output.")
    private Optional<Path> html;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            defaultValue = Option.NULL_VALUE,
            description = "Where to write all figures of each epoch as JSON; - is standard output.")
    private Optional<Path> json;

    @Mixin private ComputeOptions compute;

    /** For picocli. */
    public TrainCommand() {}

    @Override
    public Integer call() {
        if (out.equals(OutputFile.STANDARD_OUTPUT)) {
            throw Usage.error(spec, "--out is a file, which - isn't");
        }
        compute.apply();
        // What can't be written is known before the training.
        OutputFile.claim(out);
        Optional<OutputFile> page = html.map(OutputFile::claim);
        Optional<OutputFile> figures = json.map(OutputFile::claim);
        requireDifferentFiles();
        List<String> notes = new ArrayList<>();
        Table table = Table.read(data, header, Table.labelled(label), notes::add);
        notes.forEach(note -> Usage.note(spec, note));
        Problem problem = Usage.check(spec, () -> problem(table));
        Trainer trainer = Usage.check(spec, () -> trainer(problem));
        try (Network network = Usage.check(spec, () -> network(problem))) {
            problem.scaling().ifPresent(network::setScaling);
            if (!table.names().isEmpty()) {
                network.setFeatureNames(table.names());
            }
            if (!problem.names().isEmpty()) {
                network.setClassNames(problem.names());
            }
            train(network, trainer, problem, notes, page, figures);
        }
        return 0;
    }

    private void requireDifferentFiles() {
        List<Path> files = new ArrayList<>(List.of(out));
        html.ifPresent(files::add);
        json.ifPresent(files::add);
        if (files.stream().map(Path::toAbsolutePath).map(Path::normalize).distinct().count()
                < files.size()) {
            throw Usage.error(spec, "--out, --html and --json must be different files");
        }
    }

    private Problem problem(Table table) {
        Problem problem =
                Problem.of(
                        DataSets.nameOf(data),
                        table,
                        loss,
                        validationSplit,
                        seed,
                        scaling == Scaled.STANDARD);
        return balanced
                ? new Problem(
                        problem.training().withBalancedClasses(),
                        problem.validation(),
                        problem.names(),
                        problem.scaling(),
                        problem.mean(),
                        problem.sd())
                : problem;
    }

    private Trainer trainer(Problem problem) {
        if (method == Method.LBFGS && (learningRate.isPresent() || weightDecay != 0)) {
            throw new IllegalArgumentException(
                    "--learning-rate and --weight-decay aren't for --optimizer lbfgs");
        }
        double rate = learningRate.orElse(method == Method.ADAM ? ADAM_RATE : SGD_RATE);
        Optimizer optimizer =
                switch (method) {
                    case ADAM -> Optimizer.adamW(rate, weightDecay);
                    case MOMENTUM -> new Sgd(rate, 0.9, weightDecay);
                    case SGD -> new Sgd(rate, 0, weightDecay);
                    case LBFGS -> Optimizer.lbfgs();
                };
        optimizer.requireFits(dtype());
        Trainer trainer = new Trainer(optimizer, batchSize, epochs, seed).withLoss(loss);
        if (course == Course.COSINE) {
            long steps = (long) ((problem.training().rows() - 1) / batchSize + 1) * epochs;
            trainer = trainer.withDecay(Decay.cosine((int) Math.min(steps, Integer.MAX_VALUE), 0));
        }
        if (clipNorm.isPresent()) {
            trainer = trainer.withClipNorm(clipNorm.get());
        }
        if (patience.isPresent()) {
            return trainer.withEarlyStopping(new EarlyStopping(patience.get(), minDelta));
        }
        if (minDelta != 0) {
            throw new IllegalArgumentException("--min-delta needs --early-stopping");
        }
        return trainer;
    }

    private DType dtype() {
        return type == Type.FLOAT32 ? DType.FLOAT32 : DType.FLOAT64;
    }

    private Network network(Problem problem) {
        List<Integer> units = layers.values();
        List<Named<Activation>> named = activations.values();
        if (named.size() != 1 && named.size() != units.size()) {
            throw new IllegalArgumentException(
                    "--activation has %d, not one for all or for each of %d hidden layers"
                            .formatted(named.size(), units.size()));
        }
        if (initializers.values().size() != 1) {
            throw new IllegalArgumentException("--initializer is one for all layers");
        }
        Initializer kernel = initializers.values().get(0).value();
        List<Dense> all = new ArrayList<>();
        for (int l = 0; l < units.size(); l++) {
            Activation activation = named.get(named.size() == 1 ? 0 : l).value();
            all.add(new Dense(units.get(l), activation, kernel, dropout));
        }
        all.add(
                switch (loss.task()) {
                    case CLASSIFICATION ->
                            new Dense(problem.training().classes(), AxisFunction.softmax(), kernel);
                    case BINARY -> new Dense(1, Elementwise.sigmoid(), kernel);
                    case REGRESSION -> new Dense(1, Elementwise.linear(), kernel);
                });
        return new Network(dtype(), problem.training().columns(), all, seed);
    }

    private void train(
            Network network,
            Trainer trainer,
            Problem problem,
            List<String> notes,
            Optional<OutputFile> page,
            Optional<OutputFile> figures) {
        PrintWriter err = spec.commandLine().getErr();
        boolean outIsTaken =
                page.stream().anyMatch(OutputFile::isStandardOutput)
                        || figures.stream().anyMatch(OutputFile::isStandardOutput);
        PrintWriter text = outIsTaken ? err : spec.commandLine().getOut();
        List<EpochReport> epochs = new ArrayList<>();
        AtomicBoolean stop = new AtomicBoolean();
        long start = System.nanoTime();
        Ending.Stoppable work = Ending.begin(() -> stop.set(true));
        try (Training training =
                        Usage.check(
                                spec,
                                () ->
                                        trainer.prepare(
                                                network,
                                                problem.training(),
                                                problem.validation()));
                Meter meter = Meter.of("Training", "epochs", 1, trainer.epochs(), err)) {
            boolean complete = run(training, problem, epochs, stop, meter);
            Duration duration = Duration.ofNanos(System.nanoTime() - start);
            finish(
                    network,
                    problem,
                    new Outcome(
                            Usage.commandLine(spec),
                            DataSets.nameOf(data),
                            notes,
                            ZonedDateTime.now(),
                            duration,
                            trainer,
                            network.layers(),
                            problem,
                            epochs,
                            complete),
                    text,
                    page,
                    figures);
        } finally {
            work.close();
        }
    }

    /** Whether it came to its end. */
    private static boolean run(
            Training training,
            Problem problem,
            List<EpochReport> epochs,
            AtomicBoolean stop,
            Meter meter) {
        try {
            training.run(
                    report -> {
                        epochs.add(report);
                        meter.step(1, Outcome.line(problem, report));
                        if (stop.get()) {
                            throw new CancellationException();
                        }
                    });
            return true;
        } catch (CancellationException e) {
            // What there is by then is the result.
            return false;
        }
    }

    /** The result, on the terminal first, since whatever comes may fail. */
    private void finish(
            Network network,
            Problem problem,
            Outcome outcome,
            PrintWriter text,
            Optional<OutputFile> page,
            Optional<OutputFile> figures) {
        outcome.sentences().forEach(text::println);
        text.flush();
        if (network.task() == Task.REGRESSION) {
            restoreTargets(network, problem);
        }
        try {
            save(network);
            text.printf("Network: %s%n", SystemText.show(out));
        } finally {
            try {
                figures.ifPresent(file -> file.write(outcome::writeJson));
            } finally {
                page.ifPresent(
                        file -> {
                            file.writeText(outcome.html());
                            text.printf("Page: %s%n", SystemText.show(file.path()));
                        });
            }
        }
    }

    private void save(Network network) {
        try {
            network.save(out);
        } catch (ModelException e) {
            try {
                Path file = Files.createTempFile("rectifier-train-", ".safetensors");
                network.save(file);
                Usage.note(spec, e.getMessage() + "; the network is in " + file);
            } catch (IOException | ModelException again) {
                // The failure that is told is the first.
            }
            throw e;
        }
    }

    /** Lets the last layer, which is linear, say the targets as they are in the table. */
    private static void restoreTargets(Network network, Problem problem) {
        List<Weights> weights = network.weights();
        Span kernel = weights.get(weights.size() - 2).value();
        Span bias = weights.get(weights.size() - 1).value();
        for (long i = 0; i < kernel.length(); i++) {
            kernel.set(i, kernel.get(i) * problem.sd());
        }
        bias.set(0, bias.get(0) * problem.sd() + problem.mean());
    }

    /** Reads numbers of units. */
    static final class Units extends Listing.Converter<Integer> {
        @Override
        protected Integer element(String text) {
            try {
                int units = Integer.parseInt(text);
                if (units >= 1) {
                    return units;
                }
            } catch (NumberFormatException e) {
                // As one that is too small.
            }
            throw new TypeConversionException(
                    "'%s' is not a whole number from 1 on".formatted(text));
        }
    }

    /** Reads a loss. */
    static final class LossConverter implements ITypeConverter<Loss> {
        @Override
        public Loss convert(String text) {
            try {
                return Loss.of(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
