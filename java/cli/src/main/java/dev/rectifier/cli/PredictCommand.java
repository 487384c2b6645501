package dev.rectifier.cli;

import dev.rectifier.DType;
import dev.rectifier.data.DataOptions;
import dev.rectifier.data.NpyArray;
import dev.rectifier.data.NpyFile;
import dev.rectifier.data.OutputFile;
import dev.rectifier.data.Table;
import dev.rectifier.network.Network;
import dev.rectifier.network.Predictor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.commons.csv.CSVFormat;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Computes the outputs of a network for rows in a file. */
@Command(
        name = "predict",
        description = {
            "Computes what a network makes of each row of IN, a NumPy file of float32 or float64 whose first"
                    + " axis is that of the rows, or a CSV file of numbers, gzipped or not; - is standard"
                    + " input. OUT gets a row of outputs for each, in the form that its name ends in: .npy or"
                    + " .csv; - is CSV on standard output.",
            "A CSV file may begin with a line of names. If the network knows the names of its features, as"
                    + " one of 'rectifier train' does, columns are taken by them, and others left out. CSV that"
                    + " is written begins with the names of the outputs, if the network has some."
        },
        footer = "  rectifier predict model.safetensors rows.csv scores.csv")
final class PredictCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FILE", description = "The network.")
    private Path file;

    @Parameters(index = "1", paramLabel = "IN", description = "The features.")
    private Path in;

    @Parameters(index = "2", paramLabel = "OUT", description = "Where to write the outputs.")
    private Path out;

    @Mixin private NetworkOptions network;

    @Mixin private ComputeOptions compute;

    @Override
    public Integer call() {
        boolean csv = isCsv(out) || out.equals(OutputFile.STANDARD_OUTPUT);
        if (!csv && !out.toString().endsWith(".npy")) {
            throw Usage.error(spec, "OUT must end in .npy or .csv, not " + out);
        }
        compute.apply();
        OutputFile target = OutputFile.claim(out);
        Predictor predictor;
        List<String> features;
        try (Network read = network.read(file, Optional.empty())) {
            predictor = new Predictor(read);
            features = read.featureNames();
        }
        Table table =
                Table.read(
                        in,
                        DataOptions.Header.AUTO,
                        (names, count) -> columns(features, predictor.inputs(), names, count),
                        note -> Usage.note(spec, note));
        int rows = table.rows();
        double[] y = new double[Math.multiplyExact(rows, predictor.outputs())];
        predictor.predict(table.features(), y);
        if (csv) {
            target.writeText(csv(predictor, y));
        } else if (predictor.dtype() == DType.FLOAT64) {
            NpyFile.write(target, NpyArray.of(y, rows, predictor.outputs()));
        } else {
            NpyFile.write(target, NpyArray.of(floats(y), rows, predictor.outputs()));
        }
        return 0;
    }

    private static boolean isCsv(Path path) {
        return path.toString().endsWith(".csv");
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    /** Those of the network's features, by their names if both have some. */
    private static Table.Columns columns(
            List<String> features, int inputs, List<String> names, int count) {
        int[] columns = new int[inputs];
        if (!features.isEmpty() && names.containsAll(features)) {
            Arrays.setAll(columns, i -> names.indexOf(features.get(i)));
            return new Table.Columns(columns, -1);
        }
        if (count != inputs) {
            String missing =
                    features.isEmpty() || names.isEmpty()
                            ? ""
                            : "; missing are "
                                    + features.stream().filter(f -> !names.contains(f)).toList();
            throw new IllegalArgumentException(
                    "has %d columns, but the network has rows of %d features%s"
                            .formatted(count, inputs, missing));
        }
        Arrays.setAll(columns, i -> i);
        return new Table.Columns(columns, -1);
    }

    private static String csv(Predictor predictor, double[] y) {
        StringBuilder text = new StringBuilder();
        List<String> names = predictor.classNames();
        if (!names.isEmpty()) {
            text.append(CSVFormat.DEFAULT.format(names.toArray())).append('\n');
        }
        int columns = predictor.outputs();
        for (int i = 0; i < y.length; i++) {
            text.append(
                    predictor.dtype() == DType.FLOAT64
                            ? Double.toString(y[i])
                            : Float.toString((float) y[i]));
            text.append(i % columns == columns - 1 ? '\n' : ',');
        }
        return text.toString();
    }
}
