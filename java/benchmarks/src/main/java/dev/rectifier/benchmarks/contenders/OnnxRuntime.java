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
import dev.rectifier.RRelu;
import dev.rectifier.Span;
import dev.rectifier.benchmarks.Adapter;
import dev.rectifier.benchmarks.Functions;
import dev.rectifier.benchmarks.Operand;
import dev.rectifier.benchmarks.Operation;
import dev.rectifier.benchmarks.Task;
import dev.rectifier.benchmarks.Versions;
import dev.rectifier.benchmarks.Work;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * ONNX Runtime: a model of one operator, or of two for a dense layer, run on direct buffers for its
 * input and its output. It computes no gradients.
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
        OPERATORS.put("hardmax", new Operator("Hardmax"));
        OPERATORS.put("hardTanh", new Operator("Clip").on(-1.0, 1.0));
        OPERATORS.put("leakyRelu", new Operator("LeakyRelu"));
        OPERATORS.put("linear", new Operator("Identity"));
        OPERATORS.put("logSoftmax", new Operator("LogSoftmax"));
        OPERATORS.put("mish", new Operator("Mish"));
        OPERATORS.put("prelu", new Operator("PRelu"));
        OPERATORS.put("relu", new Operator("Relu"));
        OPERATORS.put("relu6", new Operator("Clip").on(0.0, 6.0));
        OPERATORS.put(
                Functions.RRELU_INFERENCE,
                new Operator("LeakyRelu")
                        .with("alpha", (float) new RRelu().inference().parameter(0)));
        OPERATORS.put("selu", new Operator("Selu"));
        OPERATORS.put("sigmoid", new Operator("Sigmoid"));
        OPERATORS.put("silu", new Operator(MICROSOFT, "QuickGelu", Map.of("alpha", 1f), List.of()));
        OPERATORS.put("softShrink", new Operator("Shrink").with("lambd", 0.5f).with("bias", 0.5f));
        OPERATORS.put("softmax", new Operator("Softmax"));
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
        return switch (task.kind()) {
            case FORWARD ->
                    Optional.ofNullable(OPERATORS.get(Functions.commonName(task.function())))
                            .flatMap(operator -> work(model(operator, task), task));
            case DENSE_FORWARD -> work(dense(task), task);
            case SERVE -> work(stack(task), task);
            default -> Optional.empty();
        };
    }

    private Optional<Work> work(GraphProto.Builder graph, Task task) {
        OrtSession session;
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            session = environment.createSession(bytes(graph), options);
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

    /** A model of the task's function. */
    static byte[] model(Task task) {
        return bytes(model(OPERATORS.get(task.function()), task));
    }

    /** The first result of a model, on Java arrays. */
    static float[] first(byte[] model, float[] x) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(model);
                OnnxTensor in = OnnxTensor.createTensor(environment, x);
                OrtSession.Result result = session.run(Map.of("x", in))) {
            return (float[]) result.get(0).getValue();
        }
    }

    private static GraphProto.Builder model(Operator operator, Task task) {
        NodeProto.Builder node = node(operator.name(), operator.domain(), "y");
        operator.attributes().forEach((name, value) -> node.addAttribute(attribute(name, value)));
        GraphProto.Builder graph = graph(node, task);
        for (int i = 0; i < operator.constants().size(); i++) {
            node.addInput("c" + i);
            double value = operator.constants().get(i);
            graph.addInitializer(constant(new Operand("c" + i, at -> value), task.dtype()));
        }
        return graph.addNode(node);
    }

    /** A product with bias and then ReLU, which ONNX Runtime may fuse. */
    private static GraphProto.Builder dense(Task task) {
        NodeProto.Builder product = node("Gemm", "", "z");
        GraphProto.Builder graph = graph(product, task).addNode(product);
        return graph.addNode(NodeProto.newBuilder().setOpType("Relu").addInput("z").addOutput("y"));
    }

    /** Such layers one after the other, the last without ReLU. */
    private static GraphProto.Builder stack(Task task) {
        NodeProto.Builder product = node("Gemm", "", "z0");
        GraphProto.Builder graph = graph(product, task);
        List<String> weights = product.getInputList().subList(1, product.getInputCount());
        String rows = "x";
        for (int l = 0; l < weights.size() / 2; l++) {
            boolean last = l == weights.size() / 2 - 1;
            graph.addNode(
                    node("Gemm", "", last ? "y" : "z" + l)
                            .addInput(rows)
                            .addInput(weights.get(2 * l))
                            .addInput(weights.get(2 * l + 1)));
            if (!last) {
                graph.addNode(node("Relu", "", "y" + l).addInput("z" + l));
            }
            rows = "y" + l;
        }
        return graph;
    }

    private static NodeProto.Builder node(String name, String domain, String output) {
        return NodeProto.newBuilder().setDomain(domain).setOpType(name).addOutput(output);
    }

    /** From x to y, with parameters that the node takes as constants. */
    private static GraphProto.Builder graph(NodeProto.Builder node, Task task) {
        Operation operation = Operation.of(task);
        List<Operand> operands = operation.inputs();
        GraphProto.Builder graph =
                GraphProto.newBuilder()
                        .setName(task.label())
                        .addInput(value("x", task.dtype(), operands.get(0).shape()))
                        .addOutput(value("y", task.dtype(), operation.outputs().get(0)));
        operands.forEach(operand -> node.addInput(operand.name()));
        operands.stream()
                .skip(1)
                .forEach(operand -> graph.addInitializer(constant(operand, task.dtype())));
        return graph;
    }

    private static byte[] bytes(GraphProto.Builder graph) {
        return ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPERATOR_SET))
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(MICROSOFT).setVersion(1))
                .setGraph(graph)
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

    private static TensorProto constant(Operand operand, DType dtype) {
        TensorProto.Builder tensor =
                TensorProto.newBuilder()
                        .setName(operand.name())
                        .setDataType(type(dtype).getNumber());
        for (long size : operand.shape()) {
            tensor.addDims(size);
        }
        for (long i = 0; i < operand.length(); i++) {
            double value = operand.value().applyAsDouble(i);
            if (dtype == DType.FLOAT32) {
                tensor.addFloatData((float) value);
            } else {
                tensor.addDoubleData(value);
            }
        }
        return tensor.build();
    }

    private static TensorProto.DataType type(DType dtype) {
        return dtype == DType.FLOAT32 ? TensorProto.DataType.FLOAT : TensorProto.DataType.DOUBLE;
    }

    private static ValueInfoProto value(String name, DType dtype, long... sizes) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (long size : sizes) {
            shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(size));
        }
        TypeProto.Tensor type =
                TypeProto.Tensor.newBuilder()
                        .setElemType(type(dtype).getNumber())
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
            Operation operation = Operation.of(task);
            Operand source = operation.inputs().get(0);
            out = Span.allocate(task.dtype(), task.length());
            x =
                    tensor(
                            source.write(Span.allocate(task.dtype(), (int) source.length())),
                            source.shape());
            y = tensor(out, operation.outputs().get(0));
            inputs = Map.of("x", x);
            outputs = Map.of("y", y);
        }

        private OnnxTensor tensor(Span span, long... shape) throws OrtException {
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
