package dev.rectifier.benchmarks.contenders;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.google.protobuf.ByteString;
import dev.rectifier.DType;
import dev.rectifier.Span;
import dev.rectifier.benchmarks.Adapter;
import dev.rectifier.benchmarks.Functions;
import dev.rectifier.benchmarks.Inputs;
import dev.rectifier.benchmarks.Task;
import dev.rectifier.benchmarks.Task.Kind;
import dev.rectifier.benchmarks.Versions;
import dev.rectifier.benchmarks.Work;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * ONNX Runtime: a model of one operator, run on direct buffers for its input and its output. It
 * computes no gradients.
 */
public final class OnnxRuntime implements Adapter {
    private static final int IR_VERSION = 10;
    private static final int OPERATOR_SET = 20;

    /** Of Microsoft's own operators. */
    private static final String MICROSOFT = "com.microsoft";

    /**
     * An operator with its attributes.
     *
     * @param constants further inputs, each one number
     */
    private record Operator(
            String domain, String name, Map<String, Object> attributes, List<Double> constants) {
        Operator(String name) {
            this("", name, Map.of(), List.of());
        }

        Operator with(String attribute, Object value) {
            Map<String, Object> all = new HashMap<>(attributes);
            all.put(attribute, value);
            return new Operator(domain, name, all, constants);
        }

        Operator on(Double... further) {
            return new Operator(domain, name, attributes, List.of(further));
        }
    }

    private static final Map<String, Operator> OPERATORS = new HashMap<>();

    static {
        OPERATORS.put("celu", new Operator("Celu"));
        OPERATORS.put("elu", new Operator("Elu"));
        OPERATORS.put("exponential", new Operator("Exp"));
        OPERATORS.put("gelu", new Operator("Gelu"));
        OPERATORS.put("geluTanh", new Operator("Gelu").with("approximate", "tanh"));
        OPERATORS.put("hardShrink", new Operator("Shrink").with("lambd", 0.5f));
        OPERATORS.put("hardSigmoid", new Operator("HardSigmoid").with("alpha", 1 / 6f));
        OPERATORS.put("hardSwish", new Operator("HardSwish"));
        OPERATORS.put("hardTanh", new Operator("Clip").on(-1.0, 1.0));
        OPERATORS.put("leakyRelu", new Operator("LeakyRelu"));
        OPERATORS.put("linear", new Operator("Identity"));
        OPERATORS.put("mish", new Operator("Mish"));
        OPERATORS.put("relu", new Operator("Relu"));
        OPERATORS.put("relu6", new Operator("Clip").on(0.0, 6.0));
        OPERATORS.put("selu", new Operator("Selu"));
        OPERATORS.put("sigmoid", new Operator("Sigmoid"));
        OPERATORS.put("silu", new Operator(MICROSOFT, "QuickGelu", Map.of("alpha", 1f), List.of()));
        OPERATORS.put("softShrink", new Operator("Shrink").with("lambd", 0.5f).with("bias", 0.5f));
        OPERATORS.put("softplus", new Operator("Softplus"));
        OPERATORS.put("softsign", new Operator("Softsign"));
        OPERATORS.put("sparseSigmoid", new Operator("HardSigmoid").with("alpha", 0.5f));
        OPERATORS.put("tanh", new Operator("Tanh"));
        OPERATORS.put("threshold", new Operator("ThresholdedRelu").with("alpha", 1f));
    }

    private final int threads;
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();

    /** Uses {@code threads} threads. */
    public OnnxRuntime(int threads) {
        this.threads = threads;
    }

    @Override
    public String version() {
        return Versions.of("onnxruntime");
    }

    @Override
    public Optional<Work> prepare(Task task) {
        Operator operator = OPERATORS.get(Functions.commonName(task.function()));
        if (task.kind() != Kind.FORWARD || operator == null) {
            return Optional.empty();
        }
        OrtSession session;
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            session = environment.createSession(model(operator, task), options);
        } catch (OrtException e) {
            // There is no kernel of the type.
            return Optional.empty();
        }
        try {
            return Optional.of(new SessionWork(session, task));
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] model(Operator operator, Task task) {
        NodeProto.Builder node =
                NodeProto.newBuilder()
                        .setDomain(operator.domain())
                        .setOpType(operator.name())
                        .addInput("x")
                        .addOutput("y");
        operator.attributes().forEach((name, value) -> node.addAttribute(attribute(name, value)));
        GraphProto.Builder graph =
                GraphProto.newBuilder()
                        .setName(operator.name())
                        .addInput(value("x", task))
                        .addOutput(value("y", task));
        for (int i = 0; i < operator.constants().size(); i++) {
            node.addInput("c" + i);
            graph.addInitializer(constant("c" + i, operator.constants().get(i), task.dtype()));
        }
        return ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPERATOR_SET))
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(MICROSOFT).setVersion(1))
                .setGraph(graph.addNode(node))
                .build()
                .toByteArray();
    }

    private static AttributeProto attribute(String name, Object value) {
        AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name);
        return value instanceof Float number
                ? attribute.setType(AttributeProto.AttributeType.FLOAT).setF(number).build()
                : attribute
                        .setType(AttributeProto.AttributeType.STRING)
                        .setS(ByteString.copyFromUtf8((String) value))
                        .build();
    }

    private static TensorProto constant(String name, double value, DType dtype) {
        TensorProto.Builder tensor =
                TensorProto.newBuilder().setName(name).setDataType(type(dtype).getNumber());
        return dtype == DType.FLOAT32
                ? tensor.addFloatData((float) value).build()
                : tensor.addDoubleData(value).build();
    }

    private static TensorProto.DataType type(DType dtype) {
        return dtype == DType.FLOAT32 ? TensorProto.DataType.FLOAT : TensorProto.DataType.DOUBLE;
    }

    private static ValueInfoProto value(String name, Task task) {
        TensorShapeProto shape =
                TensorShapeProto.newBuilder()
                        .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(task.length()))
                        .build();
        TypeProto.Tensor type =
                TypeProto.Tensor.newBuilder()
                        .setElemType(type(task.dtype()).getNumber())
                        .setShape(shape)
                        .build();
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(type))
                .build();
    }

    /** A session with its input and its output. */
    private final class SessionWork implements Work {
        private final OrtSession session;
        private final Span out;
        private final OnnxTensor x;
        private final OnnxTensor y;
        private final Map<String, OnnxTensor> inputs;
        private final Map<String, OnnxTensor> outputs;

        private SessionWork(OrtSession session, Task task) throws OrtException {
            this.session = session;
            out = Span.allocate(task.dtype(), task.length());
            x = tensor(Inputs.writeSource(task, Span.allocate(task.dtype(), task.length())));
            y = tensor(out);
            inputs = Map.of("x", x);
            outputs = Map.of("y", y);
        }

        private OnnxTensor tensor(Span span) throws OrtException {
            long[] shape = {span.length()};
            return span.dtype() == DType.FLOAT32
                    ? OnnxTensor.createTensor(environment, (FloatBuffer) span.owner(), shape)
                    : OnnxTensor.createTensor(environment, (DoubleBuffer) span.owner(), shape);
        }

        @Override
        public void run() {
            try {
                session.run(inputs, outputs).close();
            } catch (OrtException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public Span output() {
            return out;
        }

        @Override
        public void close() {
            try {
                x.close();
                y.close();
                session.close();
            } catch (OrtException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
