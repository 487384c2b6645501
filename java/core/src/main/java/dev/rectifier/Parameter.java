package dev.rectifier;

import java.util.List;
import java.util.Locale;

/**
 * A parameter of an activation or an initializer: a number in a closed range, or one of the
 * constants of an enumeration, which is held as its ordinal number and written as a word in camel
 * case.
 *
 * @param name as in Keras, in camel case
 * @param defaultValue the value when none is given
 * @param min the smallest legal value
 * @param max the largest legal value
 * @param integral whether only whole numbers are legal
 * @param constants the legal constants, or nothing for a number
 */
public record Parameter(
        String name,
        double defaultValue,
        double min,
        double max,
        boolean integral,
        List<? extends Enum<?>> constants) {
    public Parameter {
        constants = List.copyOf(constants);
    }

    /** A number from {@code min} to {@code max}. */
    public static Parameter number(String name, double defaultValue, double min, double max) {
        return new Parameter(name, defaultValue, min, max, false, List.of());
    }

    /** A whole number from {@code min} to {@code max}. */
    public static Parameter integer(String name, int defaultValue, int min, int max) {
        return new Parameter(name, defaultValue, min, max, true, List.of());
    }

    /** Any finite number. */
    public static Parameter finite(String name, double defaultValue) {
        return number(name, defaultValue, -Double.MAX_VALUE, Double.MAX_VALUE);
    }

    /** One of the constants of an enumeration. */
    public static <E extends Enum<E>> Parameter word(String name, E defaultValue) {
        List<E> constants = List.of(defaultValue.getDeclaringClass().getEnumConstants());
        return new Parameter(
                name, defaultValue.ordinal(), 0, constants.size() - 1.0, true, constants);
    }

    /** The words that {@link #parse} takes, or nothing for a number. */
    public List<String> words() {
        return constants.stream().map(Parameter::word).toList();
    }

    private static String word(Enum<?> constant) {
        StringBuilder word = new StringBuilder();
        for (String part : constant.name().split("_")) {
            word.append(part.charAt(0)).append(part.substring(1).toLowerCase(Locale.ROOT));
        }
        return word.substring(0, 1).toLowerCase(Locale.ROOT) + word.substring(1);
    }

    /**
     * Returns {@code value} if it is legal.
     *
     * @throws IllegalArgumentException if it is not, naming the parameter, the value and the range
     */
    public double check(double value) {
        if (!(value >= min && value <= max) || integral && value != Math.rint(value)) {
            throw new IllegalArgumentException(name + " must be " + range() + ", not " + value);
        }
        return value;
    }

    /**
     * The value that {@code text} stands for.
     *
     * @throws IllegalArgumentException if it is no legal value
     */
    public double parse(String text) {
        if (!constants.isEmpty()) {
            int index = words().indexOf(text);
            if (index < 0) {
                throw new IllegalArgumentException(name + " must be " + range() + ", not " + text);
            }
            return index;
        }
        double value;
        try {
            value = Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " must be " + range() + ", not " + text);
        }
        return check(value);
    }

    /** {@code value} as {@link #parse} takes it. */
    public String format(double value) {
        if (!constants.isEmpty()) {
            return word(constants.get((int) value));
        }
        return integral ? Long.toString((long) value) : Double.toString(value);
    }

    /** {@code value} as Java code. */
    String code(double value) {
        if (!constants.isEmpty()) {
            Enum<?> constant = constants.get((int) value);
            Class<?> type = constant.getDeclaringClass();
            return type.getCanonicalName().substring(type.getPackageName().length() + 1)
                    + "."
                    + constant.name();
        }
        return Double.isInfinite(value)
                ? "Double." + (value > 0 ? "POSITIVE" : "NEGATIVE") + "_INFINITY"
                : format(value);
    }

    /** Whether it may be infinite. */
    boolean mayBeInfinite() {
        return Double.isInfinite(min) || Double.isInfinite(max);
    }

    /** Whether {@code value}, rounded to {@code dtype}, still is legal. */
    boolean fits(double value, DType dtype) {
        double rounded = dtype.round(value);
        return rounded >= min && rounded <= max && (mayBeInfinite() || Double.isFinite(rounded));
    }

    /** The legal values in words. */
    public String range() {
        if (!constants.isEmpty()) {
            return "one of " + String.join(", ", words());
        }
        if (min <= -Double.MAX_VALUE && max >= Double.MAX_VALUE) {
            String infinities =
                    (Double.isInfinite(min) ? " or -Infinity" : "")
                            + (Double.isInfinite(max) ? " or Infinity" : "");
            return "finite" + infinities;
        }
        if (max >= Double.MAX_VALUE) {
            return (max == Double.MAX_VALUE ? "finite and " : "")
                    + (min == Double.MIN_VALUE ? "> 0" : ">= " + min);
        }
        return (integral ? "a whole number from " : "from ") + format(min) + " to " + format(max);
    }
}
