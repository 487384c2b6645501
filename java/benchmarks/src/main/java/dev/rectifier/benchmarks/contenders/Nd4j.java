package dev.rectifier.benchmarks.contenders;

import dev.rectifier.DType;
import dev.rectifier.Span;
import dev.rectifier.benchmarks.Adapter;
import dev.rectifier.benchmarks.Functions;
import dev.rectifier.benchmarks.Inputs;
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
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.HardTanh;
import org.nd4j.linalg.api.ops.impl.transforms.strict.LogSigmoid;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Mish;
import org.nd4j.linalg.api.ops.impl.transforms.strict.SELU;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Sigmoid;
import org.nd4j.linalg.api.ops.impl.transforms.strict.SoftPlus;
import org.nd4j.linalg.api.ops.impl.transforms.strict.SoftSign;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Swish;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Tanh;
import org.nd4j.linalg.api.ops.random.impl.GaussianDistribution;
import org.nd4j.linalg.api.ops.random.impl.TruncatedNormalDistribution;
import org.nd4j.linalg.api.ops.random.impl.UniformDistribution;

/** ND4J: operations that are made beforehand and write into an array that is there before. */
public final class Nd4j implements Adapter {
    private static final Map<String, BiFunction<INDArray, INDArray, Op>> FORWARD = new HashMap<>();
    private static final Map<String, Custom> CUSTOM_FORWARD = new HashMap<>();
    private static final Map<String, Custom> BACKWARD = new HashMap<>();

    /** An operation by its name in the native library, with its parameters. */
    private record Custom(String name, Double... parameters) {}

    static {
        FORWARD.put("exponential", Exp::new);
        FORWARD.put("hardTanh", HardTanh::new);
        FORWARD.put("logSigmoid", LogSigmoid::new);
        FORWARD.put("mish", Mish::new);
        FORWARD.put("selu", SELU::new);
        FORWARD.put("sigmoid", Sigmoid::new);
        FORWARD.put("silu", Swish::new);
        FORWARD.put("softplus", SoftPlus::new);
        FORWARD.put("softsign", SoftSign::new);
        FORWARD.put("tanh", Tanh::new);
        CUSTOM_FORWARD.put("elu", new Custom("elu", 1.0));
        CUSTOM_FORWARD.put("linear", new Custom("identity"));
        CUSTOM_FORWARD.put("leakyRelu", new Custom("lrelu", 0.01));
        CUSTOM_FORWARD.put("relu", new Custom("relu", 0.0));
        CUSTOM_FORWARD.put("relu6", new Custom("relu6", 0.0));
        CUSTOM_FORWARD.put("logSoftmax", new Custom("log_softmax"));
        CUSTOM_FORWARD.put("softmax", new Custom("softmax"));
        CUSTOM_FORWARD.put("threshold", new Custom("thresholdedrelu", 1.0));
        BACKWARD.put("elu", new Custom("elu_bp", 1.0));
        BACKWARD.put("hardTanh", new Custom("hardtanh_bp"));
        BACKWARD.put("leakyRelu", new Custom("lrelu_bp", 0.01));
        BACKWARD.put("relu", new Custom("relu_bp", 0.0));
        BACKWARD.put("relu6", new Custom("relu6_bp", 0.0));
        BACKWARD.put("selu", new Custom("selu_bp"));
        BACKWARD.put("sigmoid", new Custom("sigmoid_bp"));
        BACKWARD.put("softplus", new Custom("softplus_bp"));
        BACKWARD.put("softsign", new Custom("softsign_bp"));
        BACKWARD.put("tanh", new Custom("tanh_bp"));
        BACKWARD.put("threshold", new Custom("thresholdedrelu_bp", 1.0));
    }

    private final OpExecutioner executioner = org.nd4j.linalg.factory.Nd4j.getExecutioner();

    /** With as many threads as {@code OMP_NUM_THREADS} says. */
    public Nd4j() {
        org.nd4j.linalg.factory.Nd4j.getRandom().setSeed(1);
    }

    @Override
    public String version() {
        return Versions.of("nd4j");
    }

    @Override
    public Optional<Work> prepare(Task task) {
        String function = Functions.commonName(task.function());
        return switch (task.kind()) {
            case FILL -> Optional.of(fill(task));
            case FORWARD ->
                    Optional.ofNullable(FORWARD.get(function))
                            .map(op -> forward(task, op))
                            .or(
                                    () ->
                                            Optional.ofNullable(CUSTOM_FORWARD.get(function))
                                                    .map(custom -> custom(task, custom)));
            case BACKWARD ->
                    Optional.ofNullable(BACKWARD.get(function)).map(custom -> custom(task, custom));
            default -> Optional.empty();
        };
    }

    private Work fill(Task task) {
        INDArray out = array(task);
        Supplier<Op> op =
                switch (task.function()) {
                    case "uniform" -> () -> new UniformDistribution(out, 0, 1);
                    case "normal" -> () -> new GaussianDistribution(out, 0, 1);
                    default -> () -> new TruncatedNormalDistribution(out, 0, 1);
                };
        return new Call(() -> executioner.exec(op.get()), () -> span(out, task));
    }

    private Work forward(Task task, BiFunction<INDArray, INDArray, Op> op) {
        INDArray out = array(task);
        Op made = op.apply(source(task), out);
        return new Call(() -> executioner.exec(made), () -> span(out, task));
    }

    private Work custom(Task task, Custom custom) {
        INDArray out = array(task);
        List<INDArray> inputs = new ArrayList<>(List.of(source(task)));
        if (task.kind() == Kind.BACKWARD) {
            INDArray dy = array(task);
            Inputs.writeDy(span(dy, task));
            inputs.add(dy);
        }
        DynamicCustomOp op =
                DynamicCustomOp.builder(custom.name())
                        .addInputs(inputs.toArray(INDArray[]::new))
                        .addOutputs(out)
                        .addFloatingPointArguments(custom.parameters())
                        .build();
        return new Call(() -> executioner.exec(op), () -> span(out, task));
    }

    private static INDArray source(Task task) {
        INDArray source = array(task);
        Inputs.writeSource(task, span(source, task));
        return source;
    }

    private static INDArray array(Task task) {
        DataType type = task.dtype() == DType.FLOAT32 ? DataType.FLOAT : DataType.DOUBLE;
        return org.nd4j.linalg.factory.Nd4j.create(type, Operation.of(task).outputs().get(0));
    }

    private static Span span(INDArray array, Task task) {
        return task.dtype() == DType.FLOAT32
                ? Span.of(new FloatPointer(array.data().pointer()).capacity(task.length()))
                : Span.of(new DoublePointer(array.data().pointer()).capacity(task.length()));
    }
}
