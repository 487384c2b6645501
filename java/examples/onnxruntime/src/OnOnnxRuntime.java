import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.rectifier.Axis;
import dev.rectifier.AxisFunction;
import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Initializer;
import dev.rectifier.Span;
import dev.rectifier.models.Onnx;
import dev.rectifier.network.Dense;
import dev.rectifier.network.Network;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Logits that ONNX Runtime writes into a buffer of ours, and their softmax in the same memory. */
public class OnOnnxRuntime {
    private static final int ROWS = 64;
    private static final int INPUTS = 20;
    private static final int CLASSES = 10;

    public static void main(String[] arguments) throws IOException, OrtException {
        FloatBuffer x = direct(ROWS * INPUTS);
        for (int i = 0; i < x.limit(); i++) {
            x.put(i, i % 17 / 8f - 1);
        }
        FloatBuffer logits = direct(ROWS * CLASSES);
        Path model = model();

        // A tensor over a direct buffer has no memory of its own: what is run writes into the buffer.
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(model.toString());
                OnnxTensor in = OnnxTensor.createTensor(environment, x, new long[] {ROWS, INPUTS});
                OnnxTensor out =
                        OnnxTensor.createTensor(environment, logits, new long[] {ROWS, CLASSES})) {
            String input = session.getInputNames().iterator().next();
            String output = session.getOutputNames().iterator().next();
            session.run(Map.of(input, in), Map.of(output, out)).close();
        }

        Span shares = Span.of(logits);
        AxisFunction.softmax().forward(shares, shares, Axis.ofRows(ROWS, CLASSES));

        double worst = 0;
        for (int row = 0; row < ROWS; row++) {
            double sum = 0;
            for (int i = 0; i < CLASSES; i++) {
                sum += shares.get((long) row * CLASSES + i);
            }
            worst = Math.max(worst, Math.abs(sum - 1));
        }
        System.out.println("the shares of each row sum to 1: " + (worst < 1e-6));
        int likeliest = 0;
        for (int i = 1; i < CLASSES; i++) {
            likeliest = shares.get(i) > shares.get(likeliest) ? i : likeliest;
        }
        System.out.println("the likeliest class of the first row: " + likeliest);
        Files.delete(model);
    }

    private static FloatBuffer direct(int length) {
        return ByteBuffer.allocateDirect(length * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    /** A network without training, which ends with logits. */
    private static Path model() throws IOException {
        Path file = Files.createTempFile("model-", ".onnx");
        Initializer weights = Initializer.heNormal(0);
        List<Dense> layers =
                List.of(
                        new Dense(32, Elementwise.relu(), weights),
                        new Dense(CLASSES, Elementwise.linear(), weights));
        try (Network network = new Network(DType.FLOAT32, INPUTS, layers, 42)) {
            Onnx.write(network, file);
        }
        return file;
    }
}
