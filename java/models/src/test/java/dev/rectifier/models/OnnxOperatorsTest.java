package dev.rectifier.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.rectifier.Elementwise;
import dev.rectifier.PRelu;
import dev.rectifier.Span;
import dev.rectifier.models.OnnxValue.Constant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * ONNX's own tests of its activation operators: models of one operator, with inputs and outputs.
 * They are not part of this repository: {@code -Drectifier.onnx=FOLDER} says where they are.
 */
class OnnxOperatorsTest {
    private static final Path FOLDER =
            Path.of(System.getProperty("rectifier.onnx", "../../../shared/data/onnx-nodes"));

    /** Of the size of the number or of 1; what ONNX itself allows is a thousand times as much. */
    private static final double TOLERANCE = 1e-6;

    private static List<Path> folders() throws IOException {
        if (!Files.isDirectory(FOLDER)) {
            String reason = "no folder " + FOLDER.toAbsolutePath().normalize() + " with operators";
            System.out.println("OnnxOperatorsTest is skipped: " + reason);
            Assumptions.abort(reason);
        }
        try (Stream<Path> all = Files.list(FOLDER)) {
            return all.filter(Files::isDirectory).sorted().toList();
        }
    }

    @Test
    void allOfThemAreThere() throws IOException {
        assertEquals(76, folders().size());
    }

    @TestFactory
    Stream<DynamicTest> eachOperatorGivesWhatOnnxExpects() throws IOException {
        return folders().stream()
                .map(
                        folder ->
                                DynamicTest.dynamicTest(
                                        folder.getFileName().toString(), () -> check(folder)));
    }

    private static void check(Path folder) throws IOException {
        ModelProto model;
        try (var in = Files.newInputStream(folder.resolve("model.onnx"))) {
            model = ModelProto.parseFrom(in);
        }
        OnnxTensors tensors = new OnnxTensors(folder);
        Map<String, Constant> values = new HashMap<>();
        for (TensorProto tensor : model.getGraph().getInitializerList()) {
            values.put(tensor.getName(), tensors.read(tensor));
        }
        int given = 0;
        for (var input : model.getGraph().getInputList()) {
            if (!values.containsKey(input.getName())) {
                values.put(input.getName(), read(folder, tensors, "input_" + given++));
            }
        }
        long opset = model.getOpsetImport(0).getVersion();
        for (NodeProto node : model.getGraph().getNodeList()) {
            values.put(node.getOutput(0), run(node, opset, values));
        }
        Constant actual = values.get(model.getGraph().getOutput(0).getName());
        Constant expected = read(folder, tensors, "output_0");
        assertArrayEquals(expected.shape(), actual.shape());
        for (int i = 0; i < expected.values().length; i++) {
            double value = expected.values()[i];
            double error = Math.abs(actual.values()[i] - value) / Math.max(1, Math.abs(value));
            int at = i;
            assertTrue(
                    error <= TOLERANCE,
                    () -> "[" + at + "] is " + actual.values()[at] + ", not " + value);
        }
    }

    private static Constant read(Path folder, OnnxTensors tensors, String name) throws IOException {
        Path file = folder.resolve("test_data_set_0").resolve(name + ".pb");
        try (var in = Files.newInputStream(file)) {
            return tensors.read(TensorProto.parseFrom(in));
        }
    }

    private static Constant run(NodeProto node, long opset, Map<String, Constant> values) {
        Constant source = values.get(node.getInput(0));
        if (node.getOpType().equals("Transpose")) {
            return transposed(source, node);
        }
        long[] shape = source.shape();
        Span x = Span.of(floats(source));
        Span y = Span.of(new float[source.values().length]);
        Optional<Elementwise> f = OnnxFunctions.elementwise(node);
        if (f.isPresent()) {
            f.get().forward(x, y);
        } else if (node.getOpType().equals("PRelu")) {
            Constant slope = values.get(node.getInput(1));
            new PRelu()
                    .forward(
                            x,
                            Span.of(floats(slope)),
                            y,
                            OnnxFunctions.channels(opset, slope.shape(), shape));
        } else {
            OnnxFunctions.alongAxis(node).forward(x, y, OnnxFunctions.axis(node, opset, shape));
        }
        return of(source, shape, y);
    }

    private static float[] floats(Constant tensor) {
        float[] floats = new float[tensor.values().length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) tensor.values()[i];
        }
        return floats;
    }

    private static Constant of(Constant like, long[] shape, Span values) {
        double[] numbers = new double[(int) values.length()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = values.get(i);
        }
        return new Constant(like.type(), shape, numbers);
    }

    /** With the axes in another order, as exporters put them around a softmax. */
    private static Constant transposed(Constant x, NodeProto node) {
        AttributeProto order = node.getAttribute(0);
        int rank = x.shape().length;
        long[] shape = new long[rank];
        long[] step = new long[rank];
        for (int i = 0; i < rank; i++) {
            int from = (int) order.getInts(i);
            shape[i] = x.shape()[from];
            step[i] = 1;
            for (int j = from + 1; j < rank; j++) {
                step[i] *= x.shape()[j];
            }
        }
        double[] values = new double[x.values().length];
        for (int i = 0; i < values.length; i++) {
            long left = i;
            long at = 0;
            for (int axis = rank - 1; axis >= 0; axis--) {
                at += left % shape[axis] * step[axis];
                left /= shape[axis];
            }
            values[i] = x.values()[(int) at];
        }
        return new Constant(x.type(), shape, values);
    }
}
