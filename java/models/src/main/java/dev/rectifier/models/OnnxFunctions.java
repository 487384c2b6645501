package dev.rectifier.models;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.rectifier.Axis;
import dev.rectifier.AxisFunction;
import dev.rectifier.Channels;
import dev.rectifier.Elementwise;
import dev.rectifier.Presets;
import java.util.Optional;

/** The activations that operators of ONNX stand for, with their attributes. */
final class OnnxFunctions {
    /** The defaults of Selu, which are the constants of its paper in single precision. */
    private static final float SELU_ALPHA = 1.67326319217681884765625f;

    private static final float SELU_GAMMA = 1.05070102214813232421875f;

    private OnnxFunctions() {}

    /** The elementwise activation, or nothing if the operator is none. */
    static Optional<Elementwise> elementwise(NodeProto node) {
        return Optional.ofNullable(
                switch (node.getOpType()) {
                    case "Elu" -> Elementwise.elu(number(node, "alpha", 1));
                    case "Celu" -> Elementwise.celu(number(node, "alpha", 1));
                    case "LeakyRelu" -> Elementwise.leakyRelu(number(node, "alpha", 0.01f));
                    case "ThresholdedRelu" -> Elementwise.threshold(number(node, "alpha", 1), 0);
                    case "HardSigmoid" ->
                            Elementwise.hardSigmoid(
                                    number(node, "alpha", 0.2f), number(node, "beta", 0.5f));
                    case "Swish" -> Elementwise.swish(number(node, "alpha", 1));
                    case "Gelu" ->
                            attribute(node, "approximate")
                                            .map(a -> a.getS().toStringUtf8().equals("tanh"))
                                            .orElse(false)
                                    ? Elementwise.geluTanh()
                                    : Elementwise.gelu();
                    case "Shrink" -> shrink(number(node, "lambd", 0.5f), number(node, "bias", 0));
                    case "Selu" ->
                            selu(
                                    number(node, "alpha", SELU_ALPHA),
                                    number(node, "gamma", SELU_GAMMA));
                    case "Exp",
                            "HardSwish",
                            "Mish",
                            "Relu",
                            "Sigmoid",
                            "Softplus",
                            "Softsign",
                            "Tanh" ->
                            (Elementwise) Presets.of("onnx." + node.getOpType());
                    default -> null;
                });
    }

    private static Elementwise shrink(double lambda, double bias) {
        if (bias == 0 && lambda >= 0) {
            return Elementwise.hardShrink(lambda);
        }
        return bias == lambda && lambda >= 0
                ? Elementwise.softShrink(lambda)
                : Elementwise.shrink(lambda, bias);
    }

    /** Exporters round the constants of the paper in several ways. */
    private static Elementwise selu(double alpha, double gamma) {
        return Math.abs(alpha - SELU_ALPHA) < 1e-6 && Math.abs(gamma - SELU_GAMMA) < 1e-6
                ? Elementwise.selu()
                : Elementwise.scaledElu(alpha, gamma);
    }

    /** Of Softmax, LogSoftmax and Hardmax. */
    static AxisFunction alongAxis(NodeProto node) {
        return switch (node.getOpType()) {
            case "Softmax" -> AxisFunction.softmax(-1);
            case "LogSoftmax" -> AxisFunction.logSoftmax(-1);
            case "Hardmax" -> AxisFunction.hardmax(-1);
            default -> throw new IllegalArgumentException(node.getOpType() + " has no axis");
        };
    }

    /** Along what it is: before opset 13, the axis and all that follow it are one. */
    static Axis axis(NodeProto node, long opset, long... shape) {
        int axis =
                attribute(node, "axis")
                        .map(AttributeProto::getI)
                        .orElse(opset < 13 ? 1L : -1L)
                        .intValue();
        int first = axis < 0 ? axis + shape.length : axis;
        return opset < 13 ? Axis.block(first, shape.length - first, shape) : Axis.of(axis, shape);
    }

    /** Which elements share a slope of PRelu: before opset 7, one of several is for axis 1. */
    static Channels channels(long opset, long[] slopes, long[] shape) {
        return opset < 7 && slopes.length == 1 && slopes[0] != 1
                ? Channels.along(new int[] {1}, shape)
                : Channels.broadcast(slopes, shape);
    }

    private static double number(NodeProto node, String name, float otherwise) {
        return attribute(node, name).map(AttributeProto::getF).orElse(otherwise);
    }

    private static Optional<AttributeProto> attribute(NodeProto node, String name) {
        return node.getAttributeList().stream().filter(a -> a.getName().equals(name)).findFirst();
    }
}
