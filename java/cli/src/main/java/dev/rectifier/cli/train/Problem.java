package dev.rectifier.cli.train;

import dev.rectifier.data.DataException;
import dev.rectifier.data.Table;
import dev.rectifier.network.Examples;
import dev.rectifier.network.Loss;
import dev.rectifier.network.Scaling;
import dev.rectifier.network.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What is to be learned of a table: the examples, with features and numbers as they are trained
 * with, and how they come from those of the table.
 *
 * @param names of the outputs; empty if they have none
 * @param scaling of the features; none if they are taken as they are
 * @param mean of the targets, if they are numbers; else 0
 * @param sd the standard deviation of the targets, if they are numbers; else 1
 */
record Problem(
        Examples training,
        Examples validation,
        List<String> names,
        Optional<Scaling> scaling,
        double mean,
        double sd) {
    /** More is surely a column of numbers. */
    private static final int MOST_CLASSES = 1000;

    /**
     * Makes a problem of a table.
     *
     * @param share how much is held out
     * @throws DataException if the targets aren't ones for the loss
     * @throws IllegalArgumentException if {@code share} isn't one
     */
    static Problem of(String file, Table table, Loss loss, double share, long seed, boolean scale) {
        boolean numbers = loss.task() == Task.REGRESSION;
        List<String> classes = numbers ? List.of() : classes(file, table, loss);
        float[] features = floats(table.features());
        float[] values = numbers ? values(file, table) : new float[0];
        int[] labels =
                numbers
                        ? new int[table.rows()]
                        : table.targets().stream().mapToInt(classes::indexOf).toArray();
        Examples all =
                numbers
                        ? Examples.ofNumbers(features, table.columns(), values, 1)
                        : new Examples(features, table.columns(), labels, classes.size());
        Examples.Split split = all.split(share, seed);
        double mean = numbers ? mean(split.training().targets()) : 0;
        double sd = numbers ? sd(split.training().targets(), mean) : 1;
        return new Problem(
                numbers ? standardized(split.training(), mean, sd) : split.training(),
                numbers ? standardized(split.validation(), mean, sd) : split.validation(),
                loss.task() == Task.BINARY ? classes.subList(1, 2) : classes,
                scale ? Optional.of(scaling(split.training())) : Optional.empty(),
                mean,
                sd);
    }

    private static List<String> classes(String file, Table table, Loss loss) {
        TreeSet<String> distinct = new TreeSet<>(table.targets());
        List<String> classes = new ArrayList<>(distinct);
        if (distinct.contains("")) {
            throw DataException.of(file, "a row has no label");
        }
        if (classes.stream().noneMatch(name -> Double.isNaN(Table.number(name)))) {
            classes.sort(Comparator.comparingDouble(Table::number));
        }
        boolean binary = loss.task() == Task.BINARY;
        if (classes.size() < 2 || classes.size() > (binary ? 2 : MOST_CLASSES)) {
            throw DataException.of(
                    file,
                    "the column of labels has %d different ones, and %s is for %s; numbers take"
                            + " --loss meanSquaredError",
                    classes.size(),
                    loss,
                    binary ? "2" : "2 to " + MOST_CLASSES);
        }
        return List.copyOf(classes);
    }

    private static float[] values(String file, Table table) {
        float[] values = new float[table.rows()];
        for (int row = 0; row < values.length; row++) {
            values[row] = (float) Table.number(table.targets().get(row));
            if (!Float.isFinite(values[row])) {
                throw DataException.of(
                        file,
                        "the target %s in row %d is no finite number; words take --loss crossEntropy",
                        DataException.quote(table.targets().get(row)),
                        row + 1);
            }
        }
        return values;
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            // A value beyond is refused by its row and column.
            floats[i] = (float) values[i];
        }
        return floats;
    }

    private static double mean(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    /** Where all values are the same, 1. */
    private static double sd(float[] values, double mean) {
        double sum = 0;
        for (float value : values) {
            sum += (value - mean) * (value - mean);
        }
        return sum == 0 ? 1 : Math.sqrt(sum / values.length);
    }

    private static Examples standardized(Examples examples, double mean, double sd) {
        float[] targets = examples.targets().clone();
        for (int i = 0; i < targets.length; i++) {
            targets[i] = (float) ((targets[i] - mean) / sd);
        }
        return Examples.ofNumbers(examples.features(), examples.columns(), targets, 1);
    }

    private static Scaling scaling(Examples examples) {
        int columns = examples.columns();
        double[] means = new double[columns];
        double[] sds = new double[columns];
        float[] column = new float[examples.rows()];
        for (int i = 0; i < columns; i++) {
            for (int row = 0; row < column.length; row++) {
                column[row] = examples.features()[row * columns + i];
            }
            means[i] = mean(column);
            sds[i] = sd(column, means[i]);
        }
        return Scaling.standard(means, sds);
    }

    /** The share of the most frequent class among the rows held out, to compare with. */
    double chance() {
        int[] count = new int[Math.max(1, validation.classes())];
        for (int label : validation.labels()) {
            count[label]++;
        }
        return (double) Arrays.stream(count).max().orElseThrow() / validation.rows();
    }
}
