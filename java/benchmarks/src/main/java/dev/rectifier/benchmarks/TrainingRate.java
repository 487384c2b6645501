package dev.rectifier.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rectifier.benchmarks.contenders.Learner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * How many rows per second a network of dense layers is trained with, by Adam and mini-batches:
 * ReLU after each layer but the last, softmax and cross-entropy after that.
 */
public final class TrainingRate {
    static final String SECTION = "training";

    private static final String RATE = "rows/s";

    /** As large as the digits and as MNIST, with numbers that don't matter. */
    private static final List<Case> CASES =
            List.of(
                    new Case(1_438, new Functions.Stack(32, List.of(64, 64, 32, 10)), 300),
                    new Case(60_000, new Functions.Stack(128, List.of(784, 512, 10)), 2));

    /**
     * What is trained.
     *
     * @param rows that an epoch goes over
     * @param network its layers, and the rows of a step
     * @param epochs after the first, which is for the compiler and the caches
     */
    public record Case(int rows, Functions.Stack network, int epochs) {
        /** The number of features. */
        public int columns() {
            return network.inputs(0);
        }

        /** The number of classes. */
        public int classes() {
            return network.units(network.layers() - 1);
        }

        /** Features, row after row. */
        public float[] features() {
            float[] features = new float[rows * columns()];
            for (int i = 0; i < features.length; i++) {
                features[i] = (float) Inputs.dy(i);
            }
            return features;
        }

        /** A class for each row. */
        public int[] labels() {
            int[] labels = new int[rows];
            for (int row = 0; row < rows; row++) {
                labels[row] = row % classes();
            }
            return labels;
        }

        private String subject() {
            return "%,d rows, %s".formatted(rows, network.name());
        }
    }

    private TrainingRate() {}

    /**
     * Measures one learner in this process, on one thread, and prints what it finds as JSON.
     *
     * @param args the learner
     */
    public static void main(String[] args) throws IOException {
        Learner learner = Learner.valueOf(args[0]);
        List<Measurement> found = new ArrayList<>();
        for (Case trained : CASES) {
            double seconds = learner.secondsPerEpoch(trained);
            found.add(
                    new Measurement(
                            SECTION,
                            trained.subject() + ", " + learner.library,
                            "trained",
                            RATE,
                            List.of(trained.rows() / seconds)));
        }
        System.out.println(new ObjectMapper().writeValueAsString(found));
        System.out.flush();
        // Not all libraries end their threads.
        Runtime.getRuntime().halt(0);
    }
}
