package dev.rectifier.benchmarks.contenders;

import static org.bytedeco.pytorch.global.torch.abs_out;
import static org.bytedeco.pytorch.global.torch.add_out;
import static org.bytedeco.pytorch.global.torch.celu_out;
import static org.bytedeco.pytorch.global.torch.div_out;
import static org.bytedeco.pytorch.global.torch.elu_backward_out;
import static org.bytedeco.pytorch.global.torch.elu_out;
import static org.bytedeco.pytorch.global.torch.empty;
import static org.bytedeco.pytorch.global.torch.exp_out;
import static org.bytedeco.pytorch.global.torch.gelu_backward_out;
import static org.bytedeco.pytorch.global.torch.gelu_out;
import static org.bytedeco.pytorch.global.torch.glu_backward_out;
import static org.bytedeco.pytorch.global.torch.glu_out;
import static org.bytedeco.pytorch.global.torch.grad;
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
import static org.bytedeco.pytorch.global.torch.linear;
import static org.bytedeco.pytorch.global.torch.linear_out;
import static org.bytedeco.pytorch.global.torch.log_sigmoid_out;
import static org.bytedeco.pytorch.global.torch.log_softmax;
import static org.bytedeco.pytorch.global.torch.log_softmax_out;
import static org.bytedeco.pytorch.global.torch.manual_seed;
import static org.bytedeco.pytorch.global.torch.mish_backward;
import static org.bytedeco.pytorch.global.torch.mish_out;
import static org.bytedeco.pytorch.global.torch.mm_out;
import static org.bytedeco.pytorch.global.torch.mul_out;
import static org.bytedeco.pytorch.global.torch.neg_out;
import static org.bytedeco.pytorch.global.torch.prelu;
import static org.bytedeco.pytorch.global.torch.relu_out;
import static org.bytedeco.pytorch.global.torch.rrelu_with_noise_backward_out;
import static org.bytedeco.pytorch.global.torch.rrelu_with_noise_out;
import static org.bytedeco.pytorch.global.torch.set_num_threads;
import static org.bytedeco.pytorch.global.torch.sigmoid_backward_out;
import static org.bytedeco.pytorch.global.torch.sigmoid_out;
import static org.bytedeco.pytorch.global.torch.silu_backward_out;
import static org.bytedeco.pytorch.global.torch.silu_out;
import static org.bytedeco.pytorch.global.torch.softmax;
import static org.bytedeco.pytorch.global.torch.softmax_out;
import static org.bytedeco.pytorch.global.torch.softplus_backward_out;
import static org.bytedeco.pytorch.global.torch.softplus_out;
import static org.bytedeco.pytorch.global.torch.softshrink_backward_out;
import static org.bytedeco.pytorch.global.torch.softshrink_out;
import static org.bytedeco.pytorch.global.torch.sub_out;
import static org.bytedeco.pytorch.global.torch.sum_out;
import static org.bytedeco.pytorch.global.torch.tanh_backward_out;
import static org.bytedeco.pytorch.global.torch.tanh_out;
import static org.bytedeco.pytorch.global.torch.threshold_backward_out;
import static org.bytedeco.pytorch.global.torch.threshold_out;

import dev.rectifier.DType;
import dev.rectifier.RRelu;
import dev.rectifier.Span;
import dev.rectifier.benchmarks.Adapter;
import dev.rectifier.benchmarks.Functions;
import dev.rectifier.benchmarks.Inputs;
import dev.rectifier.benchmarks.MaskedSoftmaxOperation;
import dev.rectifier.benchmarks.Operand;
import dev.rectifier.benchmarks.Operation;
import dev.rectifier.benchmarks.Task;
import dev.rectifier.benchmarks.Versions;
import dev.rectifier.benchmarks.Work;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** PyTorch through JavaCPP: its C++ functions that write into a tensor which is there before. */
public final class PyTorch implements Adapter {
    private static final Scalar ZERO = new Scalar(0.0);
    private static final Scalar HALF = new Scalar(0.5);
    private static final Scalar ONE = new Scalar(1.0);
    private static final Scalar SIX = new Scalar(6.0);
    private static final Scalar MINUS_ONE = new Scalar(-1.0);
    private static final Scalar LEAKY_SLOPE = new Scalar(0.01);
    private static final RRelu RRELU = new RRelu();
    private static final Scalar RRELU_LOWER = new Scalar(RRELU.lower());
    private static final Scalar RRELU_UPPER = new Scalar(RRELU.upper());
    private static final Scalar RRELU_SLOPE = new Scalar(RRELU.inference().parameter(0));
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

    /** Any call, made ready. */
    @FunctionalInterface
    private interface Other {
        /** The call, which returns what it has written: always the same tensors, or new ones. */
        Supplier<List<Tensor>> on(List<Tensor> in, List<Tensor> out);
    }

    private static final Map<String, Forward> FORWARD = new HashMap<>();
    private static final Map<String, Backward> BACKWARD = new HashMap<>();
    private static final Map<String, Backward> FROM_OUTPUT = new HashMap<>();

    /** By the beginning of the task's label. */
    private static final Map<String, Other> OTHERS = new HashMap<>();

    static {
        FORWARD.put("celu", (y, x) -> celu_out(y, x, ONE));
        FORWARD.put("elu", (y, x) -> elu_out(y, x, ONE, ONE, ONE));
        FORWARD.put("exponential", (y, x) -> exp_out(y, x));
        FORWARD.put("gelu", (y, x) -> gelu_out(y, x, "none"));
        FORWARD.put("geluTanh", (y, x) -> gelu_out(y, x, "tanh"));
        FORWARD.put("hardShrink", (y, x) -> hardshrink_out(y, x, HALF));
        FORWARD.put("hardSigmoid", (y, x) -> hardsigmoid_out(y, x));
        FORWARD.put("hardSwish", (y, x) -> hardswish_out(y, x));
        FORWARD.put("glu", (y, x) -> glu_out(y, x, -1));
        FORWARD.put("hardTanh", (y, x) -> hardtanh_out(y, x, MINUS_ONE, ONE));
        FORWARD.put("leakyRelu", (y, x) -> leaky_relu_out(y, x, LEAKY_SLOPE));
        FORWARD.put("logSoftmax", (y, x) -> log_softmax_out(y, x, -1));
        FORWARD.put("logSigmoid", (y, x) -> log_sigmoid_out(y, x));
        FORWARD.put("mish", (y, x) -> mish_out(y, x));
        FORWARD.put("relu", (y, x) -> relu_out(y, x));
        FORWARD.put("relu6", (y, x) -> hardtanh_out(y, x, ZERO, SIX));
        FORWARD.put(Functions.RRELU_INFERENCE, (y, x) -> leaky_relu_out(y, x, RRELU_SLOPE));
        FORWARD.put("selu", (y, x) -> elu_out(y, x, SELU_ALPHA, SELU_SCALE, ONE));
        FORWARD.put("sigmoid", (y, x) -> sigmoid_out(y, x));
        FORWARD.put("silu", (y, x) -> silu_out(y, x));
        FORWARD.put("softmax", (y, x) -> softmax_out(y, x, -1));
        FORWARD.put("softmin", (y, x) -> softmax_out(y, neg_out(y, x), -1));
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
        put(
                Functions.RRELU_INFERENCE,
                isResult ->
                        (dx, dy, v) -> leaky_relu_backward_out(dx, dy, v, RRELU_SLOPE, isResult));
        put("relu", isResult -> (dx, dy, v) -> threshold_backward_out(dx, dy, v, ZERO));
        put("relu6", isResult -> (dx, dy, v) -> hardtanh_backward_out(dx, dy, v, ZERO, SIX));
        put(
                "hardTanh",
                isResult -> (dx, dy, v) -> hardtanh_backward_out(dx, dy, v, MINUS_ONE, ONE));
        put("threshold", isResult -> (dx, dy, v) -> threshold_backward_out(dx, dy, v, ONE));
        BACKWARD.put("gelu", (dx, dy, x) -> gelu_backward_out(dx, dy, x, "none"));
        BACKWARD.put("geluTanh", (dx, dy, x) -> gelu_backward_out(dx, dy, x, "tanh"));
        BACKWARD.put("glu", (dx, dy, x) -> glu_backward_out(dx, dy, x, -1));
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

        OTHERS.put("forward/prelu", (in, out) -> () -> List.of(prelu(in.get(0), in.get(1))));
        OTHERS.put("forward/learnedSwish", PyTorch::learnedSwish);
        OTHERS.put("forward/rrelu", PyTorch::rrelu);
        OTHERS.put("backward/rrelu", PyTorch::rreluBackward);
        OTHERS.put(
                "backward/prelu",
                (in, out) -> {
                    List<Tensor> leaves = leaves(in.subList(0, 2));
                    return gradients(prelu(leaves.get(0), leaves.get(1)), in.get(2), leaves);
                });
        OTHERS.put("from-output/softmax", (in, out) -> slices(in, x -> softmax(x, -1)));
        OTHERS.put("from-output/logSoftmax", (in, out) -> slices(in, x -> log_softmax(x, -1)));
        OTHERS.put("forward/swiGlu", (in, out) -> gated(in, out, (y, x) -> silu_out(y, x)));
        OTHERS.put("forward/geGlu", (in, out) -> gated(in, out, (y, x) -> gelu_out(y, x, "none")));
        OTHERS.put("forward/reGlu", (in, out) -> gated(in, out, (y, x) -> relu_out(y, x)));
        OTHERS.put("forward/maskedSoftmax", PyTorch::maskedSoftmax);
        OTHERS.put("dense-forward", PyTorch::denseForward);
        OTHERS.put("dense-backward", PyTorch::denseBackward);
        OTHERS.put("serve", PyTorch::serve);
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

    private static Supplier<List<Tensor>> learnedSwish(List<Tensor> in, List<Tensor> out) {
        Tensor x = in.get(0);
        Tensor gate = out.get(0).clone();
        return () -> {
            mul_out(gate, x, in.get(1));
            gate.sigmoid_();
            mul_out(out.get(0), x, gate);
            return out;
        };
    }

    /** As its users write it: the gate into a tensor, and the product. */
    private static Supplier<List<Tensor>> gated(List<Tensor> in, List<Tensor> out, Forward gate) {
        Tensor y = out.get(0);
        long columns = y.size(1);
        Tensor values = in.get(0).narrow(1, 0, columns);
        Tensor gates = in.get(0).narrow(1, columns, columns);
        Tensor opened = y.clone();
        return () -> {
            gate.into(opened, gates);
            mul_out(y, values, opened);
            return out;
        };
    }

    private static Supplier<List<Tensor>> maskedSoftmax(List<Tensor> in, List<Tensor> out) {
        Tensor y = out.get(0);
        Tensor logits = y.clone();
        Scalar scale = new Scalar(MaskedSoftmaxOperation.SCALE);
        return () -> {
            // mask + scale * x
            add_out(logits, in.get(1), in.get(0), scale);
            softmax_out(y, logits, -1);
            return out;
        };
    }

    private static Supplier<List<Tensor>> rrelu(List<Tensor> in, List<Tensor> out) {
        Tensor noise = out.get(0).clone();
        GeneratorOptional generator = new GeneratorOptional();
        return () -> {
            rrelu_with_noise_out(
                    out.get(0), in.get(0), noise, RRELU_LOWER, RRELU_UPPER, true, generator);
            return out;
        };
    }

    private static Supplier<List<Tensor>> rreluBackward(List<Tensor> in, List<Tensor> out) {
        Tensor noise = out.get(0).clone();
        rrelu_with_noise_out(
                out.get(0),
                in.get(0),
                noise,
                RRELU_LOWER,
                RRELU_UPPER,
                true,
                new GeneratorOptional());
        return () -> {
            rrelu_with_noise_backward_out(
                    out.get(0), in.get(1), in.get(0), noise, RRELU_LOWER, RRELU_UPPER, true, false);
            return out;
        };
    }

    private static List<Tensor> leaves(List<Tensor> tensors) {
        return tensors.stream().map(tensor -> tensor.set_requires_grad(true)).toList();
    }

    /** By autograd, which keeps the graph. */
    private static Supplier<List<Tensor>> gradients(Tensor y, Tensor dy, List<Tensor> of) {
        TensorVector ys = new TensorVector(y);
        TensorVector dys = new TensorVector(dy);
        TensorVector leaves = new TensorVector(of.toArray(Tensor[]::new));
        BoolOptional retain = new BoolOptional(true);
        return () -> {
            try (TensorVector found = grad(ys, leaves, dys, retain, false, false)) {
                // The vector owns those that it gives.
                return Arrays.stream(found.get()).map(Tensor::new).toList();
            }
        };
    }

    /** The gradient of a function along the rows, of which autograd wants to see the input. */
    private static Supplier<List<Tensor>> slices(List<Tensor> in, UnaryOperator<Tensor> f) {
        Tensor x = in.get(0);
        for (long i = 0; i < x.numel(); i++) {
            span(x).set(i, Inputs.x(i));
        }
        List<Tensor> leaves = leaves(List.of(x));
        return gradients(f.apply(leaves.get(0)), in.get(1), leaves);
    }

    private static Supplier<List<Tensor>> denseForward(List<Tensor> in, List<Tensor> out) {
        Tensor y = out.get(0);
        Tensor w = in.get(1).t().contiguous();
        TensorOptional b = new TensorOptional(in.get(2));
        return () -> {
            linear_out(y, in.get(0), w, b);
            y.relu_();
            return out;
        };
    }

    private static Supplier<List<Tensor>> serve(List<Tensor> in, List<Tensor> out) {
        int layers = (in.size() - 1) / 2;
        List<Tensor> rows = new ArrayList<>(List.of(in.get(0)));
        List<Tensor> kernels = new ArrayList<>();
        List<TensorOptional> biases = new ArrayList<>();
        for (int l = 0; l < layers; l++) {
            kernels.add(in.get(2 * l + 1).t().contiguous());
            biases.add(new TensorOptional(in.get(2 * l + 2)));
            rows.add(l == layers - 1 ? out.get(0) : linear(rows.get(l), kernels.get(l)));
        }
        return () -> {
            for (int l = 0; l < layers; l++) {
                linear_out(rows.get(l + 1), rows.get(l), kernels.get(l), biases.get(l));
                if (l < layers - 1) {
                    rows.get(l + 1).relu_();
                }
            }
            return out;
        };
    }

    private static Supplier<List<Tensor>> denseBackward(List<Tensor> in, List<Tensor> out) {
        Tensor w = in.get(1).t().contiguous();
        Tensor dw = out.get(1).t().contiguous();
        Tensor dz = in.get(2).clone();
        Tensor transposedDz = dz.t();
        // As a view of the transposed matrix, it has the order of ours when it is read.
        List<Tensor> written = List.of(out.get(0), dw.t(), out.get(2));
        return () -> {
            threshold_backward_out(dz, in.get(3), in.get(2), ZERO);
            mm_out(out.get(0), dz, w);
            mm_out(dw, transposedDz, in.get(0));
            sum_out(out.get(2), dz, 0);
            return written;
        };
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
        Optional<Work> work =
                switch (task.kind()) {
                    case FILL -> Optional.of(fill(task));
                    case FORWARD ->
                            Optional.ofNullable(FORWARD.get(function)).map(f -> work(task, f));
                    case BACKWARD ->
                            Optional.ofNullable(BACKWARD.get(function)).map(f -> work(task, f));
                    case FROM_OUTPUT ->
                            Optional.ofNullable(FROM_OUTPUT.get(function)).map(f -> work(task, f));
                    default -> Optional.empty();
                };
        return work.or(
                () ->
                        OTHERS.keySet().stream()
                                .filter(
                                        label ->
                                                (task.label() + "/").startsWith(label + "/")
                                                        || task.label().startsWith(label + ":"))
                                .findFirst()
                                .map(label -> new TensorsWork(OTHERS.get(label), task)));
    }

    private static Work work(Task task, Forward f) {
        Tensor x = inputs(task).get(0);
        Tensor y = outputs(task).get(0);
        return new TensorWork(() -> f.into(y, x), y, x);
    }

    private static Work work(Task task, Backward f) {
        List<Tensor> in = inputs(task);
        Tensor source = in.get(0);
        Tensor dy = in.get(1);
        Tensor dx = outputs(task).get(0);
        return new TensorWork(() -> f.into(dx, dy, source), dx, dy, source);
    }

    private static Work fill(Task task) {
        Tensor out = outputs(task).get(0);
        GeneratorOptional generator = new GeneratorOptional();
        return new TensorWork(
                switch (task.function()) {
                    case "uniform" -> () -> out.uniform_(0, 1, generator);
                    case "normal" -> () -> out.normal_(0, 1, generator);
                    default -> truncatedNormal(out, generator);
                },
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

    private static List<Tensor> inputs(Task task) {
        List<Tensor> tensors = new ArrayList<>();
        for (Operand operand : Operation.of(task).inputs()) {
            Tensor tensor = tensor(task.dtype(), operand.shape());
            operand.write(span(tensor));
            tensors.add(tensor);
        }
        return tensors;
    }

    private static List<Tensor> outputs(Task task) {
        return Operation.of(task).outputs().stream()
                .map(shape -> tensor(task.dtype(), shape))
                .toList();
    }

    private static Tensor tensor(DType dtype, long... shape) {
        ScalarType type = dtype == DType.FLOAT32 ? ScalarType.Float : ScalarType.Double;
        Tensor tensor = empty(shape).to(type);
        // So that its pages are there before anything is timed.
        return tensor.zero_();
    }

    private static Span span(Tensor tensor) {
        return tensor.scalar_type().intern() == ScalarType.Float
                ? Span.of(tensor.data_ptr_float().capacity(tensor.numel()))
                : Span.of(tensor.data_ptr_double().capacity(tensor.numel()));
    }

    private static final class TensorWork implements Work {
        private final Supplier<Tensor> call;
        private final Tensor output;
        private final Tensor[] inputs;
        private Tensor result;

        /**
         * @param call returns {@code output} after writing into it, or else a new tensor
         */
        TensorWork(Supplier<Tensor> call, Tensor output, Tensor... inputs) {
            this.call = call;
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
            return span(result);
        }

        @Override
        public void close() {
            output.close();
            for (Tensor input : inputs) {
                input.close();
            }
        }
    }

    /** A call with several inputs or outputs, or with results that are new tensors. */
    private static final class TensorsWork implements Work {
        private final List<Tensor> in;
        private final List<Tensor> out;
        private final Supplier<List<Tensor>> call;
        private List<Tensor> results = List.of();

        /** Holds the memory of what was asked for last: it would be freed with its tensors. */
        private List<Tensor> read = List.of();

        TensorsWork(Other other, Task task) {
            in = PyTorch.inputs(task);
            out = PyTorch.outputs(task);
            call = other.on(in, out);
        }

        @Override
        public void run() {
            List<Tensor> last = results;
            results = call.get();
            if (results != last) {
                last.forEach(Tensor::close);
            }
        }

        @Override
        public Span output() {
            return outputs().get(0);
        }

        @Override
        public List<Span> outputs() {
            read = results.stream().map(Tensor::contiguous).toList();
            return read.stream().map(PyTorch::span).toList();
        }

        @Override
        public void close() {
            Stream.of(in, out, results).flatMap(List::stream).forEach(Tensor::close);
        }
    }
}
