package dev.rectifier.benchmarks.contenders;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import dev.rectifier.DType;
import dev.rectifier.RRelu;
import dev.rectifier.Span;
import dev.rectifier.benchmarks.Adapter;
import dev.rectifier.benchmarks.Functions;
import dev.rectifier.benchmarks.Operand;
import dev.rectifier.benchmarks.Operation;
import dev.rectifier.benchmarks.Task;
import dev.rectifier.benchmarks.Task.Kind;
import dev.rectifier.benchmarks.Versions;
import dev.rectifier.benchmarks.Work;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.eltwise_backward;
import org.bytedeco.dnnl.eltwise_forward;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.softmax_forward;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.FloatPointer;

/** oneDNN through JavaCPP: a primitive, made beforehand. It has float alone. */
public final class OneDnn implements Adapter {
    /** An algorithm with its two parameters. */
    private record Eltwise(algorithm algorithm, float alpha, float beta) {}

    private static final Map<String, Eltwise> FROM_INPUT = new HashMap<>();
    private static final Map<String, Eltwise> FROM_OUTPUT = new HashMap<>();
    private static final Map<String, algorithm> SLICES =
            Map.of("softmax", algorithm.softmax_accurate, "logSoftmax", algorithm.softmax_log);

    static {
        put("elu", algorithm.eltwise_elu, 1, 0);
        put("exponential", algorithm.eltwise_exp, 0, 0);
        put("gelu", algorithm.eltwise_gelu_erf, 0, 0);
        put("geluTanh", algorithm.eltwise_gelu_tanh, 0, 0);
        put("hardSigmoid", algorithm.eltwise_hardsigmoid, 1 / 6f, 0.5f);
        put("hardSwish", algorithm.eltwise_hardswish, 1 / 6f, 0.5f);
        put("hardTanh", algorithm.eltwise_clip_v2, -1, 1);
        put("leakyRelu", algorithm.eltwise_relu, 0.01f, 0);
        put("linear", algorithm.eltwise_linear, 1, 0);
        put("logSigmoid", algorithm.eltwise_soft_relu, -1, 0);
        put("mish", algorithm.eltwise_mish, 0, 0);
        put("relu", algorithm.eltwise_relu, 0, 0);
        put("relu6", algorithm.eltwise_clip_v2, 0, 6);
        put(
                Functions.RRELU_INFERENCE,
                algorithm.eltwise_relu,
                (float) new RRelu().inference().parameter(0),
                0);
        put("sigmoid", algorithm.eltwise_logistic, 0, 0);
        put("silu", algorithm.eltwise_swish, 1, 0);
        put("softplus", algorithm.eltwise_soft_relu, 1, 0);
        put("sparseSigmoid", algorithm.eltwise_hardsigmoid, 0.5f, 0.5f);
        put("tanh", algorithm.eltwise_tanh, 0, 0);
        putFromOutput("elu", algorithm.eltwise_elu_use_dst_for_bwd, 1, 0);
        putFromOutput("exponential", algorithm.eltwise_exp_use_dst_for_bwd, 0, 0);
        putFromOutput("hardTanh", algorithm.eltwise_clip_v2_use_dst_for_bwd, -1, 1);
        putFromOutput("leakyRelu", algorithm.eltwise_relu_use_dst_for_bwd, 0.01f, 0);
        putFromOutput("relu", algorithm.eltwise_relu_use_dst_for_bwd, 0, 0);
        putFromOutput("relu6", algorithm.eltwise_clip_v2_use_dst_for_bwd, 0, 6);
        putFromOutput("sigmoid", algorithm.eltwise_logistic_use_dst_for_bwd, 0, 0);
        putFromOutput("tanh", algorithm.eltwise_tanh_use_dst_for_bwd, 0, 0);
    }

    private static void put(String name, algorithm algorithm, float alpha, float beta) {
        FROM_INPUT.put(name, new Eltwise(algorithm, alpha, beta));
    }

    private static void putFromOutput(String name, algorithm algorithm, float alpha, float beta) {
        FROM_OUTPUT.put(name, new Eltwise(algorithm, alpha, beta));
    }

    private final engine cpu = new engine(engine.kind.cpu, 0);
    private final stream stream = new stream(cpu);

    @Override
    public String version() {
        return Versions.of("onednn");
    }

    @Override
    public Optional<Work> prepare(Task task) {
        if (task.dtype() != DType.FLOAT32) {
            return Optional.empty();
        }
        String function = Functions.commonName(task.function());
        Optional<Work> eltwise =
                switch (task.kind()) {
                    case FORWARD ->
                            Optional.ofNullable(FROM_INPUT.get(function))
                                    .map(e -> forward(task, e));
                    case BACKWARD ->
                            Optional.ofNullable(FROM_INPUT.get(function))
                                    .map(e -> backward(task, e));
                    case FROM_OUTPUT ->
                            Optional.ofNullable(FROM_OUTPUT.get(function))
                                    .map(e -> backward(task, e));
                    case DENSE_FORWARD -> Optional.of(dense(task));
                    default -> Optional.empty();
                };
        return eltwise.or(
                () ->
                        task.kind() == Kind.FORWARD
                                ? Optional.ofNullable(SLICES.get(function))
                                        .map(algorithm -> slices(task, algorithm))
                                : Optional.empty());
    }

    private Work forward(Task task, Eltwise eltwise) {
        memory.desc layout = layout(task.length());
        return new PrimitiveWork(
                task,
                new eltwise_forward(descriptor(layout, eltwise, prop_kind.forward_inference)),
                DNNL_ARG_DST,
                DNNL_ARG_SRC);
    }

    private Work backward(Task task, Eltwise eltwise) {
        memory.desc layout = layout(task.length());
        return new PrimitiveWork(
                task,
                new eltwise_backward(
                        new eltwise_backward.primitive_desc(
                                cpu,
                                eltwise.algorithm(),
                                layout,
                                layout,
                                layout,
                                eltwise.alpha(),
                                eltwise.beta(),
                                descriptor(layout, eltwise, prop_kind.forward_training))),
                DNNL_ARG_DIFF_SRC,
                task.kind() == Kind.BACKWARD ? DNNL_ARG_SRC : DNNL_ARG_DST,
                DNNL_ARG_DIFF_DST);
    }

    private eltwise_forward.primitive_desc descriptor(
            memory.desc layout, Eltwise eltwise, prop_kind kind) {
        return new eltwise_forward.primitive_desc(
                cpu, kind, eltwise.algorithm(), layout, layout, eltwise.alpha(), eltwise.beta());
    }

    private Work slices(Task task, algorithm algorithm) {
        memory.desc layout = layout(task.rows(), task.columns());
        return new PrimitiveWork(
                task,
                new softmax_forward(
                        new softmax_forward.primitive_desc(
                                cpu, prop_kind.forward_inference, algorithm, layout, layout, 1)),
                DNNL_ARG_DST,
                DNNL_ARG_SRC);
    }

    /** A product with bias, and ReLU as an operation after it. */
    private Work dense(Task task) {
        Operation operation = Operation.of(task);
        List<memory.desc> in =
                operation.inputs().stream().map(operand -> layout(operand.shape())).toList();
        long units = operation.inputs().get(2).length();
        post_ops after = new post_ops();
        after.append_eltwise(algorithm.eltwise_relu, 0, 0);
        primitive_attr attributes = new primitive_attr();
        attributes.set_post_ops(after);
        return new PrimitiveWork(
                task,
                new matmul(
                        new matmul.primitive_desc(
                                cpu,
                                in.get(0),
                                in.get(1),
                                layout(1, units),
                                layout(operation.outputs().get(0)),
                                attributes,
                                false)),
                DNNL_ARG_DST,
                DNNL_ARG_SRC,
                DNNL_ARG_WEIGHTS,
                DNNL_ARG_BIAS);
    }

    private static memory.desc layout(long... shape) {
        return new memory.desc(
                shape,
                memory.data_type.f32,
                shape.length == 1 ? memory.format_tag.a : memory.format_tag.ab);
    }

    /** A primitive with its memory. */
    private final class PrimitiveWork implements Work {
        private final FloatPointer out;
        private final primitive primitive;
        private final IntMemoryMap arguments = new IntMemoryMap();

        /** Kept from the garbage collector, which doesn't see that oneDNN uses it. */
        private final List<FloatPointer> used = new ArrayList<>();

        private PrimitiveWork(Task task, primitive primitive, int result, int... sources) {
            this.primitive = primitive;
            Operation operation = Operation.of(task);
            long[] shape = operation.outputs().get(0);
            out = new FloatPointer(Operand.elements(shape));
            put(result, out, shape);
            for (int i = 0; i < sources.length; i++) {
                Operand operand = operation.inputs().get(i);
                FloatPointer data = new FloatPointer(operand.length());
                operand.write(Span.of(data));
                put(sources[i], data, asMatrixIn(shape, operand));
            }
        }

        /** A vector beside matrices is a row. */
        private long[] asMatrixIn(long[] result, Operand operand) {
            return result.length == 2 && operand.shape().length == 1
                    ? new long[] {1, operand.length()}
                    : operand.shape();
        }

        private void put(int argument, FloatPointer data, long... shape) {
            used.add(data);
            arguments.put(argument, new memory(layout(shape), cpu, data));
        }

        @Override
        public void run() {
            primitive.execute(stream, arguments);
            stream._wait();
        }

        @Override
        public Span output() {
            return Span.of(out);
        }

        @Override
        public void close() {
            used.forEach(FloatPointer::close);
        }
    }
}
