package dev.rectifier.cli.study;

import dev.rectifier.network.EpochReport;
import dev.rectifier.network.LayerSignals;
import dev.rectifier.network.LayerUnits;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The runs of one combination, one per seed. What is said of the end of training leaves out the
 * runs that diverged, and is NaN if all did.
 */
record Result(Combination combination, List<Run> runs) {
    Result {
        runs = List.copyOf(runs);
    }

    private List<Run> completed() {
        return runs.stream().filter(run -> !run.diverged()).toList();
    }

    int diverged() {
        return runs.size() - completed().size();
    }

    double accuracy() {
        return Figures.mean(completed(), Run::accuracy);
    }

    double accuracySd() {
        return Figures.sd(completed(), Run::accuracy);
    }

    double bestAccuracy() {
        return runs.stream().mapToDouble(Run::bestAccuracy).max().orElseThrow();
    }

    /** The median over all seeds; infinity if it never came. */
    double epochsToTarget() {
        return Figures.median(runs, Run::epochsToTarget);
    }

    boolean everySeedReachedTarget() {
        return runs.stream().allMatch(run -> run.epochsToTarget() <= run.epochs().size());
    }

    /** How many hidden layers there are. */
    int layers() {
        return runs.get(0).last().hiddenUnits().size();
    }

    /** Of a hidden layer, in the end. */
    double deadShare(int layer) {
        return Figures.mean(completed(), run -> units(run, layer).deadShare());
    }

    /** Of all hidden units, in the end. */
    double deadShare() {
        return Figures.mean(completed(), run -> deadShare(run.last()));
    }

    private static double deadShare(EpochReport report) {
        return Figures.mean(report.hiddenUnits(), LayerUnits::deadShare);
    }

    /** Whether dead units of this hidden layer stay so. */
    boolean deadForGood(int layer) {
        return units(runs.get(0), layer).deadForGood();
    }

    private static LayerUnits units(Run run, int layer) {
        return run.last().hiddenUnits().get(layer);
    }

    /** Standard deviations of the outputs of each hidden layer before training. */
    double[] startActivations() {
        return byLayer(runs, Run::start, LayerSignals::activationStddev);
    }

    /** Standard deviations of the loss's derivatives in each hidden layer before training. */
    double[] startGradients() {
        return byLayer(runs, Run::start, LayerSignals::gradientStddev);
    }

    /** The same after training. */
    double[] endGradients() {
        return byLayer(completed(), run -> run.last().signals(), LayerSignals::gradientStddev);
    }

    private double[] byLayer(
            List<Run> of,
            Function<Run, List<LayerSignals>> signals,
            ToDoubleFunction<LayerSignals> figure) {
        return IntStream.range(0, layers())
                .mapToDouble(
                        layer ->
                                Figures.mean(
                                        of,
                                        run -> figure.applyAsDouble(signals.apply(run).get(layer))))
                .toArray();
    }

    /** Mean test accuracy after each epoch of the runs that hadn't diverged by then. */
    double[] accuracyByEpoch(int epochs) {
        return byEpoch(epochs, EpochReport::testAccuracy);
    }

    /**
     * Mean share of dead hidden units after each epoch of the runs that hadn't diverged by then.
     */
    double[] deadShareByEpoch(int epochs) {
        return byEpoch(epochs, Result::deadShare);
    }

    private double[] byEpoch(int epochs, ToDoubleFunction<EpochReport> figure) {
        return IntStream.range(0, epochs)
                .mapToDouble(
                        epoch ->
                                Figures.mean(
                                        runs.stream()
                                                .filter(run -> epoch < run.epochs().size())
                                                .map(run -> run.epochs().get(epoch))
                                                .filter(EpochReport::finite)
                                                .toList(),
                                        figure))
                .toArray();
    }
}
