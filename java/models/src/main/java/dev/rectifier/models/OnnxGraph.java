package dev.rectifier.models;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import dev.rectifier.AxisFunction;
import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.models.Expression.Line;
import dev.rectifier.models.OnnxValue.Constant;
import dev.rectifier.models.OnnxValue.Failed;
import dev.rectifier.models.OnnxValue.Rows;
import dev.rectifier.network.ModelException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;

/**
 * Finds out what a graph computes: goes through its nodes and keeps for each tensor a constant, or
 * the {@link Chain} and {@link Expression} that lead to it from the features. A node that can't be
 * done makes its outputs {@link Failed}, which matters only if what is wanted depends on them.
 */
final class OnnxGraph {
    private static final Map<String, Character> BINARY =
            Map.of(
                    "Add", '+', "Sub", '-', "Mul", '*', "Div", '/', "Pow", '^', "Min", '<', "Max",
                    '>');

    /** Larger expressions than any function is spelt out with. */
    private static final int LARGEST_EXPRESSION = 64;

    /** Where we write the names of classes in the metadata, as a list in JSON. */
    static final String CLASSES = "classes";

    private final Path path;
    private final ModelProto model;
    private final GraphProto graph;
    private final long opset;
    private final OnnxTensors tensors;
    private final Map<String, OnnxValue> values = new HashMap<>();
    private final Set<String> notes = new LinkedHashSet<>();

    OnnxGraph(Path path, ModelProto model) {
        this.path = path;
        this.model = model;
        this.graph = model.getGraph();
        this.tensors = new OnnxTensors(path);
        opset =
                model.getOpsetImportList().stream()
                        .filter(o -> o.getDomain().isEmpty() || o.getDomain().equals("ai.onnx"))
                        .mapToLong(o -> o.getVersion())
                        .findFirst()
                        .orElse(1);
    }

    ImportedNetwork network(Optional<String> output) {
        Set<String> initialized = new HashSet<>();
        for (TensorProto tensor : graph.getInitializerList()) {
            initialized.add(tensor.getName());
            values.put(tensor.getName(), constant(tensor));
        }
        for (ValueInfoProto input : graph.getInputList()) {
            if (!initialized.contains(input.getName())) {
                values.put(input.getName(), input(input));
            }
        }
        for (NodeProto node : graph.getNodeList()) {
            run(node);
        }
        Rows rows = output.isPresent() ? named(output.get()) : onlyOutput();
        Chain chain = materialize(rows, "the output");
        return new ImportedNetwork(
                path,
                rows.type() == DataType.DOUBLE_VALUE ? DType.FLOAT64 : DType.FLOAT32,
                chain,
                rows.classes().isEmpty() ? writtenClasses() : rows.classes(),
                List.copyOf(notes));
    }

    /** Those of a file that we wrote. */
    private List<String> writtenClasses() {
        for (StringStringEntryProto entry : model.getMetadataPropsList()) {
            if (entry.getKey().equals(CLASSES) && model.getProducerName().equals("Rectifier")) {
                try {
                    return List.of(new ObjectMapper().readValue(entry.getValue(), String[].class));
                } catch (JsonProcessingException | NullPointerException e) {
                    throw ModelException.of(path, "has classes that are no list in JSON");
                }
            }
        }
        return List.of();
    }

    /** A tensor that can't be read matters only to those that need it. */
    private OnnxValue constant(TensorProto tensor) {
        try {
            return tensors.read(tensor);
        } catch (ModelException e) {
            return new Failed(e);
        }
    }

    private OnnxValue input(ValueInfoProto input) {
        String name = "input " + ModelException.quote(input.getName());
        if (!input.getType().hasTensorType()) {
            return new Failed(ModelException.of(path, "%s is no tensor", name));
        }
        int type = input.getType().getTensorType().getElemType();
        List<TensorShapeProto.Dimension> dimensions =
                input.getType().getTensorType().getShape().getDimList();
        boolean rows = dimensions.size() != 1 || dimensions.get(0).getDimValue() < 1;
        long[] shape = new long[Math.max(0, dimensions.size() - (rows ? 1 : 0))];
        long width = 1;
        for (int i = 0; i < shape.length; i++) {
            shape[i] = dimensions.get(i + (rows ? 1 : 0)).getDimValue();
            width = shape[i] < 1 || shape[i] > Integer.MAX_VALUE / width ? -1 : width * shape[i];
            if (width < 0) {
                return new Failed(
                        ModelException.of(
                                path,
                                "%s has no fixed number of features: axis %d is %d %s",
                                name,
                                i + 1,
                                shape[i],
                                dimensions.get(i + (rows ? 1 : 0)).getDimParam()));
            }
        }
        if (dimensions.isEmpty()) {
            return new Failed(ModelException.of(path, "%s has no shape", name));
        }
        long first = dimensions.get(0).getDimValue();
        long batch = !rows ? 0 : first < 1 ? -1 : first;
        return new Rows(
                type, Chain.of((int) width), Expression.T, 1, shape, batch, false, List.of());
    }

    private Rows named(String output) {
        OnnxValue value = values.get(output);
        if (value == null) {
            throw ModelException.of(
                    path,
                    "has no tensor %s; its outputs are %s",
                    ModelException.quote(output),
                    outputNames());
        }
        if (value instanceof Failed failed) {
            throw failed.why();
        }
        if (!(value instanceof Rows rows)) {
            throw ModelException.of(path, "%s depends on no input", ModelException.quote(output));
        }
        return rows;
    }

    private List<String> outputNames() {
        return graph.getOutputList().stream().map(ValueInfoProto::getName).toList();
    }

    /** The output that is computed of features, if there is one such. */
    private Rows onlyOutput() {
        List<String> computed = new ArrayList<>();
        Failed first = null;
        List<String> passed = new ArrayList<>();
        for (String name : outputNames()) {
            OnnxValue value = values.get(name);
            if (value instanceof Failed failed) {
                first = first == null ? failed : first;
            } else if (value instanceof Rows rows) {
                (rows.isPassedThrough() ? passed : computed).add(name);
            }
        }
        if (computed.isEmpty() && first != null) {
            throw first.why();
        }
        List<String> chosen = computed.isEmpty() ? passed : computed;
        if (chosen.size() != 1) {
            throw ModelException.of(
                    path,
                    "has the outputs %s, of which %s could be meant: name one",
                    outputNames(),
                    chosen.isEmpty() ? "none" : chosen);
        }
        if (outputNames().size() > 1) {
            notes.add("of the outputs " + outputNames() + " it is " + chosen.get(0));
        }
        return named(chosen.get(0));
    }

    private static String describe(NodeProto node) {
        String name = node.getName().isEmpty() ? "" : " " + ModelException.quote(node.getName());
        String of =
                node.getOutputCount() == 0 ? "" : " of " + ModelException.quote(node.getOutput(0));
        return "node " + node.getOpType() + (name.isEmpty() ? of : name);
    }

    private ModelException refused(NodeProto node, String format, Object... arguments) {
        return ModelException.of(
                path, "%s: %s", describe(node), String.format(Locale.ROOT, format, arguments));
    }

    private void run(NodeProto node) {
        OnnxValue result;
        try {
            result = result(node);
        } catch (ModelException e) {
            result = new Failed(e);
        } catch (IllegalArgumentException e) {
            result = new Failed(refused(node, "%s", e.getMessage()));
        } catch (IndexOutOfBoundsException e) {
            result = new Failed(refused(node, "lacks an input, or has a place that isn't there"));
        }
        for (int i = 0; i < node.getOutputCount(); i++) {
            boolean main = i == 0;
            values.put(
                    node.getOutput(i),
                    main
                            ? result
                            : new Failed(
                                    refused(node, "its output %d is more than we compute", i)));
        }
    }

    private OnnxValue argument(NodeProto node, int index) {
        OnnxValue value = values.get(node.getInput(index));
        if (value == null) {
            throw refused(
                    node,
                    "its input %s is computed by no node before it",
                    ModelException.quote(node.getInput(index)));
        }
        if (value instanceof Failed failed) {
            throw failed.why();
        }
        return value;
    }

    private boolean has(NodeProto node, int index) {
        return node.getInputCount() > index && !node.getInput(index).isEmpty();
    }

    private Constant constant(NodeProto node, int index) {
        if (argument(node, index) instanceof Constant constant) {
            return constant;
        }
        throw refused(node, "its input %d isn't constant", index);
    }

    private Rows rows(NodeProto node, int index) {
        if (argument(node, index) instanceof Rows rows) {
            return rows;
        }
        throw refused(node, "its input %d is constant", index);
    }

    private static Optional<AttributeProto> attribute(NodeProto node, String name) {
        return node.getAttributeList().stream().filter(a -> a.getName().equals(name)).findFirst();
    }

    private static double number(NodeProto node, String name, double otherwise) {
        return attribute(node, name).map(a -> (double) a.getF()).orElse(otherwise);
    }

    private static long integer(NodeProto node, String name, long otherwise) {
        return attribute(node, name).map(AttributeProto::getI).orElse(otherwise);
    }

    private OnnxValue result(NodeProto node) {
        String domain = node.getDomain();
        if (domain.equals("ai.onnx.ml")) {
            return ofClassicModels(node);
        }
        if (!domain.isEmpty() && !domain.equals("ai.onnx")) {
            throw refused(node, "is an operator of the domain %s", ModelException.quote(domain));
        }
        Character operation = BINARY.get(node.getOpType());
        if (operation != null) {
            return binary(node, operation);
        }
        switch (node.getOpType()) {
            case "Constant":
                return constantNode(node);
            case "Identity":
                return argument(node, 0);
            case "Dropout":
                if (has(node, 2)
                        && !(argument(node, 2) instanceof Constant c
                                && c.isScalar()
                                && c.values()[0] == 0)) {
                    notes.add("was exported for training: its Dropout does nothing here");
                }
                return argument(node, 0);
            case "Cast":
                return cast(node);
            case "Shape":
                return shape(node);
            case "Gather":
                return gather(node);
            case "Slice":
                return slice(node);
            case "Concat":
                return concat(node);
            case "Squeeze", "Unsqueeze":
                return squeeze(node);
            case "Reshape":
                return reshape(node);
            case "Flatten":
                return flatten(node);
            case "Transpose":
                return transpose(node);
            case "MatMul":
                return matMul(node);
            case "Gemm":
                return gemm(node);
            case "Sum":
                return sum(node);
            case "BatchNormalization":
                return batchNormalization(node);
            case "Clip":
                return clip(node);
            case "PRelu":
                return prelu(node);
            case "Softmax", "LogSoftmax", "Hardmax":
                return alongAxis(node);
            default:
                return elementwise(node);
        }
    }

    private Constant constantNode(NodeProto node) {
        AttributeProto value = node.getAttributeList().get(0);
        return switch (value.getName()) {
            case "value" -> tensors.read(value.getT());
            case "value_float" ->
                    new Constant(DataType.FLOAT_VALUE, new long[0], new double[] {value.getF()});
            case "value_int" ->
                    new Constant(DataType.INT64_VALUE, new long[0], new double[] {value.getI()});
            case "value_floats" ->
                    new Constant(
                            DataType.FLOAT_VALUE,
                            new long[] {value.getFloatsCount()},
                            value.getFloatsList().stream().mapToDouble(f -> f).toArray());
            case "value_ints" ->
                    new Constant(
                            DataType.INT64_VALUE,
                            new long[] {value.getIntsCount()},
                            value.getIntsList().stream().mapToDouble(i -> i).toArray());
            default -> throw refused(node, "has a value of the kind %s", value.getName());
        };
    }

    private OnnxValue cast(NodeProto node) {
        int to = (int) integer(node, "to", 0);
        OnnxValue value = argument(node, 0);
        if (value instanceof Constant c) {
            double[] cast = c.values().clone();
            if (!OnnxValue.isFloat(to)) {
                Arrays.setAll(cast, i -> Double.isNaN(cast[i]) ? cast[i] : (long) cast[i]);
            } else if (to == DataType.FLOAT_VALUE) {
                Arrays.setAll(cast, i -> (float) cast[i]);
            }
            return new Constant(to, c.shape(), cast);
        }
        if (!OnnxValue.isFloat(to)) {
            throw refused(node, "casts what is computed to a type without fractions, %d", to);
        }
        return ((Rows) value).withType(to);
    }

    private OnnxValue shape(NodeProto node) {
        OnnxValue value = argument(node, 0);
        double[] shape;
        if (value instanceof Constant c) {
            shape = Arrays.stream(c.shape()).mapToDouble(n -> n).toArray();
        } else {
            Rows rows = (Rows) value;
            requireWhole(node, rows);
            int first = rows.batch() == 0 ? 0 : 1;
            shape = new double[rows.shape().length + first];
            if (first == 1) {
                shape[0] = rows.batch() < 0 ? OnnxValue.ROWS : rows.batch();
            }
            for (int i = 0; i < rows.shape().length; i++) {
                shape[i + first] = rows.shape()[i];
            }
        }
        int start = (int) index(integer(node, "start", 0), shape.length);
        int end = (int) index(integer(node, "end", shape.length), shape.length);
        double[] part = Arrays.copyOfRange(shape, start, Math.max(start, end));
        return new Constant(DataType.INT64_VALUE, new long[] {part.length}, part);
    }

    private static long index(long i, int length) {
        return Math.max(0, Math.min(length, i < 0 ? i + length : i));
    }

    private OnnxValue gather(NodeProto node) {
        Constant from = constant(node, 0);
        Constant indices = constant(node, 1);
        if (from.shape().length != 1 || integer(node, "axis", 0) > 0) {
            throw refused(node, "takes parts of a tensor of %d axes", from.shape().length);
        }
        double[] taken = new double[indices.values().length];
        for (int i = 0; i < taken.length; i++) {
            int at = (int) indices.values()[i];
            taken[i] = from.values()[at < 0 ? at + from.values().length : at];
        }
        return new Constant(from.type(), indices.shape(), taken);
    }

    private OnnxValue slice(NodeProto node) {
        Constant from = constant(node, 0);
        if (from.shape().length != 1) {
            throw refused(node, "takes parts of a tensor of %d axes", from.shape().length);
        }
        long start;
        long end;
        long step = 1;
        if (has(node, 1)) {
            start = (long) constant(node, 1).values()[0];
            end = (long) constant(node, 2).values()[0];
            step = has(node, 4) ? (long) constant(node, 4).values()[0] : 1;
        } else {
            start =
                    attribute(node, "starts")
                            .orElseThrow(IndexOutOfBoundsException::new)
                            .getInts(0);
            end = attribute(node, "ends").orElseThrow(IndexOutOfBoundsException::new).getInts(0);
        }
        if (step != 1) {
            throw refused(node, "has a step of %d", step);
        }
        int length = from.values().length;
        int first = (int) index(start, length);
        double[] part =
                Arrays.copyOfRange(from.values(), first, Math.max(first, (int) index(end, length)));
        return new Constant(from.type(), new long[] {part.length}, part);
    }

    private OnnxValue concat(NodeProto node) {
        if (node.getInputCount() == 1) {
            return argument(node, 0);
        }
        List<OnnxValue> parts = new ArrayList<>();
        for (int i = 0; i < node.getInputCount(); i++) {
            parts.add(argument(node, i));
        }
        if (parts.stream().allMatch(p -> p instanceof Constant c && c.shape().length == 1)) {
            double[] all =
                    parts.stream()
                            .flatMapToDouble(p -> Arrays.stream(((Constant) p).values()))
                            .toArray();
            int type = ((Constant) parts.get(0)).type();
            return new Constant(type, new long[] {all.length}, all);
        }
        long axis = integer(node, "axis", 1);
        List<Rows> rows = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            Rows part = rows(node, i);
            requireVector(node, part);
            requireSameType(node, part.type(), rows.isEmpty() ? part.type() : rows.get(0).type());
            rows.add(part);
        }
        long last = rows.get(0).batch() == 0 ? 0 : 1;
        if (axis != last && axis != -1) {
            throw refused(node, "joins along axis %d", axis);
        }
        return sideBySide(node, rows);
    }

    /** Lines of one and the same thing side by side are a dense layer. */
    private Rows sideBySide(NodeProto node, List<Rows> parts) {
        Rows first = parts.get(0);
        Expression of = Expression.line(first.expression()).of();
        int width = first.chain().width();
        int units = width * parts.size();
        double[] kernel = new double[Math.multiplyExact(width, units)];
        double[] bias = new double[units];
        for (int p = 0; p < parts.size(); p++) {
            Rows part = parts.get(p);
            Line line = Expression.line(part.expression());
            if (part.chain() != first.chain() || !line.of().equals(of)) {
                throw refused(node, "joins branches that differ");
            }
            for (int i = 0; i < width; i++) {
                kernel[i * units + p * width + i] = line.a();
                bias[p * width + i] = line.b();
            }
        }
        String where = describe(node);
        Chain chain = materialize(first.with(of, first.size()), where);
        return first.with(chain.dense(kernel, bias, where), units);
    }

    private OnnxValue squeeze(NodeProto node) {
        boolean squeeze = node.getOpType().equals("Squeeze");
        long[] axes =
                has(node, 1)
                        ? Arrays.stream(constant(node, 1).values())
                                .mapToLong(d -> (long) d)
                                .toArray()
                        : attribute(node, "axes")
                                .map(a -> a.getIntsList().stream().mapToLong(l -> l).toArray())
                                .orElse(new long[0]);
        OnnxValue value = argument(node, 0);
        if (value instanceof Constant c) {
            return new Constant(
                    c.type(),
                    squeeze ? squeezed(node, c.shape(), axes) : unsqueezed(c.shape(), axes),
                    c.values());
        }
        Rows rows = (Rows) value;
        requireWhole(node, rows);
        boolean hasBatch = rows.batch() != 0;
        long[] full = new long[rows.shape().length + (hasBatch ? 1 : 0)];
        full[0] = rows.batch();
        System.arraycopy(rows.shape(), 0, full, hasBatch ? 1 : 0, rows.shape().length);
        long[] result = squeeze ? squeezed(node, full, axes) : unsqueezed(full, axes);
        if (!hasBatch) {
            return result.length > 0 && result[0] == 1 && !squeeze
                    ? rows.withShape(Arrays.copyOfRange(result, 1, result.length), 1)
                    : rows.withShape(result, 0);
        }
        if (result.length == 0 || result[0] != rows.batch()) {
            throw refused(node, "moves or takes away the axis of rows");
        }
        return rows.withShape(Arrays.copyOfRange(result, 1, result.length), rows.batch());
    }

    private long[] squeezed(NodeProto node, long[] shape, long[] axes) {
        Set<Long> gone = new HashSet<>();
        for (long axis : axes) {
            gone.add(axis < 0 ? axis + shape.length : axis);
        }
        List<Long> left = new ArrayList<>();
        for (int i = 0; i < shape.length; i++) {
            boolean goes = axes.length == 0 ? shape[i] == 1 && i > 0 : gone.contains((long) i);
            if (goes && shape[i] != 1) {
                throw refused(node, "takes away axis %d of %s", i, Arrays.toString(shape));
            }
            if (!goes) {
                left.add(shape[i]);
            }
        }
        return left.stream().mapToLong(Long::longValue).toArray();
    }

    private static long[] unsqueezed(long[] shape, long[] axes) {
        int rank = shape.length + axes.length;
        Set<Long> fresh = new HashSet<>();
        for (long axis : axes) {
            fresh.add(axis < 0 ? axis + rank : axis);
        }
        long[] result = new long[rank];
        int at = 0;
        for (int i = 0; i < rank; i++) {
            result[i] = fresh.contains((long) i) ? 1 : shape[at++];
        }
        return result;
    }

    private OnnxValue reshape(NodeProto node) {
        double[] target =
                has(node, 1)
                        ? constant(node, 1).values()
                        : attribute(node, "shape")
                                .orElseThrow(IndexOutOfBoundsException::new)
                                .getIntsList()
                                .stream()
                                .mapToDouble(i -> i)
                                .toArray();
        OnnxValue value = argument(node, 0);
        if (value instanceof Constant c) {
            return new Constant(
                    c.type(), completed(node, target, c.shape(), c.values().length), c.values());
        }
        Rows rows = (Rows) value;
        requireWhole(node, rows);
        int width = rows.chain().width();
        boolean batchKept =
                target.length > 0
                        && (Double.isNaN(target[0])
                                || target[0] == 0
                                || target[0] == -1
                                || target[0] == rows.batch());
        if (rows.batch() == 0) {
            // A single example may get an axis of rows, of one.
            boolean one = target.length > 1 && target[0] == 1;
            double[] rest = one ? Arrays.copyOfRange(target, 1, target.length) : target;
            return rows.withShape(completed(node, rest, rows.shape(), width), one ? 1 : 0);
        }
        double[] rest = target.length == 0 ? target : Arrays.copyOfRange(target, 1, target.length);
        if (batchKept && target[0] == -1) {
            double product = Arrays.stream(rest).reduce(1, (a, b) -> a * b);
            if (product == 1 && width != 1) {
                return rows.splitUp();
            }
        }
        if (target.length == 1 && (rows.batch() == 1 || width == 1)) {
            // Without the axis of features, or that of the only row.
            return width == 1
                    ? rows.withShape(new long[0], rows.batch())
                    : rows.withShape(new long[] {width}, 0);
        }
        if (!batchKept) {
            throw refused(node, "makes %s of rows of %d", Arrays.toString(target), width);
        }
        long[] before = new long[rest.length];
        for (int i = 0; i < before.length; i++) {
            before[i] = i < rows.shape().length ? rows.shape()[i] : 0;
        }
        return rows.withShape(completed(node, rest, before, width), rows.batch());
    }

    private long[] completed(NodeProto node, double[] target, long[] before, int size) {
        long[] shape = new long[target.length];
        long known = 1;
        int open = -1;
        for (int i = 0; i < shape.length; i++) {
            if (Double.isNaN(target[i])) {
                throw refused(node, "moves the axis of rows");
            }
            shape[i] = target[i] == 0 && i < before.length ? before[i] : (long) target[i];
            if (shape[i] == -1 && open < 0) {
                open = i;
            } else {
                known *= shape[i];
            }
        }
        if (open >= 0 && known > 0) {
            shape[open] = size / known;
            known *= shape[open];
        }
        if (known != size) {
            throw refused(node, "makes %s of %d elements", Arrays.toString(target), size);
        }
        return shape;
    }

    private OnnxValue flatten(NodeProto node) {
        long axis = integer(node, "axis", 1);
        OnnxValue value = argument(node, 0);
        if (value instanceof Constant c) {
            int at = (int) (axis < 0 ? axis + c.shape().length : axis);
            long rows = 1;
            for (int i = 0; i < at; i++) {
                rows *= c.shape()[i];
            }
            long columns = rows == 0 ? 0 : c.values().length / rows;
            return new Constant(c.type(), new long[] {rows, columns}, c.values());
        }
        Rows rows = (Rows) value;
        requireWhole(node, rows);
        int rank = rows.shape().length + (rows.batch() == 0 ? 0 : 1);
        int at = (int) (axis < 0 ? axis + rank : axis);
        long before = 1;
        for (int i = 0; i < at - 1 && i < rows.shape().length; i++) {
            before *= rows.shape()[i];
        }
        boolean oneRow = at == 0 && (rows.batch() == 0 || rows.batch() == 1);
        if (before != 1 || at == 0 && !oneRow || at > 0 && rows.batch() == 0) {
            throw refused(
                    node,
                    "flattens rows of %s from axis %d on",
                    Arrays.toString(rows.shape()),
                    axis);
        }
        return rows.withShape(
                new long[] {rows.chain().width()}, rows.batch() == 0 ? 1 : rows.batch());
    }

    private OnnxValue transpose(NodeProto node) {
        OnnxValue value = argument(node, 0);
        int rank =
                value instanceof Constant c
                        ? c.shape().length
                        : ((Rows) value).shape().length + (((Rows) value).batch() == 0 ? 0 : 1);
        List<Long> order = attribute(node, "perm").map(AttributeProto::getIntsList).orElse(null);
        if (order == null) {
            order = new ArrayList<>();
            for (long i = rank - 1L; i >= 0; i--) {
                order.add(i);
            }
        }
        boolean same = true;
        for (int i = 0; i < order.size(); i++) {
            same &= order.get(i) == i;
        }
        if (same) {
            return value;
        }
        if (value instanceof Constant c && rank == 2) {
            return transposed(c);
        }
        throw refused(node, "moves axes of what is computed, %s", order);
    }

    private static Constant transposed(Constant c) {
        int rows = (int) c.shape()[0];
        int columns = (int) c.shape()[1];
        double[] turned = new double[c.values().length];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                turned[j * rows + i] = c.values()[i * columns + j];
            }
        }
        return new Constant(c.type(), new long[] {columns, rows}, turned);
    }

    private void requireWhole(NodeProto node, Rows rows) {
        if (rows.split()) {
            throw refused(node, "follows a Reshape that makes several rows of each");
        }
    }

    /** All features are in one axis. */
    private void requireVector(NodeProto node, Rows rows) {
        requireWhole(node, rows);
        long last = rows.shape().length == 0 ? 1 : rows.shape()[rows.shape().length - 1];
        if (last != rows.chain().width()) {
            throw refused(
                    node,
                    "works along the last axis of %s, not on a vector",
                    Arrays.toString(rows.shape()));
        }
    }

    private void requireSameType(NodeProto node, int a, int b) {
        if (a != b) {
            throw refused(
                    node,
                    "mixes the types %s and %s",
                    DataType.forNumber(a),
                    DataType.forNumber(b));
        }
        if (!OnnxValue.isFloat(a)) {
            throw refused(node, "computes in %s", DataType.forNumber(a));
        }
    }

    private Rows dense(NodeProto node, Rows x, Constant w, double[] bias) {
        requireVector(node, x);
        requireSameType(node, x.type(), w.type());
        int inputs = x.chain().width();
        if (w.shape().length != 2 || w.shape()[0] != inputs || w.shape()[1] < 1) {
            throw refused(node, "multiplies %d features by %s", inputs, Arrays.toString(w.shape()));
        }
        requireFinite(node, w.values());
        requireFinite(node, bias);
        String where = describe(node);
        Chain before = materialize(x, where);
        int units = (int) w.shape()[1];
        long[] shape = x.shape().length == 0 ? new long[] {1} : x.shape().clone();
        shape[shape.length - 1] = units;
        return x.with(before.dense(w.values(), bias, where), shape);
    }

    private void requireFinite(NodeProto node, double[] values) {
        for (double value : values) {
            if (!Double.isFinite(value)) {
                throw refused(node, "has %s among its weights", value);
            }
        }
    }

    private OnnxValue matMul(NodeProto node) {
        Constant w = constant(node, 1);
        Rows x = rows(node, 0);
        if (w.shape().length == 1) {
            w = new Constant(w.type(), new long[] {w.shape()[0], 1}, w.values());
            Rows y = dense(node, x, w, new double[1]);
            return y.withShape(new long[0], y.batch());
        }
        return dense(node, x, w, new double[w.shape().length == 2 ? (int) w.shape()[1] : 0]);
    }

    private OnnxValue gemm(NodeProto node) {
        if (integer(node, "transA", 0) != 0) {
            throw refused(node, "transposes the rows");
        }
        double alpha = number(node, "alpha", 1);
        double beta = number(node, "beta", 1);
        Constant w = constant(node, 1);
        if (w.shape().length != 2) {
            throw refused(node, "has weights %s", Arrays.toString(w.shape()));
        }
        if (integer(node, "transB", 0) != 0) {
            w = transposed(w);
        }
        double[] kernel = w.values();
        if (alpha != 1) {
            kernel = Arrays.stream(kernel).map(v -> v * alpha).toArray();
        }
        double[] bias = new double[(int) w.shape()[1]];
        if (has(node, 2)) {
            Constant c = constant(node, 2);
            requireSameType(node, c.type(), w.type());
            double[] spread = spread(node, c, bias.length);
            Arrays.setAll(bias, i -> beta * spread[i]);
        }
        return dense(node, rows(node, 0), new Constant(w.type(), w.shape(), kernel), bias);
    }

    /** The constant, one number for each feature. */
    private double[] spread(NodeProto node, Constant c, int width) {
        if (c.isScalar()) {
            double[] spread = new double[width];
            Arrays.fill(spread, c.values()[0]);
            return spread;
        }
        long last = c.shape().length == 0 ? 1 : c.shape()[c.shape().length - 1];
        if (c.values().length != width || last != width) {
            throw refused(
                    node, "has a constant %s for %d features", Arrays.toString(c.shape()), width);
        }
        return c.values();
    }

    /** As {@link #spread}, where the row may have several axes. */
    private double[] spread(NodeProto node, Constant c, Rows rows) {
        int axes = 0;
        for (long n : c.shape()) {
            axes += n == 1 ? 0 : 1;
        }
        int width = rows.chain().width();
        if (c.values().length == width && axes > 1) {
            long[] shape = c.shape();
            int from = Math.max(0, shape.length - rows.shape().length);
            if (Arrays.equals(Arrays.copyOfRange(shape, from, shape.length), rows.shape())) {
                return c.values();
            }
        }
        if (rows.shape().length > 1 && !c.isScalar()) {
            requireVector(node, rows);
        }
        return spread(node, c, width);
    }

    private OnnxValue sum(NodeProto node) {
        if (node.getInputCount() != 2) {
            throw refused(node, "adds %d tensors", node.getInputCount());
        }
        return binary(node, '+');
    }

    private OnnxValue binary(NodeProto node, char operation) {
        if (node.getInputCount() != 2) {
            throw refused(node, "has %d inputs, not 2", node.getInputCount());
        }
        OnnxValue left = argument(node, 0);
        OnnxValue right = argument(node, 1);
        if (left instanceof Constant a && right instanceof Constant b) {
            return constants(node, operation, a, b);
        }
        if (left instanceof Rows a && right instanceof Rows b) {
            return ofBranches(node, operation, a, b);
        }
        boolean reversed = left instanceof Constant;
        Rows rows = (Rows) (reversed ? right : left);
        Constant c = (Constant) (reversed ? left : right);
        // An exponent may have any type.
        if (operation != '^' || reversed) {
            requireSameType(node, rows.type(), c.type());
        }
        int sizeOfConstant = c.values().length;
        if (c.isScalar() && c.shape().length <= rows.shape().length + 1) {
            Expression number = new Expression.Number(c.values()[0]);
            Expression e =
                    reversed
                            ? Expression.binary(operation, number, rows.expression())
                            : Expression.binary(operation, rows.expression(), number);
            return grown(node, rows, e, rows.size() + 2);
        }
        requireWhole(node, rows);
        double[] spread = spread(node, c, rows);
        requireFinite(node, spread);
        String where = describe(node);
        Chain chain = materialize(rows, where);
        double[] scale = new double[sizeOfConstant];
        double[] shift = new double[sizeOfConstant];
        Arrays.fill(scale, 1);
        switch (operation) {
            case '+' -> shift = spread;
            case '-' -> {
                Arrays.fill(scale, reversed ? -1 : 1);
                Arrays.setAll(shift, i -> reversed ? spread[i] : -spread[i]);
            }
            case '*' -> scale = spread;
            case '/' -> {
                if (reversed) {
                    throw refused(node, "divides a constant by what is computed");
                }
                Arrays.setAll(scale, i -> 1 / spread[i]);
                requireFinite(node, scale);
            }
            default -> throw refused(node, "has a different constant for each feature");
        }
        return rows.with(chain.affine(scale, shift, where), rows.shape());
    }

    private Constant constants(NodeProto node, char operation, Constant a, Constant b) {
        Constant longer = a.values().length >= b.values().length ? a : b;
        if (!a.isScalar() && !b.isScalar() && !Arrays.equals(a.shape(), b.shape())) {
            throw refused(node, "has constants of two shapes");
        }
        boolean whole = !a.isFloat();
        double[] result = new double[longer.values().length];
        for (int i = 0; i < result.length; i++) {
            double y =
                    Expression.value(
                            new Expression.Binary(
                                    operation,
                                    new Expression.Number(a.values()[a.isScalar() ? 0 : i]),
                                    new Expression.Number(b.values()[b.isScalar() ? 0 : i])),
                            0);
            result[i] = whole && operation == '/' && !Double.isNaN(y) ? (long) y : y;
        }
        return new Constant(a.type(), longer.shape(), result);
    }

    private Rows ofBranches(NodeProto node, char operation, Rows a, Rows b) {
        requireSameType(node, a.type(), b.type());
        if (a.chain() != b.chain() || !Arrays.equals(a.shape(), b.shape())) {
            throw refused(node, "joins two branches, so that this is no stack of layers");
        }
        return grown(
                node,
                a,
                Expression.binary(operation, a.expression(), b.expression()),
                a.size() + b.size() + 1);
    }

    private Rows grown(NodeProto node, Rows rows, Expression e, int size) {
        if (size > LARGEST_EXPRESSION) {
            throw refused(node, "is part of an expression too large for a function that we know");
        }
        return rows.with(e, size);
    }

    private Chain materialize(Rows rows, String where) {
        return Expression.append(rows.chain(), rows.expression(), where)
                .orElseThrow(
                        () ->
                                ModelException.of(
                                        path,
                                        "what comes before %s is computed by a function that we don't know: %s",
                                        where,
                                        shown(rows.expression())));
    }

    private static String shown(Expression e) {
        if (e instanceof Expression.Variable) {
            return "x";
        }
        if (e instanceof Expression.Number n) {
            return Double.toString(n.value());
        }
        if (e instanceof Expression.Call call) {
            return call.f().name() + "(" + shown(call.of()) + ")";
        }
        if (e instanceof Expression.Other other) {
            return other.name() + "(" + shown(other.of()) + ")";
        }
        Expression.Binary binary = (Expression.Binary) e;
        return "("
                + shown(binary.left())
                + " "
                + binary.operation()
                + " "
                + shown(binary.right())
                + ")";
    }

    private OnnxValue batchNormalization(NodeProto node) {
        Rows x = rows(node, 0);
        requireVector(node, x);
        if (integer(node, "training_mode", 0) != 0) {
            throw refused(node, "is in training mode, in which rows depend on each other");
        }
        int n = x.chain().width();
        double[][] p = new double[4][];
        for (int i = 0; i < 4; i++) {
            Constant c = constant(node, i + 1);
            requireSameType(node, x.type(), c.type());
            if (c.values().length != n) {
                throw refused(node, "has %d numbers for %d features", c.values().length, n);
            }
            p[i] = c.values();
        }
        double epsilon = number(node, "epsilon", 1e-5f);
        double[] scale = new double[n];
        double[] shift = new double[n];
        for (int i = 0; i < n; i++) {
            scale[i] = p[0][i] / Math.sqrt(p[3][i] + epsilon);
            shift[i] = p[1][i] - p[2][i] * scale[i];
        }
        requireFinite(node, scale);
        requireFinite(node, shift);
        String where = describe(node);
        return x.with(materialize(x, where).affine(scale, shift, where), x.shape());
    }

    private OnnxValue clip(NodeProto node) {
        double low = number(node, "min", Double.NEGATIVE_INFINITY);
        double high = number(node, "max", Double.POSITIVE_INFINITY);
        low = has(node, 1) ? constant(node, 1).values()[0] : low;
        high = has(node, 2) ? constant(node, 2).values()[0] : high;
        Rows x = rows(node, 0);
        // The greatest number of the type is how some write none.
        low = low <= -Float.MAX_VALUE ? Double.NEGATIVE_INFINITY : low;
        high = high >= Float.MAX_VALUE ? Double.POSITIVE_INFINITY : high;
        return call(
                node,
                x,
                low == 0 && Double.isInfinite(high)
                        ? Elementwise.relu()
                        : Elementwise.hardTanh(low, high));
    }

    private Rows call(NodeProto node, Rows x, Elementwise f) {
        return f.equals(Elementwise.linear())
                ? x
                : grown(node, x, new Expression.Call(f, x.expression()), x.size() + 1);
    }

    private OnnxValue prelu(NodeProto node) {
        Rows x = rows(node, 0);
        Constant slope = constant(node, 1);
        requireSameType(node, x.type(), slope.type());
        requireFinite(node, slope.values());
        if (slope.isScalar()) {
            return call(node, x, Elementwise.leakyRelu(slope.values()[0]));
        }
        double[] spread = spread(node, slope, x);
        String where = describe(node);
        return x.with(materialize(x, where).prelu(spread, where), x.shape());
    }

    private OnnxValue alongAxis(NodeProto node) {
        Rows x = rows(node, 0);
        requireVector(node, x);
        int rank = x.shape().length + (x.batch() == 0 ? 0 : 1);
        // Before opset 13, all axes from this one on counted as one.
        long axis = integer(node, "axis", opset < 13 ? 1 : -1);
        boolean last = axis == -1 || axis == rank - 1L || opset < 13 && axis == 1;
        if (!last) {
            throw refused(node, "has axis %d, not that of the features", axis);
        }
        AxisFunction f = OnnxFunctions.alongAxis(node);
        String where = describe(node);
        Chain before = materialize(x, where);
        if (before.endsInAxisFunction()) {
            throw refused(
                    node, "follows a function along an axis, which only the last layer can have");
        }
        return x.with(before.function(f, where), x.shape());
    }

    private OnnxValue elementwise(NodeProto node) {
        Optional<Elementwise> f = OnnxFunctions.elementwise(node);
        if (f.isPresent()) {
            return call(node, rows(node, 0), f.get());
        }
        DoubleUnaryOperator other =
                switch (node.getOpType()) {
                    case "Erf" -> OnnxGraph::erf;
                    case "Log" -> Math::log;
                    case "Sqrt" -> Math::sqrt;
                    case "Abs" -> Math::abs;
                    default -> null;
                };
        Expression zero = new Expression.Number(0);
        Expression one = new Expression.Number(1);
        switch (node.getOpType()) {
            case "Neg" -> {
                Rows x = rows(node, 0);
                return grown(node, x, Expression.binary('-', zero, x.expression()), x.size() + 2);
            }
            case "Reciprocal" -> {
                Rows x = rows(node, 0);
                return grown(node, x, Expression.binary('/', one, x.expression()), x.size() + 2);
            }
            default -> {
                if (other == null) {
                    throw refused(node, "is an operator that no layer of ours stands for");
                }
                Rows x = rows(node, 0);
                return grown(
                        node,
                        x,
                        new Expression.Other(node.getOpType(), other, x.expression()),
                        x.size() + 1);
            }
        }
    }

    /** From gelu(x) = x·(1 + erf(x/√2))/2, which the library has in full precision. */
    private static double erf(double x) {
        double z = x * Math.sqrt(2);
        return z == 0 ? 0 : 2 * Elementwise.gelu().valueAt(z) / z - 1;
    }

    /** The operators around networks that scikit-learn's converter writes. */
    private OnnxValue ofClassicModels(NodeProto node) {
        switch (node.getOpType()) {
            case "ZipMap" -> {
                Rows x = rows(node, 0);
                List<String> names = new ArrayList<>();
                for (AttributeProto attribute : node.getAttributeList()) {
                    attribute.getStringsList().stream()
                            .map(ByteString::toStringUtf8)
                            .forEach(names::add);
                    attribute.getIntsList().forEach(i -> names.add(Long.toString(i)));
                }
                return x.withClasses(names);
            }
            case "Scaler" -> {
                Rows x = rows(node, 0);
                requireVector(node, x);
                int n = x.chain().width();
                double[] scale = floats(node, "scale", n, 1);
                double[] offset = floats(node, "offset", n, 0);
                double[] shift = new double[n];
                Arrays.setAll(shift, i -> -offset[i] * scale[i]);
                String where = describe(node);
                return x.with(materialize(x, where).affine(scale, shift, where), x.shape());
            }
            default -> throw refused(node, "is an operator that no layer of ours stands for");
        }
    }

    private double[] floats(NodeProto node, String name, int n, double otherwise) {
        double[] given =
                attribute(node, name)
                        .map(a -> a.getFloatsList().stream().mapToDouble(f -> f).toArray())
                        .orElse(new double[] {otherwise});
        return spread(
                node, new Constant(DataType.FLOAT_VALUE, new long[] {given.length}, given), n);
    }
}
