package dev.rectifier.cli.quality;

import dev.rectifier.Initializer;
import dev.rectifier.Rectifier;
import dev.rectifier.cli.ComputeOptions;
import dev.rectifier.cli.Meter;
import dev.rectifier.cli.quality.Battery.Experiment;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ForkJoinPool;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Tests the weights that initializers draw. */
@Command(
        name = "quality",
        description = {
            "Tests whether initializers draw from the distributions that they promise, and whether"
                    + " draws, streams and seeds are independent of each other; prints a table."
                    + " The figures are the same on every machine."
        },
        footer = {"  rectifier quality", "  rectifier quality --full --seed 7"},
        exitCodeList = {
            "0:all tests passed",
            "1:a test failed, or the native library can't be loaded",
            "2:the command line or a setting is at fault",
            "70:Rectifier is at fault",
            "128+n:signal n ended it, such as 130 for Ctrl-C"
        })
public final class QualityCommand implements Callable<Integer> {
    private static final long MILLION = 1_000_000;

    @Spec private CommandSpec spec;

    @Option(
            names = "--full",
            description =
                    "10⁸ samples and more instead of 10⁵ and more: takes minutes, and 2 GB of"
                            + " memory.")
    private boolean full;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Any integer, from which all seeds follow; by default 1.")
    private long seed;

    @Mixin private ComputeOptions compute;

    /** For picocli. */
    public QualityCommand() {}

    @Override
    public Integer call() {
        compute.apply();
        Source source = Initializer::initialize;
        Battery battery = new Battery(source, full ? Effort.FULL : Effort.REDUCED, seed);
        Report report = new Report(verdicts(battery.experiments()));
        PrintWriter out = spec.commandLine().getOut();
        out.println(report.table());
        report.summary().forEach(out::println);
        return report.failed() == 0 ? 0 : 1;
    }

    private List<Verdict> verdicts(List<Experiment> experiments) {
        long draws = experiments.stream().mapToLong(Experiment::draws).sum();
        // What sorts and evaluates in parallel does so in the pool that it is called from.
        ForkJoinPool pool = new ForkJoinPool(Rectifier.threads());
        try (Meter meter =
                Meter.of("Testing", "million draws", MILLION, draws, spec.commandLine().getErr())) {
            List<Verdict> verdicts = new ArrayList<>();
            for (Experiment experiment : experiments) {
                verdicts.addAll(pool.submit(() -> experiment.run().get()).join());
                meter.step(experiment.draws(), experiment.subject());
            }
            return verdicts;
        } finally {
            pool.shutdown();
        }
    }
}
