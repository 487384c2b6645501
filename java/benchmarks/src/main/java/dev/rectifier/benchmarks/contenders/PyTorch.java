package dev.rectifier.benchmarks.contenders;

import static org.bytedeco.pytorch.global.torch.abs_out;
import static org.bytedeco.pytorch.global.torch.celu_out;
import static org.bytedeco.pytorch.global.torch.div_out;
import static org.bytedeco.pytorch.global.torch.elu_backward_out;
import static org.bytedeco.pytorch.global.torch.elu_out;
import static org.bytedeco.pytorch.global.torch.empty;
import static org.bytedeco.pytorch.global.torch.exp_out;
import static org.bytedeco.pytorch.global.torch.gelu_backward_out;
import static org.bytedeco.pytorch.global.torch.gelu_out;
import static org.bytedeco.pytorch.global.torch.hardshrink_backward_out;
import static org.bytedeco.pytorch.global.torch.hardshrink_out;
import static org.bytedeco.pytorch.global.torch.hardsigmoid_backward_out;
import static org.bytedeco.pytorch.global.torch.hardsigmoid_out;
import static org.bytedeco.pytorch.global.torch.hardswish_backward_out;
import static org.bytedeco.pytorch.global.torch.hardswish_out;
import static org.bytedeco.pytorch.global.torch.hardtanh_backward_out;
import static org.bytedeco.pytorch.global.torch.hardtanh_out;
import static org.bytedeco.pytorch.global.torch.leaky_relu_backward_out;
import static org.bytedeco.pytorch.global.torch.leaky_relu_out;
import static org.bytedeco.pytorch.global.torch.log_sigmoid_out;
import static org.bytedeco.pytorch.global.torch.manual_seed;
import static org.bytedeco.pytorch.global.torch.mish_backward;
import static org.bytedeco.pytorch.global.torch.mish_out;
import static org.bytedeco.pytorch.global.torch.relu_out;
import static org.bytedeco.pytorch.global.torch.set_num_threads;
import static org.bytedeco.pytorch.global.torch.sigmoid_backward_out;
import static org.bytedeco.pytorch.global.torch.sigmoid_out;
import static org.bytedeco.pytorch.global.torch.silu_backward_out;
import static org.bytedeco.pytorch.global.torch.silu_out;
import static org.bytedeco.pytorch.global.torch.softplus_backward_out;
import static org.bytedeco.pytorch.global.torch.softplus_out;
import static org.bytedeco.pytorch.global.torch.softshrink_backward_out;
import static org.bytedeco.pytorch.global.torch.softshrink_out;
import static org.bytedeco.pytorch.global.torch.sub_out;
import static org.bytedeco.pytorch.global.torch.tanh_backward_out;
import static org.bytedeco.pytorch.global.torch.tanh_out;
import static org.bytedeco.pytorch.global.torch.threshold_backward_out;
import static org.bytedeco.pytorch.global.torch.threshold_out;

import dev.rectifier.DType;
import dev.rectifier.Span;
import dev.rectifier.benchmarks.Adapter;
import dev.rectifier.benchmarks.Functions;
import dev.rectifier.benchmarks.Inputs;
import dev.rectifier.benchmarks.Task;
import dev.rectifier.benchmarks.Versions;
import dev.rectifier.benchmarks.Work;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** PyTorch through JavaCPP: its C++ functions that write into a tensor which is there before. */
public final class PyTorch implements Adapter {
    private static final Scalar ZERO = new Scalar(0.0);
    private static final Scalar HALF = new Scalar(0.5);
    private static final Scalar ONE = new Scalar(1.0);
    private static final Scalar SIX = new Scalar(6.0);
    private static final Scalar MINUS_ONE = new Scalar(-1.0);
    private static final Scalar LEAKY_SLOPE = new Scalar(0.01);
    private static final Scalar SELU_ALPHA = new Scalar(1.6732632423543772848170429916717);
    private static final Scalar SELU_SCALE = new Scalar(1.0507009873554804934193349852946);

    /** Where PyTorch's softplus turns into the identity: its default. */
    private static final Scalar SOFTPLUS_THRESHOLD = new Scalar(20.0);

    /** y = f(x). */
    @FunctionalInterface
    private interface Forward {
        Tensor into(Tensor y, Tensor x);
    }

    /** dx = f'·dy, where f' is taken at x or y. */
    @FunctionalInterface
    private interface Backward {
        Tensor into(Tensor dx, Tensor dy, Tensor source);
    }

    private static final Map<String, Forward> FORWARD = new HashMap<>();
    private static final Map<String, Backward> BACKWARD = new HashMap<>();
    private static final Map<String, Backward> FROM_OUTPUT = new HashMap<>();

    static {
        FORWARD.put("celu", (y, x) -> celu_out(y, x, ONE));
        FORWARD.put("elu", (y, x) -> elu_out(y, x, ONE, ONE, ONE));
        FORWARD.put("exponential", (y, x) -> exp_out(y, x));
        FORWARD.put("gelu", (y, x) -> gelu_out(y, x, "none"));
        FORWARD.put("geluTanh", (y, x) -> gelu_out(y, x, "tanh"));
        FORWARD.put("hardShrink", (y, x) -> hardshrink_out(y, x, HALF));
        FORWARD.put("hardSigmoid", (y, x) -> hardsigmoid_out(y, x));
        FORWARD.put("hardSwish", (y, x) -> hardswish_out(y, x));
        FORWARD.put("hardTanh", (y, x) -> hardtanh_out(y, x, MINUS_ONE, ONE));
        FORWARD.put("leakyRelu", (y, x) -> leaky_relu_out(y, x, LEAKY_SLOPE));
        FORWARD.put("logSigmoid", (y, x) -> log_sigmoid_out(y, x));
        FORWARD.put("mish", (y, x) -> mish_out(y, x));
        FORWARD.put("relu", (y, x) -> relu_out(y, x));
        FORWARD.put("relu6", (y, x) -> hardtanh_out(y, x, ZERO, SIX));
        FORWARD.put("selu", (y, x) -> elu_out(y, x, SELU_ALPHA, SELU_SCALE, ONE));
        FORWARD.put("sigmoid", (y, x) -> sigmoid_out(y, x));
        FORWARD.put("silu", (y, x) -> silu_out(y, x));
        FORWARD.put("softShrink", (y, x) -> softshrink_out(y, x, HALF));
        FORWARD.put("softsign", PyTorch::softsign);
        FORWARD.put("softplus", (y, x) -> softplus_out(y, x, ONE, SOFTPLUS_THRESHOLD));
        FORWARD.put("tanh", (y, x) -> tanh_out(y, x));
        FORWARD.put("tanhShrink", (y, x) -> sub_out(y, x, tanh_out(y, x)));
        FORWARD.put("threshold", (y, x) -> threshold_out(y, x, ONE, ZERO));

        put("celu", isResult -> (dx, dy, v) -> eluBackward(dx, dy, v, ONE, ONE, isResult));
        put("elu", isResult -> (dx, dy, v) -> eluBackward(dx, dy, v, ONE, ONE, isResult));
        put(
                "selu",
                isResult ->
                        (dx, dy, v) -> eluBackward(dx, dy, v, SELU_ALPHA, SELU_SCALE, isResult));
        put(
                "leakyRelu",
                isResult ->
                        (dx, dy, v) -> leaky_relu_backward_out(dx, dy, v, LEAKY_SLOPE, isResult));
        put("relu", isResult -> (dx, dy, v) -> threshold_backward_out(dx, dy, v, ZERO));
        put("relu6", isResult -> (dx, dy, v) -> hardtanh_backward_out(dx, dy, v, ZERO, SIX));
        put(
                "hardTanh",
                isResult -> (dx, dy, v) -> hardtanh_backward_out(dx, dy, v, MINUS_ONE, ONE));
        put("threshold", isResult -> (dx, dy, v) -> threshold_backward_out(dx, dy, v, ONE));
        BACKWARD.put("gelu", (dx, dy, x) -> gelu_backward_out(dx, dy, x, "none"));
        BACKWARD.put("geluTanh", (dx, dy, x) -> gelu_backward_out(dx, dy, x, "tanh"));
        BACKWARD.put("hardShrink", (dx, dy, x) -> hardshrink_backward_out(dx, dy, x, HALF));
        BACKWARD.put("hardSigmoid", (dx, dy, x) -> hardsigmoid_backward_out(dx, dy, x));
        BACKWARD.put("hardSwish", (dx, dy, x) -> hardswish_backward_out(dx, dy, x));
        BACKWARD.put("mish", (dx, dy, x) -> mish_backward(dy, x));
        BACKWARD.put("silu", (dx, dy, x) -> silu_backward_out(dx, dy, x));
        BACKWARD.put("softShrink", (dx, dy, x) -> softshrink_backward_out(dx, dy, x, HALF));
        BACKWARD.put(
                "softplus",
                (dx, dy, x) -> softplus_backward_out(dx, dy, x, ONE, SOFTPLUS_THRESHOLD));
        FROM_OUTPUT.put("sigmoid", (dx, dy, y) -> sigmoid_backward_out(dx, dy, y));
        FROM_OUTPUT.put("tanh", (dx, dy, y) -> tanh_backward_out(dx, dy, y));
    }

    /** A derivative that may be taken at the input or at the output. */
    @FunctionalInterface
    private interface Either {
        Backward at(boolean isResult);
    }

    private static void put(String name, Either backward) {
        BACKWARD.put(name, backward.at(false));
        FROM_OUTPUT.put(name, backward.at(true));
    }

    private static Tensor softsign(Tensor y, Tensor x) {
        abs_out(y, x);
        y.add_(ONE);
        return div_out(y, x, y);
    }

    private static Tensor eluBackward(
            Tensor dx, Tensor dy, Tensor v, Scalar alpha, Scalar scale, boolean isResult) {
        return elu_backward_out(dx, dy, alpha, scale, ONE, isResult, v);
    }

    /** Uses {@code threads} threads. */
    public PyTorch(int threads) {
        set_num_threads(threads);
        manual_seed(1);
    }

    @Override
    public String version() {
        return Versions.of("pytorch");
    }

    @Override
    public Optional<Work> prepare(Task task) {
        String function = Functions.commonName(task.function());
        return switch (task.kind()) {
            case FILL -> Optional.of(fill(task));
            case FORWARD -> Optional.ofNullable(FORWARD.get(function)).map(f -> work(task, f));
            case BACKWARD -> Optional.ofNullable(BACKWARD.get(function)).map(f -> work(task, f));
            case FROM_OUTPUT ->
                    Optional.ofNullable(FROM_OUTPUT.get(function)).map(f -> work(task, f));
        };
    }

    private static Work work(Task task, Forward f) {
        Tensor x = source(task);
        Tensor y = tensor(task);
        return new TensorWork(() -> f.into(y, x), task, y, x);
    }

    private static Work work(Task task, Backward f) {
        Tensor source = source(task);
        Tensor dy = tensor(task);
        Inputs.writeDy(span(dy, task));
        Tensor dx = tensor(task);
        return new TensorWork(() -> f.into(dx, dy, source), task, dx, dy, source);
    }

    private static Work fill(Task task) {
        Tensor out = tensor(task);
        GeneratorOptional generator = new GeneratorOptional();
        return new TensorWork(
                switch (task.function()) {
                    case "uniform" -> () -> out.uniform_(0, 1, generator);
                    case "normal" -> () -> out.normal_(0, 1, generator);
                    default -> truncatedNormal(out, generator);
                },
                task,
                out);
    }

    private static Supplier<Tensor> truncatedNormal(Tensor out, GeneratorOptional generator) {
        double erfOfCut = 0.95449973610364158;
        Scalar sqrt2 = new Scalar(Math.sqrt(2));
        ScalarOptional low = new ScalarOptional(new Scalar(-2.0));
        ScalarOptional high = new ScalarOptional(new Scalar(2.0));
        return () -> {
            out.uniform_(-erfOfCut, erfOfCut, generator);
            out.erfinv_();
            out.mul_(sqrt2);
            out.add_(ZERO);
            return out.clamp_(low, high);
        };
    }

    private static Tensor source(Task task) {
        Tensor source = tensor(task);
        Inputs.writeSource(task, span(source, task));
        return source;
    }

    private static Tensor tensor(Task task) {
        ScalarType type = task.dtype() == DType.FLOAT32 ? ScalarType.Float : ScalarType.Double;
        Tensor tensor = empty(task.length()).to(type);
        // So that its pages are there before anything is timed.
        return tensor.zero_();
    }

    private static Span span(Tensor tensor, Task task) {
        return task.dtype() == DType.FLOAT32
                ? Span.of(tensor.data_ptr_float().capacity(task.length()))
                : Span.of(tensor.data_ptr_double().capacity(task.length()));
    }

    private static final class TensorWork implements Work {
        private final Supplier<Tensor> call;
        private final Task task;
        private final Tensor output;
        private final Tensor[] inputs;
        private Tensor result;

        /**
         * @param call returns {@code output} after writing into it, or else a new tensor
         */
        TensorWork(Supplier<Tensor> call, Task task, Tensor output, Tensor... inputs) {
            this.call = call;
            this.task = task;
            this.output = output;
            this.inputs = inputs;
            result = output;
        }

        @Override
        public void run() {
            if (result != output) {
                result.close();
            }
            result = call.get();
        }

        @Override
        public Span output() {
            return span(result, task);
        }

        @Override
        public void close() {
            output.close();
            for (Tensor input : inputs) {
                input.close();
            }
        }
    }
}
