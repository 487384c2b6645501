import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Runs the models that {@code make_golden.py onnx-models} wrote, one per line, and writes the
 * results for {@code make_golden.py onnx}: the version, and then for each model the numbers or, if
 * there is no kernel, {@code !} and why.
 */
final class OnnxRuntimeRun {
    private OnnxRuntimeRun() {}

    public static void main(String[] files) throws IOException, OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        List<String> results = new ArrayList<>(List.of(environment.getVersion()));
        for (String line : Files.readAllLines(Path.of(files[0]))) {
            String[] fields = line.split("\\|");
            byte[] model = Base64.getDecoder().decode(fields[1]);
            long[] shape = Arrays.stream(fields[2].split(" ")).mapToLong(Long::parseLong).toArray();
            double[] x =
                    Arrays.stream(fields[3].split(" ")).mapToDouble(Double::parseDouble).toArray();
            try {
                results.add(run(environment, model, fields[0].equals("float32"), shape, x));
            } catch (OrtException e) {
                results.add("!" + e.getMessage().lines().findFirst().orElseThrow());
            }
        }
        Files.write(Path.of(files[1]), results);
    }

    private static String run(
            OrtEnvironment environment, byte[] model, boolean single, long[] shape, double[] x)
            throws OrtException {
        try (OrtSession session = environment.createSession(model);
                OnnxTensor input = tensor(environment, single, shape, x);
                OrtSession.Result result = session.run(Map.of("x", input))) {
            OnnxTensor y = (OnnxTensor) result.get(0);
            double[] values = new double[x.length];
            if (single) {
                FloatBuffer buffer = y.getFloatBuffer();
                Arrays.setAll(values, i -> buffer.get(i));
            } else {
                y.getDoubleBuffer().get(values);
            }
            // Hexadecimal, since a decimal number of a float would be that of a double.
            return Arrays.stream(values)
                    .mapToObj(Double::toHexString)
                    .collect(Collectors.joining(" "));
        }
    }

    private static OnnxTensor tensor(
            OrtEnvironment environment, boolean single, long[] shape, double[] x)
            throws OrtException {
        if (single) {
            float[] narrow = new float[x.length];
            for (int i = 0; i < x.length; i++) {
                narrow[i] = (float) x[i];
            }
            return OnnxTensor.createTensor(environment, FloatBuffer.wrap(narrow), shape);
        }
        return OnnxTensor.createTensor(environment, DoubleBuffer.wrap(x), shape);
    }
}
