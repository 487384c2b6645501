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
    /** Copies the list of words. */
    public Parameter {
        constants = List.copyOf(constants);
    }

    /**
     * {@return a number from {@code min} to {@code max}}
     *
     * @param name the name
     * @param defaultValue what it is if it is not given
     * @param min the least value
     * @param max the greatest value
     */
    public static Parameter number(String name, double defaultValue, double min, double max) {
        return new Parameter(name, defaultValue, min, max, false, List.of());
    }

    /**
     * {@return a whole number from {@code min} to {@code max}}
     *
     * @param name the name
     * @param defaultValue what it is if it is not given
     * @param min the least value
     * @param max the greatest value
     */
    public static Parameter integer(String name, int defaultValue, int min, int max) {
        return new Parameter(name, defaultValue, min, max, true, List.of());
    }

    /**
     * Any finite number.
     *
     * @param name the name
     * @param defaultValue what it is if it is not given
     * @return the parameter
     */
    public static Parameter finite(String name, double defaultValue) {
        return number(name, defaultValue, -Double.MAX_VALUE, Double.MAX_VALUE);
    }

    /**
     * {@return one of the constants of an enumeration}
     *
     * @param <E> the type of the constants
     * @param name the name
     * @param defaultValue what it is if it is not given
     */
    public static <E extends Enum<E>> Parameter word(String name, E defaultValue) {
        List<E> constants = List.of(defaultValue.getDeclaringClass().getEnumConstants());
        return new Parameter(
                name, defaultValue.ordinal(), 0, constants.size() - 1.0, true, constants);
    }

    /** {@return the words that {@link #parse} takes, or nothing for a number} */
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
     * @param value the number
     * @return the number
     * @throws IllegalArgumentException if it is not, naming the parameter, the value and the range
     */
    public double check(double value) {
        if (!(value >= min && value <= max) || integral && value != Math.rint(value)) {
            throw new IllegalArgumentException(name + " must be " + range() + ", not " + value);
        }
        return value;
    }

    /**
     * {@return the value that {@code text} stands for}
     *
     * @param text what is read
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
            value = parseNumber(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " must be " + range() + ", not " + text);
        }
        return check(value);
    }

    /**
     * {@return the number that {@code text} stands for, as people write it: what {@link
     * Double#parseDouble(String)} takes, or, in upper or lower case and with or without a sign,
     * {@code inf}, {@code infinity} or {@code nan}}
     *
     * @param text what is read
     * @throws NumberFormatException if it is none, or one that is finite and out of the range of
     *     {@code double}
     */
    public static double parseNumber(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "inf", "+inf", "infinity", "+infinity" -> Double.POSITIVE_INFINITY;
            case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
            case "nan", "+nan", "-nan" -> Double.NaN;
            default -> parseFinite(text);
        };
    }

    private static double parseFinite(String text) {
        double value = Double.parseDouble(text);
        if (Double.isInfinite(value)) {
            throw new NumberFormatException(text + " is out of the range of double");
        }
        return value;
    }

    /**
     * {@code value} as {@link #parse} takes it.
     *
     * @param value the number
     * @return the text
     */
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
        return integral ? JavaCode.of((long) value) : JavaCode.of(value);
    }

    /**
     * Returns {@code value} rounded to {@code dtype}, which is {@link DType#FLOAT32} or {@link
     * DType#FLOAT64}, if it is legal there: between the ends of the range as that type has them,
     * where the smallest number above 0, for example, is the type's own.
     *
     * @param value the number
     * @param dtype the type of the elements
     * @return the number
     * @throws IllegalArgumentException if it is not, naming the parameter, the value and the type
     */
    public double check(double value, DType dtype) {
        if (!isLegal(value, dtype)) {
            throw Checks.outOfRange(name, value, dtype);
        }
        return dtype.round(value);
    }

    /** Whether {@link #check(double, DType)} lets {@code value} pass. */
    boolean isLegal(double value, DType dtype) {
        double rounded = dtype.round(value);
        return rounded >= end(min, dtype) && rounded <= end(max, dtype);
    }

    private static double end(double end, DType dtype) {
        if (dtype == DType.FLOAT64) {
            return end;
        }
        double size = Math.abs(end);
        double own =
                size == Double.MAX_VALUE
                        ? Float.MAX_VALUE
                        : size == Double.MIN_NORMAL
                                ? Float.MIN_NORMAL
                                : size == Double.MIN_VALUE ? Float.MIN_VALUE : dtype.round(size);
        return Math.copySign(own, end);
    }

    /** {@return the legal values in words} */
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
                    + (min == Double.MIN_VALUE
                            ? "> 0"
                            : min == Double.MIN_NORMAL ? "> 0 and not denormal" : ">= " + min);
        }
        return (integral ? "a whole number from " : "from ") + format(min) + " to " + format(max);
    }
}
