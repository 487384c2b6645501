package dev.rectifier.cli.study;

import dev.rectifier.network.EpochReport;
import dev.rectifier.network.LayerSignals;
import java.util.List;

/**
 * One network's training.
 *
 * @param start the signals of its layers before the first step
 * @param epochs at least one
 */
record Run(Combination combination, int seed, List<LayerSignals> start, List<EpochReport> epochs) {
    EpochReport last() {
        return epochs.get(epochs.size() - 1);
    }

    boolean diverged() {
        return !last().finite();
    }

    double accuracy() {
        return last().testAccuracy();
    }

    double bestAccuracy() {
        return epochs.stream().mapToDouble(EpochReport::testAccuracy).max().orElseThrow();
    }

    /** The first epoch with the target accuracy; infinity if there was none. */
    double epochsToTarget() {
        return epochs.stream()
                .filter(epoch -> epoch.testAccuracy() >= Plan.TARGET)
                .mapToDouble(EpochReport::epoch)
                .findFirst()
                .orElse(Double.POSITIVE_INFINITY);
    }
}
