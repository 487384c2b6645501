package dev.rectifier.benchmarks.contenders;

import static org.tensorflow.internal.c_api.global.tensorflow.TFE_ContextOptionsSetConfig;
import static org.tensorflow.internal.c_api.global.tensorflow.TFE_DeleteOp;
import static org.tensorflow.internal.c_api.global.tensorflow.TFE_DeleteTensorHandle;
import static org.tensorflow.internal.c_api.global.tensorflow.TFE_Execute;
import static org.tensorflow.internal.c_api.global.tensorflow.TFE_NewContext;
import static org.tensorflow.internal.c_api.global.tensorflow.TFE_NewContextOptions;
import static org.tensorflow.internal.c_api.global.tensorflow.TFE_NewOp;
import static org.tensorflow.internal.c_api.global.tensorflow.TFE_NewTensorHandle;
import static org.tensorflow.internal.c_api.global.tensorflow.TFE_OpAddInput;
import static org.tensorflow.internal.c_api.global.tensorflow.TFE_OpSetAttrFloat;
import static org.tensorflow.internal.c_api.global.tensorflow.TFE_OpSetAttrInt;
import static org.tensorflow.internal.c_api.global.tensorflow.TFE_OpSetAttrType;
import static org.tensorflow.internal.c_api.global.tensorflow.TFE_TensorHandleResolve;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_AllocateTensor;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DOUBLE;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeleteTensor;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_FLOAT;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_INT64;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_TensorData;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_Version;

import dev.rectifier.DType;
import dev.rectifier.RRelu;
import dev.rectifier.Span;
import dev.rectifier.benchmarks.Adapter;
import dev.rectifier.benchmarks.Functions;
import dev.rectifier.benchmarks.Operand;
import dev.rectifier.benchmarks.Operation;
import dev.rectifier.benchmarks.Task;
import dev.rectifier.benchmarks.Work;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.tensorflow.internal.c_api.TFE_Context;
import org.tensorflow.internal.c_api.TFE_ContextOptions;
import org.tensorflow.internal.c_api.TFE_Op;
import org.tensorflow.internal.c_api.TFE_TensorHandle;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.TF_Tensor;
import org.tensorflow.proto.ConfigProto;

/**
 * TensorFlow through JavaCPP: one operation of its C API, carried out at once. Its result is always
 * a new tensor. A function takes part if TensorFlow has it as one operation; so does a gradient.
 */
public final class TensorFlow implements Adapter {
    private static final BytePointer ALPHA = new BytePointer("alpha");

    /** An operation by its name in the native library, with the slope below zero if it has one. */
    private record Kernel(String name, Optional<Float> slope) {
        Kernel(String name) {
            this(name, Optional.empty());
        }

        Kernel(String name, double slope) {
            this(name, Optional.of((float) slope));
        }

        /** A slope is a float, which is another one than ours in double. */
        boolean has(DType dtype) {
            return dtype == DType.FLOAT32 || slope.isEmpty();
        }

        boolean takesGradientFirst() {
            return !name.equals("SigmoidGrad") && !name.equals("TanhGrad");
        }

        void setAttributes(TFE_Op op) {
            slope.ifPresent(alpha -> TFE_OpSetAttrFloat(op, ALPHA, alpha));
        }
    }

    private static final Map<String, Kernel> FORWARD = new HashMap<>();
    private static final Map<String, Kernel> BACKWARD = new HashMap<>();
    private static final Map<String, Kernel> FROM_OUTPUT = new HashMap<>();
    private static final Map<String, String> FILLS =
            Map.of(
                    "uniform", "RandomUniform",
                    "normal", "RandomStandardNormal",
                    "truncatedNormal", "TruncatedNormal");

    static {
        double rreluSlope = new RRelu().inference().parameter(0);
        FORWARD.put("elu", new Kernel("Elu"));
        FORWARD.put("exponential", new Kernel("Exp"));
        FORWARD.put("leakyRelu", new Kernel("LeakyRelu", 0.01));
        FORWARD.put("logSoftmax", new Kernel("LogSoftmax"));
        FORWARD.put("relu", new Kernel("Relu"));
        FORWARD.put("relu6", new Kernel("Relu6"));
        FORWARD.put(Functions.RRELU_INFERENCE, new Kernel("LeakyRelu", rreluSlope));
        FORWARD.put("selu", new Kernel("Selu"));
        FORWARD.put("sigmoid", new Kernel("Sigmoid"));
        FORWARD.put("softmax", new Kernel("Softmax"));
        FORWARD.put("softplus", new Kernel("Softplus"));
        FORWARD.put("softsign", new Kernel("Softsign"));
        FORWARD.put("tanh", new Kernel("Tanh"));
        putEither("leakyRelu", new Kernel("LeakyReluGrad", 0.01));
        putEither("relu", new Kernel("ReluGrad"));
        putEither("relu6", new Kernel("Relu6Grad"));
        putEither(Functions.RRELU_INFERENCE, new Kernel("LeakyReluGrad", rreluSlope));
        BACKWARD.put("softplus", new Kernel("SoftplusGrad"));
        BACKWARD.put("softsign", new Kernel("SoftsignGrad"));
        FROM_OUTPUT.put("elu", new Kernel("EluGrad"));
        FROM_OUTPUT.put("selu", new Kernel("SeluGrad"));
        FROM_OUTPUT.put("sigmoid", new Kernel("SigmoidGrad"));
        FROM_OUTPUT.put("tanh", new Kernel("TanhGrad"));
    }

    /** A derivative that may be taken at the input or at the output. */
    private static void putEither(String name, Kernel kernel) {
        BACKWARD.put(name, kernel);
        FROM_OUTPUT.put(name, kernel);
    }

    private final TF_Status status = TF_Status.newStatus();
    private final TFE_Context context;

    /** Uses {@code threads} threads. */
    public TensorFlow(int threads) {
        ConfigProto config =
                ConfigProto.newBuilder()
                        .setIntraOpParallelismThreads(threads)
                        .setInterOpParallelismThreads(1)
                        .build();
        TFE_ContextOptions options = TFE_NewContextOptions();
        TFE_ContextOptionsSetConfig(
                options, new BytePointer(config.toByteArray()), config.getSerializedSize(), status);
        status.throwExceptionIfNotOK();
        context = TFE_NewContext(options, status);
        status.throwExceptionIfNotOK();
    }

    @Override
    public String version() {
        return TF_Version().getString();
    }

    @Override
    public Optional<Work> prepare(Task task) {
        return switch (task.kind()) {
            case FILL -> Optional.of(fill(task));
            case FORWARD -> work(task, FORWARD);
            case BACKWARD -> work(task, BACKWARD);
            case FROM_OUTPUT -> work(task, FROM_OUTPUT);
            default -> Optional.empty();
        };
    }

    private Work fill(Task task) {
        TF_Tensor shape = tensor(TF_INT64, Long.BYTES, 1);
        new LongPointer(TF_TensorData(shape)).put(task.length());
        int type = type(task.dtype());
        return new KernelWork(
                task,
                FILLS.get(task.function()),
                op -> {
                    TFE_OpSetAttrType(op, "dtype", type);
                    TFE_OpSetAttrInt(op, "seed", 1);
                },
                List.of(shape));
    }

    private Optional<Work> work(Task task, Map<String, Kernel> kernels) {
        return Optional.ofNullable(kernels.get(Functions.commonName(task.function())))
                .filter(kernel -> kernel.has(task.dtype()))
                .map(kernel -> work(task, kernel));
    }

    private Work work(Task task, Kernel kernel) {
        List<TF_Tensor> inputs = new ArrayList<>();
        for (Operand operand : Operation.of(task).inputs()) {
            TF_Tensor tensor = tensor(type(task.dtype()), task.dtype().bytes(), operand.shape());
            operand.write(span(tensor, task.dtype(), operand.length()));
            inputs.add(tensor);
        }
        if (kernel.takesGradientFirst()) {
            Collections.reverse(inputs);
        }
        return new KernelWork(task, kernel.name(), kernel::setAttributes, inputs);
    }

    private static TF_Tensor tensor(int type, int bytes, long... shape) {
        return TF_AllocateTensor(type, shape, shape.length, Operand.elements(shape) * bytes);
    }

    private static int type(DType dtype) {
        return dtype == DType.FLOAT32 ? TF_FLOAT : TF_DOUBLE;
    }

    private static Span span(TF_Tensor tensor, DType dtype, long length) {
        Pointer data = TF_TensorData(tensor);
        return dtype == DType.FLOAT32
                ? Span.of(new FloatPointer(data).capacity(length))
                : Span.of(new DoublePointer(data).capacity(length));
    }

    /** A call with its inputs and its last result. */
    private final class KernelWork implements Work {
        private final Task task;
        private final BytePointer name;
        private final Consumer<TFE_Op> attributes;
        private final List<TFE_TensorHandle> inputs = new ArrayList<>();
        private final PointerPointer<TFE_TensorHandle> results = new PointerPointer<>(1);
        private final IntPointer count = new IntPointer(1);
        private TFE_TensorHandle result;

        /** Holds the memory of what was asked for last. */
        private TF_Tensor read;

        /**
         * @param attributes sets those that aren't inferred from the inputs
         */
        KernelWork(Task task, String name, Consumer<TFE_Op> attributes, List<TF_Tensor> inputs) {
            this.task = task;
            this.name = new BytePointer(name);
            this.attributes = attributes;
            for (TF_Tensor input : inputs) {
                this.inputs.add(TFE_NewTensorHandle(input, status));
                status.throwExceptionIfNotOK();
                TF_DeleteTensor(input);
            }
        }

        @Override
        public void run() {
            forget();
            TFE_Op op = TFE_NewOp(context, name, status);
            for (TFE_TensorHandle input : inputs) {
                TFE_OpAddInput(op, input, status);
            }
            attributes.accept(op);
            count.put(1);
            TFE_Execute(op, results, count, status);
            TFE_DeleteOp(op);
            status.throwExceptionIfNotOK();
            result = results.get(TFE_TensorHandle.class);
        }

        @Override
        public Span output() {
            if (read == null) {
                read = TFE_TensorHandleResolve(result, status);
                status.throwExceptionIfNotOK();
            }
            return span(read, task.dtype(), task.length());
        }

        private void forget() {
            if (read != null) {
                TF_DeleteTensor(read);
                read = null;
            }
            if (result != null) {
                TFE_DeleteTensorHandle(result);
                result = null;
            }
        }

        @Override
        public void close() {
            forget();
            inputs.forEach(input -> TFE_DeleteTensorHandle(input));
        }
    }
}
