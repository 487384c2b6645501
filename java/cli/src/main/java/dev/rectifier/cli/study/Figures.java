package dev.rectifier.cli.study;

import java.math.BigDecimal;
import java.util.Collection;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Statistics, and numbers as people like to read them. */
final class Figures {
    static final String NONE = "–";
    private static final int LONGEST_PLAIN = 7;

    private Figures() {}

    /** The mean; NaN of nothing. */
    static <T> double mean(Collection<T> of, ToDoubleFunction<T> figure) {
        return of.stream().mapToDouble(figure).average().orElse(Double.NaN);
    }

    /** The standard deviation of a sample, its squares divided by n − 1; NaN of less than two. */
    static <T> double sd(Collection<T> of, ToDoubleFunction<T> figure) {
        double mean = mean(of, figure);
        double squares =
                of.stream().mapToDouble(figure).map(value -> (value - mean) * (value - mean)).sum();
        return of.size() < 2 ? Double.NaN : Math.sqrt(squares / (of.size() - 1));
    }

    /** The middle value, or the mean of the two in the middle. */
    static <T> double median(Collection<T> of, ToDoubleFunction<T> figure) {
        double[] sorted = of.stream().mapToDouble(figure).sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    /** A finite number as short as can be, without an exponent if that is short, too. */
    static String plain(double value) {
        BigDecimal number = BigDecimal.valueOf(value).stripTrailingZeros();
        String plain = number.toPlainString();
        if (plain.length() <= LONGEST_PLAIN) {
            return plain;
        }
        BigDecimal mantissa = number.scaleByPowerOfTen(number.scale() - number.precision() + 1);
        String scientific =
                mantissa.toPlainString() + "e" + (number.precision() - number.scale() - 1);
        return scientific.length() < plain.length() ? scientific : plain;
    }

    static String percent(double share) {
        return Double.isNaN(share) ? NONE : String.format(Locale.ROOT, "%.1f", 100 * share);
    }

    static String wholePercent(double share) {
        return Double.isNaN(share) ? NONE : String.format(Locale.ROOT, "%.0f", 100 * share);
    }

    /** Epochs, which may be a mean of two. */
    static String epochs(double epochs) {
        return Double.isInfinite(epochs) ? NONE : plain(epochs);
    }

    /** Two significant digits of a number ≥ 0 of any size. */
    static String scale(double value) {
        if (Double.isNaN(value)) {
            return NONE;
        }
        if (Double.isInfinite(value)) {
            return "∞";
        }
        if (value == 0) {
            return "0";
        }
        if (value >= 0.01 && value < 99.5) {
            int decimals = value >= 9.95 ? 0 : value >= 0.995 ? 1 : value >= 0.0995 ? 2 : 3;
            return String.format(Locale.ROOT, "%." + decimals + "f", value);
        }
        return String.format(Locale.ROOT, "%.1e", value)
                .replaceFirst("e([-+])0?", "e$1")
                .replace("e+", "e");
    }
}
