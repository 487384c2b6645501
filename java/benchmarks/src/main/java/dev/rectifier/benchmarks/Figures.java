package dev.rectifier.benchmarks;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers as they stand in tables. */
final class Figures {
    static final String NONE = "–";

    private static final int DIGITS = 3;

    private Figures() {}

    /** A ratio and its range. */
    static String times(Spread ratio) {
        return "%s× (%s–%s)"
                .formatted(digits(ratio.median()), digits(ratio.min()), digits(ratio.max()));
    }

    /** A share in percent and its range. */
    static String percent(Spread share) {
        return String.format(
                Locale.ROOT,
                "%.0f %% (%.0f–%.0f)",
                100 * share.median(),
                100 * share.min(),
                100 * share.max());
    }

    /** A length as it is given on the command line. */
    static String length(int n) {
        if (n >= 1 << 20 && n % (1 << 20) == 0) {
            return (n >> 20) + "M";
        }
        return n >= 1 << 10 && n % (1 << 10) == 0 ? (n >> 10) + "K" : Integer.toString(n);
    }

    /** At least three significant digits, never in powers of ten. */
    static String digits(double value) {
        if (value == 0) {
            return "0";
        }
        if (!Double.isFinite(value)) {
            return Double.toString(value);
        }
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(DIGITS));
        int decimals = DIGITS - (rounded.precision() - rounded.scale());
        return String.format(Locale.ROOT, "%." + Math.max(0, decimals) + "f", value);
    }
}
