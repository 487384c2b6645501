package dev.rectifier.benchmarks.contenders;

import ai.onnxruntime.OrtException;
import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.benchmarks.Task;
import dev.rectifier.benchmarks.Task.Kind;
import java.util.Locale;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The first result in a new JVM: relu of {@value #LENGTH} numbers. */
public enum FirstCall {
    /** Our library, on Java arrays. */
    RECTIFIER("Rectifier") {
        @Override
        float last(float[] x) {
            float[] y = new float[x.length];
            Elementwise.relu().forward(x, y);
            return y[LENGTH - 1];
        }
    },
    /** ONNX Runtime, with a model that is made before. */
    ONNX_RUNTIME("ONNX Runtime") {
        private byte[] model;

        @Override
        void prepare() {
            model = OnnxRuntime.model(new Task(Kind.FORWARD, "relu", DType.FLOAT32, LENGTH));
        }

        @Override
        float last(float[] x) throws OrtException {
            return OnnxRuntime.first(model, x)[LENGTH - 1];
        }
    },
    /** PyTorch through JavaCPP. */
    PYTORCH("PyTorch") {
        @Override
        float last(float[] x) {
            Tensor y = torch.relu(Tensor.create(x));
            return y.data_ptr_float().get(LENGTH - 1);
        }
    };

    private static final int LENGTH = 64;

    /** The name of the library. */
    public final String library;

    FirstCall(String library) {
        this.library = library;
    }

    void prepare() {}

    abstract float last(float[] x) throws Exception;

    /**
     * Prints the milliseconds to the first result.
     *
     * @param args whose
     */
    public static void main(String[] args) throws Exception {
        FirstCall call = valueOf(args[0]);
        float[] x = new float[LENGTH];
        x[LENGTH - 1] = 1;
        call.prepare();
        // Opens every jar on the class path, of which a program with one library has a few.
        FirstCall.class.getResource("/none");
        long begin = System.nanoTime();
        float last = call.last(x);
        double millis = (System.nanoTime() - begin) / 1e6;
        if (last != 1) {
            throw new IllegalStateException("relu(1) is 1, not " + last);
        }
        System.out.println(String.format(Locale.ROOT, "%.3f", millis));
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }
}
