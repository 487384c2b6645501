package dev.rectifier.models;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import dev.rectifier.Activation;
import dev.rectifier.AxisFunction;
import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Learned;
import dev.rectifier.PRelu;
import dev.rectifier.RRelu;
import dev.rectifier.Rectifier;
import dev.rectifier.Snake;
import dev.rectifier.Span;
import dev.rectifier.network.Dense;
import dev.rectifier.network.Network;
import dev.rectifier.network.Scaling;
import dev.rectifier.network.Weights;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Writes a network as a graph: for each layer a Gemm and the nodes of its activation. */
final class OnnxWriter {
    /** The one of 2022, which whatever runs ONNX today knows; some functions came later. */
    private static final int OPSET = 17;

    private static final int OPSET_OF_MISH = 18;
    private static final int OPSET_OF_GELU = 20;
    private static final int IR_VERSION = 8;
    private static final int IR_VERSION_OF_OPSET_19 = 9;

    /** From here on log1p(exp(x)) is x in single and nearly so in double precision. */
    private static final double SOFTPLUS_IS_LINEAR = 20;

    private final Network network;
    private final GraphProto.Builder graph = GraphProto.newBuilder();
    private final int type;
    private int opset = OPSET;
    private int count;

    OnnxWriter(Network network) {
        this.network = network;
        type = network.dtype() == DType.FLOAT32 ? DataType.FLOAT_VALUE : DataType.DOUBLE_VALUE;
    }

    /**
     * @throws IllegalArgumentException if ONNX has no such activation, or the weights take more
     *     than the 2 GiB of a file
     */
    ModelProto model() {
        long bytes =
                network.weights().stream()
                        .mapToLong(w -> w.value().length() * network.dtype().bytes())
                        .sum();
        if (bytes > Integer.MAX_VALUE - (1 << 20)) {
            throw new IllegalArgumentException(
                    "%d bytes of weights are more than the 2 GiB of an ONNX file".formatted(bytes));
        }
        graph.setName("rectifier");
        graph.addInput(matrix("features", network.inputs()));
        String x = scaled("features", network.scaling());
        List<Weights> weights = network.weights();
        int at = 0;
        for (Dense dense : network.layers()) {
            Span kernel = weights.get(at++).value();
            Span bias = weights.get(at++).value();
            int units = dense.units();
            x =
                    node(
                            "Gemm",
                            x,
                            tensor("kernel", kernel, kernel.length() / units, units),
                            tensor("bias", bias, units));
            if (dense.activation() instanceof Learned f) {
                x = learned(f, x, tensor(f.parameterName(), divisor(f, weights.get(at++)), units));
            } else {
                x = activation(dense.activation(), x);
            }
        }
        graph.addNode(
                NodeProto.newBuilder().setOpType("Identity").addInput(x).addOutput("outputs"));
        graph.addOutput(matrix("outputs", network.outputs()));
        ModelProto.Builder model = ModelProto.newBuilder();
        model.setIrVersion(opset > OPSET_OF_MISH ? IR_VERSION_OF_OPSET_19 : IR_VERSION);
        model.setProducerName("Rectifier");
        model.setProducerVersion(Rectifier.version());
        model.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(opset));
        names(model, OnnxGraph.CLASSES, network.classNames());
        names(model, "features", network.featureNames());
        return model.setGraph(graph).build();
    }

    /** Snake is divided by its parameters: one so small stands for 0, at which it is x, too. */
    private static Span divisor(Learned f, Weights parameters) {
        Span value = parameters.value();
        Span divisor = Span.allocate(value.dtype(), Math.toIntExact(value.length()));
        for (long i = 0; i < value.length(); i++) {
            divisor.set(i, f instanceof Snake && value.get(i) == 0 ? 1e-30 : value.get(i));
        }
        return divisor;
    }

    private static void names(ModelProto.Builder model, String key, List<String> names) {
        if (names.isEmpty()) {
            return;
        }
        try {
            model.addMetadataProps(
                    StringStringEntryProto.newBuilder()
                            .setKey(key)
                            .setValue(new ObjectMapper().writeValueAsString(names)));
        } catch (JsonProcessingException e) {
            throw new AssertionError("texts can be written", e);
        }
    }

    private ValueInfoProto matrix(String name, int columns) {
        TensorShapeProto shape =
                TensorShapeProto.newBuilder()
                        .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("rows"))
                        .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(columns))
                        .build();
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(
                        TypeProto.newBuilder()
                                .setTensorType(
                                        TypeProto.Tensor.newBuilder()
                                                .setElemType(type)
                                                .setShape(shape)))
                .build();
    }

    /** In double, as the network does it. */
    private String scaled(String x, Optional<Scaling> scaling) {
        if (scaling.isEmpty()) {
            return x;
        }
        int n = scaling.get().features();
        ByteBuffer scale = bytes(n * Double.BYTES);
        ByteBuffer shift = bytes(n * Double.BYTES);
        for (int i = 0; i < n; i++) {
            scale.putDouble(scaling.get().scale(i));
            shift.putDouble(scaling.get().shift(i));
        }
        boolean wide = type == DataType.DOUBLE_VALUE;
        String in = wide ? x : cast(x, DataType.DOUBLE_VALUE);
        String product = node("Mul", in, tensor("scale", DataType.DOUBLE_VALUE, scale, n));
        String sum = node("Add", product, tensor("shift", DataType.DOUBLE_VALUE, shift, n));
        return wide ? sum : cast(sum, type);
    }

    private String cast(String x, int to) {
        return add(
                NodeProto.newBuilder()
                        .setOpType("Cast")
                        .addInput(x)
                        .addAttribute(
                                AttributeProto.newBuilder()
                                        .setName("to")
                                        .setType(AttributeProto.AttributeType.INT)
                                        .setI(to)));
    }

    private static ByteBuffer bytes(long size) {
        return ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private String tensor(String name, Span values, long... shape) {
        ByteBuffer data = bytes(values.length() * network.dtype().bytes());
        for (long i = 0; i < values.length(); i++) {
            put(data, values.get(i));
        }
        return tensor(name, type, data, shape);
    }

    private void put(ByteBuffer data, double value) {
        if (type == DataType.FLOAT_VALUE) {
            data.putFloat((float) value);
        } else {
            data.putDouble(value);
        }
    }

    private String number(double value) {
        ByteBuffer data = bytes(network.dtype().bytes());
        put(data, value);
        return tensor("number", type, data);
    }

    private String tensor(String name, int ofType, ByteBuffer data, long... shape) {
        TensorProto.Builder tensor =
                TensorProto.newBuilder()
                        .setName(name + count++)
                        .setDataType(ofType)
                        .setRawData(ByteString.copyFrom(data.flip()));
        for (long n : shape) {
            tensor.addDims(n);
        }
        graph.addInitializer(tensor);
        return tensor.getName();
    }

    private String node(String operator, String... inputs) {
        return add(NodeProto.newBuilder().setOpType(operator).addAllInput(List.of(inputs)));
    }

    private String add(NodeProto.Builder node) {
        String output = node.getOpType().toLowerCase(Locale.ROOT) + count++;
        graph.addNode(node.setName(output + "_node").addOutput(output));
        return output;
    }

    private static AttributeProto attribute(String name, double value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.FLOAT)
                .setF((float) value)
                .build();
    }

    private String node(String operator, String x, AttributeProto first, AttributeProto... others) {
        return add(
                NodeProto.newBuilder()
                        .setOpType(operator)
                        .addInput(x)
                        .addAttribute(first)
                        .addAllAttribute(List.of(others)));
    }

    private String clip(String x, double low, double high) {
        NodeProto.Builder node = NodeProto.newBuilder().setOpType("Clip").addInput(x);
        node.addInput(Double.isInfinite(low) ? "" : number(low));
        if (!Double.isInfinite(high)) {
            node.addInput(number(high));
        }
        return add(node);
    }

    /** The lowest opset that has all that is used. */
    private void needs(int version) {
        opset = Math.max(opset, version);
    }

    private String learned(Learned f, String x, String parameter) {
        if (f instanceof PRelu) {
            return node("PRelu", x, parameter);
        }
        String z = node("Mul", x, parameter);
        if (f instanceof Snake) {
            String sine = node("Sin", z);
            return node("Add", x, node("Div", node("Mul", sine, sine), parameter));
        }
        return node("Mul", x, node("Sigmoid", z));
    }

    private String activation(Activation f, String x) {
        if (f instanceof RRelu rrelu) {
            return elementwise(rrelu.inference(), x);
        }
        if (f instanceof AxisFunction along) {
            return alongAxis(along, x);
        }
        return elementwise((Elementwise) f, x);
    }

    private String alongAxis(AxisFunction f, String x) {
        AttributeProto axis =
                AttributeProto.newBuilder()
                        .setName("axis")
                        .setType(AttributeProto.AttributeType.INT)
                        .setI(-1)
                        .build();
        return switch (f.name()) {
            case "softmax" -> node("Softmax", x, axis);
            case "softmin" -> node("Softmax", node("Neg", x), axis);
            case "logSoftmax" -> node("LogSoftmax", x, axis);
            case "hardmax" -> node("Hardmax", x, axis);
            default -> throw refused(f);
        };
    }

    private static IllegalArgumentException refused(Activation f) {
        return new IllegalArgumentException("ONNX has no operator for " + f);
    }

    private String elementwise(Elementwise f, String x) {
        double a = f.parameterCount() > 0 ? f.parameter(0) : 0;
        double b = f.parameterCount() > 1 ? f.parameter(1) : 0;
        switch (f.name()) {
            case "linear":
                return x;
            case "relu", "hardSwish", "softsign", "sigmoid", "tanh", "selu":
                return node(Character.toUpperCase(f.name().charAt(0)) + f.name().substring(1), x);
            case "exponential":
                return node("Exp", x);
            case "leakyRelu":
                return node("LeakyRelu", x, attribute("alpha", a));
            case "generalizedRelu":
                return generalizedRelu(f, x);
            case "hardTanh":
                return clip(x, a, b);
            case "relu6":
                return clip(x, 0, 6);
            case "hardSigmoid":
                return node("HardSigmoid", x, attribute("alpha", a), attribute("beta", b));
            case "sparseSigmoid":
                return node("HardSigmoid", x, attribute("alpha", 0.5), attribute("beta", 0.5));
            case "hardShrink":
                return node("Shrink", x, attribute("lambd", a), attribute("bias", 0));
            case "softShrink":
                return node("Shrink", x, attribute("lambd", a), attribute("bias", a));
            case "shrink":
                return node("Shrink", x, attribute("lambd", a), attribute("bias", b));
            case "threshold":
                if (b != 0) {
                    throw refused(f);
                }
                return node("ThresholdedRelu", x, attribute("alpha", a));
            case "elu":
                return node("Elu", x, attribute("alpha", a));
            case "scaledElu":
                return node("Selu", x, attribute("alpha", a), attribute("gamma", b));
            case "celu":
                return node("Celu", x, attribute("alpha", a));
            case "tanhShrink":
                return node("Sub", x, node("Tanh", x));
            case "softplus":
                return softplus(f, x);
            case "logSigmoid":
                return node("Neg", node("Softplus", node("Neg", x)));
            case "silu":
                return node("Mul", x, node("Sigmoid", x));
            case "swish":
                return node("Mul", x, node("Sigmoid", node("Mul", x, number(a))));
            case "squaredRelu":
                return squaredRelu(x);
            case "starRelu":
                return node("Add", node("Mul", squaredRelu(x), number(a)), number(b));
            case "hardMish":
                return node(
                        "Mul",
                        x,
                        node("HardSigmoid", x, attribute("alpha", 0.5), attribute("beta", 1)));
            case "telu":
                return node("Mul", x, node("Tanh", node("Exp", x)));
            case "mish":
                needs(OPSET_OF_MISH);
                return node("Mish", x);
            case "gelu":
                needs(OPSET_OF_GELU);
                return node("Gelu", x);
            case "geluTanh":
                needs(OPSET_OF_GELU);
                return node(
                        "Gelu",
                        x,
                        AttributeProto.newBuilder()
                                .setName("approximate")
                                .setType(AttributeProto.AttributeType.STRING)
                                .setS(ByteString.copyFromUtf8("tanh"))
                                .build());
            default:
                throw refused(f);
        }
    }

    private String squaredRelu(String x) {
        String rectified = node("Relu", x);
        return node("Mul", rectified, rectified);
    }

    private String generalizedRelu(Elementwise f, String x) {
        double slope = f.parameter(0);
        double most = f.parameter(1);
        if (f.parameter(2) != 0 || slope != 0 && most != Double.POSITIVE_INFINITY) {
            throw refused(f);
        }
        return slope == 0 ? clip(x, 0, most) : node("LeakyRelu", x, attribute("alpha", slope));
    }

    private String softplus(Elementwise f, String x) {
        double beta = f.parameter(0);
        if (f.parameter(1) < SOFTPLUS_IS_LINEAR) {
            throw refused(f);
        }
        return beta == 1
                ? node("Softplus", x)
                : node("Div", node("Softplus", node("Mul", x, number(beta))), number(beta));
    }
}
