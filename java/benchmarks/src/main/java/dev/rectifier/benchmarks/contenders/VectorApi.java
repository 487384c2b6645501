package dev.rectifier.benchmarks.contenders;

import dev.rectifier.DType;
import dev.rectifier.Span;
import dev.rectifier.benchmarks.Adapter;
import dev.rectifier.benchmarks.Functions;
import dev.rectifier.benchmarks.Inputs;
import dev.rectifier.benchmarks.Task;
import dev.rectifier.benchmarks.Task.Kind;
import dev.rectifier.benchmarks.Work;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Java's incubating Vector API, over arrays of {@code float}. */
public final class VectorApi implements Adapter {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final FloatVector ONE = FloatVector.broadcast(SPECIES, 1);
    private static final FloatVector ZERO = FloatVector.zero(SPECIES);
    private static final float SELU_SCALE = 1.0507009873554804934193349852946f;
    private static final float SELU_ALPHA = 1.6732632423543772848170429916717f;
    private static final float SQRT_2_OVER_PI = 0.79788456080286535587989211986876f;

    /** A function of every lane. */
    @FunctionalInterface
    private interface VectorFunction {
        FloatVector at(FloatVector x);
    }

    private static final Map<String, VectorFunction> VALUES = new HashMap<>();
    private static final Map<String, VectorFunction> DERIVATIVES = new HashMap<>();
    private static final Map<String, VectorFunction> FROM_OUTPUT = new HashMap<>();

    static {
        VALUES.put("linear", x -> x);
        VALUES.put("relu", x -> x.max(0));
        VALUES.put("leakyRelu", x -> x.max(x.mul(0.01f)));
        VALUES.put("relu6", x -> x.max(0).min(6));
        VALUES.put("hardTanh", x -> x.max(-1).min(1));
        VALUES.put("hardSigmoid", x -> x.div(6).add(0.5f).max(0).min(1));
        VALUES.put("hardSwish", x -> x.mul(x.div(6).add(0.5f).max(0).min(1)));
        VALUES.put("softsign", x -> x.div(x.abs().add(1)));
        VALUES.put("sigmoid", VectorApi::sigmoid);
        VALUES.put("tanh", x -> x.lanewise(VectorOperators.TANH));
        VALUES.put("silu", x -> x.mul(sigmoid(x)));
        VALUES.put("exponential", x -> x.lanewise(VectorOperators.EXP));
        VALUES.put("elu", x -> ifNegative(x, x.lanewise(VectorOperators.EXPM1), x));
        VALUES.put(
                "selu",
                x ->
                        ifNegative(x, x.lanewise(VectorOperators.EXPM1).mul(SELU_ALPHA), x)
                                .mul(SELU_SCALE));
        VALUES.put("softplus", VectorApi::softplus);
        VALUES.put("logSigmoid", x -> softplus(x.neg()).neg());
        VALUES.put("mish", x -> x.mul(softplus(x).lanewise(VectorOperators.TANH)));
        VALUES.put("geluTanh", VectorApi::geluTanh);

        DERIVATIVES.put("linear", x -> ONE);
        DERIVATIVES.put("relu", x -> ZERO.blend(ONE, x.compare(VectorOperators.GT, 0)));
        DERIVATIVES.put(
                "leakyRelu",
                x ->
                        FloatVector.broadcast(SPECIES, 0.01f)
                                .blend(ONE, x.compare(VectorOperators.GT, 0)));
        DERIVATIVES.put("elu", x -> ifNegative(x, x.lanewise(VectorOperators.EXP), ONE));
        DERIVATIVES.put("softplus", VectorApi::sigmoid);
        DERIVATIVES.put(
                "silu",
                x -> {
                    FloatVector s = sigmoid(x);
                    return s.mul(ONE.add(x.mul(ONE.sub(s))));
                });
        DERIVATIVES.put(
                "sigmoid",
                x -> {
                    FloatVector s = sigmoid(x);
                    return s.mul(ONE.sub(s));
                });
        DERIVATIVES.put(
                "tanh",
                x -> {
                    FloatVector t = x.lanewise(VectorOperators.TANH);
                    return ONE.sub(t.mul(t));
                });
        FROM_OUTPUT.put("relu", DERIVATIVES.get("relu"));
        FROM_OUTPUT.put("sigmoid", y -> y.mul(ONE.sub(y)));
        FROM_OUTPUT.put("tanh", y -> ONE.sub(y.mul(y)));
    }

    private static FloatVector sigmoid(FloatVector x) {
        return ONE.div(x.neg().lanewise(VectorOperators.EXP).add(1));
    }

    private static FloatVector softplus(FloatVector x) {
        return x.abs()
                .neg()
                .lanewise(VectorOperators.EXP)
                .lanewise(VectorOperators.LOG1P)
                .add(x.max(0));
    }

    private static FloatVector geluTanh(FloatVector x) {
        FloatVector u = x.mul(x).mul(0.044715f).add(1).mul(x).mul(SQRT_2_OVER_PI);
        return u.lanewise(VectorOperators.TANH).add(1).mul(x).mul(0.5f);
    }

    private static FloatVector ifNegative(FloatVector x, FloatVector then, FloatVector otherwise) {
        return otherwise.blend(then, x.compare(VectorOperators.LT, 0));
    }

    @Override
    public String version() {
        return "Java " + Runtime.version().feature() + ", " + SPECIES.vectorBitSize() + " bits";
    }

    @Override
    public Optional<Work> prepare(Task task) {
        Map<String, VectorFunction> functions =
                switch (task.kind()) {
                    case FORWARD -> VALUES;
                    case BACKWARD -> DERIVATIVES;
                    case FROM_OUTPUT -> FROM_OUTPUT;
                    default -> Map.of();
                };
        VectorFunction f = functions.get(Functions.commonName(task.function()));
        if (task.dtype() != DType.FLOAT32 || f == null) {
            return Optional.empty();
        }
        float[] source = new float[task.length()];
        float[] out = new float[task.length()];
        Inputs.writeSource(task, Span.of(source));
        if (task.kind() == Kind.FORWARD) {
            return Optional.of(new Call(() -> forward(f, source, out), () -> Span.of(out)));
        }
        float[] dy = new float[task.length()];
        Inputs.writeDy(Span.of(dy));
        return Optional.of(new Call(() -> backward(f, source, dy, out), () -> Span.of(out)));
    }

    private static void forward(VectorFunction f, float[] x, float[] y) {
        int i = 0;
        for (; i < SPECIES.loopBound(x.length); i += SPECIES.length()) {
            f.at(FloatVector.fromArray(SPECIES, x, i)).intoArray(y, i);
        }
        if (i < x.length) {
            VectorMask<Float> rest = SPECIES.indexInRange(i, x.length);
            f.at(FloatVector.fromArray(SPECIES, x, i, rest)).intoArray(y, i, rest);
        }
    }

    private static void backward(VectorFunction f, float[] source, float[] dy, float[] dx) {
        int i = 0;
        for (; i < SPECIES.loopBound(source.length); i += SPECIES.length()) {
            f.at(FloatVector.fromArray(SPECIES, source, i))
                    .mul(FloatVector.fromArray(SPECIES, dy, i))
                    .intoArray(dx, i);
        }
        if (i < source.length) {
            VectorMask<Float> rest = SPECIES.indexInRange(i, source.length);
            f.at(FloatVector.fromArray(SPECIES, source, i, rest))
                    .mul(FloatVector.fromArray(SPECIES, dy, i, rest))
                    .intoArray(dx, i, rest);
        }
    }
}
