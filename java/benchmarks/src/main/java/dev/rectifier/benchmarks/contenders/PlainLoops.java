package dev.rectifier.benchmarks.contenders;

import dev.rectifier.Activation;
import dev.rectifier.AxisFunction;
import dev.rectifier.Elementwise;
import dev.rectifier.Glu;
import dev.rectifier.Learned;
import dev.rectifier.RRelu;
import dev.rectifier.Span;
import dev.rectifier.benchmarks.Functions;
import dev.rectifier.benchmarks.MaskedSoftmaxOperation;
import dev.rectifier.benchmarks.Operand;
import dev.rectifier.benchmarks.Operation;
import dev.rectifier.benchmarks.Task;
import dev.rectifier.benchmarks.Task.Kind;
import dev.rectifier.benchmarks.Work;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;

/** What isn't elementwise as loops over arrays of {@code float}. */
record PlainLoops(Task task, int rows, int columns, List<float[]> in, List<float[]> out) {
    static Optional<Work> of(Task task) {
        Operation operation = Operation.of(task);
        List<float[]> in =
                operation.inputs().stream()
                        .map(
                                operand -> {
                                    float[] values = new float[(int) operand.length()];
                                    operand.write(Span.of(values));
                                    return values;
                                })
                        .toList();
        List<float[]> out =
                operation.outputs().stream()
                        .map(shape -> new float[(int) Operand.elements(shape)])
                        .toList();
        PlainLoops loops = new PlainLoops(task, task.rows(), task.columns(), in, out);
        return loops.call().map(call -> new ArrayWork(call, out));
    }

    private record ArrayWork(Runnable call, List<float[]> out) implements Work {
        @Override
        public void run() {
            call.run();
        }

        @Override
        public Span output() {
            return Span.of(out.get(0));
        }

        @Override
        public List<Span> outputs() {
            return out.stream().map(array -> Span.of(array)).toList();
        }
    }

    private Optional<Runnable> call() {
        if (task.kind() == Kind.DENSE_FORWARD) {
            return Optional.of(() -> dense(in.get(0), in.get(1), in.get(2), out.get(0), true));
        }
        if (task.kind() == Kind.DENSE_BACKWARD) {
            return Optional.of(this::denseBackward);
        }
        if (task.kind() == Kind.SERVE) {
            return Optional.of(serve());
        }
        boolean forward = task.kind() == Kind.FORWARD;
        if (Operation.of(task) instanceof MaskedSoftmaxOperation) {
            return Optional.of(this::maskedSoftmax);
        }
        Activation f = Functions.activation(task.function());
        if (f instanceof Learned learned) {
            return Optional.of(
                    forward ? () -> learnedForward(learned) : () -> learnedBackward(learned));
        }
        if (f instanceof AxisFunction function) {
            return Optional.of(forward ? axisForward(function) : () -> axisBackward(function));
        }
        if (f instanceof Glu glu) {
            return Optional.of(forward ? gluForward(glu.gate()) : gluBackward(glu.gate()));
        }
        return f instanceof RRelu rrelu && forward ? Optional.of(rrelu(rrelu)) : Optional.empty();
    }

    private void learnedForward(Learned f) {
        float[] x = in.get(0);
        float[] p = in.get(1);
        float[] y = out.get(0);
        for (int i = 0; i < x.length; i++) {
            y[i] = (float) f.valueAt(x[i], p[i % columns]);
        }
    }

    private void learnedBackward(Learned f) {
        float[] x = in.get(0);
        float[] p = in.get(1);
        float[] dy = in.get(2);
        float[] dx = out.get(0);
        double[] dp = new double[columns];
        for (int i = 0; i < x.length; i++) {
            int c = i % columns;
            dx[i] = (float) f.derivativeAt(x[i], p[c]) * dy[i];
            dp[c] += f.parameterDerivativeAt(x[i], p[c]) * dy[i];
        }
        for (int c = 0; c < columns; c++) {
            out.get(1)[c] = (float) dp[c];
        }
    }

    private Runnable axisForward(AxisFunction f) {
        return switch (f.name()) {
            case "softmax" -> () -> softmax(in.get(0), out.get(0));
            case "logSoftmax" -> () -> logSoftmax(in.get(0), out.get(0));
            default -> () -> eachRow(f::valueOf);
        };
    }

    private void softmax(float[] x, float[] y) {
        for (int from = 0; from < x.length; from += columns) {
            float max = Float.NEGATIVE_INFINITY;
            for (int i = from; i < from + columns; i++) {
                max = Math.max(max, x[i]);
            }
            shares(x, y, from, max);
        }
    }

    /** Softmax of the row that begins at {@code from}, given its maximum. */
    private void shares(float[] x, float[] y, int from, float max) {
        float sum = 0;
        for (int i = from; i < from + columns; i++) {
            y[i] = (float) Math.exp(x[i] - max);
            sum += y[i];
        }
        for (int i = from; i < from + columns; i++) {
            y[i] /= sum;
        }
    }

    private void logSoftmax(float[] x, float[] y) {
        for (int from = 0; from < x.length; from += columns) {
            float max = Float.NEGATIVE_INFINITY;
            for (int i = from; i < from + columns; i++) {
                max = Math.max(max, x[i]);
            }
            double sum = 0;
            for (int i = from; i < from + columns; i++) {
                sum += Math.exp(x[i] - max);
            }
            float log = (float) Math.log(sum);
            for (int i = from; i < from + columns; i++) {
                y[i] = x[i] - max - log;
            }
        }
    }

    private void eachRow(UnaryOperator<double[]> f) {
        for (int row = 0; row < rows; row++) {
            write(row, f.apply(row(in.get(0), row)));
        }
    }

    private void axisBackward(AxisFunction f) {
        for (int row = 0; row < rows; row++) {
            write(row, f.gradientOf(row(in.get(0), row), row(in.get(1), row)));
        }
    }

    private double[] row(float[] of, int row) {
        double[] values = new double[columns];
        Arrays.setAll(values, i -> of[row * columns + i]);
        return values;
    }

    private void write(int row, double[] values) {
        for (int i = 0; i < columns; i++) {
            out.get(0)[row * columns + i] = (float) values[i];
        }
    }

    private void maskedSoftmax() {
        float[] x = in.get(0);
        float[] mask = in.get(1);
        float[] y = out.get(0);
        for (int from = 0; from < x.length; from += columns) {
            int rowOfMask = from % mask.length;
            float max = Float.NEGATIVE_INFINITY;
            for (int i = 0; i < columns; i++) {
                y[from + i] = 0.125f * x[from + i] + mask[rowOfMask + i];
                max = Math.max(max, y[from + i]);
            }
            shares(y, y, from, max);
        }
    }

    private Runnable gluForward(Elementwise gate) {
        return switch (gate.name()) {
            case "sigmoid" -> () -> gluForward(x -> 1 / (1 + Math.exp(-x)));
            case "silu" -> () -> gluForward(x -> x / (1 + Math.exp(-x)));
            case "relu" -> () -> gluForward(x -> Math.max(x, 0));
            default -> () -> gluForward(gate::valueAt);
        };
    }

    private void gluForward(DoubleUnaryOperator gate) {
        float[] x = in.get(0);
        float[] y = out.get(0);
        for (int row = 0; row < rows; row++) {
            for (int i = row * columns; i < (row + 1) * columns; i++) {
                int a = i + row * columns;
                y[i] = (float) (x[a] * gate.applyAsDouble(x[a + columns]));
            }
        }
    }

    private Runnable gluBackward(Elementwise gate) {
        return gate.name().equals("sigmoid")
                ? this::sigmoidGluBackward
                : () -> gluBackward(gate::valueAt, gate::derivativeAt);
    }

    private void gluBackward(DoubleUnaryOperator gate, DoubleUnaryOperator derivative) {
        float[] x = in.get(0);
        float[] dy = in.get(1);
        float[] dx = out.get(0);
        for (int row = 0; row < rows; row++) {
            for (int i = row * columns; i < (row + 1) * columns; i++) {
                int a = i + row * columns;
                double b = x[a + columns];
                dx[a] = (float) (gate.applyAsDouble(b) * dy[i]);
                dx[a + columns] = (float) (x[a] * derivative.applyAsDouble(b) * dy[i]);
            }
        }
    }

    private void sigmoidGluBackward() {
        float[] x = in.get(0);
        float[] dy = in.get(1);
        float[] dx = out.get(0);
        for (int row = 0; row < rows; row++) {
            for (int i = row * columns; i < (row + 1) * columns; i++) {
                int a = i + row * columns;
                double s = 1 / (1 + Math.exp(-x[a + columns]));
                dx[a] = (float) (s * dy[i]);
                dx[a + columns] = (float) (x[a] * s * (1 - s) * dy[i]);
            }
        }
    }

    private Runnable rrelu(RRelu f) {
        SplittableRandom random = new SplittableRandom(1);
        float[] x = in.get(0);
        float[] y = out.get(0);
        return () -> {
            for (int i = 0; i < x.length; i++) {
                y[i] = x[i] > 0 ? x[i] : (float) random.nextDouble(f.lower(), f.upper()) * x[i];
            }
        };
    }

    private Runnable serve() {
        int layers = (in.size() - 1) / 2;
        int batch = in.get(0).length / Functions.network(task.function()).inputs(0);
        List<float[]> rows = new ArrayList<>(List.of(in.get(0)));
        for (int l = 0; l < layers - 1; l++) {
            rows.add(new float[batch * in.get(2 * l + 2).length]);
        }
        rows.add(out.get(0));
        return () -> {
            for (int l = 0; l < layers; l++) {
                float[] w = in.get(2 * l + 1);
                dense(rows.get(l), w, in.get(2 * l + 2), rows.get(l + 1), l < layers - 1);
            }
        };
    }

    private static void dense(float[] x, float[] w, float[] b, float[] y, boolean relu) {
        int units = b.length;
        int inputs = w.length / units;
        for (int row = 0; row < y.length / units; row++) {
            int start = row * units;
            System.arraycopy(b, 0, y, start, units);
            for (int k = 0; k < inputs; k++) {
                float xk = x[row * inputs + k];
                for (int j = 0; j < units; j++) {
                    y[start + j] += xk * w[k * units + j];
                }
            }
            for (int j = start; relu && j < start + units; j++) {
                y[j] = Math.max(y[j], 0);
            }
        }
    }

    private void denseBackward() {
        float[] x = in.get(0);
        float[] w = in.get(1);
        float[] y = in.get(2);
        float[] dy = in.get(3);
        float[] dx = out.get(0);
        float[] dw = out.get(1);
        float[] db = out.get(2);
        int units = db.length;
        int inputs = w.length / units;
        Arrays.fill(dw, 0);
        Arrays.fill(db, 0);
        float[] dz = new float[units];
        for (int row = 0; row < y.length / units; row++) {
            for (int j = 0; j < units; j++) {
                dz[j] = y[row * units + j] > 0 ? dy[row * units + j] : 0;
                db[j] += dz[j];
            }
            for (int k = 0; k < inputs; k++) {
                float xk = x[row * inputs + k];
                float sum = 0;
                for (int j = 0; j < units; j++) {
                    sum += dz[j] * w[k * units + j];
                    dw[k * units + j] += xk * dz[j];
                }
                dx[row * inputs + k] = sum;
            }
        }
    }
}
