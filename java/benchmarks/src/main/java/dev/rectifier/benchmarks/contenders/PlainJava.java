package dev.rectifier.benchmarks.contenders;

import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Span;
import dev.rectifier.benchmarks.Adapter;
import dev.rectifier.benchmarks.Functions;
import dev.rectifier.benchmarks.Inputs;
import dev.rectifier.benchmarks.Operation;
import dev.rectifier.benchmarks.Task;
import dev.rectifier.benchmarks.Task.Kind;
import dev.rectifier.benchmarks.Work;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/**
 * A loop over arrays, as one writes it without a library. For {@code float} and the common
 * functions it is the formula that one would write, in {@code float} where that is possible; for
 * all others it is the one of the registry, in {@code double}.
 */
public final class PlainJava implements Adapter {
    private static final float SELU_SCALE = 1.0507009873554804934193349852946f;
    private static final float SELU_ALPHA = 1.6732632423543772848170429916717f;

    /** A function of a float. */
    @FunctionalInterface
    private interface FloatFunction {
        float at(float x);
    }

    private static final Map<String, FloatFunction> VALUES = new HashMap<>();
    private static final Map<String, FloatFunction> DERIVATIVES = new HashMap<>();

    static {
        VALUES.put("linear", x -> x);
        VALUES.put("relu", x -> Math.max(x, 0));
        VALUES.put("leakyRelu", x -> Math.max(x, 0.01f * x));
        VALUES.put("relu6", x -> Math.min(Math.max(x, 0), 6));
        VALUES.put("hardTanh", x -> Math.min(Math.max(x, -1), 1));
        VALUES.put("hardSigmoid", x -> Math.min(Math.max(x / 6 + 0.5f, 0), 1));
        VALUES.put("hardSwish", x -> x * Math.min(Math.max(x / 6 + 0.5f, 0), 1));
        VALUES.put("softsign", x -> x / (1 + Math.abs(x)));
        VALUES.put("sigmoid", x -> (float) (1 / (1 + Math.exp(-x))));
        VALUES.put("tanh", x -> (float) Math.tanh(x));
        VALUES.put("silu", x -> (float) (x / (1 + Math.exp(-x))));
        VALUES.put("exponential", x -> (float) Math.exp(x));
        VALUES.put("elu", x -> x > 0 ? x : (float) Math.expm1(x));
        VALUES.put("selu", x -> SELU_SCALE * (x > 0 ? x : SELU_ALPHA * (float) Math.expm1(x)));
        VALUES.put("softplus", x -> Math.max(x, 0) + (float) Math.log1p(Math.exp(-Math.abs(x))));
        VALUES.put("mish", x -> (float) (x * Math.tanh(Math.log1p(Math.exp(x)))));

        DERIVATIVES.put("linear", x -> 1);
        DERIVATIVES.put("relu", x -> x > 0 ? 1 : 0);
        DERIVATIVES.put("leakyRelu", x -> x > 0 ? 1 : 0.01f);
        DERIVATIVES.put("relu6", x -> x > 0 && x < 6 ? 1 : 0);
        DERIVATIVES.put("hardTanh", x -> x > -1 && x < 1 ? 1 : 0);
    }

    @Override
    public String version() {
        return "Java " + Runtime.version().feature();
    }

    @Override
    public Optional<Work> prepare(Task task) {
        if (!Operation.of(task).isElementwise()) {
            return task.kind() != Kind.FILL && task.dtype() == DType.FLOAT32
                    ? PlainLoops.of(task)
                    : Optional.empty();
        }
        Elementwise f = ((Elementwise) Functions.activation(task.function())).rounded(task.dtype());
        DoubleUnaryOperator formula =
                switch (task.kind()) {
                    case FORWARD -> f::valueAt;
                    case BACKWARD -> f::derivativeAt;
                    default -> f::derivativeFromOutputAt;
                };
        if (task.dtype() == DType.FLOAT64) {
            return Optional.of(doubles(task, formula));
        }
        Map<String, FloatFunction> known =
                switch (task.kind()) {
                    case FORWARD -> VALUES;
                    case BACKWARD -> DERIVATIVES;
                    default -> Map.of();
                };
        FloatFunction inFloat = known.get(task.function());
        return Optional.of(
                floats(task, inFloat != null ? inFloat : x -> (float) formula.applyAsDouble(x)));
    }

    private static Work floats(Task task, FloatFunction f) {
        float[] source = new float[task.length()];
        float[] out = new float[task.length()];
        Inputs.writeSource(task, Span.of(source));
        if (task.kind() == Kind.FORWARD) {
            return new Call(() -> forward(f, source, out), () -> Span.of(out));
        }
        float[] dy = new float[task.length()];
        Inputs.writeDy(Span.of(dy));
        return new Call(() -> backward(f, source, dy, out), () -> Span.of(out));
    }

    private static void forward(FloatFunction f, float[] x, float[] y) {
        for (int i = 0; i < x.length; i++) {
            y[i] = f.at(x[i]);
        }
    }

    private static void backward(FloatFunction f, float[] source, float[] dy, float[] dx) {
        for (int i = 0; i < source.length; i++) {
            dx[i] = f.at(source[i]) * dy[i];
        }
    }

    private static Work doubles(Task task, DoubleUnaryOperator f) {
        double[] source = new double[task.length()];
        double[] out = new double[task.length()];
        Inputs.writeSource(task, Span.of(source));
        if (task.kind() == Kind.FORWARD) {
            return new Call(() -> forward(f, source, out), () -> Span.of(out));
        }
        double[] dy = new double[task.length()];
        Inputs.writeDy(Span.of(dy));
        return new Call(() -> backward(f, source, dy, out), () -> Span.of(out));
    }

    private static void forward(DoubleUnaryOperator f, double[] x, double[] y) {
        for (int i = 0; i < x.length; i++) {
            y[i] = f.applyAsDouble(x[i]);
        }
    }

    private static void backward(DoubleUnaryOperator f, double[] source, double[] dy, double[] dx) {
        for (int i = 0; i < source.length; i++) {
            dx[i] = f.applyAsDouble(source[i]) * dy[i];
        }
    }
}
