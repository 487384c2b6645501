package dev.rectifier.cli;

import dev.rectifier.DType;
import dev.rectifier.data.DataException;
import dev.rectifier.data.NpyArray;
import dev.rectifier.data.NpyFile;
import dev.rectifier.data.OutputFile;
import dev.rectifier.network.Network;
import dev.rectifier.network.Predictor;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
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
                    + " axis is that of the rows, or a CSV file of numbers. OUT gets a row of outputs for"
                    + " each, in the form that its name ends in: .npy or .csv.",
            "A CSV file may begin with a line of names; OUT.csv begins with the names of the outputs, if the"
                    + " network has some."
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
        boolean csv = isCsv(out);
        if (!csv && !out.toString().endsWith(".npy")) {
            throw Usage.error(spec, "OUT must end in .npy or .csv, not " + out);
        }
        compute.apply();
        OutputFile target = OutputFile.claim(out);
        Predictor predictor;
        try (Network read = network.read(file, Optional.empty())) {
            predictor = new Predictor(read);
        }
        double[] x = isCsv(in) ? readCsv(predictor.inputs()) : readNpy(predictor.inputs());
        int rows = x.length / predictor.inputs();
        double[] y = new double[Math.multiplyExact(rows, predictor.outputs())];
        predictor.predict(x, y);
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

    private double[] readNpy(int inputs) {
        NpyArray array = NpyFile.read(in, note -> Usage.note(spec, note));
        long[] shape = array.shape();
        long columns = 1;
        for (int axis = 1; axis < shape.length; axis++) {
            columns *= shape[axis];
        }
        if (shape.length < 1 || columns != inputs) {
            throw DataException.of(
                    in, "is %s, but the network has rows of %d features", array, inputs);
        }
        if (array.isFloat64()) {
            return array.doubles();
        }
        float[] floats = array.floats();
        double[] doubles = new double[floats.length];
        Arrays.setAll(doubles, i -> floats[i]);
        return doubles;
    }

    private double[] readCsv(int inputs) {
        List<double[]> rows = new ArrayList<>();
        try (Reader text = Files.newBufferedReader(in, StandardCharsets.UTF_8);
                CSVParser parser = CSVParser.parse(text, CSVFormat.DEFAULT)) {
            for (CSVRecord cells : parser) {
                boolean first = cells.getRecordNumber() == 1;
                if (cells.size() != inputs) {
                    throw DataException.of(
                            in,
                            "line %d: has %d cells, but the network has rows of %d features",
                            parser.getCurrentLineNumber(),
                            cells.size(),
                            inputs);
                }
                double[] row = new double[inputs];
                boolean numbers = true;
                for (int i = 0; i < inputs && numbers; i++) {
                    numbers = put(row, i, cells.get(i));
                    if (!numbers && !first) {
                        throw DataException.of(
                                in,
                                "line %d: '%s' in column %d is no number",
                                parser.getCurrentLineNumber(),
                                cells.get(i),
                                i + 1);
                    }
                }
                if (numbers) {
                    rows.add(row);
                }
            }
        } catch (IOException e) {
            throw DataException.of(in, "can't be read: %s", e.toString());
        }
        return rows.stream().flatMapToDouble(Arrays::stream).toArray();
    }

    private static boolean put(double[] row, int i, String cell) {
        try {
            row[i] = Double.parseDouble(cell.strip());
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
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
