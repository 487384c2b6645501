package dev.rectifier.benchmarks.contenders;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;

import dev.rectifier.DType;
import dev.rectifier.RRelu;
import dev.rectifier.Span;
import dev.rectifier.benchmarks.Adapter;
import dev.rectifier.benchmarks.Functions;
import dev.rectifier.benchmarks.Inputs;
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
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.FloatPointer;

/** oneDNN through JavaCPP: an elementwise primitive, made beforehand. It has float alone. */
public final class OneDnn implements Adapter {
    /** An algorithm with its two parameters. */
    private record Eltwise(algorithm algorithm, float alpha, float beta) {}

    private static final Map<String, Eltwise> FROM_INPUT = new HashMap<>();
    private static final Map<String, Eltwise> FROM_OUTPUT = new HashMap<>();

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
        String function = Functions.commonName(task.function());
        Eltwise eltwise =
                switch (task.kind()) {
                    case FORWARD, BACKWARD -> FROM_INPUT.get(function);
                    case FROM_OUTPUT -> FROM_OUTPUT.get(function);
                    default -> null;
                };
        if (task.dtype() != DType.FLOAT32 || eltwise == null) {
            return Optional.empty();
        }
        return Optional.of(new PrimitiveWork(task, eltwise));
    }

    /** A primitive with its memory. */
    private final class PrimitiveWork implements Work {
        private final int length;
        private final memory.desc layout;
        private final FloatPointer out;
        private final primitive primitive;
        private final IntMemoryMap arguments = new IntMemoryMap();

        /** Kept from the garbage collector, which doesn't see that oneDNN uses it. */
        private final List<FloatPointer> used = new ArrayList<>();

        private PrimitiveWork(Task task, Eltwise eltwise) {
            length = task.length();
            layout =
                    new memory.desc(new long[] {length}, memory.data_type.f32, memory.format_tag.a);
            out = new FloatPointer(length);
            FloatPointer source = new FloatPointer(length);
            Inputs.writeSource(task, Span.of(source));
            if (task.kind() == Kind.FORWARD) {
                primitive = new eltwise_forward(forward(eltwise, prop_kind.forward_inference));
                put(DNNL_ARG_SRC, source);
                put(DNNL_ARG_DST, out);
            } else {
                primitive = new eltwise_backward(backward(eltwise));
                FloatPointer dy = new FloatPointer(length);
                Inputs.writeDy(Span.of(dy));
                put(task.kind() == Kind.BACKWARD ? DNNL_ARG_SRC : DNNL_ARG_DST, source);
                put(DNNL_ARG_DIFF_DST, dy);
                put(DNNL_ARG_DIFF_SRC, out);
            }
        }

        private eltwise_forward.primitive_desc forward(Eltwise eltwise, prop_kind kind) {
            return new eltwise_forward.primitive_desc(
                    cpu,
                    kind,
                    eltwise.algorithm(),
                    layout,
                    layout,
                    eltwise.alpha(),
                    eltwise.beta());
        }

        private eltwise_backward.primitive_desc backward(Eltwise eltwise) {
            return new eltwise_backward.primitive_desc(
                    cpu,
                    eltwise.algorithm(),
                    layout,
                    layout,
                    layout,
                    eltwise.alpha(),
                    eltwise.beta(),
                    forward(eltwise, prop_kind.forward_training));
        }

        private void put(int argument, FloatPointer data) {
            used.add(data);
            arguments.put(argument, new memory(layout, cpu, data));
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
