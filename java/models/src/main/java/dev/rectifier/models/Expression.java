package dev.rectifier.models;

import dev.rectifier.Elementwise;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/**
 * What a graph computes of one element t, as a tree, and which function of ours that is. A function
 * spelt out in many nodes is found by its values at many points, whatever the nodes are.
 */
sealed interface Expression {
    /** t itself. */
    record Variable() implements Expression {}

    /** A constant. */
    record Number(double value) implements Expression {}

    /** A function of ours. */
    record Call(Elementwise f, Expression of) implements Expression {}

    /** A function that has a meaning only as a part of another. */
    record Other(String name, DoubleUnaryOperator f, Expression of) implements Expression {
        @Override
        public boolean equals(Object o) {
            return o instanceof Other that && name.equals(that.name) && of.equals(that.of);
        }

        @Override
        public int hashCode() {
            return 31 * name.hashCode() + of.hashCode();
        }
    }

    /** An operation on two numbers: one of + − · / ^ min max. */
    record Binary(char operation, Expression left, Expression right) implements Expression {}

    Expression T = new Variable();

    /** a·of + b. */
    record Line(double a, double b, Expression of) {}

    /** So many points from −32 to 32, the knees of common functions not among them. */
    int POINTS = 2001;

    double TOLERANCE = 2e-6;

    /** The value at t. */
    static double value(Expression e, double t) {
        if (e instanceof Variable) {
            return t;
        }
        if (e instanceof Number number) {
            return number.value();
        }
        if (e instanceof Call call) {
            return call.f().valueAt(value(call.of(), t));
        }
        if (e instanceof Other other) {
            return other.f().applyAsDouble(value(other.of(), t));
        }
        Binary binary = (Binary) e;
        double x = value(binary.left(), t);
        double y = value(binary.right(), t);
        return switch (binary.operation()) {
            case '+' -> x + y;
            case '-' -> x - y;
            case '*' -> x * y;
            case '/' -> x / y;
            case '^' -> Math.pow(x, y);
            case '<' -> Math.min(x, y);
            default -> Math.max(x, y);
        };
    }

    /** The operation, computed already if both are numbers. */
    static Expression binary(char operation, Expression left, Expression right) {
        Binary binary = new Binary(operation, left, right);
        return left instanceof Number && right instanceof Number
                ? new Number(value(binary, 0))
                : binary;
    }

    /** {@code e} as a line over an inner expression, which is as small as it can be. */
    static Line line(Expression e) {
        if (e instanceof Binary binary) {
            boolean numberLeft = binary.left() instanceof Number;
            boolean numberRight = binary.right() instanceof Number;
            if (numberLeft || numberRight) {
                double n = value(numberLeft ? binary.left() : binary.right(), 0);
                Line rest = line(numberLeft ? binary.right() : binary.left());
                switch (binary.operation()) {
                    case '+':
                        return new Line(rest.a(), rest.b() + n, rest.of());
                    case '-':
                        return numberRight
                                ? new Line(rest.a(), rest.b() - n, rest.of())
                                : new Line(-rest.a(), n - rest.b(), rest.of());
                    case '*':
                        return new Line(rest.a() * n, rest.b() * n, rest.of());
                    case '/':
                        if (numberRight) {
                            return new Line(rest.a() / n, rest.b() / n, rest.of());
                        }
                        break;
                    default:
                }
            }
        }
        return new Line(1, 0, e);
    }

    /** Adds what is computed to a chain; nothing if it is no function of ours. */
    static Optional<Chain> append(Chain chain, Expression e, String where) {
        if (e instanceof Variable) {
            return Optional.of(chain);
        }
        if (e instanceof Call call) {
            return append(chain, call.of(), where).map(c -> c.function(call.f(), where));
        }
        Line outer = line(e);
        if (outer.of() instanceof Variable) {
            return Optional.of(chain.affine(outer.a(), outer.b(), where));
        }
        Optional<Elementwise> whole = identify(e);
        if (whole.isPresent()) {
            return Optional.of(chain.function(whole.get(), where));
        }
        if (outer.of() != e) {
            return append(chain, outer.of(), where).map(c -> c.affine(outer.a(), outer.b(), where));
        }
        Line inner = commonLine(e);
        if (inner != null && (inner.a() != 1 || inner.b() != 0)) {
            Expression of = substitute(e);
            return identify(of)
                    .map(f -> chain.affine(inner.a(), inner.b(), where).function(f, where));
        }
        return Optional.empty();
    }

    /** The line of t that all others of t are, if there is one. */
    private static Line commonLine(Expression e) {
        List<Line> lines = new ArrayList<>();
        collect(e, lines);
        return lines.stream().distinct().count() == 1 ? lines.get(0) : null;
    }

    private static void collect(Expression e, List<Line> lines) {
        Line line = line(e);
        if (line.of() instanceof Variable) {
            lines.add(line);
        } else if (e instanceof Call call) {
            collect(call.of(), lines);
        } else if (e instanceof Other other) {
            collect(other.of(), lines);
        } else if (e instanceof Binary binary) {
            collect(binary.left(), lines);
            collect(binary.right(), lines);
        }
    }

    /** With t in place of each line of t. */
    private static Expression substitute(Expression e) {
        if (line(e).of() instanceof Variable) {
            return T;
        }
        if (e instanceof Call call) {
            return new Call(call.f(), substitute(call.of()));
        }
        if (e instanceof Other other) {
            return new Other(other.name(), other.f(), substitute(other.of()));
        }
        return e instanceof Binary binary
                ? new Binary(
                        binary.operation(), substitute(binary.left()), substitute(binary.right()))
                : e;
    }

    /** The function of ours with these values, if there is one. */
    static Optional<Elementwise> identify(Expression e) {
        double[] values = new double[POINTS];
        for (int i = 0; i < POINTS; i++) {
            values[i] = value(e, point(i));
            if (Double.isNaN(values[i])) {
                return Optional.empty();
            }
        }
        // Of those that fit, the nearest: parameters in single precision have their own digits.
        return candidates(e).stream()
                .filter(f -> fits(f, values))
                .min(Comparator.comparingDouble(f -> error(f, values)));
    }

    private static double error(Elementwise f, double[] values) {
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += Math.abs(f.valueAt(point(i)) - values[i]);
        }
        return sum;
    }

    private static double point(int i) {
        return -32.0137 + i * (64.0 / (POINTS - 1));
    }

    private static boolean fits(Elementwise f, double[] values) {
        for (int i = 0; i < values.length; i++) {
            double y = f.valueAt(point(i));
            // So that a tail that is nearly 0 is compared too, where it still is of some size.
            if (!(Math.abs(y - values[i]) <= TOLERANCE * Math.max(1e-3, Math.abs(y)))
                    && !(Math.abs(y - values[i]) <= 1e-7 * Math.max(1, Math.abs(point(i))))) {
                return false;
            }
        }
        return true;
    }

    private static List<Elementwise> candidates(Expression e) {
        List<Elementwise> candidates =
                new ArrayList<>(
                        List.of(
                                Elementwise.relu(),
                                Elementwise.relu6(),
                                Elementwise.silu(),
                                Elementwise.gelu(),
                                Elementwise.geluTanh(),
                                Elementwise.quickGelu(),
                                Elementwise.sigmoid(),
                                Elementwise.tanh(),
                                Elementwise.softplus(),
                                Elementwise.mish(),
                                Elementwise.telu(),
                                Elementwise.hardMish(),
                                Elementwise.squaredRelu(),
                                Elementwise.hardSwish(),
                                Elementwise.hardSigmoid(),
                                Elementwise.hardSigmoid(0.2f, 0.5),
                                Elementwise.softsign(),
                                Elementwise.logSigmoid(),
                                Elementwise.tanhShrink(),
                                Elementwise.elu(),
                                Elementwise.selu(),
                                Elementwise.exponential()));
        List<Double> numbers = new ArrayList<>();
        numbers(e, numbers);
        numbers = numbers.stream().distinct().limit(16).toList();
        for (double n : numbers) {
            for (double p : new double[] {n, -n, 1 / n}) {
                if (Double.isFinite(p)) {
                    candidates.add(Elementwise.swish(p));
                    candidates.add(Elementwise.leakyRelu(p));
                    if (p > 0) {
                        candidates.add(Elementwise.elu(p));
                        candidates.add(Elementwise.celu(p));
                        candidates.add(Elementwise.softplus(p));
                        candidates.add(Elementwise.hardTanh(-p, p));
                        candidates.add(Elementwise.hardTanh(0, p));
                    }
                }
            }
        }
        for (double scale : numbers) {
            numbers.forEach(bias -> candidates.add(Elementwise.starRelu(scale, bias)));
        }
        return candidates;
    }

    private static void numbers(Expression e, List<Double> numbers) {
        if (e instanceof Number number) {
            numbers.add(number.value());
        } else if (e instanceof Call call) {
            numbers(call.of(), numbers);
        } else if (e instanceof Other other) {
            numbers(other.of(), numbers);
        } else if (e instanceof Binary binary) {
            numbers(binary.left(), numbers);
            numbers(binary.right(), numbers);
        }
    }
}
