package dev.rectifier.benchmarks.contenders;

import dev.rectifier.DType;
import dev.rectifier.Span;
import dev.rectifier.benchmarks.Task;
import dev.rectifier.benchmarks.Task.Kind;
import dev.rectifier.benchmarks.Work;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/** Arrays filled by a generator that draws one number at a time, as a user's loop does. */
final class Draws {
    private static final double CUT = 2;

    private Draws() {}

    /** Of float draws in [0, 1). */
    @FunctionalInterface
    interface FloatSupplier {
        float next();
    }

    static Optional<Work> into(
            Task task, FloatSupplier uniformFloat, DoubleSupplier uniform, DoubleSupplier normal) {
        if (task.kind() != Kind.FILL) {
            return Optional.empty();
        }
        DoubleSupplier source =
                switch (task.function()) {
                    case "uniform" -> uniform;
                    case "normal" -> normal;
                    default -> () -> truncated(normal);
                };
        if (task.dtype() == DType.FLOAT64) {
            return Optional.of(doubles(task.length(), source));
        }
        return Optional.of(
                task.function().equals("uniform")
                        ? floats(task.length(), uniformFloat)
                        : floats(task.length(), () -> (float) source.getAsDouble()));
    }

    private static double truncated(DoubleSupplier normal) {
        double value;
        do {
            value = normal.getAsDouble();
        } while (Math.abs(value) > CUT);
        return value;
    }

    private static Work floats(int length, FloatSupplier source) {
        float[] out = new float[length];
        return new Call(
                () -> {
                    for (int i = 0; i < out.length; i++) {
                        out[i] = source.next();
                    }
                },
                () -> Span.of(out));
    }

    private static Work doubles(int length, DoubleSupplier source) {
        double[] out = new double[length];
        return new Call(
                () -> {
                    for (int i = 0; i < out.length; i++) {
                        out[i] = source.getAsDouble();
                    }
                },
                () -> Span.of(out));
    }
}
